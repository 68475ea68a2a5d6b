//! Retired codes and the lives of units, over HTTP.

use super::client::{Client, wait};
use crate::drafts::world::{Town, split};
use serde_json::{Value, json};
use wangge::http::{Setting, Site, router};

fn publish(town: &Town, operation: Value) {
    wait(async {
        let id = town.drawn("改", &[operation]).await;
        town.approve(id).await;
        town.publish(id).await;
    });
}

#[test]
fn a_retired_code_is_answered_with_its_successors() {
    let town = wait(Town::file());
    let client =
        Client::of(router(Site::new(town.app.clone(), Setting::default())).unwrap(), "127.0.0.1:50000");
    publish(&town, split("g3", "g9", &[(2., 5.), (2., 10.)]));
    let then = client.get("/api/v1/revisions/2").json()["effective_from"].as_str().unwrap().to_owned();
    publish(&town, json!({"kind": "merge", "keep": "g4", "drop": ["g9"]}));
    for part in ["", "/neighbours", "/children", "/posts"] {
        let answer = client.get(&format!("/api/v1/units/land/g9{part}"));
        assert_eq!(answer.problem(), (410, "retired".into(), "code".into()), "{part}");
        let successors = &answer.json()["successors"];
        assert_eq!(successors.as_array().unwrap().len(), 1);
        assert_eq!((&successors[0]["code"], &successors[0]["layer"]), (&json!("g4"), &json!("land")));
    }
    let was = client.get("/api/v1/units?was=g9").json();
    assert_eq!((&was["total"], &was["items"][0]["code"]), (&json!(1), &json!("g4")));
    assert_eq!(client.get("/api/v1/units?was=g4").json()["total"], 0, "it is in use");
    assert_eq!(client.get("/api/v1/units?was=").problem(), (400, "bad_value".into(), "was".into()));
    assert_eq!(client.get(&format!("/api/v1/units/land/g9?at={then}")).status, 200, "then it was there");
    assert_eq!(client.get("/api/v1/units/land/g8").problem().0, 404);
    assert_eq!(client.get("/api/v1/units/water/g9").problem().0, 404, "another layer's");
    assert_eq!(client.get("/api/v1/units/land/g8/history").problem().0, 404);

    let life = client.get("/api/v1/units/land/g9/history").json();
    let [born, retired] = &life["items"].as_array().unwrap()[..] else { panic!("{life}") };
    assert_eq!((&born["change"], &born["happened"]), (&json!("created"), &json!(["born"])));
    assert_eq!(born["from"], json!([{"code": "g3", "name": "北村第1网格"}]));
    assert_eq!((&born["before"], &born["after"]["parent"]), (&Value::Null, &json!("v2")));
    assert_eq!(
        (&born["title"], &born["author"], &born["approver"]),
        (&json!("改"), &json!("planner"), &json!("approver"))
    );
    assert_eq!((&retired["revision"], &retired["happened"]), (&json!(3), &json!(["retired"])));
    assert_eq!(retired["into"][0]["code"], "g4");
    assert!(retired["before"]["area_m2"].as_f64().unwrap() > 1e5);
}

#[test]
fn a_style_as_of_a_moment_has_the_tiles_of_then() {
    let town = wait(Town::file());
    let client =
        Client::of(router(Site::new(town.app.clone(), Setting::default())).unwrap(), "127.0.0.1:50000");
    let first = client.get("/api/v1/revisions/1").json()["effective_from"].as_str().unwrap().to_owned();
    publish(&town, split("g3", "g9", &[(2., 5.), (2., 10.)]));
    let tiles =
        |uri: &str| client.get(uri).json()["sources"]["grid"]["tiles"][0].as_str().unwrap().to_owned();
    assert_eq!(tiles("/styles/light.json"), "/tiles/grid/{z}/{x}/{y}.mvt");
    let then = tiles(&format!("/styles/light.json?at={first}"));
    assert!(then.starts_with("/tiles/grid/1-") && then.ends_with("/{z}/{x}/{y}.mvt"), "{then}");
    assert_eq!(client.get(&then.replace("{z}/{x}/{y}", "9/412/218")).status / 100, 2);
    assert_eq!(
        client.get("/styles/light.json?at=yesterday").problem(),
        (400, "bad_value".into(), "at".into())
    );
}
