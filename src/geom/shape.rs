//! Polygons with holes and shapes of several polygons.

use super::{Bbox, Point, Ring};
use std::borrow::Cow;

/// An outer ring and its holes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Polygon {
    /// The outer ring, counter-clockwise when canonical.
    pub outer: Ring,
    /// The holes, clockwise when canonical.
    pub holes: Vec<Ring>,
}

/// A multipolygon on the lattice: the geometry of one unit or of an outline. May be empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Shape(pub Vec<Polygon>);

impl Polygon {
    /// A polygon without holes.
    pub fn simple(outer: Ring) -> Self {
        Self { outer, holes: Vec::new() }
    }

    /// All rings, the outer one first.
    pub fn rings(&self) -> impl Iterator<Item = &Ring> {
        std::iter::once(&self.outer).chain(&self.holes)
    }

    /// Twice the area in square lattice units, exact, whatever way the rings run.
    pub fn twice_area(&self) -> i128 {
        self.outer.twice_area().abs() - self.holes.iter().map(|h| h.twice_area().abs()).sum::<i128>()
    }
}

impl Shape {
    /// The polygons.
    pub fn polygons(&self) -> &[Polygon] {
        &self.0
    }

    /// Whether there is no polygon at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All rings of all polygons.
    pub fn rings(&self) -> impl Iterator<Item = &Ring> {
        self.0.iter().flat_map(Polygon::rings)
    }

    /// The number of points in all rings.
    pub fn point_count(&self) -> usize {
        self.rings().map(|r| r.points().len()).sum()
    }

    /// The box around the shape; `None` when it is empty.
    pub fn bbox(&self) -> Option<Bbox> {
        self.0.iter().map(|p| p.outer.bbox()).reduce(Bbox::union)
    }

    /// Twice the area in square lattice units, exact.
    pub fn twice_area(&self) -> i128 {
        self.0.iter().map(Polygon::twice_area).sum()
    }

    /// Whether the shape owns `p` by the half-open rule (see [`Ring::contains`]).
    ///
    /// Even-odd over all rings, so a point in a hole is outside.
    pub fn contains(&self, p: Point) -> bool {
        self.rings().fold(false, |inside, ring| inside ^ ring.contains(p))
    }

    /// The same ground, written in the one canonical way: outer rings counter-clockwise, holes
    /// clockwise, each from its smallest point, rings sorted.
    #[must_use]
    pub fn canonical(&self) -> Self {
        if self.is_canonical() {
            return self.clone();
        }
        let turn = |ring: &Ring, ccw: bool| {
            let ring = if ring.is_ccw() == ccw { ring.clone() } else { ring.reversed() };
            ring.from_smallest()
        };
        let mut polygons: Vec<Polygon> = self
            .0
            .iter()
            .map(|p| {
                let mut holes: Vec<Ring> = p.holes.iter().map(|h| turn(h, false)).collect();
                holes.sort_by(|a, b| a.points().cmp(b.points()));
                Polygon { outer: turn(&p.outer, true), holes }
            })
            .collect();
        polygons.sort_by(|a, b| a.outer.points().cmp(b.outer.points()));
        Self(polygons)
    }

    /// Whether the shape is written in the canonical way. Costs a walk along the rings.
    fn is_canonical(&self) -> bool {
        let turned = |ring: &Ring, ccw: bool| {
            let (first, rest) = ring.points().split_first().expect("a ring has points");
            rest.iter().all(|p| first < p) && ring.is_ccw() == ccw
        };
        let ascend = |rings: &mut dyn Iterator<Item = &Ring>| rings.map(Ring::points).is_sorted();
        let polygon = |p: &Polygon| {
            turned(&p.outer, true) && p.holes.iter().all(|h| turned(h, false)) && ascend(&mut p.holes.iter())
        };
        self.0.iter().all(polygon) && ascend(&mut self.0.iter().map(|p| &p.outer))
    }

    /// The same in the canonical way; itself, if it is written so already.
    pub fn in_canonical_form(&self) -> Cow<'_, Self> {
        if self.is_canonical() { Cow::Borrowed(self) } else { Cow::Owned(self.canonical()) }
    }
}
