//! How much of the inner borders of one layer runs along borders of the other.

use super::meet::{Segment, segments};
use crate::coverage::{Coverage, Face, pairs_between};
use crate::geom::metric::Metric;
use crate::geom::{Bbox, Point};

/// A vector in metres.
type Vector = (f64, f64);
/// A stretch of a segment, from and to, as parts of its length.
type Stretch = (f64, f64);

/// The length of the inner borders of `of`, and of those parts that lie within `distance_m` of an inner border of
/// `along`, both in metres. An inner border has a unit on both sides.
///
/// A distance of 0 takes what both have in common. Distances are in the local metric of each segment of `of`. Costs
/// O(n log n) of all segments and the pairs that are near each other.
pub fn aligned_m(of: &Coverage, along: &Coverage, distance_m: f64) -> (f64, f64) {
    let is_inner = |s: &Segment| s.left != Face::OUTSIDE && s.right != Face::OUTSIDE;
    let inner: Vec<Segment> = segments(of).into_iter().filter(is_inner).collect();
    let others: Vec<Segment> = segments(along).into_iter().filter(is_inner).collect();
    let lines: Vec<Line> = inner.iter().map(Line::of).collect();
    let reach = |line: &Line| (distance_m / line.metric.east_m.min(line.metric.north_m)).ceil() as i32 + 1;
    let around: Vec<Bbox> =
        inner.iter().zip(&lines).map(|(s, line)| Bbox::between(s.from, s.to).grown(reach(line))).collect();
    let boxes: Vec<Bbox> = others.iter().map(|s| Bbox::between(s.from, s.to)).collect();
    let mut near = pairs_between(&around, &boxes, |i, j| {
        let stretch = lines[i as usize].within(&others[j as usize], distance_m)?;
        Some((i, stretch))
    });
    near.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.0.total_cmp(&b.1.0)));
    let total = lines.iter().map(|line| line.length_m).sum();
    let aligned = near.chunk_by(|a, b| a.0 == b.0).map(|of_one| {
        let mut end = 0.0_f64;
        let fresh = |&(_, (from, to)): &(u32, Stretch)| {
            let part = (to - from.max(end)).max(0.0);
            end = end.max(to);
            part
        };
        of_one.iter().map(fresh).sum::<f64>() * lines[of_one[0].0 as usize].length_m
    });
    (total, aligned.sum())
}

/// A segment in the metric at its start, which is the origin.
struct Line {
    origin: Point,
    to: Vector,
    length_m: f64,
    metric: Metric,
    segment: Segment,
}

impl Line {
    fn of(segment: &Segment) -> Self {
        let metric = Metric::at(segment.from);
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
