//! Rows to locate, as NDJSON or CSV: bytes to positions, answers to bytes.
//!
//! Pure functions over bytes, shared by the command line and the server. A [`Framer`] cuts a stream of
//! chunks into whole records in bounded memory; a [`Codec`] reads a record into a lattice point and writes
//! its answer. Each record gets exactly one answer, in order: a bad one gets an error row. Blocks of
//! records may be read and written on several cores.
//!
//! ```text
//! NDJSON  {"id":7,"lon":110.29,"lat":25.27}      -> {"id":7,"outcome":"inside","land":…,"responsible":…}
//! CSV     name,lon,lat                           -> name,lon,lat,outcome,land,water,police,responsible,error
//! ```

mod csv;
mod frame;
mod ndjson;
#[cfg(test)]
mod tests;

pub use frame::{Block, Framer, LONGEST_RECORD, Record};

use crate::geom::Point;
use crate::geom::crs::Crs;
use std::borrow::Cow;

/// What the rows are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated with a header line (RFC 4180).
    Csv,
}

/// Why a row could not be located.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, thiserror::Error)]
#[error("{detail}")]
pub struct RowError {
    /// `too_long`, `malformed`, `missing_field`, `unknown_field`, `not_a_number`, `out_of_range` or
    /// `unknown_crs`.
    pub code: &'static str,
    /// The member or column at fault.
    pub field: Option<Cow<'static, str>>,
    /// What was expected and what came.
    pub detail: String,
}

/// The short answer to one row; codes of units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer<'a> {
    /// `inside`, `nearby` or `outside`.
    pub outcome: &'a str,
    /// The land grid.
    pub land: Option<&'a str>,
    /// The water grid.
    pub water: Option<&'a str>,
    /// The police grid.
    pub police: Option<&'a str>,
    /// The responsible unit.
    pub responsible: Option<&'a str>,
}

/// A record read: where it is, or why not, and what its answer must give back.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The position on the lattice.
    pub position: Result<Point, RowError>,
    echo: Echo<'a>,
}

/// What an answer repeats of its record.
#[derive(Clone, Debug)]
enum Echo<'a> {
    /// The `id` of an NDJSON line.
    Id(Option<serde_json::Value>),
    /// The fields of a CSV record as they stand in it, quotes included.
    Fields(Vec<&'a [u8]>),
}

/// Reads records and writes answers in one format.
#[derive(Clone, Debug)]
pub struct Codec {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Ndjson { crs: Option<Crs> },
    Csv(csv::Columns),
}

impl Codec {
    /// For NDJSON. `crs` holds for lines that name none; without it each line must name its own.
    pub fn ndjson(crs: Option<Crs>) -> Self {
        Self { kind: Kind::Ndjson { crs } }
    }

    /// For CSV under a header record, all rows in one system: columns `lon` and `lat`, or `x` and `y` in
    /// a projected one. Case does not matter; all other columns are kept.
    pub fn csv(header: &[u8], crs: Crs) -> Result<Self, RowError> {
        csv::Columns::new(header, crs).map(|columns| Self { kind: Kind::Csv(columns) })
    }

    /// What comes before the answers: a CSV header line.
    pub fn write_header(&self, out: &mut Vec<u8>) {
        if let Kind::Csv(columns) = &self.kind {
            columns.write_header(out);
        }
    }

    /// Reads one record.
    pub fn read<'a>(&self, record: Record<'a>) -> Row<'a> {
        match (&self.kind, record) {
            (Kind::Ndjson { crs }, Record::Whole(line)) => ndjson::read(line, *crs),
            (Kind::Csv(columns), Record::Whole(line)) => columns.read(line),
            (kind, Record::TooLong) => {
                let detail = format!("a row must have at most {LONGEST_RECORD} bytes");
                let echo = match kind {
                    Kind::Ndjson { .. } => Echo::Id(None),
                    Kind::Csv(_) => Echo::Fields(Vec::new()),
                };
                Row { position: Err(RowError { code: "too_long", field: None, detail }), echo }
            }
        }
    }

    /// Writes the answer of one record, with the end of its line. A row whose position could not be read
    /// gets its error; `answer` is not looked at then.
    pub fn write(&self, row: &Row<'_>, answer: &Answer<'_>, out: &mut Vec<u8>) {
        let answer = row.position.as_ref().map(|_| answer);
        match (&self.kind, &row.echo) {
            (Kind::Csv(columns), Echo::Fields(fields)) => columns.write(fields, answer, out),
            (_, Echo::Id(id)) => ndjson::write(id.as_ref(), answer, out),
            (Kind::Ndjson { .. }, Echo::Fields(_)) => ndjson::write(None, answer, out),
        }
    }
}

impl RowError {
    fn new(code: &'static str, field: &'static str, detail: String) -> Self {
        Self { code, field: Some(field.into()), detail }
    }
}

/// The lattice point of two numbers that were read.
fn point(crs: Crs, east: f64, north: f64) -> Result<Point, RowError> {
    crs.to_lattice(east, north).map_err(|e| RowError::new("out_of_range", e.axis, e.to_string()))
}
