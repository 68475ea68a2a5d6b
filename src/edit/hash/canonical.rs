//! How values are written before they are hashed: one way each, every list and text after its length.

use crate::geom::Point;
use serde_json::Value;

pub(super) fn count(out: &mut Vec<u8>, n: usize) {
    out.extend((n as u64).to_le_bytes());
}

pub(super) fn text(out: &mut Vec<u8>, value: &str) {
    count(out, value.len());
    out.extend(value.as_bytes());
}

pub(super) fn point(out: &mut Vec<u8>, p: Point) {
    out.extend(p.x.to_le_bytes());
    out.extend(p.y.to_le_bytes());
}

pub(super) fn points(out: &mut Vec<u8>, points: &[Point]) {
    count(out, points.len());
    for &p in points {
        point(out, p);
    }
}

/// Compact JSON with the keys of every object sorted.
pub(super) fn json(out: &mut String, value: &Value) {
    match value {
        Value::Object(map) => object(out, map),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                json(out, item);
            }
            out.push(']');
        }
        simple => out.push_str(&simple.to_string()),
    }
}

pub(super) fn object(out: &mut String, map: &serde_json::Map<String, Value>) {
    let mut entries: Vec<(&String, &Value)> = map.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    out.push('{');
    for (i, (key, value)) in entries.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(&Value::from(key.as_str()).to_string());
        out.push(':');
        json(out, value);
    }
    out.push('}');
}
