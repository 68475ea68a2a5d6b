//! What goes out from the lattice points at which both coverages have a border.

use super::meet::{Passing, Segment};
use crate::coverage::Face;
use crate::geom::Point;
use crate::geom::predicate::cmp_angle;
use std::cmp::Ordering;

/// A direction as a difference of lattice points.
pub(super) type Direction = (i64, i64);

pub(super) fn direction(from: Point, to: Point) -> Direction {
    (i64::from(to.x) - i64::from(from.x), i64::from(to.y) - i64::from(from.y))
}

/// A border that leaves a point, and what lies left and right of it on the way out.
#[derive(Clone, Copy, Debug)]
struct Spoke {
    direction: Direction,
    left: Face,
    right: Face,
}

/// The points on borders of both coverages, with the spokes of each.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    points: Vec<Point>,
    /// The spokes of both coverages at each point, counter-clockwise from the east.
    spokes: Vec<[Vec<Spoke>; 2]>,
}

impl Nodes {
    /// From the passings in their order.
    pub(super) fn of(passings: &[Passing], segments: [&[Segment]; 2]) -> Self {
        let mut nodes = Self::default();
        for at_point in passings.chunk_by(|a, b| a.point == b.point) {
            let point = at_point[0].point;
            let mut spokes = [Vec::new(), Vec::new()];
            for passing in at_point {
                let of = usize::from(passing.of);
                spokes[of].extend(spokes_of(&segments[of][passing.segment as usize], point));
            }
            for side in &mut spokes {
                side.sort_unstable_by(|a, b| cmp_angle(a.direction, b.direction));
            }
            nodes.points.push(point);
            nodes.spokes.push(spokes);
        }
        nodes
    }

    /// The number of a node.
    pub(super) fn number(&self, point: Point) -> Option<u32> {
        self.points.binary_search(&point).ok().map(|i| i as u32)
    }

    /// What a coverage has left and right of somebody who leaves a node in a direction: the same face twice, or
    /// two when a border of it goes the same way.
    pub(super) fn beside(&self, node: u32, of: usize, going: Direction) -> [Face; 2] {
        let spokes = &self.spokes[node as usize][of];
        let last = spokes.partition_point(|s| cmp_angle(s.direction, going) != Ordering::Greater);
        // Before the first one lies what lies behind the last.
        let spoke = &spokes[last.checked_sub(1).unwrap_or(spokes.len() - 1)];
        if cmp_angle(spoke.direction, going) == Ordering::Equal {
            return [spoke.left, spoke.right];
        }
        [spoke.left, spoke.left]
    }
}

fn spokes_of(segment: &Segment, point: Point) -> impl Iterator<Item = Spoke> {
    let Segment { from, to, left, right } = *segment;
    let ahead = (point != to).then(|| Spoke { direction: direction(point, to), left, right });
    let back = (point != from).then(|| Spoke { direction: direction(point, from), left: right, right: left });
    ahead.into_iter().chain(back)
}
