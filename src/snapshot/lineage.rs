//! Which units each grid belongs to, without a search.

use crate::coverage::{Coverage, Face};
use crate::unit::{Level, Unit, Units};

/// No unit.
const NONE: u32 = u32::MAX;

/// The units above each grid of a layer, the grid itself included, by face and level.
///
/// What a search by ids gives too, for whoever asks it of thousands of borders. Four bytes for each grid and level.
#[derive(Debug)]
pub struct Lineage {
    levels: usize,
    /// Places in [`Units::all`], which are in the order of ids; face by face, each from the top level down.
    places: Vec<u32>,
}

impl Lineage {
    pub(super) fn of(units: &Units, coverage: &Coverage, levels: usize) -> Self {
        let mut places = vec![NONE; (coverage.units().len() + 1) * levels];
        for face in coverage.faces() {
            let row = &mut places[face.0 as usize * levels..][..levels];
            for unit in coverage.unit(face).into_iter().flat_map(|grid| units.chain(grid)) {
                row[usize::from(unit.level.0)] = units.place(unit.id).map_or(NONE, |place| place as u32);
            }
        }
        Self { levels, places }
    }

    fn row(&self, face: Face) -> &[u32] {
        &self.places[face.0 as usize * self.levels..][..self.levels]
    }

    /// The unit of a level that a grid belongs to; `None` for the outside.
    pub fn unit<'a>(&self, units: &'a Units, face: Face, level: Level) -> Option<&'a Unit> {
        let place = self.row(face)[usize::from(level.0)];
        (place != NONE).then(|| &units.all()[place as usize])
    }

    /// The level of a border between two grids: the highest at which they belong to different units, the top where one
    /// of them is the outside.
    pub fn border_level(&self, left: Face, right: Face) -> Level {
        let differing = self.row(left).iter().zip(self.row(right)).position(|(l, r)| l != r);
        Level(differing.unwrap_or(0) as u8)
    }

    /// Whether two grids belong to one unit of a level.
    pub fn is_one(&self, left: Face, right: Face, level: Level) -> bool {
        let at = usize::from(level.0);
        self.row(left)[at] == self.row(right)[at]
    }
}
