//! One position: where it lies, and every way to read it when it was only written down.

use super::Failure;
use crate::app::{Published, Question};
use crate::geom::crs::Crs;
use crate::geom::crs::text::{self, Reading};
use crate::geom::{Bbox, Point};
use serde_json::{Value, json};
use std::path::Path;

/// The whole answer for a point.
pub(super) fn answer(published: &Published, question: &Question, point: Point) -> Value {
    let located = published.locate(point, question);
    let layers = published.base.layers();
    let mut answer = json!({
        "position": [point.lon(), point.lat()],
        "revision": published.revision().number,
        "note": published.note,
        "outcome": located.outcome.name(),
        "needs_confirmation": located.needs_confirmation,
        "responsible": located.responsible.map(|(place, unit)| json!({
            "layer": layers[place].layer.name,
            "code": layers[place].units.get(unit).map(|u| u.code.as_str()),
            "rule": question.rule_name(),
        })),
    });
    for (place, found) in located.layers.iter().enumerate() {
        let layer = &layers[place];
        let code = |id| layer.units.get(id).map(|u| u.code.as_str());
        let chain = |id| {
            layer.units.chain(id).map(|u| {
            json!({"level": layer.layer.level_name(u.level), "code": u.code.as_str(), "name": u.name})
        })
        };
        answer[&layer.layer.name] = found.as_ref().map_or(Value::Null, |found| {
            json!({
                "code": code(found.unit),
                "outcome": found.outcome.name(),
                "border_distance_m": found.border_distance_m,
                "on_border": found.on_border,
                "chain": chain(found.unit).collect::<Vec<_>>(),
                "candidates": found.candidates.iter()
                    .map(|(id, share)| json!({"code": id.and_then(code), "share": share}))
                    .collect::<Vec<_>>(),
            })
        });
    }
    answer
}

/// An answer for every reading of a written position, the likely ones first; only those in `crs` if there
/// is one. Nothing is chosen: that is for whoever asked.
pub(super) fn readings(
    published: &Published,
    question: &Question,
    written: &str,
    crs: Option<Crs>,
) -> Result<Value, Failure> {
    let boxes = published.base.layers().iter().filter_map(|layer| layer.coverage.bbox());
    let home = boxes.reduce(Bbox::union).unwrap_or(Bbox { min: Point::default(), max: Point::default() });
    let found = text::readings(written, crs, &home).map_err(|e| {
        let file =
            if Path::new(written).extension().is_some() { "no such file, and no position: " } else { "" };
        Failure::Usage(format!("{file}{e}"))
    })?;
    let row = |reading: &Reading| {
        let mut row = json!({"crs": reading.crs.to_string(), "east": reading.east, "north": reading.north});
        row["answer"] = answer(published, question, reading.point);
        row
    };
    Ok(found.iter().map(row).collect())
}
