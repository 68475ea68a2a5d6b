//! Label points: where a unit's name stands.

use crate::geom::metric::Metric;
use crate::geom::{Bbox, Point, Polygon, Shape, predicate};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::f64::consts::SQRT_2;
use std::rc::Rc;

/// The search ends when no square can hold a point that is this much further from the border.
const GOOD_ENOUGH: f64 = 1.02;

/// The label point of a shape: the pole of inaccessibility of its largest part, which is the point
/// inside it that is furthest from its border, to 2 %.
///
/// Distances are metres in the local metric of the part's middle. The point lies strictly inside
/// whenever an inner point of the lattice was found; a part too thin for one gives a point of its
/// border. `None` for an empty shape. Searched by halving squares, the most promising first, as in
/// Garcia-Castellanos & Lombardo, *Poles of inaccessibility* (2007), but with bounds instead of chance.
/// Costs some looks at all segments of the part, and some hundred at those near the pole.
pub fn label_point(shape: &Shape) -> Option<Point> {
    let part = shape.polygons().iter().max_by(|p, q| {
        let first = |polygon: &Polygon| polygon.outer.points().iter().min().copied();
        p.twice_area().cmp(&q.twice_area()).then_with(|| first(q).cmp(&first(p)))
    })?;
    let pole = Frame::of(part).pole();
    Some(if strictly_inside(part, pole) { pole } else { any_inside(part) })
}

/// A segment in metres: from, to.
type Segment = [f64; 4];

/// What floating point may be wrong by, in metres; far more.
const SLACK_M: f64 = 1e-3;

/// A square of the search: its middle, half its side, and how far its middle is inside the part.
#[derive(Clone, Debug)]
struct Square {
    x: f64,
    y: f64,
    half: f64,
    depth: f64,
    /// All segments that can be the nearest of any of its points, and perhaps some more.
    near: Rc<[Segment]>,
}

impl Square {
    /// No point of the square is deeper than this.
    fn bound(&self) -> f64 {
        self.depth + self.reach()
    }

    /// How far its corners are from its middle.
    fn reach(&self) -> f64 {
        self.half * SQRT_2
    }

    /// The segments that can be the nearest of any of its points. What is nearest to a point is no further from it than
    /// what is nearest to the middle, by the way there at most; and so no further from the middle than twice that way more.
    fn nearest(&self) -> Rc<[Segment]> {
        let least = (self.depth.abs() + 2.0 * self.reach() + SLACK_M).powi(2);
        self.near.iter().filter(|segment| squared(segment, self.x, self.y) <= least).copied().collect()
    }
}

impl PartialEq for Square {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Square {}

impl PartialOrd for Square {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Square {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |s: &Self, t: &Self| s.x.total_cmp(&t.x).then(s.y.total_cmp(&t.y));
        self.bound().total_cmp(&other.bound()).then_with(|| place(other, self))
    }
}

/// One polygon in metres about the middle of its box.
struct Frame {
    middle: Point,
    metric: Metric,
    width: f64,
    height: f64,
    segments: Rc<[Segment]>,
    rows: Rows,
}

impl Frame {
    fn of(part: &Polygon) -> Self {
        let Bbox { min, max } = part.outer.bbox();
        let half = |low: i32, high: i32| low + ((i64::from(high) - i64::from(low)) / 2) as i32;
        let middle = Point::new(half(min.x, max.x), half(min.y, max.y));
        let metric = Metric::at(middle);
        let (width, height) = metric.vector(min, max);
        let segments = part.rings().flat_map(crate::geom::Ring::segments).map(|(a, b)| {
            let ((ax, ay), (bx, by)) = (metric.vector(middle, a), metric.vector(middle, b));
            [ax, ay, bx, by]
        });
        let segments: Rc<[Segment]> = segments.collect();
        let rows = Rows::of(&segments);
        Self { middle, metric, width, height, segments, rows }
    }

    fn pole(&self) -> Point {
        self.search(|at, half, near, of| self.square(at, half, near, of))
    }

    /// The best of the squares that `square` makes from middle, half a side, segments near and the square that it is a
    /// quarter of.
    fn search(&self, square: impl Fn([f64; 2], f64, &Rc<[Segment]>, Option<&Square>) -> Square) -> Point {
        let half = 0.5 * self.width.min(self.height).max(f64::MIN_POSITIVE);
        let count = |length: f64| ((length / (2.0 * half)).ceil() as i32).clamp(1, 64);
        let (columns, rows) = (count(self.width), count(self.height));
        let half = half.max(0.5 * (self.width / f64::from(columns)).max(self.height / f64::from(rows)));
        let mut open = BinaryHeap::new();
        let mut best = square([0.0, 0.0], 0.0, &self.segments, None);
        for i in 0..columns * rows {
            let at = |k: i32, n: i32| (2.0 * f64::from(k) + 1.0 - f64::from(n)) * half;
            open.push(square([at(i % columns, columns), at(i / columns, rows)], half, &self.segments, None));
        }
        let is_hopeless = |square: &Square, best: &Square| {
            square.bound() <= (best.depth * GOOD_ENOUGH).max(best.depth + self.metric.north_m)
        };
        while let Some(whole) = open.pop().filter(|square| !is_hopeless(square, &best)) {
            if whole.depth > best.depth {
                best = whole.clone();
            }
            let (half, near) = (0.5 * whole.half, whole.nearest());
            for (dx, dy) in [(-half, -half), (half, -half), (-half, half), (half, half)] {
                let quarter = square([whole.x + dx, whole.y + dy], half, &near, Some(&whole));
                if !is_hopeless(&quarter, &best) {
                    open.push(quarter);
                }
            }
        }
        self.point(&best)
    }

    fn point(&self, at: &Square) -> Point {
        let unit = |middle: i32, metres: f64, unit: f64| middle + (metres / unit + 0.5).floor() as i32;
        Point::new(
            unit(self.middle.x, at.x, self.metric.east_m),
            unit(self.middle.y, at.y, self.metric.north_m),
        )
    }

    /// A square with the segments near it; a quarter of a larger one may know from that on which side it is.
    fn square(&self, [x, y]: [f64; 2], half: f64, near: &Rc<[Segment]>, of: Option<&Square>) -> Square {
        let distance = near.iter().map(|s| squared(s, x, y)).fold(f64::MAX, f64::min).sqrt();
        let same_side = |of: &&Square| 0.5 * of.reach() + SLACK_M < of.depth.abs();
        let inside = of.filter(same_side).map_or_else(|| self.rows.hold(x, y), |of| of.depth > 0.0);
        Square { x, y, half, depth: if inside { distance } else { -distance }, near: near.clone() }
    }
}

/// The square of the distance of a point from a segment.
fn squared(&[ax, ay, bx, by]: &Segment, x: f64, y: f64) -> f64 {
    let ((dx, dy), (px, py)) = ((bx - ax, by - ay), (x - ax, y - ay));
    let t = ((px * dx + py * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    let (ex, ey) = (px - t * dx, py - t * dy);
    ex * ex + ey * ey
}

/// The segments by rows from south to north, each in every row that it meets; of a small part there is one.
struct Rows {
    south: f64,
    height: f64,
    segments: Vec<Vec<Segment>>,
}

/// How many segments a row is to have, were each in one only.
const PER_ROW: usize = 64;

impl Rows {
    fn of(segments: &[Segment]) -> Self {
        let low = segments.iter().map(|s| s[1].min(s[3])).fold(f64::MAX, f64::min);
        let high = segments.iter().map(|s| s[1].max(s[3])).fold(f64::MIN, f64::max);
        let climb: f64 = segments.iter().map(|s| (s[3] - s[1]).abs()).sum();
        // On average a segment is in three rows at most, also where all are as long as the part.
        let most = 2.0 * segments.len() as f64 * (high - low) / climb.max(f64::MIN_POSITIVE);
        let count = (segments.len() / PER_ROW).min(most as usize).max(1);
        let height = (high - low).max(f64::MIN_POSITIVE) / count as f64;
        let mut rows = Self { south: low, height, segments: vec![Vec::new(); count] };
        for segment in segments {
            for row in rows.at(segment[1].min(segment[3]))..=rows.at(segment[1].max(segment[3])) {
                rows.segments[row].push(*segment);
            }
        }
        rows
    }

    /// The row of a height; the outermost ones have no end.
    fn at(&self, y: f64) -> usize {
        (((y - self.south) / self.height).max(0.0) as usize).min(self.segments.len() - 1)
    }

    /// Whether a point is inside: the ray to the east crosses the border an odd number of times.
    fn hold(&self, x: f64, y: f64) -> bool {
        let crossed =
            |&&[ax, ay, bx, by]: &&Segment| (ay > y) != (by > y) && x - ax < (bx - ax) * (y - ay) / (by - ay);
        self.segments[self.at(y)].iter().filter(crossed).count() % 2 == 1
    }
}

/// Whether a point is inside a polygon and not on its border; exact.
fn strictly_inside(part: &Polygon, p: Point) -> bool {
    let on_border = |ring: &crate::geom::Ring| ring.segments().any(|(a, b)| predicate::on_segment(p, a, b));
    part.rings().fold(false, |inside, ring| inside ^ ring.contains(p)) && !part.rings().any(on_border)
}

/// An inner point of a part thinner than the search resolves: beside the middle of one of its segments,
/// or else its smallest border point.
fn any_inside(part: &Polygon) -> Point {
    let mut beside = part.rings().flat_map(crate::geom::Ring::segments).flat_map(|(a, b)| {
        let half = |p: i32, q: i32| (i64::from(p) + i64::from(q)).div_euclid(2) as i32;
        let (x, y) = (half(a.x, b.x), half(a.y, b.y));
        (-1..=1).flat_map(move |dx| (-1..=1).map(move |dy| Point::new(x + dx, y + dy)))
    });
    beside
        .find(|&p| strictly_inside(part, p))
        .unwrap_or_else(|| *part.outer.points().iter().min().expect("a ring has points"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Ring;

    fn ring(points: &[(i32, i32)]) -> Ring {
        let at = |&(x, y): &(i32, i32)| Point::new(1_100_000_000 + x, 250_000_000 + y);
        Ring::new(points.iter().map(at).collect()).unwrap()
    }

    fn label(polygons: Vec<Polygon>) -> (i32, i32) {
        let p = label_point(&Shape(polygons)).unwrap();
        (p.x - 1_100_000_000, p.y - 250_000_000)
    }

    #[test]
    fn the_label_of_a_letter_l_stands_in_its_corner() {
        let l = ring(&[(0, 0), (10_000, 0), (10_000, 2_000), (2_000, 2_000), (2_000, 10_000), (0, 10_000)]);
        let (x, y) = label(vec![Polygon::simple(l)]);
        assert!((900..1500).contains(&x) && (900..1500).contains(&y), "{x} {y}");
    }

    #[test]
    fn a_hole_in_the_middle_pushes_the_label_aside() {
        let hole = ring(&[(3_000, 3_000), (3_000, 7_000), (7_000, 7_000), (7_000, 3_000)]);
        let outer = ring(&[(0, 0), (14_000, 0), (14_000, 10_000), (0, 10_000)]);
        let (x, y) = label(vec![Polygon { outer, holes: vec![hole] }]);
        assert!(x > 9_000 && (3_000..7_000).contains(&y), "{x} {y}");
    }

    #[test]
    fn the_largest_part_takes_the_label() {
        let small = Polygon::simple(ring(&[(0, 0), (100, 0), (100, 100), (0, 100)]));
        let large = Polygon::simple(ring(&[(500, 0), (900, 0), (900, 400), (500, 400)]));
        let (x, _) = label(vec![small, large]);
        assert!(x > 500);
    }

    /// The pole as it is found with a look at every segment for every square.
    fn slow_pole(frame: &Frame) -> Point {
        let depth = |x: f64, y: f64| {
            let (mut inside, mut nearest) = (false, f64::MAX);
            for segment in frame.segments.iter() {
                let [ax, ay, bx, by] = *segment;
                inside ^= (ay > y) != (by > y) && x - ax < (bx - ax) * (y - ay) / (by - ay);
                nearest = nearest.min(squared(segment, x, y));
            }
            if inside { nearest.sqrt() } else { -nearest.sqrt() }
        };
        frame.search(|[x, y], half, near, _| Square { x, y, half, depth: depth(x, y), near: near.clone() })
    }

    #[test]
    fn looks_at_near_segments_only_find_the_pole_that_looks_at_all_find() {
        for seed in 0..40 {
            // A square with a jagged rim and jagged holes, more or fewer, so that there are several rows.
            let jag = |i: i32| (i * (31 + seed) % 17) * 11;
            let side = 20_000;
            let rim = (0..side / 400).map(|i| i * 400);
            let rim: Vec<(i32, i32)> = rim
                .clone()
                .map(|i| (i, -jag(i / 400)))
                .chain(rim.clone().map(|i| (side + jag(i / 400 + 5), i)))
                .chain(rim.clone().map(|i| (side - i, side + jag(i / 400 + 9))))
                .chain(rim.map(|i| (-jag(i / 400 + 2), side - i)))
                .collect();
            let hole = |k: i32| {
                let (x, y) = (2_000 + 4_000 * (k % 4) + jag(k), 2_000 + 4_000 * (k / 4) + jag(k + 7));
                ring(&[(x, y), (x + 300, y + 2_000), (x + 900, y + 1_000), (x + 1_700 + jag(k), y + 300)])
            };
            let holes = (0..16).filter(|k| (k + seed) % 3 != 0).map(hole).collect();
            let frame = Frame::of(&Polygon { outer: ring(&rim), holes });
            assert!(frame.rows.segments.len() > 2);
            assert_eq!(frame.pole(), slow_pole(&frame), "{seed}");
        }
    }

    #[test]
    fn a_sliver_of_two_lattice_units_keeps_its_label_inside() {
        let sliver = Polygon::simple(ring(&[(0, 0), (9_000, 9_000), (9_002, 9_002), (8_999, 9_001)]));
        let p = label_point(&Shape(vec![sliver.clone()])).unwrap();
        assert!(strictly_inside(&sliver, p), "{p:?}");
        assert_eq!(label_point(&Shape::default()), None);
    }
}
