//! What the event of a publication says: the ground that changed hands, and the tiles that look different.

use crate::app::ages::Ages;
use crate::app::drafting::{DraftError, Working};
use crate::edit::{Moved, moved, together};
use crate::snapshot::drawn::TileSet;
use geo::{BoundingRect, CoordsIter, LineString, MultiPolygon, Polygon};
use serde_json::{Value, json};

/// The most tiles that are named one by one at a zoom.
const TILES: usize = 200;

/// The most corners of the ground that is told.
const CORNERS: usize = 2_000;

/// What the event of a draft's publication says beside the revision.
pub(super) fn told(working: &Working, ages: &Ages) -> Result<Value, DraftError> {
    let (before, after) = (working.before(), working.state()?);
    let change = after.change();
    let pieces: Vec<Moved> =
        change.layers().flat_map(|(name, layer)| moved(&before, &after, name, layer)).collect();
    let layers: Vec<&str> = change.layers().map(|(name, _)| name).collect();
    let draft = &working.draft;
    let mut told = json!({
        "draft": draft.id,
        "title": draft.title,
        "author": draft.standing.flow.author(),
        "layers": layers,
        "swept": swept(&pieces),
        "tiles": tiles(ages),
    });
    if let Some(reverts) = draft.reverts {
        told["reverts"] = reverts.into();
    }
    Ok(told)
}

/// Box, area and shape of the ground that changed hands; the shape is left out when it has too many corners.
fn swept(pieces: &[Moved]) -> Value {
    let ground = together(pieces);
    let bbox = ground.bounding_rect().map(|b| [b.min().x, b.min().y, b.max().x, b.max().y]);
    let area_m2: f64 = pieces.iter().map(|piece| piece.area_m2).sum();
    let geometry = (1..=CORNERS).contains(&ground.coords_count()).then(|| geometry(&ground));
    json!({"bbox": bbox, "area_m2": area_m2, "geometry": geometry})
}

fn geometry(ground: &MultiPolygon<f64>) -> Value {
    let ring = |ring: &LineString<f64>| -> Value { ring.0.iter().map(|c| json!([c.x, c.y])).collect() };
    let polygon = |p: &Polygon<f64>| -> Value {
        std::iter::once(p.exterior()).chain(p.interiors()).map(ring).collect::<Vec<_>>().into()
    };
    json!({"type": "MultiPolygon", "coordinates": ground.iter().map(polygon).collect::<Vec<_>>()})
}

/// The tiles by zoom. At a zoom that is not named any tile may look different.
fn tiles(ages: &Ages) -> Value {
    let named = ages.touched().into_iter().map(|(zoom, tiles)| {
        let (within, tiles) = gathered(zoom, tiles);
        json!({"zoom": zoom, "within": within, "tiles": tiles})
    });
    json!({"zooms": named.collect::<Vec<_>>()})
}

/// Tiles as they are or, where they are too many, as larger ones that hold them all; with the zoom of those.
fn gathered(zoom: u8, mut tiles: TileSet) -> (u8, TileSet) {
    let mut within = zoom;
    while tiles.len() > TILES {
        tiles = tiles.into_iter().map(|(x, y)| (x >> 1, y >> 1)).collect();
        within -= 1;
    }
    (within, tiles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_tiles_are_told_as_the_larger_ones_that_hold_them() {
        let block: TileSet = (0..40).flat_map(|x| (0..10).map(move |y| (800 + x, 400 + y))).collect();
        assert_eq!(gathered(12, [(5, 6)].into()), (12, [(5, 6)].into()));
        let (within, tiles) = gathered(12, block.clone());
        assert_eq!((within, tiles.len()), (11, 100));
        assert!(block.iter().all(|(x, y)| tiles.contains(&(x >> 1, y >> 1))));
    }
}
