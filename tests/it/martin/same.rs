//! The same layers, features, fields and ground as in our own tiles.

use super::{cut, drawn, layers};
use crate::tiles::{At, Feature, breaches, decode, rim, tiles_of, twice_area};
use std::collections::{BTreeMap, BTreeSet};
use wangge::app::Published;
use wangge::snapshot::drawn::{FIRST_ZOOM, Zooms};
use wangge::tile::{BUFFER, Described, EXTENT, TileCoord, Tileset, describe};

/// How far a place may be from where our own tile has it, in tile units, where the window cuts.
const NEAR: f64 = 2.0;

/// Tiles of every zoom in which there is something, some of each.
fn some_tiles(published: &Published) -> Vec<TileCoord> {
    let bbox = published.base.layers()[0].coverage.bbox().unwrap();
    let of_zoom = |zoom: u8| {
        let tiles = tiles_of(bbox, zoom);
        let step = tiles.len().div_ceil(12);
        tiles.into_iter().step_by(step).collect::<Vec<_>>()
    };
    (FIRST_ZOOM..=16).flat_map(of_zoom).collect()
}

/// Whether a place is inside the window and not on its sides, where cutting makes places.
fn inside(p: At) -> bool {
    let within = |v: i32| v > -(BUFFER as i32) && v < (EXTENT + BUFFER) as i32;
    within(p.0) && within(p.1)
}

/// The edges that no side of the window cuts; of lines whichever way they run.
fn whole_edges(feature: &Feature) -> BTreeSet<(At, At)> {
    let pairs = feature.runs.iter().flat_map(|run| run.windows(2));
    pairs.map(|w| (w[0].min(w[1]), w[0].max(w[1]))).filter(|&(p, q)| inside(p) && inside(q)).collect()
}

/// How far a place is from a segment that goes on for `beyond` tile units at each end.
fn distance((x, y): At, (a, b): (At, At), beyond: f64) -> f64 {
    let f = |v: i32| f64::from(v);
    let (dx, dy) = (f(b.0 - a.0), f(b.1 - a.1));
    let (px, py) = (f(x - a.0), f(y - a.1));
    let length = dx * dx + dy * dy;
    let t = if length == 0.0 {
        0.0
    } else {
        {
            let more = beyond / length.sqrt();
            ((px * dx + py * dy) / length).clamp(-more, 1.0 + more)
        }
    };
    (px - t * dx).hypot(py - t * dy)
}

/// How far the farthest place of one feature is from the other's lines.
fn farthest(of: &Feature, from: &Feature) -> f64 {
    let edges: Vec<(At, At)> =
        from.runs.iter().flat_map(|run| run.windows(2)).map(|w| (w[0], w[1])).collect();
    // A line that runs along the window's side may leave it some units earlier or later, on the same line.
    let beyond = |p: At| if inside(p) { 0.0 } else { 200.0 };
    let to_nearest = |&p: &At| match edges.as_slice() {
        [] => from.runs.iter().flatten().map(|&q| distance(p, (q, q), 0.0)).fold(f64::INFINITY, f64::min),
        edges => edges.iter().map(|&edge| distance(p, edge, beyond(p))).fold(f64::INFINITY, f64::min),
    };
    of.runs.iter().flatten().map(to_nearest).fold(0.0, f64::max)
}

/// What tells features of a layer apart: the id, and of a border its fields and its whole edges.
type Key = (Option<u64>, BTreeMap<String, String>);

fn by_key(features: &[Feature]) -> BTreeMap<Key, Vec<&Feature>> {
    let mut found: BTreeMap<Key, Vec<&Feature>> = BTreeMap::new();
    for feature in features {
        found.entry((feature.id, feature.fields.clone())).or_default().push(feature);
    }
    found
}

/// Whether a feature lies beyond the tile and is too thin to be anything: there the two ways of cutting may differ.
fn is_scrap(feature: &Feature) -> bool {
    let beyond = |&(x, y): &At| x < 0 || y < 0 || x > EXTENT as i32 || y > EXTENT as i32;
    let area: i64 = feature.runs.iter().map(|run| twice_area(run)).sum();
    feature.runs.iter().flatten().all(beyond) && area.abs() <= 2 * 8 || farthest_from_itself(feature) <= NEAR
}

fn farthest_from_itself(feature: &Feature) -> f64 {
    let first = feature.runs[0][0];
    feature.runs.iter().flatten().map(|&p| distance(p, (first, first), 0.0)).fold(0.0, f64::max)
}

fn compare(tile: TileCoord, ours: &[u8], theirs: &[u8]) -> usize {
    let (ours, theirs) = (decode(ours), decode(theirs));
    let names = |layers: &BTreeMap<String, Vec<Feature>>| layers.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&ours), names(&theirs), "{tile:?}");
    let mut features = 0;
    for (name, ours) in &ours {
        let theirs = &theirs[name];
        let (a, b) = (by_key(ours), by_key(theirs));
        for key in a.keys().chain(b.keys()) {
            let (a, b) = (a.get(key), b.get(key));
            let scraps = |all: Option<&Vec<&Feature>>| all.is_none_or(|all| all.iter().all(|f| is_scrap(f)));
            let (Some(a), Some(b)) = (a, b) else {
                assert!(scraps(a) && scraps(b), "{name} {key:?} is in one of the two: {tile:?}");
                continue;
            };
            let edges = |all: &[&Feature]| all.iter().flat_map(|f| whole_edges(f)).collect::<BTreeSet<_>>();
            assert_eq!(edges(a), edges(b), "{name} {key:?} in {tile:?}");
            let all = |all: &[&Feature]| Feature {
                id: None,
                runs: all.iter().flat_map(|f| f.runs.clone()).collect(),
                fields: BTreeMap::new(),
            };
            let (a, b) = (all(a), all(b));
            let far = (farthest(&a, &b), farthest(&b, &a));
            assert!(far.0 <= NEAR && far.1 <= NEAR, "{name} {key:?} in {tile:?}: {far:?}, {a:?}, {b:?}");
        }
        if name != "border" {
            let ids = |all: &[Feature]| {
                all.iter().filter(|f| !is_scrap(f) || f.runs[0].len() == 1).map(|f| f.id).collect::<Vec<_>>()
            };
            assert_eq!(ids(ours), ids(theirs), "the order of {name} in {tile:?}");
        }
        features += ours.len();
    }
    features
}

#[tokio::test]
async fn the_tiles_of_the_function_are_ours_to_the_unit_save_where_the_window_cuts() {
    let (_store, published, mut connection) = drawn(&layers(5)).await;
    let (mut features, mut tiles) = (0, 0);
    for tile in some_tiles(&published) {
        let theirs = cut(&mut connection, tile).await;
        features += compare(tile, &published.render(tile), &theirs);
        tiles += 1;
        let again = cut(&mut connection, tile).await;
        assert!(theirs == again, "the same bytes each time: {tile:?}");
    }
    println!("{features} features in {tiles} tiles");
    assert!(features > 2_500, "{features}");
}

#[tokio::test]
async fn neighbours_share_every_border_vertex_in_the_tiles_of_the_function() {
    let (_store, published, mut connection) = drawn(&layers(9)).await;
    let mut looked_at = 0;
    for tile in some_tiles(&published) {
        let layers = decode(&cut(&mut connection, tile).await);
        let Some(borders) = layers.get("border") else { continue };
        let land: Vec<&Feature> = borders.iter().filter(|b| b.fields["layer"] == "land").collect();
        for level in ["county", "township", "village", "grid"] {
            let Some(units) = layers.get(level) else { continue };
            let found: Vec<String> = breaches(units, &rim(borders))
                .into_iter()
                // Where the window cuts, a ring may touch itself on the window's side, 64 units beyond the tile.
                .filter(|breach| !breach.contains("has the ring"))
                .collect();
            assert_eq!(found, Vec::<String>::new(), "{level} in {tile:?}, {} borders", land.len());
            looked_at += units.len();
        }
    }
    assert!(looked_at > 500, "{looked_at}");
}

#[tokio::test]
async fn beyond_the_zooms_and_the_world_there_is_nothing_and_without_drawings_an_error() {
    let (store, published, mut connection) = drawn(&layers(2)).await;
    let bbox = published.base.layers()[0].coverage.bbox().unwrap();
    for zoom in [3, 17] {
        for tile in tiles_of(bbox, zoom).into_iter().take(4) {
            assert_eq!(cut(&mut connection, tile).await, Vec::<u8>::new());
        }
    }
    assert_eq!(cut(&mut connection, TileCoord { z: 11, x: 0, y: 0 }).await, Vec::<u8>::new());
    for outside in ["11, -1, 0", "11, 2048, 0", "11, 0, 2048", "-1, 0, 0", "null, 0, 0"] {
        let ask = format!("select wangge.wangge_tile({outside})");
        let cut: Option<Vec<u8>> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(ask)).fetch_one(&mut connection).await.unwrap();
        assert_eq!(cut, None, "{outside}");
    }
    store.keep_drawings(false).await.unwrap();
    let ask = "select wangge.wangge_tile(11, 0, 0)";
    let error = sqlx::query(ask).fetch_one(&mut connection).await.unwrap_err().to_string();
    assert!(error.contains("no drawings are kept"), "{error}");
}

#[tokio::test]
async fn what_martin_tells_of_the_function_is_our_own_description() {
    let (_store, _published, mut connection) = drawn(&layers(2)).await;
    let ask = "select obj_description('wangge.wangge_tile'::regproc)";
    let told: String = sqlx::query_scalar(ask).fetch_one(&mut connection).await.unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let own = describe(&wangge::tile::Description {
        tileset: Described::Drawn(Tileset::Grid),
        tiles: "",
        bounds: None,
        zooms: &Zooms::default(),
        attribution: "",
    });
    for part in ["vector_layers", "minzoom", "maxzoom"] {
        assert_eq!(told[part], own[part], "{part}: {}", own[part]);
    }
}
