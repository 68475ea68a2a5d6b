//! The pieces: connected ground with one unit of each layer.

use super::lines::{Lines, Segment};
use super::rings::{HalfRun, Rings, Torn, is_reversed, left_of, run_of};
use super::walk::{Pair, Runs, Side, Stop, position, walk};
use crate::coverage::Face;
use crate::geom::Bbox;
use std::collections::BTreeSet;

/// Two coverages laid over each other.
#[derive(Debug)]
pub struct Overlay {
    pub(super) runs: Runs,
    pub(super) rings: Rings,
    pieces: Vec<Piece>,
}

/// Connected ground with one face in each of the two coverages; one of them may be the outside, not both.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// The faces.
    pub faces: Pair,
    /// Its area in square metres, holes taken off.
    pub area_m2: f64,
    /// The length of all its borders in metres, those of its holes included.
    pub perimeter_m: f64,
    /// Whether a border of the second coverage cuts it out of its face of the first.
    pub is_cut: bool,
    /// Its rings: the outer one first.
    rings: Vec<u32>,
}

/// What is too thin or too small to be counted as a piece: two borders drawn by hand that mean the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SliverRule {
    /// A piece of less mean width, `2 · area / perimeter`, is a sliver.
    pub width_m: f64,
    /// So is one of less area.
    pub area_m2: f64,
}

impl Default for SliverRule {
    fn default() -> Self {
        Self { width_m: 5.0, area_m2: 50.0 }
    }
}

impl SliverRule {
    /// Whether a piece is a sliver.
    pub fn takes(&self, area_m2: f64, perimeter_m: f64) -> bool {
        area_m2 < self.area_m2 || 2.0 * area_m2 < self.width_m * perimeter_m
    }
}

impl Overlay {
    /// Lays two coverages over each other. Costs O(n log n) of their segments.
    pub fn new(sides: [Side<'_>; 2]) -> Result<Self, Torn> {
        let runs = walk(sides, sides.map(|side| Lines::of(side.coverage, |_| true)));
        let rings = Rings::of(&runs.all, |_| true)?;
        Ok(Self { runs, rings, pieces: Vec::new() }.gathered())
    }

    /// Only the pieces of some faces of either: those of `new` with such a face, no others.
    ///
    /// Looks at each segment once and works on those near the faces only.
    pub fn of_faces(sides: [Side<'_>; 2], faces: [&BTreeSet<Face>; 2]) -> Result<Self, Torn> {
        let boxes: Vec<Bbox> = [0, 1]
            .into_iter()
            .flat_map(|k| faces[k].iter().filter_map(move |&face| sides[k].coverage.face_bbox(face)))
            .collect();
        let near = |segment: &Segment| {
            let bbox = segment.bbox();
            boxes.iter().any(|b| b.intersects(&bbox))
        };
        let runs = walk(sides, sides.map(|side| Lines::of(side.coverage, near)));
        let rings = Rings::of(&runs.all, |pair| (0..2).any(|k| faces[k].contains(&pair[k])))?;
        Ok(Self { runs, rings, pieces: Vec::new() }.gathered())
    }

    /// The pieces, ordered by their faces, then from the largest.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The rings of a piece as positions (lon, lat) in degrees, closed: the outer one counter-clockwise, then the holes
    /// clockwise. Crossings of borders are not on the lattice.
    pub fn outline(&self, piece: &Piece) -> Vec<Vec<(f64, f64)>> {
        piece.rings.iter().map(|&ring| self.positions(ring)).collect()
    }

    /// The length in metres of the borders that both coverages have.
    pub fn shared_m(&self) -> f64 {
        self.runs.all.iter().filter(|run| run.is_shared()).map(|run| run.length_m).sum()
    }

    fn gathered(mut self) -> Self {
        self.pieces = self.gather();
        self
    }

    fn gather(&self) -> Vec<Piece> {
        let nowhere = [Face::OUTSIDE; 2];
        let (mut outer, mut holes) = (Vec::new(), Vec::new());
        for (number, ring) in self.rings.rings.iter().enumerate() {
            if ring.pair != nowhere {
                let list = if ring.area_m2 > 0.0 { &mut outer } else { &mut holes };
                list.push(number as u32);
            }
        }
        let ring = |number: u32| &self.rings.rings[number as usize];
        outer.sort_by(|&a, &b| {
            let (a, b) = (ring(a), ring(b));
            a.pair.cmp(&b.pair).then(b.area_m2.total_cmp(&a.area_m2)).then(a.start.cmp(&b.start))
        });
        let of = |&number: &u32| Piece {
            faces: ring(number).pair,
            area_m2: ring(number).area_m2,
            perimeter_m: ring(number).length_m,
            is_cut: ring(number).is_cut,
            rings: vec![number],
        };
        let mut pieces: Vec<Piece> = outer.iter().map(of).collect();
        for hole in holes {
            let pair = ring(hole).pair;
            let first = pieces.partition_point(|p| p.faces < pair);
            let count = pieces[first..].partition_point(|p| p.faces == pair);
            // The smallest piece around it; a pair has rarely more than one.
            let inside = |p: &Piece| count == 1 || self.holds(p.rings[0], self.place(ring(hole).start));
            if let Some(piece) = pieces[first..first + count].iter_mut().rev().find(|p| inside(p)) {
                piece.area_m2 += ring(hole).area_m2;
                piece.perimeter_m += ring(hole).length_m;
                piece.is_cut |= ring(hole).is_cut;
                piece.rings.push(hole);
            }
        }
        pieces.sort_by(|p, q| p.faces.cmp(&q.faces).then(q.area_m2.total_cmp(&p.area_m2)));
        pieces
    }

    /// Whether a ring goes round a place that is not on it.
    fn holds(&self, ring: u32, (x, y): (f64, f64)) -> bool {
        let points = self.positions(ring);
        let crossed = |w: &&[(f64, f64)]| {
            let ((ax, ay), (bx, by)) = (w[0], w[1]);
            (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax)
        };
        points.windows(2).filter(crossed).count() % 2 == 1
    }

    /// Where a half-run begins.
    fn place(&self, half: HalfRun) -> (f64, f64) {
        let run = &self.runs.all[run_of(half)];
        match run.ends[usize::from(is_reversed(half))] {
            Stop::Lattice(point) => position(point),
            Stop::Crossing(k) => self.runs.crossings[k as usize].place,
        }
    }

    fn positions(&self, ring: u32) -> Vec<(f64, f64)> {
        let ring = &self.rings.rings[ring as usize];
        let mut line = Vec::new();
        for half in self.rings.half_runs(ring) {
            debug_assert_eq!(left_of(&self.runs.all, half), ring.pair);
            line.push(self.place(half));
            let run = &self.runs.all[run_of(half)];
            let segments = &self.runs.lines[usize::from(run.of)].segments;
            let within = &segments[run.segments[0] as usize..run.segments[1] as usize];
            let vertices = within.iter().map(|segment| position(segment.to));
            if is_reversed(half) {
                line.extend(vertices.rev());
            } else {
                line.extend(vertices);
            }
        }
        line.push(line[0]);
        line
    }
}
