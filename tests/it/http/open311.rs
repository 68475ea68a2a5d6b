//! Reports for programs that speak Open311 `GeoReport` v2.

use super::client::{Client, opened};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use wangge::app::access::Policy;

const FORM: &str = "application/x-www-form-urlencoded";

/// An XML document as Python's reader sees it: each leaf as `path=text`.
fn leaves(xml: &str) -> Vec<String> {
    let program = "
import sys, xml.etree.ElementTree as E
def walk(node, path):
    path = path + '/' + node.tag
    if len(node) == 0: print(path + '=' + (node.text or ''))
    for child in node: walk(child, path)
walk(E.fromstring(sys.stdin.buffer.read()), '')";
    let mut python = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(xml.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "{xml}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_request_is_filed_listed_and_closed_as_the_standard_says() {
    let (_app, router, _folder) = opened(Policy::default());
    let client = Client::of(router, "127.0.0.1:50000");
    let form = "service_code=waste&lat=25.001&long=110.001&description=%E8%B7%AF%E5%8F%A3%3Ca%3E%26%2013812345678\
        &first_name=%E7%8E%8B&email=a%40b.example&phone=1";
    let filed = client.clone().with("idempotency-key", "o1").post("/open311/v2/requests.json", FORM, form);
    assert_eq!(filed.status, 201);
    assert_eq!(filed.json(), json!([{"service_request_id": "1", "service_notice": "", "account_id": null}]));
    let again = client.clone().with("idempotency-key", "o1").post("/open311/v2/requests.xml", FORM, form);
    assert_eq!(again.status, 200);
    assert_eq!(leaves(again.text())[0], "/service_requests/request/service_request_id=1");
    let one = client.get("/open311/v2/requests/1.json").json();
    let text = |name: &str| one[0][name].clone();
    assert_eq!(
        (text("status"), text("service_code"), text("lat")),
        (json!("open"), json!("waste"), json!(25.001))
    );
    assert_eq!(text("description"), "路口<a>& *********78");
    assert_eq!(text("agency_responsible"), "南社区第1网格");
    let stored = client.get("/api/v1/reports/1").text().to_owned();
    assert!(!stored.contains("a@b") && !stored.contains('王'), "{stored}");
    let xml = leaves(client.get("/open311/v2/requests.xml?status=open&service_code=waste").text());
    assert!(
        xml.contains(&"/service_requests/request/description=路口<a>& *********78".to_owned()),
        "{xml:?}"
    );
    let close = json!({"to": "closed", "comment": "重复"});
    client.post_json("/api/v1/reports/1/stage", &close);
    assert_eq!(client.get("/open311/v2/requests.json?status=open").json(), json!([]));
    let closed = client.get("/open311/v2/requests.json?service_request_id=1").json();
    assert_eq!(closed[0]["status"], "closed");
    let services = client.get("/open311/v2/services.json").json();
    let has = |code: &str| services.as_array().unwrap().iter().any(|s| s["service_code"] == code);
    assert!(has("waste") && has("drowning"));
    assert!(
        leaves(client.get("/open311/v2/services.xml").text())
            .contains(&"/services/service/service_code=waste".to_owned())
    );
    assert_eq!(client.get("/open311/discovery.json").json()["endpoints"][0]["url"], "/open311/v2");
    assert!(leaves(client.get("/open311/discovery.xml").text()).len() > 6);
}

#[test]
fn a_form_that_cannot_be_filed_says_which_field() {
    let (_app, router, _folder) = opened(Policy::default());
    let client = Client::of(router, "127.0.0.1:50000");
    let table = [
        ("lat=25.001&long=110.001", (400, "missing", "service_code")),
        ("service_code=x&lat=25.001&long=110.001", (422, "unknown_category", "category")),
        ("service_code=waste&lat=25.001", (400, "missing", "long")),
        ("service_code=waste&lat=x&long=110.001", (400, "bad_value", "lat")),
        ("service_code=waste&lat=110.001&long=25.001", (400, "swapped_axes", "lat")),
        ("service_code=waste&lat=25.001&long=110.001&colour=red", (400, "unknown_parameter", "colour")),
    ];
    for (form, (status, code, field)) in table {
        let answer = client.post("/open311/v2/requests.json", FORM, form);
        assert_eq!(answer.problem(), (status, code.into(), field.into()), "{form}");
    }
    for (path, status) in [("requests/7.json", 404), ("requests/x.json", 404), ("requests/7.csv", 404)] {
        assert_eq!(client.get(&format!("/open311/v2/{path}")).status, status);
    }
    let long = "start_date=2026-01-01T00:00:00Z&end_date=2026-12-01T00:00:00Z";
    for (query, field) in [("status=x", "status"), (long, "start_date"), ("colour=x", "colour")] {
        assert_eq!(client.get(&format!("/open311/v2/requests.json?{query}")).problem().2, field);
    }
    let none: Value = client.get("/open311/v2/requests.json").json();
    assert_eq!(none, json!([]));
}
