//! The tileset `report`: each report in one tile of a zoom, for those who may see it.

use crate::http::client::Client;
use crate::http::session::{Staffed, signed_in};
use crate::tiles::decode;
use serde_json::json;
use std::collections::BTreeSet;
use wangge::app::access::Policy;
use wangge::geom::{Bbox, Point};
use wangge::tile::TileCoord;

const REPORTS: &str = "/api/v1/reports";

fn post(client: &Client, key: &str, lon: f64, lat: f64) {
    let body = json!({"crs": "wgs84", "lon": lon, "lat": lat, "category": "waste",
        "occurred_at": "2026-11-27T08:00:00Z"});
    assert_eq!(client.clone().with("idempotency-key", key).post_json(REPORTS, &body).status, 201);
}

fn address(tile: TileCoord) -> String {
    let TileCoord { z, x, y } = tile;
    format!("/tiles/report/{z}/{x}/{y}.mvt")
}

/// What the tiles of a zoom say together: all counts of each layer, and the ids of those that lie alone.
fn seen(client: &Client, zoom: u8, filters: &str) -> (u64, u64, BTreeSet<u64>) {
    let town =
        Bbox { min: Point::new(1_099_900_000, 249_900_000), max: Point::new(1_100_300_000, 250_200_000) };
    let (mut reports, mut heat, mut alone) = (0, 0, BTreeSet::new());
    for tile in crate::tiles::tiles_of(town, zoom) {
        let answer = client.get(&format!("{}{filters}", address(tile)));
        if answer.status == 204 {
            continue;
        }
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
        for (name, features) in decode(&answer.body) {
            for feature in features {
                let count: u64 = feature.fields["count"].parse().unwrap();
                let [(x, y)] = feature.runs[0][..] else { panic!("a point: {feature:?}") };
                assert!((0..=4096).contains(&x) && (0..=4096).contains(&y), "{x} {y}");
                if name == "heat" {
                    heat += count;
                    continue;
                }
                reports += count;
                assert_eq!(feature.id.is_some(), count == 1);
                assert_eq!(feature.fields.get("stage").is_some_and(|s| s == "collected"), count == 1);
                assert!(feature.id.is_none_or(|id| alone.insert(id)), "a report is in two tiles");
            }
        }
    }
    (reports, heat, alone)
}

#[test]
fn each_report_is_in_one_tile_of_each_zoom_for_those_who_may_see_it() {
    let staffed = Staffed::new(Policy::default(), &[("viewer", &["viewer"]), ("centre", &["dispatcher"])]);
    staffed.add_with_ground("west", &["worker"], &[11]);
    let [viewer, west, centre] = ["viewer", "west", "centre"].map(|name| signed_in(&staffed, name));
    for n in 0..40_u32 {
        let (east, north) = (f64::from(n % 8) * 0.0011, f64::from(n / 8) * 0.0013);
        post(&centre, &format!("{n}"), 110.0005 + east, 25.0005 + north);
    }
    let own = west.get(&format!("{REPORTS}?limit=1")).json()["total"].as_u64().unwrap();
    assert!((5..35).contains(&own), "{own}");
    for zoom in [4, 11, 14, 16] {
        let (reports, heat, alone) = seen(&centre, zoom, "");
        assert_eq!((reports, heat), (40, 40), "zoom {zoom}");
        assert_eq!(alone.len() == 40, zoom == 16, "zoom {zoom}: {alone:?}");
        assert_eq!(seen(&west, zoom, "").0, own);
        assert_eq!(seen(&centre, zoom, "?unit=g1").0, own);
    }
    assert_eq!(seen(&centre, 11, "?stage=closed").0, 0);
    let here = address(TileCoord { z: 11, x: 1649, y: 874 });
    assert_eq!(viewer.get(&here).status, 403);
    let refused = centre.get(&format!("{here}?bbox=1,2,3,4"));
    assert_eq!((refused.status, &refused.json()["field"]), (400, &json!("bbox")));
    let described = centre.get("/tiles/report.json").json();
    assert_eq!(described["vector_layers"][0]["id"], "report");
    assert_eq!(centre.get("/tiles/report/1-4/11/1649/874.mvt").status, 404, "they are under no revision");
}
