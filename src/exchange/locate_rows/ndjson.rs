//! NDJSON: `{"id":…,"lon":…,"lat":…,"crs":…?}` a line.

use super::{Answer, Echo, Row, RowError, point};
use crate::geom::Point;
use crate::geom::crs::Crs;
use serde::Deserialize;
use serde_json::Value;

/// One line. Numbers are taken as any value first, so that a wrong one is told by its name.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Line {
    id: Option<Value>,
    lon: Option<Value>,
    lat: Option<Value>,
    x: Option<Value>,
    y: Option<Value>,
    crs: Option<Value>,
}

/// Reads a line.
pub(super) fn read(line: &[u8], default: Option<Crs>) -> Row<'static> {
    match serde_json::from_slice::<Line>(line) {
        Ok(mut line) => {
            let id = line.id.take();
            Row { position: line.position(default), echo: Echo::Id(id) }
        }
        Err(error) => {
            let code = if error.is_data() { "unknown_field" } else { "malformed" };
            // serde_json counts lines and columns of what it was given: the line number is always 1.
            let detail = format!("expected {{\"id\":…,\"lon\":…,\"lat\":…,\"crs\":…}}: {error}");
            Row { position: Err(RowError { code, field: None, detail }), echo: Echo::Id(None) }
        }
    }
}

impl Line {
    fn position(&self, default: Option<Crs>) -> Result<Point, RowError> {
        let crs = match &self.crs {
            None => default.ok_or_else(|| missing("crs", "the line names no crs, and none holds for all"))?,
            Some(value) => named(value)?,
        };
        let (east, north) = crs.axes();
        for (name, value) in [("lon", &self.lon), ("lat", &self.lat), ("x", &self.x), ("y", &self.y)] {
            if value.is_some() && name != east && name != north {
                let detail = format!("{crs} takes {east} and {north}, got {name}");
                return Err(RowError::new("unknown_field", name, detail));
            }
        }
        let (a, b) = if crs.is_geographic() { (&self.lon, &self.lat) } else { (&self.x, &self.y) };
        point(crs, number(east, a.as_ref())?, number(north, b.as_ref())?)
    }
}

fn named(value: &Value) -> Result<Crs, RowError> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse().map_err(|e: crate::geom::crs::UnknownCrs| RowError::new("unknown_crs", "crs", e.to_string()))
}

fn number(name: &'static str, value: Option<&Value>) -> Result<f64, RowError> {
    match value {
        None => Err(missing(name, "it is missing")),
        Some(value) => value.as_f64().ok_or_else(|| {
            let got: String = value.to_string().chars().take(80).collect();
            RowError::new("not_a_number", name, format!("{name} must be a number, got {got}"))
        }),
    }
}

fn missing(name: &'static str, why: &str) -> RowError {
    RowError::new("missing_field", name, format!("{name} is required: {why}"))
}

/// Writes one answer line.
pub(super) fn write(id: Option<&Value>, answer: Result<&Answer<'_>, &RowError>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"id\":");
    json(&id, out);
    match answer {
        Ok(answer) => {
            out.extend_from_slice(b",\"outcome\":");
            json(&answer.outcome, out);
            for (name, code) in answer.codes() {
                out.extend_from_slice(b",\"");
                out.extend_from_slice(name.as_bytes());
                out.extend_from_slice(b"\":");
                json(&code, out);
            }
        }
        Err(error) => {
            out.extend_from_slice(b",\"outcome\":\"error\",\"error\":");
            json(error, out);
        }
    }
    out.extend_from_slice(b"}\n");
}

fn json(value: &impl serde::Serialize, out: &mut Vec<u8>) {
    serde_json::to_writer(out, value).expect("writing to memory does not fail");
}

impl<'a> Answer<'a> {
    /// The codes under the names they have in every bulk answer, in their order.
    pub(super) fn codes(&self) -> [(&'static str, Option<&'a str>); 4] {
        [
            ("land", self.land),
            ("water", self.water),
            ("police", self.police),
            ("responsible", self.responsible),
        ]
    }
}
