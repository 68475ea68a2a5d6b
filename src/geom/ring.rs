//! Rings: closed runs of lattice points.

use super::{Bbox, Point, predicate};
use std::cmp::Ordering;

/// A closed ring of at least three lattice points; the first is not repeated at the end.
///
/// A ring knows nothing of its validity: it may cross itself until a coverage was built from it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ring(Box<[Point]>);

impl Ring {
    /// A ring from its points. Repeated neighbours and a repeated end are dropped; `None` when fewer
    /// than three points are left.
    pub fn new(mut points: Vec<Point>) -> Option<Self> {
        points.dedup();
        while points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        (points.len() >= 3).then(|| Self(points.into_boxed_slice()))
    }

    /// The points, each once.
    pub fn points(&self) -> &[Point] {
        &self.0
    }

    /// The segments, the closing one last.
    pub fn segments(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        self.0.iter().copied().zip(self.0.iter().copied().cycle().skip(1))
    }

    /// The box around the ring.
    pub fn bbox(&self) -> Bbox {
        Bbox::of(self.0.iter().copied()).expect("a ring has at least three points")
    }

    /// Twice the enclosed area in square lattice units, exact; positive when counter-clockwise.
    pub fn twice_area(&self) -> i128 {
        let o = self.0[0];
        self.0.windows(2).map(|w| predicate::cross(o, w[0], w[1])).sum()
    }

    /// Whether the ring runs counter-clockwise.
    pub fn is_ccw(&self) -> bool {
        self.twice_area() > 0
    }

    /// The same ring the other way round, from the same first point.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let mut points = self.0.to_vec();
        points[1..].reverse();
        Self(points.into_boxed_slice())
    }

    /// The same ring, started at its smallest point.
    #[must_use]
    pub fn from_smallest(&self) -> Self {
        let start = (0..self.0.len()).min_by_key(|&i| self.0[i]).expect("a ring has points");
        let mut points = self.0.to_vec();
        points.rotate_left(start);
        Self(points.into_boxed_slice())
    }

    /// Whether `p`, moved by (ε, ε²), lies in the ring: the half-open rule of the whole program.
    ///
    /// A point on a border belongs to what lies east of it; on a horizontal border, to what lies north.
    /// Costs one comparison per segment and a cross product for those that span `p.y`.
    pub fn contains(&self, p: Point) -> bool {
        let mut inside = false;
        for (a, b) in self.segments() {
            if (a.y <= p.y) != (b.y <= p.y) {
                let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
                inside ^= predicate::side(low, high, p) != Ordering::Greater;
            }
        }
        inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Ring {
        Ring::new([(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)].map(|(x, y)| Point::new(x, y)).to_vec()).unwrap()
    }

    #[test]
    fn the_closing_point_is_dropped_and_the_area_is_exact() {
        assert_eq!(square().points().len(), 4);
        assert_eq!(square().twice_area(), 32);
        assert_eq!(square().reversed().twice_area(), -32);
        assert_eq!(square().segments().count(), 4);
    }

    #[test]
    fn a_ring_holds_its_west_and_south_sides_and_not_the_others() {
        let owned = |x, y| square().contains(Point::new(x, y));
        assert!(owned(0, 0) && owned(2, 0) && owned(0, 2) && owned(2, 2));
        assert!(!owned(4, 0) && !owned(4, 2) && !owned(2, 4) && !owned(0, 4) && !owned(4, 4));
    }

    #[test]
    fn two_points_make_no_ring() {
        let p = Point::new(1, 1);
        assert_eq!(Ring::new(vec![p, Point::new(2, 2), p, p]), None);
    }
}
