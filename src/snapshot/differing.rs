//! Which units differ between two states.

use super::{Base, LayerState};
use crate::unit::UnitId;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Base {
    /// The units that another state has and this one has not, the other way round, and those that have another field or
    /// other ground there; of units above the grids only the fields count. Layers that both share cost nothing, others a
    /// comparison of all shapes, on all cores.
    pub fn differing(&self, other: &Self) -> BTreeSet<UnitId> {
        let mut found = BTreeSet::new();
        for (here, there) in [(self, other), (other, self)] {
            for layer in here.layers() {
                match there.layers().iter().find(|l| l.layer.name == layer.layer.name) {
                    Some(same) if Arc::ptr_eq(same, layer) => {}
                    Some(other) => found.extend(not_so_in(layer, other)),
                    None => found.extend(layer.units.all().iter().map(|unit| unit.id)),
                }
            }
        }
        found
    }
}

/// The units of a layer that another one lacks or has otherwise.
fn not_so_in(layer: &LayerState, other: &LayerState) -> Vec<UnitId> {
    let has = |id, face| {
        other.coverage.face(id).is_some_and(|o| other.coverage.shape(o) == layer.coverage.shape(face))
    };
    let mut found: Vec<UnitId> = if Arc::ptr_eq(&layer.coverage, &other.coverage) {
        Vec::new()
    } else {
        let faces: Vec<_> = layer.coverage.faces().collect();
        let moved =
            faces.par_iter().filter_map(|&face| layer.coverage.unit(face).filter(|&id| !has(id, face)));
        moved.collect()
    };
    let units = layer.units.all().iter();
    found.extend(units.filter(|unit| other.units.get(unit.id) != Some(unit)).map(|unit| unit.id));
    found
}
