//! Two layers over each other, over HTTP: the square's police strips over its quadrants.

use super::client::{Answer, Client, opened};
use crate::tiles::{Feature, decode, twice_area};
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

/// The tile around the square at zoom 14.
const TILE: &str = "/tiles/overlap/14/13198/7016.mvt";

#[test]
fn tiles_show_the_ground_off_the_majority_and_the_class_of_each_border() {
    let (client, _folder) = client();
    let answer = client.get(TILE);
    assert_eq!(answer.header("content-type"), "application/vnd.mapbox-vector-tile");
    let layers = decode(&answer.body);
    let field = |feature: &Feature, name: &str| feature.fields[name].clone();
    let pieces = &layers["mismatch"];
    let words: Vec<[String; 4]> =
        pieces.iter().map(|f| ["a", "b", "majority", "class"].map(|name| field(f, name))).collect();
    assert_eq!(
        words,
        [["g2", "p1", "p2", "real"], ["g4", "p1", "p2", "real"]].map(|row| row.map(str::to_owned))
    );
    let listed = client.get("/api/v1/overlap/land/police/mismatch?under=g2").json()["items"][0].clone();
    assert_eq!(field(&pieces[0], "area_m2"), format!("{:.0}", listed["area_m2"].as_f64().unwrap()));
    // A thousandth of a degree wide.
    let unit = f64::from(1 << (14 + 12)) / 360.0;
    for piece in pieces {
        let ring = &piece.runs[0];
        let (west, east) =
            (ring.iter().map(|at| at.0).min().unwrap(), ring.iter().map(|at| at.0).max().unwrap());
        assert!((f64::from(east - west) - 0.001 * unit).abs() <= 1.0, "{ring:?}");
        assert!(twice_area(ring) > 0, "outer rings are clockwise on the screen: {ring:?}");
    }
    let borders = &layers["border_class"];
    assert_eq!((borders.len(), field(&borders[0], "class")), (1, "independent".to_owned()));
    assert_eq!(client.get("/tiles/overlap/10/824/438.mvt").status, 204, "grids are not drawn yet");
    let described = client.get("/tiles/overlap.json").json();
    assert_eq!((&described["minzoom"], &described["maxzoom"]), (&json!(11), &json!(16)));
    let ids: Vec<&Value> = described["vector_layers"].as_array().unwrap().iter().map(|l| &l["id"]).collect();
    assert_eq!(ids, ["mismatch", "border_class"]);
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
    publish(&client, &answer.json()["id"], &answer);
    let summary = client.get("/api/v1/overlap/land/police/summary").json();
    assert_eq!((&summary["revision"], &summary["split_units"]), (&json!(2), &json!(0)));
    assert!(
        summary["mismatch_share"].as_f64().unwrap() < 1e-9 && near(&summary["nesting_index"], 1.0),
        "{summary}"
    );
    assert_eq!(client.get("/api/v1/overlap/land/police/suggestions").json()["total"], 0);
}

/// Submits, approves and publishes a draft that an answer shows.
fn publish(client: &Client, id: &Value, answer: &Answer) {
    assert!(answer.status < 300, "{}", answer.text());
    let mut tag = answer.header("etag").to_owned();
    for step in ["submit", "approve", "publish"] {
        let seen = client.clone().with("if-match", &tag);
        let answer = seen.send("POST", &format!("/api/v1/drafts/{id}/{step}"), Vec::new());
        assert_eq!(answer.status, 200, "{step}: {}", answer.text());
        answer.header("etag").clone_into(&mut tag);
    }
}

#[test]
fn a_police_border_near_one_of_grids_is_brought_onto_it() {
    let (client, _folder) = client();
    let list = "/api/v1/overlap/land/police/suggestions?kind=snap";
    // The two borders are a thousandth of a degree apart: 100.9 m here.
    assert_eq!(client.get(&format!("{list}&within_m=100")).json()["total"], 0);
    let found = client.get(&format!("{list}&within_m=101")).json();
    assert_eq!(found["total"], 1, "{found}");
    let one = &found["items"][0];
    assert_eq!((&one["id"], &one["grids"]), (&json!("snap:p1:p2:101"), &json!(["g2", "g4"])));
    assert_eq!(client.get(&format!("{list}&within_m=101&locked=p2")).json()["total"], 0);
    let address = "/api/v1/overlap/land/police/suggestions/snap:p1:p2:101/draft";
    let answer = client.send("POST", address, Vec::new());
    publish(&client, &answer.json()["id"], &answer);
    let summary = client.get("/api/v1/overlap/land/police/summary").json();
    assert!(near(&summary["boundary_alignment"]["0"], 1.0), "{summary}");
    let pinned = |revision: u32| {
        let version = format!("overlap/{revision}-{}/", wangge::tile::RENDER_VERSION);
        client.get(&TILE.replace("overlap/", &version)).body
    };
    let (was, is) = (decode(&pinned(1)), decode(&pinned(2)));
    assert_eq!(is["border_class"][0].fields["class"], "coincident");
    assert!(was.contains_key("mismatch") && !is.contains_key("mismatch"));
    assert_eq!(client.get(TILE).body, pinned(2));
}

#[test]
fn a_grid_half_here_and_half_there_is_cut_along_the_police_border() {
    let (client, _folder) = client();
    let list = "/api/v1/overlap/land/police/suggestions?kind=split";
    assert_eq!(
        client.get(list).json()["total"],
        0,
        "p2 has four fifths of both: they are rather given to it"
    );
    let body = json!({"layer": "police", "title": "t", "reason": "r"});
    let begun = client.post_json("/api/v1/drafts", &body);
    let wider = json!({"kind": "transfer", "from": "p2", "to": "p1",
        "area": [[[110.006, 24.999], [110.0074, 24.999], [110.0076, 25.011], [110.006, 25.011]]]});
    let seen = client.clone().with("if-match", begun.header("etag"));
    let drawn = seen.post_json(&format!("/api/v1/drafts/{}/operations", begun.json()["id"]), &wider);
    publish(&client, &begun.json()["id"], &drawn);
    let found = client.get(list).json();
    let ids: Vec<&Value> = found["items"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, [&json!("split:g2"), &json!("split:g4")], "{found}");
    let one = &found["items"][0];
    assert_eq!((&one["split_before"], &one["split_after"]), (&json!(2), &json!(1)), "{one}");
    let before = client.get("/api/v1/overlap/land/police/summary").json();
    let answer = client.send("POST", "/api/v1/overlap/land/police/suggestions/split:g2/draft", Vec::new());
    assert_eq!(answer.json()["layer"], "land");
    publish(&client, &answer.json()["id"], &answer);
    let summary = client.get("/api/v1/overlap/land/police/summary").json();
    assert_eq!((&summary["units"], &summary["split_units"]), (&json!(5), &json!(1)), "{before} {summary}");
    let less = before["mismatch_share"].as_f64().unwrap() - summary["mismatch_share"].as_f64().unwrap();
    let moved = one["moved_m2"].as_f64().unwrap() / summary["area_m2"].as_f64().unwrap();
    assert!((less - moved).abs() < 1e-6, "{less} {moved}");
}

#[test]
fn suggestions_that_cannot_be_made_are_refused() {
    let (client, _folder) = client();
    let table = [
        ("land/station/suggestions", "b"),
        ("land/police/suggestions?locked=nobody", "locked"),
        ("land/police/suggestions?under=nobody", "under"),
        ("land/police/suggestions?kind=merge", "kind"),
        ("land/police/suggestions?within_m=0", "within_m"),
        ("land/police/suggestions?within_m=201", "within_m"),
    ];
    for (address, field) in table {
        let answer = client.get(&format!("/api/v1/overlap/{address}"));
        assert_eq!(answer.problem(), (400, "bad_value".into(), field.into()), "{address}");
    }
    let unknown = client.send("POST", "/api/v1/overlap/land/police/suggestions/align:x:y/draft", Vec::new());
    assert_eq!(unknown.problem(), (404, "unknown_name".into(), "suggestion".into()));
}
