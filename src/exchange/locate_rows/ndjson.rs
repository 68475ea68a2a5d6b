//! Rows as JSON objects.

use super::{Row, RowAnswer, RowCode, RowError};
use crate::geom::Point;
use crate::geom::crs::Crs;
use arrow_array::{ArrayRef, StringArray};
use arrow_schema::{DataType, Field, Schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: Option<Value>,
    lon: Option<f64>,
    lat: Option<f64>,
    x: Option<f64>,
    y: Option<f64>,
    crs: Option<String>,
}

/// What can be saved of a row that is of another shape.
#[derive(Deserialize)]
struct OnlyId {
    id: Option<Value>,
}

#[derive(Serialize)]
struct Answered<'a> {
    id: Option<&'a Value>,
    #[serde(flatten)]
    answer: RowAnswer<'a>,
}

#[derive(Serialize)]
struct Refused<'a> {
    id: Option<&'a Value>,
    line: u64,
    outcome: &'static str,
    error: &'a RowError,
}

/// Reads a row: its id, whatever else is wrong with it, and its point.
pub(super) fn point(crs: Option<Crs>, text: &[u8]) -> (Option<Value>, Result<Point, RowError>) {
    match serde_json::from_slice::<Line>(text) {
        Ok(mut line) => (line.id.take(), line.point(crs)),
        Err(error) => {
            let id = serde_json::from_slice::<OnlyId>(text).ok().and_then(|line| line.id);
            let error = RowError { code: RowCode::BadJson, field: None, detail: error.to_string() };
            (id, Err(error))
        }
    }
}

impl Line {
    fn point(&self, crs: Option<Crs>) -> Result<Point, RowError> {
        let own = self.crs.as_deref().map(str::parse).transpose()?;
        let crs: Crs = own.or(crs).ok_or_else(|| RowError::missing("crs"))?;
        let (given, foreign) = if crs.is_geographic() {
            ([self.lon, self.lat], [self.x, self.y])
        } else {
            ([self.x, self.y], [self.lon, self.lat])
        };
        let axes = crs.axes();
        if foreign.iter().any(Option::is_some) {
            let detail = format!("{crs} takes {} and {}", axes.0, axes.1);
            return Err(RowError { code: RowCode::WrongSystem, field: Some(axes.0), detail });
        }
        let east = given[0].ok_or_else(|| RowError::missing(axes.0))?;
        let north = given[1].ok_or_else(|| RowError::missing(axes.1))?;
        Ok(crs.to_lattice(east, north)?)
    }
}

/// The columns of a table of rows: their ids, as text.
pub(super) fn schema() -> Schema {
    Schema::new(vec![Field::new("id", DataType::Utf8, true)])
}

/// The ids of rows in that column.
pub(super) fn kept(rows: &[Row<'_>]) -> Vec<ArrayRef> {
    let text = |row: &Row<'_>| match row.id.as_ref()? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    vec![Arc::new(rows.iter().map(text).collect::<StringArray>())]
}

/// Writes the answer as one line.
pub(super) fn write(out: &mut Vec<u8>, row: &Row<'_>, answer: Result<RowAnswer<'_>, &RowError>) {
    let id = row.id.as_ref();
    let written = match answer {
        Ok(answer) => serde_json::to_writer(&mut *out, &Answered { id, answer }),
        Err(error) => {
            serde_json::to_writer(&mut *out, &Refused { id, line: row.line, outcome: "error", error })
        }
    };
    written.expect("memory takes what is plain data");
    out.push(b'\n');
}
