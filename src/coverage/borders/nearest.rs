//! The nearest border of all, of the outside, of one face.

use super::super::{Coverage, Face};
use super::{Borders, Chunk, Here};
use crate::geom::metric::Metric;
use crate::geom::{LATTICE_PER_DEGREE, Point, predicate};
use rstar::{ParentNode, RTreeNode, RTreeObject};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// The border nearest to a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NearestBorder {
    /// The distance to the foot in metres, in the metric at the middle of the way. Agrees with the
    /// geodesic within 1 mm or 1e-4 of itself up to 5 km, below 60 degrees of latitude. 0 exactly when on
    /// the border.
    pub distance_m: f64,
    /// The foot of the perpendicular, or the nearer end of the segment: (lon, lat) in degrees. Seldom a
    /// lattice point.
    pub foot: (f64, f64),
    /// Whether the point lies on the border: decided on the lattice, not by the distance.
    pub on_border: bool,
    /// The face on the left of the arc.
    pub left: Face,
    /// The face on the right of the arc.
    pub right: Face,
}

impl NearestBorder {
    /// The face on the other side of this border, seen from `face`; `None` when it is on neither.
    pub fn across(&self, face: Face) -> Option<Face> {
        match face {
            f if f == self.left => Some(self.right),
            f if f == self.right => Some(self.left),
            _ => None,
        }
    }
}

impl Borders {
    /// The nearest border of all; `None` in an empty coverage.
    ///
    /// Of several at the same distance (the foot is a node) the arc with the lowest number is taken.
    pub fn nearest(&self, coverage: &Coverage, p: Point) -> Option<NearestBorder> {
        self.search(coverage, p, f64::INFINITY, |_| true)
    }

    /// The nearest unit within `max_m` metres of a point that no unit owns, and its distance.
    ///
    /// Looks for borders with the outside on one side; for a point inside a unit the answer is the unit
    /// at the nearest such border.
    pub fn nearest_unit(&self, coverage: &Coverage, p: Point, max_m: f64) -> Option<(Face, f64)> {
        let outer = |(left, right): (Face, Face)| left == Face::OUTSIDE || right == Face::OUTSIDE;
        let border = self.search(coverage, p, max_m, outer)?;
        Some((border.across(Face::OUTSIDE)?, border.distance_m))
    }

    /// The nearest border of one face; `None` for the outside. Looks at all its segments, at a few
    /// nanoseconds each.
    pub fn nearest_of(coverage: &Coverage, face: Face, p: Point) -> Option<NearestBorder> {
        if face == Face::OUTSIDE {
            return None;
        }
        let mut best = Best::within(f64::INFINITY);
        let here = Here::at(p);
        for patch in coverage.patches(face) {
            for half in std::iter::once(&patch.outer).chain(&patch.holes).flatten() {
                let arc = &coverage.arcs[half.arc() as usize];
                best.offer(&here, half.arc(), &coverage.points.run(arc.first, arc.len));
            }
        }
        best.border(coverage, &here)
    }

    /// Best first: nodes and chunks are opened in the order of the distance to their boxes, until the
    /// next one is farther than what was found.
    fn search(
        &self,
        coverage: &Coverage,
        p: Point,
        max_m: f64,
        wanted: impl Fn((Face, Face)) -> bool,
    ) -> Option<NearestBorder> {
        let here = Here::at(p);
        // The metric at the point and the one half way differ by less than a thousandth here.
        let mut best = Best::within(max_m * 1.001);
        let mut open = BinaryHeap::with_capacity(64);
        push_children(&mut open, &here, self.tree.root());
        while let Some(Reverse(next)) = open.pop() {
            if next.distance2 > best.distance2 {
                break;
            }
            match next.node {
                RTreeNode::Parent(parent) => push_children(&mut open, &here, parent),
                RTreeNode::Leaf(chunk) if wanted(chunk.sides(coverage)) => {
                    best.offer(&here, chunk.arc, &chunk.points(coverage));
                }
                RTreeNode::Leaf(_) => {}
            }
        }
        best.border(coverage, &here).filter(|border| border.distance_m <= max_m)
    }
}

/// A node of the tree, to be opened in its turn.
struct Open<'a> {
    distance2: f64,
    node: &'a RTreeNode<Chunk>,
}

fn push_children<'a>(open: &mut BinaryHeap<Reverse<Open<'a>>>, here: &Here, parent: &'a ParentNode<Chunk>) {
    let reach = |node: &'a RTreeNode<Chunk>| Reverse(Open { distance2: here.gap2(&node.envelope()), node });
    open.extend(parent.children().iter().map(reach));
}

impl Ord for Open<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.distance2.total_cmp(&other.distance2)
    }
}

impl PartialOrd for Open<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Open<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Open<'_> {}

/// The nearest segment so far.
struct Best {
    distance2: f64,
    /// The foot from the point, in metres.
    foot: (f64, f64),
    found: Option<(u32, Point, Point)>,
}

impl Best {
    fn within(limit_m: f64) -> Self {
        Self { distance2: limit_m * limit_m, foot: (0.0, 0.0), found: None }
    }

    fn offer(&mut self, here: &Here, arc: u32, points: &[Point]) {
        let mut from = here.to(points[0]);
        for ends in points.windows(2) {
            let to = here.to(ends[1]);
            let foot = foot(from, to);
            let distance2 = foot.0 * foot.0 + foot.1 * foot.1;
            let wins = match distance2.total_cmp(&self.distance2) {
                Ordering::Less => true,
                Ordering::Equal => self.found.is_none_or(|(lowest, ..)| arc < lowest),
                Ordering::Greater => false,
            };
            if wins {
                *self = Self { distance2, foot, found: Some((arc, ends[0], ends[1])) };
            }
            from = to;
        }
    }

    fn border(&self, coverage: &Coverage, here: &Here) -> Option<NearestBorder> {
        let (number, a, b) = self.found?;
        let arc = &coverage.arcs[number as usize];
        let on_border = predicate::on_segment(here.p, a, b);
        let (east, north) = if on_border { (0.0, 0.0) } else { self.foot };
        let (dx, dy) = (east / here.metric.east_m, north / here.metric.north_m);
        let half_way = Metric::at_latitude(here.p.lat() + 0.5 * dy / LATTICE_PER_DEGREE);
        Some(NearestBorder {
            distance_m: (dx * half_way.east_m).hypot(dy * half_way.north_m),
            foot: (here.p.lon() + dx / LATTICE_PER_DEGREE, here.p.lat() + dy / LATTICE_PER_DEGREE),
            on_border,
            left: arc.left,
            right: arc.right,
        })
    }
}

/// The point of the segment `a b` nearest to the origin. An end is given back as it is, so that two
/// segments with a common end are equally far from it.
fn foot(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let t = -(a.0 * dx + a.1 * dy) / (dx * dx + dy * dy);
    if t <= 0.0 {
        a
    } else if t < 1.0 {
        (a.0 + t * dx, a.1 + t * dy)
    } else {
        b
    }
}
