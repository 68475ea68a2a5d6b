//! What goes out from the lattice points at which both coverages have a border.

use super::lines::{Lines, Segment};
use super::meet::Passing;
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
    spokes: Vec<Spoke>,
    /// Of each node, where its spokes begin, where those of the second coverage do, and where they end: both lists
    /// counter-clockwise from the east.
    places: Vec<[u32; 3]>,
}

impl Nodes {
    /// From the passings in their order: one node for each point, in the same order.
    pub(super) fn of(passings: &[Passing], lines: [&Lines; 2]) -> Self {
        let mut nodes = Self::default();
        for at_point in passings.chunk_by(|a, b| a.point == b.point) {
            let (first, second) = at_point.split_at(at_point.partition_point(|passing| passing.of == 0));
            let mut place = [nodes.spokes.len() as u32; 3];
            for (of, passings) in [first, second].into_iter().enumerate() {
                for passing in passings {
                    nodes.spokes.extend(spokes_of(lines[of].segment(passing.segment), passing.point));
                }
                nodes.spokes[place[of] as usize..]
                    .sort_unstable_by(|a, b| cmp_angle(a.direction, b.direction));
                place[of + 1] = nodes.spokes.len() as u32;
            }
            nodes.places.push(place);
        }
        nodes
    }

    /// What a coverage has left and right of somebody who leaves a node in a direction: the same face twice, or
    /// two when a border of it goes the same way.
    pub(super) fn beside(&self, node: u32, of: usize, going: Direction) -> [Face; 2] {
        let place = self.places[node as usize];
        let spokes = &self.spokes[place[of] as usize..place[of + 1] as usize];
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
