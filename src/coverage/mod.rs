//! A layer's grids as a planar partition: nodes, arcs, faces.
//!
//! The arcs are the one truth from which the index, the tiles, the edits and the overlaps are made.
//! They are rebuilt whenever a layer is loaded; their numbers never leave the process.

mod arcs;
mod assemble;
mod below;
mod borders;
mod build;
mod defect;
mod dissolve;
mod faces;
mod index;
mod invariants;
mod near;
mod points;
mod splice;
#[cfg(test)]
mod tests;

pub use arcs::{Arc, ArcRef, Face, HalfArc};
pub use borders::{Borders, NearestBorder};
pub use build::{AreaChange, BuildOptions, Built, Ledger, Repair, RepairKind, faces_beside};
pub use defect::{Defect, DefectKind, Severity};
pub use faces::Patch;
pub use index::Index;
pub use invariants::{Flaw, check_invariants};
pub(crate) use near::{pairs, pairs_between};
pub use points::{KeepPoints, ReadPoints};
pub use splice::{Renumbered, Sided, Sides};

use crate::geom::{Bbox, Point, Shape};
use crate::unit::UnitId;
use points::Arcs;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// A planar partition on the lattice. Never changes once built.
///
/// Each segment has exactly two sides; two neighbours share the same vertices. Face 0 is the outside,
/// face `k` belongs to the unit at place `k - 1` in the sorted list of ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    units: Vec<UnitId>,
    points: Arcs,
    arcs: Vec<Arc>,
    faces: Vec<Vec<Patch>>,
}

impl Coverage {
    /// The ids of the units, ascending; face `k` is `units()[k - 1]`.
    pub fn units(&self) -> &[UnitId] {
        &self.units
    }

    /// The unit of a face; `None` for the outside.
    pub fn unit(&self, face: Face) -> Option<UnitId> {
        (face.0 as usize).checked_sub(1).map(|i| self.units[i])
    }

    /// The face of a unit; `None` when the unit has no ground here.
    pub fn face(&self, unit: UnitId) -> Option<Face> {
        self.units.binary_search(&unit).ok().map(|i| Face(i as u32 + 1))
    }

    /// All faces but the outside, by number.
    pub fn faces(&self) -> impl Iterator<Item = Face> + use<> {
        (1..=self.units.len() as u32).map(Face)
    }

    /// All arcs, in the order of their first points.
    pub fn arcs(&self) -> impl ExactSizeIterator<Item = ArcRef<'_>> {
        (0..self.arcs.len() as u32).map(|i| self.arc(i))
    }

    /// One arc with its points.
    pub fn arc(&self, number: u32) -> ArcRef<'_> {
        let arc = self.arcs[number as usize];
        let points = self.points.run(arc.first, arc.len);
        ArcRef { number, points, left: arc.left, right: arc.right }
    }

    /// The parts of a face, each an outer ring and its holes as half-arcs; ordered by the smallest point
    /// of the outer ring.
    pub fn patches(&self, face: Face) -> &[Patch] {
        &self.faces[face.0 as usize - 1]
    }

    /// The points of a half-arc in its own direction, both ends included.
    pub fn half_points(&self, half: HalfArc) -> impl DoubleEndedIterator<Item = Point> + Clone {
        let points = self.arc(half.arc()).points;
        let last = points.len() - 1;
        (0..points.len()).map(move |i| points[if half.is_reversed() { last - i } else { i }])
    }

    /// The shape of a face in its canonical form. Costs its number of points.
    pub fn shape(&self, face: Face) -> Shape {
        faces::shape(self, face)
    }

    /// Twice the area of a face in square lattice units. Costs its number of points.
    pub fn twice_area(&self, face: Face) -> i128 {
        let rings =
            self.patches(face).iter().flat_map(|patch| std::iter::once(&patch.outer).chain(&patch.holes));
        rings.flatten().map(|&half| faces::doubled_area(self, half)).sum()
    }

    /// The number of segments of all arcs; each stands between two faces.
    pub fn segment_count(&self) -> usize {
        self.points.len() - self.arcs.len()
    }

    /// The box around everything; `None` for an empty coverage.
    pub fn bbox(&self) -> Option<Bbox> {
        self.points.bbox()
    }

    /// The box around a face; `None` for the outside and for a face without ground.
    pub fn face_bbox(&self, face: Face) -> Option<Bbox> {
        let patches = self.faces.get((face.0 as usize).checked_sub(1)?)?;
        let halves = patches.iter().flat_map(|patch| &patch.outer);
        halves.map(|half| self.arc(half.arc()).bbox()).reduce(Bbox::union)
    }

    /// The units whose borders are not the same in both, those among them that only one has.
    ///
    /// Costs one pass over the arcs of both, as both list them by their first points.
    pub fn differing_units(&self, other: &Self) -> BTreeSet<UnitId> {
        let mut differing = BTreeSet::new();
        let sides = |coverage: &Self, arc: &ArcRef<'_>| [coverage.unit(arc.left), coverage.unit(arc.right)];
        let (mut ours, mut theirs) = (self.arcs().peekable(), other.arcs().peekable());
        loop {
            let order = match (ours.peek(), theirs.peek()) {
                (None, None) => return differing,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => a.points.cmp(&b.points),
            };
            let a = (order != Ordering::Greater).then(|| ours.next()).flatten().map(|arc| sides(self, &arc));
            let b = (order != Ordering::Less).then(|| theirs.next()).flatten().map(|arc| sides(other, &arc));
            if a != b {
                differing.extend(a.into_iter().chain(b).flatten().flatten());
            }
        }
    }

    /// The points of all arcs, one arc after another.
    pub fn points(&self) -> Cow<'_, [Point]> {
        self.points.all()
    }

    /// Whether its points are read from elsewhere.
    pub fn is_read(&self) -> bool {
        matches!(self.points, Arcs::File { .. })
    }

    /// The same coverage without its points in memory: they are read from where they were put, in the order of
    /// [`Coverage::points`]. What reads many of them, such as drawing, takes longer; [`Index::owner`] reads none.
    #[must_use]
    pub fn reading(self, from: std::sync::Arc<dyn ReadPoints>) -> Self {
        let (len, bbox) = (self.points.len() as u32, self.points.bbox());
        Self { points: Arcs::File { len, bbox, from }, ..self }
    }
}
