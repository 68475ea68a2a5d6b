//! From the features of a file to a layer: units of all levels, parents, ids, and everything that is wrong.
//!
//! What a file may look like:
//! - a feature per unit with the columns `code`, `name`, `level`, `parent` (the code of the unit one level
//!   up); units above the grids have no geometry. It is what [`super::write`] writes.
//! - grids only, with a column that holds the code of the unit above at each level
//!   (`--map village=VILL --map township=TOWN …`, and `--map village_name=…` for their names). Units above
//!   that the file does not describe come from the stored layer, or are made from those columns.
//!
//! A unit keeps its id when the stored layer has its code at its level; other units get new ids. All
//! columns that nobody mapped become attributes.

mod mapping;
mod rows;
#[cfg(test)]
mod tests;
mod tree;

pub use mapping::{Mapping, MappingError};

use super::read::Features;
use crate::coverage::{BuildOptions, Built, Coverage, Defect, DefectKind};
use crate::snapshot::LayerSource;
use crate::unit::{Layer, Outline, UnitId};
use std::collections::HashSet;

/// What an import builds on.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    /// All stored layers; empty for an empty store.
    pub layers: &'a [LayerSource],
    /// The largest id that a unit has had, or that a draft has taken for one to come; 0 for an empty store.
    pub taken: u64,
}

/// A layer read from a file, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The layer as far as it could be read.
    pub source: LayerSource,
    /// Breaches among the rows, and geometries that are none. Those on the ground come from [`build`].
    pub defects: Vec<Defect>,
}

impl Stored<'_> {
    /// The stored layer of a name.
    pub fn layer(&self, name: &str) -> Option<&LayerSource> {
        self.layers.iter().find(|s| s.layer.name == name)
    }

    /// The first id that no unit has had and no draft has taken.
    fn free_id(&self) -> u64 {
        let ids = self.layers.iter().flat_map(|s| s.units.iter().map(|u| u.id.get()));
        ids.max().unwrap_or(0).max(self.taken) + 1
    }
}

/// Puts features together to a layer. Errors only where the columns do not fit the mapping.
pub fn draft(
    layer: &Layer,
    features: Features,
    mapping: &Mapping,
    stored: Stored<'_>,
) -> Result<Draft, MappingError> {
    let (rows, mut defects) = rows::read(layer, features, mapping)?;
    let source = tree::grow(layer, rows, stored, &mut defects);
    let told: HashSet<UnitId> =
        defects.iter().filter(|d| d.kind != DefectKind::WrongParent).flat_map(|d| d.units.clone()).collect();
    defects.extend(empty_units(&source).into_iter().filter(|d| !told.contains(&d.units[0])));
    Ok(Draft { source, defects })
}

/// Builds the ground of a layer: rounds, nodes, validates. `snap_m` is the consent to move borders.
///
/// A layer that fills another one's outline is held against the stored one; without it, it bounds itself.
pub fn build(source: &LayerSource, stored: Stored<'_>, snap_m: Option<f64>) -> Result<Built, Vec<Defect>> {
    let outline = match &source.layer.outline {
        Outline::Of(other) => stored.layer(other).and_then(|s| s.outline.clone()),
        Outline::Own | Outline::None => None,
    };
    let gap_free = source.layer.outline != Outline::None;
    Coverage::build(&source.shapes, &BuildOptions { gap_free, outline, snap_m, ..BuildOptions::default() })
}

/// The layer with the shapes and the outline that were built: what is published.
pub fn finished(source: LayerSource, built: &Built) -> LayerSource {
    let coverage = &built.coverage;
    let shape = |face| Some((coverage.unit(face)?, coverage.shape(face)));
    let outline = match source.layer.outline {
        Outline::Own => built.outline.clone(),
        Outline::Of(_) | Outline::None => None,
    };
    LayerSource { shapes: coverage.faces().filter_map(shape).collect(), outline, ..source }
}

/// Units without ground: grids without a shape, higher units without a grid under them.
fn empty_units(source: &LayerSource) -> Vec<Defect> {
    let shaped: HashSet<UnitId> = source.shapes.iter().map(|(id, _)| *id).collect();
    let mut full = shaped.clone();
    let mut level: Vec<_> = source.units.iter().collect();
    level.sort_by_key(|u| std::cmp::Reverse(u.level));
    for unit in &level {
        if full.contains(&unit.id) {
            full.extend(unit.parent);
        }
    }
    let empty = source.units.iter().filter(|u| !full.contains(&u.id));
    let defect = |unit: &crate::unit::Unit| {
        let what = if unit.level == source.layer.grid_level() { "no shape" } else { "no grid under it" };
        let level = source.layer.level_name(unit.level);
        defect(DefectKind::EmptyUnit, [unit.id], format!("{level} {} {} has {what}", unit.code, unit.name))
    };
    empty.map(defect).collect()
}

/// A defect without a place.
fn defect(kind: DefectKind, units: impl IntoIterator<Item = UnitId>, detail: String) -> Defect {
    let units = units.into_iter().collect();
    Defect { kind, at: None, units, area_m2: None, shape: None, detail }
}
