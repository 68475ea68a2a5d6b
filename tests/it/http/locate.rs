//! Locating one point and many.

use super::client::Client;
use serde_json::{Value, json};
use wangge::geom::crs::Crs;

const WATER: &str = "/api/v1/locate?lon=110.0025&lat=25.005&crs=wgs84";

#[test]
fn one_point_gets_every_layer_with_its_whole_chain() {
    let answer = Client::local().get("/api/v1/locate?lon=110.0025&lat=25.0025&crs=wgs84").json();
    assert_eq!(answer["point"], json!({ "lon": 110.0025, "lat": 25.0025, "crs": "wgs84" }));
    assert_eq!(answer["position"], json!([110.0025, 25.0025]));
    assert_eq!((&answer["revision"], &answer["effective_from"]), (&json!(1), &json!("2026-01-01T00:00:00Z")));
    assert_eq!((&answer["outcome"], &answer["needs_confirmation"]), (&json!("inside"), &json!(false)));
    assert_eq!(answer["responsible"], json!({ "layer": "land", "code": "g1", "rule": "default" }));
    assert_eq!((&answer["land"]["code"], &answer["police"]["code"]), (&json!("g1"), &json!("p1")));
    let chain: Vec<&str> =
        list(&answer["land"]["chain"]).iter().map(|l| l["code"].as_str().unwrap()).collect();
    assert_eq!(chain, ["g1", "v1", "t1", "c1", "c0"]);
    assert_eq!(answer["land"]["chain"][0]["posts"][0]["phone"], "000-0000-0002");
    assert_eq!(answer["police"]["chain"][0]["posts"][0]["title"], "民警");
    let distance = answer["land"]["border_distance_m"].as_f64().unwrap();
    assert!((distance - 252.0).abs() < 2.0, "{distance}");
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

#[test]
fn a_stranger_who_may_locate_sees_no_telephone() {
    let answer = Client::stranger(true).get("/api/v1/locate?lon=110.0025&lat=25.0025&crs=wgs84").json();
    assert_eq!(answer["land"]["chain"][0]["posts"][0]["holder"], "示例网格员001");
    assert!(!answer.to_string().contains("000-0000"), "{answer}");
}

#[test]
fn a_category_s_rule_decides_who_is_responsible() {
    let ask = |query: &str| Client::local().get(&format!("{WATER}{query}")).json();
    assert_eq!(ask("")["responsible"]["layer"], "land");
    let drowning = ask("&category=drowning");
    assert_eq!(drowning["responsible"], json!({ "layer": "water", "code": "w1", "rule": "drowning" }));
    assert_eq!(ask("&category=%E6%B0%B4%E5%9F%9F%E6%95%91%E6%8F%B4")["responsible"], drowning["responsible"]);
}

#[test]
fn a_point_outside_is_nearby_within_reach_and_else_nobody_s() {
    let ask = |query: &str| {
        Client::local().get(&format!("/api/v1/locate?lon=110.0025&lat=24.9998&crs=wgs84{query}")).json()
    };
    let near = ask("");
    assert_eq!((&near["outcome"], &near["needs_confirmation"]), (&json!("nearby"), &json!(true)));
    assert_eq!(near["responsible"]["code"], "g1");
    let far = ask("&max_snap_m=5");
    assert_eq!(
        (&far["outcome"], &far["responsible"], &far["land"]),
        (&json!("outside"), &Value::Null, &Value::Null)
    );
}

#[test]
fn an_accuracy_brings_candidates_that_sum_to_one() {
    let answer = Client::local().get("/api/v1/locate?lon=110.005&lat=25.0025&crs=wgs84&accuracy_m=50").json();
    let candidates = list(&answer["land"]["candidates"]);
    let sum: f64 = candidates.iter().map(|c| c["share"].as_f64().unwrap()).sum();
    assert_eq!(candidates.len(), 2);
    assert!((sum - 1.0).abs() < 1e-9, "{candidates:?}");
    assert_eq!((&answer["land"]["on_border"], &answer["needs_confirmation"]), (&json!(true), &json!(true)));
}

#[test]
fn the_same_place_is_found_in_every_system() {
    for name in ["wgs84", "cgcs2000", "gcj02", "bd09", "4546", "EPSG:4525", "4508", "4497", "3857"] {
        let crs: Crs = name.parse().unwrap();
        let (east, north) = crs.from_degrees(110.0075, 25.0025);
        let (a, b) = crs.axes();
        let answer = Client::local().get(&format!("/api/v1/locate?{a}={east}&{b}={north}&crs={name}")).json();
        assert_eq!(answer["land"]["code"], "g2", "{name}: {answer}");
        assert_eq!(answer["point"]["crs"], crs.to_string());
        assert!(answer["point"][a].is_f64() && answer["point"][b].is_f64(), "{name}: {answer}");
    }
}

#[test]
fn many_points_are_answered_in_the_order_asked_and_a_bad_one_keeps_its_place() {
    let points = json!([[110.0025, 25.0025], [25.0025, 110.0025], [110.0075, 25.005], [0.0, 0.0]]);
    let answer =
        Client::local().post_json("/api/v1/locate", &json!({ "crs": "wgs84", "points": points })).json();
    assert_eq!(answer["revision"], 1);
    let results = list(&answer["results"]);
    assert_eq!(
        results[0],
        json!({ "outcome": "inside", "land": "g1", "water": null, "police": "p1", "responsible": "g1" })
    );
    assert_eq!(
        (&results[1]["outcome"], &results[1]["error"]["code"]),
        (&json!("error"), &json!("swapped_axes"))
    );
    assert_eq!((&results[2]["water"], &results[2]["land"]), (&json!("w2"), &json!("g4")));
    assert_eq!((&results[3]["outcome"], &results[3]["land"]), (&json!("outside"), &Value::Null));
}

#[test]
fn one_answer_and_many_agree_on_every_point_of_a_raster() {
    let client = Client::local();
    let raster: Vec<[f64; 2]> = (-1..=11)
        .flat_map(|x| (-1..=11).map(move |y| [110.0 + f64::from(x) * 1e-3, 25.0 + f64::from(y) * 1e-3]))
        .collect();
    let many = client.post_json("/api/v1/locate", &json!({ "crs": "wgs84", "points": raster })).json();
    for ([lon, lat], brief) in raster.iter().zip(list(&many["results"])) {
        let one = client.get(&format!("/api/v1/locate?lon={lon}&lat={lat}&crs=wgs84")).json();
        assert_eq!(one["outcome"], brief["outcome"], "{lon} {lat}");
        assert_eq!(one["responsible"]["code"], brief["responsible"], "{lon} {lat}");
        assert_eq!(one["land"]["code"], brief["land"], "{lon} {lat}");
    }
}

#[test]
fn rows_of_ndjson_come_back_as_rows_and_a_bad_line_is_an_error_line() {
    let rows = "{\"id\":1,\"lon\":110.0025,\"lat\":25.0025}\nbroken\n{\"id\":\"x\",\"lon\":110.0075,\"lat\":25.0025}\n";
    let answer = Client::local().post("/api/v1/locate?crs=wgs84", "application/x-ndjson", rows);
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-ndjson"));
    let lines: Vec<Value> = answer.text().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((&lines[0]["id"], &lines[0]["land"]), (&json!(1), &json!("g1")));
    assert_eq!((&lines[1]["outcome"], &lines[1]["line"]), (&json!("error"), &json!(2)));
    assert_eq!((&lines[2]["id"], &lines[2]["land"]), (&json!("x"), &json!("g2")));
}

#[test]
fn rows_of_csv_keep_their_columns() {
    let rows = "name,lon,lat\n甲,110.0025,25.0025\n乙,x,1\n";
    let answer = Client::local().post("/api/v1/locate?crs=wgs84", "text/csv; charset=utf-8", rows);
    let expected = "name,lon,lat,outcome,land,water,police,responsible,error\n甲,110.0025,25.0025,inside,g1,,p1,g1,\n乙,x,1,error,,,,,\"lon must be a number, got \"\"x\"\"\"\n";
    assert_eq!(answer.text(), expected);
}

#[test]
fn a_layer_or_a_level_comes_as_a_file_without_telephones() {
    let client = Client::local();
    let land = client.get("/api/v1/export/grid.geojson");
    assert_eq!(land.header("content-disposition"), "attachment; filename=\"grid-r1.geojson\"");
    assert_eq!(list(&land.json()["features"]).len(), 4);
    let csv = client.get("/api/v1/export/land.csv");
    assert!(csv.text().contains("南社区第1网格") && !csv.text().contains("000-0000"));
    let package = client.get("/api/v1/export/county.gpkg");
    assert!(package.body.starts_with(b"SQLite format 3\0"));
    assert_eq!(package.header("content-type"), "application/geopackage+sqlite3");
}
