//! Who holds each face, when two changes have had their say.

use super::lines::{Half, Lines};
use crate::coverage::faces_beside;
use crate::edit::side::{Place, Side};
use crate::edit::state::Segments;
use std::collections::{BTreeMap, BTreeSet};

/// What the halves around one face say of it.
#[derive(Debug, Default)]
struct Voices {
    standing: BTreeSet<Side>,
    drawn: BTreeSet<Side>,
    given: BTreeMap<Side, Side>,
    /// Whether the change gave the ground of one unit to two: it parts there, and each part speaks for itself.
    torn: bool,
}

impl Voices {
    fn hear(&mut self, half: Half, at_hand: &BTreeSet<Side>) {
        match half {
            // Beyond the units at hand lies what nobody here moves; face and name need not agree.
            Half::Standing(side) => {
                self.standing.extend((side == Side::Outside || at_hand.contains(&side)).then_some(side));
            }
            Half::Drawn(side) => drop(self.drawn.insert(side)),
            Half::Given(from, to) => {
                self.torn |= self.given.insert(from, to).is_some_and(|other| other != to);
            }
        }
    }

    /// Who holds the face; `None` when the change says nothing of it. The error is a face of two holders.
    fn verdict(&self, lines: &Lines) -> Result<Option<Side>, ()> {
        if self.drawn.is_empty() && self.given.is_empty() {
            return Ok(None);
        }
        if self.torn {
            return Err(());
        }
        let heir = |side: &Side| self.given.get(side).copied().unwrap_or(*side);
        let standing: BTreeSet<Side> =
            self.standing.iter().map(heir).chain(self.given.values().copied()).collect();
        let agreed = |drawn: BTreeSet<Side>| {
            let all: BTreeSet<Side> = standing.iter().copied().chain(drawn).collect();
            if all.len() == 1 { all.first().copied() } else { None }
        };
        let as_named_now = |side: &Side| lines.renamed.iter().find(|r| r.0 == *side).map_or(*side, |r| r.1);
        // All borders of a piece that the change gave away may have moved since: what it drew still names the heir.
        let sole = self.drawn.first().copied().filter(|_| self.drawn.len() == 1);
        let moved = |heir: &Side| standing.iter().all(|&s| s == *heir || lines.given.contains(&(s, *heir)));
        let holder =
            agreed(self.drawn.clone()).or_else(|| agreed(self.drawn.iter().map(as_named_now).collect()));
        // Whoever only loses ground draws its new border inside its own: that may have become another's.
        let loser = self.drawn.iter().all(|side| lines.losers.contains(side));
        let new_name =
            standing.first().copied().filter(|_| loser && standing.len() == 1 && self.given.is_empty());
        holder.or_else(|| sole.filter(moved)).or(new_name).map(Some).ok_or(())
    }
}

/// The borders that both changes together make.
pub(super) fn settled(lines: &Lines, at_hand: &BTreeSet<Side>) -> Result<Segments, Vec<(Place, String)>> {
    let places: Vec<Place> = lines.halves.keys().copied().collect();
    let beside = faces_beside(&places);
    let mut voices: BTreeMap<u32, Voices> = BTreeMap::new();
    for (faces, halves) in beside.iter().zip(lines.halves.values()) {
        for (face, half) in faces.iter().zip(halves) {
            voices.entry(*face).or_default().hear(*half, at_hand);
        }
    }
    let verdicts: BTreeMap<u32, Result<Option<Side>, ()>> =
        voices.iter().map(|(&face, voices)| (face, voices.verdict(lines))).collect();
    let mut after = Segments::new();
    let mut wrong = Vec::new();
    for ((faces, halves), place) in beside.iter().zip(lines.halves.values()).zip(places) {
        let side = |face: u32, half: Half| match (verdicts[&face], half) {
            (Err(()), _) => None,
            (Ok(_), Half::Standing(was)) if was != Side::Outside && !at_hand.contains(&was) => Some(was),
            (Ok(Some(side)), _)
            | (Ok(None), Half::Standing(side) | Half::Drawn(side) | Half::Given(_, side)) => Some(side),
        };
        match (side(faces[0], halves[0]), side(faces[1], halves[1])) {
            (Some(left), Some(right)) if left != right => drop(after.insert(place, (left, right))),
            (Some(_), Some(_)) if matches!(halves, [Half::Given(..), _] | [_, Half::Given(..)]) => {}
            (Some(_), Some(_)) => {
                wrong.push((place, "this border would have one unit on both sides".to_owned()));
            }
            _ => wrong.push((place, "it cannot be told who holds the ground along here".to_owned())),
        }
    }
    if wrong.is_empty() { Ok(after) } else { Err(wrong) }
}
