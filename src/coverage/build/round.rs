//! Segments that cross or touch, made to meet in vertices: snap rounding.
//!
//! A crossing point off the lattice is rounded, and both segments are bent through it. A bent segment
//! could jump over a vertex; so every segment that is bent goes through *all* vertices whose unit square
//! (hot pixel) it meets, and through each such vertex go all segments that meet its square. That is Hobby's
//! snap rounding (*Practical segment intersection with finite precision output*, 1999; the proof that
//! nothing jumps is Guibas & Marimont's, 1998), taken only for what a crossing has to do with: what already
//! fits is not touched, however narrow it is.

use super::edges::Edges;
use super::ledger::RepairKind;
use super::reach::{along, meets_pixel};
use super::repairs::Repairs;
use crate::coverage::arcs::Face;
use crate::coverage::near;
use crate::geom::{Bbox, Point, predicate};
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One round is enough by the theorem; the second finds nothing. The others are for a theorem misread.
const ROUNDS: usize = 8;

/// How two edges meet other than at common ends.
struct Meeting {
    edges: [u32; 2],
    /// Vertices of one inside the other: (edge, vertex).
    touches: [Option<(u32, Point)>; 2],
    crossing: bool,
}

/// More meetings than this are no misfit but noise, and would fill the memory: 50,000 segments that all
/// cross each other meet a thousand million times.
const MOST: usize = 4_000_000;

/// Edges that meet too often to be arranged: where, roughly.
#[derive(Debug)]
pub(super) struct Tangle(pub Option<Point>);

/// Cuts and bends edges until any two have at most ends in common.
///
/// Fails on more than [`MOST`] meetings, or if the rounds come to no end, which the theorem excludes.
pub(super) fn arranged(mut edges: Edges, repairs: &mut Repairs) -> Result<Edges, Tangle> {
    for _ in 0..ROUNDS {
        let places = edges.places();
        let boxes: Vec<Bbox> = places.iter().map(|&(a, b)| Bbox::between(a, b)).collect();
        let count = AtomicUsize::new(0);
        let meetings = near::pairs(&boxes, |i, j| {
            let room = count.load(Ordering::Relaxed) < MOST;
            let found = if room { meeting(&places, i, j) } else { None };
            if found.is_some() {
                count.fetch_add(1, Ordering::Relaxed);
            }
            found
        });
        if meetings.is_empty() {
            return Ok(edges);
        }
        if meetings.len() >= MOST {
            break;
        }
        repairs.own_crossings(own_crossings(&edges, &places, &meetings));
        let mut through: Vec<(u32, Point)> = meetings.iter().flat_map(|m| m.touches).flatten().collect();
        let (mut hot, mut bends) = (Vec::new(), false);
        for m in meetings.iter().filter(|m| m.crossing) {
            let [i, j] = m.edges;
            let (point, exact) = crossing_point(places[i as usize], places[j as usize]);
            through.extend([(i, point), (j, point)]);
            hot.push(point);
            bends |= !exact;
        }
        if bends {
            through.extend(bent(&edges, &places, &boxes, hot));
        }
        let chains = chains(&places, through);
        repairs.chains(RepairKind::Crossing, &edges, &chains);
        edges = edges.rerouted(&chains);
    }
    Err(Tangle((edges.len() > 0).then(|| edges.ends(0).0)))
}

fn meeting(places: &[(Point, Point)], i: u32, j: u32) -> Option<Meeting> {
    let ((a, b), (c, d)) = (places[i as usize], places[j as usize]);
    let inside = |p: Point, (a, b): (Point, Point)| p != a && p != b && predicate::on_segment(p, a, b);
    let mut touches = [c, d]
        .into_iter()
        .filter(|&p| inside(p, (a, b)))
        .map(|p| (i, p))
        .chain([a, b].into_iter().filter(|&p| inside(p, (c, d))).map(|p| (j, p)));
    let touches = [touches.next(), touches.next()];
    let crossing = touches[0].is_none() && predicate::cross_properly(a, b, c, d);
    (crossing || touches[0].is_some()).then_some(Meeting { edges: [i, j], touches, crossing })
}

/// Where a unit crosses its own border: the place to show for a bow-tie.
fn own_crossings(edges: &Edges, places: &[(Point, Point)], meetings: &[Meeting]) -> Vec<(Face, Point)> {
    let mut found = Vec::new();
    for m in meetings.iter().filter(|m| m.crossing) {
        let [i, j] = m.edges.map(|e| e as usize);
        let (point, _) = crossing_point(places[i], places[j]);
        let same = |face: Face| edges.claims(j).iter().any(|c| c.face == face);
        found.extend(edges.claims(i).iter().map(|c| c.face).filter(|&f| same(f)).map(|f| (f, point)));
    }
    found
}

/// The crossing of two segments that cross properly, rounded to the lattice, and whether it lies on it.
fn crossing_point((a, b): (Point, Point), (c, d): (Point, Point)) -> (Point, bool) {
    let (from_c, to_d) = (predicate::cross(c, d, a), predicate::cross(c, d, b));
    // a + t (b − a) with t = from_c / (from_c − to_d); the two have different signs.
    let (mut numerator, mut denominator) = (from_c, from_c - to_d);
    if denominator < 0 {
        (numerator, denominator) = (-numerator, -denominator);
    }
    let coordinate = |v: i32, w: i32| {
        let step = numerator * (i128::from(w) - i128::from(v));
        let rounded = (2 * step + denominator).div_euclid(2 * denominator);
        ((i128::from(v) + rounded) as i32, step % denominator == 0)
    };
    let ((x, exact_x), (y, exact_y)) = (coordinate(a.x, b.x), coordinate(a.y, b.y));
    (Point::new(x, y), exact_x && exact_y)
}

/// All vertices and rounded crossings that some edge must be bent through, with that edge.
fn bent(edges: &Edges, places: &[(Point, Point)], boxes: &[Bbox], mut hot: Vec<Point>) -> Vec<(u32, Point)> {
    let vertices = edges.vertices();
    let mut known: HashSet<Point> = HashSet::new();
    let mut bends = vec![false; places.len()];
    let mut through = Vec::new();
    loop {
        hot.sort_unstable();
        hot.dedup();
        hot.retain(|&p| known.insert(p));
        if hot.is_empty() {
            return through;
        }
        let met = meet_pixels(places, boxes, &hot);
        let mut fresh: Vec<u32> = met.iter().map(|m| m.0).filter(|&e| !bends[e as usize]).collect();
        fresh.sort_unstable();
        fresh.dedup();
        for &edge in &fresh {
            bends[edge as usize] = true;
        }
        through.extend(met);
        let pick = |e: &u32| places[*e as usize];
        let fresh_places: Vec<(Point, Point)> = fresh.iter().map(pick).collect();
        let fresh_boxes: Vec<Bbox> = fresh.iter().map(|&e| boxes[e as usize]).collect();
        hot = meet_pixels(&fresh_places, &fresh_boxes, &vertices).into_iter().map(|m| m.1).collect();
    }
}

/// The pairs of an edge and a point, no end of it, whose unit square it meets.
fn meet_pixels(places: &[(Point, Point)], boxes: &[Bbox], points: &[Point]) -> Vec<(u32, Point)> {
    let dots: Vec<Bbox> = points.iter().map(|&p| Bbox::between(p, p)).collect();
    near::pairs_between(boxes, &dots, |i, k| {
        let ((a, b), p) = (places[i as usize], points[k as usize]);
        (p != a && p != b && meets_pixel(p, a, b)).then_some((i, p))
    })
}

/// The points of each edge, sorted along it, from end to end.
fn chains(places: &[(Point, Point)], mut through: Vec<(u32, Point)>) -> Vec<(usize, Vec<Point>)> {
    through.sort_unstable();
    through.dedup();
    through
        .chunk_by(|s, t| s.0 == t.0)
        .map(|group| {
            let edge = group[0].0 as usize;
            let (a, b) = places[edge];
            let mut inner: Vec<Point> = group.iter().map(|g| g.1).filter(|&p| p != a && p != b).collect();
            inner.sort_by_key(|&p| (along(a, b, p), p));
            inner.insert(0, a);
            inner.push(b);
            (edge, inner)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(x: i32, y: i32) -> Point {
        Point::new(x, y)
    }

    #[test]
    fn a_crossing_is_rounded_half_up_and_known_to_be_exact() {
        assert_eq!(crossing_point((p(0, 0), p(4, 4)), (p(0, 4), p(4, 0))), (p(2, 2), true));
        assert_eq!(crossing_point((p(0, 0), p(1, 1)), (p(0, 1), p(1, 0))), (p(1, 1), false));
        assert_eq!(crossing_point((p(-1, 0), p(0, 1)), (p(-1, 1), p(0, 0))), (p(0, 1), false));
        let (low, high) = (i32::MIN, i32::MAX);
        assert_eq!(crossing_point((p(low, low), p(high, high)), (p(low, high), p(high, low))).0, p(0, 0));
    }

    #[test]
    fn a_segment_meets_the_squares_that_it_passes_and_touches() {
        let (a, b) = (p(0, 0), p(10, 1));
        assert!(meets_pixel(p(5, 0), a, b) && meets_pixel(p(5, 1), a, b), "through the corner of both");
        assert!(meets_pixel(p(1, 0), a, b) && !meets_pixel(p(1, 1), a, b));
        assert!(!meets_pixel(p(11, 1), a, b));
        let upright = (p(0, 0), p(1, 100));
        assert!(meets_pixel(p(0, 50), upright.0, upright.1) && meets_pixel(p(1, 50), upright.0, upright.1));
        assert!(meets_pixel(p(0, 49), upright.0, upright.1) && !meets_pixel(p(1, 49), upright.0, upright.1));
    }
}
