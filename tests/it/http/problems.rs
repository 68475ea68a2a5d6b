//! How wangge refuses: each row is a request that cannot be answered, and what is said of it.

use super::client::Client;

#[test]
fn what_is_not_there_or_not_meant_so_is_a_problem() {
    let table = [
        ("GET", "/api/v1/nothing", 404, "not_found", "path"),
        ("POST", "/api/v2/units", 404, "not_found", "path"),
        ("DELETE", "/api/v1/units", 405, "method_not_allowed", "-"),
        ("GET", "/api/v1/units?lair=land", 400, "unknown_parameter", "lair"),
        ("GET", "/api/v1/units?q=a&q=b", 400, "repeated_parameter", "q"),
        ("GET", "/api/v1/categories?all=1", 400, "unknown_parameter", "all"),
        ("GET", "/api/v1/units?limit=0", 400, "bad_value", "limit"),
        ("GET", "/api/v1/units?limit=-5", 400, "bad_value", "limit"),
        ("GET", "/api/v1/units?limit=1001", 400, "bad_value", "limit"),
        ("GET", "/api/v1/units?limit=99999999999999999999", 400, "bad_value", "limit"),
        ("GET", "/api/v1/units?cursor=x", 400, "bad_value", "cursor"),
        ("GET", "/api/v1/units?cursor=9.0", 400, "bad_value", "cursor"),
        ("GET", "/api/v1/units?layer=lend", 400, "bad_value", "layer"),
        ("GET", "/api/v1/units?level=street", 400, "bad_value", "level"),
        ("GET", "/api/v1/units?parent=a%20b", 400, "bad_value", "parent"),
        ("GET", "/api/v1/units?bbox=1,2,3", 400, "bad_value", "bbox"),
        ("GET", "/api/v1/units?bbox=3,2,1,4", 400, "bad_value", "bbox"),
        ("GET", "/api/v1/units?bbox=NaN,2,3,4", 400, "bad_value", "bbox"),
        ("GET", "/api/v1/units?at=yesterday", 400, "bad_value", "at"),
        ("GET", "/api/v1/units?at=1999-01-01T00:00:00Z", 400, "bad_value", "at"),
        ("GET", "/api/v1/units/lend/g1", 404, "unknown_name", "layer"),
        ("GET", "/api/v1/units/land/g9", 404, "unknown_name", "code"),
        ("GET", "/api/v1/units/land/%00", 404, "unknown_name", "code"),
        ("GET", "/api/v1/units/land/%FF", 400, "bad_request", "-"),
        ("GET", "/api/v1/revisions/2", 404, "unknown_name", "revision"),
        ("GET", "/api/v1/revisions/-1", 404, "unknown_name", "revision"),
        ("GET", "/styles/pink.json", 404, "not_found", "theme"),
        ("GET", "/../Cargo.toml", 404, "not_found", "path"),
        ("GET", "/%2e%2e%2fCargo.toml", 404, "not_found", "path"),
        ("GET", "/assets/..%2f..%2fCargo.toml", 404, "not_found", "path"),
        ("GET", "/assets/%2fetc%2fpasswd", 404, "not_found", "path"),
        ("GET", "/api/docs/..%2f..%2fCargo.toml", 404, "not_found", "path"),
        ("GET", "/basemap.pmtiles", 404, "not_found", "path"),
    ];
    for (method, uri, status, code, field) in table {
        let answer = Client::local().send(method, uri, Vec::new());
        assert_eq!(answer.problem(), (status, code.into(), field.into()), "{method} {uri}");
        if field != "-" && status == 400 {
            assert!(answer.json()["expected"].is_string(), "{method} {uri} does not say what it expected");
        }
    }
}

#[test]
fn a_method_that_is_not_taken_names_those_that_are() {
    assert_eq!(Client::local().send("DELETE", "/api/v1/units", Vec::new()).header("allow"), "GET,HEAD");
}

#[test]
fn without_the_page_the_root_says_how_to_build_it() {
    let answer = Client::local().get("/");
    if answer.status != 200 {
        assert_eq!(answer.problem(), (503, "no_page".into(), "page".into()));
        assert!(answer.json()["expected"].as_str().unwrap().contains("make web"));
    }
}
