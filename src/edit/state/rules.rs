//! What a change must find before it, and what must hold among units after it.

use super::LayerView;
use crate::edit::change::LayerChange;
use crate::edit::conflict::{Conflict, ConflictKind};
use crate::edit::fields;
use crate::edit::side::{Place, Side, Sides};
use crate::geom::{Bbox, Point};
use crate::unit::{Level, Unit, UnitId};
use std::collections::BTreeSet;

/// Everything that a change begins with and that does not stand.
pub(super) fn standing(view: &LayerView, change: &LayerChange) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    let segments = change.bbox().map(|bbox| view.near(bbox)).unwrap_or_default();
    let wrong = change.borders.steps().filter(|(place, step)| segments.get(place) != step.old.as_ref());
    let wrong: Vec<Place> = wrong.map(|(place, _)| *place).collect();
    if let Some(&(at, _)) = wrong.first() {
        let boxes = |p: &Place| Bbox::between(p.0, p.1);
        let here = wrong.iter().map(boxes).reduce(Bbox::union).map(|b| view.around(b)).unwrap_or_default();
        let units = change.touched().into_iter().filter(|id| here.contains(&Side::Unit(*id))).collect();
        let detail = format!("{} segments of border are not as the change found them", wrong.len());
        conflicts.push(conflict(view, ConflictKind::Border, Some(at), units, detail));
    }
    for ((id, field), step) in change.fields.steps() {
        let now = view.row(*id).remove(field);
        if now != step.old {
            let text =
                |value: &Option<serde_json::Value>| value.as_ref().map_or("none".into(), ToString::to_string);
            let detail = format!("{field} of unit {id} must be {}, got {}", text(&step.old), text(&now));
            let mut found = conflict(view, ConflictKind::Field, None, vec![*id], detail);
            found.field = Some(field.clone());
            conflicts.push(found);
        }
    }
    conflicts
}

/// Breaches of the rules among the units that a change touched; `after` is the layer with the change made.
pub(super) fn rows(after: &LayerView, change: &LayerChange) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    let changed: BTreeSet<UnitId> = change.fields.steps().map(|((id, _), _)| *id).collect();
    for &id in &changed {
        let row = after.row(id);
        if row.is_empty() {
            conflicts.extend(orphans(after, id));
            continue;
        }
        match fields::unit(id, &row) {
            Ok(unit) => conflicts.extend(misplaced(after, &unit)),
            Err(field) => {
                let detail = format!("the {field} of unit {id} is missing or cannot be read");
                let mut found = conflict(after, ConflictKind::Field, None, vec![id], detail);
                found.field = Some(field);
                conflicts.push(found);
            }
        }
    }
    conflicts.extend(holders(after, change));
    conflicts
}

/// A code that two bear, a parent that is not one level up.
fn misplaced(after: &LayerView, unit: &Unit) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    let bearers = after.bearers(&unit.code);
    if bearers.len() > 1 {
        let detail = format!("code {} would be given to {} units", unit.code, bearers.len());
        conflicts.push(conflict(after, ConflictKind::Code, None, bearers.into_iter().collect(), detail));
    }
    let expected = unit.level.0.checked_sub(1).map(Level);
    let parent = unit.parent.and_then(|p| after.unit(p)).map(|p| p.level);
    if usize::from(unit.level.0) >= after.layer().levels.len()
        || parent != expected
        || unit.parent.is_some() != parent.is_some()
    {
        let detail = format!("unit {} must have a parent one level up", unit.code);
        conflicts.push(conflict(after, ConflictKind::Parent, None, vec![unit.id], detail));
    }
    conflicts
}

/// Units left under one that is gone.
fn orphans(after: &LayerView, gone: UnitId) -> Option<Conflict> {
    let children: Vec<UnitId> = after.children(gone).into_iter().collect();
    let detail = format!("unit {gone} is gone, and {} units are under it", children.len());
    (!children.is_empty()).then(|| conflict(after, ConflictKind::Parent, None, children, detail))
}

/// Ground that would be held by what is no grid, or by a unit that is gone.
fn holders(after: &LayerView, change: &LayerChange) -> Vec<Conflict> {
    let grid = after.layer().grid_level();
    let units = |sides: Sides| [sides.0.unit(), sides.1.unit()].into_iter().flatten();
    let mut holding: BTreeSet<UnitId> =
        change.borders.steps().filter_map(|(_, step)| step.new).flat_map(units).collect();
    let gone: BTreeSet<Side> = change.retired().into_iter().map(Side::Unit).collect();
    if !gone.is_empty() {
        let left = after.beside(&gone).into_values().flat_map(units);
        holding.extend(left.filter(|id| gone.contains(&Side::Unit(*id))));
    }
    let no_grid = |id: &UnitId| after.unit(*id).is_none_or(|unit| unit.level != grid);
    let wrong = holding.into_iter().filter(no_grid);
    let told = |id| {
        conflict(
            after,
            ConflictKind::Unit,
            None,
            vec![id],
            format!("unit {id} must be a grid to hold ground"),
        )
    };
    wrong.map(told).collect()
}

fn conflict(
    view: &LayerView,
    kind: ConflictKind,
    at: Option<Point>,
    units: Vec<UnitId>,
    detail: String,
) -> Conflict {
    Conflict { kind, layer: view.layer().name.clone(), at, segments: 0, units, field: None, detail }
}
