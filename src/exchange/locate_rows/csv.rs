//! Rows as cells.

use super::cut::ends_quoted;
use super::values::written;
use super::{ADDED, ROW_BYTES, Row, RowAnswer, RowCode, RowError};
use crate::geom::Point;
use crate::geom::crs::Crs;
use arrow_array::{ArrayRef, Float64Array, StringArray};
use arrow_schema::{DataType, Field, Schema};
use csv::{ByteRecord, StringRecord};
use std::sync::Arc;

/// The columns, and where the coordinates stand among them.
#[derive(Clone, Debug)]
pub(super) struct Head {
    crs: Crs,
    names: Vec<String>,
    east: usize,
    north: usize,
}

impl Head {
    /// Reads the head; gives it back with the added columns.
    pub(super) fn read(crs: Crs, head: &[u8]) -> Result<(Self, Vec<u8>), RowError> {
        if head.len() > ROW_BYTES {
            return Err(RowError::bad_row(format!("the head has more than {ROW_BYTES} bytes")));
        }
        let plain = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let cells = cells(plain)?;
        let place = |name: &'static str| {
            let is = |cell: &[u8]| cell.trim_ascii().eq_ignore_ascii_case(name.as_bytes());
            cells.iter().position(is).ok_or_else(|| {
                let detail = format!("the head must have the column {name}, as {crs} takes it");
                RowError { code: RowCode::Missing, field: Some(name), detail }
            })
        };
        let (east, north) = crs.axes();
        let names = cells.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        let columns = Self { crs, names, east: place(east)?, north: place(north)? };
        let head = [head, b",", ADDED.join(",").as_bytes(), b"\n"].concat();
        Ok((columns, head))
    }

    /// Reads the point of a row.
    pub(super) fn point(&self, text: &[u8]) -> Result<Point, RowError> {
        let cells = cells(text)?;
        if cells.len() != self.names.len() {
            let detail =
                format!("the row must have {} cells as the head has, got {}", self.names.len(), cells.len());
            return Err(RowError::bad_row(detail));
        }
        let (east, north) = self.crs.axes();
        let east = number(east, &cells[self.east])?;
        let north = number(north, &cells[self.north])?;
        Ok(self.crs.to_lattice(east, north)?)
    }

    /// Writes the row with its answer. A row that cannot be repeated as it is becomes empty cells.
    pub(super) fn write(&self, out: &mut Vec<u8>, text: &[u8], answer: Result<RowAnswer<'_>, &RowError>) {
        if answer.is_err_and(is_broken) {
            out.extend(std::iter::repeat_n(b',', self.names.len() - 1));
        } else {
            out.extend_from_slice(text);
        }
        let added = match answer {
            Ok(a) => [Some(a.outcome), a.land, a.water, a.police, a.responsible, None],
            Err(e) => [Some("error"), None, None, None, None, Some(e.detail.as_str())],
        };
        for cell in added {
            out.push(b',');
            write_cell(out, cell.unwrap_or_default());
        }
        out.push(b'\n');
    }

    /// The columns of a table of these rows: coordinates as numbers, all others as the text that they are.
    pub(super) fn schema(&self) -> Schema {
        let kind = |i| if i == self.east || i == self.north { DataType::Float64 } else { DataType::Utf8 };
        let field = |(i, name): (usize, &String)| Field::new(name, kind(i), true);
        Schema::new(self.names.iter().enumerate().map(field).collect::<Vec<_>>())
    }

    /// The cells of rows in those columns; a row that cannot be read, or is not UTF-8, has none.
    pub(super) fn kept(&self, rows: &mut [Row<'_>]) -> Vec<ArrayRef> {
        let cells: Vec<Option<StringRecord>> = rows.iter_mut().map(record).collect();
        let column = |i: usize| -> ArrayRef {
            let texts = cells.iter().map(|cells| cells.as_ref()?.get(i));
            if i == self.east || i == self.north {
                Arc::new(texts.map(|text| written("", text).ok()).collect::<Float64Array>())
            } else {
                Arc::new(texts.collect::<StringArray>())
            }
        };
        (0..self.names.len()).map(column).collect()
    }
}

/// The cells of a row that can be repeated as text; that it cannot is then what is wrong with it.
fn record(row: &mut Row<'_>) -> Option<StringRecord> {
    if row.point.as_ref().is_err_and(is_broken) {
        return None;
    }
    let read = cells(row.text).and_then(|cells| {
        StringRecord::from_byte_record(cells).map_err(|_not| RowError::bad_row("the row is not UTF-8"))
    });
    read.map_err(|error| row.point = Err(error)).ok()
}

/// A row that cannot be repeated as it is.
fn is_broken(error: &RowError) -> bool {
    matches!(error.code, RowCode::BadRow | RowCode::RowTooLong)
}

fn number(axis: &'static str, cell: &[u8]) -> Result<f64, RowError> {
    written(axis, Some(std::str::from_utf8(cell).unwrap_or_default()))
}

/// The cells of one row.
fn cells(text: &[u8]) -> Result<ByteRecord, RowError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let mut record = ByteRecord::new();
    let read = reader.read_byte_record(&mut record);
    if !matches!(read, Ok(true)) || reader.position().byte() < text.len() as u64 || ends_quoted(text) {
        return Err(RowError::bad_row("the row cannot be read; a quote may be open"));
    }
    Ok(record)
}

/// Writes a cell: quoted where it must be, and with a quotation mark before what a spreadsheet would take
/// for a formula.
pub(super) fn write_cell(out: &mut Vec<u8>, text: &str) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula || text.contains([',', '"', '\n', '\r']) {
        out.push(b'"');
        if formula {
            out.push(b'\'');
        }
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}
