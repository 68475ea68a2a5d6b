//! Where the borders of two coverages meet: exact, segment by segment.

use super::chunks::Chunks;
use super::fraction::Fraction;
use super::lines::{Lines, Segment};
use super::same::Same;
use crate::geom::Point;
use crate::geom::predicate::{cross, side};
use std::cmp::Ordering;

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

#[derive(Clone, Copy)]
enum Meeting {
    Crossing([u32; 2]),
    /// Lattice points on both: two when the segments run along each other.
    Touch([u32; 2], [Option<Point>; 2]),
}

/// Finds the meetings, but those within stretches that both have. Costs O(n log n) and their number.
pub(super) fn meetings(lines: [&Lines; 2], same: &Same) -> Meetings {
    let chunks = [0, 1].map(|of| Chunks::of(lines[of], 0, |number| !same.is_within(of, number)));
    let look = |i: u32, j: u32| meet([i, j], [lines[0].segment(i), lines[1].segment(j)]);
    let mut found = Meetings::default();
    for meeting in chunks[0].near(&chunks[1], 0, look) {
        match meeting {
            Meeting::Crossing(of) => found.crossings.push(Crossing::new(of, lines)),
            Meeting::Touch(of, points) => {
                for point in points.into_iter().flatten().filter(|&p| !same.passes(0, of[0], lines[0], p)) {
                    let through = |k: usize| Passing { point, of: k as u8, segment: of[k] };
                    found.passings.extend([through(0), through(1)]);
                }
            }
        }
    }
    found.passings.sort_unstable();
    found.passings.dedup();
    found
}

impl Crossing {
    fn new(of: [u32; 2], lines: [&Lines; 2]) -> Self {
        let [a, b] = [lines[0].segment(of[0]), lines[1].segment(of[1])];
        let along = [
            Fraction::of([cross(b.from, b.to, a.from), cross(b.from, b.to, a.to)]),
            Fraction::of([cross(a.from, a.to, b.from), cross(a.from, a.to, b.to)]),
        ];
        let t = along[0].value();
        let part = |from: f64, to: f64| from + t * (to - from);
        let place = (part(a.from.lon(), a.to.lon()), part(a.from.lat(), a.to.lat()));
        Self { of, along, place }
    }
}

fn meet(numbers: [u32; 2], [a, b]: [&Segment; 2]) -> Option<Meeting> {
    let beside_b = [side(b.from, b.to, a.from), side(b.from, b.to, a.to)];
    let beside_a = [side(a.from, a.to, b.from), side(a.from, a.to, b.to)];
    let apart = |ends: [Ordering; 2]| ends[0] == ends[1] && ends[0] != Ordering::Equal;
    if apart(beside_a) || apart(beside_b) {
        return None;
    }
    if beside_a.iter().chain(&beside_b).all(|&side| side != Ordering::Equal) {
        return Some(Meeting::Crossing(numbers));
    }
    let on = |segment: &Segment, ends: [Point; 2], beside: [Ordering; 2]| {
        let bbox = segment.bbox();
        [0, 1].map(|k| (beside[k] == Ordering::Equal && bbox.contains(ends[k])).then_some(ends[k]))
    };
    let ends_of_b = on(a, [b.from, b.to], beside_a).into_iter().flatten();
    let ends_of_a = on(b, [a.from, a.to], beside_b).into_iter().flatten();
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
