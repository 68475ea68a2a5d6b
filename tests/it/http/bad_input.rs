//! Bad input: a row each, with the status, the code and the field of the refusal. Every refusal of a field
//! also says what was expected.

use super::client::{Answer, Client};
use serde_json::json;

fn refused(what: &str, answer: &Answer, status: u16, code: &str, field: &str) {
    assert_eq!(answer.problem(), (status, code.into(), field.into()), "{what}: {}", answer.text());
    assert!(answer.json()["expected"].is_string(), "{what} does not say what it expected: {}", answer.text());
}

#[test]
fn a_point_that_cannot_be_looked_up_is_refused() {
    let table = [
        ("lon=NaN&lat=25&crs=wgs84", 400, "bad_value", "lon"),
        ("lon=inf&lat=25&crs=wgs84", 400, "bad_value", "lon"),
        ("lon=110&lat=-Infinity&crs=wgs84", 400, "bad_value", "lat"),
        ("lon=1e308&lat=25&crs=wgs84", 400, "out_of_range", "lon"),
        ("lon=1e999&lat=25&crs=wgs84", 400, "bad_value", "lon"),
        ("lon=180.1&lat=25&crs=wgs84", 400, "out_of_range", "lon"),
        ("lon=200&lat=95&crs=gcj02", 400, "out_of_range", "lon"),
        ("lon=25.27&lat=110.29&crs=wgs84", 400, "swapped_axes", "lat"),
        ("lon=25.27&lat=110.29&crs=bd09", 400, "swapped_axes", "lat"),
        ("lon=429000&lat=2800000&crs=wgs84", 400, "wrong_system", "lon"),
        ("lon=&lat=25&crs=wgs84", 400, "bad_value", "lon"),
        ("lon=110,5&lat=25&crs=wgs84", 400, "bad_value", "lon"),
        ("lon=%F0%9F%92%A5&lat=25&crs=wgs84", 400, "bad_value", "lon"),
        ("lon=110&lat=25", 400, "missing", "crs"),
        ("lon=110&lat=25&crs=", 400, "unknown_crs", "crs"),
        ("lon=110&lat=25&crs=wgs72", 400, "unknown_crs", "crs"),
        ("lon=110&lat=25&crs=EPSG:99999999999", 400, "unknown_crs", "crs"),
        ("lat=25&crs=wgs84", 400, "missing", "lon"),
        ("lon=110&crs=wgs84", 400, "missing", "lat"),
        ("lon=110&lat=25&crs=4546", 400, "wrong_system", "lon"),
        ("x=429000&y=2800000&crs=wgs84", 400, "wrong_system", "x"),
        ("x=110.29&y=25.27&crs=4546", 400, "wrong_system", "x"),
        ("x=2800000&y=429000&crs=4546", 400, "swapped_axes", "x"),
        ("x=429000&y=2800000&crs=4525", 400, "wrong_system", "x"),
        ("x=37429000&y=2800000&crs=4546", 400, "wrong_system", "x"),
        ("lon=110&lat=25&crs=wgs84&accuracy=5", 400, "unknown_parameter", "accuracy"),
        ("lon=110&lat=25&crs=wgs84&lon=111", 400, "repeated_parameter", "lon"),
        ("lon=110&lat=25&crs=wgs84&accuracy_m=-1", 400, "bad_value", "accuracy_m"),
        ("lon=110&lat=25&crs=wgs84&accuracy_m=2001", 400, "bad_value", "accuracy_m"),
        ("lon=110&lat=25&crs=wgs84&accuracy_m=NaN", 400, "bad_value", "accuracy_m"),
        ("lon=110&lat=25&crs=wgs84&max_snap_m=5001", 400, "bad_value", "max_snap_m"),
        ("lon=110&lat=25&crs=wgs84&category=drownin", 422, "unknown_category", "category"),
        ("lon=110&lat=25&crs=wgs84&at=2026-13-01", 400, "bad_value", "at"),
        ("lon=110&lat=25&crs=wgs84&at=1999-01-01T00:00:00Z", 400, "bad_value", "at"),
        ("", 400, "missing", "crs"),
    ];
    for (query, status, code, field) in table {
        let answer = Client::local().get(&format!("/api/v1/locate?{query}"));
        refused(query, &answer, status, code, field);
    }
}

#[test]
fn swapped_axes_and_a_wrong_category_come_with_a_hint() {
    let client = Client::local();
    let swapped = client.get("/api/v1/locate?lon=25.27&lat=110.29&crs=wgs84").json();
    assert!(swapped["detail"].as_str().unwrap().contains("the axes look swapped"), "{swapped}");
    let category = client.get("/api/v1/locate?lon=110&lat=25&crs=wgs84&category=drownin").json();
    assert!(category["expected"].as_str().unwrap().contains("drowning"), "{category}");
    let zone = client.get("/api/v1/locate?x=429000&y=2800000&crs=4525").json();
    assert!(zone["detail"].as_str().unwrap().contains("zone number 37"), "{zone}");
}

#[test]
fn a_body_that_is_no_question_is_refused() {
    let deep = |n: usize| format!("{{\"crs\":\"wgs84\",\"points\":{}{}}}", "[".repeat(n), "]".repeat(n));
    let many = |n: usize| json!({ "crs": "wgs84", "points": vec![[110.0, 25.0]; n] }).to_string();
    let json = "application/json";
    let table: Vec<(&str, &str, String, u16, &str, &str)> = vec![
        ("nothing", json, String::new(), 400, "empty_body", "body"),
        ("broken", json, "{\"crs\":".into(), 400, "bad_json", "body"),
        ("no object", json, "[]".into(), 400, "bad_json", "body"),
        ("two values", json, "{} {}".into(), 400, "bad_json", "points"),
        ("deep", json, deep(100_000), 400, "bad_json", "body"),
        ("only brackets", json, "[".repeat(100_000), 400, "bad_json", "body"),
        ("no points", json, "{\"crs\":\"wgs84\"}".into(), 400, "bad_json", "points"),
        ("no crs", json, "{\"points\":[[110,25]]}".into(), 400, "missing", "crs"),
        ("foreign crs", json, "{\"crs\":\"x\",\"points\":[]}".into(), 400, "unknown_crs", "crs"),
        ("a word", json, "{\"crs\":\"wgs84\",\"points\":[[\"a\",1]]}".into(), 400, "bad_json", "body"),
        ("three axes", json, "{\"crs\":\"wgs84\",\"points\":[[1,2,3]]}".into(), 400, "bad_json", "body"),
        ("one axis", json, "{\"crs\":\"wgs84\",\"points\":[[1]]}".into(), 400, "bad_json", "body"),
        ("NaN", json, "{\"crs\":\"wgs84\",\"points\":[[NaN,1]]}".into(), 400, "bad_json", "body"),
        ("1e999", json, "{\"crs\":\"wgs84\",\"points\":[[1e999,1]]}".into(), 400, "bad_json", "body"),
        ("unknown", json, "{\"crs\":\"wgs84\",\"pionts\":[]}".into(), 400, "bad_json", "pionts"),
        ("twice", json, "{\"crs\":\"wgs84\",\"crs\":\"bd09\",\"points\":[]}".into(), 400, "bad_json", "crs"),
        ("no text", json, "\u{0}\u{1}".into(), 400, "bad_json", "body"),
        ("5 MB", json, format!("{{\"crs\":\"{}\"}}", "x".repeat(5_000_000)), 413, "body_too_large", "body"),
        ("10,001 points", json, many(10_001), 413, "too_many_points", "points"),
        ("no kind", "", "{}".into(), 415, "unsupported_media_type", "content-type"),
        (
            "a form",
            "application/x-www-form-urlencoded",
            "a=b".into(),
            415,
            "unsupported_media_type",
            "content-type",
        ),
        ("XML", "text/xml", "<a/>".into(), 415, "unsupported_media_type", "content-type"),
        ("no rows", "application/x-ndjson", String::new(), 400, "empty_body", "body"),
        ("csv without crs", "text/csv", "lon,lat\n1,2\n".into(), 400, "missing", "crs"),
    ];
    for (what, kind, body, status, code, field) in table {
        let answer = Client::local().post("/api/v1/locate", kind, body);
        refused(what, &answer, status, code, field);
    }
    assert_eq!(Client::local().post("/api/v1/locate", json, many(10_000)).status, 200);
}

#[test]
fn rows_that_cannot_be_read_at_all_are_refused_before_the_first_answer() {
    let table = [
        ("?crs=wgs84", "text/csv", "x,y\n1,2\n", 400, "missing", "lon"),
        ("?crs=4546", "text/csv", "lon,lat\n1,2\n", 400, "missing", "x"),
        ("?crs=wgs84&limit=3", "text/csv", "lon,lat\n", 400, "unknown_parameter", "limit"),
        ("?crs=wgs84&category=nope", "application/x-ndjson", "{}\n", 422, "unknown_category", "category"),
        ("?crs=here", "application/x-ndjson", "{}\n", 400, "unknown_crs", "crs"),
        (
            "?crs=wgs84",
            "application/json",
            "{\"crs\":\"wgs84\",\"points\":[]}",
            400,
            "unknown_parameter",
            "crs",
        ),
    ];
    for (query, kind, body, status, code, field) in table {
        let answer = Client::local().post(&format!("/api/v1/locate{query}"), kind, body);
        refused(query, &answer, status, code, field);
    }
}

#[test]
fn an_export_or_a_tile_that_is_not_there_is_refused() {
    let table = [
        ("/api/v1/export/street.gpkg", 404, "unknown_name", "name"),
        ("/api/v1/export/land.exe", 404, "unknown_name", "format"),
        ("/api/v1/export/..%2fland.csv", 404, "unknown_name", "name"),
        ("/api/v1/export/land.geojson?crs=mars", 400, "unknown_crs", "crs"),
        ("/api/v1/export/land.gpkg?crs=gcj02", 400, "bad_value", "crs"),
    ];
    for (uri, status, code, field) in table {
        refused(uri, &Client::local().get(uri), status, code, field);
    }
}

#[test]
fn a_name_and_a_password_that_cannot_be_are_refused_before_anything_is_tried() {
    let json = "application/json";
    let long = "x".repeat(257);
    let table: Vec<(&str, &str, String, u16, &str, &str)> = vec![
        ("nothing", json, String::new(), 400, "empty_body", "body"),
        ("no object", json, "[]".into(), 400, "bad_json", "body"),
        ("no name", json, json!({"password": "x"}).to_string(), 400, "bad_json", "name"),
        ("no password", json, json!({"name": "lan"}).to_string(), 400, "bad_json", "password"),
        ("a number", json, json!({"name": "lan", "password": 12}).to_string(), 400, "bad_json", "body"),
        (
            "more",
            json,
            json!({"name": "a", "password": "b", "role": "admin"}).to_string(),
            400,
            "bad_json",
            "role",
        ),
        ("empty name", json, json!({"name": "", "password": "x"}).to_string(), 400, "bad_value", "name"),
        ("long name", json, json!({"name": long, "password": "x"}).to_string(), 400, "bad_value", "name"),
        (
            "empty password",
            json,
            json!({"name": "a", "password": ""}).to_string(),
            400,
            "bad_value",
            "password",
        ),
        (
            "long password",
            json,
            json!({"name": "a", "password": long}).to_string(),
            400,
            "bad_value",
            "password",
        ),
        (
            "a form",
            "application/x-www-form-urlencoded",
            "name=a".into(),
            415,
            "unsupported_media_type",
            "content-type",
        ),
    ];
    for (what, kind, body, status, code, field) in table {
        let answer = Client::local().post("/api/v1/session", kind, body);
        refused(what, &answer, status, code, field);
        assert!(!answer.text().contains("xxxx"), "{what} repeats what came in");
    }
    for method in ["GET", "DELETE"] {
        let answer = Client::local().send(method, "/api/v1/session?name=lan", Vec::new());
        refused(method, &answer, 400, "unknown_parameter", "name");
    }
}
