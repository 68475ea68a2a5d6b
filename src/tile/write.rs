//! Writing a tile: Mapbox Vector Tile 2.1.

use super::clip::Window;
use crate::snapshot::drawn::{Border, Dot, DotPolygon, Drawn, DrawnLabel, DrawnLevel};
use crate::unit::{Layer, UnitId, Units};
use fast_mvt::{
    MvtCoord, MvtFeatureBuilder, MvtGeomType, MvtLayerBuilder, MvtResult, MvtTileBuilder, MvtValueRef,
};
use martin_tile_utils::TileCoord;

/// The first zoom at which a border names the units on its sides. Before it borders are only looked at,
/// and on the demo the two ids were 19 kB of the largest tile's 139 kB, at zoom 11.
pub const SIDES_FROM: u8 = 12;

/// A layer and its drawing at the tile's zoom.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The layer.
    pub layer: &'a Layer,
    /// Its units, for codes and names.
    pub units: &'a Units,
    /// Its drawing at the zoom of the tile.
    pub drawn: &'a Drawn,
}

/// The bytes of a tile of the tileset `grid`, not compressed; empty when there is nothing in it.
///
/// Layers come in the order of the sources, each level's polygons first, then all borders, then all
/// labels; features by unit, borders by level and unit. Costs the dots of what meets the tile.
pub fn render(sources: &[Source<'_>], tile: TileCoord) -> Vec<u8> {
    let window = Window::of(tile);
    write(sources, tile, &window).expect("layers have names, lines and rings have dots, counts fit 32 bits")
}

fn write(sources: &[Source<'_>], tile: TileCoord, window: &Window) -> MvtResult<Vec<u8>> {
    let mut bytes = Vec::new();
    for source in sources {
        for level in source.drawn.levels() {
            bytes.extend(polygons(*source, level, window)?);
        }
    }
    bytes.extend(borders(sources, window, tile.z >= SIDES_FROM)?);
    for source in sources {
        for level in source.drawn.levels() {
            bytes.extend(labels(*source, level.labels_in((tile.x, tile.y)), level, window)?);
        }
    }
    Ok(bytes)
}

/// A tile layer under construction; one without features leaves no bytes.
pub(super) fn layer(name: &str) -> MvtResult<MvtLayerBuilder> {
    MvtTileBuilder::new().layer(name)
}

pub(super) fn finish(layer: MvtLayerBuilder, features: usize) -> Vec<u8> {
    if features > 0 { layer.encode() } else { Vec::new() }
}

fn polygons(source: Source<'_>, level: &DrawnLevel, window: &Window) -> MvtResult<Vec<u8>> {
    let mut layer = layer(source.layer.level_name(level.level))?;
    let mut features = 0;
    for drawn in level.units_in(window.min, window.max) {
        let parts: Vec<_> = drawn.polygons.iter().map(|polygon| window.polygon(polygon)).collect();
        let mut parts: Vec<&DotPolygon> = parts.iter().flat_map(|part| part.iter()).collect();
        if parts.is_empty() {
            continue;
        }
        // In an order that what lies beyond the window has no part in.
        parts.sort_by_key(|polygon| polygon.rings[0][0]);
        let mut feature = layer.feature_of(MvtGeomType::Polygon);
        for polygon in parts {
            rings(&mut feature, polygon, window)?;
        }
        fields(&mut feature, source.units, drawn.unit, true)?;
        if let Some(tint) = drawn.tint {
            feature.tag_ref("tint", MvtValueRef::UInt(tint.into()))?;
        }
        layer = feature.end();
        features += 1;
    }
    Ok(finish(layer, features))
}

pub(super) fn rings(feature: &mut MvtFeatureBuilder, polygon: &DotPolygon, window: &Window) -> MvtResult<()> {
    for (i, ring) in polygon.rings.iter().enumerate() {
        feature.ring(ring.iter().map(|&dot| place(dot, window)), i == 0)?;
    }
    Ok(())
}

fn borders(sources: &[Source<'_>], window: &Window, sides: bool) -> MvtResult<Vec<u8>> {
    let mut layer = layer("border")?;
    let mut features = 0;
    for source in sources {
        for border in source.drawn.borders_in(window.min, window.max) {
            let pieces = window.line(&border.dots);
            if pieces.is_empty() {
                continue;
            }
            let mut feature = layer.feature_of(MvtGeomType::LineString);
            for piece in &pieces {
                feature.line(piece.iter().map(|&dot| place(dot, window)))?;
            }
            border_fields(&mut feature, source.layer, border, sides)?;
            layer = feature.end();
            features += 1;
        }
    }
    Ok(finish(layer, features))
}

fn border_fields(
    feature: &mut MvtFeatureBuilder,
    layer: &Layer,
    border: &Border,
    sides: bool,
) -> MvtResult<()> {
    feature.tag_ref("layer", MvtValueRef::String(&layer.name))?;
    feature.tag_ref("level", MvtValueRef::String(layer.level_name(border.level)))?;
    for (name, side) in [("left", border.left), ("right", border.right)] {
        if let Some(unit) = side.filter(|_| sides) {
            feature.tag_ref(name, MvtValueRef::UInt(unit.get()))?;
        }
    }
    Ok(())
}

fn labels(
    source: Source<'_>,
    labels: &[DrawnLabel],
    level: &DrawnLevel,
    window: &Window,
) -> MvtResult<Vec<u8>> {
    let mut layer = layer(&format!("{}_label", source.layer.level_name(level.level)))?;
    for label in labels {
        let mut feature = layer.feature_of(MvtGeomType::Point);
        feature.points([place(label.at, window)])?;
        fields(&mut feature, source.units, label.unit, false)?;
        feature.tag_ref("rank", MvtValueRef::UInt(label.rank.into()))?;
        layer = feature.end();
    }
    Ok(finish(layer, labels.len()))
}

/// The id of a unit and its fields.
fn fields(feature: &mut MvtFeatureBuilder, units: &Units, id: UnitId, parent: bool) -> MvtResult<()> {
    feature.id(Some(id.get()));
    let Some(unit) = units.get(id) else { return Ok(()) };
    feature.tag_ref("code", MvtValueRef::String(unit.code.as_str()))?;
    feature.tag_ref("name", MvtValueRef::String(&unit.name))?;
    if let Some(above) = unit.parent.filter(|_| parent).and_then(|id| units.get(id)) {
        feature.tag_ref("parent", MvtValueRef::String(above.code.as_str()))?;
    }
    Ok(())
}

/// A dot in the tile's own coordinates.
pub(super) fn place(dot: Dot, window: &Window) -> MvtCoord {
    MvtCoord { x: dot.x - window.corner.x, y: dot.y - window.corner.y }
}
