//! Reports as weights: of an overlap, and of what a draft would move.

use super::report;
use crate::drafts::world::{Town, redraw};
use crate::http::client::{Client, opened, wait};
use crate::http::session::{Staffed, signed_in};
use serde_json::{Value, json};
use wangge::app::access::Policy;

#[test]
fn each_report_weighs_in_the_one_cell_in_which_it_lies() {
    let (app, router, _folder) = opened(Policy::default());
    let client = Client::of(router, "127.0.0.1:50000");
    // p1 is x < 6: of g2 (5 ≤ x, y < 5) a fifth. On a border the half-open rule gives it to the east and the north.
    let places = [(1., 1.), (2., 1.), (5.5, 1.), (6., 1.), (9., 1.), (5., 5.), (20., 1.)];
    for (n, place) in places.into_iter().enumerate() {
        wait(app.file(report(&n.to_string(), place, None))).unwrap();
    }
    let cells = client.get("/api/v1/overlap/land/police?reports_since=2026-12-01T00:00:00Z").json();
    let count = |a: &str, b: &str| -> Value {
        let items = cells["items"].as_array().unwrap();
        items.iter().find(|i| i["a"] == a && i["b"] == b).unwrap()["reports"].clone()
    };
    let counts =
        [("g1", "p1"), ("g2", "p1"), ("g2", "p2"), ("g4", "p1"), ("g3", "p1")].map(|(a, b)| count(a, b));
    assert_eq!(counts, [json!(2), json!(1), json!(2), json!(1), json!(0)]);
    let summary = |query: &str| {
        client.get(&format!("/api/v1/overlap/land/police/summary{query}")).json()["reports"].clone()
    };
    assert_eq!(summary("?reports_since=2026-12-01T00:00:00Z"), 2, "off the majority: one in g2, one in g4");
    assert_eq!(summary("?reports_since=2026-12-02T00:00:00Z"), 0, "none since");
    assert_eq!(summary(""), Value::Null, "nobody counted");
    let villages = client.get("/api/v1/overlap/village/station?reports_since=2026-12-01T00:00:00Z").json();
    let sum: u64 = villages["items"].as_array().unwrap().iter().map(|i| i["reports"].as_u64().unwrap()).sum();
    assert_eq!(sum, 6, "the one outside of both is in no cell");
}

#[test]
fn who_may_not_see_reports_does_not_have_them_counted() {
    let staffed = Staffed::new(Policy::default(), &[("viewer", &["viewer"]), ("worker", &["worker"])]);
    let status = |name: &str, query: &str| {
        signed_in(&staffed, name).get(&format!("/api/v1/overlap/land/police/summary{query}")).status
    };
    let counted = "?reports_since=2026-12-01T00:00:00Z";
    assert_eq!((status("viewer", ""), status("viewer", counted), status("worker", counted)), (200, 403, 200));
}

#[test]
fn a_draft_says_which_open_reports_it_would_move() {
    wait(async {
        let town = Town::file().await;
        for (n, place) in [(4., 2.5), (4.1, 2.5), (1., 1.), (6., 2.5)].into_iter().enumerate() {
            let unit = if place.0 < 5. { 11 } else { 12 };
            town.app.file(report(&n.to_string(), place, Some(unit))).await.unwrap();
        }
        let id = town.drawn("改", &[redraw(&[(5., 1.), (2., 2.5), (5., 4.)])]).await;
        let impact = town.app.draft_impact(id).await.unwrap();
        let rows: Vec<_> = impact
            .reports
            .iter()
            .map(|row| (row.from.as_ref().unwrap().as_str(), row.to.as_ref().unwrap().as_str(), row.open))
            .collect();
        assert_eq!(rows, [("g1", "g2", 2)]);
    });
}
