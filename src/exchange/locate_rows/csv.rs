//! Rows as cells.

use super::cut::ends_quoted;
use super::{ROW_BYTES, RowAnswer, RowCode, RowError};
use crate::geom::Point;
use crate::geom::crs::Crs;
use csv::ByteRecord;

/// The columns that are written behind those that came in.
const ADDED: [&str; 6] = ["outcome", "land", "water", "police", "responsible", "error"];

/// Where the coordinates stand.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    crs: Crs,
    count: usize,
    east: usize,
    north: usize,
}

impl Columns {
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
        let columns = Self { crs, count: cells.len(), east: place(east)?, north: place(north)? };
        let head = [head, b",", ADDED.join(",").as_bytes(), b"\n"].concat();
        Ok((columns, head))
    }

    /// Reads the point of a row.
    pub(super) fn point(&self, text: &[u8]) -> Result<Point, RowError> {
        let cells = cells(text)?;
        if cells.len() != self.count {
            let detail =
                format!("the row must have {} cells as the head has, got {}", self.count, cells.len());
            return Err(RowError::bad_row(detail));
        }
        let (east, north) = self.crs.axes();
        let east = number(east, &cells[self.east])?;
        let north = number(north, &cells[self.north])?;
        Ok(self.crs.to_lattice(east, north)?)
    }

    /// Writes the row with its answer. A row that cannot be repeated as it is becomes empty cells.
    pub(super) fn write(&self, out: &mut Vec<u8>, text: &[u8], answer: Result<RowAnswer<'_>, &RowError>) {
        let broken = |e: &RowError| matches!(e.code, RowCode::BadRow | RowCode::RowTooLong);
        if answer.is_err_and(broken) {
            out.extend(std::iter::repeat_n(b',', self.count - 1));
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
}

fn number(axis: &'static str, cell: &[u8]) -> Result<f64, RowError> {
    let text = std::str::from_utf8(cell).unwrap_or_default().trim();
    text.parse().map_err(|_no_number| {
        let got: String = text.chars().take(40).collect();
        let detail = format!("{axis} must be a number, got {got:?}");
        RowError { code: RowCode::BadValue, field: Some(axis), detail }
    })
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
fn write_cell(out: &mut Vec<u8>, text: &str) {
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
