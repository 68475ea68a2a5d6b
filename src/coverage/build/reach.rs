//! How near is near enough to be mended.

use crate::geom::metric::Metric;
use crate::geom::{Bbox, Point, predicate};

/// The distance up to which borders are moved.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reach {
    /// What rounding does: a segment meets the closed square of one lattice unit around a vertex.
    ///
    /// A vertex and the segment that it stood on are each rounded by up to half a unit on each axis, so a
    /// T-junction ends up within one unit on each axis, and not within a circle.
    Lattice,
    /// Metres, with consent.
    Metres(f64),
}

impl Reach {
    /// Whether `p` lies within reach of the closed segment `a b`.
    pub fn touches(self, p: Point, a: Point, b: Point) -> bool {
        match self {
            Self::Lattice => {
                let square = Bbox::between(a, b).grown(1);
                square.contains(p) && predicate::cross(a, b, p).unsigned_abs() <= manhattan(a, b).into()
            }
            Self::Metres(limit) => Metric::at(p).distance_to_segment(p, a, b) <= limit,
        }
    }

    /// Whether `p` lies within reach of the closed segment `a b`, give or take a unit on each axis.
    pub fn nearly_touches(self, p: Point, a: Point, b: Point) -> bool {
        match self {
            Self::Lattice => {
                let near = Bbox::between(a, b).grown(2).contains(p);
                near && predicate::cross(a, b, p).unsigned_abs() <= 2 * u128::from(manhattan(a, b))
            }
            Self::Metres(limit) => {
                let metric = Metric::at(p);
                metric.distance_to_segment(p, a, b) <= limit + metric.east_m.hypot(metric.north_m)
            }
        }
    }

    /// A box that holds whatever is within reach of the given one.
    pub fn around(self, bbox: Bbox) -> Bbox {
        match self {
            Self::Lattice => bbox.grown(1),
            Self::Metres(limit) => {
                // A unit east is shortest at the latitude farthest from the equator.
                let farthest = bbox.min.lat().abs().max(bbox.max.lat().abs()).min(89.0);
                let units = limit / Metric::at_latitude(farthest).east_m;
                bbox.grown(units.ceil() as i32 + 1)
            }
        }
    }
}

/// The distance of two near points in metres.
pub(super) fn distance_m(p: Point, q: Point) -> f64 {
    let (east, north) = Metric::at(p).vector(p, q);
    east.hypot(north)
}

/// Whether the segment `a b` meets the closed unit square around `p`: a hot pixel.
///
/// The three axes of a separating line between a square and a segment are the square's two and the
/// segment's normal; on integers the first two leave `p` in the segment's box.
pub(super) fn meets_pixel(p: Point, a: Point, b: Point) -> bool {
    let bbox = Bbox::between(a, b);
    bbox.contains(p) && 2 * predicate::cross(a, b, p).unsigned_abs() <= manhattan(a, b).into()
}

/// How far along `a` → `b` the point `p` stands: the dot product with the direction.
pub(super) fn along(a: Point, b: Point, p: Point) -> i128 {
    let d = |v: i32, w: i32| i128::from(v) - i128::from(w);
    d(p.x, a.x) * d(b.x, a.x) + d(p.y, a.y) * d(b.y, a.y)
}

fn manhattan(a: Point, b: Point) -> u64 {
    u64::from(a.x.abs_diff(b.x)) + u64::from(a.y.abs_diff(b.y))
}
