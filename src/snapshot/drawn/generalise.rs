//! Fewer vertices along the arcs, and the same partition.
//!
//! Vertices go by least area (Visvalingam & Whyatt, *Line generalisation by repeated elimination of
//! points*, 1993), each only while the closed triangle that it makes with its two neighbours holds no
//! other live vertex or node. A segment that crossed the new one would have to end in that triangle, so
//! none does: no arc ever crosses or touches another, whatever the tolerance. Douglas–Peucker per arc
//! with its ends pinned promises no such thing, and on real counties makes two arcs identical.

use super::live::LiveGrid;
use super::world::lattice_per_unit;
use crate::coverage::Coverage;
use crate::geom::{Point, predicate};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The least triangle that is drawn, in square tile units: a vertex that adds less goes.
///
/// A tile of 4096 units is shown on 512 pixels, so this is the area of one pixel.
pub const LEAST_TRIANGLE: f64 = 64.0;

/// The same at the zoom that is the first to show a layer's grids: there they are smallest, and one tile
/// of the inner city has a thousand of them. Five pixels' area: on the demo it takes a sixth off the
/// largest tile of all.
pub const CROWDED_TRIANGLE: f64 = 320.0;

/// Twice the least triangle at a zoom, in square lattice units.
///
/// Taken at the equator: further north a lattice unit of latitude is drawn larger, and at Guilin's
/// latitude the triangle drawn is 1.1 times as large.
pub fn tolerance(zoom: u8, least_triangle: f64) -> u64 {
    (2.0 * least_triangle * lattice_per_unit(zoom).powi(2)) as u64
}

/// The coverage with the vertices removed that add less than half of `tolerance` (square lattice units).
///
/// Nodes stay. An arc keeps an inner vertex if another one joins the same two nodes, and a closed arc
/// keeps three points; so no face vanishes. The result depends on the ground alone, and what happens in
/// one place not on another. Costs a heap of the removable vertices, `O(n log n)`.
#[must_use]
pub fn generalise(coverage: &Coverage, tolerance: u64) -> Coverage {
    let Some(mut thinning) = Thinning::of(coverage, tolerance) else { return coverage.clone() };
    thinning.run();
    coverage.redrawn(|arc| thinning.arc_points(arc.number))
}

/// No vertex: before the first and after the last of an arc.
const NONE: u32 = u32::MAX;
/// The area of a vertex that is kept, or gone.
const SETTLED: u64 = u64::MAX;
/// The area of a vertex whose triangle was not empty.
const BLOCKED: u64 = u64::MAX - 1;

struct Thinning {
    tolerance: u64,
    /// The points of all arcs, one after another.
    points: Vec<Point>,
    /// The live neighbours along the arc; the ends of an arc lack one.
    previous: Vec<u32>,
    next: Vec<u32>,
    /// Twice the area that each vertex stands in the heap with, or one of the marks above.
    area: Vec<u64>,
    /// Where each arc begins in `points`.
    first: Vec<u32>,
    /// How many inner vertices each arc may still lose.
    spare: Vec<u32>,
    live: LiveGrid,
    /// By area, then by place: ties are not left to the numbers of arcs.
    heap: BinaryHeap<Reverse<(u64, Point, u32)>>,
    blocked: Vec<u32>,
}

impl Thinning {
    fn of(coverage: &Coverage, tolerance: u64) -> Option<Self> {
        let around = coverage.bbox()?;
        let count = coverage.segment_count() + coverage.arcs().len();
        let mut thinning = Self {
            tolerance: tolerance.min(BLOCKED - 1),
            points: Vec::with_capacity(count),
            previous: Vec::with_capacity(count),
            next: Vec::with_capacity(count),
            area: vec![SETTLED; count],
            first: Vec::with_capacity(coverage.arcs().len()),
            spare: spare(coverage),
            live: LiveGrid::new(&vertices(coverage), around),
            heap: BinaryHeap::new(),
            blocked: Vec::new(),
        };
        for arc in coverage.arcs() {
            let from = thinning.points.len() as u32;
            let last = from + arc.points.len() as u32 - 1;
            thinning.first.push(from);
            thinning.points.extend(arc.points.iter());
            thinning.previous.extend((from..=last).map(|v| if v == from { NONE } else { v - 1 }));
            thinning.next.extend((from..=last).map(|v| if v == last { NONE } else { v + 1 }));
        }
        let candidates: Vec<_> = (0..count as u32).filter_map(|v| thinning.weigh(v)).collect();
        thinning.heap = candidates.into();
        Some(thinning)
    }

    /// Removes what can go; then tries again what was blocked, as long as anything went.
    fn run(&mut self) {
        loop {
            let mut removed = false;
            while let Some(Reverse((area, _, vertex))) = self.heap.pop() {
                removed |= self.area[vertex as usize] == area && self.remove(vertex);
            }
            if !removed {
                return;
            }
            for vertex in std::mem::take(&mut self.blocked) {
                if self.area[vertex as usize] == BLOCKED {
                    let entry = self.weigh(vertex);
                    self.heap.extend(entry);
                }
            }
        }
    }

    /// Sets the area of an inner vertex; its place in the heap when it is small enough.
    fn weigh(&mut self, vertex: u32) -> Option<Reverse<(u64, Point, u32)>> {
        let [a, b, c] = self.triangle(vertex)?;
        let area = predicate::cross(a, b, c).unsigned_abs();
        let small = u64::try_from(area).ok().filter(|&area| area <= self.tolerance);
        self.area[vertex as usize] = small.unwrap_or(SETTLED);
        small.map(|area| Reverse((area, b, vertex)))
    }

    /// An inner vertex between its two neighbours; `None` at the ends of an arc.
    fn triangle(&self, vertex: u32) -> Option<[Point; 3]> {
        let (before, after) = (self.previous[vertex as usize], self.next[vertex as usize]);
        let at = |v: u32| self.points[v as usize];
        (before != NONE && after != NONE).then(|| [at(before), at(vertex), at(after)])
    }

    fn remove(&mut self, vertex: u32) -> bool {
        let arc = self.first.partition_point(|&first| first <= vertex) - 1;
        let Some(triangle) = self.triangle(vertex) else { return false };
        if self.spare[arc] == 0 {
            self.area[vertex as usize] = SETTLED;
            return false;
        }
        if self.live.any_in_triangle(triangle) {
            self.area[vertex as usize] = BLOCKED;
            self.blocked.push(vertex);
            return false;
        }
        let (before, after) = (self.previous[vertex as usize], self.next[vertex as usize]);
        self.live.remove(triangle[1]);
        self.spare[arc] -= 1;
        self.area[vertex as usize] = SETTLED;
        self.next[before as usize] = after;
        self.previous[after as usize] = before;
        for neighbour in [before, after] {
            let entry = self.weigh(neighbour);
            self.heap.extend(entry);
        }
        true
    }

    fn arc_points(&self, arc: u32) -> Vec<Point> {
        let next = |&v: &u32| Some(self.next[v as usize]).filter(|&n| n != NONE);
        std::iter::successors(Some(self.first[arc as usize]), next).map(|v| self.points[v as usize]).collect()
    }
}

/// Each vertex once: inner ones, and the nodes.
fn vertices(coverage: &Coverage) -> Vec<Point> {
    let inner = |points: &[Point]| points[1..points.len() - 1].to_vec();
    let mut all: Vec<Point> =
        coverage.arcs().flat_map(|arc| [arc.points[0], arc.points[arc.points.len() - 1]]).collect();
    all.sort_unstable();
    all.dedup();
    all.extend(coverage.arcs().flat_map(|arc| inner(&arc.points)));
    all
}

/// How many inner vertices each arc may lose.
fn spare(coverage: &Coverage) -> Vec<u32> {
    let ends = |points: &[Point]| (points[0], points[points.len() - 1]);
    let mut joined: Vec<(Point, Point)> = coverage.arcs().map(|arc| ends(&arc.points)).collect();
    joined.sort_unstable();
    let has_twin = |pair: &(Point, Point)| {
        let at = joined.partition_point(|other| other < pair);
        joined.get(at + 1) == Some(pair)
    };
    let kept = |closed: bool, twin: bool| if closed { 2 } else { usize::from(twin) };
    coverage
        .arcs()
        .map(|arc| {
            (arc.points.len() - 2).saturating_sub(kept(arc.is_closed(), has_twin(&ends(&arc.points)))) as u32
        })
        .collect()
}
