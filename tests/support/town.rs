//! A land layer over a synthetic city: grids in villages in townships in counties.

use crate::partition;
use std::collections::BTreeMap;
use wangge::geom::Shape;
use wangge::snapshot::{LayerSource, LayerState};
use wangge::unit::{Attributes, Code, Layer, Level, Unit, UnitId};

/// The cells along one side of a unit, level by level from the counties down.
const CELLS: [usize; 3] = [20, 6, 2];

/// A town of `side × side` grids with `wiggles` points along each of their borders.
pub fn town(side: usize, wiggles: usize, seed: u64) -> LayerState {
    LayerState::new(source(side, wiggles, seed)).unwrap()
}

/// The same before it is built.
pub fn source(side: usize, wiggles: usize, seed: u64) -> LayerSource {
    let shapes = partition::city(side, wiggles, seed);
    let mut units: BTreeMap<u64, Unit> = BTreeMap::new();
    let city = add(&mut units, 9_000_000, 0, None);
    for (grid, _) in &shapes {
        let cell = grid.get() as usize - 1;
        let mut parent = city;
        for (above, cells) in CELLS.iter().enumerate() {
            // A level's blocks are cut within those of the level above.
            let (column, row) = block(cell % side, cell / side, above);
            let id = (above as u64 + 1) * 1_000_000 + (row * 1000 + column) as u64;
            assert!(*cells < 1000);
            parent = add(&mut units, id, above as u8 + 1, Some(parent));
        }
        add(&mut units, grid.get(), 4, Some(parent));
    }
    LayerSource { layer: Layer::land(), outline: None, units: units.into_values().collect(), shapes }
}

/// Some grids in one village in one township in one county.
pub fn over(shapes: Vec<(UnitId, Shape)>) -> LayerState {
    LayerState::new(around(shapes)).unwrap()
}

/// The same before it is built.
pub fn around(shapes: Vec<(UnitId, Shape)>) -> LayerSource {
    let mut units: BTreeMap<u64, Unit> = BTreeMap::new();
    let mut parent = None;
    for level in 0..4 {
        parent = Some(add(&mut units, 9_000_000 + u64::from(level), level, parent));
    }
    for (grid, _) in &shapes {
        add(&mut units, grid.get(), 4, parent);
    }
    let units = units.into_values().collect();
    LayerSource { layer: Layer::land(), outline: None, units, shapes }
}

/// The number of the block at a level that holds a cell, along each axis.
fn block(column: usize, row: usize, level: usize) -> (usize, usize) {
    let along = |mut at: usize| {
        let mut number = 0;
        for (i, &cells) in CELLS[..=level].iter().enumerate() {
            let inner = if i == 0 { 0 } else { CELLS[i - 1].div_ceil(cells) };
            number = number * inner + at / cells;
            at %= cells;
        }
        number
    };
    (along(column), along(row))
}

fn add(units: &mut BTreeMap<u64, Unit>, id: u64, level: u8, parent: Option<UnitId>) -> UnitId {
    let unit = UnitId::try_from(id).unwrap();
    units.entry(id).or_insert_with(|| Unit {
        id: unit,
        code: Code::try_from(format!("4503{id:011}")).unwrap(),
        name: format!("示例{id}"),
        level: Level(level),
        parent,
        attributes: Attributes::new(),
    });
    unit
}
