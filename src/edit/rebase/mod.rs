//! Carrying a change over to another base.
//!
//! What the change takes away must still stand, between the same two sides or between heirs that the base has
//! named in their place; what it draws is drawn again, point for point. The intent is never guessed again. Who
//! holds each face is then what both say: a face that the change gave away is given away, whatever the base did
//! to its far borders; one that the base gave away stays given away, whatever border the change moved.

mod lines;
mod told;
mod votes;

use super::change::{Change, LayerChange};
use super::conflict::{Conflict, ConflictKind};
use super::delta::Delta;
use super::fields::UnitField;
use super::runs::Borders;
use super::side::{Place, Side};
use super::state::{LayerView, Segments, State};
use crate::geom::Point;
use serde_json::Value;
use std::collections::BTreeSet;
use told::Told;

/// The change that does on `base` what `change` did on its own base, or everything that is in the way.
///
/// A change that still stands as it is comes out identical, hash and all. Runs that two changes moved apart from
/// each other merge, down to neighbouring segments of one border; a segment that both moved is a conflict, and so
/// is what crosses only together. A vertex that the base put into a segment by the triangle rule is no conflict.
/// A field that the base has set to the same value already is left out.
pub fn rebase(change: &Change, base: &State) -> Result<Change, Vec<Conflict>> {
    let mut rebased = Change::default();
    let mut conflicts = Vec::new();
    for (name, layer) in change.layers() {
        let Some(view) = base.layer(name) else {
            conflicts.push(Conflict::no_layer(name));
            continue;
        };
        let borders = borders(&view, layer);
        let fields = fields(&view, layer);
        match (borders, fields) {
            (Ok(borders), Ok(fields)) => {
                rebased.put(name, LayerChange { borders, fields, lineage: layer.lineage.clone() });
            }
            (borders, fields) => {
                conflicts.extend(borders.err().unwrap_or_default());
                conflicts.extend(fields.err().unwrap_or_default());
            }
        }
    }
    if conflicts.is_empty() {
        base.after(&rebased)?;
        return Ok(rebased);
    }
    Err(conflicts)
}

/// The fields of a change that are still to be set.
fn fields(view: &LayerView, change: &LayerChange) -> Result<Delta<UnitField, Value>, Vec<Conflict>> {
    let mut fields = Delta::default();
    let mut conflicts = Vec::new();
    for ((id, field), step) in change.fields.steps() {
        let now = view.row(*id).remove(field);
        if now == step.old {
            fields.put((*id, field.clone()), now, step.new.clone());
        } else if now != step.new {
            let text = |value: &Option<Value>| value.as_ref().map_or("nothing".into(), ToString::to_string);
            let (was, is, new) = (text(&step.old), text(&now), text(&step.new));
            conflicts.push(Conflict {
                kind: ConflictKind::Field,
                layer: view.layer().name.clone(),
                at: None,
                units: vec![*id],
                segments: 0,
                field: Some(field.clone()),
                detail: format!("{field} of unit {id} was {was}, is {is} now and would be {new}"),
            });
        }
    }
    if conflicts.is_empty() { Ok(fields) } else { Err(conflicts) }
}

/// The borders of a change as they are to be moved on the base.
fn borders(view: &LayerView, change: &LayerChange) -> Result<Borders, Vec<Conflict>> {
    let Some(bbox) = change.bbox() else { return Ok(Borders::default()) };
    let mut at_hand: BTreeSet<Side> = view.around(bbox.grown(2));
    at_hand.extend(change.sides());
    at_hand.remove(&Side::Outside);
    let now = view.beside(&at_hand);
    if change.borders.steps().all(|(place, step)| now.get(place) == step.old.as_ref()) {
        return Ok(change.borders.clone());
    }
    let told = |found: Vec<(Place, String)>| -> Vec<Conflict> {
        told::by_run(found).into_iter().map(|run| conflict(view, &now, run)).collect()
    };
    let lines = lines::merged(&now, change).map_err(told)?;
    let after = votes::settled(&lines, &at_hand).map_err(told)?;
    Ok(Borders::between(&now, &after))
}

fn conflict(view: &LayerView, now: &Segments, Told { places, detail }: Told) -> Conflict {
    let points: BTreeSet<Point> = places.iter().flat_map(|place| [place.0, place.1]).collect();
    let meets = |(a, b): &Place| points.contains(a) || points.contains(b);
    let sides = now.iter().filter(|(p, _)| meets(p)).flat_map(|(_, (l, r))| [l.unit(), r.unit()]);
    let units: BTreeSet<_> = sides.flatten().collect();
    Conflict {
        kind: ConflictKind::Border,
        layer: view.layer().name.clone(),
        at: Some(places[places.len() / 2].0),
        segments: places.len(),
        units: units.into_iter().collect(),
        field: None,
        detail,
    }
}
