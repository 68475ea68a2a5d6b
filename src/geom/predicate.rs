//! Exact predicates on lattice points.
//!
//! Differences of coordinates fit 33 bits, their products 66: one cross product in `i128` is always
//! exact. Within 2^30 units (107 degrees) on each axis `i64` is enough, which is every real city; the
//! wide form is the fallback and both give the same sign.

use super::Point;
use std::cmp::Ordering;

const NARROW: i64 = 1 << 30;

/// Twice the signed area of the triangle `a b c`: positive when `c` is left of the line `a` → `b`.
#[inline]
pub fn cross(a: Point, b: Point, c: Point) -> i128 {
    let (ux, uy) = (i64::from(b.x) - i64::from(a.x), i64::from(b.y) - i64::from(a.y));
    let (vx, vy) = (i64::from(c.x) - i64::from(a.x), i64::from(c.y) - i64::from(a.y));
    if ux.abs() < NARROW && uy.abs() < NARROW && vx.abs() < NARROW && vy.abs() < NARROW {
        i128::from(ux * vy - uy * vx)
    } else {
        i128::from(ux) * i128::from(vy) - i128::from(uy) * i128::from(vx)
    }
}

/// On which side of the line `a` → `b` the point `c` lies: `Greater` left, `Less` right, `Equal` on it.
#[inline]
pub fn side(a: Point, b: Point, c: Point) -> Ordering {
    cross(a, b, c).cmp(&0)
}

/// Whether `p` lies on the closed segment `a b`, ends included.
pub fn on_segment(p: Point, a: Point, b: Point) -> bool {
    p.x >= a.x.min(b.x)
        && p.x <= a.x.max(b.x)
        && p.y >= a.y.min(b.y)
        && p.y <= a.y.max(b.y)
        && cross(a, b, p) == 0
}

/// Whether `p` lies in the closed triangle `a b c`, sides and corners included.
///
/// A flat triangle is the segment that it collapsed to.
pub fn in_triangle(p: Point, a: Point, b: Point, c: Point) -> bool {
    let (s, t, u) = (side(a, b, p), side(b, c, p), side(c, a, p));
    if cross(a, b, c) == 0 {
        return on_segment(p, a, b) || on_segment(p, b, c) || on_segment(p, c, a);
    }
    let any = |o| s == o || t == o || u == o;
    !(any(Ordering::Less) && any(Ordering::Greater))
}

/// Whether the interiors of the segments `a b` and `c d` cross at one point that is an end of neither.
pub fn cross_properly(a: Point, b: Point, c: Point, d: Point) -> bool {
    let (s, t) = (side(a, b, c), side(a, b, d));
    let (u, v) = (side(c, d, a), side(c, d, b));
    s != Ordering::Equal && t == s.reverse() && u != Ordering::Equal && v == u.reverse()
}

/// Compares two directions by angle, counter-clockwise from the positive x axis, in `[0, 2π)`.
///
/// A direction is a difference `(dx, dy)` that is not zero; parallel ones of the same sense are equal.
#[inline]
pub fn cmp_angle(u: (i64, i64), v: (i64, i64)) -> Ordering {
    let half = |(x, y): (i64, i64)| u8::from(y < 0 || (y == 0 && x < 0));
    half(u).cmp(&half(v)).then_with(|| {
        let turn = i128::from(u.0) * i128::from(v.1) - i128::from(u.1) * i128::from(v.0);
        0.cmp(&turn)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(x: i32, y: i32) -> Point {
        Point::new(x, y)
    }

    #[test]
    fn the_wide_form_agrees_at_the_ends_of_the_range() {
        let (a, b) = (p(i32::MIN, i32::MIN), p(i32::MAX, i32::MAX));
        assert_eq!(side(a, b, p(0, 0)), Ordering::Equal);
        assert_eq!(side(a, b, p(0, 1)), Ordering::Greater);
        assert_eq!(side(a, b, p(1, 0)), Ordering::Less);
    }

    #[test]
    fn touching_is_not_crossing() {
        let (a, b) = (p(0, 0), p(4, 4));
        assert!(cross_properly(a, b, p(0, 4), p(4, 0)));
        for (c, d) in [(p(2, 2), p(4, 0)), (p(0, 0), p(4, 0)), (p(1, 1), p(3, 3)), (p(5, 5), p(6, 0))] {
            assert!(!cross_properly(a, b, c, d), "{c:?} {d:?}");
        }
    }

    #[test]
    fn a_triangle_holds_its_corners_and_sides_and_a_flat_one_its_segment() {
        let (a, b, c) = (p(0, 0), p(4, 0), p(0, 4));
        for q in [a, b, c, p(2, 2), p(1, 1), p(2, 0)] {
            assert!(in_triangle(q, a, b, c) && in_triangle(q, c, b, a), "{q:?}");
        }
        assert!(!in_triangle(p(3, 2), a, b, c));
        assert!(in_triangle(p(2, 0), a, p(4, 0), p(1, 0)));
        assert!(!in_triangle(p(5, 0), a, p(4, 0), p(1, 0)));
    }

    #[test]
    fn angles_run_counter_clockwise_from_east() {
        let round = [(1, 0), (2, 1), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];
        for w in round.windows(2) {
            assert_eq!(cmp_angle(w[0], w[1]), Ordering::Less, "{w:?}");
        }
        assert_eq!(cmp_angle((1, 1), (5, 5)), Ordering::Equal);
    }
}
