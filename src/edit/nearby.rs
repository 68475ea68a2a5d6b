//! The borders near a place as lines, for those who draw on them.

use super::side::{Place, Side, Sides};
use super::state::{LayerView, Segments};
use crate::geom::{Bbox, Point};
use std::collections::{BTreeMap, BTreeSet};

/// A run of border with the same on each side, from node to node or as far as the box reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Border {
    /// At least two points; the first equals the last where the run closes on itself.
    pub points: Vec<Point>,
    /// What lies left and right on the way.
    pub sides: Sides,
}

impl LayerView<'_> {
    /// The borders whose segments meet a box. A run is cut where it leaves the box for good, so its last vertex may
    /// lie outside.
    pub fn borders(&self, bbox: Bbox) -> Vec<Border> {
        chained(&self.near(bbox))
    }
}

fn chained(segments: &Segments) -> Vec<Border> {
    let mut meeting: BTreeMap<Point, Vec<Place>> = BTreeMap::new();
    for &(a, b) in segments.keys() {
        meeting.entry(a).or_default().push((a, b));
        meeting.entry(b).or_default().push((a, b));
    }
    let mut left: BTreeSet<Place> = segments.keys().copied().collect();
    let mut borders = Vec::new();
    while let Some(first) = left.pop_first() {
        let sides = segments[&first];
        let forth = walk(segments, &meeting, &mut left, first, sides);
        let mut points = vec![first.0];
        points.extend(forth);
        if points.first() != points.last() {
            let back = walk(segments, &meeting, &mut left, (first.1, first.0), (sides.1, sides.0));
            // The first of them is where the walk forth began.
            points.splice(0..0, back.into_iter().skip(1).rev());
        }
        borders.push(Border { points, sides });
    }
    borders
}

/// The points from the second end of a segment on, as long as exactly one segment with the same sides goes on.
fn walk(
    segments: &Segments,
    meeting: &BTreeMap<Point, Vec<Place>>,
    left: &mut BTreeSet<Place>,
    (from, to): Place,
    sides: Sides,
) -> Vec<Point> {
    let (mut before, mut here) = (from, to);
    let mut points = vec![here];
    while let [one, other] = meeting[&here][..] {
        let came = if before < here { (before, here) } else { (here, before) };
        let place = if one == came { other } else { one };
        let next = if place.0 == here { place.1 } else { place.0 };
        let ahead: (Side, Side) = segments[&place];
        let ahead = if place.0 == here { ahead } else { (ahead.1, ahead.0) };
        if ahead != sides || !left.remove(&place) {
            break;
        }
        points.push(next);
        (before, here) = (here, next);
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::side::placed;
    use crate::unit::UnitId;

    fn at(x: i32, y: i32) -> Point {
        Point { x, y }
    }

    fn unit(n: u64) -> Side {
        Side::Unit(UnitId::try_from(n).unwrap())
    }

    /// The points of a line, and what lies left and right of it.
    type Line<'a> = (&'a [(i32, i32)], Side, Side);

    fn segments(lines: &[Line]) -> Segments {
        let runs = lines.iter().flat_map(|(points, left, right)| {
            points.windows(2).map(move |w| placed(at(w[0].0, w[0].1), at(w[1].0, w[1].1), (*left, *right)))
        });
        runs.collect()
    }

    #[test]
    fn runs_end_where_three_meet_and_keep_their_sides() {
        let sheet = segments(&[
            (&[(0, 0), (5, 1), (9, -1), (10, 0)], unit(1), unit(2)),
            (&[(10, 0), (10, 10)], unit(1), unit(3)),
            (&[(10, 0), (10, -10)], unit(3), unit(2)),
        ]);
        let borders = chained(&sheet);
        assert_eq!(borders.len(), 3, "{borders:?}");
        let long = borders.iter().find(|b| b.points.len() == 4).unwrap();
        let forward = long.points[0] == at(0, 0);
        assert_eq!(long.sides, if forward { (unit(1), unit(2)) } else { (unit(2), unit(1)) });
        assert!(long.points.contains(&at(5, 1)) && long.points.contains(&at(9, -1)));
    }

    #[test]
    fn an_island_is_one_closed_run() {
        let ring: &[(i32, i32)] = &[(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)];
        let borders = chained(&segments(&[(ring, unit(2), unit(1))]));
        assert_eq!(borders.len(), 1);
        assert_eq!(borders[0].points.len(), 5);
        assert_eq!(borders[0].points.first(), borders[0].points.last());
    }

    #[test]
    fn a_change_of_sides_ends_a_run() {
        let sheet = segments(&[
            (&[(0, 0), (1, 0), (2, 0)], unit(1), Side::Outside),
            (&[(2, 0), (3, 0)], unit(2), Side::Outside),
        ]);
        assert_eq!(chained(&sheet).len(), 2);
    }
}
