//! The description of the API.

use super::client::Client;
use serde_json::Value;

/// `make openapi` sets `WANGGE_BLESS=1`, which writes the file instead.
#[test]
fn the_committed_openapi_json_is_the_one_that_the_program_generates() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let generated = wangge::http::openapi::document();
    if std::env::var_os("WANGGE_BLESS").is_some() {
        std::fs::write(path, generated).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == generated, "openapi.json is out of date; run `make openapi` and commit it");
}

#[test]
fn the_description_is_openapi_3_1_and_every_reference_leads_somewhere() {
    let document: Value = Client::local().get("/api/openapi.json").json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let text = document.to_string();
    let references: Vec<&str> =
        text.split("\"$ref\":\"#").skip(1).map(|r| r.split('"').next().unwrap()).collect();
    assert!(references.len() > 20);
    for reference in references {
        assert!(document.pointer(reference).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document: Value = serde_json::from_str(wangge::http::openapi::document()).unwrap();
    let items = document["paths"].as_object().unwrap().values();
    let names: Vec<&str> = items
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    let unique: std::collections::BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(unique.len(), names.len(), "{names:?}");
    assert!(unique.contains("get_units_layer_code"));
}

#[test]
fn every_operation_has_words_and_says_how_it_refuses() {
    let document: Value = serde_json::from_str(wangge::http::openapi::document()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let what = format!("{method} {path}");
            assert!(operation["summary"].is_string(), "{what} has no summary");
            assert!(operation["responses"]["default"].is_object(), "{what} does not say how it refuses");
            let mut seen = std::collections::BTreeSet::new();
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(
                    seen.insert(parameter["name"].as_str()),
                    "{what}: {} stands twice",
                    parameter["name"]
                );
                assert!(parameter["description"].is_string(), "{what}: {} has no words", parameter["name"]);
            }
        }
    }
}

#[test]
fn the_docs_are_served_whole_and_name_no_other_site() {
    let client = Client::local();
    let page = client.get("/api/docs/");
    assert_eq!(page.status, 200);
    let files: Vec<&str> = page.text().split(['"', '\'']).filter(|w| w.starts_with("./")).collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        let answer = client.get(&format!("/api/docs/{}", &file[2..]));
        assert_eq!(answer.status, 200, "{file}");
    }
    assert!(!page.text().contains("//cdn") && !page.text().contains("https://"), "{}", page.text());
    assert!(
        !page.text().contains("<script>") && !page.text().contains("onload="),
        "the policy forbids inline scripts"
    );
    let start = client.get("/api/docs/swagger-initializer.js");
    assert!(start.text().contains("/api/openapi.json"));
    assert_eq!(client.get("/api/docs").header("location"), "/api/docs/");
}
