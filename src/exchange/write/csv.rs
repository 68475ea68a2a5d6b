//! CSV of units, without shapes.

use super::super::table::Table;
use serde_json::Value;
use std::borrow::Cow;
use std::io::{self, Write};

/// Writes a line per unit: `code,name,level,parent,area_m2` and then the attributes.
///
/// UTF-8 with a byte order mark, because spreadsheets take Chinese for something else without it. Text
/// that a spreadsheet would run as a formula (it starts with `= + - @`, a tab or a return) gets an
/// apostrophe before it; numbers are left alone.
pub fn csv(table: &Table<'_>, out: &mut impl Write) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = ::csv::Writer::from_writer(out);
    let attributes = table.attribute_names();
    let fixed = ["code", "name", "level", "parent", "area_m2"];
    writer.write_record(
        fixed.iter().copied().chain(attributes.iter().copied()).map(|c| neutral(c).into_owned()),
    )?;
    for row in &table.rows {
        let area = row.area_m2.map(|a| format!("{a:.2}")).unwrap_or_default();
        let fixed =
            [row.unit.code.as_str(), &row.unit.name, row.level, row.parent.unwrap_or_default(), &area];
        let mut cells: Vec<Cow<'_, str>> = fixed.into_iter().map(neutral).collect();
        cells.extend(attributes.iter().map(|name| cell(row.unit.attributes.get(*name))));
        writer.write_record(cells.iter().map(|c| c.as_bytes()))?;
    }
    writer.flush()
}

fn cell(value: Option<&Value>) -> Cow<'_, str> {
    match value {
        None | Some(Value::Null) => Cow::Borrowed(""),
        Some(Value::String(text)) => neutral(text),
        Some(Value::Number(number)) => Cow::Owned(number.to_string()),
        Some(other) => Cow::Owned(other.to_string()),
    }
}

pub(in crate::exchange) fn neutral(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}
