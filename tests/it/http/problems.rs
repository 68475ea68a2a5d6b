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
        ("GET", "/livez?verbose=1", 400, "unknown_parameter", "verbose"),
        ("GET", "/readyz?verbose=1", 400, "unknown_parameter", "verbose"),
        ("GET", "/metrics?name=x", 400, "unknown_parameter", "name"),
        ("GET", "/api/openapi.json?v=1", 400, "unknown_parameter", "v"),
        ("GET", "/tiles/grid/12/3300/1752.mvt?at=now", 400, "unknown_parameter", "at"),
        ("GET", "/tiles/grid/1-1/12/3300/1752.mvt?at=now", 400, "unknown_parameter", "at"),
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
fn every_address_takes_head_where_it_takes_get_and_names_its_methods_otherwise() {
    let client = Client::local();
    for (path, methods) in [
        ("/api/v1/locate?lon=110.0005&lat=25.0005&crs=cgcs2000", "GET,HEAD,POST"),
        ("/api/v1/categories", "GET,HEAD"),
        ("/api/v1/units/land/g1", "GET,HEAD"),
        ("/api/v1/units/land/g1/neighbours", "GET,HEAD"),
        ("/api/v1/units/land/g1/children", "GET,HEAD"),
        ("/api/v1/units/land/g1/posts", "GET,HEAD,PUT"),
        ("/api/v1/units/land/g1/history", "GET,HEAD"),
        ("/api/v1/revisions/1", "GET,HEAD"),
        ("/api/v1/export/land.geojson", "GET,HEAD"),
        ("/tiles/grid.json", "GET,HEAD"),
        ("/styles/light.json", "GET,HEAD"),
        ("/livez", "GET,HEAD"),
        ("/readyz", "GET,HEAD"),
        ("/metrics", "GET,HEAD"),
        ("/api/openapi.json", "GET,HEAD"),
    ] {
        let head = client.send("HEAD", path, Vec::new());
        assert_eq!((head.status, head.body.len()), (200, 0), "HEAD {path}");
        for method in ["PATCH", "OPTIONS"] {
            let refused = client.send(method, path, Vec::new());
            let expected = (405, "method_not_allowed".into(), "-".into());
            assert_eq!(refused.problem(), expected, "{method} {path}");
            assert_eq!(refused.header("allow"), methods, "{method} {path}");
        }
    }
}

#[test]
fn a_client_that_takes_no_encoding_at_all_is_told_so_with_one_status() {
    let answer = Client::local().with("accept-encoding", "identity;q=0").get("/livez");
    assert_eq!(answer.problem(), (406, "not_acceptable".into(), "-".into()));
}

#[test]
fn a_packed_body_is_refused_by_its_packing() {
    for kind in ["application/json", "application/x-ndjson", "text/csv"] {
        let client = Client::local().with("content-encoding", "gzip");
        let answer = client.post("/api/v1/locate?crs=wgs84", kind, "\u{1f}");
        assert_eq!(answer.problem(), (415, "unsupported_media_type".into(), "content-encoding".into()));
    }
}

#[test]
fn answers_are_counted_by_route_method_and_status() {
    let client = Client::local();
    let count = |line: &str| -> u64 {
        let numbers = client.get("/metrics");
        let line =
            numbers.text().lines().find(|l| l.starts_with(&format!("wangge_requests_total{{{line}}}")));
        line.map_or(0, |l| l.rsplit(' ').next().unwrap().parse().unwrap())
    };
    let good = r#"route="/api/v1/units/{layer}/{code}/posts",method="GET",status="200""#;
    let bad = r#"route="/api/v1/units/{layer}/{code}/posts",method="GET",status="404""#;
    let nowhere = r#"route="none",method="other",status="405""#;
    let before = [good, bad, nowhere].map(count);
    for _ in 0..3 {
        client.get("/api/v1/units/land/g1/posts");
        client.get("/api/v1/units/land/g9/posts");
        client.send("BREW", "/tea", Vec::new());
    }
    let more: Vec<u64> =
        [good, bad, nowhere].map(count).iter().zip(before).map(|(now, then)| now - then).collect();
    // Other tests ask too, in the same process.
    assert!(more.iter().all(|&n| n >= 3), "{more:?}");
}

#[test]
fn without_the_page_the_root_says_how_to_build_it() {
    let answer = Client::local().get("/");
    if answer.status != 200 {
        assert_eq!(answer.problem(), (503, "no_page".into(), "page".into()));
        assert!(answer.json()["expected"].as_str().unwrap().contains("make web"));
    }
}
