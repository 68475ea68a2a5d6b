//! How much of the inner borders of one layer runs along borders of the other.

use super::chunks::Chunks;
use super::lines::{Lines, Segment};
use super::same::Same;
use crate::coverage::{Coverage, Face};
use crate::geom::Point;
use crate::geom::metric::Metric;
use std::collections::BTreeMap;

/// A vector in metres.
type Vector = (f64, f64);
/// A stretch of a segment, from and to, as parts of its length.
type Stretch = (f64, f64);

/// The inner borders of a unit, those with a unit on both sides, each counted for half: the other half is the
/// neighbour's. So the sum over all units is the layer's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aligned<const N: usize> {
    /// Their length in metres.
    pub inner_m: f64,
    /// What of it lies within each distance of an inner border of the other layer.
    pub within_m: [f64; N],
}

/// How a border lies to the other layer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BorderClass {
    /// Both layers have it.
    Coincident,
    /// It lies within the distance of one.
    Near,
    /// Neither.
    Independent,
}

impl BorderClass {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Coincident => "coincident",
            Self::Near => "near",
            Self::Independent => "independent",
        }
    }
}

impl<const N: usize> Aligned<N> {
    /// No border.
    pub const NONE: Self = Self { inner_m: 0.0, within_m: [0.0; N] };

    /// Both together.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        self.inner_m += other.inner_m;
        for (sum, part) in self.within_m.iter_mut().zip(other.within_m) {
            *sum += part;
        }
        self
    }

    /// The shares within each distance, from 0 to 1; 1 without any inner border.
    pub fn shares(&self) -> [f64; N] {
        self.within_m.map(|m| if self.inner_m > 0.0 { m / self.inner_m } else { 1.0 })
    }
}

/// The alignment of the units of `of` that `wanted` takes to the inner borders of `along`, for some distances in metres.
///
/// A distance of 0 takes what both have in common. Distances are in the local metric of each segment of `of`. Costs
/// O(n log n) of all segments and the pairs that are near each other.
pub fn aligned<const N: usize>(
    [of, along]: [&Coverage; 2],
    distances_m: [f64; N],
    wanted: impl Fn(Face) -> bool,
) -> BTreeMap<Face, Aligned<N>> {
    let inner = Lines::of(of, |s| s.is_inner() && (wanted(s.left) || wanted(s.right)));
    let parts = parts_within(&inner, &Lines::of(along, Segment::is_inner), distances_m);
    let mut found: BTreeMap<Face, Aligned<N>> = BTreeMap::new();
    for (segment, parts) in inner.segments.iter().zip(parts) {
        let (east, north) = segment.metric().vector(segment.from, segment.to);
        let half_m = 0.5 * east.hypot(north);
        let of_segment = Aligned { inner_m: half_m, within_m: parts.map(|part| part * half_m) };
        for face in [segment.left, segment.right].into_iter().filter(|&face| wanted(face)) {
            let sum = found.entry(face).or_insert(Aligned::NONE);
            *sum = sum.plus(&of_segment);
        }
    }
    found
}

/// The inner borders of `of` in lines of one class each; one is near when most of each segment is within the distance.
pub fn border_classes([of, along]: [&Coverage; 2], near_m: f64) -> Vec<(BorderClass, Vec<Point>)> {
    let inner = Lines::of(of, Segment::is_inner);
    let parts = parts_within(&inner, &Lines::of(along, Segment::is_inner), [0.0, near_m]);
    let class = |[same, near]: [f64; 2]| match (same > 0.5, near > 0.5) {
        (true, _) => BorderClass::Coincident,
        (false, true) => BorderClass::Near,
        (false, false) => BorderClass::Independent,
    };
    let mut lines: Vec<(BorderClass, Vec<Point>)> = Vec::new();
    for chain in inner.chains() {
        let first = lines.len();
        for k in chain {
            let (segment, class) = (inner.segment(k), class(parts[k as usize]));
            match lines[first..].last_mut() {
                Some((last, line)) if *last == class => line.push(segment.to),
                _ => lines.push((class, vec![segment.from, segment.to])),
            }
        }
    }
    lines
}

/// Whether all of a line lies within a distance in metres of some segments, but for a millionth of each segment's length.
pub fn lies_along(line: &[Point], along: &[(Point, Point)], distance_m: f64) -> bool {
    let bare = |from, to| Segment { from, to, left: Face::OUTSIDE, right: Face::OUTSIDE };
    line.windows(2).all(|w| {
        let segment = bare(w[0], w[1]);
        let line = Line::of(&segment, segment.metric());
        let stretches = along.iter().filter_map(|&(from, to)| line.within(&bare(from, to), distance_m));
        w[0] == w[1] || covered(stretches.collect()) > 1.0 - 1e-6
    })
}

/// How much of a segment some stretches of it cover together.
fn covered(mut stretches: Vec<Stretch>) -> f64 {
    stretches.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut end = 0.0_f64;
    let fresh = |&(from, to): &Stretch| {
        let part = (to - from.max(end)).max(0.0);
        end = end.max(to);
        part
    };
    stretches.iter().map(fresh).sum()
}

/// Which part of each segment lies within each distance of the other lines.
fn parts_within<const N: usize>(of: &Lines, along: &Lines, distances_m: [f64; N]) -> Vec<[f64; N]> {
    let same = Same::of([of, along]);
    let mut parts = vec![[1.0; N]; of.segments.len()];
    let metrics: Vec<Metric> = of.segments.iter().map(Segment::metric).collect();
    let farthest = distances_m.into_iter().fold(0.0, f64::max);
    let reach = |metric: &Metric| (farthest / metric.east_m.min(metric.north_m)).ceil() as i32 + 1;
    let margin = metrics.iter().map(reach).max().unwrap_or_default();
    let open = Chunks::of(of, margin, |k| !same.is_same(0, k));
    let near = open.near(&Chunks::of(along, 0, |_| true), margin, |k, j| {
        let line = Line::of(of.segment(k), metrics[k as usize]);
        let stretches = distances_m.map(|distance_m| line.within(along.segment(j), distance_m));
        stretches.iter().any(Option::is_some).then_some((k, stretches))
    });
    for k in (0..of.segments.len() as u32).filter(|&k| !same.is_same(0, k)) {
        parts[k as usize] = [0.0; N];
    }
    for n in 0..N {
        let mut near: Vec<(u32, Stretch)> = near.iter().filter_map(|(k, all)| Some((*k, all[n]?))).collect();
        near.sort_unstable_by_key(|(k, _)| *k);
        for of_one in near.chunk_by(|a, b| a.0 == b.0) {
            parts[of_one[0].0 as usize][n] = covered(of_one.iter().map(|(_, stretch)| *stretch).collect());
        }
    }
    parts
}

/// A segment in the metric of its middle; its start is the origin.
struct Line {
    origin: Point,
    to: Vector,
    length_m: f64,
    metric: Metric,
    segment: Segment,
}

impl Line {
    fn of(segment: &Segment, metric: Metric) -> Self {
        let to = metric.vector(segment.from, segment.to);
        Self { origin: segment.from, to, length_m: to.0.hypot(to.1), metric, segment: *segment }
    }

    /// The stretch of the line that lies within a distance of a segment: one, as what lies so near is convex.
    fn within(&self, other: &Segment, distance_m: f64) -> Option<Stretch> {
        if distance_m <= 0.0 {
            return self.along(other);
        }
        let a = self.metric.vector(self.origin, other.from);
        let b = self.metric.vector(self.origin, other.to);
        let stretches =
            [self.in_disc(a, distance_m), self.in_disc(b, distance_m), self.in_band(a, b, distance_m)];
        let whole = |x: Stretch, y: Stretch| (x.0.min(y.0), x.1.max(y.1));
        stretches.into_iter().flatten().reduce(whole)
    }

    /// What the two have in common, exactly.
    fn along(&self, other: &Segment) -> Option<Stretch> {
        use crate::geom::predicate::cross;
        let Segment { from, to, .. } = self.segment;
        if cross(from, to, other.from) != 0 || cross(from, to, other.to) != 0 {
            return None;
        }
        let wide = i64::from(to.x) - i64::from(from.x);
        let high = i64::from(to.y) - i64::from(from.y);
        let part = |p: Point| {
            if wide.abs() > high.abs() {
                (i64::from(p.x) - i64::from(from.x)) as f64 / wide as f64
            } else {
                (i64::from(p.y) - i64::from(from.y)) as f64 / high as f64
            }
        };
        clipped((part(other.from).min(part(other.to)), part(other.from).max(part(other.to))))
    }

    fn in_disc(&self, centre: Vector, radius: f64) -> Option<Stretch> {
        // |t·v − c|² = r²
        let square = self.length_m * self.length_m;
        let middle = (self.to.0 * centre.0 + self.to.1 * centre.1) / square;
        let off = (self.to.0 * centre.1 - self.to.1 * centre.0) / self.length_m;
        let half = (radius * radius - off * off).max(0.0).sqrt() / self.length_m;
        (off.abs() <= radius).then(|| clipped((middle - half, middle + half))).flatten()
    }

    /// The part whose foot on `a b` is inside it and which is near enough.
    fn in_band(&self, a: Vector, b: Vector, distance_m: f64) -> Option<Stretch> {
        let along = (b.0 - a.0, b.1 - a.1);
        let length = along.0.hypot(along.1);
        let unit = (along.0 / length, along.1 / length);
        let across = |p: Vector| (p.1 - a.1) * unit.0 - (p.0 - a.0) * unit.1;
        let ahead = |p: Vector| (p.0 - a.0) * unit.0 + (p.1 - a.1) * unit.1;
        let start = (0.0, 0.0);
        let mut stretch = (0.0, 1.0);
        for (from, to, low, high) in [
            (across(start), across(self.to), -distance_m, distance_m),
            (ahead(start), ahead(self.to), 0.0, length),
        ] {
            let slope = to - from;
            if slope == 0.0 {
                if from < low || from > high {
                    return None;
                }
                continue;
            }
            let (s, t) = ((low - from) / slope, (high - from) / slope);
            stretch = (f64::max(stretch.0, s.min(t)), f64::min(stretch.1, s.max(t)));
        }
        clipped(stretch)
    }
}

fn clipped((from, to): Stretch) -> Option<Stretch> {
    let (from, to) = (from.max(0.0), to.min(1.0));
    (from < to).then_some((from, to))
}
