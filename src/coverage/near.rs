//! Pairs of boxes that touch: where to look for crossings.
//!
//! The boxes are halved at the middle of the longer side of their cell, again and again, until few are
//! left; those are compared one by one. It follows the density of the borders, downtown and mountains
//! alike, needs no tuning and gives the same pairs on any number of cores. A pair that falls into several
//! cells is reported by the one that holds the lower-left corner of what the two have in common.

use crate::geom::{Bbox, Point};

/// A cell with so few boxes is not halved again.
const FEW: usize = 24;
/// A cell is not halved more often than coordinates have bits, on both axes.
const DEEPEST: u32 = 64;
/// Below this many boxes a second core costs more than it gives.
const SHARED: usize = 4096;

#[derive(Clone, Copy)]
struct Item {
    id: u32,
    bbox: Bbox,
}

/// A half-open cell in wide coordinates, so that halving never overflows.
#[derive(Clone, Copy)]
struct Cell {
    min: (i64, i64),
    max: (i64, i64),
}

impl Cell {
    fn around(bbox: Bbox) -> Self {
        let (min, max) = (bbox.min, bbox.max);
        Self { min: (min.x.into(), min.y.into()), max: (i64::from(max.x) + 1, i64::from(max.y) + 1) }
    }

    fn holds(&self, p: Point) -> bool {
        let (x, y) = (i64::from(p.x), i64::from(p.y));
        self.min.0 <= x && x < self.max.0 && self.min.1 <= y && y < self.max.1
    }

    /// The ways to halve the cell, across the longer side first; none of a side of one unit.
    fn halvings(&self) -> impl Iterator<Item = (Self, Self)> {
        let (w, h) = (self.max.0 - self.min.0, self.max.1 - self.min.1);
        let (mut west, mut east, mut south, mut north) = (*self, *self, *self, *self);
        west.max.0 = self.min.0 + w / 2;
        east.min.0 = west.max.0;
        south.max.1 = self.min.1 + h / 2;
        north.min.1 = south.max.1;
        let mut ways = [(w, (west, east)), (h, (south, north))];
        ways.sort_by_key(|&(side, _)| -side);
        ways.into_iter().filter(|&(side, _)| side > 1).map(|(_, halves)| halves)
    }

    fn touches(&self, bbox: &Bbox) -> bool {
        i64::from(bbox.min.x) < self.max.0
            && i64::from(bbox.max.x) >= self.min.0
            && i64::from(bbox.min.y) < self.max.1
            && i64::from(bbox.max.y) >= self.min.1
    }

    /// Whether a pair is this cell's to report.
    fn owns(&self, a: &Bbox, b: &Bbox) -> bool {
        a.intersects(b) && self.holds(Point::new(a.min.x.max(b.min.x), a.min.y.max(b.min.y)))
    }
}

/// What `visit` makes of each pair `i < j` of boxes that share a point, each pair once, in an order that
/// depends on the boxes only.
///
/// Costs O(n log n) and the pairs, as long as few boxes share any one point.
pub(crate) fn pairs<T: Send>(boxes: &[Bbox], visit: impl Fn(u32, u32) -> Option<T> + Sync) -> Vec<T> {
    let leaf = |items: &[Item], cell: &Cell, found: &mut Vec<T>| {
        for (k, a) in items.iter().enumerate() {
            let met = items[k + 1..].iter().filter(|b| cell.owns(&a.bbox, &b.bbox));
            found.extend(met.filter_map(|b| visit(a.id, b.id)));
        }
    };
    descend_all(boxes.iter().copied(), &leaf, &|items| items.len() > 1)
}

/// What `visit` makes of each pair of a box on the left and one on the right that share a point.
pub(crate) fn pairs_between<T: Send>(
    left: &[Bbox],
    right: &[Bbox],
    visit: impl Fn(u32, u32) -> Option<T> + Sync,
) -> Vec<T> {
    let first_right = left.len() as u32;
    let split = |items: &[Item]| items.partition_point(|i| i.id < first_right);
    let leaf = |items: &[Item], cell: &Cell, found: &mut Vec<T>| {
        let (left, right) = items.split_at(split(items));
        for a in left {
            let met = right.iter().filter(|b| cell.owns(&a.bbox, &b.bbox));
            found.extend(met.filter_map(|b| visit(a.id, b.id - first_right)));
        }
    };
    let both = |items: &[Item]| (1..items.len()).contains(&split(items));
    descend_all(left.iter().chain(right).copied(), &leaf, &both)
}

type Leaf<'a, T> = dyn Fn(&[Item], &Cell, &mut Vec<T>) + Sync + 'a;
type Worth<'a> = dyn Fn(&[Item]) -> bool + Sync + 'a;

fn descend_all<T: Send>(boxes: impl Iterator<Item = Bbox>, leaf: &Leaf<T>, worth: &Worth) -> Vec<T> {
    let items: Vec<Item> = boxes.enumerate().map(|(i, bbox)| Item { id: i as u32, bbox }).collect();
    let mut found = Vec::new();
    if let Some(whole) = items.iter().map(|i| i.bbox).reduce(Bbox::union) {
        descend(items, Cell::around(whole), 0, &Search { leaf, worth }, &mut found);
    }
    found
}

struct Search<'a, T> {
    leaf: &'a Leaf<'a, T>,
    worth: &'a Worth<'a>,
}

fn descend<T: Send>(items: Vec<Item>, cell: Cell, depth: u32, search: &Search<'_, T>, found: &mut Vec<T>) {
    if !(search.worth)(&items) {
        return;
    }
    let parted = (items.len() > FEW && depth < DEEPEST).then(|| part(&items, &cell)).flatten();
    let Some([(below, low), (above, high)]) = parted else {
        (search.leaf)(&items, &cell, found);
        return;
    };
    let many = items.len() > SHARED;
    drop(items);
    if !many {
        descend(below, low, depth + 1, search, found);
        descend(above, high, depth + 1, search, found);
        return;
    }
    let lower = |found: &mut Vec<T>| descend(below, low, depth + 1, search, found);
    let upper = || {
        let mut found = Vec::new();
        descend(above, high, depth + 1, search, &mut found);
        found
    };
    let ((), second) = rayon::join(|| lower(found), upper);
    found.extend(second);
}

/// The items of two halves of a cell; `None` where halving parts nothing: many boxes over one place.
///
/// Halving must either leave few boxes in both halves, or save a quarter of the comparisons. So the
/// comparisons never grow, and boxes are not copied without end.
fn part(items: &[Item], cell: &Cell) -> Option<[(Vec<Item>, Cell); 2]> {
    let within = |half: &Cell| items.iter().filter(|i| half.touches(&i.bbox)).copied().collect::<Vec<_>>();
    cell.halvings().find_map(|(low, high)| {
        let (below, above) = (within(&low), within(&high));
        let (n, b, a) = (items.len() as u64, below.len() as u64, above.len() as u64);
        let parts = a + b <= n + n / 8 || 4 * (a * a + b * b) <= 3 * n * n;
        parts.then_some([(below, low), (above, high)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxes(seed: u64, count: usize, side: i32) -> Vec<Bbox> {
        let mut state = seed;
        let mut next = |bound: i32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % bound as u64) as i32
        };
        let mut corner = || Point::new(next(1000) - 500, next(1000) - 500);
        let bbox =
            |p: Point, q: Point| Bbox::of([p, Point::new(p.x + q.x.abs() % side, p.y + q.y.abs() % side)]);
        (0..count).map(|_| bbox(corner(), corner()).unwrap()).collect()
    }

    #[test]
    fn every_pair_that_touches_is_found_once_and_no_other() {
        for (seed, count, side) in [(1, 400, 40), (2, 400, 1), (3, 60, 900), (4, 30, 5), (5, 5000, 12)] {
            let all = boxes(seed, count, side);
            let mut found = pairs(&all, |i, j| Some((i, j)));
            found.sort_unstable();
            let touch = |i: usize, j: usize| all[i].intersects(&all[j]);
            let every: Vec<(u32, u32)> = (0..count)
                .flat_map(|i| (i + 1..count).map(move |j| (i, j)))
                .filter(|&(i, j)| touch(i, j))
                .map(|(i, j)| (i as u32, j as u32))
                .collect();
            assert_eq!(found, every, "seed {seed}");
        }
    }

    #[test]
    fn pairs_between_two_lists_are_those_of_the_lists_only() {
        let (left, right) = (boxes(6, 300, 30), boxes(7, 200, 30));
        let mut found = pairs_between(&left, &right, |i, j| Some((i, j)));
        found.sort_unstable();
        let every: Vec<(u32, u32)> = (0..300u32)
            .flat_map(|i| (0..200u32).map(move |j| (i, j)))
            .filter(|&(i, j)| left[i as usize].intersects(&right[j as usize]))
            .collect();
        assert_eq!(found, every);
        assert!(pairs_between(&left, &[], |i, j| Some((i, j))).is_empty());
    }
}
