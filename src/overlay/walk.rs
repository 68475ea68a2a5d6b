//! A walk along all borders of both coverages: what lies left and right, in both at once.

use super::fraction::Fraction;
use super::meet::{Crossing, Meetings, Segment, meetings, segments};
use super::nodes::{Direction, Nodes, direction};
use crate::coverage::{Coverage, Face, Index};
use crate::geom::area::Sum;
use crate::geom::metric::Metric;
use crate::geom::{Bbox, LATTICE_PER_DEGREE, Point};

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
    pub(super) segments: [Vec<Segment>; 2],
    pub(super) crossings: Vec<Crossing>,
}

/// A coverage with its index.
pub(super) type Layer<'a> = (&'a Coverage, &'a Index);

/// A place on a segment at which a run ends and another begins.
#[derive(Clone, Copy, Debug)]
struct Cut {
    segment: u32,
    along: Fraction,
    stop: Stop,
}

/// Walks both.
pub(super) fn walk(layers: [Layer<'_>; 2]) -> Runs {
    let segments = layers.map(|(coverage, _)| segments(coverage));
    let Meetings { crossings, passings } = meetings([&segments[0], &segments[1]]);
    let nodes = Nodes::of(&passings, [&segments[0], &segments[1]]);
    let mut cuts = [Vec::new(), Vec::new()];
    for (k, crossing) in crossings.iter().enumerate() {
        for (of, cuts) in cuts.iter_mut().enumerate() {
            let (segment, along) = (crossing.of[of], crossing.along[of]);
            cuts.push(Cut { segment, along, stop: Stop::Crossing(k as u32) });
        }
    }
    for passing in &passings {
        let of = usize::from(passing.of);
        let Segment { from, to, .. } = segments[of][passing.segment as usize];
        let along = Fraction::at(passing.point, from, to);
        cuts[of].push(Cut { segment: passing.segment, along, stop: Stop::Lattice(passing.point) });
    }
    // One origin for both: the runs of a ring come from both, and only on the whole way round does it fall out.
    let whole = layers.iter().filter_map(|(coverage, _)| coverage.bbox()).reduce(Bbox::union);
    let latitude = whole.map_or(0.0, |b| 0.5 * (b.min.lat() + b.max.lat()));
    let mut runs = Vec::new();
    for (of, cuts) in cuts.iter_mut().enumerate() {
        cuts.sort_unstable_by(|a, b| a.segment.cmp(&b.segment).then_with(|| a.along.cmp(&b.along)));
        let other = 1 - of;
        let mut walker = Walker {
            of,
            segments: [&segments[of], &segments[other]],
            crossings: &crossings,
            nodes: &nodes,
            other: layers[other].1,
            latitude,
            runs: &mut runs,
        };
        walker.coverage(layers[of].0, cuts);
    }
    Runs { all: runs, segments, crossings }
}

struct Walker<'a> {
    of: usize,
    /// The segments of the coverage that is walked, and of the other.
    segments: [&'a [Segment]; 2],
    crossings: &'a [Crossing],
    nodes: &'a Nodes,
    other: &'a Index,
    /// The local origin of all areas.
    latitude: f64,
    runs: &'a mut Vec<Run>,
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
    metric: Metric,
}

impl Walker<'_> {
    fn coverage(&mut self, coverage: &Coverage, cuts: &[Cut]) {
        let mut first = 0;
        let mut rest = cuts;
        for arc in coverage.arcs() {
            let end = first + arc.points.len() as u32 - 1;
            let (mine, others) = rest.split_at(rest.partition_point(|cut| cut.segment < end));
            rest = others;
            self.arc(first..end, mine);
            first = end;
        }
    }

    fn arc(&mut self, numbers: std::ops::Range<u32>, mut cuts: &[Cut]) {
        let start = self.segments[0][numbers.start as usize];
        let mut open = match cuts.first() {
            Some(cut) if cut.along == Fraction::START && cut.segment == numbers.start => None,
            _ => {
                let face = self.other.owner(start.from);
                Some(self.begin(Stop::Lattice(start.from), numbers.start, [face, face]))
            }
        };
        for number in numbers.clone() {
            let segment = self.segments[0][number as usize];
            let (mine, others) = cuts.split_at(cuts.partition_point(|cut| cut.segment == number));
            cuts = others;
            for cut in mine {
                if let Some(run) = open.take() {
                    self.finish(run, cut.stop, number);
                }
                if cut.along != Fraction::END {
                    let beside = self.after(cut.stop, &segment);
                    open = Some(self.begin(cut.stop, number, beside));
                }
            }
            if let Some(run) = &mut open {
                run.advance(position(segment.to));
            }
        }
        if let Some(run) = open {
            let last = numbers.end - 1;
            self.finish(run, Stop::Lattice(self.segments[0][last as usize].to), last);
        }
    }

    /// What the other coverage has beside a segment after a stop on it.
    fn after(&self, stop: Stop, segment: &Segment) -> [Face; 2] {
        match stop {
            Stop::Lattice(point) => {
                let node = self.nodes.number(point).expect("a cut at a lattice point is a node");
                self.nodes.beside(node, 1 - self.of, direction(segment.from, segment.to))
            }
            Stop::Crossing(k) => {
                let crossed = &self.segments[1][self.crossings[k as usize].of[1 - self.of] as usize];
                let ahead = crate::geom::predicate::cross(crossed.from, crossed.to, segment.to) > 0;
                let face = if ahead { crossed.left } else { crossed.right };
                [face, face]
            }
        }
    }

    fn begin(&self, stop: Stop, number: u32, beside: [Face; 2]) -> Open {
        let segment = self.segments[0][number as usize];
        Open {
            stop,
            way: direction(segment.from, segment.to),
            beside,
            from: self.place(stop),
            first: number,
            sweep: Sum::about(self.latitude),
            length_m: 0.0,
            metric: Metric::at(segment.from),
        }
    }

    fn finish(&mut self, mut run: Open, stop: Stop, number: u32) {
        run.advance(self.place(stop));
        let segment = self.segments[0][number as usize];
        let shared = run.beside[0] != run.beside[1];
        if shared && self.of == 1 {
            // The first coverage's walk has it already.
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
    fn advance(&mut self, to: (f64, f64)) {
        let (east, north) = (to.0 - self.from.0, to.1 - self.from.1);
        self.sweep.edge(self.from, to);
        let Metric { east_m, north_m } = self.metric;
        self.length_m += (east * east_m).hypot(north * north_m) * LATTICE_PER_DEGREE;
        self.from = to;
    }
}

pub(super) fn position(p: Point) -> (f64, f64) {
    (p.lon(), p.lat())
}
