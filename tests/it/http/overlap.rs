//! Two layers over each other, over HTTP: the square's police strips over its quadrants.

use super::client::{Client, opened};
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Stdio};
use wangge::app::access::Policy;

fn client() -> (Client, tempfile::TempDir) {
    let (_, router, folder) = opened(Policy::default());
    (Client::of(router, "127.0.0.1:50000"), folder)
}

fn near(value: &Value, want: f64) -> bool {
    (value.as_f64().unwrap() - want).abs() < 1e-6
}

#[test]
fn the_golden_square_is_measured() {
    let (client, _folder) = client();
    let summary = client.get("/api/v1/overlap/land/police/summary").json();
    assert!(near(&summary["mismatch_share"], 0.1), "{summary}");
    assert!((summary["nesting_index"].as_f64().unwrap() - 0.628_236).abs() < 1e-6, "{summary}");
    assert_eq!((&summary["units"], &summary["split_units"]), (&json!(4), &json!(2)));
    assert_eq!((&summary["a"], &summary["b"]), (&json!("grid"), &json!("police")));
    // Only where it crosses the quadrants' border.
    let aligned = |metres: &str| summary["boundary_alignment"][metres].as_f64().unwrap();
    assert!(aligned("0") < 1e-12, "{summary}");
    assert!((aligned("20") - 40.0 / 1_108.0).abs() < 1e-3, "{summary}");
    assert_eq!(summary["mismatches"], 2);
    let by = client.get("/api/v1/overlap/land/police/summary?by=village").json();
    let parts = by["parts"].as_array().unwrap();
    let codes: Vec<&Value> = parts.iter().map(|p| &p["code"]).collect();
    assert_eq!(codes, [&json!("v1"), &json!("v2")]);
    assert!(parts.iter().all(|p| near(&p["mismatch_share"], 0.1) && p["split_units"] == 1), "{by}");
    let one = client.get("/api/v1/overlap/land/police/summary?under=v1").json();
    assert_eq!((&one["units"], &one["split_units"]), (&json!(2), &json!(1)));
    let east = client.get("/api/v1/overlap/land/police/summary?under=p2").json();
    assert_eq!(east["units"], 2, "g2 and g4 lie mostly in p2");
}

#[test]
fn cells_and_pieces_off_the_majority_are_listed() {
    let (client, _folder) = client();
    let rows = client.get("/api/v1/overlap/land/police").json();
    assert_eq!(rows["total"], 6);
    let cell = rows["items"].as_array().unwrap().iter().find(|r| r["a"] == "g2" && r["b"] == "p1").unwrap();
    assert!(near(&cell["share_a"], 0.2) && cell["class"] == "real" && cell["pieces"] == 1, "{cell}");
    let first = client.get("/api/v1/overlap/land/police?limit=4").json();
    let next = first["next"].as_str().unwrap();
    let rest = client.get(&format!("/api/v1/overlap/land/police?limit=4&cursor={next}")).json();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (2, &Value::Null));
    let found = client.get("/api/v1/overlap/land/police/mismatch").json();
    assert_eq!(found["total"], 2);
    let piece = &found["items"][0];
    assert_eq!(
        (&piece["b"], &piece["majority"], &piece["class"]),
        (&json!("p1"), &json!("p2"), &json!("real"))
    );
    assert_eq!(client.get("/api/v1/overlap/land/police/mismatch?class=sliver").json()["total"], 0);
    let wide = "/api/v1/overlap/land/police/mismatch?class=sliver&sliver_m=1000";
    assert_eq!(client.get(wide).json()["total"], 2, "by a rule that takes them for slivers");
    let shapes = client.get("/api/v1/overlap/land/police/mismatch?format=geojson&under=g2").json();
    assert_eq!(shapes["features"].as_array().unwrap().len(), 1);
    let ring = shapes["features"][0]["geometry"]["coordinates"][0].as_array().unwrap();
    assert_eq!((ring.len(), ring.first() == ring.last()), (5, true));
    assert_eq!(shapes["features"][0]["bbox"], json!([110.005, 25.0, 110.006, 25.005]));
}

#[test]
fn borders_are_classed_by_how_they_lie_to_the_other_layer() {
    let (client, _folder) = client();
    let borders = client.get("/api/v1/overlap/land/police/borders?bbox=110,25,110.01,25.01").json();
    assert_eq!((&borders["total"], &borders["items"][0]["class"]), (&json!(1), &json!("independent")));
    let same = client.get("/api/v1/overlap/land/water/borders?bbox=110,25,110.01,25.01").json();
    assert_eq!(
        same["items"][0]["class"], "coincident",
        "the water grids part where the quadrants do: {same}"
    );
    assert_eq!(client.get("/api/v1/overlap/land/police/borders?bbox=0,0,1,1").json()["total"], 0);
    let answer = client.get("/api/v1/overlap/land/police/borders");
    assert_eq!(answer.problem(), (400, "missing".into(), "bbox".into()));
}

#[test]
fn levels_of_two_layers_are_laid_over_each_other() {
    let (client, _folder) = client();
    let summary = client.get("/api/v1/overlap/village/police/summary").json();
    assert_eq!(
        (&summary["a"], &summary["units"], &summary["split_units"]),
        (&json!("village"), &json!(2), &json!(2))
    );
    let water = client.get("/api/v1/overlap/police/water/summary").json();
    assert!(water["outside_b_m2"].as_f64().unwrap() > 0.9 * water["area_m2"].as_f64().unwrap(), "{water}");
}

/// The text of a workbook's cells, by Python's own unzip.
fn texts(book: &[u8]) -> String {
    let read = "import sys, io, zipfile; z = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); \
        print(z.testzip()); [print(z.read(n).decode()) for n in z.namelist() if n.startswith('xl/')]";
    let mut child = Command::new("python3")
        .args(["-c", read])
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let book = book.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&book));
    let out = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn tables_open_in_a_spreadsheet_with_codes_as_text() {
    let (client, _folder) = client();
    let csv = client.get("/api/v1/overlap/land/police?format=csv");
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"overlap-grid-police-r1.csv\"");
    let text = csv.text();
    assert!(text.starts_with("\u{feff}a,a_name,b,b_name,area_m2,"), "{text}");
    assert_eq!(text.lines().count(), 7);
    let book = client.get("/api/v1/overlap/land/police/mismatch?format=xlsx");
    let xml = texts(&book.body);
    assert!(xml.starts_with("None"), "the archive is sound");
    for wanted in ["<t>g2</t>", "<t>majority_name</t>", "2·area/perimeter", "说明 definitions"] {
        assert!(xml.contains(wanted), "{wanted} in {xml}");
    }
}

#[test]
fn what_cannot_be_laid_is_refused_by_name() {
    let (client, _folder) = client();
    let table = [
        ("land/fire", 404, "unknown_name", "b"),
        ("nothing/police/summary", 404, "unknown_name", "a"),
        ("land/village", 400, "bad_value", "b"),
        ("land/police?under=nobody", 400, "bad_value", "under"),
        ("land/police?format=geojson", 400, "bad_value", "format"),
        ("land/police?format=pdf", 400, "bad_value", "format"),
        ("land/police?class=large", 400, "bad_value", "class"),
        ("land/police?sliver_m=-1", 400, "bad_value", "sliver_m"),
        ("land/police?sliver_m2=NaN", 400, "bad_value", "sliver_m2"),
        ("land/police?limit=0", 400, "bad_value", "limit"),
        ("land/police?colour=x", 400, "unknown_parameter", "colour"),
        ("land/police/summary?by=road", 404, "unknown_name", "by"),
        ("land/police/summary?format=csv", 400, "unknown_parameter", "format"),
    ];
    for (address, status, code, field) in table {
        let answer = client.get(&format!("/api/v1/overlap/{address}"));
        assert_eq!(answer.problem(), (status, code.into(), field.into()), "{address}");
    }
}

#[test]
fn a_suggestion_becomes_a_draft_that_aligns_the_police_grids() {
    let (client, _folder) = client();
    let found = client.get("/api/v1/overlap/land/police/suggestions").json();
    assert_eq!(found["total"], 1, "{found}");
    let one = &found["items"][0];
    assert_eq!((&one["id"], &one["kind"]), (&json!("align:p1:p2"), &json!("align")));
    assert_eq!((&one["grids"], &one["confidence"]), (&json!(["g2", "g4"]), &json!("likely")));
    assert_eq!((&one["split_before"], &one["split_after"]), (&json!(2), &json!(0)));
    let m2 = |name: &str| one[name].as_f64().unwrap();
    assert!(m2("mismatch_after_m2").abs() < 1e-3, "{one}");
    assert!((m2("moved_m2") / m2("mismatch_before_m2") - 1.0).abs() < 1e-9, "{one}");
    let locked = client.get("/api/v1/overlap/land/police/suggestions?locked=p1").json();
    assert_eq!(locked["total"], 0, "p1 stays as it is");
    assert_eq!(client.get("/api/v1/overlap/land/police/suggestions?under=v1").json()["total"], 1);
    // A draft, not a write.
    let address = "/api/v1/overlap/land/police/suggestions/align:p1:p2/draft";
    let answer = client.send("POST", address, Vec::new());
    assert_eq!(answer.status, 201, "{}", answer.text());
    let draft = answer.json();
    assert_eq!(draft["layer"], "police");
    assert_eq!(draft["operations"].as_array().unwrap().len(), 2);
    assert!(near(&client.get("/api/v1/overlap/land/police/summary").json()["mismatch_share"], 0.1));
    let mut tag = answer.header("etag").to_owned();
    for step in ["submit", "approve", "publish"] {
        let seen = client.clone().with("if-match", &tag);
        let address = format!("/api/v1/drafts/{}/{step}", draft["id"]);
        let answer = seen.send("POST", &address, Vec::new());
        assert_eq!(answer.status, 200, "{step}: {}", answer.text());
        tag = answer.header("etag").to_owned();
    }
    let summary = client.get("/api/v1/overlap/land/police/summary").json();
    assert_eq!((&summary["revision"], &summary["split_units"]), (&json!(2), &json!(0)));
    assert!(
        summary["mismatch_share"].as_f64().unwrap() < 1e-9 && near(&summary["nesting_index"], 1.0),
        "{summary}"
    );
    assert_eq!(client.get("/api/v1/overlap/land/police/suggestions").json()["total"], 0);
}

#[test]
fn suggestions_that_cannot_be_made_are_refused() {
    let (client, _folder) = client();
    let table = [
        ("land/station/suggestions", "b"),
        ("land/police/suggestions?locked=nobody", "locked"),
        ("land/police/suggestions?under=nobody", "under"),
    ];
    for (address, field) in table {
        let answer = client.get(&format!("/api/v1/overlap/{address}"));
        assert_eq!(answer.problem(), (400, "bad_value".into(), field.into()), "{address}");
    }
    let unknown = client.send("POST", "/api/v1/overlap/land/police/suggestions/align:x:y/draft", Vec::new());
    assert_eq!(unknown.problem(), (404, "unknown_name".into(), "suggestion".into()));
}
