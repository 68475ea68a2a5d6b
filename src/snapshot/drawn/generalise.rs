//! Fewer vertices along the arcs, and the same partition.
//!
//! Vertices go by least area (Visvalingam & Whyatt, *Line generalisation by repeated elimination of
//! points*, 1993), each only while the closed triangle that it makes with its two neighbours holds no
//! other live vertex or node. A segment that crossed the new one would have to end in that triangle, so
//! none does: no arc ever crosses or touches another, whatever the tolerance. Douglas–Peucker per arc
//! with its ends pinned promises no such thing, and on real counties makes two arcs identical.

use super::live::LiveGrid;
use super::world::lattice_per_unit;
use crate::coverage::{ArcRef, Coverage};
use crate::geom::{Bbox, Point, predicate};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::ops::Range;

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
    let arcs: Vec<ArcRef<'_>> = coverage.arcs().collect();
    let Some(mut thinning) = Thinning::of(&arcs, None, tolerance) else { return coverage.clone() };
    thinning.run();
    coverage.redrawn(|arc| thinning.arc_points(arc.number as usize))
}

/// Some arcs of a coverage thinned as [`generalise`] thins them; `None` for an arc of which that is not certain.
///
/// `arcs` are all that have a vertex in `within`. An arc is uncertain when one of its vertices was weighed by a triangle
/// that reaches out of `within`, or that holds a vertex of an arc which is uncertain by then. All others have met nothing
/// but what thinning the whole coverage would have shown them, in the same order: it takes the least vertex next wherever
/// that is, so what happens elsewhere only comes between.
pub(super) fn generalise_within(
    arcs: &[ArcRef<'_>],
    within: Bbox,
    tolerance: u64,
) -> Vec<Option<Vec<Point>>> {
    let Some(mut thinning) = Thinning::of(arcs, Some(within), tolerance) else { return Vec::new() };
    thinning.run();
    thinning.doubt_the_blocked();
    let certain = |arc: usize| !thinning.uncertain.has(arc);
    (0..arcs.len()).map(|arc| certain(arc).then(|| thinning.arc_points(arc))).collect()
}

/// What thinning makes of an arc near others that are to be replaced.
pub(super) struct Met {
    /// Its points as the whole thins them; `None` when that is not certain.
    pub points: Option<Vec<Point>>,
    /// Whether it may come out otherwise when the others are replaced.
    pub reached: bool,
}

/// The same, and which arcs have met some of them: those at the places `from`, and whatever was weighed by a triangle that
/// holds a vertex of one that is reached by then. What is reached goes on all the same.
pub(super) fn generalise_from(
    arcs: &[ArcRef<'_>],
    within: Bbox,
    tolerance: u64,
    from: impl Iterator<Item = usize>,
) -> Vec<Met> {
    let Some(mut thinning) = Thinning::of(arcs, Some(within), tolerance) else { return Vec::new() };
    for arc in from {
        // Its ends, too: they may be nodes before or after only.
        thinning.reached.add(arc, &arcs[arc].points);
    }
    thinning.run();
    thinning.doubt_the_blocked();
    thinning.reach_the_blocked();
    let met = |arc| Met {
        points: (!thinning.uncertain.has(arc)).then(|| thinning.arc_points(arc)),
        reached: thinning.reached.has(arc),
    };
    (0..arcs.len()).map(met).collect()
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
    /// Where all vertices are known; everywhere when it is `None`.
    within: Option<Bbox>,
    /// The arcs that may come out otherwise than in the whole.
    uncertain: Marked,
    /// The arcs that may come out otherwise when others are replaced.
    reached: Marked,
}

/// Some arcs, and the vertices of theirs that may go, those that went included.
struct Marked {
    arcs: Vec<bool>,
    vertices: HashSet<Point>,
}

impl Marked {
    fn none_of(count: usize) -> Self {
        Self { arcs: vec![false; count], vertices: HashSet::new() }
    }

    fn has(&self, arc: usize) -> bool {
        self.arcs[arc]
    }

    fn add(&mut self, arc: usize, vertices: &[Point]) {
        if !std::mem::replace(&mut self.arcs[arc], true) {
            self.vertices.extend(vertices);
        }
    }
}

impl Thinning {
    fn of(arcs: &[ArcRef<'_>], within: Option<Bbox>, tolerance: u64) -> Option<Self> {
        let around = arcs.iter().map(ArcRef::bbox).reduce(Bbox::union)?;
        let count = arcs.iter().map(|arc| arc.points.len()).sum();
        let mut thinning = Self {
            tolerance: tolerance.min(BLOCKED - 1),
            points: Vec::with_capacity(count),
            previous: Vec::with_capacity(count),
            next: Vec::with_capacity(count),
            area: vec![SETTLED; count],
            first: Vec::with_capacity(arcs.len()),
            spare: spare(arcs),
            live: LiveGrid::new(&vertices(arcs), around),
            heap: BinaryHeap::new(),
            blocked: Vec::new(),
            within,
            uncertain: Marked::none_of(arcs.len()),
            reached: Marked::none_of(arcs.len()),
        };
        for arc in arcs {
            let from = thinning.points.len() as u32;
            let last = from + arc.points.len() as u32 - 1;
            thinning.first.push(from);
            thinning.points.extend(arc.points.iter());
            thinning.previous.extend((from..=last).map(|v| if v == from { NONE } else { v - 1 }));
            thinning.next.extend((from..=last).map(|v| if v == last { NONE } else { v + 1 }));
        }
        let candidates: Vec<_> = (0..count as u32).filter_map(|v| thinning.weigh(v)).collect();
        thinning.heap = candidates.into();
        // Whether another arc joins the same nodes is known where one of them is.
        let unknown = |arc: &ArcRef<'_>| {
            let ends = [arc.points[0], arc.points[arc.points.len() - 1]];
            within.is_some_and(|within| !arc.is_closed() && !ends.iter().any(|&end| within.contains(end)))
        };
        for (number, _) in arcs.iter().enumerate().filter(|(_, arc)| unknown(arc)) {
            thinning.doubt(number);
        }
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
        let arc = self.arc_of(vertex);
        let Some(triangle) = self.triangle(vertex) else { return false };
        if self.within.is_some() && (self.uncertain.has(arc) || self.is_doubtful(triangle)) {
            self.doubt(arc);
            return false;
        }
        if !self.reached.has(arc) && self.holds(triangle, &self.reached) {
            self.reach(arc);
        }
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

    fn arc_of(&self, vertex: u32) -> usize {
        self.first.partition_point(|&first| first <= vertex) - 1
    }

    /// Whether a triangle may hold, or may have held, what is not known here.
    fn is_doubtful(&self, triangle: [Point; 3]) -> bool {
        let known = self.within.is_none_or(|within| triangle.iter().all(|&corner| within.contains(corner)));
        !known || self.holds(triangle, &self.uncertain)
    }

    /// Whether a triangle holds, or held, a vertex of the arcs that are marked.
    fn holds(&self, triangle: [Point; 3], marked: &Marked) -> bool {
        !marked.vertices.is_empty()
            && self.live.any_ever_in_triangle(triangle, |p| marked.vertices.contains(&p))
    }

    /// Notes that an arc may come out otherwise than in the whole.
    fn doubt(&mut self, arc: usize) {
        let inner = self.inner(arc);
        self.uncertain.add(arc, &self.points[inner]);
    }

    /// Notes that an arc may come out otherwise when others are replaced.
    fn reach(&mut self, arc: usize) {
        let inner = self.inner(arc);
        self.reached.add(arc, &self.points[inner]);
    }

    /// Where the inner vertices of an arc stand.
    fn inner(&self, arc: usize) -> Range<usize> {
        let to = self.first.get(arc + 1).map_or(self.points.len(), |&next| next as usize);
        self.first[arc] as usize + 1..to - 1
    }

    /// What was blocked to the end might be let go later, when what blocks it is uncertain.
    fn doubt_the_blocked(&mut self) {
        self.spread(|all, arc, triangle| !all.uncertain.has(arc) && all.is_doubtful(triangle), Self::doubt);
    }

    /// The same when what blocks it may be replaced.
    fn reach_the_blocked(&mut self) {
        self.spread(
            |all, arc, triangle| !all.reached.has(arc) && all.holds(triangle, &all.reached),
            Self::reach,
        );
    }

    /// Marks the arcs with a vertex that was blocked to the end and of whose triangle something is so, until there are none.
    fn spread(&mut self, is: impl Fn(&Self, usize, [Point; 3]) -> bool, mark: impl Fn(&mut Self, usize)) {
        let blocked: Vec<u32> =
            (0..self.points.len() as u32).filter(|&v| self.area[v as usize] == BLOCKED).collect();
        loop {
            let mut marked = false;
            for &vertex in &blocked {
                let arc = self.arc_of(vertex);
                if self.triangle(vertex).is_some_and(|triangle| is(self, arc, triangle)) {
                    mark(self, arc);
                    marked = true;
                }
            }
            if !marked {
                return;
            }
        }
    }

    fn arc_points(&self, arc: usize) -> Vec<Point> {
        let next = |&v: &u32| Some(self.next[v as usize]).filter(|&n| n != NONE);
        std::iter::successors(Some(self.first[arc]), next).map(|v| self.points[v as usize]).collect()
    }
}

/// Each vertex once: inner ones, and the nodes.
fn vertices(arcs: &[ArcRef<'_>]) -> Vec<Point> {
    let mut all: Vec<Point> =
        arcs.iter().flat_map(|arc| [arc.points[0], arc.points[arc.points.len() - 1]]).collect();
    all.sort_unstable();
    all.dedup();
    all.extend(arcs.iter().flat_map(|arc| &arc.points[1..arc.points.len() - 1]));
    all
}

/// How many inner vertices each arc may lose.
fn spare(arcs: &[ArcRef<'_>]) -> Vec<u32> {
    let ends = |points: &[Point]| (points[0], points[points.len() - 1]);
    let mut joined: Vec<(Point, Point)> = arcs.iter().map(|arc| ends(&arc.points)).collect();
    joined.sort_unstable();
    let has_twin = |pair: &(Point, Point)| {
        let at = joined.partition_point(|other| other < pair);
        joined.get(at + 1) == Some(pair)
    };
    let kept = |closed: bool, twin: bool| if closed { 2 } else { usize::from(twin) };
    arcs.iter()
        .map(|arc| {
            (arc.points.len() - 2).saturating_sub(kept(arc.is_closed(), has_twin(&ends(&arc.points)))) as u32
        })
        .collect()
}
