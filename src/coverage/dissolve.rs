//! Coarser coverages from the same arcs.

use super::arcs::Face;
use super::assemble::Segment;
use super::points::Arcs;
use super::{ArcRef, Coverage};
use crate::geom::Point;
use crate::unit::UnitId;

impl Coverage {
    /// The coverage of larger units: each unit goes into `parent(unit)`, borders between two of one
    /// parent vanish, and nodes that no longer part anything are healed. A unit with no parent leaves
    /// the coverage: its ground becomes outside.
    #[must_use]
    pub fn dissolve(&self, parent: impl Fn(UnitId) -> Option<UnitId>) -> Self {
        let parents: Vec<Option<UnitId>> = self.units.iter().map(|&u| parent(u)).collect();
        let mut units: Vec<UnitId> = parents.iter().copied().flatten().collect();
        units.sort_unstable();
        units.dedup();
        let face = |id: &UnitId| Face(units.binary_search(id).expect("parents were listed") as u32 + 1);
        let renamed: Vec<Face> = std::iter::once(Face::OUTSIDE)
            .chain(parents.iter().map(|p| p.as_ref().map_or(Face::OUTSIDE, face)))
            .collect();
        let mut segments = Vec::new();
        for arc in self.arcs() {
            let (left, right) = (renamed[arc.left.0 as usize], renamed[arc.right.0 as usize]);
            if left != right {
                segments.extend(arc.segments().map(|(p, q)| labelled(p, q, left, right)));
            }
        }
        segments.sort_unstable();
        Self::from_segments(units, &segments)
    }

    /// The same partition with other points along its arcs: `redraw` gives each arc its new points,
    /// from the same first to the same last point, at least two (three different ones and the first
    /// again for a closed arc).
    ///
    /// Nothing is checked but the ends: whoever redraws answers for the arcs not crossing.
    #[must_use]
    pub fn redrawn(&self, mut redraw: impl FnMut(ArcRef<'_>) -> Vec<Point>) -> Self {
        let mut drawn = Self {
            units: self.units.clone(),
            points: Arcs::default(),
            arcs: self.arcs.clone(),
            faces: self.faces.clone(),
        };
        let mut all: Vec<Point> = Vec::new();
        for (i, arc) in self.arcs().enumerate() {
            let ends = (arc.points.first().copied(), arc.points.last().copied());
            let points = redraw(arc);
            debug_assert_eq!((points.first().copied(), points.last().copied()), ends);
            drawn.arcs[i].first = all.len() as u32;
            drawn.arcs[i].len = points.len() as u32;
            all.extend(points);
        }
        drawn.points = Arcs::Memory(all);
        drawn
    }
}

fn labelled(p: Point, q: Point, left: Face, right: Face) -> Segment {
    if p < q { Segment { a: p, b: q, left, right } } else { Segment { a: q, b: p, left: right, right: left } }
}
