//! The tileset `report`: reports heaped up by place.
//!
//! Reports change all the time and are not for everybody, so these tiles are drawn for who asks and kept nowhere.

use super::clip::Window;
use super::write::{finish, layer, place};
use super::{EXTENT, TileCoord};
use crate::geom::{Bbox, Point};
use crate::snapshot::drawn::Dot;
use fast_mvt::{MvtGeomType, MvtResult, MvtValueRef};
use std::collections::BTreeMap;

/// Cells along the side of a tile: heat is drawn from these.
pub const HEAT_CELLS: i32 = 64;
/// Cells of heat along the side of a cell of reports.
const HEATS_PER_HEAP: i32 = 4;

/// Reports that lie in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heap<'a> {
    /// How many.
    pub count: u64,
    /// How many of them were to be handled by now, and are not.
    pub late: u64,
    /// The sums of their positions.
    pub sum: [i64; 2],
    /// The oldest of them.
    pub first: u64,
    /// The stage of one of them.
    pub stage: &'a str,
}

impl Heap<'_> {
    /// Their middle.
    fn middle(&self) -> Point {
        let [x, y] = self.sum.map(|sum| (sum as f64 / self.count as f64).round() as i32);
        Point::new(x, y)
    }

    fn with(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            late: self.late + other.late,
            sum: [self.sum[0] + other.sum[0], self.sum[1] + other.sum[1]],
            first: self.first.min(other.first),
            stage: self.stage,
        }
    }
}

/// The ground of which a tile tells the reports, and its [`HEAT_CELLS`]² cells.
///
/// Each lattice point of the world is in one tile of a zoom: of the meridians between two tiles the eastern one has
/// it, of the parallels the northern one. Cells are equal in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeatGrid {
    /// The ground, its sides included.
    pub bbox: Bbox,
    /// Lattice units along the sides of a cell.
    pub cell: [i32; 2],
}

impl HeatGrid {
    /// That of a tile.
    pub fn of(tile: TileCoord) -> Self {
        let corner = Window::of(tile).corner;
        let north_west = corner.point(tile.z);
        let south_east = Dot::new(corner.x + EXTENT as i32, corner.y + EXTENT as i32).point(tile.z);
        let min = Point::new(north_west.x, south_east.y + 1);
        let max = Point::new(south_east.x - 1, north_west.y);
        let cell =
            |from: i32, to: i32| ((i64::from(to) - i64::from(from)) / i64::from(HEAT_CELLS) + 1) as i32;
        Self { bbox: Bbox { min, max }, cell: [cell(min.x, max.x), cell(min.y, max.y)] }
    }
}

/// The bytes of a tile, not compressed; empty when there is nothing in it: the layer `report` with a point for each cell
/// of 1/16 of the tile's side, and `heat` with one for each of 1/64. `heaps` are those of the [`HeatGrid`] by column and
/// row.
pub fn render_reports(heaps: &BTreeMap<[i32; 2], Heap<'_>>, tile: TileCoord) -> Vec<u8> {
    let window = Window::of(tile);
    let mut large: BTreeMap<[i32; 2], Heap<'_>> = BTreeMap::new();
    for (cell, heap) in heaps {
        let above = large.entry(cell.map(|place| place / HEATS_PER_HEAP));
        above.and_modify(|sum| *sum = sum.with(*heap)).or_insert(*heap);
    }
    let write = || -> MvtResult<Vec<u8>> {
        let mut bytes = points("report", large.values(), &window, tile.z, true)?;
        bytes.extend(points("heat", heaps.values(), &window, tile.z, false)?);
        Ok(bytes)
    };
    write().expect("layers have names, points have a place, counts fit 32 bits")
}

fn points<'a>(
    name: &str,
    heaps: impl Iterator<Item = &'a Heap<'a>>,
    window: &Window,
    zoom: u8,
    whole: bool,
) -> MvtResult<Vec<u8>> {
    let mut layer = layer(name)?;
    let mut features = 0;
    for heap in heaps {
        let mut feature = layer.feature_of(MvtGeomType::Point);
        feature.points([place(Dot::of(heap.middle(), zoom), window)])?;
        feature.tag_ref("count", MvtValueRef::UInt(heap.count))?;
        if whole {
            feature.tag_ref("late", MvtValueRef::UInt(heap.late))?;
            if heap.count == 1 {
                feature.id(Some(heap.first));
                feature.tag_ref("stage", MvtValueRef::String(heap.stage))?;
            }
        }
        layer = feature.end();
        features += 1;
    }
    Ok(finish(layer, features))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_point_is_in_one_tile_of_a_zoom_and_in_a_cell_of_it() {
        for zoom in [4, 9, 16] {
            let middle = Dot::of(Point::new(1_102_900_000, 252_700_000), zoom);
            let (x, y) = middle.tile();
            let here = HeatGrid::of(TileCoord { z: zoom, x, y });
            let east = HeatGrid::of(TileCoord { z: zoom, x: x + 1, y });
            let south = HeatGrid::of(TileCoord { z: zoom, x, y: y + 1 });
            assert_eq!(here.bbox.max.x + 1, east.bbox.min.x);
            assert_eq!(here.bbox.min.y - 1, south.bbox.max.y);
            for axis in [0, 1] {
                let [from, to] = [[here.bbox.min.x, here.bbox.min.y], [here.bbox.max.x, here.bbox.max.y]];
                let last = (to[axis] - from[axis]) / here.cell[axis];
                assert!((HEAT_CELLS - 2..HEAT_CELLS).contains(&last), "{zoom}: {last}");
            }
        }
    }

    #[test]
    fn heaps_of_sixteen_cells_are_one_report_point_in_their_middle() {
        let tile = TileCoord { z: 11, x: 1651, y: 874 };
        let at = HeatGrid::of(tile).bbox.min;
        let one = |first, dx: i64| Heap {
            count: 1,
            late: 0,
            sum: [i64::from(at.x) + dx, i64::from(at.y)],
            first,
            stage: "collected",
        };
        let two = one(7, 10).with(one(5, 20));
        assert_eq!((two.count, two.first, two.middle()), (2, 5, Point::new(at.x + 15, at.y)));
        let cells = BTreeMap::from([([0, 0], one(7, 10)), ([3, 3], one(5, 20)), ([4, 0], one(9, 30))]);
        let bytes = render_reports(&cells, tile);
        assert!(!bytes.is_empty() && render_reports(&BTreeMap::new(), tile).is_empty());
    }
}
