//! Where the borders of two coverages meet: exact, segment by segment.

use super::fraction::Fraction;
use crate::coverage::{Coverage, Face, pairs_between};
use crate::geom::predicate::{cross, on_segment};
use crate::geom::{Bbox, Point};
use std::cmp::Ordering;

/// A segment of an arc with the faces on its two sides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) from: Point,
    pub(super) to: Point,
    pub(super) left: Face,
    pub(super) right: Face,
}

/// All segments of a coverage, arc after arc.
pub(super) fn segments(coverage: &Coverage) -> Vec<Segment> {
    let of_arc = |arc: crate::coverage::ArcRef<'_>| {
        let (left, right) = (arc.left, arc.right);
        arc.points.windows(2).map(move |w| Segment { from: w[0], to: w[1], left, right }).collect::<Vec<_>>()
    };
    coverage.arcs().flat_map(of_arc).collect()
}

/// Two segments that cross at one point inside both; nothing else passes there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crossing {
    /// The numbers of the segments.
    pub(super) of: [u32; 2],
    /// How far along each it lies.
    pub(super) along: [Fraction; 2],
    /// Where, (lon, lat) in degrees: not rounded to the lattice.
    pub(super) place: (f64, f64),
}

/// A segment through a lattice point that lies on borders of both coverages; either may end there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Passing {
    pub(super) point: Point,
    /// Which coverage the segment is of.
    pub(super) of: u8,
    pub(super) segment: u32,
}

/// All places where borders of both coverages meet.
#[derive(Debug, Default)]
pub(super) struct Meetings {
    pub(super) crossings: Vec<Crossing>,
    /// Ordered by point, then by coverage; none twice.
    pub(super) passings: Vec<Passing>,
}

enum Meeting {
    Crossing(Crossing),
    /// Lattice points on both: two when the segments run along each other.
    Touch([u32; 2], [Option<Point>; 2]),
}

/// Finds the meetings. Costs O(n log n) and their number.
pub(super) fn meetings(segments: [&[Segment]; 2]) -> Meetings {
    let boxes = segments.map(|all| all.iter().map(|s| Bbox::between(s.from, s.to)).collect::<Vec<_>>());
    let look = |i: u32, j: u32| meet([i, j], [&segments[0][i as usize], &segments[1][j as usize]]);
    let mut found = Meetings::default();
    for meeting in pairs_between(&boxes[0], &boxes[1], look) {
        match meeting {
            Meeting::Crossing(crossing) => found.crossings.push(crossing),
            Meeting::Touch(numbers, points) => {
                for point in points.into_iter().flatten() {
                    let through = |of: usize| Passing { point, of: of as u8, segment: numbers[of] };
                    found.passings.extend([through(0), through(1)]);
                }
            }
        }
    }
    found.passings.sort_unstable();
    found.passings.dedup();
    found
}

fn meet(numbers: [u32; 2], [a, b]: [&Segment; 2]) -> Option<Meeting> {
    let beside_b = [cross(b.from, b.to, a.from), cross(b.from, b.to, a.to)];
    let beside_a = [cross(a.from, a.to, b.from), cross(a.from, a.to, b.to)];
    let apart = |ends: [i128; 2]| (ends[0] > 0 && ends[1] > 0) || (ends[0] < 0 && ends[1] < 0);
    if apart(beside_a) || apart(beside_b) {
        return None;
    }
    if beside_a.iter().chain(&beside_b).all(|side| side.cmp(&0) != Ordering::Equal) {
        let along = [Fraction::of(beside_b), Fraction::of(beside_a)];
        let t = along[0].value();
        let part = |from: f64, to: f64| from + t * (to - from);
        let place = (part(a.from.lon(), a.to.lon()), part(a.from.lat(), a.to.lat()));
        return Some(Meeting::Crossing(Crossing { of: numbers, along, place }));
    }
    let ends_of_b = [b.from, b.to].into_iter().filter(|&p| on_segment(p, a.from, a.to));
    let ends_of_a = [a.from, a.to].into_iter().filter(|&p| on_segment(p, b.from, b.to));
    let mut points = [None; 2];
    for p in ends_of_b.chain(ends_of_a) {
        if points[0].is_none() {
            points[0] = Some(p);
        } else if points[0] != Some(p) {
            points[1] = Some(p);
        }
    }
    points[0].is_some().then_some(Meeting::Touch(numbers, points))
}
