//! How far along a segment something lies, as an exact fraction.

use crate::geom::Point;
use std::cmp::Ordering;

/// A fraction from 0 to 1. Comparing two is exact.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fraction {
    over: i128,
    under: i128,
}

impl Fraction {
    pub(super) const START: Self = Self { over: 0, under: 1 };
    pub(super) const END: Self = Self { over: 1, under: 1 };

    /// Where a segment crosses a line, from the cross products of its two ends with that line.
    ///
    /// The two have opposite signs.
    pub(super) fn of([from, to]: [i128; 2]) -> Self {
        Self { over: from.abs(), under: from.abs() + to.abs() }
    }

    /// Where a point of the segment `from` → `to` lies on it.
    pub(super) fn at(point: Point, from: Point, to: Point) -> Self {
        let far = |p: i32, q: i32| i128::from(i64::from(q) - i64::from(p)).abs();
        let (wide, high) = (far(from.x, to.x), far(from.y, to.y));
        if wide > high {
            Self { over: far(from.x, point.x), under: wide }
        } else {
            Self { over: far(from.y, point.y), under: high }
        }
    }

    pub(super) fn value(self) -> f64 {
        self.over as f64 / self.under as f64
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.over.checked_mul(other.under), other.over.checked_mul(self.under)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => by_parts(*self, *other),
        }
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Fraction {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Fraction {}

/// Compares whole parts, and then what is left upside down, so that nothing grows.
fn by_parts(mut a: Fraction, mut b: Fraction) -> Ordering {
    let mut turned = false;
    loop {
        let whole = (a.over / a.under).cmp(&(b.over / b.under));
        let (left, right) = (a.over % a.under, b.over % b.under);
        let order = match (whole, left == 0, right == 0) {
            (Ordering::Equal, false, false) => {
                (a, b) = (Fraction { over: a.under, under: left }, Fraction { over: b.under, under: right });
                turned = !turned;
                continue;
            }
            (Ordering::Equal, none_left, none_right) => none_right.cmp(&none_left),
            (whole, ..) => whole,
        };
        return if turned { order.reverse() } else { order };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_that_doubles_cannot_tell_apart_are_told_apart() {
        let big = 1_i128 << 66;
        let a = Fraction { over: big - 1, under: big };
        let b = Fraction { over: big, under: big + 1 };
        assert_eq!(a.cmp(&b), Ordering::Less);
        assert_eq!(by_parts(a, b), Ordering::Less);
        assert_eq!(by_parts(b, a), Ordering::Greater);
        assert_eq!(by_parts(a, a), Ordering::Equal);
        assert_eq!(a.value().to_bits(), b.value().to_bits());
    }

    #[test]
    fn both_ways_to_compare_agree() {
        let all: Vec<Fraction> =
            (1..12).flat_map(|under| (0..=under).map(move |over| Fraction { over, under })).collect();
        for a in &all {
            for b in &all {
                assert_eq!(a.cmp(b), by_parts(*a, *b), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn a_point_lies_where_it_lies_on_segments_in_all_directions() {
        let p = Point::new(5, 5);
        for (dx, dy) in [(4, 0), (0, 4), (-4, 8), (8, -4), (-4, -4), (4, 4)] {
            let to = Point::new(5 + dx, 5 + dy);
            let middle = Point::new(5 + dx / 4, 5 + dy / 4);
            assert_eq!(Fraction::at(middle, p, to), Fraction { over: 1, under: 4 });
            assert_eq!(Fraction::at(p, p, to), Fraction::START);
            assert_eq!(Fraction::at(to, p, to), Fraction::END);
        }
    }
}
