//! Police borders that run near a border of grids, brought onto it.

use super::super::Overlap;
use super::effect::Move;
use super::{LEAST_M2, Search, Suggestion, SuggestionKind};
use crate::geom::{Point, Ring};
use crate::overlay::{Cell, Ground, lies_along};
use crate::unit::UnitId;
use std::collections::BTreeMap;

impl Overlap {
    /// Of each grid, the strips on the wrong side of a police border all of which runs within the distance of the grid's
    /// own border, by pairs of police grids. A strip is no wider in the mean than the distance.
    pub(super) fn near_borders(&self, search: &Search) -> Vec<Suggestion<'_>> {
        let mut found = Vec::new();
        for (&id, station) in &search.stations {
            let mut pairs: BTreeMap<(UnitId, UnitId), Vec<Move>> = BTreeMap::new();
            for &grid in &station.grids {
                for one in self.strips(search, grid) {
                    pairs.entry((one.from, one.to)).or_default().push(one);
                }
            }
            let of_pair = |pair: &Vec<Move>| self.of_moves(search, id, pair, SuggestionKind::Snap);
            found.extend(pairs.values().filter_map(of_pair));
        }
        found
    }

    fn strips(&self, search: &Search, grid: UnitId) -> Vec<Move> {
        let Search { crosswalk, kept, within_m, .. } = search;
        let Some(to) = crosswalk.row(grid).and_then(|row| row.most) else { return Vec::new() };
        let strip = |(from, cell): (Option<UnitId>, &Cell)| {
            let from = from.filter(|&from| from != to && !kept.contains(&from) && !kept.contains(&to))?;
            let is_near = || {
                let pieces = self.pair.laid.pieces_of([Some(grid), Some(from)]);
                pieces.iter().all(|piece| self.is_near(grid, piece, f64::from(*within_m)))
            };
            let is_strip = cell.area_m2 >= LEAST_M2 && is_near();
            is_strip.then_some(Move { grid, from, to, area_m2: cell.area_m2 })
        };
        crosswalk.row_cells(Some(grid)).filter_map(strip).collect()
    }

    fn is_near(&self, grid: UnitId, piece: &Ground, within_m: f64) -> bool {
        // A neck that a police border cuts through is near on both sides; what it cuts off is no strip.
        if 2.0 * piece.area_m2 > within_m * piece.perimeter_m {
            return false;
        }
        let coverage = &self.pair.coverages[0];
        let Some(face) = coverage.face(grid) else { return false };
        let shape = coverage.shape(face);
        let border: Vec<(Point, Point)> = shape.rings().flat_map(Ring::segments).collect();
        self.pair.rings(grid, piece).iter().all(|ring| lies_along(ring, &border, within_m))
    }
}
