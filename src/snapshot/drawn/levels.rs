//! The levels of a layer as coverages, and the levels of its borders.

use super::generalise::{CROWDED_TRIANGLE, LEAST_TRIANGLE, tolerance};
use super::labels::{Label, Labels};
use crate::coverage::Coverage;
use crate::snapshot::LayerState;
use crate::unit::{Layer, Level, UnitId, Units};

/// The coverage of the units of one level, read off the arcs of a lower one.
///
/// Costs a sort of the segments that are left.
pub fn raise(coverage: &Coverage, units: &Units, level: Level) -> Coverage {
    coverage.dissolve(|unit| units.ancestor(unit, level).map(|u| u.id))
}

/// The level of a border: the highest at which its two sides differ.
///
/// `None` is the outside, and differs from everything at the top.
pub fn border_level(units: &Units, left: Option<UnitId>, right: Option<UnitId>) -> Level {
    let top_down = |side: Option<UnitId>| {
        let mut chain: Vec<(Level, UnitId)> =
            side.into_iter().flat_map(|unit| units.chain(unit)).map(|u| (u.level, u.id)).collect();
        chain.reverse();
        chain
    };
    let (left, right) = (top_down(left), top_down(right));
    left.iter().zip(&right).find(|(l, r)| l != r).map_or(Level(0), |(l, _)| l.0)
}

/// A level and the zooms from which it is drawn and named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelZoom {
    /// The layer's name.
    pub layer: String,
    /// The level's name; the tile layer is called by it.
    pub level: String,
    /// The first zoom of its ground and its borders.
    pub from: u8,
    /// The first zoom of its labels, not less: before it there is no room for them on a screen.
    pub labels_from: u8,
    /// Whether its ground is tinted, so that neighbours look different.
    pub tinted: bool,
}

/// From which zoom each level is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zooms(pub Vec<LevelZoom>);

/// The first zoom for which tiles are made.
pub const FIRST_ZOOM: u8 = 4;
/// The last one; clients enlarge its tiles beyond it.
pub const LAST_ZOOM: u8 = 16;

impl Default for Zooms {
    /// What `tiles/CONTRACT.md` says.
    fn default() -> Self {
        let rows = [
            ("land", "county", 4, 4),
            ("land", "township", 7, 8),
            ("land", "village", 9, 10),
            ("land", "grid", 11, 13),
            ("water", "water", 7, 12),
            ("police", "station", 9, 9),
            ("police", "police", 11, 12),
        ];
        let row = |(layer, level, from, labels_from): (&str, &str, u8, u8)| LevelZoom {
            layer: layer.into(),
            level: level.into(),
            from,
            labels_from,
            tinted: layer == "land" && level != "grid",
        };
        Self(rows.map(row).into())
    }
}

impl Zooms {
    /// The levels of a layer that are drawn at a zoom, top to bottom; none outside the zooms of tiles.
    pub fn shown(&self, layer: &Layer, zoom: u8) -> Vec<Level> {
        let drawn = |level: &LevelZoom| level.layer == layer.name && level.from <= zoom;
        let mut levels: Vec<Level> = if (FIRST_ZOOM..=LAST_ZOOM).contains(&zoom) {
            self.0.iter().filter(|row| drawn(row)).filter_map(|row| layer.level(&row.level)).collect()
        } else {
            Vec::new()
        };
        levels.sort_unstable();
        levels
    }

    /// Whether the labels of a level are drawn at a zoom.
    pub fn named(&self, layer: &Layer, level: Level, zoom: u8) -> bool {
        self.row(layer, level).is_some_and(|row| (row.labels_from..=LAST_ZOOM).contains(&zoom))
    }

    /// The labels of a level that are drawn at a zoom.
    pub(super) fn labels(&self, state: &LayerState, labels: &Labels, level: Level, zoom: u8) -> Vec<Label> {
        if self.named(&state.layer, level, zoom) { labels.of_level(state, level) } else { Vec::new() }
    }

    /// Whether the ground of a level is tinted.
    pub fn tinted(&self, layer: &Layer, level: Level) -> bool {
        self.row(layer, level).is_some_and(|row| row.tinted)
    }

    fn row(&self, layer: &Layer, level: Level) -> Option<&LevelZoom> {
        let name = layer.level_name(level);
        self.0.iter().find(|row| row.layer == layer.name && row.level == name)
    }

    /// How far the ground of a level may be thinned at a zoom; see [`super::generalise`].
    pub fn tolerance(&self, layer: &Layer, level: Level, zoom: u8) -> u64 {
        let first = self.row(layer, level).is_some_and(|row| row.from == zoom);
        let crowded = first && level == layer.grid_level();
        tolerance(zoom, if crowded { CROWDED_TRIANGLE } else { LEAST_TRIANGLE })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_zoom_shows_the_levels_that_the_contract_names() {
        let names = |layer: &Layer, zoom| {
            let shown = Zooms::default().shown(layer, zoom);
            shown.iter().map(|&l| layer.level_name(l).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(&Layer::land(), 3), Vec::<String>::new());
        assert_eq!(names(&Layer::land(), 6), ["county"]);
        assert_eq!(names(&Layer::land(), 10), ["county", "township", "village"]);
        assert_eq!(names(&Layer::police(), 16), ["station", "police"]);
        assert_eq!(names(&Layer::water(), 17), Vec::<String>::new());
    }
}
