//! What would align police grids and grids.
//!
//! Nothing here writes. Who accepts a suggestion gets a draft in the layer that it is about, made by the operations of the
//! edit screen, to be looked at, changed, approved and published like any other.

mod cut;
mod effect;
mod near;
mod said;
mod whole;

use super::{Overlap, OverlapError};
use crate::app::App;
use crate::app::access::Actor;
use crate::app::drafting::{DraftError, DraftWords, Review, Working};
use crate::edit::Operation;
use crate::geom::Bbox;
use crate::overlay::{Crosswalk, SliverRule};
use crate::unit::{Level, Unit, UnitId};
use chrono::{DateTime, Utc};
use effect::Station;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Within how many metres of a grid's border a police border is brought onto it, unless another distance is asked for.
pub const WITHIN_M: u32 = 20;

/// What is left over where borders crossed and the crossing was rounded is smaller: there is nothing to move.
const LEAST_M2: f64 = 1.0;

/// What a suggestion does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuggestionKind {
    /// Grids go whole from one police grid to another.
    Align,
    /// All grids of a station do.
    Rebuild,
    /// The border between two police grids moves onto a border of grids that it runs near.
    Snap,
    /// A grid is cut in two along the police border through it.
    Split,
}

/// How sure it is that ground belongs where it is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Some grid has less than 70 % of its ground there: somebody should look.
    Open,
    /// All have 70 % there.
    Likely,
    /// All have 90 %.
    Sure,
}

/// Which suggestions.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Only about grids under the unit with this code, of either layer.
    pub under: Option<String>,
    /// Only of this kind.
    pub kind: Option<SuggestionKind>,
    /// Codes of units of the second layer that stay as they are.
    pub locked: Vec<String>,
    /// How near a police border must be to be brought onto a grid's, in metres.
    pub within_m: u32,
}

impl Default for Wish {
    fn default() -> Self {
        Self { under: None, kind: None, locked: Vec::new(), within_m: WITHIN_M }
    }
}

/// A change that would make the two layers agree more.
#[derive(Clone, Debug)]
pub struct Suggestion<'a> {
    /// Stays the same as long as the units do: `align:{from}:{to}`, `rebuild:{station}`, `snap:{from}:{to}:{metres}` or
    /// `split:{grid}`.
    pub id: String,
    /// What it does.
    pub kind: SuggestionKind,
    /// The police station, or whatever stands above the second layer's units.
    pub group: &'a Unit,
    /// Which police grid gives and which gets; of a split, the smaller part's and the larger one's. `None` for a whole
    /// station.
    pub between: Option<(&'a Unit, &'a Unit)>,
    /// The grids that come to lie in one police grid, by code; of a split, the one that is cut.
    pub grids: Vec<&'a Unit>,
    /// How sure the least sure of them is; of a split, how even the two parts are.
    pub confidence: Confidence,
    /// Ground that changes its police grid, or becomes a grid of its own, in square metres.
    pub moved_m2: f64,
    /// Split grids of the station, before and after.
    pub split: (u32, u32),
    /// Mismatched ground of the station, before and after, in square metres.
    pub mismatch_m2: (f64, f64),
    /// The box around the grids: west, south, east, north in degrees.
    pub bbox: [f64; 4],
    /// The layer that a draft of it is in.
    pub layer: &'a str,
    /// What a draft of it does, in order.
    pub operations: Vec<Operation>,
}

/// What all suggestions are looked for with.
struct Search {
    crosswalk: Crosswalk,
    /// The same, by units of the second layer.
    columns: Crosswalk,
    stations: BTreeMap<UnitId, Station>,
    /// Units of the second layer that stay as they are.
    kept: BTreeSet<UnitId>,
    within_m: u32,
}

impl SuggestionKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Align, Self::Rebuild, Self::Snap, Self::Split];

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Align => "align",
            Self::Rebuild => "rebuild",
            Self::Snap => "snap",
            Self::Split => "split",
        }
    }

    /// The kind of that word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl Confidence {
    fn of(share: f64) -> Self {
        match share {
            share if share >= 0.9 => Self::Sure,
            share if share >= 0.7 => Self::Likely,
            _ => Self::Open,
        }
    }

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Likely => "likely",
            Self::Sure => "sure",
        }
    }
}

impl Overlap {
    /// All suggestions of a wish, those that move most ground first.
    pub fn suggestions(&self, wish: &Wish) -> Result<Vec<Suggestion<'_>>, OverlapError> {
        let above = self.pair.sides[1].level.0.checked_sub(1).map(Level);
        let grids_of_both = (0..2).all(|k| self.pair.sides[k].level == self.state(k).layer.grid_level());
        let above = above.filter(|_| grids_of_both).ok_or(OverlapError::NotGrids)?;
        let kept = self.locked(&wish.locked)?;
        let crosswalk = self.crosswalk(SliverRule::default());
        let scope = self.scope(&crosswalk, wish.under.as_deref())?;
        let mut stations = self.stations(&crosswalk, above);
        stations.retain(|_, station| station.grids.iter().any(|&grid| scope.takes(grid)));
        let columns = crosswalk.transposed();
        let search = Search { crosswalk, columns, stations, kept, within_m: wish.within_m };
        let wants = |kind| wish.kind.is_none_or(|wanted| wanted == kind);
        let mut found = Vec::new();
        if wants(SuggestionKind::Align) || wants(SuggestionKind::Rebuild) {
            found.extend(self.whole_grids(&search));
        }
        if wants(SuggestionKind::Snap) {
            found.extend(self.near_borders(&search));
        }
        if wants(SuggestionKind::Split) {
            found.extend(self.cuts(&search));
        }
        found.retain(|one| wants(one.kind) && one.grids.iter().any(|grid| scope.takes(grid.id)));
        found.sort_by(|p, q| q.moved_m2.total_cmp(&p.moved_m2).then_with(|| p.id.cmp(&q.id)));
        Ok(found)
    }

    /// The suggestion of an id, if there is one.
    pub fn suggestion(&self, id: &str, locked: &[String]) -> Result<Option<Suggestion<'_>>, OverlapError> {
        let mut words = id.split(':');
        let Some(kind) = words.next().and_then(SuggestionKind::named) else { return Ok(None) };
        let metres = words.nth(2).and_then(|metres| metres.parse().ok());
        let wish = Wish {
            kind: Some(kind),
            locked: locked.to_vec(),
            within_m: metres.unwrap_or(WITHIN_M),
            under: None,
        };
        Ok(self.suggestions(&wish)?.into_iter().find(|one| one.id == id))
    }

    fn locked(&self, codes: &[String]) -> Result<BTreeSet<UnitId>, OverlapError> {
        let (units, level) = (&self.state(1).units, self.pair.sides[1].level);
        let locked = |code: &String| {
            let unit = units.all().iter().find(|unit| unit.level == level && unit.code.as_str() == code);
            unit.map(|unit| unit.id).ok_or_else(|| OverlapError::UnknownLocked(code.clone()))
        };
        codes.iter().map(locked).collect()
    }

    /// Each grid belongs to the station that has most of it.
    fn stations(&self, crosswalk: &Crosswalk, above: Level) -> BTreeMap<UnitId, Station> {
        let mut homes: BTreeMap<UnitId, Station> = BTreeMap::new();
        for &grid in self.pair.coverages[0].units() {
            let most = crosswalk.row(grid).and_then(|row| row.most);
            if let Some(station) = most.and_then(|unit| self.state(1).units.ancestor(unit, above)) {
                homes.entry(station.id).or_default().grids.push(grid);
            }
        }
        homes
    }

    /// The box around some grids.
    fn around(&self, grids: &BTreeSet<UnitId>) -> Option<[f64; 4]> {
        let coverage = &self.pair.coverages[0];
        let boxes = grids.iter().filter_map(|&grid| coverage.face_bbox(coverage.face(grid)?));
        boxes.reduce(Bbox::union).map(|bbox| bbox.degrees())
    }
}

impl App {
    /// Begins a draft that makes some operations. It is withdrawn when one of them is refused.
    pub async fn draft_of(
        self: &Arc<Self>,
        words: DraftWords,
        operations: Vec<Operation>,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Arc<Working>, DraftError> {
        let working = self.begin_draft(words, actor, now).await?;
        let (id, mut version) = (working.draft.id, working.draft.version);
        for operation in operations {
            match self.add_operation((id, version), operation, actor, now).await {
                Ok(drawn) => version = drawn.version,
                Err(error) => {
                    let comment = Some(error.to_string());
                    self.review((id, version), Review::Withdraw, comment, actor, now).await?;
                    return Err(error);
                }
            }
        }
        self.working(id).await
    }
}
