//! What follows from the grids at each level of a layer.

use super::base::LayerState;
use crate::coverage::{ArcRef, Coverage, Face, Renumbered};
use crate::geom::{Bbox, Shape, area, metric::Metric};
use crate::unit::{Level, UnitId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One level of a layer: its units as a coverage of their own, with areas and boxes.
#[derive(Clone, Debug)]
pub struct Derived {
    /// The coverage of this level's units; units without a grid have no face in it.
    pub coverage: Arc<Coverage>,
    measures: Vec<Measure>,
}

/// The size and place of a unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// Area in square metres on the ellipsoid (see [`crate::geom::area`]).
    pub area_m2: f64,
    /// The box around the unit.
    pub bbox: Bbox,
}

/// A unit that shares a border with another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// The unit; `None` for the outside.
    pub unit: Option<UnitId>,
    /// The length of the common border in metres, in the local metric of each of its arcs.
    pub border_m: f64,
}

impl Derived {
    pub(super) fn new(state: &LayerState, level: Level) -> Self {
        let coverage = if level == state.layer.grid_level() {
            state.coverage.clone()
        } else {
            // Read off the level below, which has fewer borders than the grids.
            let below = state.level_coverage(Level(level.0 + 1));
            Arc::new(below.dissolve(|id| state.units.ancestor(id, level).map(|u| u.id)))
        };
        let measures = measures(&coverage);
        Self { coverage, measures }
    }

    /// The same of the coverage that follows: units whose arcs are all there keep their sizes.
    pub(super) fn with(&self, coverage: Arc<Coverage>, renumbered: &Renumbered) -> Self {
        if middle(&self.coverage) != middle(&coverage) {
            return Self { measures: measures(&coverage), coverage };
        }
        let anew = renumbered.units_anew(&self.coverage, &coverage);
        let measure = |face| {
            let unit = coverage.unit(face).expect("only the outside has no unit");
            match self.measure(unit) {
                Some(same) if !anew.contains(&unit) => *same,
                _ => measure(&coverage, face),
            }
        };
        Self { measures: coverage.faces().map(measure).collect(), coverage }
    }

    /// The size and place of a unit; `None` for one without a grid under it.
    pub fn measure(&self, unit: UnitId) -> Option<&Measure> {
        self.coverage.face(unit).map(|f| &self.measures[f.0 as usize - 1])
    }

    /// The shape of a unit: the union of its grids. Empty for one without a grid under it.
    pub fn shape(&self, unit: UnitId) -> Shape {
        self.coverage.face(unit).map(|f| self.coverage.shape(f)).unwrap_or_default()
    }

    /// The units that share a border with this one, the longest border first. Touching in a point is
    /// not sharing.
    pub fn neighbours(&self, unit: UnitId) -> Vec<Neighbour> {
        let Some(face) = self.coverage.face(unit) else { return Vec::new() };
        let mut lengths: BTreeMap<Face, f64> = BTreeMap::new();
        let patches = self.coverage.patches(face).iter();
        for half in patches.flat_map(|p| std::iter::once(&p.outer).chain(&p.holes)).flatten() {
            let arc = self.coverage.arc(half.arc());
            let other = if half.is_reversed() { arc.left } else { arc.right };
            let metric = Metric::at(arc.points[0]);
            let length: f64 = arc.segments().map(|(a, b)| metric.vector(a, b)).map(|(e, n)| e.hypot(n)).sum();
            *lengths.entry(other).or_default() += length;
        }
        let mut found: Vec<Neighbour> = lengths
            .into_iter()
            .map(|(face, border_m)| Neighbour { unit: self.coverage.unit(face), border_m })
            .collect();
        found.sort_by(|a, b| b.border_m.total_cmp(&a.border_m).then(a.unit.cmp(&b.unit)));
        found
    }
}

/// The latitude about which areas are summed.
fn middle(coverage: &Coverage) -> Option<f64> {
    coverage.bbox().map(|bbox| 0.5 * (bbox.min.lat() + bbox.max.lat()))
}

/// Areas and boxes of all faces in one walk along the arcs: each border is integrated once and counts
/// for one side and against the other.
fn measures(coverage: &Coverage) -> Vec<Measure> {
    let Some(latitude) = middle(coverage) else { return Vec::new() };
    let mut areas = vec![0.0; coverage.units().len() + 1];
    let mut boxes: Vec<Option<Bbox>> = vec![None; coverage.units().len() + 1];
    for arc in coverage.arcs() {
        let area = swept(&arc, latitude);
        for (face, sign) in [(arc.left, 1.0), (arc.right, -1.0)] {
            let i = face.0 as usize;
            areas[i] += sign * area;
            boxes[i] = Some(boxes[i].map_or(arc.bbox(), |b| b.union(arc.bbox())));
        }
    }
    let faces = areas.into_iter().zip(boxes).skip(1);
    faces.map(|(area_m2, bbox)| Measure { area_m2, bbox: bbox.expect("every face has a border") }).collect()
}

/// The same of one face, summed in the same order.
fn measure(coverage: &Coverage, face: Face) -> Measure {
    let latitude = middle(coverage).expect("a coverage with a face has a box");
    let patches = coverage.patches(face).iter();
    let halves = patches.flat_map(|patch| std::iter::once(&patch.outer).chain(&patch.holes)).flatten();
    let mut arcs: Vec<u32> = halves.map(|half| half.arc()).collect();
    arcs.sort_unstable();
    let arcs = arcs.into_iter().map(|arc| coverage.arc(arc));
    let (mut area_m2, mut bbox) = (0.0, None);
    for arc in arcs {
        area_m2 += if arc.left == face { 1.0 } else { -1.0 } * swept(&arc, latitude);
        bbox = Some(bbox.map_or(arc.bbox(), |b: Bbox| b.union(arc.bbox())));
    }
    Measure { area_m2, bbox: bbox.expect("every face has a border") }
}

/// The area between an arc and a parallel.
fn swept(arc: &ArcRef<'_>, latitude: f64) -> f64 {
    let mut sum = area::Sum::about(latitude);
    for (a, b) in arc.segments() {
        sum.edge((a.lon(), a.lat()), (b.lon(), b.lat()));
    }
    sum.square_metres()
}
