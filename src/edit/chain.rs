//! Segments that got vertices put into them: still the same border.

use super::change::LayerChange;
use super::side::{Place, Side, Sides};
use crate::geom::{Bbox, Point, predicate};
use std::collections::{BTreeMap, BTreeSet};

/// Whether a segment passes `p` within the rounding of both: it meets the square of one unit around it.
pub fn touches(p: Point, a: Point, b: Point) -> bool {
    let span = |v: i32, w: i32| u128::from(v.abs_diff(w));
    Bbox::between(a, b).grown(1).contains(p)
        && predicate::cross(a, b, p).unsigned_abs() <= span(a.x, b.x) + span(a.y, b.y)
}

/// How far along a segment a point stands.
pub fn along((a, b): Place, p: Point) -> i128 {
    let (dx, dy) = (i128::from(b.x) - i128::from(a.x), i128::from(b.y) - i128::from(a.y));
    (i128::from(p.x) - i128::from(a.x)) * dx + (i128::from(p.y) - i128::from(a.y)) * dy
}

/// The way along a segment from its first to its second end, over vertices within rounding of it.
pub fn chain(segments: &BTreeMap<Place, Sides>, (a, b): Place) -> Option<Vec<Point>> {
    if segments.contains_key(&(a, b)) {
        return Some(vec![a, b]);
    }
    let mut chain = vec![a];
    let mut here = a;
    while here != b {
        let meets = segments.keys().filter(|(p, q)| *p == here || *q == here);
        let ends = meets.map(|&(p, q)| if p == here { q } else { p });
        here = ends
            .filter(|&p| p == b || touches(p, a, b))
            .filter(|&p| along((a, b), p) > along((a, b), here))
            .min_by_key(|&p| along((a, b), p))?;
        chain.push(here);
    }
    Some(chain)
}

/// The segments that a change only puts vertices into, or cuts where another border ends: each with its sides
/// before, and its pieces.
pub fn opened(change: &LayerChange) -> Vec<(Place, Sides, Vec<Point>)> {
    let steps = || change.borders.steps();
    let gone: Vec<(Place, Sides)> =
        steps().filter(|(_, s)| s.new.is_none()).filter_map(|(p, s)| Some((*p, s.old?))).collect();
    let drawn: BTreeMap<Place, Sides> =
        steps().filter(|(_, s)| s.old.is_none()).filter_map(|(p, s)| Some((*p, s.new?))).collect();
    gone.into_iter().filter_map(|(place, old)| Some((place, old, chain(&drawn, place)?))).collect()
}

impl LayerChange {
    /// The units whose ground or border a change moves, and to whom or from whom: those whose planners must agree. A
    /// neighbour that gets a vertex and no more is not among them.
    pub fn moves(&self) -> BTreeSet<Side> {
        let mut moved = BTreeSet::new();
        let mut pieces = BTreeSet::new();
        for (place, old, chain) in opened(self) {
            pieces.insert(place);
            for w in chain.windows(2) {
                let piece = (w[0].min(w[1]), w[0].max(w[1]));
                let new = self.borders.get(&piece).and_then(|step| step.new).unwrap_or(old);
                differing(&mut moved, old, if w[0] < w[1] { new } else { (new.1, new.0) });
                pieces.insert(piece);
            }
        }
        for (_, step) in self.borders.steps().filter(|(place, _)| !pieces.contains(place)) {
            match (step.old, step.new) {
                (Some(old), Some(new)) => differing(&mut moved, old, new),
                (one, other) => {
                    moved.extend(one.or(other).into_iter().flat_map(|(left, right)| [left, right]));
                }
            }
        }
        moved
    }
}

/// Adds the sides that are not the same before and after.
fn differing(moved: &mut BTreeSet<Side>, old: Sides, new: Sides) {
    for (old, new) in [(old.0, new.0), (old.1, new.1)] {
        moved.extend((old != new).then_some([old, new]).into_iter().flatten());
    }
}
