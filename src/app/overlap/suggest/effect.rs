//! What moving ground between police grids does to a station.

use super::super::Overlap;
use super::{Confidence, LEAST_M2, Search, Suggestion, SuggestionKind};
use crate::edit::{Kind, Operation};
use crate::geom::Point;
use crate::overlay::{Cell, Crosswalk};
use crate::unit::{Unit, UnitId};
use std::collections::{BTreeMap, BTreeSet};

/// The grids that lie mostly in a station.
#[derive(Debug, Default)]
pub(super) struct Station {
    pub(super) grids: Vec<UnitId>,
}

/// A grid's ground that goes from one police grid to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    pub(super) grid: UnitId,
    pub(super) from: UnitId,
    pub(super) to: UnitId,
    pub(super) area_m2: f64,
}

impl Station {
    /// Split grids and mismatched ground in square metres, as they are.
    pub(super) fn measures(&self, crosswalk: &Crosswalk) -> (u32, f64) {
        (self.split(crosswalk, &[]).0, self.mismatch_m2(crosswalk, &[]).0)
    }

    /// Split grids before and after some moves.
    fn split(&self, crosswalk: &Crosswalk, moves: &[Move]) -> (u32, u32) {
        let mut counts = (0, 0);
        for &grid in &self.grids {
            let real = |(unit, cell): (Option<UnitId>, &Cell)| unit.filter(|_| cell.pieces > 0);
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

    /// Mismatched ground before and after some moves, in square metres.
    fn mismatch_m2(&self, crosswalk: &Crosswalk, moves: &[Move]) -> (f64, f64) {
        let mut sums = (0.0, 0.0);
        for &grid in &self.grids {
            let mut cells: BTreeMap<Option<UnitId>, f64> =
                crosswalk.row_cells(Some(grid)).map(|(unit, cell)| (unit, cell.area_m2)).collect();
            let off = |cells: &BTreeMap<Option<UnitId>, f64>| {
                let units = cells.iter().filter(|(unit, _)| unit.is_some());
                cells.values().sum::<f64>() - units.map(|(_, &m2)| m2).fold(0.0, f64::max)
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
}

impl Overlap {
    /// What some moves of ground between police grids come to; of one pair of them, unless they are a whole station's.
    pub(super) fn of_moves(
        &self,
        search: &Search,
        station: UnitId,
        moves: &[Move],
        kind: SuggestionKind,
    ) -> Option<Suggestion<'_>> {
        let crosswalk = &search.crosswalk;
        let group = self.unit(1, Some(station))?;
        let first = *moves.first()?;
        let (from, to) = (self.unit(1, Some(first.from))?, self.unit(1, Some(first.to))?);
        let ids: BTreeSet<UnitId> = moves.iter().map(|one| one.grid).collect();
        let mut grids: Vec<&Unit> = ids.iter().filter_map(|&id| self.unit(0, Some(id))).collect();
        grids.sort_by(|p, q| p.code.cmp(&q.code));
        let share = |one: &Move| {
            let whole = crosswalk.row(one.grid).map_or(1.0, |row| row.area_m2);
            crosswalk.cell([Some(one.grid), Some(one.to)]).area_m2 / whole
        };
        let id = match kind {
            SuggestionKind::Snap => format!("snap:{}:{}:{}", from.code, to.code, search.within_m),
            SuggestionKind::Rebuild => format!("rebuild:{}", group.code),
            _ => format!("align:{}:{}", from.code, to.code),
        };
        let of_station = &search.stations[&station];
        Some(Suggestion {
            id,
            kind,
            group,
            between: (kind != SuggestionKind::Rebuild).then_some((from, to)),
            confidence: Confidence::of(moves.iter().map(share).fold(1.0, f64::min)),
            moved_m2: moves.iter().map(|one| one.area_m2).sum(),
            split: of_station.split(crosswalk, moves),
            mismatch_m2: of_station.mismatch_m2(crosswalk, moves),
            bbox: self.around(&ids)?,
            grids,
            layer: &self.state(1).layer.name,
            operations: scraps(search, moves)
                .iter()
                .chain(moves)
                .filter_map(|one| self.transfer(one))
                .collect(),
        })
    }

    fn transfer(&self, one: &Move) -> Option<Operation> {
        let coverage = &self.pair.coverages[0];
        let shape = coverage.shape(coverage.face(one.grid)?);
        let area: Vec<Vec<Point>> = shape.rings().map(|ring| ring.points().to_vec()).collect();
        let code = |id: UnitId| self.unit(1, Some(id)).map(|unit| unit.code.clone());
        let (from, to) = (code(one.from)?, code(one.to)?);
        // On the way to the whole a police grid may be in parts.
        let kind = Kind::Transfer { from, to, area, parts: true };
        Some(Operation { layer: self.state(1).layer.name.clone(), kind })
    }
}

/// Slivers of who gives, in grids that are with others: cut off from the rest they would be parts too small to be.
fn scraps(search: &Search, moves: &[Move]) -> Vec<Move> {
    let givers: BTreeSet<UnitId> = moves.iter().map(|one| one.from).collect();
    let moved: BTreeSet<(UnitId, UnitId)> = moves.iter().map(|one| (one.from, one.grid)).collect();
    let of_giver = |&from: &UnitId| {
        let cells = search.columns.row_cells(Some(from));
        let slivers = cells.filter(|(_, cell)| cell.pieces == 0 && cell.area_m2 >= LEAST_M2);
        let scrap = move |(grid, cell): (Option<UnitId>, &Cell)| {
            let to = search.crosswalk.row(grid?)?.most?;
            let is_free = to != from && !search.kept.contains(&to);
            is_free.then_some(Move { grid: grid?, from, to, area_m2: cell.area_m2 })
        };
        slivers.filter_map(scrap).collect::<Vec<_>>()
    };
    let mut scraps: Vec<Move> = givers.iter().flat_map(of_giver).collect();
    scraps.retain(|one| !moved.contains(&(one.from, one.grid)));
    scraps
}
