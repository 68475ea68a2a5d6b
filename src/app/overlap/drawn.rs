//! An overlap on the map: what its tiles show.

use super::{NEAR_M, Overlap, Pair};
use crate::geom::{Bbox, Point, Ring, Shape};
use crate::overlay::{BorderClass, Crosswalk, Ground, Position, SliverRule, border_classes};
use crate::tile::{ClassedLine, OVERLAP_FROM, Patch, TileCoord, render_overlap, shown_in};
use crate::unit::UnitId;
use std::collections::BTreeMap;

/// The layers that the tileset `overlap` is about.
pub(in crate::app) const TILED: [&str; 2] = ["land", "police"];

/// What of a pair of layers is drawn.
#[derive(Debug)]
pub(super) struct Drawn {
    patches: Vec<Ragged>,
    borders: Vec<Border>,
}

/// Ground that is not with the majority of its unit.
#[derive(Debug)]
struct Ragged {
    units: (UnitId, Option<UnitId>),
    majority: Option<UnitId>,
    area_m2: f64,
    class: &'static str,
    bbox: Bbox,
    rings: Vec<Vec<Point>>,
}

/// A stretch of an inner border of the second layer, and how it lies to the first.
#[derive(Debug)]
struct Border {
    class: BorderClass,
    bbox: Bbox,
    line: Vec<Point>,
}

impl Border {
    fn line(&self) -> ClassedLine<'_> {
        ClassedLine { line: &self.line, class: self.class.word() }
    }
}

impl Drawn {
    /// Costs tenths of a second for a city.
    pub(super) fn of(pair: &Pair) -> Self {
        let rule = SliverRule::default();
        let crosswalk = Crosswalk::of(&pair.laid, rule);
        let rows = pair.coverages[0].units().iter();
        let most: BTreeMap<UnitId, Option<UnitId>> =
            rows.filter_map(|&unit| Some((unit, crosswalk.row(unit)?.most))).collect();
        let ragged = |piece: &Ground| {
            let unit = piece.units[0]?;
            let majority = *most.get(&unit)?;
            let rings = if majority == piece.units[1] { return None } else { pair.rings(unit, piece) };
            let class = if rule.takes(piece.area_m2, piece.perimeter_m) { "sliver" } else { "real" };
            let bbox = Bbox::of(rings.first()?.iter().copied())?;
            Some(Ragged {
                units: (unit, piece.units[1]),
                majority,
                area_m2: piece.area_m2,
                class,
                bbox,
                rings,
            })
        };
        let [first, second] = &pair.coverages;
        let border = |(class, line): (BorderClass, Vec<Point>)| {
            Some(Border { class, bbox: Bbox::of(line.iter().copied())?, line })
        };
        Self {
            patches: pair.laid.pieces().iter().filter_map(ragged).collect(),
            borders: border_classes([second, first], NEAR_M).into_iter().filter_map(border).collect(),
        }
    }
}

impl Pair {
    /// The rings of a piece on the lattice, closed.
    pub(super) fn rings(&self, unit: UnitId, piece: &Ground) -> Vec<Vec<Point>> {
        let point = |&(lon, lat): &Position| Point::from_degrees(lon, lat).ok();
        if !piece.outline.is_empty() {
            return piece.outline.iter().map(|ring| ring.iter().filter_map(point).collect()).collect();
        }
        let shape = self.coverages[0].face(unit).map(|face| self.coverages[0].shape(face));
        let closed = |ring: &Ring| ring.points().iter().chain(&ring.points()[..1]).copied().collect();
        shape.iter().flat_map(Shape::rings).map(closed).collect()
    }
}

impl Overlap {
    /// The bytes of a tile, not packed; empty when there is nothing in it. The first one sorts out what there is to draw:
    /// not to be called where others wait.
    pub(in crate::app) fn render(&self, tile: TileCoord) -> Vec<u8> {
        if tile.z < OVERLAP_FROM {
            return Vec::new();
        }
        let drawn = self.pair.drawn.get_or_init(|| Drawn::of(&self.pair));
        let shown = shown_in(tile);
        let patches = drawn.patches.iter().filter(|ragged| ragged.bbox.intersects(&shown));
        let borders = drawn.borders.iter().filter(|border| border.bbox.intersects(&shown));
        render_overlap(patches.filter_map(|ragged| self.patch(ragged)), borders.map(Border::line), tile)
    }

    fn patch<'a>(&'a self, ragged: &'a Ragged) -> Option<Patch<'a>> {
        let code = |side: usize, id: Option<UnitId>| self.unit(side, id).map(|unit| unit.code.as_str());
        Some(Patch {
            rings: &ragged.rings,
            a: code(0, Some(ragged.units.0))?,
            b: code(1, ragged.units.1),
            majority: code(1, ragged.majority),
            area_m2: ragged.area_m2,
            class: ragged.class,
        })
    }
}
