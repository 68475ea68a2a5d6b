//! Tiles, decoded: neighbours share every border vertex, ids and fields are the contract's, labels stand
//! once, and children fill their parents to the square unit.

use crate::town::town;
use fast_mvt::{MvtFeatureRef, MvtGeometry, MvtReaderRef, MvtValueRef};
use std::collections::{BTreeMap, BTreeSet};
use wangge::geom::Bbox;
use wangge::snapshot::LayerState;
use wangge::snapshot::drawn::{Dot, Zooms};
use wangge::tile::{BUFFER, EXTENT, SIDES_FROM, Source, TileCoord, render};

pub type At = (i32, i32);

/// The tiles that a box meets at a zoom.
pub fn tiles_of(bbox: Bbox, zoom: u8) -> Vec<TileCoord> {
    let (west, south) = Dot::of(bbox.min, zoom).tile();
    let (east, north) = Dot::of(bbox.max, zoom).tile();
    let row = |y| (west..=east).map(move |x| TileCoord { z: zoom, x, y });
    (north..=south).flat_map(row).collect()
}

fn tile_of(state: &LayerState, tile: TileCoord) -> Vec<u8> {
    let drawn = state.drawn(tile.z).unwrap();
    render(&[Source { layer: &state.layer, units: &state.units, drawn: &drawn }], tile)
}

/// A feature with its rings or lines, the rings closed by their first dot.
#[derive(Debug)]
pub struct Feature {
    pub id: Option<u64>,
    pub runs: Vec<Vec<At>>,
    pub fields: BTreeMap<String, String>,
}

/// The features of each layer of a tile, in their order.
pub fn decode(bytes: &[u8]) -> BTreeMap<String, Vec<Feature>> {
    let reader = MvtReaderRef::new(bytes).unwrap();
    let features = |layer: &fast_mvt::MvtLayerRef<'_>| layer.features().map(|f| feature(&f)).collect();
    reader.layers().map(|layer| (layer.name().to_owned(), features(&layer))).collect()
}

fn feature(feature: &MvtFeatureRef<'_>) -> Feature {
    let run = |line: &geo_types::LineString<i32>| line.0.iter().map(|c| (c.x, c.y)).collect::<Vec<At>>();
    let rings = |p: &geo_types::Polygon<i32>| {
        std::iter::once(p.exterior()).chain(p.interiors()).map(run).collect::<Vec<_>>()
    };
    let runs = match feature.geometry().unwrap() {
        MvtGeometry::Polygon(p) => rings(&p),
        MvtGeometry::MultiPolygon(many) => many.0.iter().flat_map(rings).collect(),
        MvtGeometry::LineString(line) => vec![run(&line)],
        MvtGeometry::MultiLineString(many) => many.0.iter().map(run).collect(),
        MvtGeometry::Point(p) => vec![vec![(p.x(), p.y())]],
        other => panic!("no geometry of ours: {other:?}"),
    };
    let text = |value: MvtValueRef<'_>| match value {
        MvtValueRef::String(text) => text.to_owned(),
        MvtValueRef::UInt(number) => number.to_string(),
        other => panic!("no value of ours: {other:?}"),
    };
    let fields = feature.properties().map(|p| p.unwrap()).map(|(k, v)| (k.to_owned(), text(v))).collect();
    Feature { id: feature.id(), runs, fields }
}

pub fn twice_area(ring: &[At]) -> i64 {
    let wide = |v: i32| i64::from(v);
    ring.windows(2).map(|w| wide(w[0].0) * wide(w[1].1) - wide(w[0].1) * wide(w[1].0)).sum()
}

/// Whether an edge lies on a side of the window: cutting made it.
fn on_side(p: At, q: At) -> bool {
    let (low, high) = (-(BUFFER as i32), (EXTENT + BUFFER) as i32);
    [low, high].iter().any(|&side| (p.0 == side && q.0 == side) || (p.1 == side && q.1 == side))
}

/// What is wrong with the polygons of a tile layer and the lines beside them.
pub fn breaches(units: &[Feature], lines: &BTreeSet<(At, At)>) -> Vec<String> {
    let mut found = Vec::new();
    let mut edges: BTreeMap<(At, At), i32> = BTreeMap::new();
    for unit in units {
        for ring in &unit.runs {
            let distinct: BTreeSet<At> = ring.iter().copied().collect();
            if twice_area(ring) == 0 || distinct.len() != ring.len() - 1 {
                found.push(format!("unit {:?} has the ring {ring:?}", unit.id));
            }
            for edge in ring.windows(2).map(|w| (w[0], w[1])).filter(|&(p, q)| !on_side(p, q)) {
                *edges.entry(edge).or_default() += 1;
            }
        }
    }
    for (&(p, q), &count) in &edges {
        let across = edges.get(&(q, p)).copied().unwrap_or(0);
        // Either a neighbour has the same edge the other way, or a border line with nothing beyond.
        if count != 1 || (across != 1 && !lines.contains(&(p.min(q), p.max(q)))) {
            found.push(format!("{p:?}–{q:?} is there {count} times, {across} times across"));
        }
    }
    found
}

/// The edges of border lines with the outside on one side: those of the top level, of one city.
pub fn rim(borders: &[Feature]) -> BTreeSet<(At, At)> {
    let outer = borders.iter().filter(|b| b.fields["level"] == "city");
    outer
        .flat_map(|b| &b.runs)
        .flat_map(|line| line.windows(2).map(|w| (w[0].min(w[1]), w[0].max(w[1]))))
        .collect()
}

#[test]
fn neighbours_in_a_tile_share_every_border_vertex() {
    let town = town(40, 13, 20_261_123);
    let bbox = town.coverage.bbox().unwrap();
    for zoom in 4..=13 {
        let tiles = tiles_of(bbox, zoom);
        let step = tiles.len().div_ceil(60);
        for &tile in tiles.iter().step_by(step) {
            let layers = decode(&tile_of(&town, tile));
            let Some(borders) = layers.get("border") else { continue };
            for level in ["county", "township", "village", "grid"] {
                let Some(units) = layers.get(level) else { continue };
                assert_eq!(breaches(units, &rim(borders)), Vec::<String>::new(), "{level} in {tile:?}");
            }
        }
        assert_eq!(town.drawn(zoom).unwrap().vanished(), 0, "zoom {zoom}");
    }
}

#[test]
fn children_fill_their_parent_to_the_square_unit() {
    let town = town(30, 9, 5);
    let area = |f: &Feature| f.runs.iter().map(|r| twice_area(r)).sum::<i64>();
    for tile in tiles_of(town.coverage.bbox().unwrap(), 11) {
        let layers = decode(&tile_of(&town, tile));
        for (child, parent) in [("grid", "village"), ("village", "township"), ("township", "county")] {
            let mut held: BTreeMap<&str, i64> = BTreeMap::new();
            for unit in layers.get(child).into_iter().flatten() {
                *held.entry(&unit.fields["parent"]).or_default() += area(unit);
            }
            for unit in layers.get(parent).into_iter().flatten() {
                assert_eq!(
                    held.remove(unit.fields["code"].as_str()),
                    Some(area(unit)),
                    "{parent} in {tile:?}"
                );
            }
            assert!(held.is_empty(), "{held:?}");
        }
    }
}

#[test]
fn ids_and_fields_are_those_of_the_units() {
    let town = town(20, 5, 9);
    let mut seen = BTreeSet::new();
    for tile in tiles_of(town.coverage.bbox().unwrap(), 11) {
        for (level, units) in decode(&tile_of(&town, tile)) {
            let Some(level) = town.layer.level(&level) else { continue };
            for feature in units {
                let unit = town.units.get(feature.id.unwrap().try_into().unwrap()).unwrap();
                let parent = town.units.get(unit.parent.unwrap()).unwrap();
                let tint = town.tints().get(unit.id).map(|tint| tint.to_string());
                assert_eq!(tint.is_some(), level != town.layer.grid_level());
                let want =
                    [("code", unit.code.as_str()), ("name", &unit.name), ("parent", parent.code.as_str())];
                let want = want.into_iter().chain(tint.as_deref().map(|tint| ("tint", tint)));
                let want: BTreeMap<_, _> = want.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
                assert_eq!(feature.fields, want);
                assert_eq!(unit.level, level);
                seen.insert(unit.id);
            }
        }
    }
    let with_ground = (1..=4).map(|l| town.level_coverage(wangge::unit::Level(l)).units().len());
    assert_eq!(seen.len(), with_ground.sum::<usize>());
}

#[test]
fn a_border_names_its_sides_from_zoom_12_and_none_before() {
    let town = town(20, 5, 9);
    for zoom in 4..=13 {
        let tiles = tiles_of(town.coverage.bbox().unwrap(), zoom);
        let mut count = 0;
        for border in
            tiles.into_iter().filter_map(|tile| decode(&tile_of(&town, tile)).remove("border")).flatten()
        {
            let sides = ["left", "right"].map(|side| border.fields.get(side).map(|id| id.parse().unwrap()));
            let named = sides.iter().flatten().count();
            let rim = border.fields["level"] == "city";
            assert_eq!(
                named,
                if zoom < SIDES_FROM { 0 } else { 2 - usize::from(rim) },
                "{:?}",
                border.fields
            );
            let known = |id: &u64| town.units.get((*id).try_into().unwrap()).is_some();
            assert!(sides.iter().flatten().all(known));
            count += 1;
        }
        assert!(count > 0, "zoom {zoom}");
    }
    assert_eq!(SIDES_FROM, 12, "the contract says so");
}

#[test]
fn a_label_stands_in_one_tile_only() {
    let town = town(20, 5, 9);
    for zoom in [4, 8, 12, 13] {
        let mut times: BTreeMap<(String, u64), u32> = BTreeMap::new();
        for tile in tiles_of(town.coverage.bbox().unwrap(), zoom) {
            for (layer, labels) in decode(&tile_of(&town, tile)) {
                for label in labels.iter().filter(|_| layer.ends_with("_label")) {
                    let (x, y) = label.runs[0][0];
                    assert!((0..EXTENT as i32).contains(&x) && (0..EXTENT as i32).contains(&y));
                    *times.entry((layer.clone(), label.id.unwrap())).or_default() += 1;
                }
            }
        }
        assert!(times.values().all(|&n| n == 1) && !times.is_empty());
        let zooms = Zooms::default();
        let mut named = zooms.shown(&town.layer, zoom);
        named.retain(|&level| zooms.named(&town.layer, level, zoom));
        let units = named.iter().map(|&level| town.level_coverage(level).units().len());
        assert_eq!(times.len(), units.sum::<usize>(), "zoom {zoom}");
    }
}

#[test]
fn a_tile_beside_the_ground_is_empty() {
    let town = town(5, 3, 1);
    assert_eq!(tile_of(&town, TileCoord { z: 11, x: 0, y: 0 }), Vec::<u8>::new());
}
