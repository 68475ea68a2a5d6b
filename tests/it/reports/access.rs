//! Who may send, see and work reports.

use crate::http::client::Client;
use crate::http::session::{Staffed, signed_in};
use serde_json::{Value, json};
use wangge::app::access::Policy;

const REPORTS: &str = "/api/v1/reports";

fn post(client: &Client, key: &str, lon: f64) -> u16 {
    let body = json!({"crs": "wgs84", "lon": lon, "lat": 25.001, "category": "waste",
        "occurred_at": "2026-11-27T08:00:00Z"});
    client.clone().with("idempotency-key", key).post_json(REPORTS, &body).status
}

fn stage(client: &Client, id: u64, to: &str, comment: Option<&str>) -> u16 {
    client.post_json(&format!("{REPORTS}/{id}/stage"), &json!({"to": to, "comment": comment})).status
}

fn total(client: &Client) -> Value {
    client.get(REPORTS).json()["total"].clone()
}

#[test]
fn roles_and_ground_decide_who_sends_sees_and_works_reports() {
    // g1 is unit 11, west; g2 is unit 12, east.
    let roles: [(&str, &[&str]); 3] =
        [("viewer", &["viewer"]), ("centre", &["dispatcher"]), ("audit", &["auditor"])];
    let staffed = Staffed::new(Policy::default(), &roles);
    staffed.add_with_ground("west", &["worker"], &[11]);
    staffed.add_with_ground("east", &["worker"], &[12]);
    let [viewer, west, east, centre, audit] =
        ["viewer", "west", "east", "centre", "audit"].map(|name| signed_in(&staffed, name));
    assert_eq!((post(&viewer, "a", 110.001), post(&audit, "a", 110.001)), (403, 403));
    assert_eq!(
        (post(&west, "a", 110.001), post(&centre, "a", 110.009)),
        (201, 201),
        "a key belongs to its sender"
    );
    assert_eq!(
        (total(&west), total(&east), total(&centre), total(&audit)),
        (json!(1), json!(1), json!(2), json!(2))
    );
    assert_eq!(viewer.get(REPORTS).status, 403);
    assert_eq!(
        (west.get(&format!("{REPORTS}/1")).status, east.get(&format!("{REPORTS}/1")).status),
        (200, 404)
    );
    assert_eq!(west.get(&format!("{REPORTS}?unit=g2")).json()["total"], 0);
    assert_eq!(west.get(&format!("{REPORTS}/stats")).json()["whole"]["reported"], 1);
    assert_eq!(west.get(&format!("{REPORTS}/1")).json()["next"], json!([]), "a worker sends nobody");
    assert_eq!(stage(&west, 1, "dispatched", None), 403);
    assert_eq!(stage(&centre, 1, "dispatched", None), 200);
    assert_eq!((stage(&east, 1, "handled", None), stage(&west, 1, "handled", None)), (404, 200));
    assert_eq!((stage(&west, 1, "closed", None), stage(&centre, 1, "closed", None)), (403, 200));
    assert_eq!(stage(&audit, 1, "assessed", None), 200);
    let transfer = |client: &Client| {
        client.post_json(&format!("{REPORTS}/2/transfer"), &json!({"to": "g1", "reason": "近"})).status
    };
    assert_eq!((transfer(&east), transfer(&centre)), (403, 200));
    let seen = |client: &Client| -> Vec<String> {
        let events = client.get("/api/v1/events?after=0&limit=1000").json();
        let events = events["items"].as_array().unwrap().clone();
        let reports = events.iter().filter(|e| e["type"].as_str().unwrap().starts_with("report."));
        reports
            .map(|e| format!("{} {}", e["subject"].as_str().unwrap(), e["type"].as_str().unwrap()))
            .collect()
    };
    let own = [
        "1 report.created",
        "1 report.staged",
        "1 report.staged",
        "1 report.staged",
        "1 report.staged",
        "2 report.transferred",
    ];
    assert_eq!(seen(&west), own);
    assert_eq!(seen(&east), ["2 report.created", "2 report.transferred"], "whoever loses one hears of it");
    assert_eq!((seen(&viewer).len(), seen(&centre).len()), (0, 7));
}
