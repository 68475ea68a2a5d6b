//! Label points: where a unit's name stands.

use crate::geom::metric::Metric;
use crate::geom::{Bbox, Point, Polygon, Shape, predicate};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// The search ends when no square can hold a point that is this much further from the border.
const GOOD_ENOUGH: f64 = 1.02;

/// The label point of a shape: the pole of inaccessibility of its largest part, which is the point
/// inside it that is furthest from its border, to 2 %.
///
/// Distances are metres in the local metric of the part's middle. The point lies strictly inside
/// whenever an inner point of the lattice was found; a part too thin for one gives a point of its
/// border. `None` for an empty shape. Searched by halving squares, the most promising first, as in
/// Garcia-Castellanos & Lombardo, *Poles of inaccessibility* (2007), but with bounds instead of chance;
/// costs some forty looks at the part's segments.
pub fn label_point(shape: &Shape) -> Option<Point> {
    let part = shape.polygons().iter().max_by(|p, q| {
        let first = |polygon: &Polygon| polygon.outer.points().iter().min().copied();
        p.twice_area().cmp(&q.twice_area()).then_with(|| first(q).cmp(&first(p)))
    })?;
    let pole = Frame::of(part).pole();
    Some(if strictly_inside(part, pole) { pole } else { any_inside(part) })
}

/// A square of the search: its middle, half its side, and how far its middle is inside the part.
#[derive(Clone, Copy, Debug)]
struct Square {
    x: f64,
    y: f64,
    half: f64,
    depth: f64,
}

impl Square {
    /// No point of the square is deeper than this.
    fn bound(&self) -> f64 {
        self.depth + self.half * std::f64::consts::SQRT_2
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
    segments: Vec<[f64; 4]>,
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
        let segments = segments.collect();
        Self { middle, metric, width, height, segments }
    }

    fn pole(&self) -> Point {
        let half = 0.5 * self.width.min(self.height).max(f64::MIN_POSITIVE);
        let count = |length: f64| ((length / (2.0 * half)).ceil() as i32).clamp(1, 64);
        let (columns, rows) = (count(self.width), count(self.height));
        let half = half.max(0.5 * (self.width / f64::from(columns)).max(self.height / f64::from(rows)));
        let mut open = BinaryHeap::new();
        let mut best = self.square(0.0, 0.0, 0.0);
        for i in 0..columns * rows {
            let at = |k: i32, n: i32| (2.0 * f64::from(k) + 1.0 - f64::from(n)) * half;
            open.push(self.square(at(i % columns, columns), at(i / columns, rows), half));
        }
        while let Some(square) = open.pop() {
            if square.bound() <= (best.depth * GOOD_ENOUGH).max(best.depth + self.metric.north_m) {
                break;
            }
            if square.depth > best.depth {
                best = square;
            }
            let half = 0.5 * square.half;
            for (dx, dy) in [(-half, -half), (half, -half), (-half, half), (half, half)] {
                open.push(self.square(square.x + dx, square.y + dy, half));
            }
        }
        self.point(best)
    }

    fn point(&self, at: Square) -> Point {
        let unit = |middle: i32, metres: f64, unit: f64| middle + (metres / unit + 0.5).floor() as i32;
        Point::new(
            unit(self.middle.x, at.x, self.metric.east_m),
            unit(self.middle.y, at.y, self.metric.north_m),
        )
    }

    fn square(&self, x: f64, y: f64, half: f64) -> Square {
        Square { x, y, half, depth: self.depth(x, y) }
    }

    /// How far a point is inside, in metres; negative outside.
    fn depth(&self, x: f64, y: f64) -> f64 {
        let (mut inside, mut nearest) = (false, f64::MAX);
        for &[ax, ay, bx, by] in &self.segments {
            let (dx, dy) = (bx - ax, by - ay);
            let (px, py) = (x - ax, y - ay);
            if (ay > y) != (by > y) && px < dx * py / dy {
                inside = !inside;
            }
            let t = ((px * dx + py * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
            let (ex, ey) = (px - t * dx, py - t * dy);
            nearest = nearest.min(ex * ex + ey * ey);
        }
        if inside { nearest.sqrt() } else { -nearest.sqrt() }
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

    #[test]
    fn a_sliver_of_two_lattice_units_keeps_its_label_inside() {
        let sliver = Polygon::simple(ring(&[(0, 0), (9_000, 9_000), (9_002, 9_002), (8_999, 9_001)]));
        let p = label_point(&Shape(vec![sliver.clone()])).unwrap();
        assert!(strictly_inside(&sliver, p), "{p:?}");
        assert_eq!(label_point(&Shape::default()), None);
    }
}
