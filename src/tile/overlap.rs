//! The tileset `overlap`: where two layers disagree, and how the borders of the second lie to those of the first.

use super::clip::Window;
use super::write::{finish, layer, place, rings};
use crate::geom::{Bbox, Point};
use crate::snapshot::drawn::{Dot, lattice_per_unit, sound};
use fast_mvt::{MvtGeomType, MvtResult, MvtValueRef};
use martin_tile_utils::TileCoord;

/// The first zoom at which there is something in these tiles: that of grids.
pub const OVERLAP_FROM: u8 = 11;

/// Ground of a unit of the first layer that is not with the unit of the second that has most of it.
#[derive(Clone, Copy, Debug)]
pub struct Patch<'a> {
    /// Its rings; the outer one runs counter-clockwise, holes clockwise.
    pub rings: &'a [Vec<Point>],
    /// The code of the unit of the first layer.
    pub a: &'a str,
    /// The code of the unit of the second that has it; `None` is the outside.
    pub b: Option<&'a str>,
    /// The code of the one that has most of `a`.
    pub majority: Option<&'a str>,
    /// Its area in square metres.
    pub area_m2: f64,
    /// `real` or `sliver`.
    pub class: &'a str,
}

/// A stretch of an inner border of the second layer.
#[derive(Clone, Copy, Debug)]
pub struct ClassedLine<'a> {
    /// Its vertices.
    pub line: &'a [Point],
    /// `coincident`, `near` or `independent`.
    pub class: &'a str,
}

/// The box of the ground that a tile shows, with what it shows over its sides.
pub fn shown_in(tile: TileCoord) -> Bbox {
    let Window { min, max, .. } = Window::of(tile);
    let margin = (2.0 * lattice_per_unit(tile.z)).ceil() as i32;
    Bbox::between(min.point(tile.z), max.point(tile.z)).grown(margin)
}

/// The bytes of a tile of the tileset `overlap`, not compressed; empty when there is nothing in it: the layers `mismatch`
/// and `border_class`, features in the order they come in. Costs the points of what it is given.
pub fn render_overlap<'a>(
    patches: impl Iterator<Item = Patch<'a>>,
    lines: impl Iterator<Item = ClassedLine<'a>>,
    tile: TileCoord,
) -> Vec<u8> {
    let window = Window::of(tile);
    let write = || -> MvtResult<Vec<u8>> {
        let mut bytes = mismatch(patches, &window, tile.z)?;
        bytes.extend(border_class(lines, &window, tile.z)?);
        Ok(bytes)
    };
    write().expect("layers have names, lines and rings have dots, counts fit 32 bits")
}

fn dots(line: &[Point], zoom: u8) -> Vec<Dot> {
    let mut dots: Vec<Dot> = line.iter().map(|&point| Dot::of(point, zoom)).collect();
    dots.dedup();
    dots
}

fn mismatch<'a>(patches: impl Iterator<Item = Patch<'a>>, window: &Window, zoom: u8) -> MvtResult<Vec<u8>> {
    let mut layer = layer("mismatch")?;
    let mut features = 0;
    for patch in patches {
        // Outer rings are clockwise on the screen.
        let reversed = |ring: &Vec<Point>| dots(ring, zoom).into_iter().rev().collect();
        let whole = sound(patch.rings.iter().map(reversed).collect());
        let parts: Vec<_> = whole.iter().flat_map(|polygon| window.polygon(polygon).into_owned()).collect();
        if parts.is_empty() {
            continue;
        }
        let mut feature = layer.feature_of(MvtGeomType::Polygon);
        for polygon in &parts {
            rings(&mut feature, polygon, window)?;
        }
        feature.tag_ref("a", MvtValueRef::String(patch.a))?;
        for (name, code) in [("b", patch.b), ("majority", patch.majority)] {
            if let Some(code) = code {
                feature.tag_ref(name, MvtValueRef::String(code))?;
            }
        }
        feature.tag_ref("area_m2", MvtValueRef::UInt(patch.area_m2.round() as u64))?;
        feature.tag_ref("class", MvtValueRef::String(patch.class))?;
        layer = feature.end();
        features += 1;
    }
    Ok(finish(layer, features))
}

fn border_class<'a>(
    lines: impl Iterator<Item = ClassedLine<'a>>,
    window: &Window,
    zoom: u8,
) -> MvtResult<Vec<u8>> {
    let mut layer = layer("border_class")?;
    let mut features = 0;
    for line in lines {
        let pieces = window.line(&dots(line.line, zoom));
        if pieces.is_empty() {
            continue;
        }
        let mut feature = layer.feature_of(MvtGeomType::LineString);
        for piece in &pieces {
            feature.line(piece.iter().map(|&dot| place(dot, window)))?;
        }
        feature.tag_ref("class", MvtValueRef::String(line.class))?;
        layer = feature.end();
        features += 1;
    }
    Ok(finish(layer, features))
}
