//! Who is let in.

use super::client::Client;

const READ: &str = "/api/v1/revisions";

#[test]
fn without_accounts_only_this_machine_is_answered() {
    assert_eq!(Client::local().get(READ).status, 200);
    assert_eq!(Client::stranger(false).get(READ).problem(), (403, "denied".into(), "-".into()));
    assert_eq!(Client::stranger(false).get("/livez").status, 200);
}

#[test]
fn with_public_read_any_address_reads_but_sees_no_telephone() {
    let stranger = Client::stranger(true).with("host", "grids.example");
    assert_eq!(stranger.get(READ).status, 200);
    let posts = "/api/v1/units/land/g1/posts";
    assert_eq!(stranger.get(posts).json()["items"][0]["phone"], serde_json::Value::Null);
    assert_eq!(Client::local().get(posts).json()["items"][0]["phone"], "000-0000-0002");
}

#[test]
fn a_name_that_a_foreign_page_brings_is_refused() {
    let rebound = Client::local().with("host", "evil.example:8080");
    assert_eq!(rebound.get(READ).problem(), (403, "foreign_host".into(), "host".into()));
    assert_eq!(Client::local().without("host").get(READ).problem().1, "foreign_host");
    assert_eq!(Client::local().with("host", "localhost:8080").get(READ).status, 200);
}

#[test]
fn a_foreign_page_can_neither_read_nor_write() {
    let page = Client::local().with("origin", "https://evil.example");
    assert_eq!(page.get(READ).problem(), (403, "foreign_origin".into(), "origin".into()));
    assert_eq!(page.send("DELETE", READ, Vec::new()).problem().1, "foreign_origin");
    let own = Client::local().with("origin", "http://127.0.0.1:8080");
    assert_eq!(own.get(READ).status, 200);
    assert_eq!(own.get(READ).header("access-control-allow-origin"), "");
}

#[test]
fn whoever_comes_through_a_proxy_is_not_this_machine() {
    let proxied = Client::local().with("x-forwarded-for", "192.0.2.9");
    assert_eq!(proxied.get(READ).problem().1, "denied");
}

#[test]
fn every_answer_carries_the_headers_that_keep_a_browser_careful() {
    for path in ["/livez", READ, "/nowhere", "/api/docs/", "/"] {
        let answer = Client::local().get(path);
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(policy.contains("worker-src 'self' blob:"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_ne!(answer.header("cache-control"), "", "{path}");
    }
}
