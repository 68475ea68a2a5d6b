//! What holds for every coverage, checked from the arcs alone.
//!
//! Nothing here trusts how a coverage was made. A built one, an edited one and a generalised one pass the
//! same test: no two arcs cross or touch but at nodes, each half-arc stands in one ring, Euler's formula
//! holds, and the areas of the faces sum to the whole, exactly.

use super::below::Strips;
use super::faces::{doubled_area, follow, start, successors};
use super::near;
use super::{ArcRef, Coverage, Face, HalfArc, Patch};
use crate::geom::{Bbox, Point, predicate};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;

/// A breach of what must hold for every coverage: the program's mistake, not a user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Where; `None` for a breach of a sum.
    pub at: Option<Point>,
    /// What stands there, in one lower-case sentence.
    pub detail: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(f, "at ({} {}): {}", at.x, at.y, self.detail),
            None => self.detail.fmt(f),
        }
    }
}

/// Checks a coverage exactly, on integers. All breaches at once; those of a place first.
///
/// - an arc has at least two points, a closed one three different ones; no point is repeated, and its two
///   sides differ;
/// - no two segments cross, overlap, or touch but at a common end; arcs meet at nodes only;
/// - each half-arc with a unit on its left stands in exactly one ring, of that unit; rings close, meet no
///   point twice, and turn the right way round;
/// - `V − E + F = 1 + C`, with `F` counted from the patches and not from the arcs;
/// - a separate piece lies in the face that its border names: an island in its lake, a hole in its part;
/// - the areas of all patches sum to what the border with the outside encloses, in lattice units.
///
/// Costs O(n log n) in the segments.
pub fn check_invariants(coverage: &Coverage) -> Result<(), Vec<Flaw>> {
    let mut flaws = arcs(coverage);
    if flaws.is_empty() {
        flaws.extend(crossings(coverage));
        flaws.extend(meetings(coverage));
        flaws.extend(rings(coverage));
        flaws.extend(sums(coverage));
    }
    if flaws.is_empty() {
        flaws.extend(nesting(coverage));
    }
    if flaws.is_empty() { Ok(()) } else { Err(flaws) }
}

fn flaw(at: Point, detail: impl Into<String>) -> Flaw {
    Flaw { at: Some(at), detail: detail.into() }
}

fn arcs(coverage: &Coverage) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    for arc in coverage.arcs() {
        let least = if arc.is_closed() { 4 } else { 2 };
        let Some(&first) = arc.points.first() else {
            flaws.push(Flaw { at: None, detail: format!("arc {} has no points", arc.number) });
            continue;
        };
        if arc.points.len() < least {
            flaws.push(flaw(first, format!("an arc of {} points, at least {least}", arc.points.len())));
        }
        flaws.extend(arc.segments().filter(|(a, b)| a == b).map(|(a, _)| flaw(a, "a point twice in a row")));
        if arc.left == arc.right {
            flaws.push(flaw(first, format!("the same face {} on both sides of an arc", arc.left.0)));
        }
    }
    flaws
}

fn crossings(coverage: &Coverage) -> Vec<Flaw> {
    let segments: Vec<(Point, Point)> =
        coverage.arcs().flat_map(|arc| arc.segments().collect::<Vec<_>>()).collect();
    let boxes: Vec<Bbox> = segments.iter().map(|&(a, b)| Bbox::between(a, b)).collect();
    let mut flaws = near::pairs(&boxes, |i, j| {
        let ((a, b), (c, d)) = (segments[i as usize], segments[j as usize]);
        if (a, b) == (c, d) || (a, b) == (d, c) {
            return Some(flaw(a, "two segments at one place"));
        }
        if predicate::cross_properly(a, b, c, d) {
            return Some(flaw(a, format!("the segment to {b:?} crosses that from {c:?} to {d:?}")));
        }
        let inside = |p: Point, (a, b): (Point, Point)| p != a && p != b && predicate::on_segment(p, a, b);
        let on = [c, d].into_iter().find(|&p| inside(p, (a, b)));
        let on = on.or_else(|| [a, b].into_iter().find(|&p| inside(p, (c, d))));
        on.map(|p| flaw(p, "a vertex inside a segment"))
    });
    flaws.sort_by_key(|f| f.at);
    flaws
}

/// Arcs that meet a point which is no node of theirs.
fn meetings(coverage: &Coverage) -> Vec<Flaw> {
    let mut met: Vec<(Point, bool)> = Vec::new();
    for arc in coverage.arcs() {
        let last = arc.points.len() - 1;
        met.extend(arc.points[1..last].iter().map(|&p| (p, true)));
        met.extend([(arc.points[0], false), (arc.points[last], false)]);
    }
    met.sort_unstable();
    let stray = |group: &&[(Point, bool)]| group.len() > 1 && group.iter().any(|&(_, inner)| inner);
    met.chunk_by(|s, t| s.0 == t.0)
        .filter(stray)
        .map(|group| flaw(group[0].0, "an arc runs through a point of another, or of itself"))
        .collect()
}

fn rings(coverage: &Coverage) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut used = vec![0_u32; 2 * coverage.arcs.len()];
    for face in coverage.faces() {
        for patch in coverage.patches(face) {
            let rings = std::iter::once(&patch.outer).chain(&patch.holes);
            for (place, ring) in rings.enumerate() {
                for half in ring {
                    used[half.index()] += 1;
                }
                flaws.extend(ring_flaw(coverage, face, ring, place > 0));
            }
        }
    }
    for half in halves(coverage) {
        let expected = u32::from(left(coverage, half) != Face::OUTSIDE);
        if used[half.index()] != expected {
            let detail = format!("a half-arc stands in {} rings instead of {expected}", used[half.index()]);
            flaws.push(flaw(start(coverage, half), detail));
        }
    }
    flaws
}

fn ring_flaw(coverage: &Coverage, face: Face, ring: &[HalfArc], hole: bool) -> Option<Flaw> {
    let &first = ring.first()?;
    let at = start(coverage, first);
    let mut seen = HashSet::new();
    for (k, &half) in ring.iter().enumerate() {
        let (from, to) = (start(coverage, half), start(coverage, half.twin()));
        if left(coverage, half) != face {
            return Some(flaw(from, format!("a ring of face {} has another face on its left", face.0)));
        }
        if to != start(coverage, ring[(k + 1) % ring.len()]) {
            return Some(flaw(to, "a ring does not close"));
        }
        if !seen.insert(from) {
            return Some(flaw(from, "a ring meets a point twice"));
        }
    }
    let area: i128 = ring.iter().map(|&h| doubled_area(coverage, h)).sum();
    (area == 0 || (area < 0) != hole).then(|| flaw(at, format!("a ring turns the wrong way: 2A = {area}")))
}

fn halves(coverage: &Coverage) -> impl Iterator<Item = HalfArc> + use<> {
    (0..coverage.arcs.len() as u32).flat_map(|i| [HalfArc::new(i, false), HalfArc::new(i, true)])
}

fn left(coverage: &Coverage, half: HalfArc) -> Face {
    let arc = coverage.arc(half.arc());
    if half.is_reversed() { arc.right } else { arc.left }
}

/// Euler's formula and the sum of areas, both against the border with the outside.
fn sums(coverage: &Coverage) -> Vec<Flaw> {
    if coverage.arcs.is_empty() {
        return Vec::new();
    }
    let next = successors(coverage);
    let mut seen = vec![false; next.len()];
    let (mut outside, mut voids) = (0_i128, 0_i64);
    for half in halves(coverage) {
        if left(coverage, half) == Face::OUTSIDE && !seen[half.index()] {
            let area: i128 = follow(half, &next, &mut seen).iter().map(|&h| doubled_area(coverage, h)).sum();
            outside += area;
            voids += i64::from(area > 0);
        }
    }
    let patches = || coverage.faces().flat_map(|f| coverage.patches(f));
    let rings = |p: &Patch| p.outer.iter().chain(p.holes.iter().flatten()).copied().collect::<Vec<_>>();
    let inside: i128 = patches().flat_map(rings).map(|h| doubled_area(coverage, h)).sum();
    let mut flaws = Vec::new();
    if inside != -outside {
        let detail = format!("the faces sum to 2A = {inside}, the outer border holds 2A = {}", -outside);
        flaws.push(Flaw { at: None, detail });
    }
    let pieces = Pieces::of(coverage);
    let faces = patches().count() as i64 + 1 + voids;
    let (v, e, c) = (pieces.nodes.len() as i64, coverage.arcs.len() as i64, pieces.count() as i64);
    if v - e + faces != 1 + c {
        let detail = format!("Euler's formula fails: V {v} - E {e} + F {faces} is not 1 + C {c}");
        flaws.push(Flaw { at: None, detail });
    }
    flaws
}

/// The nodes (one on each closed arc that has none of its own) and the connected piece of each.
struct Pieces {
    nodes: Vec<Point>,
    /// For each node one that stands for its piece.
    piece: Vec<usize>,
}

impl Pieces {
    fn of(coverage: &Coverage) -> Self {
        let ends = |arc: ArcRef| [arc.points[0], arc.points[arc.points.len() - 1]];
        let mut nodes: Vec<Point> = coverage.arcs().flat_map(ends).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let mut piece: Vec<usize> = (0..nodes.len()).collect();
        for arc in coverage.arcs() {
            let [a, b] = ends(arc).map(|p| nodes.binary_search(&p).expect("every end is a node"));
            let (a, b) = (top(&mut piece, a), top(&mut piece, b));
            piece[a.max(b)] = a.min(b);
        }
        for i in 0..nodes.len() {
            piece[i] = top(&mut piece, i);
        }
        Self { nodes, piece }
    }

    fn of_arc(&self, end: Point) -> usize {
        self.piece[self.nodes.binary_search(&end).expect("every end is a node")]
    }

    fn count(&self) -> usize {
        (0..self.nodes.len()).filter(|&i| self.piece[i] == i).count()
    }
}

/// Pieces that lie in another face than the one on the outer side of their border: what is left when a
/// border has jumped over an island.
fn nesting(coverage: &Coverage) -> Vec<Flaw> {
    let oriented = |(p, q): (Point, Point), arc: &ArcRef| {
        if p < q { ((p, q), arc.left) } else { ((q, p), arc.right) }
    };
    let (mut segments, mut above) = (Vec::new(), Vec::new());
    for arc in coverage.arcs() {
        for segment in arc.segments() {
            let (segment, left) = oriented(segment, &arc);
            segments.push(segment);
            above.push(left);
        }
    }
    let strips = Strips::of(&segments);
    let points = smallest_of_pieces(coverage);
    // Of the segments that leave a smallest point the steepest has the outer side on its left.
    let mut steepest: Vec<Option<usize>> = vec![None; points.len()];
    for (s, &(from, to)) in segments.iter().enumerate() {
        let Ok(place) = points.binary_search(&from) else { continue };
        let steeper = |t: usize| predicate::side(from, segments[t].1, to) == Ordering::Greater;
        if steepest[place].is_none_or(steeper) {
            steepest[place] = Some(s);
        }
    }
    let strays = points.iter().zip(steepest).filter(|&(&point, steepest)| {
        let around = strips.below(point).map_or(Face::OUTSIDE, |s| above[s]);
        steepest.is_some_and(|s| above[s] != around)
    });
    strays.map(|(&p, _)| flaw(p, "a separate piece lies in another face than its border says")).collect()
}

/// The smallest point of each connected piece of border, ascending.
fn smallest_of_pieces(coverage: &Coverage) -> Vec<Point> {
    let pieces = Pieces::of(coverage);
    let mut smallest: Vec<Option<Point>> = vec![None; pieces.nodes.len()];
    for arc in coverage.arcs() {
        let least = &mut smallest[pieces.of_arc(arc.points[0])];
        let here = arc.points.iter().copied().min();
        *least = least.map_or(here, |p| here.map(|q| p.min(q)));
    }
    let mut smallest: Vec<Point> = smallest.into_iter().flatten().collect();
    smallest.sort_unstable();
    smallest
}

fn top(root: &mut [usize], mut i: usize) -> usize {
    while root[i] != i {
        root[i] = root[root[i]];
        i = root[i];
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::{Polygon, Ring, Shape};
    use crate::unit::UnitId;

    fn p(x: i32, y: i32) -> Point {
        Point::new(x, y)
    }

    fn ring(points: &[(i32, i32)]) -> Ring {
        Ring::new(points.iter().map(|&(x, y)| p(x, y)).collect()).unwrap()
    }

    fn square(x: i32, y: i32, side: i32) -> Ring {
        ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
    }

    /// Two neighbours, the left one with a lake close to their border and an island in it.
    fn bay() -> Coverage {
        let id = |n| UnitId::try_from(n).unwrap();
        let plain = |r| Shape(vec![Polygon::simple(r)]);
        let left = Polygon { outer: square(0, 0, 10), holes: vec![square(7, 4, 2).reversed()] };
        let shapes =
            [(id(1), Shape(vec![left])), (id(2), plain(square(10, 0, 10))), (id(3), plain(square(7, 4, 2)))];
        Coverage::assemble(&shapes).unwrap()
    }

    /// The bay with its middle border drawn through the given points.
    fn redrawn(through: &[(i32, i32)]) -> Vec<Flaw> {
        let drawn = bay().redrawn(|arc| {
            if (arc.points[0], arc.points[1]) != (p(10, 0), p(10, 10)) {
                return arc.points.to_vec();
            }
            let inner = through.iter().map(|&(x, y)| p(x, y));
            [p(10, 0)].into_iter().chain(inner).chain([p(10, 10)]).collect()
        });
        check_invariants(&drawn).err().unwrap_or_default()
    }

    #[test]
    fn a_sound_coverage_passes() {
        assert_eq!(redrawn(&[]), []);
        assert_eq!(redrawn(&[(9, 1)]), []);
    }

    #[test]
    fn crossings_touches_and_jumps_are_found_with_their_place() {
        let flaw = |through: &[(i32, i32)]| {
            let flaws = redrawn(through);
            (flaws[0].at, flaws.iter().map(|f| f.detail.clone()).collect::<Vec<_>>().join("; "))
        };
        let cases: [(&[(i32, i32)], &str); 6] = [
            (&[(8, 5)], "crosses"),
            (&[(7, 5)], "a vertex inside a segment"),
            (&[(9, 4)], "runs through a point of another"),
            (&[(11, 4), (9, 2), (11, 2)], "crosses"),
            (&[(12, 5), (12, 5)], "twice in a row"),
            (&[(7, 9)], "crosses"),
        ];
        for (through, want) in cases {
            let (at, details) = flaw(through);
            assert!(at.is_some() && details.contains(want), "{through:?}: {details}");
        }
        // Nothing crosses here and every sum holds: the border has jumped over the lake.
        let (at, details) = flaw(&[(6, 3), (6, 7)]);
        assert_eq!(
            (at, details.as_str()),
            (Some(p(7, 4)), "a separate piece lies in another face than its border says")
        );
    }

    #[test]
    fn rings_that_are_lost_doubled_or_turned_are_found() {
        let broken = |spoil: fn(&mut Coverage)| {
            let mut coverage = bay();
            spoil(&mut coverage);
            let flaws = check_invariants(&coverage).err().unwrap_or_default();
            flaws.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        };
        assert!(broken(|c| c.faces[0][0].holes.clear()).contains("0 rings instead of 1"));
        assert!(broken(|c| c.faces[1][0].outer.truncate(1)).contains("does not close"));
        assert!(broken(|c| c.faces.swap(0, 1)).contains("another face on its left"));
        assert!(broken(|c| c.arcs[0].right = c.arcs[0].left).contains("the same face"));
        let doubled = broken(|c| {
            let hole = c.faces[0][0].holes.remove(0);
            c.faces[0].push(Patch { outer: hole, holes: Vec::new() });
        });
        assert!(doubled.contains("wrong way") && doubled.contains("Euler"), "{doubled}");
    }
}
