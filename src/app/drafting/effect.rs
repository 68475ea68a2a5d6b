//! What an operation or a draft does, in the words of those who look at it.

use super::DraftError;
use crate::coverage::{Defect, DefectKind};
use crate::edit::{Change, Resolved, State};
use crate::geom::Shape;
use crate::unit::{Code, Unit, UnitId};
use std::collections::{BTreeMap, BTreeSet};

/// What a change does to each unit that it touches.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The units that it touches, as they are before; by layer and id.
    pub before: Vec<UnitGround>,
    /// The same, as they are after.
    pub after: Vec<UnitGround>,
    /// The areas that change, by id.
    pub areas: Vec<AreaRow>,
    /// Codes that are proposed and not set, of units under a new parent: the code that stands, and the proposal.
    pub codes: Vec<(Code, Code)>,
}

/// A unit with its ground, where that changes.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitGround {
    /// Its layer.
    pub layer: String,
    /// Its level's name.
    pub level: String,
    /// The unit.
    pub unit: Unit,
    /// The code of the unit above.
    pub parent: Option<Code>,
    /// Its ground; `None` when that stays as it is.
    pub shape: Option<Shape>,
}

/// The area of a unit before and after, in m²; 0 when it has no ground.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaRow {
    /// The unit.
    pub unit: UnitId,
    /// Its code: the one after, or before when it is retired.
    pub code: Code,
    /// Before.
    pub before_m2: f64,
    /// After.
    pub after_m2: f64,
}

impl Effect {
    /// Nothing.
    pub fn none() -> Self {
        Self { before: Vec::new(), after: Vec::new(), areas: Vec::new(), codes: Vec::new() }
    }

    /// What a resolved change does between two states.
    pub(super) fn of(before: &State, after: &State, resolved: &Resolved) -> Self {
        let code =
            |id: UnitId| [after, before].into_iter().find_map(|state| code_in(state, &resolved.change, id));
        let area = |a: &crate::edit::AreaChange| {
            let (before_m2, after_m2) = (a.before_m2, a.after_m2);
            Some(AreaRow { unit: a.unit, code: code(a.unit)?, before_m2, after_m2 })
        };
        Self {
            before: grounds(before, &resolved.change, &resolved.before),
            after: grounds(after, &resolved.change, &resolved.after),
            areas: resolved.areas.iter().filter_map(area).collect(),
            codes: resolved.codes.iter().filter_map(|(id, new)| Some((code(*id)?, new.clone()))).collect(),
        }
    }
}

fn code_in(state: &State, change: &Change, id: UnitId) -> Option<Code> {
    change.layers().find_map(|(name, _)| Some(state.layer(name)?.unit(id)?.code.clone()))
}

/// The units that a change touches, as they are in a state.
fn grounds(state: &State, change: &Change, shapes: &BTreeMap<UnitId, Shape>) -> Vec<UnitGround> {
    let mut found = Vec::new();
    for (name, layer) in change.layers() {
        let Some(view) = state.layer(name) else { continue };
        let rows: BTreeSet<UnitId> = layer.fields.steps().map(|((id, _), _)| *id).collect();
        let units: BTreeSet<UnitId> =
            layer.touched().into_iter().filter(|id| rows.contains(id) || shapes.contains_key(id)).collect();
        found.extend(units.into_iter().filter_map(|id| {
            let unit = view.unit(id)?.into_owned();
            let parent = unit.parent.and_then(|p| view.unit(p)).map(|p| p.code.clone());
            let level = view.layer().level_name(unit.level).to_owned();
            Some(UnitGround { layer: name.into(), level, unit, parent, shape: shapes.get(&id).cloned() })
        }));
    }
    found
}

/// What keeps a state from being published: the ground that nobody holds, and the grids that hold none.
pub(in crate::app) fn defects(state: &State) -> Vec<Defect> {
    let gap = |(layer, shape): (&str, Shape)| {
        let area_m2 = crate::geom::area::shape_m2(&shape);
        let at = shape.polygons().first().map(|polygon| polygon.outer.points()[0]);
        let detail = format!("every place inside the outline of {layer} must belong to a unit");
        let units = Vec::new();
        Defect { kind: DefectKind::Gap, at, units, area_m2: Some(area_m2), shape: Some(shape), detail }
    };
    state.gaps().into_iter().map(gap).collect()
}

/// Refuses a state that may not be published.
pub(in crate::app) fn publishable(state: &State) -> Result<(), DraftError> {
    if state.change().is_empty() {
        return Err(DraftError::Empty);
    }
    let found = defects(state);
    if found.is_empty() { Ok(()) } else { Err(DraftError::Refused(found)) }
}
