//! What goes out: the units of a layer or of a level as rows.

use crate::geom::Shape;
use crate::snapshot::{Base, LayerState};
use crate::unit::{Attributes, Level, Unit};

/// Rows of one file, table or sheet.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    /// The name of the layer or of the level.
    pub name: &'a str,
    /// The rows: top level first, then by code.
    pub rows: Vec<Row<'a>>,
}

/// One unit. Posts and their telephones are not in it.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The unit.
    pub unit: &'a Unit,
    /// The name of its level.
    pub level: &'a str,
    /// The code of the unit one level up; `None` at the top.
    pub parent: Option<&'a str>,
    /// Its area on the ellipsoid in m²; `None` for one without ground.
    pub area_m2: Option<f64>,
    /// Its shape, where the table has shapes and the unit ground.
    pub shape: Option<Shape>,
}

/// What an export was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    layer: &'a LayerState,
    level: Option<Level>,
}

impl<'a> Selection<'a> {
    /// A whole layer by its name, else a level by its name in the first layer that has it.
    pub fn find(base: &'a Base, name: &str) -> Option<Self> {
        if let Some(layer) = base.layer(name) {
            return Some(Self { layer, level: None });
        }
        base.layers().iter().find_map(|layer| Some(Self { layer, level: Some(layer.layer.level(name)?) }))
    }

    /// All names that [`Selection::find`] knows.
    pub fn names(base: &Base) -> Vec<String> {
        let mut names: Vec<String> = base.layers().iter().map(|l| l.layer.name.clone()).collect();
        for level in base.layers().iter().flat_map(|l| &l.layer.levels) {
            if !names.contains(level) {
                names.push(level.clone());
            }
        }
        names
    }

    /// One table. A level has the derived shapes of its units; a whole layer has all units, and shapes
    /// for the grids only, as an import reads it.
    pub fn one_table(&self) -> Table<'a> {
        let layer = &self.layer.layer;
        let Some(level) = self.level else {
            let rows = (0..layer.levels.len()).flat_map(|l| self.rows(Level(l as u8), false)).collect();
            return Table { name: &layer.name, rows };
        };
        Table { name: layer.level_name(level), rows: self.rows(level, true) }
    }

    /// A table per level, each with the shapes of its units.
    pub fn table_per_level(&self) -> Vec<Table<'a>> {
        let layer = &self.layer.layer;
        let levels: Vec<Level> = match self.level {
            Some(level) => vec![level],
            None => (0..layer.levels.len()).map(|l| Level(l as u8)).collect(),
        };
        levels.into_iter().map(|l| Table { name: layer.level_name(l), rows: self.rows(l, true) }).collect()
    }

    /// The units of a level by code; shapes always at the grids, above them when asked for.
    fn rows(&self, level: Level, shapes: bool) -> Vec<Row<'a>> {
        let state = self.layer;
        let derived = state.derived(level);
        let shapes = shapes || level == state.layer.grid_level();
        let mut units: Vec<&Unit> = state.units.all().iter().filter(|u| u.level == level).collect();
        units.sort_by(|a, b| a.code.cmp(&b.code));
        let row = |unit: &'a Unit| Row {
            unit,
            level: state.layer.level_name(level),
            parent: unit.parent.and_then(|id| state.units.get(id)).map(|p| p.code.as_str()),
            area_m2: derived.measure(unit.id).map(|m| m.area_m2),
            shape: shapes.then(|| derived.shape(unit.id)).filter(|s| !s.is_empty()),
        };
        units.into_iter().map(row).collect()
    }
}

impl<'a> Table<'a> {
    /// The names of all attributes, in the order in which they first appear.
    pub fn attribute_names(&self) -> Vec<&'a str> {
        let mut seen = std::collections::HashSet::new();
        let attributes = self.rows.iter().map(|row| -> &'a Attributes { &row.unit.attributes });
        attributes.flat_map(Attributes::keys).map(String::as_str).filter(|name| seen.insert(*name)).collect()
    }
}
