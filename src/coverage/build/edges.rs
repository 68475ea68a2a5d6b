//! Segments with the claims of the units on their two sides.
//!
//! A shape says of each of its segments on which side its ground lies. Added up by place, these claims
//! are how the winding number of each unit changes across the segment. They survive any cutting of the
//! segments, so that nothing has to be known of rings, parts and holes while borders are mended.

use crate::coverage::arcs::Face;
use crate::geom::{Point, Shape};
use crate::unit::UnitId;
use rayon::prelude::*;

/// How much more often a unit's ground lies left of `a` → `b` than right of it; `a < b`.
///
/// Face 0 stands for the ground beyond a given outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Claim {
    pub a: Point,
    pub b: Point,
    pub face: Face,
    pub delta: i32,
}

impl Claim {
    /// The claim of a unit whose ground lies `delta` times left of `p` → `q`.
    fn new(p: Point, q: Point, face: Face, delta: i32) -> Self {
        if p < q { Self { a: p, b: q, face, delta } } else { Self { a: q, b: p, face, delta: -delta } }
    }
}

/// The claims of all units, sorted by place, so that each segment stands there once.
#[derive(Clone, Debug, Default)]
pub(super) struct Edges {
    claims: Vec<Claim>,
    /// Where each segment's claims begin; one more at the end.
    starts: Vec<u32>,
    /// Segments of one unit that ran there and back and are gone: place and unit.
    pub folded: Vec<(Point, Point, Face)>,
}

impl Edges {
    /// The edges of shapes, and the ground beyond the outline as face 0.
    pub fn of(shapes: &[(UnitId, Shape)], units: &[UnitId], outline: Option<&Shape>) -> Self {
        let mut claims: Vec<Claim> = shapes
            .par_iter()
            .flat_map_iter(|(id, shape)| {
                let place = units.binary_search(id).map_or(0, |i| i as u32 + 1);
                claims(shape, Face(place), 1)
            })
            .collect();
        claims.extend(outline.into_iter().flat_map(|shape| self::claims(shape, Face::OUTSIDE, -1)));
        Self::merged(claims, Vec::new())
    }

    /// Segments of which nothing is claimed but that they are there.
    pub fn bare(places: &[(Point, Point)]) -> Self {
        let claim = |&(p, q): &(Point, Point)| Claim { delta: 1, ..Claim::new(p, q, Face(1), 1) };
        Self::merged(places.iter().map(claim).collect(), Vec::new())
    }

    fn merged(mut claims: Vec<Claim>, mut folded: Vec<(Point, Point, Face)>) -> Self {
        claims.par_sort_unstable();
        let mut merged: Vec<Claim> = Vec::with_capacity(claims.len());
        let mut starts = Vec::with_capacity(claims.len() / 2 + 2);
        for group in claims.chunk_by(|s, t| (s.a, s.b, s.face) == (t.a, t.b, t.face)) {
            let claim = Claim { delta: group.iter().map(|c| c.delta).sum(), ..group[0] };
            if claim.delta == 0 {
                folded.push((claim.a, claim.b, claim.face));
                continue;
            }
            if merged.last().is_none_or(|last| (last.a, last.b) != (claim.a, claim.b)) {
                starts.push(merged.len() as u32);
            }
            merged.push(claim);
        }
        starts.push(merged.len() as u32);
        Self { claims: merged, starts, folded }
    }

    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The two ends of an edge, the smaller first.
    pub fn ends(&self, edge: usize) -> (Point, Point) {
        let claim = self.claims[self.starts[edge] as usize];
        (claim.a, claim.b)
    }

    /// The two ends of every edge, in order.
    pub fn places(&self) -> Vec<(Point, Point)> {
        (0..self.len()).map(|i| self.ends(i)).collect()
    }

    pub fn claims(&self, edge: usize) -> &[Claim] {
        &self.claims[self.starts[edge] as usize..self.starts[edge + 1] as usize]
    }

    /// Whether one unit lies on the left and another on the right: the edge fits.
    pub fn fits(&self, edge: usize) -> bool {
        matches!(self.claims(edge), [s, t] if s.delta.abs() == 1 && s.delta == -t.delta)
    }

    /// All vertices, ascending, each once.
    pub fn vertices(&self) -> Vec<Point> {
        let mut points: Vec<Point> = (0..self.len()).flat_map(|i| [self.ends(i).0, self.ends(i).1]).collect();
        points.par_sort_unstable();
        points.dedup();
        points
    }

    /// The same claims with some edges replaced by chains of points, from their first end to the other.
    pub fn rerouted(mut self, chains: &[(usize, Vec<Point>)]) -> Self {
        let mut rerouted = vec![false; self.len()];
        let mut claims = Vec::with_capacity(self.claims.len() + 4 * chains.len());
        for (edge, chain) in chains {
            rerouted[*edge] = true;
            for claim in self.claims(*edge) {
                let steps = chain.windows(2).filter(|w| w[0] != w[1]);
                claims.extend(steps.map(|w| Claim::new(w[0], w[1], claim.face, claim.delta)));
            }
        }
        let kept = (0..self.len()).filter(|&i| !rerouted[i]);
        claims.extend(kept.flat_map(|i| self.claims(i).iter().copied()));
        Self::merged(claims, std::mem::take(&mut self.folded))
    }

    /// The same claims with every vertex moved.
    pub fn moved(&self, to: impl Fn(Point) -> Point) -> Self {
        let moved = self.claims.iter().map(|c| (to(c.a), to(c.b), c)).filter(|(p, q, _)| p != q);
        Self::merged(moved.map(|(p, q, c)| Claim::new(p, q, c.face, c.delta)).collect(), self.folded.clone())
    }
}

/// The claims of a shape, `sign` times.
fn claims(shape: &Shape, face: Face, sign: i32) -> Vec<Claim> {
    let mut claims = Vec::with_capacity(shape.point_count());
    for polygon in shape.polygons() {
        for (i, ring) in polygon.rings().enumerate() {
            let delta = if ring.is_ccw() == (i == 0) { sign } else { -sign };
            claims.extend(ring.segments().map(|(p, q)| Claim::new(p, q, face, delta)));
        }
    }
    claims
}
