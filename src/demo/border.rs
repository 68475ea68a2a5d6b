//! Borders: the lines between differently labelled atoms of a mesh, and the shapes that they enclose.
//!
//! In a triangle whose corners have two labels the border runs from one edge to the other through a
//! point inside; with three labels three borders meet there. Where a border crosses an edge depends on
//! the edge alone, so the two triangles agree; everything else stays inside its triangle, so nothing can
//! cross. A fence is a border already; it takes a vertex where another border meets it.

use super::mesh::{Mesh, NONE};
use super::random;
use crate::geom::{Point, Polygon, Ring, Shape};
use std::collections::HashSet;

/// Directed border segments of each label, its ground on their left.
type Runs = Vec<Vec<(Point, Point)>>;

/// The fences (ends, smaller first) that must take a vertex because a border of some labelling meets
/// them. Layers that share a fence must be drawn with the union of their sets.
pub fn met(mesh: &Mesh, labels: &[u32]) -> HashSet<(u32, u32)> {
    let mut met = HashSet::new();
    for (corners, atoms) in mesh.triangles.iter().zip(&mesh.corners).filter(|(_, a)| a[0] != NONE) {
        for k in 0..3 {
            let (a, b) = (corners[k], corners[(k + 1) % 3]);
            let differs = labels[atoms[k] as usize] != labels[atoms[(k + 1) % 3] as usize];
            if differs && mesh.fence(a, b).is_some() {
                met.insert((a.min(b), a.max(b)));
            }
        }
    }
    met
}

/// What borders are drawn with: all layers that are drawn with one pen share what they can.
#[derive(Clone, Copy, Debug)]
pub struct Pen<'a> {
    /// The mesh.
    pub mesh: &'a Mesh,
    /// The fences that take a vertex, see [`met`].
    pub met: &'a HashSet<(u32, u32)>,
    /// The labels of the layer that is drawn finest. Where three of them meet, every layer's border
    /// passes through the node.
    pub finest: &'a [u32],
    /// What chance depends on.
    pub seed: u64,
}

impl Pen<'_> {
    /// The shape of each label from 0 to `count - 1`; atoms labelled [`NONE`] are left out.
    ///
    /// Rings are simple: where a unit touches itself at a point, they are parted there.
    pub fn shapes(&self, labels: &[u32], count: usize) -> Vec<Shape> {
        let mut runs: Runs = vec![Vec::new(); count];
        for t in (0..self.mesh.triangles.len()).filter(|&t| self.mesh.corners[t][0] != NONE) {
            let labels = self.mesh.corners[t].map(|a| labels[a as usize]);
            self.inside(t, labels, &mut runs);
            self.along_fences(t, labels, &mut runs);
        }
        runs.into_iter().map(assemble).collect()
    }

    /// The borders through a triangle.
    fn inside(&self, t: usize, labels: [u32; 3], runs: &mut Runs) {
        let (mesh, corners) = (self.mesh, self.mesh.triangles[t]);
        let at = corners.map(|p| mesh.points[p as usize]);
        let crossing = |k: usize| edge_point(mesh, corners[k], corners[(k + 1) % 3], self.seed);
        let finest = mesh.corners[t].map(|a| self.finest[a as usize]);
        let node = || blend(self.seed ^ 3, &at, [1.0, 1.0, 1.0], 0.5);
        if all_differ(labels) {
            for (k, &label) in labels.iter().enumerate() {
                run(runs, label, &[crossing(k), node(), crossing((k + 2) % 3)]);
            }
        } else if let Some(k) = lone(labels) {
            let (out, back) = (crossing(k), crossing((k + 2) % 3));
            let far = [at[(k + 1) % 3], at[(k + 2) % 3]];
            let turn =
                if all_differ(finest) { node() } else { bend(self.seed ^ k as u64, at[k], far, [out, back]) };
            run(runs, labels[k], &[out, turn, back]);
            run(runs, labels[(k + 1) % 3], &[back, turn, out]);
        }
    }

    /// The pieces of fence at a triangle's sides.
    fn along_fences(&self, t: usize, labels: [u32; 3], runs: &mut Runs) {
        let corners = self.mesh.triangles[t];
        for k in 0..3 {
            let (a, b) = (corners[k], corners[(k + 1) % 3]);
            let Some(middle) = self.mesh.fence(a, b) else { continue };
            let (from, to) = (self.mesh.points[a as usize], self.mesh.points[b as usize]);
            if self.met.contains(&(a.min(b), a.max(b))) {
                run(runs, labels[k], &[from, middle]);
                run(runs, labels[(k + 1) % 3], &[middle, to]);
            } else {
                run(runs, labels[k], &[from, to]);
            }
        }
    }
}

fn all_differ([a, b, c]: [u32; 3]) -> bool {
    a != b && b != c && c != a
}

/// The corner whose label is neither of the other two's.
fn lone(labels: [u32; 3]) -> Option<usize> {
    (0..3).find(|&k| labels[k] != labels[(k + 1) % 3] && labels[k] != labels[(k + 2) % 3])
}

fn run(runs: &mut Runs, label: u32, points: &[Point]) {
    if label != NONE {
        runs[label as usize].extend(points.windows(2).map(|w| (w[0], w[1])).filter(|(a, b)| a != b));
    }
}

/// Where borders cross the edge between two mesh points.
fn edge_point(mesh: &Mesh, a: u32, b: u32, seed: u64) -> Point {
    if let Some(middle) = mesh.fence(a, b) {
        return middle;
    }
    let (p, q) = (mesh.points[a.min(b) as usize], mesh.points[a.max(b) as usize]);
    let t = 0.36 + 0.28 * random::hashed(seed, &[p, q]);
    between(p, q, t)
}

/// A point near the mean of some points, moved towards one of them by chance.
fn blend(seed: u64, points: &[Point; 3], weights: [f64; 3], spread: f64) -> Point {
    let chance = |k: usize| weights[k] + spread * random::hashed(seed ^ (k as u64) << 8, points);
    let w = [chance(0), chance(1), chance(2)];
    let total = w[0] + w[1] + w[2];
    let mean = |f: fn(&Point) -> f64| {
        let o = f(&points[0]);
        let sum: f64 = (0..3).map(|k| (f(&points[k]) - o) * w[k]).sum();
        (o + sum / total + 0.5).floor() as i32
    };
    Point::new(mean(|p| f64::from(p.x)), mean(|p| f64::from(p.y)))
}

/// A point between two crossings, pushed towards the lone corner or towards the far side.
fn bend(seed: u64, lone: Point, far: [Point; 2], crossings: [Point; 2]) -> Point {
    let middle = between(crossings[0], crossings[1], 0.5);
    let push = random::hashed(seed, &[lone, far[0], far[1]]) - 0.5;
    if push > 0.0 {
        between(middle, lone, push)
    } else {
        between(middle, between(far[0], far[1], 0.5), -push)
    }
}

fn between(p: Point, q: Point, t: f64) -> Point {
    let mix = |a: i32, b: i32| a + ((f64::from(b) - f64::from(a)) * t + 0.5).floor() as i32;
    Point::new(mix(p.x, q.x), mix(p.y, q.y))
}

/// Joins segments to rings and rings to polygons.
fn assemble(mut segments: Vec<(Point, Point)>) -> Shape {
    segments.sort_unstable();
    let mut used = vec![false; segments.len()];
    let (mut outers, mut holes) = (Vec::new(), Vec::new());
    for first in 0..segments.len() {
        for ring in walk(&segments, &mut used, first) {
            if ring.is_ccw() { outers.push(Polygon::simple(ring)) } else { holes.push(ring) }
        }
    }
    for hole in holes {
        // The smallest outer ring around it; a hole may touch that ring, but never with all its points.
        let around =
            |p: &Polygon| hole.points().iter().all(|&q| p.outer.contains(q) || p.outer.points().contains(&q));
        let owner = outers.iter_mut().filter(|p| around(p)).min_by_key(|p| p.outer.twice_area());
        if let Some(polygon) = owner {
            polygon.holes.push(hole);
        }
    }
    Shape(outers).canonical()
}

/// The simple rings met on the way from one segment round to its start.
fn walk(segments: &[(Point, Point)], used: &mut [bool], first: usize) -> Vec<Ring> {
    let mut rings = Vec::new();
    let mut path: Vec<Point> = Vec::new();
    let mut seen: std::collections::HashMap<Point, usize> = std::collections::HashMap::new();
    let mut next = Some(first).filter(|&i| !used[i]);
    while let Some(i) = next {
        used[i] = true;
        let (from, to) = segments[i];
        seen.insert(from, path.len());
        path.push(from);
        if let Some(&start) = seen.get(&to) {
            let ring: Vec<Point> = path.drain(start..).collect();
            for p in &ring {
                seen.remove(p);
            }
            rings.extend(Ring::new(ring));
        }
        let at = segments.partition_point(|s| s.0 < to);
        next = (at..segments.len()).take_while(|&j| segments[j].0 == to).find(|&j| !used[j]);
    }
    rings
}
