//! What those who draw ask for beside: the borders near a place, and one operation at a time.

use super::client::{Client, opened};
use serde_json::{Value, json};
use wangge::app::access::Policy;

/// Somebody with a draft on a town of his own, and the folder of its file.
fn drawing() -> (Client, tempfile::TempDir) {
    let (_, router, folder) = opened(Policy::default());
    let client = Client::of(router, "127.0.0.1:50000");
    let words = json!({"layer": "land", "title": "改界", "reason": "道路"});
    assert_eq!(client.post_json("/api/v1/drafts", &words).status, 201);
    (client, folder)
}

fn draw(client: &Client, operation: &Value) -> Value {
    let tag = client.get("/api/v1/drafts/1").header("etag").to_owned();
    let answer = client.clone().with("if-match", &tag).post_json("/api/v1/drafts/1/operations", operation);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn bend(to: f64) -> Value {
    json!({"kind": "replace_path", "path": [[110.005, 25.001], [to, 25.0025], [110.005, 25.004]]})
}

fn between(near: &Value, one: u64, other: u64) -> Value {
    let borders = near["borders"].as_array().unwrap();
    let of = |b: &&Value| b["left"] == one && b["right"] == other || b["left"] == other && b["right"] == one;
    borders.iter().find(of).unwrap_or_else(|| panic!("no border of {one} and {other} in {near}")).clone()
}

const AROUND: &str = "/api/v1/drafts/1/borders?bbox=110.0,25.0,110.01,25.01";

#[test]
fn the_borders_near_a_place_are_as_the_draft_draws_them() {
    let (client, _folder) = drawing();
    let near = client.get(AROUND).json();
    assert_eq!(between(&near, 11, 12)["path"], json!([[110.005, 25.0], [110.005, 25.005]]));
    let codes: Vec<&Value> = near["units"].as_array().unwrap().iter().map(|u| &u["code"]).collect();
    assert_eq!(codes, ["g1", "g2", "g3", "g4"]);
    assert_eq!(near["units"][0]["parent"], "v1");
    let outer = near["borders"].as_array().unwrap().iter().filter(|b| b["outer"] == true).count();
    assert_eq!((outer, near["borders"].as_array().unwrap().len()), (4, 8));
    draw(&client, &bend(110.006));
    let near = client.get(AROUND).json();
    assert_eq!(near["version"], 2);
    let path = between(&near, 11, 12)["path"].clone();
    let path = path.as_array().unwrap();
    assert!(path.len() == 5 && path.contains(&json!([110.006, 25.0025])), "{path:?}");
    let small = client.get("/api/v1/drafts/1/borders?bbox=110.0,25.0,110.001,25.001").json();
    assert_eq!(small["units"].as_array().unwrap().len(), 1, "only what meets the box");
}

#[test]
fn an_operation_is_shown_on_what_those_before_it_drew() {
    let (client, _folder) = drawing();
    let first = draw(&client, &bend(110.006));
    let second = draw(&client, &bend(110.007));
    for drawn in [first, second] {
        let shown = client.get(&format!("/api/v1/drafts/1/operations/{}", drawn["seq"])).json();
        assert_eq!((&shown["areas"], &shown["change"]), (&drawn["areas"], &drawn["change"]));
        assert_eq!(shown["name"], "replace_path");
    }
    let tag = client.get("/api/v1/drafts/1").header("etag").to_owned();
    client.clone().with("if-match", &tag).post_json("/api/v1/drafts/1/undo", &json!({}));
    let undone = client.get("/api/v1/drafts/1/operations/2").json();
    assert_eq!(undone["areas"], json!([]), "what is undone does nothing");
}

#[test]
fn what_is_not_there_is_refused() {
    let (client, _folder) = drawing();
    for (uri, code, field) in [
        ("/api/v1/drafts/1/borders", "missing", "bbox"),
        ("/api/v1/drafts/1/borders?bbox=1,2,3", "bad_value", "bbox"),
        ("/api/v1/drafts/9/borders?bbox=110,25,111,26", "unknown_name", "draft"),
        ("/api/v1/drafts/1/operations/7", "unknown_name", "seq"),
        ("/api/v1/drafts/1/operations/x", "unknown_name", "seq"),
    ] {
        let problem = client.get(uri).json();
        assert_eq!((&problem["code"], &problem["field"]), (&json!(code), &json!(field)), "{uri}");
    }
}
