//! What the event of a publication says, and when a node tells it.

use super::world::{Town, redraw, set, split};
use crate::http::client::wait;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use wangge::app::Published;
use wangge::snapshot::drawn::Dot;
use wangge::tile::{TileCoord, Tileset};

const ZOOMS: [u8; 2] = [11, 14];

async fn last(town: &Town) -> Value {
    let newest = town.app.newest_event().await.unwrap();
    let events = town.app.events(newest - 1, 1).await.unwrap();
    assert_eq!(events[0].kind, "revision.published");
    events[0].data.clone()
}

async fn publish(town: &Town, operations: &[Value]) -> Value {
    let id = town.drawn("改", operations).await;
    town.approve(id).await;
    town.publish(id).await;
    last(town).await
}

/// The keys of the tiles around the town at a zoom, each looked at.
fn keys(published: &Published, z: u8) -> Vec<((u32, u32), String)> {
    let bbox = published.base.layers()[0].coverage.bbox().unwrap();
    let (sw, ne) = (Dot::of(bbox.min, z).tile(), Dot::of(bbox.max, z).tile());
    let columns = sw.0 - 1..=ne.0 + 1;
    let tiles = columns.flat_map(|x| (ne.1 - 1..=sw.1 + 1).map(move |y| (x, y)));
    tiles
        .map(|(x, y)| {
            let tile = TileCoord { z, x, y };
            published.render(tile);
            ((x, y), published.tile_key(Tileset::Grid, tile).to_string())
        })
        .collect()
}

#[test]
fn the_tiles_that_an_event_names_are_those_whose_keys_change() {
    wait(async {
        let town = Town::file().await;
        let before = ZOOMS.map(|z| keys(&town.app.published(), z));
        let told = publish(&town, &[redraw(&[(5., 1.), (6., 2.5), (5., 4.)])]).await;
        let zooms = told["tiles"]["zooms"].as_array().unwrap();
        let named: Vec<u64> = zooms.iter().map(|z| z["zoom"].as_u64().unwrap()).collect();
        assert_eq!(named, ZOOMS.map(u64::from), "those at which somebody looked");
        for (zoom, (z, before)) in zooms.iter().zip(ZOOMS.into_iter().zip(&before)) {
            let after = keys(&town.app.published(), z);
            let changed: BTreeSet<(u32, u32)> =
                before.iter().zip(&after).filter(|(a, b)| a != b).map(|(_, b)| b.0).collect();
            let said: BTreeSet<(u32, u32)> = serde_json::from_value(zoom["tiles"].clone()).unwrap();
            assert_eq!(zoom["within"], z);
            assert_eq!(said, changed, "zoom {z}");
            assert!(!changed.is_empty() && (z < 14 || changed.len() < after.len()), "zoom {z}: {changed:?}");
        }
    });
}

#[test]
fn the_swept_ground_is_what_changes_hands() {
    wait(async {
        let town = Town::file().await;
        // A triangle of 3 by 1 steps: half of that many squares of 0.001 degree.
        let told = publish(&town, &[redraw(&[(5., 1.), (6., 2.5), (5., 4.)])]).await;
        let swept = &told["swept"];
        let square_m2 = 111_320.0 * 0.001 * 110_774.0 * 0.001 * 25.0025_f64.to_radians().cos();
        let (area, expected) = (swept["area_m2"].as_f64().unwrap(), 1.5 * square_m2);
        assert!((area / expected - 1.0).abs() < 0.01, "{area} of {expected}");
        let bbox: [f64; 4] = serde_json::from_value(swept["bbox"].clone()).unwrap();
        for (got, wanted) in bbox.iter().zip([110.005, 25.001, 110.006, 25.004]) {
            assert!((got - wanted).abs() < 1e-7, "{bbox:?}");
        }
        let ring = swept["geometry"]["coordinates"][0][0].as_array().unwrap();
        assert_eq!((&swept["geometry"]["type"], ring.len()), (&json!("MultiPolygon"), 4), "{swept}");
        assert_eq!((&told["layers"], &told["draft"]), (&json!(["land"]), &json!(1)));

        // Back over the old border: the two lines cross between lattice points.
        let told = publish(&town, &[redraw(&[(5., 1.), (4., 2.5), (5., 4.)])]).await;
        let both = told["swept"]["area_m2"].as_f64().unwrap();
        assert!((both / (2.0 * expected) - 1.0).abs() < 0.01, "{both}");

        // A split gives away what the new unit has; a name moves no ground.
        let told = publish(&town, &[split("g3", "g9", &[(2., 5.), (2., 10.)])]).await;
        let g9 = town.app.published();
        let g9 = g9.unit("land", &"g9".try_into().unwrap()).unwrap().measure.unwrap().area_m2;
        assert!((told["swept"]["area_m2"].as_f64().unwrap() / g9 - 1.0).abs() < 1e-9);
        let told = publish(&town, &[set("g4", "name", "北村第2网格", "新")]).await;
        assert_eq!(told["swept"], json!({"bbox": null, "area_m2": 0.0, "geometry": null}));
    });
}

/// A node on the same database hears of a revision when it serves it, and never before.
#[test]
fn a_node_tells_an_event_once_it_serves_its_revision() {
    wait(async {
        let town = Town::database().await;
        let node = town.node().await;
        let mut signs = node.event_signs();
        publish(&town, &[set("g3", "name", "北村第1网格", "新")]).await;
        let later = town.begin("又").await;
        let kinds = async |app: &wangge::app::App| -> Vec<String> {
            app.events(0, 100).await.unwrap().iter().map(|event| event.kind.clone()).collect()
        };
        let whole = [
            "revision.published",
            "draft.created",
            "draft.submitted",
            "draft.approved",
            "draft.published",
            "revision.published",
            "draft.created",
        ];
        assert_eq!(kinds(&town.app).await, whole, "draft {later}");
        assert_eq!(node.published().revision().number, 1);
        assert_eq!(kinds(&node).await, whole[..4], "what comes after waits behind the revision");
        assert_eq!(node.newest_event().await.unwrap(), 4);
        signs.mark_unchanged();
        node.take_up().await.unwrap().unwrap();
        assert!(signs.has_changed().unwrap(), "whoever waits is woken");
        assert_eq!(kinds(&node).await, whole);
    });
}
