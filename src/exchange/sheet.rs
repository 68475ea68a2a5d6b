//! Tables for spreadsheets: CSV, and XLSX with the meaning of the columns on a second sheet.

use super::write::neutral;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use std::borrow::Cow;
use std::io::{self, Write};

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text; a code is text, so that its zeros stay.
    Text(Cow<'a, str>),
    /// A number, written with at most so many decimals.
    Number(f64, usize),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Empty, Self::from)
    }
}

/// A column: its name, and what it means, for whoever opens the file without us.
pub type Column = (&'static str, &'static str);

/// A table with the meaning of its columns.
#[derive(Clone, Debug)]
pub struct Sheet<'a> {
    /// What the table is, its first sheet's name.
    pub title: &'static str,
    /// The columns.
    pub columns: &'static [Column],
    /// A value per column.
    pub rows: Vec<Vec<Cell<'a>>>,
    /// Where the figures come from, such as that the data is a demo's.
    pub notes: Vec<String>,
}

/// The name of the sheet with definitions.
const DEFINITIONS: &str = "说明 definitions";

impl Sheet<'_> {
    /// Writes CSV: UTF-8 with a byte order mark, because spreadsheets take Chinese for something else without it. Text
    /// that a spreadsheet would run as a formula gets an apostrophe before it.
    pub fn csv(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut writer = ::csv::Writer::from_writer(out);
        writer.write_record(self.columns.iter().map(|column| column.0))?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| written(cell).into_owned()))?;
        }
        writer.flush()
    }

    /// The values of a row, as CSV has them.
    pub fn values(&self, row: usize) -> Vec<String> {
        self.rows[row].iter().map(|cell| written(cell).into_owned()).collect()
    }

    /// The same as an Excel workbook: numbers are numbers, codes are text.
    pub fn xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let (bold, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
        let sheet = book.add_worksheet().set_name(self.title)?.set_freeze_panes(1, 0)?;
        for (at, (name, _)) in (0..).zip(self.columns) {
            sheet.write_string_with_format(0, at, *name, &bold)?;
        }
        for (line, row) in (1..).zip(&self.rows) {
            for (at, cell) in (0..).zip(row) {
                match cell {
                    Cell::Empty => continue,
                    Cell::Text(_) => sheet.write_string_with_format(line, at, written(cell), &text)?,
                    Cell::Number(number, decimals) => {
                        sheet.write_number(line, at, cut(*number, *decimals))?
                    }
                };
            }
        }
        sheet.autofit();
        let sheet = book.add_worksheet().set_name(DEFINITIONS)?;
        for (line, (name, meaning)) in (0..).zip(self.columns) {
            sheet.write_string_with_format(line, 0, *name, &bold)?;
            sheet.write_string(line, 1, *meaning)?;
        }
        for (line, note) in (self.columns.len() as u32 + 1..).zip(&self.notes) {
            sheet.write_string(line, 0, note)?;
        }
        sheet.set_column_width(0, 22)?.set_column_width(1, 90)?;
        book.save_to_buffer()
    }
}

fn written<'a>(cell: &'a Cell<'_>) -> Cow<'a, str> {
    match cell {
        Cell::Empty => "".into(),
        Cell::Text(text) => neutral(text),
        Cell::Number(number, decimals) => cut(*number, *decimals).to_string().into(),
    }
}

fn cut(number: f64, decimals: usize) -> f64 {
    let scale = 10_f64.powi(decimals as i32);
    (number * scale).round() / scale
}
