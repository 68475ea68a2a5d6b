//! The posts of a unit: looked at, changed by who may, seen at once.

use super::client::Client;
use super::session::{Staffed, signed_in};
use serde_json::{Value, json};
use wangge::app::access::Policy;

const POSTS: &str = "/api/v1/units/land/g1/posts";
const ALL: &str = "/api/v1/units/land/g1/posts?all=true";

/// Puts posts over those that bear an entity tag.
fn put(client: &Client, uri: &str, tag: &str, body: &Value) -> super::client::Answer {
    let client = client.clone().with("content-type", "application/json").with("if-match", tag);
    client.send("PUT", uri, body.to_string().into_bytes())
}

fn one(holder: &str) -> Value {
    json!({"posts": [{"title": "专职网格员", "holder": holder, "phone": "000-1", "valid_from": "2026-01-01"}]})
}

#[test]
fn who_may_changes_the_posts_of_a_unit_and_everybody_sees_it_at_once() {
    let people: [(&str, &[&str]); 4] = [
        ("planner", &["planner:land"]),
        ("dispatcher", &["dispatcher:police"]),
        ("worker", &["worker"]),
        ("viewer", &["viewer"]),
    ];
    let staffed = Staffed::new(Policy::default(), &people);
    let [planner, dispatcher, worker, viewer] = people.map(|(name, _)| signed_in(&staffed, name));
    let before = planner.get(ALL);
    assert_eq!(before.json()["total"], 2, "one is over");
    assert_eq!(planner.get(POSTS).json()["total"], 1);
    let tag = before.header("etag").to_owned();
    assert_eq!(tag.len(), 34, "{tag}");
    assert_eq!(worker.get(ALL).header("etag"), tag);
    assert_eq!(viewer.get(ALL).header("etag"), "", "telephones could be tried out on it");
    assert_eq!(viewer.get(ALL).json()["items"][1]["phone"], Value::Null);

    for (client, name) in [(&worker, "worker"), (&viewer, "viewer"), (&dispatcher, "dispatcher on police")] {
        assert_eq!(put(client, POSTS, &tag, &one("甲")).problem().1, "denied", "{name}");
    }
    let stranger = put(&staffed.client(), POSTS, &tag, &one("甲"));
    assert_eq!(stranger.problem().1, "unauthenticated");
    let set = put(&planner, POSTS, &tag, &one(" 甲 "));
    assert_eq!(set.status, 200, "{}", set.text());
    assert_eq!(set.json()["items"][0]["holder"], "甲");
    let next = set.header("etag").to_owned();
    assert!(next != tag && next == planner.get(ALL).header("etag"));
    assert_eq!(
        put(&planner, POSTS, &tag, &one("乙")).problem(),
        (412, "version_changed".into(), "if-match".into())
    );
    assert_eq!(worker.get(POSTS).json()["items"][0]["phone"], "000-1");
    let card = viewer.get("/api/v1/units/land/g1").json();
    assert_eq!(
        card["properties"]["chain"][0]["posts"],
        json!([{"title": "专职网格员", "holder": "甲", "phone": null}])
    );
    let located = viewer.get("/api/v1/locate?lon=110.001&lat=25.001&crs=wgs84").json();
    assert_eq!(located["land"]["chain"][0]["posts"][0]["holder"], "甲");

    let police = "/api/v1/units/police/p1/posts";
    let theirs = dispatcher.get(&format!("{police}?all=true")).header("etag").to_owned();
    assert_eq!(put(&dispatcher, police, &theirs, &one("丙")).status, 200);
    let entries = staffed.audit();
    let sets: Vec<_> = entries.iter().filter(|entry| entry.action == "posts.set").collect();
    let told: Vec<_> = sets.iter().map(|entry| (entry.actor.as_str(), entry.subject.as_str())).collect();
    assert_eq!(told, [("planner", "land:g1"), ("dispatcher", "police:p1")]);
    assert!(
        sets[0].data.contains("甲") && !sets.iter().any(|entry| entry.data.contains("000-")),
        "{}",
        sets[0].data
    );
}

#[test]
fn a_territory_ends_where_it_ends() {
    let staffed = Staffed::new(Policy::default(), &[]);
    staffed.add_with_ground("lan", &["planner"], &[4]);
    let lan = signed_in(&staffed, "lan");
    let change = |code: &str| {
        let uri = format!("/api/v1/units/land/{code}/posts");
        let tag = lan.get(&format!("{uri}?all=true")).header("etag").to_owned();
        put(&lan, &uri, &tag, &one("甲"))
    };
    assert_eq!((change("g1").status, change("v1").status), (200, 200), "the village and what lies below it");
    for code in ["g3", "t1"] {
        assert_eq!(change(code).problem(), (403, "outside_territory".into(), "-".into()), "{code}");
    }
}

#[test]
fn what_is_no_list_of_posts_is_refused_with_its_field() {
    let staffed = Staffed::new(Policy::default(), &[]);
    let client = Client::of(staffed.router(), "127.0.0.1:50000");
    let tag = client.get(ALL).header("etag").to_owned();
    let json = client.clone().with("content-type", "application/json");
    let send = json.send("PUT", POSTS, one("甲").to_string().into_bytes());
    assert_eq!(send.problem(), (428, "version_required".into(), "if-match".into()));
    for wrong in ["*", "\"x\"", "\"1\""] {
        assert_eq!(
            put(&client, POSTS, wrong, &one("甲")).problem(),
            (400, "bad_value".into(), "if-match".into())
        );
    }
    let post = |field: &str, value: Value| {
        let mut body = one("甲");
        body["posts"][0][field] = value;
        body
    };
    let long = "字".repeat(101);
    let table = [
        (json!({}), "bad_json", "posts"),
        (json!({"posts": [{}]}), "bad_json", "title"),
        (post("salary", json!(1)), "bad_json", "salary"),
        (post("title", json!(" ")), "bad_value", "title"),
        (post("title", json!(long)), "bad_value", "title"),
        (post("holder", json!("a\nb")), "bad_value", "holder"),
        (post("holder", json!("")), "bad_value", "holder"),
        (post("holder", Value::Null), "missing", "holder"),
        (post("phone", json!("=1+1")), "bad_value", "phone"),
        (post("valid_from", json!("yesterday")), "bad_json", "body"),
        (post("valid_to", json!("2026-01-01")), "bad_value", "valid_to"),
        (json!({"posts": vec![one("甲")["posts"][0].clone(); 101]}), "bad_value", "posts"),
    ];
    for (body, code, field) in table {
        let answer = put(&client, POSTS, &tag, &body);
        assert_eq!(answer.problem(), (400, code.into(), field.into()), "{body}");
    }
    assert_eq!(client.get(ALL).header("etag"), tag, "nothing was changed");
    let nobody = put(&client, "/api/v1/units/land/nobody/posts", &tag, &one("甲"));
    assert_eq!(nobody.problem(), (404, "unknown_name".into(), "code".into()));
    assert_eq!(put(&client, POSTS, &tag, &json!({"posts": []})).json()["total"], 0);
    assert_eq!(client.get(&format!("{POSTS}?every=true")).problem().1, "unknown_parameter");
}

#[test]
fn units_without_a_post_are_listed() {
    let client = Client::local();
    let codes = |query: &str| -> Vec<Value> {
        let list = client.get(&format!("/api/v1/units?{query}")).json();
        list["items"].as_array().unwrap().iter().map(|unit| unit["code"].clone()).collect()
    };
    assert_eq!(codes("posts=none&layer=land&level=grid"), ["g3", "g4"]);
    assert_eq!(codes("posts=vacant"), ["g2"]);
    assert_eq!(codes("posts=held&layer=land"), ["c1", "g1"]);
    assert_eq!(codes("posts=none&parent=v1"), Vec::<Value>::new());
    let wrong = client.get("/api/v1/units?posts=some");
    assert_eq!(wrong.problem(), (400, "bad_value".into(), "posts".into()));
}
