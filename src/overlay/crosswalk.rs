//! The crosswalk `M[a][b]`: how much of each unit of one layer lies in each unit of the other, and what follows.

use super::laid::{Laid, Pair};
use super::pieces::SliverRule;
use crate::unit::UnitId;
use std::collections::{BTreeMap, BTreeSet};

/// What two units have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// Square metres, slivers included.
    pub area_m2: f64,
    /// Pieces that are no slivers.
    pub pieces: u32,
    /// Slivers.
    pub slivers: u32,
}

/// How much the units of two layers have in common, the outside of each among them.
///
/// The areas of a row sum to the area of its unit, those of a column likewise, within 1e-9 of it.
#[derive(Clone, Debug, Default)]
pub struct Crosswalk {
    cells: BTreeMap<Pair, Cell>,
}

/// How a unit of the first layer lies in the units of the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The unit's area in square metres.
    pub area_m2: f64,
    /// The unit of the other layer that has most of it; `None` when none has any of it.
    pub most: Option<UnitId>,
    /// The share that this one has, from 0 to 1.
    pub purity: f64,
    /// Units of the other layer that have a piece of it, slivers not counted.
    pub parts: u32,
    /// `1/Σf² − 1`, with `f` the shares: 0 when one has all, 1 when two have half each.
    pub effective_splits: f64,
}

impl Row {
    /// Whether two units or more of the other layer have a real piece of it.
    pub fn is_split(&self) -> bool {
        self.parts >= 2
    }
}

/// The measures of a whole, or of a part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// Square metres of the units of the first layer.
    pub area_m2: f64,
    /// Units of the first layer.
    pub units: u32,
    /// Those that are split.
    pub split: u32,
    /// `1 − Σ_a max_b M_ab / A`: the share of the ground that is not with the majority of its unit.
    pub mismatch: f64,
    /// `1 − H(B|A) / H(B)`: 1 when to know the unit of the first layer is to know that of the second, 0 when it tells
    /// nothing. 1 as well when the second layer has one unit only.
    pub nesting: f64,
}

impl Crosswalk {
    /// Sums the pieces up.
    pub fn of(laid: &Laid, rule: SliverRule) -> Self {
        let mut cells: BTreeMap<Pair, Cell> = BTreeMap::new();
        for piece in laid.pieces() {
            let cell = cells.entry(piece.units).or_default();
            cell.area_m2 += piece.area_m2;
            *(if rule.takes(piece.area_m2, piece.perimeter_m) {
                &mut cell.slivers
            } else {
                &mut cell.pieces
            }) += 1;
        }
        Self { cells }
    }

    /// All cells that have ground, by the first layer's unit, then the second's; the outside comes first.
    pub fn cells(&self) -> impl Iterator<Item = (Pair, &Cell)> {
        self.cells.iter().map(|(pair, cell)| (*pair, cell))
    }

    /// What two units have in common.
    pub fn cell(&self, units: Pair) -> Cell {
        self.cells.get(&units).copied().unwrap_or_default()
    }

    /// The same with the layers the other way round.
    #[must_use]
    pub fn transposed(&self) -> Self {
        Self { cells: self.cells.iter().map(|(&[a, b], cell)| ([b, a], *cell)).collect() }
    }

    /// The rows of some units of the first layer alone.
    #[must_use]
    pub fn of_rows(&self, units: &BTreeSet<UnitId>) -> Self {
        let cells_of = |&unit: &UnitId| {
            let unit = Some(unit);
            self.row_cells(unit).map(move |(other, cell)| ([unit, other], *cell))
        };
        Self { cells: units.iter().flat_map(cells_of).collect() }
    }

    /// The area of each unit of the first layer, in square metres.
    pub fn areas(&self) -> BTreeMap<UnitId, f64> {
        let mut areas = BTreeMap::new();
        for (&[unit, _], cell) in &self.cells {
            if let Some(unit) = unit {
                *areas.entry(unit).or_default() += cell.area_m2;
            }
        }
        areas
    }

    /// The cells of a unit of the first layer, the outside of the second one among them.
    pub fn row_cells(&self, unit: Option<UnitId>) -> impl Iterator<Item = (Option<UnitId>, &Cell)> {
        let of_unit = move |(pair, _): &(&Pair, &Cell)| pair[0] == unit;
        self.cells.range([unit, None]..).take_while(of_unit).map(|(pair, cell)| (pair[1], cell))
    }

    /// How a unit of the first layer lies in the second; `None` when it has no ground.
    pub fn row(&self, unit: UnitId) -> Option<Row> {
        let face = Some(unit);
        let area_m2: f64 = self.row_cells(face).map(|(_, cell)| cell.area_m2).sum();
        if area_m2 <= 0.0 {
            return None;
        }
        let units = self.row_cells(face).filter(|(other, _)| other.is_some());
        let largest = |best: (Option<UnitId>, f64), (other, cell): (Option<UnitId>, &Cell)| {
            if cell.area_m2 > best.1 { (other, cell.area_m2) } else { best }
        };
        let (most, most_m2) = units.fold((None, 0.0), largest);
        let real = self.row_cells(face).filter(|(other, cell)| other.is_some() && cell.pieces > 0);
        let squares: f64 = self.row_cells(face).map(|(_, cell)| (cell.area_m2 / area_m2).powi(2)).sum();
        Some(Row {
            area_m2,
            most,
            purity: most_m2 / area_m2,
            parts: real.count() as u32,
            effective_splits: 1.0 / squares - 1.0,
        })
    }

    /// The measures over all units of the first layer.
    ///
    /// Ground outside of the second layer is with nobody, so it counts as mismatch; the nesting index is about the
    /// ground that both cover.
    pub fn measures(&self) -> Measures {
        let mut all = Measures { area_m2: 0.0, units: 0, split: 0, mismatch: 0.0, nesting: 1.0 };
        let mut with_majority = 0.0;
        let mut rows: BTreeMap<UnitId, f64> = BTreeMap::new();
        let mut columns: BTreeMap<UnitId, f64> = BTreeMap::new();
        for (&[a, b], cell) in &self.cells {
            let Some(a) = a else { continue };
            if !rows.contains_key(&a)
                && let Some(row) = self.row(a)
            {
                all.area_m2 += row.area_m2;
                all.units += 1;
                all.split += u32::from(row.is_split());
                with_majority += row.purity * row.area_m2;
            }
            let covered = if b.is_some() { cell.area_m2 } else { 0.0 };
            *rows.entry(a).or_default() += covered;
            if let Some(b) = b {
                *columns.entry(b).or_default() += covered;
            }
        }
        if all.area_m2 > 0.0 {
            all.mismatch = (1.0 - with_majority / all.area_m2).max(0.0);
        }
        let common: f64 = rows.values().sum();
        let entropy =
            |part: f64, whole: f64| if part > 0.0 { -part / common * (part / whole).ln() } else { 0.0 };
        let of_second: f64 = columns.values().map(|&m2| entropy(m2, common)).sum();
        let inside = self.cells.iter().filter(|([_, b], _)| b.is_some());
        let in_row = |(&[a, _], cell): (&Pair, &Cell)| Some(entropy(cell.area_m2, *rows.get(&a?)?));
        let given_first: f64 = inside.filter_map(in_row).sum();
        if of_second > 0.0 {
            all.nesting = 1.0 - given_first / of_second;
        }
        all
    }
}
