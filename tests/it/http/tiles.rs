//! Tiles over HTTP.

use super::client::Client;
use flate2::read::GzDecoder;
use serde_json::json;
use std::io::Read;

/// A tile of the square town at a zoom: the one that holds its middle.
fn town(zoom: u32) -> String {
    let n = f64::from(1 << zoom);
    let lat = 25.005_f64.to_radians();
    let x = ((110.005 + 180.0) / 360.0 * n).floor();
    let y = ((1.0 - lat.tan().asinh() / std::f64::consts::PI) / 2.0 * n).floor();
    format!("{zoom}/{x}/{y}.mvt")
}

#[test]
fn a_tile_is_given_once_and_then_only_confirmed() {
    let client = Client::local();
    let uri = format!("/tiles/grid/{}", town(14));
    let tile = client.get(&uri);
    assert_eq!((tile.status, tile.header("content-type")), (200, "application/vnd.mapbox-vector-tile"));
    assert_eq!(tile.header("cache-control"), "no-cache");
    assert!(tile.header("vary").contains("accept-encoding"));
    let again = client.clone().with("if-none-match", tile.header("etag")).get(&uri);
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tile.header("etag")));
    let other = client.with("if-none-match", "\"0-grid-14-0-0-1\"").get(&uri);
    assert_eq!(other.status, 200);
}

#[test]
fn a_tile_holds_the_town_s_layers() {
    let tile = Client::local().get(&format!("/tiles/grid/{}", town(14)));
    for layer in ["county", "grid", "grid_label", "water", "police", "border"] {
        let named = tile
            .body
            .windows(layer.len() + 1)
            .any(|w| w[0] == layer.len() as u8 && &w[1..] == layer.as_bytes());
        assert!(named, "no layer {layer}");
    }
}

#[test]
fn every_packing_holds_the_same_tile() {
    let uri = format!("/tiles/grid/{}", town(14));
    let plain = Client::local().get(&uri);
    assert_eq!(plain.header("content-encoding"), "");
    let packed = Client::local().with("accept-encoding", "gzip").get(&uri);
    assert_eq!(packed.header("content-encoding"), "gzip");
    let mut unpacked = Vec::new();
    GzDecoder::new(&packed.body[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    assert!(packed.body.len() < plain.body.len());
}

#[test]
fn a_tile_of_a_revision_never_changes_and_an_empty_one_is_no_content() {
    let client = Client::local();
    let current = client.get(&format!("/tiles/grid/{}", town(12)));
    let pinned = client.get(&format!("/tiles/grid/1-{}/{}", wangge::tile::RENDER_VERSION, town(12)));
    assert_eq!((pinned.status, &pinned.body), (200, &current.body));
    assert_eq!(pinned.header("cache-control"), "private, max-age=31536000, immutable");
    let empty = client.get("/tiles/grid/12/0/0.mvt");
    assert_eq!((empty.status, empty.body.len()), (204, 0));
    assert_ne!(empty.header("etag"), "");
}

#[test]
fn a_tile_without_an_address_is_refused() {
    let table = [
        ("/tiles/grid/3/0/0.mvt", "no_such_tile", "z"),
        ("/tiles/grid/17/0/0.mvt", "no_such_tile", "z"),
        ("/tiles/grid/x/0/0.mvt", "no_such_tile", "z"),
        ("/tiles/grid/4/16/0.mvt", "no_such_tile", "x"),
        ("/tiles/grid/4/-1/0.mvt", "no_such_tile", "x"),
        ("/tiles/grid/4/0/16.mvt", "no_such_tile", "y"),
        ("/tiles/grid/4/0/0", "no_such_tile", "y"),
        ("/tiles/grid/4/0/0.png", "no_such_tile", "y"),
        ("/tiles/grid/4/0/..%2f..%2fCargo.toml", "no_such_tile", "y"),
        ("/tiles/gird/4/0/0.mvt", "unknown_name", "tileset"),
        ("/tiles/gird.json", "unknown_name", "tileset"),
        ("/tiles/grid", "unknown_name", "tileset"),
        ("/tiles/grid/2-1/4/0/0.mvt", "unknown_name", "version"),
        ("/tiles/grid/1-999/4/0/0.mvt", "unknown_name", "version"),
        ("/tiles/grid/now/4/0/0.mvt", "unknown_name", "version"),
    ];
    for (uri, code, field) in table {
        let answer = Client::local().get(uri);
        assert_eq!(answer.problem(), (404, code.into(), field.into()), "{uri}");
        assert!(answer.json()["expected"].is_string(), "{uri}");
    }
}

#[test]
fn the_description_of_the_tiles_names_their_absolute_address() {
    let described = Client::local().with("host", "localhost:9000").get("/tiles/grid.json").json();
    assert_eq!(described["tiles"], json!(["http://localhost:9000/tiles/grid/{z}/{x}/{y}.mvt"]));
    assert_eq!((&described["tilejson"], &described["minzoom"]), (&json!("3.0.0"), &json!(4)));
    assert_eq!(described["bounds"], json!([110.0, 25.0, 110.01, 25.01]));
    assert_eq!(described["attribution"], "demo");
    let proxied = Client::stranger(true).with("host", "grid.example").with("x-forwarded-proto", "https");
    let described = proxied.get("/tiles/grid.json").json();
    assert_eq!(described["tiles"], json!(["https://grid.example/tiles/grid/{z}/{x}/{y}.mvt"]));
}
