//! CSV: columns `lon,lat` or `x,y` and any others, which are given back as they came.
//!
//! Fields are bytes: only the two coordinates are read as text, so a file in GBK passes through unharmed.

use super::{Answer, Echo, Row, RowError, point};
use crate::geom::Point;
use crate::geom::crs::Crs;
use std::borrow::Cow;

/// What stands where in each record.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    header: Vec<u8>,
    count: usize,
    crs: Crs,
    east: usize,
    north: usize,
}

/// What an answer adds to its record.
const ADDED: &str = "outcome,land,water,police,responsible,error";

impl Columns {
    pub(super) fn new(header: &[u8], crs: Crs) -> Result<Self, RowError> {
        let fields = split(header).ok_or_else(|| malformed("the header has an open quote"))?;
        let names: Vec<String> =
            fields.iter().map(|f| String::from_utf8_lossy(&unquote(f)).trim().to_ascii_lowercase()).collect();
        let (east, north) = crs.axes();
        let place = |name: &'static str| {
            let mut places = names.iter().enumerate().filter(|(_, n)| *n == name).map(|(i, _)| i);
            match (places.next(), places.next()) {
                (Some(place), None) => Ok(place),
                (found, _) => {
                    let got = if found.is_some() { "it twice".into() } else { names.join(",") };
                    let cut: String = got.chars().take(200).collect();
                    let detail = format!("{crs} takes a column {name}, got {cut}");
                    Err(RowError::new("missing_field", name, detail))
                }
            }
        };
        let header = header.to_vec();
        Ok(Self { header, count: names.len(), crs, east: place(east)?, north: place(north)? })
    }

    pub(super) fn write_header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.header);
        out.push(b',');
        out.extend_from_slice(ADDED.as_bytes());
        out.push(b'\n');
    }

    pub(super) fn read<'a>(&self, record: &'a [u8]) -> Row<'a> {
        let Some(fields) = split(record) else {
            let error = malformed("a quote is open, or something stands beside one");
            return Row { position: Err(error), echo: Echo::Fields(Vec::new()) };
        };
        Row { position: self.position(&fields), echo: Echo::Fields(fields) }
    }

    fn position(&self, fields: &[&[u8]]) -> Result<Point, RowError> {
        if fields.len() != self.count {
            return Err(malformed(&format!("expected {} fields, got {}", self.count, fields.len())));
        }
        let (east, north) = self.crs.axes();
        point(self.crs, number(east, fields[self.east])?, number(north, fields[self.north])?)
    }

    /// The record's fields, then the answer; always as many columns as the header has.
    pub(super) fn write(&self, fields: &[&[u8]], answer: Result<&Answer<'_>, &RowError>, out: &mut Vec<u8>) {
        for i in 0..self.count {
            out.extend_from_slice(fields.get(i).copied().unwrap_or_default());
            out.push(b',');
        }
        match answer {
            Ok(answer) => {
                out.extend_from_slice(answer.outcome.as_bytes());
                for (_, code) in answer.codes() {
                    out.push(b',');
                    quote(code.unwrap_or_default(), out);
                }
                out.push(b',');
            }
            Err(error) => {
                out.extend_from_slice(b"error,,,,,");
                quote(&error.detail, out);
            }
        }
        out.push(b'\n');
    }
}

fn malformed(detail: &str) -> RowError {
    RowError { code: "malformed", field: None, detail: detail.into() }
}

fn number(name: &'static str, field: &[u8]) -> Result<f64, RowError> {
    let bytes = unquote(field);
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim();
    match text.parse::<f64>() {
        _ if text.is_empty() => Err(RowError::new("missing_field", name, format!("{name} is empty"))),
        Ok(number) => Ok(number),
        Err(_) => {
            let got: String = text.chars().take(80).collect();
            Err(RowError::new("not_a_number", name, format!("{name} must be a number, got {got:?}")))
        }
    }
}

/// The fields of a record as they stand, quotes included; `None` where quotes do not match.
fn split(record: &[u8]) -> Option<Vec<&[u8]>> {
    let mut fields = Vec::new();
    let mut rest = record;
    loop {
        let length = if rest.first() == Some(&b'"') { quoted_length(rest)? } else { plain_length(rest)? };
        let (field, after) = rest.split_at(length);
        fields.push(field);
        match after.split_first() {
            None => return Some(fields),
            Some((b',', next)) => rest = next,
            Some(_) => return None,
        }
    }
}

/// The length of a field without quotes; a quote inside one belongs to nothing.
fn plain_length(rest: &[u8]) -> Option<usize> {
    let length = rest.iter().position(|&b| b == b',').unwrap_or(rest.len());
    (!rest[..length].contains(&b'"')).then_some(length)
}

/// The length of a quoted field with its quotes; a doubled quote stands for one.
fn quoted_length(rest: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += rest[at..].iter().position(|&b| b == b'"')? + 1;
        if rest.get(at) != Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
}

fn unquote(field: &[u8]) -> Cow<'_, [u8]> {
    let Some(inner) = field.strip_prefix(b"\"").and_then(|f| f.strip_suffix(b"\"")) else {
        return Cow::Borrowed(field);
    };
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(&byte) = bytes.next() {
        out.push(byte);
        if byte == b'"' {
            bytes.next();
        }
    }
    Cow::Owned(out)
}

/// Text of our own as a field: neutralised against spreadsheets, quoted where it must be.
fn quote(text: &str, out: &mut Vec<u8>) {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if risky || text.contains([',', '"', '\n', '\r']) {
        out.extend_from_slice(if risky { b"\"'" } else { b"\"" });
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}
