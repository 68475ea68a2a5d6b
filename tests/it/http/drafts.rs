//! Drafts over HTTP.

use super::client::{Answer, Client, wait};
use crate::drafts::world::Town;
use serde_json::{Value, json};
use wangge::http::{Setting, Site, router};

/// A town of its own, which stays on the disk for as long as the first is held, and somebody on its machine.
fn town() -> (Town, Client) {
    let town = wait(Town::file());
    let site = Site::new(town.app.clone(), Setting::default());
    (town, Client::of(router(site).unwrap(), "127.0.0.1:50000"))
}

fn line(points: &[(f64, f64)]) -> Value {
    points.iter().map(|(x, y)| json!([110.0 + x / 1000.0, 25.0 + y / 1000.0])).collect()
}

fn bend() -> Value {
    json!({"kind": "replace_path", "path": line(&[(5., 1.), (6., 2.5), (5., 4.)])})
}

fn begun(client: &Client) -> Answer {
    let answer =
        client.post_json("/api/v1/drafts", &json!({"layer": "land", "title": "改界", "reason": "道路"}));
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer
}

/// Takes a step with the version that the draft has.
fn step(client: &Client, id: u64, step: &str, body: &Value) -> Answer {
    let tag = client.get(&format!("/api/v1/drafts/{id}")).header("etag").to_owned();
    client.clone().with("if-match", &tag).post_json(&format!("/api/v1/drafts/{id}/{step}"), body)
}

fn ok(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn a_draft_goes_from_its_first_line_to_a_revision() {
    let (_town, client) = town();
    let draft = begun(&client);
    assert_eq!((draft.header("etag"), &draft.json()["state"]), ("\"1\"", &json!("draft")));
    let tried = ok(&client.post_json("/api/v1/drafts/1/preview", &bend()));
    assert_eq!((&tried["seq"], &tried["name"]), (&Value::Null, &json!("replace_path")));
    let drawn = step(&client, 1, "operations", &bend());
    assert_eq!(drawn.header("etag"), "\"2\"");
    let drawn = ok(&drawn);
    assert_eq!((&drawn["seq"], &drawn["defects"]), (&json!(1), &json!([])));
    assert_eq!(drawn["areas"], tried["areas"]);
    let before = drawn["change"]["before"].as_array().unwrap();
    let codes: Vec<&Value> = before.iter().map(|f| &f["properties"]["code"]).collect();
    assert_eq!(codes, ["g1", "g2"]);
    assert_eq!(before[0]["geometry"]["type"], "Polygon");
    ok(&step(&client, 1, "undo", &json!(null)));
    ok(&step(&client, 1, "redo", &json!(null)));
    let impact = ok(&client.get("/api/v1/drafts/1/impact"));
    assert_eq!(impact["levels"], json!([{"layer": "land", "level": "grid"}]));
    assert_eq!(client.get("/api/v1/drafts/1/defects").json()["total"], 0);
    assert_eq!(client.get("/api/v1/drafts/1/conflicts").json()["total"], 0);
    ok(&step(&client, 1, "submit", &json!({"comment": "请审"})));
    ok(&step(&client, 1, "return", &json!({"comment": "再看"})));
    ok(&step(&client, 1, "submit", &json!({})));
    let submitted = client.get("/api/v1/drafts/1").json();
    ok(&step(&client, 1, "approve", &json!({"change_hash": submitted["change_hash"]})));
    let published = ok(&step(&client, 1, "publish", &json!({"comment": "生效"})));
    assert_eq!((&published["published"], &published["state"]), (&json!(2), &json!("published")));
    let kinds: Vec<&str> =
        published["trail"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["created", "submitted", "returned", "submitted", "approved", "published"]);
    for over in ["impact", "defects"] {
        assert_eq!(client.get(&format!("/api/v1/drafts/1/{over}")).problem().1, "illegal_step", "{over}");
    }
    assert_eq!(step(&client, 1, "operations", &bend()).problem().1, "illegal_step");
    let located = client.get("/api/v1/locate?lon=110.0055&lat=25.0025&crs=wgs84").json();
    assert_eq!((&located["revision"], &located["land"]["code"]), (&json!(2), &json!("g1")));
    let difference = ok(&client.get("/api/v1/revisions/1/diff/2"));
    assert_eq!(difference["areas"].as_array().unwrap().len(), 2);
    let revert = client.post_json("/api/v1/revisions/2/revert", &json!({"reason": "误"}));
    assert_eq!((revert.status, &revert.json()["reverts"]), (201, &json!(2)));
    let listed = client.get("/api/v1/drafts?state=draft,blocked").json();
    assert_eq!((&listed["total"], &listed["items"][0]["id"]), (&json!(1), &json!(2)));
    assert_eq!(client.get("/api/v1/drafts?limit=1").json()["next"], "1");
    ok(&step(&client, 2, "withdraw", &json!({})));
    assert_eq!(client.get("/api/v1/units/land/g1/history").json()["total"], 2);
}

#[test]
fn an_operation_that_breaks_rules_is_refused_with_its_places() {
    let (_town, client) = town();
    begun(&client);
    let crossing = json!({"kind": "replace_path", "path": line(&[(5., 1.), (2., 8.), (5., 4.)])});
    for way in ["operations", "preview"] {
        let refused = step(&client, 1, way, &crossing);
        assert_eq!(refused.problem(), (422, "refused".into(), "-".into()), "{}", refused.text());
        let defects = refused.json()["defects"].clone();
        let first = &defects[0];
        assert!(first["kind"].is_string() && first["detail"].is_string(), "{defects}");
        assert!(first["at"][0].as_f64().unwrap() > 109.9 && first["units"].is_array(), "{defects}");
    }
    assert_eq!(client.get("/api/v1/drafts/1").json()["version"], 1);
}

#[test]
fn a_write_names_the_version_that_it_saw() {
    let (_town, client) = town();
    begun(&client);
    let url = "/api/v1/drafts/1/operations";
    assert_eq!(client.post_json(url, &bend()).problem(), (428, "version_required".into(), "if-match".into()));
    let seen = client.clone().with("if-match", "\"1\"");
    assert_eq!(seen.post_json(url, &bend()).status, 200);
    let late = seen.post_json(url, &bend());
    assert_eq!(late.problem(), (412, "version_changed".into(), "if-match".into()));
    assert_eq!(late.json()["expected"], "\"2\"");
    for wrong in ["1", "*", "W/\"1\"", "\"x\"", "\"-1\""] {
        let answer = client.clone().with("if-match", wrong).post_json(url, &bend());
        assert_eq!(answer.problem(), (400, "bad_value".into(), "if-match".into()), "{wrong}");
    }
}

#[test]
fn whatever_cannot_be_done_is_said_with_a_code_of_its_own() {
    let (_town, client) = town();
    begun(&client);
    let long = "字".repeat(201);
    let new =
        |layer: &str, title: &str, reason: &str| json!({"layer": layer, "title": title, "reason": reason});
    let drafts: &[(Value, u16, &str, &str)] = &[
        (json!({}), 400, "bad_json", "layer"),
        (json!([]), 400, "bad_json", "body"),
        (json!({"layer": "land", "title": "x", "reason": "y", "z": 1}), 400, "bad_json", "z"),
        (new("street", "x", "y"), 400, "bad_value", "layer"),
        (new("land", "  ", "y"), 400, "bad_value", "title"),
        (new("land", &long, "y"), 400, "bad_value", "title"),
        (new("land", "x", "a\u{0}b"), 400, "bad_value", "reason"),
    ];
    for (body, status, code, field) in drafts {
        let problem = client.post_json("/api/v1/drafts", body).problem();
        assert_eq!(problem, (*status, (*code).into(), (*field).into()), "{body}");
    }
    let steps: &[(&str, Value, u16, &str, &str)] = &[
        ("undo", json!(null), 409, "nothing_left", "-"),
        ("redo", json!(null), 409, "nothing_left", "-"),
        ("submit", json!({}), 422, "changes_nothing", "-"),
        ("return", json!({"comment": "x"}), 409, "illegal_step", "-"),
        ("return", json!({}), 400, "missing", "comment"),
        ("approve", json!({}), 422, "changes_nothing", "-"),
        ("approve", json!({"change_hash": "x"}), 400, "bad_value", "change_hash"),
        ("publish", json!({}), 409, "illegal_step", "-"),
        ("publish", json!({"at": "2020-01-01T00:00:00Z"}), 400, "bad_value", "at"),
        ("publish", json!({"at": "tomorrow"}), 400, "bad_json", "body"),
        ("publish", json!({"blocks": ["x"]}), 400, "bad_json", "body"),
        ("rebase", json!({"drop": [1]}), 400, "bad_value", "drop"),
        ("rebase", json!({"drop": [1], "again": [1]}), 400, "bad_value", "again"),
        ("withdraw", json!({"comment": ""}), 400, "bad_value", "comment"),
        ("operations", json!({"kind": "explode"}), 400, "bad_value", "kind"),
        ("operations", json!({"kind": "restore", "change": {"layers": {}}}), 400, "bad_value", "kind"),
        ("operations", json!({"kind": "retire", "unit": "nobody"}), 422, "refused", "-"),
        ("operations", json!({"kind": "retire", "unit": "g1", "layer": "street"}), 422, "refused", "-"),
        ("operations", json!({"kind": "retire"}), 400, "bad_json", "unit"),
        ("operations", json!({"kind": "retire", "unit": "g1", "x": 1}), 400, "bad_json", "x"),
        ("preview", json!({"kind": "move_node", "at": [110, 99], "to": [1, 1]}), 400, "bad_json", "body"),
        ("preview", json!({"kind": "replace_path", "path": []}), 422, "refused", "-"),
        (
            "preview",
            json!({"kind": "replace_path", "path": vec![[110, 25]; 10_001]}),
            413,
            "too_many_points",
            "path",
        ),
    ];
    for (name, body, status, code, field) in steps {
        let answer = step(&client, 1, name, body);
        assert_eq!(answer.problem(), (*status, (*code).into(), (*field).into()), "{name} {body}");
    }
    let gone = [
        ("/api/v1/drafts/2", "unknown_name", "draft"),
        ("/api/v1/drafts/x", "unknown_name", "draft"),
        ("/api/v1/drafts/18446744073709551615/impact", "unknown_name", "draft"),
        ("/api/v1/revisions/1/diff/9", "unknown_name", "revision"),
        ("/api/v1/revisions/x/diff/1", "unknown_name", "revision"),
    ];
    for (uri, code, field) in gone {
        assert_eq!(client.get(uri).problem(), (404, code.into(), field.into()), "{uri}");
    }
    for number in ["1", "9", "x"] {
        let answer = client.post_json(&format!("/api/v1/revisions/{number}/revert"), &json!({}));
        assert_eq!(answer.problem().0, 404, "{number}");
    }
    let queries = [("state=drafty", "state"), ("limit=0", "limit"), ("cursor=x", "cursor")];
    for (query, field) in queries {
        let problem = client.get(&format!("/api/v1/drafts?{query}")).problem();
        assert_eq!(problem, (400, "bad_value".into(), field.into()), "{query}");
    }
    assert_eq!(client.get("/api/v1/drafts?x=1").problem().1, "unknown_parameter");
    let form = client.clone().with("if-match", "\"1\"").post("/api/v1/drafts/1/submit", "text/plain", "x");
    assert_eq!(form.problem(), (415, "unsupported_media_type".into(), "content-type".into()));
}

#[test]
fn strangers_neither_see_nor_write_drafts() {
    for public_read in [false, true] {
        let stranger = Client::stranger(public_read);
        assert_eq!(stranger.get("/api/v1/drafts").problem().1, "denied");
        assert_eq!(stranger.get("/api/v1/drafts/1/impact").problem().1, "denied");
        let begun =
            stranger.post_json("/api/v1/drafts", &json!({"layer": "land", "title": "x", "reason": "y"}));
        assert_eq!(begun.problem().1, "denied");
        let publish = stranger.with("if-match", "\"1\"").post_json("/api/v1/drafts/1/publish", &json!({}));
        assert_eq!(publish.problem().1, "denied");
    }
}

#[test]
fn a_conflict_is_shown_as_each_side_has_it() {
    let (_town, client) = town();
    let other = json!({"kind": "replace_path", "path": line(&[(5., 1.), (4., 2.5), (5., 4.)])});
    for operation in [bend(), other] {
        let id = begun(&client).json()["id"].as_u64().unwrap();
        ok(&step(&client, id, "operations", &operation));
        ok(&step(&client, id, "submit", &json!({})));
        ok(&step(&client, id, "approve", &json!({})));
    }
    let impact = ok(&client.get("/api/v1/drafts/1/impact"));
    assert_eq!(impact["drafts_in_conflict"][0]["draft"]["id"], 2, "{impact}");
    let at = chrono::Utc::now() + chrono::TimeDelta::hours(1);
    ok(&step(&client, 2, "publish", &json!({"at": at.to_rfc3339()})));
    let first = step(&client, 1, "publish", &json!({}));
    assert_eq!(first.problem(), (409, "would_block".into(), "blocks".into()));
    assert_eq!(first.json()["drafts"][0]["id"], 2);
    ok(&step(&client, 1, "publish", &json!({"blocks": [2]})));
    assert!(client.get("/api/v1/drafts/2").json()["conflicts"].as_u64() > Some(0));
    let found = client.get("/api/v1/drafts/2/conflicts").json();
    let conflict = &found["items"][0];
    assert_eq!(conflict["kind"], "border");
    let of = |side: &str| conflict[side][0]["geometry"].clone();
    assert!(
        of("base") != of("theirs") && of("theirs") != of("mine") && of("base") != of("mine"),
        "{conflict}"
    );
    let refused = step(&client, 2, "rebase", &json!({}));
    assert_eq!(refused.problem().1, "conflicts");
    assert_eq!(refused.json()["conflicts"][0]["kind"], "border");
}

#[test]
fn a_word_is_put_into_the_trail_and_the_draft_stays_as_it_is() {
    let (_town, client) = town();
    begun(&client);
    ok(&step(&client, 1, "operations", &bend()));
    ok(&step(&client, 1, "submit", &json!({})));
    ok(&step(&client, 1, "approve", &json!({})));
    let before = client.get("/api/v1/drafts/1").json();
    let said = ok(&step(&client, 1, "comment", &json!({"comment": " 请看东边 "})));
    let last = said["trail"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["kind"], &last["comment"], &last["actor"]),
        (&json!("commented"), &json!("请看东边"), &json!("local"))
    );
    assert_eq!((&said["state"], &said["change_hash"]), (&json!("approved"), &before["change_hash"]));
    assert_eq!(said["approved_change"], before["approved_change"], "the approval holds");
    for (body, code, field) in [
        (json!({}), "missing", "comment"),
        (json!({"comment": " "}), "bad_value", "comment"),
        (json!({"comment": "x", "y": 1}), "bad_json", "y"),
    ] {
        assert_eq!(step(&client, 1, "comment", &body).problem(), (400, code.into(), field.into()), "{body}");
    }
    let unseen = client.post_json("/api/v1/drafts/1/comment", &json!({"comment": "x"}));
    assert_eq!(unseen.problem().1, "version_required");
    ok(&step(&client, 1, "withdraw", &json!({})));
    assert_eq!(step(&client, 1, "comment", &json!({"comment": "x"})).problem().1, "illegal_step");
}
