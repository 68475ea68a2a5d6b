//! Whose ground a change concerns.

use super::DraftError;
use crate::app::access::{Actor, Territory};
use crate::edit::{Change, LayerView, Side, State};
use crate::unit::{Outline, UnitId};
use std::collections::BTreeSet;

/// Lets a change pass that moves borders between units of the actor's ground only, and touches no row of another
/// unit. A border is moved by whoever holds both of its sides; a vertex that is only put into a neighbour's border
/// needs no right. A unit that moves to another parent must be held before and after. The outline takes all ground.
pub(in crate::app) fn held(
    actor: &Actor,
    before: &State,
    after: &State,
    change: &Change,
) -> Result<(), DraftError> {
    let Territory::Of(roots) = &actor.territory else { return Ok(()) };
    let mut foreign = BTreeSet::new();
    for (name, layer) in change.layers() {
        let views: Vec<LayerView> = [before.layer(name), after.layer(name)].into_iter().flatten().collect();
        let moved = layer.moves();
        let bounded = views.iter().any(|view| view.layer().outline != Outline::None);
        if bounded && moved.contains(&Side::Outside) {
            foreign.insert(format!("the outline of {name}"));
        }
        let rows = layer.fields.steps().map(|((id, _), _)| *id);
        let units: BTreeSet<UnitId> = moved.into_iter().filter_map(Side::unit).chain(rows).collect();
        for (view, id) in views.iter().flat_map(|view| units.iter().map(move |&id| (view, id))) {
            if let Some(unit) = view.unit(id).filter(|_| !holds(view, roots, id)) {
                foreign.insert(unit.code.to_string());
            }
        }
    }
    if foreign.is_empty() { Ok(()) } else { Err(DraftError::Territory(foreign.into_iter().collect())) }
}

fn holds(view: &LayerView, roots: &BTreeSet<UnitId>, unit: UnitId) -> bool {
    let above = |id: &UnitId| view.unit(*id).and_then(|unit| unit.parent);
    std::iter::successors(Some(unit), above).any(|id| roots.contains(&id))
}
