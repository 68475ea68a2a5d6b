//! The segment straight below a point: what a separate piece of a coverage lies in.

use crate::geom::Point;
use std::cmp::Ordering;

/// Segments that do not cross, sorted into upright strips about as wide as they are.
pub(super) struct Strips<'a> {
    segments: &'a [(Point, Point)],
    west: i64,
    width: i64,
    /// Where each strip begins in `members`; one more at the end.
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl<'a> Strips<'a> {
    /// Sorts segments with `a < b` into strips. Costs O(n): a segment stands in two strips or so.
    pub fn of(segments: &'a [(Point, Point)]) -> Self {
        let west = segments.iter().map(|s| i64::from(s.0.x)).min().unwrap_or(0);
        let east = segments.iter().map(|s| i64::from(s.1.x)).max().unwrap_or(0);
        let total: i64 = segments.iter().map(|s| i64::from(s.1.x) - i64::from(s.0.x)).sum();
        let mean = total / segments.len().max(1) as i64;
        let width = mean.max((east - west) / segments.len().max(1) as i64).max(1);
        let mut strips = Self { segments, west, width, starts: Vec::new(), members: Vec::new() };
        let count = ((east - west) / width + 1) as usize;
        let mut places: Vec<u32> = vec![0; count + 1];
        for s in 0..segments.len() {
            for k in strips.strips_of(s) {
                places[k + 1] += 1;
            }
        }
        for k in 0..count {
            places[k + 1] += places[k];
        }
        strips.starts.clone_from(&places);
        strips.members = vec![0; places[count] as usize];
        for s in 0..segments.len() {
            for k in strips.strips_of(s) {
                strips.members[places[k] as usize] = s as u32;
                places[k] += 1;
            }
        }
        strips
    }

    fn strips_of(&self, segment: usize) -> std::ops::RangeInclusive<usize> {
        let (a, b) = self.segments[segment];
        self.strip(a.x)..=self.strip(b.x)
    }

    fn strip(&self, x: i32) -> usize {
        ((i64::from(x) - self.west) / self.width) as usize
    }

    /// The highest segment below `p`, seen an instant west of `p`; `None` when nothing lies there.
    ///
    /// Its left side (from its smaller to its larger end) is the ground just west of `p`, if `p` is the
    /// smallest point of a piece that touches no other.
    pub fn below(&self, p: Point) -> Option<usize> {
        if i64::from(p.x) < self.west || self.strip(p.x) + 1 >= self.starts.len() {
            return None;
        }
        let strip = self.strip(p.x);
        let members = &self.members[self.starts[strip] as usize..self.starts[strip + 1] as usize];
        let spans = |&s: &usize| self.segments[s].0.x < p.x && p.x <= self.segments[s].1.x;
        let beneath = |&s: &usize| Height::of(self.segments[s], p.x).cmp_to(p.y) == Ordering::Less;
        members.iter().map(|&s| s as usize).filter(spans).filter(beneath).max_by(|&s, &t| {
            let (s, t) = (self.segments[s], self.segments[t]);
            // Two that end in one point below `p`: the one that falls is the higher just before it.
            Height::of(s, p.x).cmp(&Height::of(t, p.x)).then_with(|| slope(t, s))
        })
    }
}

/// The height of a segment at some x, as the fraction `numerator / run` above `base`.
struct Height {
    base: i64,
    numerator: i128,
    run: i128,
}

impl Height {
    fn of((a, b): (Point, Point), x: i32) -> Self {
        let (dx, dy) = (i128::from(b.x) - i128::from(a.x), i128::from(b.y) - i128::from(a.y));
        Self { base: i64::from(a.y), numerator: (i128::from(x) - i128::from(a.x)) * dy, run: dx }
    }

    fn cmp_to(&self, y: i32) -> Ordering {
        self.numerator.cmp(&(i128::from(i64::from(y) - self.base) * self.run))
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let lift = i128::from(other.base - self.base) * self.run;
        ((self.numerator - lift) * other.run).cmp(&(other.numerator * self.run))
    }
}

/// Compares the slopes of two segments that are not upright.
fn slope((a, b): (Point, Point), (c, d): (Point, Point)) -> Ordering {
    let run = |p: Point, q: Point| i128::from(q.x) - i128::from(p.x);
    let rise = |p: Point, q: Point| i128::from(q.y) - i128::from(p.y);
    (rise(a, b) * run(c, d)).cmp(&(rise(c, d) * run(a, b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(x: i32, y: i32) -> Point {
        Point::new(x, y)
    }

    #[test]
    fn the_nearest_segment_below_is_found_and_none_above_or_beside() {
        let segments = [(p(0, 0), p(10, 0)), (p(0, 5), p(10, 3)), (p(0, 20), p(10, 20)), (p(4, 1), p(4, 4))];
        let strips = Strips::of(&segments);
        assert_eq!(strips.below(p(5, 10)), Some(1));
        assert_eq!(strips.below(p(5, 4)), Some(0), "the slanted one passes exactly through the point");
        assert_eq!(strips.below(p(10, 30)), Some(2));
        assert_eq!(strips.below(p(0, 30)), None, "seen an instant west of everything");
        assert_eq!(
            (strips.below(p(5, -1)), strips.below(p(11, 9)), strips.below(p(-3, 9))),
            (None, None, None)
        );
    }

    #[test]
    fn of_two_that_end_in_one_point_the_upper_one_is_below() {
        let segments = [(p(0, 0), p(6, 3)), (p(0, 9), p(6, 3)), (p(6, 3), p(9, 9))];
        assert_eq!(Strips::of(&segments).below(p(6, 7)), Some(1));
    }

    #[test]
    fn heights_are_exact_across_the_whole_range() {
        let (low, high) = (p(i32::MIN, i32::MIN), p(i32::MAX, i32::MAX));
        let segments = [(low, high), (p(i32::MIN, i32::MIN), p(i32::MAX, i32::MAX - 1))];
        let strips = Strips::of(&segments);
        assert_eq!(strips.below(p(0, 1)), Some(0));
        assert_eq!(strips.below(p(0, 0)), Some(1), "the first passes through the point");
    }
}
