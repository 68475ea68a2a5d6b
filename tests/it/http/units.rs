//! Units over HTTP.

use super::client::Client;
use serde_json::{Value, json};

fn codes(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|i| i["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_list_goes_on_where_its_cursor_says_until_the_end() {
    let client = Client::local();
    let whole = client.get("/api/v1/units?layer=land").json();
    assert_eq!((whole["total"].as_u64(), &whole["next"]), (Some(9), &Value::Null));
    let mut walked = Vec::new();
    let mut next = String::new();
    loop {
        let part = client.get(&format!("/api/v1/units?layer=land&limit=2{next}")).json();
        assert_eq!(part["total"], 9);
        walked.extend(codes(&part));
        let Some(cursor) = part["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    assert_eq!(walked, codes(&whole));
}

#[test]
fn units_are_found_by_layer_level_parent_box_and_text() {
    let client = Client::local();
    let ask = |query: &str| codes(&client.get(&format!("/api/v1/units?{query}")).json());
    assert_eq!(ask("layer=water&level=water"), ["w1", "w2"]);
    assert_eq!(ask("parent=v2"), ["g3", "g4"]);
    assert_eq!(ask("level=grid&bbox=110.0061,25.0061,110.0062,25.0062"), ["g4"]);
    assert_eq!(ask("q=七星区&limit=1"), ["c1"]);
    assert_eq!(ask("q=qxq&limit=1"), ["c1"]);
    assert_eq!(ask("q=g3&limit=1"), ["g3"]);
}

#[test]
fn one_unit_is_a_feature_with_its_ground_and_its_chain() {
    let answer = Client::local().get("/api/v1/units/land/g1");
    assert_eq!(answer.header("content-type"), "application/geo+json");
    let feature = answer.json();
    let ring = json!([[110.0, 25.0], [110.005, 25.0], [110.005, 25.005], [110.0, 25.005], [110.0, 25.0]]);
    assert_eq!(feature["geometry"], json!({ "type": "Polygon", "coordinates": [ring] }));
    let properties = &feature["properties"];
    assert_eq!((feature["id"].as_u64(), properties["households"].as_u64()), (Some(11), Some(1100)));
    assert_eq!(properties["bbox"], json!([110.0, 25.0, 110.005, 25.005]));
    let chain: Vec<&str> =
        properties["chain"].as_array().unwrap().iter().map(|l| l["level"].as_str().unwrap()).collect();
    assert_eq!(chain, ["grid", "village", "township", "county", "city"]);
    assert_eq!(properties["chain"][0]["posts"][0]["holder"], "示例网格员001");
    assert_eq!(properties["chain"][3]["posts"][0]["phone"], "000-0000-0001");
}

#[test]
fn a_higher_unit_is_the_union_of_its_grids() {
    let village = Client::local().get("/api/v1/units/land/v1").json();
    let grids = ["g1", "g2"].map(|c| Client::local().get(&format!("/api/v1/units/land/{c}")).json());
    let area = |f: &Value| f["properties"]["area_m2"].as_f64().unwrap();
    assert!((area(&village) - grids.iter().map(area).sum::<f64>()).abs() < 1e-3);
    assert_eq!(village["properties"]["households"], 2300);
}

#[test]
fn neighbours_children_posts_and_history_stand_under_a_unit() {
    let client = Client::local();
    let ask = |what: &str| client.get(&format!("/api/v1/units/land/{what}")).json();
    let mut neighbours = codes(&ask("g1/neighbours"));
    neighbours.sort();
    assert_eq!(neighbours, ["g2", "g3"]);
    assert_eq!(codes(&ask("t1/children")), ["v1", "v2"]);
    assert_eq!(ask("g1/posts")["total"], 1);
    assert_eq!(ask("g1/posts?at=2026-06-01T00:00:00Z")["items"][0]["valid_from"], "2020-01-01");
    assert_eq!(ask("g2/posts")["items"][0]["holder"], Value::Null);
    assert_eq!(ask("g1/history")["items"][0]["change"], "created");
}

#[test]
fn revisions_categories_and_styles_tell_what_the_page_needs() {
    let client = Client::local();
    assert_eq!(client.get("/api/v1/revisions").json()["items"][0]["current"], true);
    assert_eq!(client.get("/api/v1/revisions/1").json()["effective_from"], "2026-01-01T00:00:00Z");
    let categories = client.get("/api/v1/categories").json();
    assert!(categories["total"].as_u64().unwrap() >= 20);
    for theme in ["light", "dark"] {
        let style = client.get(&format!("/styles/{theme}.json")).json();
        assert_eq!(style["metadata"]["wangge:bounds"], json!([110.0, 25.0, 110.01, 25.01]));
        assert_eq!(style["metadata"]["wangge:demo"], true);
        assert_eq!(style["metadata"]["wangge:basemap"], json!({ "kind": "none" }));
    }
}

#[test]
fn a_long_answer_is_pressed_for_who_can_read_it() {
    for encoding in ["gzip", "br", "zstd"] {
        let ask = |uri| Client::local().with("accept-encoding", encoding).send("HEAD", uri, Vec::new());
        assert_eq!(ask("/styles/light.json").header("content-encoding"), encoding);
        let point = "/api/v1/locate?lon=110.005&lat=25.005&crs=wgs84";
        assert_eq!(ask(point).header("content-encoding"), "", "one point is not worth it");
    }
}

#[test]
fn numbers_are_counted_per_route_and_not_per_address() {
    let client = Client::local();
    client.get("/api/v1/units/land/g1");
    let numbers = client.get("/metrics").text().to_owned();
    assert!(numbers.contains("route=\"/api/v1/units/{layer}/{code}\""), "{numbers}");
    assert!(!numbers.contains("land/g1") && numbers.contains("wangge_revision 1"), "{numbers}");
}
