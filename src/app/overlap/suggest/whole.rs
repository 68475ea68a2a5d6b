//! Police grids of whole grids: each grid in one police grid, each police grid connected.

use super::super::Overlap;
use super::effect::{Move, Station};
use super::{LEAST_M2, Search, Suggestion, SuggestionKind};
use crate::overlay::Assigning;
use crate::unit::{Unit, UnitId};
use std::collections::{BTreeMap, BTreeSet};

/// Steps of the search per station, after which a good arrangement does.
const STEPS: usize = 5_000;

impl Overlap {
    /// By pairs of police grids, and for each station with more than one pair all of them at once.
    pub(super) fn whole_grids(&self, search: &Search) -> Vec<Suggestion<'_>> {
        let beside = self.beside();
        let mut found = Vec::new();
        for (&id, station) in &search.stations {
            let moves = self.moves(search, (id, station), &beside);
            let mut pairs: BTreeMap<(UnitId, UnitId), Vec<Move>> = BTreeMap::new();
            for &one in &moves {
                pairs.entry((one.from, one.to)).or_default().push(one);
            }
            let of_pair = |pair: &Vec<Move>| self.of_moves(search, id, pair, SuggestionKind::Align);
            found.extend(pairs.values().filter_map(of_pair));
            if pairs.len() > 1 {
                found.extend(self.of_moves(search, id, &moves, SuggestionKind::Rebuild));
            }
        }
        found
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
        search: &Search,
        (station, Station { grids }): (UnitId, &Station),
        beside: &BTreeMap<UnitId, BTreeSet<UnitId>>,
    ) -> Vec<Move> {
        let Search { crosswalk, kept, .. } = search;
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
}
