//! Rows of points in, rows of answers out: NDJSON, CSV, Parquet and Arrow, for the API and for the command
//! line.
//!
//! Bytes of text go through a [`Cutter`], which gives blocks of whole rows; a [`Table`] turns a block into
//! answers. [`ParquetRows`] and [`ArrowIn`] give batches of columns, and [`Columns`] answers those. None
//! keeps any state, so that blocks and batches may be worked on side by side; a [`Way`] leads from one
//! format to another. Memory is a block's or a batch's, whatever the length of the whole. A bad row becomes
//! an error row, and the others are answered; a [`Tally`] has them all.

mod arrow;
mod batch;
mod csv;
mod cut;
mod ndjson;
mod parquet;
mod tally;
mod values;
mod way;

pub use arrow::{ArrowIn, ArrowOut, BadStream};
pub use batch::{Columns, answered};
pub use cut::{Block, Cutter, ROW_BYTES};
pub use parquet::{BadTable, ParquetOut, ParquetRows};
pub use tally::Tally;
pub use way::{Answers, Piece, Way};

use crate::geom::Point;
use crate::geom::crs::{Crs, CrsError, Hint, UnknownCrs};
use arrow_schema::Schema;
use batch::Reading;
use serde::Serialize;

/// How the rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A JSON object a line: `{"id":…,"lon":…,"lat":…}`, or `x` and `y`; `crs` may stand in each.
    Ndjson,
    /// A head with the columns `lon,lat` or `x,y`, and any others, which are kept.
    Csv,
    /// The same columns, with types.
    Parquet,
}

/// The columns that are written behind those that came in.
const ADDED: [&str; 6] = ["outcome", "land", "water", "police", "responsible", "error"];

/// The answer to one row, in codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RowAnswer<'a> {
    /// `inside`, `nearby` or `outside`.
    pub outcome: &'a str,
    /// The land grid.
    pub land: Option<&'a str>,
    /// The water grid.
    pub water: Option<&'a str>,
    /// The police grid.
    pub police: Option<&'a str>,
    /// The responsible one of them.
    pub responsible: Option<&'a str>,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{detail}")]
pub struct RowError {
    /// The kind, for programs.
    pub code: RowCode,
    /// The field or column; absent when the whole row cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// What happened, for a person.
    pub detail: String,
}

/// The kinds of bad rows; each is named as the API's problem of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowCode {
    /// A coordinate that its system cannot hold.
    OutOfRange,
    /// East and north the wrong way round.
    SwappedAxes,
    /// The zone number before an easting is missing or another zone's, or degrees and metres are confused.
    WrongSystem,
    /// A coordinate system that is not known.
    UnknownCrs,
    /// A field that must be there.
    Missing,
    /// A field of the wrong kind.
    BadValue,
    /// The row is not JSON, or not of this shape.
    BadJson,
    /// The row has another number of cells than the head, or an open quote.
    BadRow,
    /// The row is longer than [`ROW_BYTES`].
    RowTooLong,
}

/// One row, read.
struct Row<'a> {
    /// What the writer needs to repeat it: the raw cells, or the id.
    text: &'a [u8],
    id: Option<serde_json::Value>,
    line: u64,
    point: Result<Point, RowError>,
}

/// How rows of one input are read and written.
#[derive(Clone, Debug)]
pub struct Table {
    crs: Option<Crs>,
    columns: Option<csv::Head>,
}

impl Table {
    /// Reads what stands before the first row.
    ///
    /// CSV takes its head from the first block, and `crs` is needed; the head of the answer comes back to
    /// be written first. NDJSON has no head, and its rows may each name their system.
    pub fn open(format: Format, crs: Option<Crs>, first: &mut Block) -> Result<(Self, Vec<u8>), RowError> {
        if format == Format::Ndjson {
            return Ok((Self { crs, columns: None }, Vec::new()));
        }
        let crs = crs.ok_or_else(|| RowError::missing("crs"))?;
        let (columns, head) = csv::Head::read(crs, &first.take_first().unwrap_or_default())?;
        Ok((Self { crs: Some(crs), columns: Some(columns) }, head))
    }

    /// Answers the rows of a block, in their order. `locate` gets the points of all good rows at once and
    /// gives as many answers.
    pub fn answer<'a>(
        &self,
        block: &Block,
        locate: impl FnOnce(&[Point]) -> Vec<RowAnswer<'a>>,
    ) -> (Vec<u8>, Tally) {
        let rows = self.rows(block);
        let points: Vec<Point> = rows.iter().filter_map(|row| row.point.as_ref().ok().copied()).collect();
        let mut answers = locate(&points).into_iter();
        let mut out = Vec::with_capacity(block.len() * 2);
        let mut tally = Tally::default();
        for row in &rows {
            let answer = match &row.point {
                Ok(_) => Ok(answers.next().expect("as many answers as points")),
                Err(error) => Err(error),
            };
            match answer {
                Ok(answer) => tally.good(answer.outcome),
                Err(_) => tally.bad(row.line),
            }
            match &self.columns {
                Some(columns) => columns.write(&mut out, row.text, answer),
                None => ndjson::write(&mut out, row, answer),
            }
        }
        (out, tally)
    }

    fn format(&self) -> Format {
        if self.columns.is_some() { Format::Csv } else { Format::Ndjson }
    }

    /// The columns that a table of these rows keeps: text, and the coordinates as numbers.
    fn schema(&self) -> Schema {
        self.columns.as_ref().map_or_else(ndjson::schema, csv::Head::schema)
    }

    /// Reads a block into those columns.
    fn columns(&self, block: &Block) -> Reading {
        let mut rows = self.rows(block);
        let columns = match &self.columns {
            Some(head) => head.kept(&mut rows),
            None => ndjson::kept(&rows),
        };
        Reading { columns, rows: rows.into_iter().map(|row| (row.line, row.point)).collect() }
    }

    fn rows<'a>(&self, block: &'a Block) -> Vec<Row<'a>> {
        block.rows().filter_map(|(line, text)| self.read(line, text)).collect()
    }

    /// Reads a row; `None` for an empty line.
    fn read<'a>(&self, line: u64, text: &'a [u8]) -> Option<Row<'a>> {
        if text.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        if text.len() > ROW_BYTES {
            let detail = format!("line {line} has more than {ROW_BYTES} bytes");
            let error = RowError { code: RowCode::RowTooLong, field: None, detail };
            return Some(Row { text: b"", id: None, line, point: Err(error) });
        }
        let (id, point) = match &self.columns {
            Some(columns) => (None, columns.point(text)),
            None => ndjson::point(self.crs, text),
        };
        Some(Row { text, id, line, point })
    }
}

impl RowError {
    fn missing(field: &'static str) -> Self {
        Self { code: RowCode::Missing, field: Some(field), detail: format!("{field} is missing") }
    }

    fn bad_row(detail: impl Into<String>) -> Self {
        Self { code: RowCode::BadRow, field: None, detail: detail.into() }
    }
}

impl From<CrsError> for RowError {
    fn from(error: CrsError) -> Self {
        let code = match error.hint {
            None => RowCode::OutOfRange,
            Some(Hint::SwappedAxes { .. }) => RowCode::SwappedAxes,
            Some(_) => RowCode::WrongSystem,
        };
        Self { code, field: Some(error.axis), detail: error.to_string() }
    }
}

impl From<UnknownCrs> for RowError {
    fn from(error: UnknownCrs) -> Self {
        Self { code: RowCode::UnknownCrs, field: Some("crs"), detail: error.to_string() }
    }
}

#[cfg(test)]
mod tests;
