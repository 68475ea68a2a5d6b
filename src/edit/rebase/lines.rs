//! The lines of a change and of its new base together, before anyone says who holds what.

use crate::edit::chain::{along, chain};
use crate::edit::change::LayerChange;
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

/// The lines, what the base calls grounds that the change knew by other names, and all that the change gives.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub halves: BTreeMap<Place, [Half; 2]>,
    pub renamed: BTreeSet<(Side, Side)>,
    pub given: BTreeSet<(Side, Side)>,
    /// The sides that the change only takes ground from, or none.
    pub losers: BTreeSet<Side>,
}

/// Puts the lines of a change on those that stand, or tells which do not fit.
pub(super) fn merged(now: &Segments, change: &LayerChange) -> Result<Lines, Vec<(Place, String)>> {
    let halves = now.iter().map(|(&place, s)| (place, [Half::Standing(s.0), Half::Standing(s.1)])).collect();
    let losers = change.twice_areas().into_iter().filter(|grown| grown.1 <= 0).map(|grown| grown.0).collect();
    let mut lines = Lines { halves, losers, ..Lines::default() };
    let mut wrong = Vec::new();
    let steps = || change.borders.steps().map(|(place, step)| (*place, step.old, step.new));
    let mut drawn: Segments =
        steps().filter(|s| s.1.is_none()).filter_map(|(p, _, new)| Some((p, new?))).collect();
    for (place, old, new) in steps() {
        let Some(old) = old else { continue };
        let cut = chain(&drawn, place).filter(|_| new.is_none());
        let fits = match (new, &cut) {
            (Some(new), _) => lines.give(now, place, old, &[(place.0, place.1, new)]),
            (None, None) => lines.take(now, place, old),
            (None, Some(cut)) => {
                let pieces: Vec<_> =
                    cut.windows(2).map(|w| (w[0], w[1], standing(&drawn, w[0], w[1]).1)).collect();
                chain(now, place).and_then(|_| lines.give(now, place, old, &pieces))
            }
        };
        if fits.is_none() {
            wrong.push((place, "this border was moved, or its ground given away".to_owned()));
        }
        for w in cut.iter().flat_map(|cut| cut.windows(2)) {
            drawn.remove(&(w[0].min(w[1]), w[0].max(w[1])));
        }
    }
    for (place, sides) in drawn {
        if lines.halves.insert(place, [Half::Drawn(sides.0), Half::Drawn(sides.1)]).is_some() {
            wrong.push((place, "another border was drawn along here".to_owned()));
        }
    }
    if wrong.is_empty() { Ok(lines) } else { Err(wrong) }
}

impl Lines {
    /// Takes a segment away, or the chain of segments that it has become by vertices that were put into it.
    fn take(&mut self, now: &Segments, place: Place, old: Sides) -> Option<()> {
        for w in chain(now, place)?.windows(2) {
            let (key, stands) = standing(now, w[0], w[1]);
            for (was, is) in [(old.0, stands.0), (old.1, stands.1)] {
                self.renamed.extend((was != is).then_some((was, is)));
            }
            self.halves.remove(&key);
        }
        Some(())
    }

    /// Gives the ground beside a segment, or beside what it has become; `pieces` are what the change made of the
    /// segment, with their sides. A line that the base has moved is given with the face that it bounds, or not at
    /// all. `None` when the base gave the same ground away.
    fn give(
        &mut self,
        now: &Segments,
        place: Place,
        old: Sides,
        pieces: &[(Point, Point, Sides)],
    ) -> Option<()> {
        let given = pieces.iter().flat_map(|p| [(old.0, p.2.0), (old.1, p.2.1)]);
        self.given.extend(given.filter(|(from, to)| from != to));
        let Some(chain) = chain(now, place) else { return Some(()) };
        let base: Vec<_> = chain.windows(2).map(|w| (w[0], w[1], standing(now, w[0], w[1]).1)).collect();
        for w in chain.windows(2) {
            self.halves.remove(&(w[0].min(w[1]), w[0].max(w[1])));
        }
        let mut points: Vec<Point> = chain.iter().copied().chain(pieces.iter().map(|p| p.0)).collect();
        points.sort_by_key(|&p| along(place, p));
        points.dedup();
        for w in points.windows(2) {
            let over = |list: &[(Point, Point, Sides)]| {
                let holds = |p: &&(Point, Point, Sides)| {
                    along(place, p.0) <= along(place, w[0]) && along(place, w[1]) <= along(place, p.1)
                };
                list.iter().find(holds).map(|p| p.2)
            };
            let (new, stands) = (over(pieces)?, over(&base)?);
            let half = |from: Side, to: Side, stands: Side| {
                let given = from != to && stands == from;
                (given || from == to).then_some(if given {
                    Half::Given(from, to)
                } else {
                    Half::Standing(stands)
                })
            };
            let halves = [half(old.0, new.0, stands.0)?, half(old.1, new.1, stands.1)?];
            let key = (w[0].min(w[1]), w[0].max(w[1]));
            self.halves.insert(key, if w[0] < w[1] { halves } else { [halves[1], halves[0]] });
        }
        Some(())
    }
}

/// The segment from `p` to `q`, and what stands left and right on that way.
fn standing(now: &Segments, p: Point, q: Point) -> (Place, Sides) {
    let key = (p.min(q), p.max(q));
    let stands = now[&key];
    (key, if p < q { stands } else { (stands.1, stands.0) })
}
