//! The state that follows another by a change: what the change does not touch is taken over.

use super::base::{Base, LayerState};
use super::{LayerSource, Revision};
use crate::coverage::{Defect, Index, KeepPoints, Renumbered, Sides};
use crate::edit::{Field, LayerChange, LayerView, State, StateHash, UnitDigest};
use crate::geom::{Point, Shape};
use crate::unit::{Level, Unit, UnitId, Units};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What comes to lie beside the segments that differ, by place.
pub(super) type Changed = BTreeMap<(Point, Point), Sides>;

impl Base {
    /// The state after a change on this one's layers. Layers that do not change are shared with this one; of the others
    /// only what the change touches is put together, except for the index, which is built.
    ///
    /// What comes out is what building it from its layers gives. That its units are a tree is asked; of its borders
    /// nothing is, because [`State::after`] is the gate.
    pub fn advance(&self, revision: Revision, state: &State<'_>) -> Result<Self, Vec<Defect>> {
        let layer = |layer: &Arc<LayerState>| match state.layer(&layer.layer.name) {
            Some(view) if view.change().is_some() => {
                LayerState::advance(layer, &view, self.keep.as_deref()).map(Arc::new)
            }
            _ => Ok(layer.clone()),
        };
        Self::together(revision, self.layers().iter().map(layer).collect(), self.keep.clone())
    }

    /// The hash of the state. Each unit is digested once, and what a state takes over from the one before is not
    /// digested again.
    pub fn state_hash(&self) -> StateHash {
        let layers = self.layers().iter();
        StateHash::of_digests(layers.map(|l| (&l.layer, l.outline.as_ref(), l.digests())))
    }

    /// The hash that the state after a change on this one's layers has. Costs the units that change and a pass over
    /// the arcs of their layers.
    pub fn state_hash_after(&self, state: &State<'_>) -> StateHash {
        let views =
            || self.layers().iter().filter_map(|layer| Some((layer, state.layer(&layer.layer.name)?)));
        let moves = |view: &LayerView| view.change().is_some_and(LayerChange::moves_outline);
        if views().any(|(layer, view)| layer.outline.is_some() && moves(&view)) {
            return StateHash::of(&state.sources());
        }
        let after: Vec<Option<Vec<UnitDigest>>> = views()
            .map(|(layer, view)| {
                let touched = view.change()?.touched();
                let shapes = view.shapes_of(&touched);
                let units = view.units();
                let units = units.iter().map(|unit| &**unit);
                Some(layer.digests_with(&touched, units, |id| shapes.get(&id).cloned()))
            })
            .collect();
        let digests = self.layers().iter().zip(&after);
        StateHash::of_digests(digests.map(|(layer, after)| {
            (&layer.layer, layer.outline.as_ref(), after.as_deref().unwrap_or_else(|| layer.digests()))
        }))
    }

    /// The layers as a store takes them, with all units and the shapes of some.
    pub fn sources_of(&self, shapes_of: &BTreeSet<UnitId>) -> Vec<LayerSource> {
        let faces = |layer: &LayerState| {
            shapes_of.iter().filter_map(|&unit| layer.coverage.face(unit)).collect::<Vec<_>>()
        };
        self.layers().iter().map(|layer| layer.source_with(faces(layer).into_iter())).collect()
    }
}

impl LayerState {
    /// The layer after a change.
    fn advance(
        before: &Self,
        view: &LayerView<'_>,
        keep: Option<&dyn KeepPoints>,
    ) -> Result<Self, Vec<Defect>> {
        let change = view.change().expect("asked for of layers that change");
        let units = if change.fields.is_empty() {
            before.units.clone()
        } else {
            let units = view.units().into_iter().map(std::borrow::Cow::into_owned).collect();
            let defects = |errors: Vec<_>| errors.into_iter().map(Defect::from).collect::<Vec<_>>();
            Arc::new(Units::new(&before.layer, units).map_err(defects)?)
        };
        let mut next = before.with_units(units);
        let changed: Changed =
            change.borders.steps().map(|(&place, step)| (place, sides(step.new))).collect();
        let mut renumbered = None;
        if !changed.is_empty() {
            let (coverage, numbers) = before.coverage.with_sides(&changed);
            let (index, borders) = rayon::join(
                || Index::build(&coverage),
                || before.borders.after((&before.coverage, &coverage), &numbers),
            );
            if before.outline.is_some() && change.moves_outline() {
                next.outline = Some(coverage.outline());
            }
            // Before anything is derived from it.
            let kept = keep.and_then(|keep| keep.keep(&before.layer.name, &coverage.points()));
            let coverage = match kept {
                Some(from) => coverage.reading(from),
                None => coverage,
            };
            (next.coverage, next.index, next.borders) =
                (Arc::new(coverage), Arc::new(index), Arc::new(borders));
            renumbered = Some(numbers);
        }
        next.derive_after(before, changed, change, renumbered.as_ref());
        let touched = change.touched();
        let ground = |id| next.coverage.face(id).map(|face| next.coverage.shape(face));
        let digests = before.digests_with(&touched, next.units.all().iter(), ground);
        next.digests = digests.into();
        Ok(next)
    }

    /// The levels that the layer before has derived, from those.
    fn derive_after(
        &self,
        before: &Self,
        changed: Changed,
        change: &LayerChange,
        grids: Option<&Renumbered>,
    ) {
        let grid = self.layer.grid_level();
        let Some(changed) = self.with_other_parents(changed, change) else { return };
        for level in (0..=grid.0).rev().map(Level) {
            let Some(was) = before.levels[usize::from(level.0)].get() else { continue };
            let derived = if level == grid {
                match grids {
                    Some(renumbered) => was.with(self.coverage.clone(), renumbered),
                    None => was.clone(),
                }
            } else {
                let above = |unit| self.units.ancestor(unit, level).map(|unit| unit.id);
                let above = |side: Option<UnitId>| side.and_then(above);
                let changed = changed.iter().map(|(&place, &(l, r))| (place, (above(l), above(r))));
                let (coverage, renumbered) = was.coverage.with_sides(&changed.collect());
                was.with(Arc::new(coverage), &renumbered)
            };
            self.levels[usize::from(level.0)].get_or_init(|| derived);
        }
    }

    /// The segments that differ, and all beside grids that have another parent now. `None` when units of higher levels
    /// change their parents: then what stands above the grids is derived anew.
    fn with_other_parents(&self, mut changed: Changed, change: &LayerChange) -> Option<Changed> {
        let moved = change.fields.steps().filter(|((_, field), step)| {
            matches!(field, Field::Parent | Field::Level) && step.old.is_some() && step.new.is_some()
        });
        let moved: BTreeSet<UnitId> = moved.map(|((unit, _), _)| *unit).collect();
        let grid = self.layer.grid_level();
        if moved.iter().any(|&unit| self.units.get(unit).is_none_or(|unit| unit.level != grid)) {
            return None;
        }
        let is_beside = |face| self.coverage.unit(face).is_some_and(|unit| moved.contains(&unit));
        let arcs = self
            .coverage
            .arcs()
            .filter(|arc| !moved.is_empty() && (is_beside(arc.left) || is_beside(arc.right)));
        for arc in arcs {
            let (left, right) = (self.coverage.unit(arc.left), self.coverage.unit(arc.right));
            for (p, q) in arc.segments() {
                let (place, sides) = if p < q { ((p, q), (left, right)) } else { ((q, p), (right, left)) };
                changed.entry(place).or_insert(sides);
            }
        }
        Some(changed)
    }

    /// The digests of all units, by id; made at the first call.
    pub(super) fn digests(&self) -> &[UnitDigest] {
        self.digests.get_or_init(|| {
            let shape = |unit: &Unit| self.coverage.face(unit.id).map(|face| self.coverage.shape(face));
            let digest = |unit: &Unit| StateHash::unit(&self.layer, unit, shape(unit).as_ref());
            self.units.all().par_iter().map(digest).collect()
        })
    }

    /// The digests of units that follow those of the layer, by id: of those that are touched they are made, from their
    /// ground.
    fn digests_with<'a>(
        &self,
        touched: &BTreeSet<UnitId>,
        units: impl Iterator<Item = &'a Unit>,
        ground: impl Fn(UnitId) -> Option<Shape>,
    ) -> Vec<UnitDigest> {
        let (all, known) = (self.units.all(), self.digests());
        let digest = |unit: &Unit| match all.binary_search_by_key(&unit.id, |unit| unit.id) {
            Ok(at) if !touched.contains(&unit.id) => known[at],
            _ => StateHash::unit(&self.layer, unit, ground(unit.id).as_ref()),
        };
        units.map(digest).collect()
    }
}

fn sides(new: Option<crate::edit::Sides>) -> Sides {
    new.map_or((None, None), |(left, right)| (left.unit(), right.unit()))
}
