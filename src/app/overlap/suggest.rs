//! What would align police grids with grids: each grid whole in one police grid, each police grid connected.
//!
//! Nothing here writes. Who accepts a suggestion gets a draft in the layer of the police grids, made by the operations of
//! the edit screen, to be looked at, changed, approved and published like any other.

use super::{Overlap, OverlapError};
use crate::app::App;
use crate::app::access::Actor;
use crate::app::drafting::{DraftError, DraftWords, Review, Working};
use crate::edit::{Kind, Operation};
use crate::geom::{Bbox, Point, Ring};
use crate::overlay::{Assigning, Crosswalk, SliverRule};
use crate::unit::{Level, Unit, UnitId};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Steps of the search per station, after which a good arrangement does.
const STEPS: usize = 5_000;

/// What is left over where borders crossed and the crossing was rounded is smaller: there is nothing to move.
const LEAST_M2: f64 = 1.0;

/// How sure it is that the grids belong where they are put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Some grid has less than 70 % of its ground there: somebody should look.
    Open,
    /// All have 70 % there.
    Likely,
    /// All have 90 %.
    Sure,
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

/// A change that would bring whole grids together with one police grid, or do so for a whole station.
#[derive(Clone, Debug)]
pub struct Suggestion<'a> {
    /// Stays the same as long as the units do: `align:{from}:{to}` or `rebuild:{station}`.
    pub id: String,
    /// The police station, or whatever stands above the second layer's units.
    pub group: &'a Unit,
    /// Which police grid gives and which gets; `None` for a whole station.
    pub between: Option<(&'a Unit, &'a Unit)>,
    /// The grids that come to lie in one police grid, by code.
    pub grids: Vec<&'a Unit>,
    /// How sure the least sure of them is.
    pub confidence: Confidence,
    /// Ground that changes its police grid, in square metres.
    pub moved_m2: f64,
    /// Split grids of the station, before and after.
    pub split: (u32, u32),
    /// Mismatched ground of the station, before and after, in square metres.
    pub mismatch_m2: (f64, f64),
    /// The box around the grids: west, south, east, north in degrees.
    pub bbox: [f64; 4],
    moves: Vec<Move>,
}

impl Suggestion<'_> {
    /// What a draft of it is called.
    pub fn title(&self) -> String {
        match self.between {
            Some((from, to)) => format!("{}沿网格界线对齐:{} → {}", self.group.name, from.name, to.name),
            None => format!("{}警格按整网格重划", self.group.name),
        }
    }

    /// What moves and what it gains, in a sentence.
    pub fn reason(&self) -> String {
        let hectares = |m2: f64| format!("{:.2}", m2 / 10_000.0);
        let to = self.between.map_or_else(|| "所在警格".to_owned(), |(_, to)| to.name.clone());
        format!(
            "{} 个网格整体划入{to},移动 {} 公顷:{}被分割网格 {} → {},不一致面积 {} → {} 公顷",
            self.grids.len(),
            hectares(self.moved_m2),
            self.group.name,
            self.split.0,
            self.split.1,
            hectares(self.mismatch_m2.0),
            hectares(self.mismatch_m2.1),
        )
    }
}

/// A grid's ground that goes from one police grid to another.
#[derive(Clone, Copy, Debug)]
struct Move {
    grid: UnitId,
    from: UnitId,
    to: UnitId,
    area_m2: f64,
}

/// The grids of a station and where they go.
struct Station {
    id: UnitId,
    grids: Vec<UnitId>,
    moves: Vec<Move>,
}

impl Overlap {
    /// All suggestions about grids under a unit of either layer, or about all grids, those that move most ground first.
    /// Police grids in `locked` stay as they are.
    pub fn suggestions(
        &self,
        under: Option<&str>,
        locked: &[String],
    ) -> Result<Vec<Suggestion<'_>>, OverlapError> {
        let (state, level) = (self.state(1), self.pair.sides[1].level);
        let grids_of_both = (0..2).all(|k| self.pair.sides[k].level == self.state(k).layer.grid_level());
        let Some(above) = level.0.checked_sub(1).map(Level).filter(|_| grids_of_both) else {
            return Err(OverlapError::NotGrids);
        };
        let mut kept = BTreeSet::new();
        for code in locked {
            let unit =
                state.units.all().iter().find(|unit| unit.level == level && unit.code.as_str() == code);
            kept.insert(unit.ok_or_else(|| OverlapError::UnknownLocked(code.clone()))?.id);
        }
        let crosswalk = self.crosswalk(SliverRule::default());
        let scope = self.scope(&crosswalk, under)?;
        let mut stations = self.stations(&crosswalk, above, &kept);
        stations.retain(|station| station.grids.iter().any(|&grid| scope.takes(grid)));
        let mut found: Vec<Suggestion<'_>> =
            stations.iter().flat_map(|station| self.of_station(&crosswalk, station)).collect();
        found.retain(|suggestion| suggestion.grids.iter().any(|grid| scope.takes(grid.id)));
        found.sort_by(|p, q| q.moved_m2.total_cmp(&p.moved_m2).then_with(|| p.id.cmp(&q.id)));
        Ok(found)
    }

    /// Each grid belongs to the station that has most of it.
    fn stations(&self, crosswalk: &Crosswalk, above: Level, kept: &BTreeSet<UnitId>) -> Vec<Station> {
        let mut homes: BTreeMap<UnitId, Vec<UnitId>> = BTreeMap::new();
        for &grid in self.pair.coverages[0].units() {
            let most = crosswalk.row(grid).and_then(|row| row.most);
            if let Some(station) = most.and_then(|unit| self.state(1).units.ancestor(unit, above)) {
                homes.entry(station.id).or_default().push(grid);
            }
        }
        let beside = self.beside();
        let station = |(id, grids): (UnitId, Vec<UnitId>)| {
            let moves = self.moves(crosswalk, id, &grids, &beside, kept);
            Station { id, grids, moves }
        };
        homes.into_iter().map(station).collect()
    }

    /// The grids beside each.
    fn beside(&self) -> BTreeMap<UnitId, BTreeSet<UnitId>> {
        let coverage = &self.pair.coverages[0];
        let mut beside: BTreeMap<UnitId, BTreeSet<UnitId>> = BTreeMap::new();
        for arc in coverage.arcs() {
            if let (Some(left), Some(right)) = (coverage.unit(arc.left), coverage.unit(arc.right)) {
                beside.entry(left).or_default().insert(right);
                beside.entry(right).or_default().insert(left);
            }
        }
        beside
    }

    fn moves(
        &self,
        crosswalk: &Crosswalk,
        station: UnitId,
        grids: &[UnitId],
        beside: &BTreeMap<UnitId, BTreeSet<UnitId>>,
        kept: &BTreeSet<UnitId>,
    ) -> Vec<Move> {
        let has_ground = |unit: &&Unit| self.pair.coverages[1].face(unit.id).is_some();
        let classes: Vec<UnitId> =
            self.state(1).units.children(station).filter(has_ground).map(|unit| unit.id).collect();
        let common = |&grid: &UnitId| {
            classes.iter().map(|&class| crosswalk.cell([Some(grid), Some(class)]).area_m2).collect()
        };
        let near = |grid: &UnitId| {
            let all = beside.get(grid).into_iter().flatten();
            all.filter_map(|other| grids.binary_search(other).ok()).collect()
        };
        let lock = |&grid: &UnitId| {
            let most = crosswalk.row(grid).and_then(|row| row.most).filter(|most| kept.contains(most))?;
            classes.iter().position(|&class| class == most)
        };
        let assigning = Assigning {
            common_m2: grids.iter().map(common).collect(),
            neighbours: grids.iter().map(near).collect(),
            locked: grids.iter().map(lock).collect(),
        };
        let Some(assigned) = assigning.best(STEPS) else { return Vec::new() };
        let mut moves = Vec::new();
        for (&grid, &class) in grids.iter().zip(&assigned.to) {
            let to = classes[class];
            for (from, cell) in crosswalk.row_cells(Some(grid)) {
                let Some(from) = from.filter(|&from| from != to) else { continue };
                if cell.area_m2 >= LEAST_M2 && !kept.contains(&from) && !kept.contains(&to) {
                    moves.push(Move { grid, from, to, area_m2: cell.area_m2 });
                }
            }
        }
        moves
    }

    fn of_station(&self, crosswalk: &Crosswalk, station: &Station) -> Vec<Suggestion<'_>> {
        let mut pairs: BTreeMap<(UnitId, UnitId), Vec<Move>> = BTreeMap::new();
        for &one in &station.moves {
            pairs.entry((one.from, one.to)).or_default().push(one);
        }
        let is_more = pairs.len() > 1;
        let mut found: Vec<Suggestion<'_>> = pairs
            .into_values()
            .filter_map(|moves| self.suggestion(crosswalk, station, moves, true))
            .collect();
        if is_more {
            found.extend(self.suggestion(crosswalk, station, station.moves.clone(), false));
        }
        found
    }

    fn suggestion(
        &self,
        crosswalk: &Crosswalk,
        station: &Station,
        moves: Vec<Move>,
        is_pair: bool,
    ) -> Option<Suggestion<'_>> {
        let group = self.unit(1, Some(station.id))?;
        let first = *moves.first()?;
        let (from, to) = (self.unit(1, Some(first.from))?, self.unit(1, Some(first.to))?);
        let ids: BTreeSet<UnitId> = moves.iter().map(|one| one.grid).collect();
        let mut grids: Vec<&Unit> = ids.iter().filter_map(|&id| self.unit(0, Some(id))).collect();
        grids.sort_by(|p, q| p.code.cmp(&q.code));
        let share = |one: &Move| {
            let whole = crosswalk.row(one.grid).map_or(1.0, |row| row.area_m2);
            crosswalk.cell([Some(one.grid), Some(one.to)]).area_m2 / whole
        };
        let least = moves.iter().map(share).fold(1.0, f64::min);
        let boxes = ids.iter().filter_map(|&id| {
            let coverage = &self.pair.coverages[0];
            coverage.face_bbox(coverage.face(id)?)
        });
        Some(Suggestion {
            id: if is_pair {
                format!("align:{}:{}", from.code, to.code)
            } else {
                format!("rebuild:{}", group.code)
            },
            group,
            between: is_pair.then_some((from, to)),
            confidence: Confidence::of(least),
            moved_m2: moves.iter().map(|one| one.area_m2).sum(),
            split: Self::split(crosswalk, station, &moves),
            mismatch_m2: mismatch(crosswalk, station, &moves),
            bbox: boxes.reduce(Bbox::union)?.degrees(),
            grids,
            moves,
        })
    }

    /// Split grids of a station before and after some moves.
    fn split(crosswalk: &Crosswalk, station: &Station, moves: &[Move]) -> (u32, u32) {
        let mut counts = (0, 0);
        for &grid in &station.grids {
            let real =
                |(unit, cell): (Option<UnitId>, &crate::overlay::Cell)| unit.filter(|_| cell.pieces > 0);
            let parts: BTreeSet<UnitId> = crosswalk.row_cells(Some(grid)).filter_map(real).collect();
            let mut after = parts.clone();
            for one in moves.iter().filter(|one| one.grid == grid) {
                after.remove(&one.from);
                after.insert(one.to);
            }
            counts.0 += u32::from(parts.len() > 1);
            counts.1 += u32::from(after.len() > 1);
        }
        counts
    }

    /// What a draft of a suggestion does, in order.
    pub fn operations(&self, suggestion: &Suggestion<'_>) -> Vec<Operation> {
        suggestion.moves.iter().filter_map(|one| self.operation(one)).collect()
    }

    fn operation(&self, one: &Move) -> Option<Operation> {
        let coverage = &self.pair.coverages[0];
        let shape = coverage.shape(coverage.face(one.grid)?);
        let rings = shape.polygons().iter().flat_map(|p| std::iter::once(&p.outer).chain(&p.holes));
        let points = |ring: &Ring| -> Vec<Point> { ring.points().to_vec() };
        let code = |id: UnitId| self.unit(1, Some(id)).map(|unit| unit.code.clone());
        let (from, to) = (code(one.from)?, code(one.to)?);
        // On the way to the whole a police grid may be in parts.
        let kind = Kind::Transfer { from, to, area: rings.map(points).collect(), parts: true };
        Some(Operation { layer: self.state(1).layer.name.clone(), kind })
    }
}

/// Mismatched ground of a station before and after some moves.
fn mismatch(crosswalk: &Crosswalk, station: &Station, moves: &[Move]) -> (f64, f64) {
    let mut sums = (0.0, 0.0);
    for &grid in &station.grids {
        let mut cells: BTreeMap<Option<UnitId>, f64> =
            crosswalk.row_cells(Some(grid)).map(|(unit, cell)| (unit, cell.area_m2)).collect();
        let off = |cells: &BTreeMap<Option<UnitId>, f64>| {
            let most = cells.iter().filter(|(unit, _)| unit.is_some()).map(|(_, &m2)| m2).fold(0.0, f64::max);
            cells.values().sum::<f64>() - most
        };
        sums.0 += off(&cells);
        for one in moves.iter().filter(|one| one.grid == grid) {
            let m2 = cells.remove(&Some(one.from)).unwrap_or_default();
            *cells.entry(Some(one.to)).or_default() += m2;
        }
        sums.1 += off(&cells);
    }
    sums
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
