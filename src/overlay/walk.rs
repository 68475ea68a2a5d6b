//! A walk along all borders of both coverages: what lies left and right, in both at once.

use super::fraction::Fraction;
use super::lines::{Lines, Segment};
use super::meet::{Crossing, Meetings, Passing, meetings};
use super::nodes::{Direction, Nodes, direction};
use super::same::Same;
use crate::coverage::{Coverage, Face};
use crate::geom::area::Sum;
use crate::geom::metric::Metric;
use crate::geom::predicate::cross;
use crate::geom::{Bbox, LATTICE_PER_DEGREE, Point};
use std::ops::Range;

/// The face of each of the two coverages over the same ground.
pub(super) type Pair = [Face; 2];

/// Where a run begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Stop {
    /// A vertex.
    Lattice(Point),
    /// The crossing of this number.
    Crossing(u32),
}

/// A stretch of border on which nothing changes: the same pair on the left, the same on the right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) ends: [Stop; 2],
    /// The way out at the start, and the way back at the end.
    pub(super) ways: [Direction; 2],
    pub(super) left: Pair,
    pub(super) right: Pair,
    /// What it adds to the area on its left, in square metres.
    pub(super) sweep_m2: f64,
    pub(super) length_m: f64,
    /// Which coverage's border it is (the first when both have it), and its segments there.
    pub(super) of: u8,
    pub(super) segments: [u32; 2],
}

impl Run {
    /// Whether both coverages have this border.
    pub(super) fn is_shared(&self) -> bool {
        self.left[0] != self.right[0] && self.left[1] != self.right[1]
    }
}

/// The runs of two coverages laid over each other, with what is needed to draw them.
#[derive(Debug, Default)]
pub(super) struct Runs {
    pub(super) all: Vec<Run>,
    pub(super) lines: [Lines; 2],
    pub(super) crossings: Vec<Crossing>,
}

/// A coverage, and which face of it owns a point (on a border, any of those beside it).
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The coverage.
    pub coverage: &'a Coverage,
    /// Who owns a point.
    pub owner: &'a (dyn Fn(Point) -> Face + Sync),
}

/// A place on a segment at which a run ends and another begins.
#[derive(Clone, Copy, Debug)]
struct Cut {
    segment: u32,
    along: Fraction,
    stop: Stop,
    /// The number of the node, at a lattice point.
    node: u32,
}

/// Walks the lines of both: all, or those that meet the ground that is asked for.
pub(super) fn walk(sides: [Side<'_>; 2], lines: [Lines; 2]) -> Runs {
    let same = Same::of([&lines[0], &lines[1]]);
    let Meetings { crossings, passings } = meetings([&lines[0], &lines[1]], &same);
    let nodes = Nodes::of(&passings, [&lines[0], &lines[1]]);
    let cuts = cuts([&lines[0], &lines[1]], &crossings, &passings);
    // One origin for both: the runs of a ring come from both, and only on the whole way round does it fall out.
    let whole = sides.iter().filter_map(|side| side.coverage.bbox()).reduce(Bbox::union);
    let latitude = whole.map_or(0.0, |b| 0.5 * (b.min.lat() + b.max.lat()));
    let none = Sum::about(latitude);
    let mut runs = Vec::new();
    for (of, cuts) in cuts.iter().enumerate() {
        let other = 1 - of;
        let mut walker = Walker {
            of,
            lines: [&lines[of], &lines[other]],
            crossings: &crossings,
            nodes: &nodes,
            owner: sides[other].owner,
            none,
            gauge: Gauge::at(latitude),
            runs: &mut runs,
        };
        walker.walk(cuts);
    }
    Runs { all: runs, lines, crossings }
}

/// The cuts of both, in the order of their lines.
fn cuts(lines: [&Lines; 2], crossings: &[Crossing], passings: &[Passing]) -> [Vec<Cut>; 2] {
    let mut cuts = [Vec::new(), Vec::new()];
    for (k, crossing) in crossings.iter().enumerate() {
        for (of, cuts) in cuts.iter_mut().enumerate() {
            let (segment, along) = (crossing.of[of], crossing.along[of]);
            cuts.push(Cut { segment, along, stop: Stop::Crossing(k as u32), node: 0 });
        }
    }
    for (node, at_point) in passings.chunk_by(|a, b| a.point == b.point).enumerate() {
        for &Passing { point, of, segment } in at_point {
            let Segment { from, to, .. } = *lines[usize::from(of)].segment(segment);
            let along = Fraction::at(point, from, to);
            let stop = Stop::Lattice(point);
            cuts[usize::from(of)].push(Cut { segment, along, stop, node: node as u32 });
        }
    }
    for cuts in &mut cuts {
        cuts.sort_unstable_by(|a, b| a.segment.cmp(&b.segment).then_with(|| a.along.cmp(&b.along)));
    }
    cuts
}

struct Walker<'a> {
    of: usize,
    /// The lines of the coverage that is walked, and of the other.
    lines: [&'a Lines; 2],
    crossings: &'a [Crossing],
    nodes: &'a Nodes,
    /// Who owns a point in the other.
    owner: &'a (dyn Fn(Point) -> Face + Sync),
    /// An empty sum about the local origin of all areas.
    none: Sum,
    gauge: Gauge,
    runs: &'a mut Vec<Run>,
}

/// Lengths in the metric of the hundredth of a degree of latitude that the southern end lies in, which is within 5e-5 of
/// the local one: so a length does not depend on where its run began.
#[derive(Clone, Copy)]
struct Gauge {
    band: i32,
    metric: Metric,
}

impl Gauge {
    const BANDS_PER_DEGREE: f64 = 100.0;

    fn at(latitude: f64) -> Self {
        let band = (latitude * Self::BANDS_PER_DEGREE).floor();
        Self { band: band as i32, metric: Metric::at_latitude((band + 0.5) / Self::BANDS_PER_DEGREE) }
    }

    fn length_m(&mut self, from: (f64, f64), to: (f64, f64)) -> f64 {
        let south = from.1.min(to.1);
        if (south * Self::BANDS_PER_DEGREE).floor() as i32 != self.band {
            *self = Self::at(south);
        }
        let Metric { east_m, north_m } = self.metric;
        let (east, north) = ((to.0 - from.0) * east_m, (to.1 - from.1) * north_m);
        (east * east + north * north).sqrt() * LATTICE_PER_DEGREE
    }
}

/// A run on its way.
struct Open {
    stop: Stop,
    way: Direction,
    /// What the other coverage has left and right.
    beside: [Face; 2],
    from: (f64, f64),
    first: u32,
    sweep: Sum,
    length_m: f64,
    /// Whether it is a run of the other's walk too.
    is_known: bool,
}

impl Walker<'_> {
    fn walk(&mut self, cuts: &[Cut]) {
        let lines = self.lines[0];
        let mut rest = cuts;
        for chain in lines.chains() {
            let (mine, others) = rest.split_at(rest.partition_point(|cut| cut.segment < chain.end));
            rest = others;
            self.chain(chain, mine);
        }
    }

    fn chain(&mut self, numbers: Range<u32>, mut cuts: &[Cut]) {
        let start = self.lines[0].segment(numbers.start);
        let mut open = match cuts.first() {
            Some(cut) if cut.along == Fraction::START && cut.segment == numbers.start => None,
            _ => {
                let face = (self.owner)(start.from);
                Some(self.begin(Stop::Lattice(start.from), numbers.start, [face, face]))
            }
        };
        for number in numbers.clone() {
            let segment = self.lines[0].segment(number);
            while let Some((cut, others)) = cuts.split_first().filter(|(cut, _)| cut.segment == number) {
                cuts = others;
                if let Some(run) = open.take() {
                    self.finish(run, cut.stop, number);
                }
                if cut.along != Fraction::END {
                    open = Some(self.begin(cut.stop, number, self.after(cut, segment)));
                }
            }
            if let Some(run) = &mut open {
                run.advance(position(segment.to), &mut self.gauge);
            }
        }
        if let Some(run) = open {
            let last = numbers.end - 1;
            self.finish(run, Stop::Lattice(self.lines[0].segment(last).to), last);
        }
    }

    /// What the other coverage has beside a segment after a cut of it.
    fn after(&self, cut: &Cut, segment: &Segment) -> [Face; 2] {
        match cut.stop {
            Stop::Lattice(_) => self.nodes.beside(cut.node, 1 - self.of, direction(segment.from, segment.to)),
            Stop::Crossing(k) => {
                let crossed = self.lines[1].segment(self.crossings[k as usize].of[1 - self.of]);
                let ahead = cross(crossed.from, crossed.to, segment.to) > 0;
                let face = if ahead { crossed.left } else { crossed.right };
                [face, face]
            }
        }
    }

    fn begin(&self, stop: Stop, number: u32, beside: [Face; 2]) -> Open {
        let segment = self.lines[0].segment(number);
        Open {
            stop,
            way: direction(segment.from, segment.to),
            beside,
            from: self.place(stop),
            first: number,
            sweep: self.none,
            length_m: 0.0,
            // The first coverage's walk has it already.
            is_known: self.of == 1 && beside[0] != beside[1],
        }
    }

    fn finish(&mut self, mut run: Open, stop: Stop, number: u32) {
        run.advance(self.place(stop), &mut self.gauge);
        let segment = self.lines[0].segment(number);
        if run.is_known {
            return;
        }
        let pair = |own: Face, other: Face| if self.of == 0 { [own, other] } else { [other, own] };
        self.runs.push(Run {
            ends: [run.stop, stop],
            ways: [run.way, direction(segment.to, segment.from)],
            left: pair(segment.left, run.beside[0]),
            right: pair(segment.right, run.beside[1]),
            sweep_m2: run.sweep.square_metres(),
            length_m: run.length_m,
            of: self.of as u8,
            segments: [run.first, number],
        });
    }

    fn place(&self, stop: Stop) -> (f64, f64) {
        match stop {
            Stop::Lattice(point) => position(point),
            Stop::Crossing(k) => self.crossings[k as usize].place,
        }
    }
}

impl Open {
    fn advance(&mut self, to: (f64, f64), gauge: &mut Gauge) {
        if self.is_known {
            return;
        }
        self.sweep.edge(self.from, to);
        self.length_m += gauge.length_m(self.from, to);
        self.from = to;
    }
}

pub(super) fn position(p: Point) -> (f64, f64) {
    (p.lon(), p.lat())
}
