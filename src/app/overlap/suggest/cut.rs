//! Grids that a police border cuts in two, made two.

use super::super::Overlap;
use super::{Confidence, Search, Suggestion, SuggestionKind};
use crate::edit::{Keep, Kind, NewUnit, Operation};
use crate::geom::Point;
use crate::geom::metric::Metric;
use crate::overlay::{Ground, Position, SliverRule};
use crate::unit::UnitId;
use std::collections::{BTreeMap, BTreeSet};

/// A grid is cut when less than this share of it lies in the police grid that has most: more is rather given to that one
/// whole.
const MOST_SHARE: f64 = 0.7;

/// How far a cut is drawn over the grid's border, in metres, where the police border crosses that between two vertices:
/// the crossing itself is on no lattice.
const BEYOND_M: f64 = 1.0;

impl Overlap {
    /// The grids that lie in two police grids, each with one piece that is no sliver and neither with most of it.
    pub(super) fn cuts(&self, search: &Search) -> Vec<Suggestion<'_>> {
        let mut found = Vec::new();
        for (&station, of_station) in &search.stations {
            for &grid in &of_station.grids {
                found.extend(self.cut(search, station, grid));
            }
        }
        found
    }

    fn cut(&self, search: &Search, station: UnitId, grid: UnitId) -> Option<Suggestion<'_>> {
        let row = search.crosswalk.row(grid)?;
        let pieces = self.real_pieces(search, grid);
        let [larger, smaller] = pieces[..] else { return None };
        if row.purity >= MOST_SHARE {
            return None;
        }
        let unit = self.unit(0, Some(grid))?;
        let path = beyond(&common_line(larger, smaller)?);
        let new = NewUnit { code: None, name: format!("{}(分)", unit.name) };
        let kind = Kind::Split { unit: unit.code.clone(), path, new, keep: Keep::Larger };
        let layer = &self.state(0).layer.name;
        let (split, mismatch_m2) = search.stations[&station].measures(&search.crosswalk);
        Some(Suggestion {
            id: format!("split:{}", unit.code),
            kind: SuggestionKind::Split,
            group: self.unit(1, Some(station))?,
            between: Some((self.unit(1, smaller.units[1])?, self.unit(1, larger.units[1])?)),
            grids: vec![unit],
            confidence: Confidence::of(smaller.area_m2 / larger.area_m2),
            moved_m2: smaller.area_m2,
            split: (split, split - u32::from(row.is_split())),
            mismatch_m2: (mismatch_m2, mismatch_m2 - smaller.area_m2),
            bbox: self.around(&BTreeSet::from([grid]))?,
            layer,
            operations: vec![Operation { layer: layer.clone(), kind }],
        })
    }

    /// The pieces of a grid that are no slivers, the largest first.
    fn real_pieces(&self, search: &Search, grid: UnitId) -> Vec<&Ground> {
        let rows = search.crosswalk.row_cells(Some(grid)).filter(|(_, cell)| cell.pieces > 0);
        let of_cell = |(unit, _)| self.pair.laid.pieces_of([Some(grid), unit]);
        let rule = SliverRule::default();
        let mut pieces: Vec<&Ground> = rows.flat_map(of_cell).collect();
        pieces.retain(|piece| !rule.takes(piece.area_m2, piece.perimeter_m));
        pieces.sort_by(|p, q| q.area_m2.total_cmp(&p.area_m2));
        pieces
    }
}

/// The line on which two pieces meet, if it is one: from the border of their grid to its border.
fn common_line(one: &Ground, other: &Ground) -> Option<Vec<Position>> {
    let bits = |(x, y): Position| (x.to_bits(), y.to_bits());
    let edges = |ground: &Ground| -> Vec<(Position, Position)> {
        ground
            .outline
            .iter()
            .flat_map(|ring| ring.windows(2).map(|w| (w[0], w[1])).collect::<Vec<_>>())
            .collect()
    };
    let backwards: BTreeSet<_> = edges(other).into_iter().map(|(from, to)| (bits(to), bits(from))).collect();
    let mut next: BTreeMap<_, (Position, Position)> = edges(one)
        .into_iter()
        .filter(|&(from, to)| backwards.contains(&(bits(from), bits(to))))
        .map(|edge| (bits(edge.0), edge))
        .collect();
    let ends: BTreeSet<_> = next.values().map(|&(_, to)| bits(to)).collect();
    let start = *next.keys().find(|from| !ends.contains(from))?;
    let mut line = vec![next[&start].0];
    while let Some((_, to)) = next.remove(&bits(line[line.len() - 1])) {
        line.push(to);
    }
    // What is left over belongs to a second line.
    next.is_empty().then_some(line)
}

/// The same on the lattice, its ends a little farther where they are no lattice points.
fn beyond(line: &[Position]) -> Vec<Point> {
    let lattice =
        |(lon, lat): Position| Point::from_degrees(lon, lat).expect("a crossing lies between two points");
    let mut path: Vec<Point> = line.iter().copied().map(lattice).collect();
    path.dedup();
    let (first, last) = (line[0], line[line.len() - 1]);
    for (end, at_start) in [(first, true), (last, false)] {
        let k = if at_start { 0 } else { path.len() - 1 };
        let inner = if at_start { 1 } else { path.len().saturating_sub(2) };
        if (path[k].lon(), path[k].lat()) != end && inner < path.len() && inner != k {
            path[k] = farther(path[inner], path[k]);
        }
    }
    path
}

/// The lattice point some way beyond `to`, coming from `from`.
fn farther(from: Point, to: Point) -> Point {
    let metric = Metric::at(to);
    let (east, north) = metric.vector(from, to);
    let length_m = east.hypot(north);
    let step = |along: f64, per_unit: f64| (along / length_m * BEYOND_M / per_unit).round() as i32;
    Point::new(to.x + step(east, metric.east_m), to.y + step(north, metric.north_m))
}
