//! Reference lines over HTTP, and the borders of another layer to draw along.

use super::client::{Client, opened, wait};
use super::session::{Staffed, signed_in};
use crate::store_people::act;
use serde_json::{Value, json};
use wangge::app::access::Policy;
use wangge::geom::Point;
use wangge::http::{Setting, Site, router};
use wangge::unit::{Reference, ReferenceLine};

fn set(name: &str, lines: &[&[(f64, f64)]]) -> Reference {
    let at = |&(x, y): &(f64, f64)| Point::from_degrees(110.0 + x / 1000.0, 25.0 + y / 1000.0).unwrap();
    let line = |points: &&[(f64, f64)]| {
        ReferenceLine::new(Some("解放路".into()), points.iter().map(at).collect()).unwrap()
    };
    let imported_at = "2026-11-27T08:00:00Z".parse().unwrap();
    Reference {
        name: name.into(),
        source: "x.geojson".into(),
        imported_at,
        lines: lines.iter().map(line).collect(),
    }
}

#[test]
fn lines_near_a_box_are_given_and_a_change_reaches_a_running_server() {
    let (app, router, _folder) = opened(Policy::default());
    let client = Client::of(router, "127.0.0.1:50000");
    assert_eq!(client.get("/api/v1/references").json()["total"], 0);
    let roads = set("道路", &[&[(1., 1.), (9., 1.)], &[(1., 8.), (9., 8.)]]);
    wait(app.store().put_reference(&roads, &act("reference.imported", "道路"))).unwrap();
    // What a server does each second.
    wait(app.refresh_people()).unwrap();
    let listed = client.get("/api/v1/references").json();
    let (lines, vertices) = (&listed["items"][0]["lines"], &listed["items"][0]["vertices"]);
    assert_eq!((&listed["items"][0]["name"], lines, vertices), (&json!("道路"), &json!(2), &json!(4)));
    assert_eq!(listed["items"][0]["bbox"], json!([110.001, 25.001, 110.009, 25.008]));
    let near = client.get("/api/v1/references/lines?bbox=110,25,110.01,25.002").json();
    assert_eq!(near["total"], 1);
    assert_eq!(near["items"][0]["path"], json!([[110.001, 25.001], [110.009, 25.001]]));
    assert_eq!(
        (&near["items"][0]["reference"], &near["items"][0]["name"]),
        (&json!("道路"), &json!("解放路"))
    );
    let table = [
        ("lines", 400, "missing", "bbox"),
        ("lines?bbox=1,2,3", 400, "bad_value", "bbox"),
        ("lines?bbox=110,25,110.01,25.01&name=x", 404, "unknown_name", "name"),
        ("lines?bbox=110,25,110.01,25.01&colour=x", 400, "unknown_parameter", "colour"),
    ];
    for (query, status, code, field) in table {
        let answer = client.get(&format!("/api/v1/references/{query}"));
        assert_eq!(answer.problem(), (status, code.into(), field.into()), "{query}");
    }
    let long: Vec<(f64, f64)> =
        (0..50_000).map(|n| (f64::from(n) / 10_000.0, f64::from(n % 2) / 10_000.0)).collect();
    wait(app.store().put_reference(&set("乱", &[&long]), &act("reference.imported", "乱"))).unwrap();
    wait(app.refresh_people()).unwrap();
    let all = "/api/v1/references/lines?bbox=110,25,110.01,25.01";
    assert_eq!(client.get(all).problem(), (413, "too_many_points".into(), "bbox".into()));
    assert_eq!(client.get(&format!("{all}&name=%E9%81%93%E8%B7%AF")).json()["total"], 2, "of one set");
    wait(app.store().remove_reference("乱", &act("reference.removed", "乱"))).unwrap();
    wait(app.refresh_people()).unwrap();
    assert_eq!(client.get(all).json()["total"], 2);
}

#[test]
fn plans_are_for_those_who_draw_and_approve() {
    let people: [(&str, &[&str]); 3] =
        [("planner", &["planner:land"]), ("approver", &["approver"]), ("viewer", &["viewer"])];
    let staffed = Staffed::new(Policy { public_read: true }, &people);
    let status = |name: &str| signed_in(&staffed, name).get("/api/v1/references").status;
    assert_eq!((status("planner"), status("approver"), status("viewer")), (200, 200, 403));
    assert_eq!(staffed.client().get("/api/v1/references").status, 401);
}

#[test]
fn the_borders_of_another_layer_are_given_on_a_draft() {
    let town = wait(crate::drafts::world::Town::file());
    let site = Site::new(town.app.clone(), Setting::default());
    let client = Client::of(router(site).unwrap(), "127.0.0.1:50000");
    client.post_json("/api/v1/drafts", &json!({"layer": "land", "title": "x", "reason": "y"}));
    let borders =
        |more: &str| client.get(&format!("/api/v1/drafts/1/borders?bbox=110,25,110.01,25.01{more}"));
    let codes = |answer: Value| -> Vec<Value> {
        answer["units"].as_array().unwrap().iter().map(|unit| unit["code"].clone()).collect()
    };
    assert_eq!(codes(borders("").json()), ["g1", "g2", "g3", "g4"]);
    assert_eq!(codes(borders("&layer=police").json()), ["p1", "p2"]);
    assert_eq!(borders("&layer=street").problem(), (400, "bad_value".into(), "layer".into()));
}
