//! The lines of a change and of its new base together, before anyone says who holds what.

use crate::edit::change::LayerChange;
use crate::edit::draw::touches;
use crate::edit::side::{Place, Side, Sides};
use crate::edit::state::Segments;
use crate::geom::Point;
use std::collections::{BTreeMap, BTreeSet};

/// One side of a line, as the two changes left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    /// The change did not touch it: this stands there.
    Standing(Side),
    /// The change drew it.
    Drawn(Side),
    /// The change gave it from one to another.
    Given(Side, Side),
}

/// The lines, and what the base calls grounds that the change knew by other names.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub halves: BTreeMap<Place, [Half; 2]>,
    pub renamed: BTreeSet<(Side, Side)>,
}

/// Puts the lines of a change on those that stand, or tells which do not fit.
pub(super) fn merged(now: &Segments, change: &LayerChange) -> Result<Lines, Vec<(Place, String)>> {
    let standing = now.iter().map(|(&place, s)| (place, [Half::Standing(s.0), Half::Standing(s.1)]));
    let mut lines = Lines { halves: standing.collect(), renamed: BTreeSet::new() };
    let mut wrong = Vec::new();
    let mut opened: Vec<(Place, Vec<Point>)> = Vec::new();
    let steps = || change.borders.steps().map(|(place, step)| (*place, step.old, step.new));
    for (place, old, new) in steps() {
        match (old, new) {
            (Some(old), None) => match lines.take(now, place, old) {
                Some(inner) => opened.extend((!inner.is_empty()).then_some((place, inner))),
                None => wrong.push((place, "this border was moved or has gone".to_owned())),
            },
            (Some(old), Some(new)) => {
                // A line that the base has moved is given with the face that it bounds, or not at all.
                if let Some(&stands) = now.get(&place) {
                    let sides = [(old.0, new.0, stands.0), (old.1, new.1, stands.1)];
                    match sides.map(given) {
                        [Some(left), Some(right)] => drop(lines.halves.insert(place, [left, right])),
                        _ => wrong.push((place, "both gave the ground along this border away".to_owned())),
                    }
                }
            }
            (None, _) => {}
        }
    }
    for (place, old, new) in steps() {
        let Some(new) = new.filter(|_| old.is_none()) else { continue };
        for (piece, sides) in pieces(place, new, &opened) {
            let before = lines.halves.insert(piece, [Half::Drawn(sides.0), Half::Drawn(sides.1)]);
            if before.is_some() {
                wrong.push((piece, "another border was drawn along here".to_owned()));
            }
        }
    }
    if wrong.is_empty() { Ok(lines) } else { Err(wrong) }
}

/// A side that the change gave from `old` to `new`, where `stands` is there now.
fn given((old, new, stands): (Side, Side, Side)) -> Option<Half> {
    if old == new {
        return Some(Half::Standing(stands));
    }
    (stands == old).then_some(Half::Given(old, new))
}

impl Lines {
    /// Takes a segment away, or the chain of segments that it has become by vertices that were put into it; gives
    /// those vertices.
    fn take(&mut self, now: &Segments, place: Place, old: Sides) -> Option<Vec<Point>> {
        let chain = chain(now, place)?;
        for w in chain.windows(2) {
            let forward = w[0] < w[1];
            let key = (w[0].min(w[1]), w[0].max(w[1]));
            let stands = now[&key];
            let stands = if forward { stands } else { (stands.1, stands.0) };
            for (was, is) in [(old.0, stands.0), (old.1, stands.1)] {
                self.renamed.extend((was != is).then_some((was, is)));
            }
            self.halves.remove(&key);
        }
        Some(chain[1..chain.len() - 1].to_vec())
    }
}

/// The way along a segment from its first to its second end, over vertices within rounding of it.
fn chain(now: &Segments, (a, b): Place) -> Option<Vec<Point>> {
    if now.contains_key(&(a, b)) {
        return Some(vec![a, b]);
    }
    let along = |p: Point| {
        let (dx, dy) = (i128::from(b.x) - i128::from(a.x), i128::from(b.y) - i128::from(a.y));
        (i128::from(p.x) - i128::from(a.x)) * dx + (i128::from(p.y) - i128::from(a.y)) * dy
    };
    let mut chain = vec![a];
    let mut here = a;
    while here != b {
        let ends = now.keys().filter(|(p, q)| *p == here || *q == here).map(|&(p, q)| if p == here { q } else { p });
        here = ends.filter(|&p| p == b || touches(p, a, b)).filter(|&p| along(p) > along(here)).min_by_key(|&p| along(p))?;
        chain.push(here);
    }
    Some(chain)
}

/// A drawn segment, parted at the vertices that the base put into the segment that it was cut from.
fn pieces(place: Place, sides: Sides, opened: &[(Place, Vec<Point>)]) -> Vec<(Place, Sides)> {
    let mut chain = vec![place.0, place.1];
    for ((a, b), inner) in opened {
        let from_it = |p: Point| p == *a || p == *b || touches(p, *a, *b);
        if from_it(place.0) && from_it(place.1) {
            let on = inner.iter().filter(|&&v| v != place.0 && v != place.1 && touches(v, place.0, place.1));
            chain.extend(on.copied());
        }
    }
    let along = |p: &Point| {
        let (dx, dy) = (i128::from(place.1.x) - i128::from(place.0.x), i128::from(place.1.y) - i128::from(place.0.y));
        (i128::from(p.x) - i128::from(place.0.x)) * dx + (i128::from(p.y) - i128::from(place.0.y)) * dy
    };
    chain.sort_by_key(along);
    chain.dedup();
    chain.windows(2).map(|w| crate::edit::side::placed(w[0], w[1], sides)).collect()
}
