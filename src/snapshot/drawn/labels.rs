//! Where the names of a layer's units stand: each is placed when it is first asked for, and kept.

use super::label::label_point;
use crate::coverage::{Coverage, Face};
use crate::geom::Point;
use crate::snapshot::LayerState;
use crate::unit::{Level, UnitId};
use rayon::prelude::*;
use std::sync::OnceLock;

/// Where a unit's name stands, whatever the zoom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// The unit.
    pub unit: UnitId,
    /// Its level.
    pub level: Level,
    /// Strictly inside the unit; see [`super::label_point`].
    pub point: Point,
    /// How often its area doubles before it is more than the largest of its level: 0 is the most
    /// important.
    pub rank: u8,
}

/// The labels of all units of a layer that have ground, level by level.
///
/// Whoever asks hands over the same layer each time. A label depends on the unit's shape and on the largest area of its
/// level alone, so it does not matter when and with which others it is placed.
#[derive(Debug)]
pub struct Labels(Vec<LevelLabels>);

/// The ranks and places of one level, by face.
#[derive(Debug)]
struct LevelLabels {
    ranks: Vec<u8>,
    places: Vec<OnceLock<Point>>,
}

impl Labels {
    /// No label is placed yet. Costs a walk along the arcs of each level, which are derived for it.
    pub fn new(state: &LayerState) -> Self {
        let levels = (0..state.layer.levels.len() as u8).map(Level);
        Self(levels.map(|level| LevelLabels::new(state.level_coverage(level))).collect())
    }

    /// The label of a unit; `None` when it has no ground. The first time costs a search for its pole.
    pub fn get(&self, state: &LayerState, unit: UnitId) -> Option<Label> {
        let level = state.units.get(unit)?.level;
        self.of_face(state, level, state.level_coverage(level).face(unit)?)
    }

    /// The labels of one level, by unit; what is not placed yet is placed on all cores.
    pub fn of_level(&self, state: &LayerState, level: Level) -> Vec<Label> {
        let faces: Vec<Face> = state.level_coverage(level).faces().collect();
        faces.par_iter().filter_map(|&face| self.of_face(state, level, face)).collect()
    }

    /// Places all labels that are not placed yet, on all cores, the higher levels first.
    pub fn place(&self, state: &LayerState) {
        for level in (0..self.0.len() as u8).map(Level) {
            self.of_level(state, level);
        }
    }

    /// Places those of units with the borders that they had in a state before, where they have been placed there. Costs a
    /// pass over the arcs of every level.
    pub fn take_over(&self, state: &LayerState, before: &LayerState) {
        let old = before.labels();
        for (level, labels) in (0..).map(Level).zip(&self.0).take(old.0.len()) {
            let (coverage, was) = (state.level_coverage(level), before.level_coverage(level));
            let differing = coverage.differing_units(was);
            for face in coverage.faces() {
                let same = coverage.unit(face).filter(|unit| !differing.contains(unit));
                let then = same.and_then(|unit| was.face(unit));
                let place =
                    then.and_then(|face| old.0[usize::from(level.0)].places[face.0 as usize - 1].get());
                if let Some(&point) = place {
                    labels.places[face.0 as usize - 1].get_or_init(|| point);
                }
            }
        }
    }

    fn of_face(&self, state: &LayerState, level: Level, face: Face) -> Option<Label> {
        let (coverage, labels) = (state.level_coverage(level), &self.0[usize::from(level.0)]);
        let at = face.0 as usize - 1;
        let place = || label_point(&coverage.shape(face)).expect("a face has ground");
        let point = *labels.places[at].get_or_init(place);
        Some(Label { unit: coverage.unit(face)?, level, point, rank: labels.ranks[at] })
    }
}

impl LevelLabels {
    fn new(coverage: &Coverage) -> Self {
        let areas = twice_areas(coverage);
        let largest = areas.iter().copied().max().unwrap_or(0);
        let rank = |area: i128| (largest / area.max(1)).checked_ilog2().unwrap_or(0) as u8;
        let places = areas.iter().map(|_| OnceLock::new()).collect();
        Self { ranks: areas.into_iter().map(rank).collect(), places }
    }
}

/// Twice the area of each face in square lattice units: each arc counts for one side and against the other.
fn twice_areas(coverage: &Coverage) -> Vec<i128> {
    let mut areas = vec![0; coverage.units().len() + 1];
    for arc in coverage.arcs() {
        let wide = i128::from;
        let cross = |(a, b): (Point, Point)| wide(a.x) * wide(b.y) - wide(a.y) * wide(b.x);
        let sum: i128 = arc.segments().map(cross).sum();
        areas[arc.left.0 as usize] += sum;
        areas[arc.right.0 as usize] -= sum;
    }
    areas.split_off(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::{Polygon, Ring, Shape};

    #[test]
    fn the_areas_along_the_arcs_are_those_of_the_shapes() {
        let ring = |points: &[(i32, i32)]| {
            Ring::new(points.iter().map(|&(x, y)| Point::new(x - 7, y - 3)).collect()).unwrap()
        };
        let pond = [(2, 2), (4, 2), (4, 4), (2, 4)];
        let around = Polygon {
            outer: ring(&[(0, 0), (9, 0), (9, 6), (0, 6)]),
            holes: vec![ring(&[(2, 2), (2, 4), (4, 4), (4, 2)])],
        };
        let apart = ring(&[(9, 0), (12, 0), (12, 6), (9, 6)]);
        let shapes = [
            (1, Shape(vec![around])),
            (2, Shape(vec![Polygon::simple(ring(&pond)), Polygon::simple(apart)])),
        ];
        let shapes: Vec<_> = shapes
            .into_iter()
            .map(|(id, shape)| (UnitId::try_from(id).unwrap(), shape.canonical()))
            .collect();
        let coverage = Coverage::assemble(&shapes).unwrap();
        let want: Vec<i128> = coverage.faces().map(|face| coverage.shape(face).twice_area()).collect();
        assert_eq!((twice_areas(&coverage), want), (vec![100, 44], vec![100, 44]));
    }
}
