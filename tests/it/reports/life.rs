//! The life of a report over HTTP.

use crate::http::client::{Answer, Client, opened, wait};
use serde_json::{Value, json};
use wangge::app::access::Policy;

const REPORTS: &str = "/api/v1/reports";

fn told() -> Value {
    json!({"crs": "wgs84", "lon": 110.001, "lat": 25.001, "category": "waste",
        "occurred_at": "2026-11-27T08:00:00Z", "text": "路口有垃圾,电话13812345678", "source_ref": "甲-1"})
}

fn post(client: &Client, key: &str, body: &Value) -> Answer {
    client.clone().with("idempotency-key", key).post_json(REPORTS, body)
}

fn stage(client: &Client, id: u64, body: &Value) -> Answer {
    client.post_json(&format!("{REPORTS}/{id}/stage"), body)
}

#[test]
fn a_report_goes_from_filed_to_assessed_and_back_and_leaves_a_trail() {
    let (_app, router, _folder) = opened(Policy::default());
    let client = Client::of(router, "127.0.0.1:50000");
    let filed = post(&client, "k1", &told());
    assert_eq!(filed.status, 201);
    let receipt = filed.json();
    assert_eq!(
        (&receipt["id"], &receipt["stage"], &receipt["outcome"]),
        (&json!(1), &json!("collected"), &json!("inside"))
    );
    assert_eq!((&receipt["responsible"]["code"], &receipt["police"]["code"]), (&json!("g1"), &json!("p1")));
    assert_eq!((&receipt["masked"], receipt["chain"].as_array().unwrap().len()), (&json!(true), 5));
    let one = client.get(&format!("{REPORTS}/1")).json();
    assert_eq!(one["text"], "路口有垃圾,电话*********78");
    assert_eq!(one["point"], json!({"lon": 110.001, "lat": 25.001, "crs": "wgs84"}));
    assert_eq!(
        one["next"],
        json!([{"to": "dispatched", "comment": "optional"}, {"to": "closed", "comment": "required"}])
    );
    assert_eq!(client.get(&format!("{REPORTS}/{}", one["number"].as_str().unwrap())).json()["id"], 1);

    assert_eq!(
        stage(&client, 1, &json!({"to": "handled"})).problem(),
        (409, "illegal_step".into(), "to".into())
    );
    assert_eq!(
        stage(&client, 1, &json!({"to": "closed"})).problem(),
        (400, "missing".into(), "comment".into())
    );
    assert_eq!(stage(&client, 1, &json!({"to": "closed", "comment": " "})).problem().1, "missing");
    assert_eq!(stage(&client, 1, &json!({"to": "x"})).problem(), (400, "bad_value".into(), "to".into()));
    for (to, comment) in
        [("dispatched", None), ("handled", Some("清了")), ("dispatched", Some("没清")), ("handled", None)]
    {
        let after = stage(&client, 1, &json!({"to": to, "comment": comment}));
        assert_eq!((after.status, &after.json()["stage"]), (200, &json!(to)));
    }
    for (to, comment) in [
        ("closed", None),
        ("dispatched", Some("又有了")),
        ("handled", None),
        ("closed", None),
        ("assessed", None),
    ] {
        assert_eq!(stage(&client, 1, &json!({"to": to, "comment": comment})).status, 200, "{to}");
    }
    let one = client.get(&format!("{REPORTS}/1")).json();
    let steps: Vec<&str> =
        one["trail"].as_array().unwrap().iter().map(|s| s["to"].as_str().unwrap_or("-")).collect();
    assert_eq!(
        steps.join(" "),
        "- dispatched handled dispatched handled closed dispatched handled closed assessed"
    );
    assert_eq!(one["trail"][2]["comment"], "清了");
    assert_eq!(one["next"], json!([]));
    let figures = client.get(&format!("{REPORTS}/stats?level=village")).json();
    assert_eq!((&figures["items"][0]["code"], &figures["items"][0]["returned"]), (&json!("v1"), &json!(2)));
    let whole = json!({"reported": 1, "open": 0, "on_time": 1, "overdue": 0, "returned": 2, "closed": 1, "median_hours": 0.0});
    assert_eq!(figures["whole"], whole);
    let kinds: Vec<Value> = client.get("/api/v1/events?after=1").json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["type"].clone())
        .collect();
    assert_eq!((&kinds[0], kinds.len()), (&json!("report.created"), 10));
}

#[test]
fn a_report_is_given_to_another_grid_in_one_step_and_with_a_reason() {
    let (_app, router, _folder) = opened(Policy::default());
    let client = Client::of(router, "127.0.0.1:50000");
    post(&client, "k1", &told());
    let transfer = |body: Value| client.post_json(&format!("{REPORTS}/1/transfer"), &body);
    let table = [
        (json!({"to": "g2", "reason": ""}), (400, "missing", "reason")),
        (json!({"to": "g9", "reason": "近"}), (404, "unknown_name", "to")),
        (json!({"to": "v1", "reason": "近"}), (404, "unknown_name", "to")),
        (json!({"to": "g1", "reason": "近"}), (422, "changes_nothing", "to")),
    ];
    for (body, (status, code, field)) in table {
        assert_eq!(transfer(body).problem(), (status, code.into(), field.into()));
    }
    let after = transfer(json!({"to": "g2", "reason": "他们近"})).json();
    assert_eq!((&after["assigned"]["code"], &after["assigned"]["reason"]), (&json!("g2"), &json!("manual")));
    assert_eq!((&after["now"]["code"], &after["filed"]["unit"]["code"]), (&json!("g1"), &json!("g1")));
    let step = &after["trail"][1];
    assert_eq!(
        (&step["kind"], &step["from"], &step["to"], &step["comment"]),
        (&json!("transferred"), &json!("g1"), &json!("g2"), &json!("他们近"))
    );
    let to_police = transfer(json!({"to": "p1", "layer": "police", "reason": "治安"})).json();
    assert_eq!(to_police["assigned"]["layer"], "police");
    let listed = |query: &str| client.get(&format!("{REPORTS}?{query}")).json()["total"].clone();
    assert_eq!(
        (listed("unit=p1"), listed("unit=g1"), listed("source_ref=%E7%94%B2-1")),
        (json!(1), json!(0), json!(1))
    );
    stage(&client, 1, &json!({"to": "closed", "comment": "重复"}));
    assert_eq!(transfer(json!({"to": "g2", "reason": "近"})).problem().1, "illegal_step");
}

#[test]
fn what_cannot_be_taken_in_says_what_where_and_what_was_expected() {
    let (app, router, _folder) = opened(Policy::default());
    let client = Client::of(router, "127.0.0.1:50000");
    let with = |field: &str, value: Value| {
        let mut body = told();
        body[field] = value;
        body
    };
    let table = [
        (with("crs", Value::Null), (400, "missing", "crs")),
        (with("crs", json!("mars")), (400, "unknown_crs", "crs")),
        (with("lon", json!(500)), (400, "out_of_range", "lon")),
        (with("lat", Value::Null), (400, "missing", "lat")),
        (with("x", json!(1.0)), (400, "wrong_system", "x")),
        (with("category", json!("x")), (422, "unknown_category", "category")),
        (with("category", Value::Null), (400, "missing", "category")),
        (with("occurred_at", json!("gestern")), (400, "bad_json", "body")),
        (with("occurred_at", json!("2999-01-01T00:00:00Z")), (400, "bad_value", "occurred_at")),
        (with("text", json!("字".repeat(2_001))), (400, "bad_value", "text")),
        (with("source_ref", json!("x".repeat(65))), (400, "bad_value", "source_ref")),
        (with("accuracy_m", json!(2_001)), (400, "bad_value", "accuracy_m")),
        (with("phone", json!("1")), (400, "bad_json", "phone")),
    ];
    for (body, (status, code, field)) in table {
        let answer = post(&client, "k", &body);
        assert_eq!(answer.problem(), (status, code.into(), field.into()), "{body}");
    }
    let header = "idempotency-key";
    assert_eq!(client.post_json(REPORTS, &told()).problem(), (400, "missing".into(), header.into()));
    for wrong in ["", "a b", &"x".repeat(129)] {
        assert_eq!(post(&client, wrong, &told()).problem(), (400, "bad_value".into(), header.into()));
    }
    assert_eq!(client.post(REPORTS, "text/csv", "x").problem().0, 415);
    for (query, field) in [
        ("stage=x", "stage"),
        ("order=x", "order"),
        ("cursor=1", "cursor"),
        ("bbox=1", "bbox"),
        ("colour=x", "colour"),
        ("limit=0", "limit"),
    ] {
        assert_eq!(client.get(&format!("{REPORTS}?{query}")).problem().2, field);
    }
    assert_eq!(
        client.get(&format!("{REPORTS}?unit=zz")).problem(),
        (404, "unknown_name".into(), "unit".into())
    );
    assert_eq!(client.get(&format!("{REPORTS}/7")).problem(), (404, "unknown_name".into(), "report".into()));
    assert_eq!(client.get(&format!("{REPORTS}/x")).problem().0, 404);
    for query in ["level=x", "layer=x", "borders=x"] {
        assert!(client.get(&format!("{REPORTS}/stats?{query}")).status >= 400);
    }
    let none =
        wait(app.store().reports(&wangge::store::Wish::default(), wangge::store::Order::Newest, None, 9));
    assert_eq!(none.unwrap().0, 0, "nothing of it was filed");
}

#[test]
fn lines_are_answered_one_by_one_and_a_bad_one_stops_nothing() {
    let (_app, router, _folder) = opened(Policy::default());
    let client = Client::of(router, "127.0.0.1:50000");
    let mut lines: Vec<String> = Vec::new();
    for n in 0..600 {
        let mut line = told();
        line["key"] = json!(format!("n{n}"));
        lines.push(line.to_string());
    }
    lines[7] = "{".into();
    lines[8] = told().to_string();
    lines[9] = lines[6].clone();
    lines[300] = String::new();
    let answer = client.post(REPORTS, "application/x-ndjson", lines.join("\n"));
    let answers: Vec<Value> = answer.text().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(answers.len(), 599);
    let of = |line: u64| answers.iter().find(|a| a["line"] == line).unwrap();
    assert_eq!((&of(8)["status"], &of(8)["error"]["code"]), (&json!(400), &json!("bad_json")));
    assert_eq!((&of(9)["error"]["field"], &of(10)["status"]), (&json!("key"), &json!(200)));
    assert_eq!(of(10)["report"], of(7)["report"]);
    assert_eq!(answers.iter().filter(|a| a["status"] == 201).count(), 596);
    assert_eq!(client.get(&format!("{REPORTS}?limit=1")).json()["total"], 596);
}

#[test]
fn a_refusal_is_never_said_to_be_pressed() {
    let (_app, router, _folder) = opened(Policy::default());
    let client = Client::of(router, "127.0.0.1:50000").with("accept-encoding", "zstd, br, gzip");
    for path in [REPORTS, "/api/v1/locate", "/open311/v2/requests.json"] {
        let refused = client.post(path, "application/json", "{");
        assert!(refused.status >= 400 && refused.header("content-encoding").is_empty(), "{path}");
        assert_ne!(refused.json()["code"], Value::Null, "{path}");
    }
    let filed = post(&client, "k1", &told());
    assert_eq!((filed.status, filed.header("content-encoding")), (201, ""), "a receipt is not worth it");
}
