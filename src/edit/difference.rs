//! What leads from one state to another, when nobody kept the change.

use super::change::{Change, LayerChange};
use super::delta::Delta;
use super::fields::{self, UnitField};
use super::side::{Place, Sides};
use super::state::State;
use crate::unit::UnitId;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The change from one state to another: layers, borders and units are compared whole, whatever grounds the two
/// stand on. A layer that only one of them has comes or goes with all that is in it. The lineage is not known.
///
/// Costs one pass over all segments and units of both.
pub fn difference(before: &State, after: &State) -> Change {
    let names = |state: &State| -> BTreeSet<String> {
        state.grounds().iter().map(|ground| ground.layer.name.clone()).collect()
    };
    let mut change = Change::default();
    for name in &names(before) | &names(after) {
        change.put(&name, of_layer(before, after, &name));
    }
    change
}

fn of_layer(before: &State, after: &State, name: &str) -> LayerChange {
    let mut old = segments(before, name);
    let mut borders = Delta::default();
    if let Some(view) = after.layer(name) {
        view.each(|place, sides| {
            let was = old.remove(&place);
            borders.put(place, was, Some(sides));
        });
    }
    for (place, sides) in old {
        borders.put(place, Some(sides), None);
    }
    let (was, is) = (rows(before, name), rows(after, name));
    let mut fields = Delta::default();
    for key in was.keys().chain(is.keys()) {
        fields.put(key.clone(), was.get(key).cloned(), is.get(key).cloned());
    }
    LayerChange { borders, fields, ..LayerChange::default() }
}

fn segments(state: &State, name: &str) -> HashMap<Place, Sides> {
    let mut found = HashMap::new();
    if let Some(view) = state.layer(name) {
        view.each(|place, sides| {
            found.insert(place, sides);
        });
    }
    found
}

fn rows(state: &State, name: &str) -> BTreeMap<UnitField, Value> {
    let units = state.layer(name).map(|view| view.units()).unwrap_or_default();
    let row = |id: UnitId, unit: &crate::unit::Unit| {
        fields::row(unit).into_iter().map(move |(field, value)| ((id, field), value)).collect::<Vec<_>>()
    };
    units.iter().flat_map(|unit| row(unit.id, unit)).collect()
}
