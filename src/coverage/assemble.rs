//! From labelled segments to arcs.
//!
//! The whole of it is two sorts: segments by their ends, which brings the two sides of each together,
//! and ends by their point, which gives every vertex its segments. No hashing, so the arcs and their
//! order depend on nothing but the ground itself.

use super::arcs::{Arc, Face};
use super::points::Arcs;
use super::{Coverage, Defect, DefectKind, faces};
use crate::geom::{Point, Shape};
use crate::unit::UnitId;
use rayon::prelude::*;
use std::collections::HashSet;

/// A segment with `a < b` and the faces left and right of `a` → `b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Segment {
    pub a: Point,
    pub b: Point,
    pub left: Face,
    pub right: Face,
}

impl Segment {
    /// The segment from `p` to `q` with `face` on its left; its other side is yet unknown.
    fn one_sided(p: Point, q: Point, face: Face) -> Self {
        if p < q {
            Self { a: p, b: q, left: face, right: Face::OUTSIDE }
        } else {
            Self { a: q, b: p, left: Face::OUTSIDE, right: face }
        }
    }

    /// The same segment without what its faces were: what the two sides of a border have in common.
    fn place(&self) -> (Point, Point) {
        (self.a, self.b)
    }
}

impl Coverage {
    /// Assembles a coverage from shapes that already share their vertices: what a store gives back.
    ///
    /// Shapes with one id are one unit. Refuses a segment that has two units on one side, each with its
    /// place. It does *not* look for crossings: shapes from outside go through [`Coverage::build`].
    /// Costs two sorts of the segments.
    pub fn assemble(shapes: &[(UnitId, Shape)]) -> Result<Self, Vec<Defect>> {
        let mut units: Vec<UnitId> = shapes.iter().filter(|s| !s.1.is_empty()).map(|s| s.0).collect();
        units.sort_unstable();
        units.dedup();
        let mut segments: Vec<Segment> = shapes
            .par_iter()
            .filter(|(_, shape)| !shape.is_empty())
            .flat_map_iter(|(id, shape)| {
                let place = units.binary_search(id).expect("every id was listed above");
                one_sided(shape, Face(place as u32 + 1))
            })
            .collect();
        segments.par_sort_unstable();
        let segments = pair(&segments, &units)?;
        Ok(Self::from_segments(units, &segments))
    }

    /// Assembles a coverage from segments, each with the units on the left and on the right of the way from
    /// its first point to its second.
    ///
    /// Each place may be given once. Segments with the same on both sides are no border and are passed
    /// over. Nothing is checked: ask [`super::check_invariants`]. Costs two sorts of the segments.
    pub fn from_sides(
        sided: impl IntoIterator<Item = ((Point, Point), (Option<UnitId>, Option<UnitId>))>,
    ) -> Self {
        let sided: Vec<_> = sided.into_iter().filter(|(_, (left, right))| left != right).collect();
        let mut units: Vec<UnitId> = sided.iter().flat_map(|(_, (l, r))| [*l, *r]).flatten().collect();
        units.par_sort_unstable();
        units.dedup();
        let face = |side: Option<UnitId>| {
            side.and_then(|id| units.binary_search(&id).ok()).map_or(Face::OUTSIDE, |i| Face(i as u32 + 1))
        };
        let mut segments: Vec<Segment> = sided
            .iter()
            .map(|&((a, b), (left, right))| {
                let (left, right) = (face(left), face(right));
                if a < b {
                    Segment { a, b, left, right }
                } else {
                    Segment { a: b, b: a, left: right, right: left }
                }
            })
            .collect();
        segments.par_sort_unstable();
        Self::from_segments(units, &segments)
    }

    /// Builds arcs and faces from segments that are sorted by place, each once, with both sides known.
    pub(super) fn from_segments(units: Vec<UnitId>, segments: &[Segment]) -> Self {
        let (points, arcs, _) = trace(segments, &HashSet::new());
        let mut coverage = Self { units, points: Arcs::Memory(points), arcs, faces: Vec::new() };
        coverage.faces = faces::assemble(&coverage, |face| face != Face::OUTSIDE);
        coverage
    }
}

/// The points of all arcs of some segments, the arcs, and how many of these begin at a node; the others close on
/// themselves without one. Segments are sorted by place; `nodes` are such because of arcs that are not among them.
pub(super) fn trace(segments: &[Segment], nodes: &HashSet<Point>) -> (Vec<Point>, Vec<Arc>, usize) {
    let vertices = Vertices::of(segments);
    Tracer { segments, vertices: &vertices, nodes, used: vec![false; segments.len()] }.trace()
}

/// The segments of a shape, each with the shape's face on the side where its ground lies.
fn one_sided(shape: &Shape, face: Face) -> Vec<Segment> {
    let mut segments = Vec::with_capacity(shape.point_count());
    for polygon in shape.polygons() {
        for (i, ring) in polygon.rings().enumerate() {
            let ground_on_left = ring.is_ccw() == (i == 0);
            segments.extend(ring.segments().map(|(p, q)| {
                let (p, q) = if ground_on_left { (p, q) } else { (q, p) };
                Segment::one_sided(p, q, face)
            }));
        }
    }
    segments
}

/// Joins the one-sided segments of each place into one; a segment with a unit on both sides that is the
/// same is no border and vanishes.
fn pair(sorted: &[Segment], units: &[UnitId]) -> Result<Vec<Segment>, Vec<Defect>> {
    let mut joined = Vec::with_capacity(sorted.len() / 2 + 1);
    let mut defects = Vec::new();
    for group in sorted.chunk_by(|s, t| s.place() == t.place()) {
        let side = |pick: fn(&Segment) -> Face| {
            let mut faces = group.iter().map(pick).filter(|&f| f != Face::OUTSIDE);
            (faces.next().unwrap_or_default(), faces.next())
        };
        let ((left, more_left), (right, more_right)) = (side(|s| s.left), side(|s| s.right));
        for (first, second) in [(left, more_left), (right, more_right)] {
            if let Some(second) = second {
                defects.push(doubled(group[0], first, second, units));
            }
        }
        if left != right {
            joined.push(Segment { left, right, ..group[0] });
        }
    }
    if defects.is_empty() { Ok(joined) } else { Err(defects) }
}

fn doubled(segment: Segment, first: Face, second: Face, units: &[UnitId]) -> Defect {
    let unit = |f: Face| units[f.0 as usize - 1];
    let mut both = vec![unit(first), unit(second)];
    both.dedup();
    let (kind, detail) = if both.len() == 1 {
        (DefectKind::SelfCrossing, format!("the border of unit {} runs twice along one segment", both[0]))
    } else {
        (
            DefectKind::Overlap,
            format!("units {} and {} lie on the same side of one segment", both[0], both[1]),
        )
    };
    Defect { kind, at: Some(segment.a), units: both, area_m2: None, shape: None, detail }
}

/// The vertices of a set of segments, ascending, each with its segments.
struct Vertices {
    /// (point, segment) for both ends of all segments, sorted.
    ends: Vec<(Point, u32)>,
    /// Where each vertex begins in `ends`; one more at the end.
    starts: Vec<u32>,
    /// The vertices at `a` and at `b` of each segment.
    of_segment: Vec<[u32; 2]>,
}

impl Vertices {
    fn of(segments: &[Segment]) -> Self {
        let mut ends: Vec<(Point, u32)> =
            segments.iter().enumerate().flat_map(|(i, s)| [(s.a, i as u32), (s.b, i as u32)]).collect();
        ends.par_sort_unstable();
        let mut starts = Vec::new();
        let mut of_segment = vec![[0; 2]; segments.len()];
        for (i, &(point, segment)) in ends.iter().enumerate() {
            if i == 0 || ends[i - 1].0 != point {
                starts.push(i as u32);
            }
            let s = segment as usize;
            of_segment[s][usize::from(segments[s].b == point)] = starts.len() as u32 - 1;
        }
        starts.push(ends.len() as u32);
        Self { ends, starts, of_segment }
    }

    fn count(&self) -> u32 {
        self.starts.len() as u32 - 1
    }

    fn segments(&self, vertex: u32) -> &[(Point, u32)] {
        let v = vertex as usize;
        &self.ends[self.starts[v] as usize..self.starts[v + 1] as usize]
    }
}

/// Walks along segments from node to node.
struct Tracer<'a> {
    segments: &'a [Segment],
    vertices: &'a Vertices,
    nodes: &'a HashSet<Point>,
    used: Vec<bool>,
}

impl Tracer<'_> {
    fn trace(mut self) -> (Vec<Point>, Vec<Arc>, usize) {
        let (mut points, mut arcs) = (Vec::new(), Vec::new());
        let vertices = self.vertices;
        let nodes = (0..vertices.count()).filter(|&v| self.is_node(v)).collect::<Vec<_>>();
        self.from(nodes.into_iter(), &mut points, &mut arcs);
        let with_nodes = arcs.len();
        // What is left are closed runs without one, met at their smallest point.
        self.from(0..vertices.count(), &mut points, &mut arcs);
        (points, arcs, with_nodes)
    }

    fn from(&mut self, starts: impl Iterator<Item = u32>, points: &mut Vec<Point>, arcs: &mut Vec<Arc>) {
        let vertices = self.vertices;
        for vertex in starts {
            for &(_, segment) in vertices.segments(vertex) {
                if !self.used[segment as usize] {
                    arcs.push(self.walk(vertex, segment, points));
                }
            }
        }
    }

    /// A node has other than two segments. Two segments part the same two faces unless the shapes were
    /// no coverage; then the vertex is a node, so that an arc has one face on each side in any case.
    fn is_node(&self, vertex: u32) -> bool {
        match self.vertices.segments(vertex) {
            &[(p, s), (_, t)] => {
                self.left_from(vertex, s) != self.left_into(vertex, t) || self.nodes.contains(&p)
            }
            _ => true,
        }
    }

    fn left_from(&self, vertex: u32, segment: u32) -> (Face, Face) {
        let s = &self.segments[segment as usize];
        let forward = self.vertices.of_segment[segment as usize][0] == vertex;
        if forward { (s.left, s.right) } else { (s.right, s.left) }
    }

    fn left_into(&self, vertex: u32, segment: u32) -> (Face, Face) {
        let (left, right) = self.left_from(vertex, segment);
        (right, left)
    }

    fn walk(&mut self, start: u32, first_segment: u32, points: &mut Vec<Point>) -> Arc {
        let first = points.len();
        let (mut left, mut right) = self.left_from(start, first_segment);
        let (mut vertex, mut segment) = (start, first_segment);
        points.push(self.point(start));
        loop {
            self.used[segment as usize] = true;
            let [a, b] = self.vertices.of_segment[segment as usize];
            vertex = if vertex == a { b } else { a };
            points.push(self.point(vertex));
            if vertex == start || self.is_node(vertex) {
                break;
            }
            let ends = self.vertices.segments(vertex);
            segment = if ends[0].1 == segment { ends[1].1 } else { ends[0].1 };
        }
        let run = &mut points[first..];
        if vertex == start && run[1] > run[run.len() - 2] {
            run.reverse();
            std::mem::swap(&mut left, &mut right);
        }
        let len = run.len() as u32;
        Arc { first: first as u32, len, left, right }
    }

    fn point(&self, vertex: u32) -> Point {
        self.vertices.segments(vertex)[0].0
    }
}
