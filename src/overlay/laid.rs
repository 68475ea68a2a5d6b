//! Two layers laid over each other, by their units, and kept so when borders move.

use super::alignment::{Aligned, aligned};
use super::pieces::{Overlay, Piece};
use super::rings::Torn;
use super::walk::Side;
use crate::coverage::{Coverage, Face};
use crate::geom::Bbox;
use crate::geom::metric::Metric;
use crate::unit::UnitId;
use std::collections::{BTreeMap, BTreeSet};

/// The unit of each of the two layers; `None` is the outside.
pub type Pair = [Option<UnitId>; 2];

/// A position, longitude and latitude in degrees; crossings of borders are not on the lattice.
pub type Position = (f64, f64);

/// Distances in metres within which a border counts as aligned.
pub const ALIGNED_WITHIN_M: [f64; 3] = [0.0, 5.0, 20.0];

/// Connected ground with one unit of each layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Ground {
    /// The units; one of them may be the outside.
    pub units: Pair,
    /// Its area in square metres, holes taken off.
    pub area_m2: f64,
    /// The length of all its borders in metres, those of its holes included.
    pub perimeter_m: f64,
    /// Its rings, closed: the outer one counter-clockwise, then the holes clockwise. None when it is a whole unit of
    /// the first layer: that one's shape is at hand.
    pub outline: Vec<Vec<Position>>,
}

/// All pieces of two layers, and how the borders of the second run along those of the first.
#[derive(Clone, Debug, Default)]
pub struct Laid {
    /// By their units, then from the largest.
    pieces: Vec<Ground>,
    aligned: BTreeMap<UnitId, Aligned<3>>,
}

impl Laid {
    /// Lays two coverages over each other.
    pub fn new(sides: [Side<'_>; 2]) -> Result<Self, Torn> {
        let overlay = Overlay::new(sides)?;
        Ok(Self { pieces: grounds(&overlay, sides), aligned: aligned_units(sides, |_| true) })
    }

    /// The same for what came of the two: `before` are the coverages of which this was made.
    ///
    /// Only the ground of units that have changed, in either, is laid anew. Equal to [`Laid::new`] but for the last
    /// digits of sums.
    pub fn after(&self, before: [&Coverage; 2], sides: [Side<'_>; 2]) -> Result<Self, Torn> {
        let changed = [0, 1].map(|k| before[k].differing_units(sides[k].coverage));
        let faces = [0, 1].map(|k| faces_of(sides[k].coverage, &changed[k]));
        let is_new = |units: &Pair| {
            [0, 1].into_iter().any(|k| units[k].is_some_and(|unit| changed[k].contains(&unit)))
        };
        let mut pieces: Vec<Ground> = self.pieces.iter().filter(|p| !is_new(&p.units)).cloned().collect();
        pieces.extend(grounds(&Overlay::of_faces(sides, [&faces[0], &faces[1]])?, sides));
        sort(&mut pieces);
        let near = near(before, sides, &changed);
        let mut aligned = self.aligned.clone();
        aligned.retain(|unit, _| !near.contains(unit) && sides[1].coverage.face(*unit).is_some());
        let face_is_near = |face| sides[1].coverage.unit(face).is_some_and(|unit| near.contains(&unit));
        aligned.extend(aligned_units(sides, face_is_near));
        Ok(Self { pieces, aligned })
    }

    /// The pieces.
    pub fn pieces(&self) -> &[Ground] {
        &self.pieces
    }

    /// The pieces that two units have in common.
    pub fn pieces_of(&self, units: Pair) -> &[Ground] {
        let first = self.pieces.partition_point(|piece| piece.units < units);
        let count = self.pieces[first..].partition_point(|piece| piece.units == units);
        &self.pieces[first..first + count]
    }

    /// How the inner borders of each unit of the second layer that has some run along those of the first, within
    /// [`ALIGNED_WITHIN_M`].
    pub fn aligned(&self) -> &BTreeMap<UnitId, Aligned<3>> {
        &self.aligned
    }
}

fn faces_of(coverage: &Coverage, units: &BTreeSet<UnitId>) -> BTreeSet<Face> {
    units.iter().filter_map(|&unit| coverage.face(unit)).collect()
}

fn grounds(overlay: &Overlay, sides: [Side<'_>; 2]) -> Vec<Ground> {
    let ground = |piece: &Piece| {
        let first = piece.faces[0];
        let is_whole = first != Face::OUTSIDE && !piece.is_cut && sides[0].coverage.patches(first).len() == 1;
        Ground {
            units: [0, 1].map(|k| sides[k].coverage.unit(piece.faces[k])),
            area_m2: piece.area_m2,
            perimeter_m: piece.perimeter_m,
            outline: if is_whole { Vec::new() } else { overlay.outline(piece) },
        }
    };
    let mut grounds: Vec<Ground> = overlay.pieces().iter().map(ground).collect();
    sort(&mut grounds);
    grounds
}

fn sort(pieces: &mut [Ground]) {
    pieces.sort_by(|p, q| p.units.cmp(&q.units).then(q.area_m2.total_cmp(&p.area_m2)));
}

fn aligned_units(
    [first, second]: [Side<'_>; 2],
    wanted: impl Fn(Face) -> bool,
) -> BTreeMap<UnitId, Aligned<3>> {
    let by_face = aligned([second.coverage, first.coverage], ALIGNED_WITHIN_M, wanted);
    by_face.into_iter().filter_map(|(face, aligned)| Some((second.coverage.unit(face)?, aligned))).collect()
}

/// The units of the second layer whose borders may be aligned otherwise than before: those that have changed, and those
/// near ground that has changed in the first.
fn near(before: [&Coverage; 2], sides: [Side<'_>; 2], changed: &[BTreeSet<UnitId>; 2]) -> BTreeSet<UnitId> {
    let farthest_m = ALIGNED_WITHIN_M.into_iter().fold(0.0, f64::max);
    let boxes_of = |coverage: &Coverage| {
        let of_unit = |&unit: &UnitId| coverage.face_bbox(coverage.face(unit)?);
        changed[0].iter().filter_map(of_unit).collect::<Vec<Bbox>>()
    };
    let grown = |bbox: Bbox| {
        let metric = Metric::at(if bbox.max.y.abs() > bbox.min.y.abs() { bbox.max } else { bbox.min });
        bbox.grown((farthest_m / metric.east_m.min(metric.north_m)).ceil() as i32 + 1)
    };
    let boxes: Vec<Bbox> =
        [boxes_of(before[0]), boxes_of(sides[0].coverage)].into_iter().flatten().map(grown).collect();
    let second = sides[1].coverage;
    let mut near = changed[1].clone();
    for arc in second.arcs() {
        if boxes.iter().any(|bbox| bbox.intersects(&arc.bbox())) {
            near.extend([arc.left, arc.right].into_iter().filter_map(|face| second.unit(face)));
        }
    }
    near
}
