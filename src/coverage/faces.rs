//! From arcs to the rings of each face.
//!
//! A border is followed wedge by wedge: at a node it goes on along the next arc clockwise from where it
//! came. A cycle is then one border of one connected piece of ground. Where it meets a node a second
//! time it is cut there, so every ring is simple and the output is valid by OGC's rules: a hole that
//! touches the outer ring is a hole, and two parts that touch in a point are two parts.

use super::Coverage;
use super::arcs::{Arc, Face, HalfArc};
use crate::geom::{Point, Polygon, Ring, Shape, predicate};
use std::collections::HashMap;

/// One connected part of a face: its outer ring and its holes, as half-arcs with the face on the left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// The outer ring, counter-clockwise.
    pub outer: Vec<HalfArc>,
    /// The holes, clockwise, by their smallest points.
    pub holes: Vec<Vec<HalfArc>>,
}

impl Patch {
    /// The same with other numbers of its arcs, all of which there are.
    pub(super) fn renumbered(&self, arcs: &[Option<u32>]) -> Self {
        let half = |half: &HalfArc| {
            let arc = arcs[half.arc() as usize].expect("a face that stays has arcs that stay");
            HalfArc::new(arc, half.is_reversed())
        };
        let ring = |ring: &Vec<HalfArc>| ring.iter().map(half).collect();
        Self { outer: ring(&self.outer), holes: self.holes.iter().map(ring).collect() }
    }
}

/// The patches of the faces that are wanted, by face; none of the others.
pub(super) fn assemble(coverage: &Coverage, wanted: impl Fn(Face) -> bool) -> Vec<Vec<Patch>> {
    let next = successors_of(coverage, |arc| wanted(arc.left) || wanted(arc.right));
    let mut faces: Vec<Vec<Vec<HalfArc>>> = vec![Vec::new(); coverage.units().len()];
    let mut seen = vec![false; next.len()];
    for (number, arc) in (0..).zip(&coverage.arcs) {
        for (reversed, face) in [(false, arc.left), (true, arc.right)] {
            let start = HalfArc::new(number, reversed);
            if wanted(face) && !seen[start.index()] {
                let cycle = follow(start, &next, &mut seen);
                faces[face.0 as usize - 1].extend(simple_rings(coverage, cycle));
            }
        }
    }
    faces.into_iter().map(|rings| patches(coverage, rings)).collect()
}

/// For each half-arc the one that follows it along the border of the face on its left.
pub(super) fn successors(coverage: &Coverage) -> Vec<HalfArc> {
    successors_of(coverage, |_| true)
}

/// The same for some arcs only; it holds along the borders of faces all of whose arcs are among them.
fn successors_of(coverage: &Coverage, among: impl Fn(&Arc) -> bool) -> Vec<HalfArc> {
    let count = coverage.arcs.len();
    let mut out: Vec<(Point, HalfArc)> = (0..count as u32)
        .filter(|&i| among(&coverage.arcs[i as usize]))
        .flat_map(|i| [HalfArc::new(i, false), HalfArc::new(i, true)])
        .map(|h| (start(coverage, h), h))
        .collect();
    let direction = |h: HalfArc| {
        let mut points = coverage.half_points(h);
        let (a, b) = (points.next(), points.next());
        let (a, b) = a.zip(b).expect("an arc has at least two points");
        (i64::from(b.x) - i64::from(a.x), i64::from(b.y) - i64::from(a.y))
    };
    out.sort_unstable();
    let mut next = vec![HalfArc::new(0, false); 2 * count];
    for node in out.chunk_by_mut(|s, t| s.0 == t.0) {
        node.sort_by(|s, t| predicate::cmp_angle(direction(s.1), direction(t.1)));
        for (i, &(_, leaving)) in node.iter().enumerate() {
            let clockwise = node[(i + node.len() - 1) % node.len()].1;
            next[leaving.twin().index()] = clockwise;
        }
    }
    next
}

pub(super) fn start(coverage: &Coverage, half: HalfArc) -> Point {
    coverage.half_points(half).next().expect("an arc has at least two points")
}

pub(super) fn follow(start: HalfArc, next: &[HalfArc], seen: &mut [bool]) -> Vec<HalfArc> {
    let mut cycle = Vec::new();
    let mut half = start;
    while !std::mem::replace(&mut seen[half.index()], true) {
        cycle.push(half);
        half = next[half.index()];
    }
    cycle
}

/// Cuts a cycle wherever it comes back to a node, so that each ring meets a point once.
fn simple_rings(coverage: &Coverage, cycle: Vec<HalfArc>) -> Vec<Vec<HalfArc>> {
    if cycle.len() == 1 {
        return vec![cycle];
    }
    let mut rings = Vec::new();
    let mut path: Vec<HalfArc> = Vec::new();
    let mut at: HashMap<Point, usize> = HashMap::new();
    for half in cycle {
        at.insert(start(coverage, half), path.len());
        path.push(half);
        let end = start(coverage, half.twin());
        if let Some(&from) = at.get(&end) {
            let ring = path.split_off(from);
            for h in &ring {
                at.remove(&start(coverage, *h));
            }
            rings.push(ring);
        }
    }
    rings
}

/// Sorts the rings of a face into outer ones and holes, each hole under the outer ring around it.
fn patches(coverage: &Coverage, rings: Vec<Vec<HalfArc>>) -> Vec<Patch> {
    let area = |ring: &[HalfArc]| ring.iter().map(|&h| doubled_area(coverage, h)).sum::<i128>();
    let smallest = |ring: &Vec<HalfArc>| points(coverage, ring).min().expect("a ring has points");
    let (mut outer, mut holes): (Vec<_>, Vec<_>) = rings.into_iter().partition(|r| area(r) > 0);
    outer.sort_by_cached_key(smallest);
    holes.sort_by_cached_key(smallest);
    let mut patches: Vec<Patch> = outer.into_iter().map(|outer| Patch { outer, holes: Vec::new() }).collect();
    if let [only] = patches.as_mut_slice() {
        only.holes = holes;
        return patches;
    }
    for hole in holes {
        let around =
            patches.iter_mut().filter(|p| holds(coverage, &p.outer, &hole)).min_by_key(|p| area(&p.outer));
        if let Some(patch) = around {
            patch.holes.push(hole);
        }
    }
    patches
}

/// Whether a hole lies in an outer ring of the same face. The two may touch in a point, not in more.
fn holds(coverage: &Coverage, outer: &[HalfArc], hole: &[HalfArc]) -> bool {
    let Some(ring) = Ring::new(points(coverage, outer).collect()) else { return false };
    let on_ring = |p: Point| ring.segments().any(|(a, b)| predicate::on_segment(p, a, b));
    points(coverage, hole).find(|&p| !on_ring(p)).is_some_and(|p| ring.contains(p))
}

/// Twice the area between a half-arc and the origin; the sum along a ring is twice the ring's area.
pub(super) fn doubled_area(coverage: &Coverage, half: HalfArc) -> i128 {
    let sum: i128 = coverage
        .arc(half.arc())
        .segments()
        .map(|(a, b)| {
            i128::from(i64::from(a.x) * i64::from(b.y)) - i128::from(i64::from(b.x) * i64::from(a.y))
        })
        .sum();
    if half.is_reversed() { -sum } else { sum }
}

/// The points of a ring, each once.
fn points<'a>(coverage: &'a Coverage, ring: &'a [HalfArc]) -> impl Iterator<Item = Point> + 'a {
    ring.iter().flat_map(|&h| {
        let mut points = coverage.half_points(h);
        points.next_back();
        points
    })
}

/// The shape of a face in its canonical form.
pub(super) fn shape(coverage: &Coverage, face: Face) -> Shape {
    let ring = |halves: &[HalfArc]| Ring::new(points(coverage, halves).collect());
    let polygon = |patch: &Patch| {
        let holes = patch.holes.iter().filter_map(|h| ring(h)).collect();
        ring(&patch.outer).map(|outer| Polygon { outer, holes })
    };
    Shape(coverage.patches(face).iter().filter_map(polygon).collect()).canonical()
}
