//! `wangge import --reference` and `wangge reference` as a person uses them.

use crate::cli::{Desk, village};

const ROADS: &str = r#"{"type":"FeatureCollection","features":[
    {"type":"Feature","properties":{"name":"解放路"},"geometry":{"type":"LineString","coordinates":[[110.1,25.1],[110.2,25.1]]}},
    {"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[110.1,25.2],[110.1,25.2]]}},
    {"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[110.1,25.1]}}]}"#;

fn write(desk: &Desk, name: &str, text: &str) {
    std::fs::write(desk.path(name), text).unwrap();
}

/// The list without the moments.
fn listed(desk: &Desk) -> Vec<String> {
    let cut = |line: &str| line.rsplit_once('\t').unwrap().0.to_owned();
    desk.good("reference list").out.lines().map(cut).collect()
}

#[test]
fn lines_are_imported_listed_replaced_and_removed() {
    let desk = village();
    write(&desk, "roads.geojson", ROADS);
    let said = desk.good("import --reference roads.geojson --name 道路").err;
    for part in
        ["reference 道路: 1 lines with 2 vertices", "1 features are neither", "1 lines are shorter", "wgs84"]
    {
        assert!(said.contains(part), "{said}");
    }
    let named = desk.good("import --reference roads.geojson --crs gcj02").err;
    assert!(named.contains("reference roads: 1 lines"), "the file's name: {named}");
    let again = desk.good("import --reference roads.geojson --name 道路").err;
    assert!(again.contains("in the place of those before"), "{again}");
    let head = "reference\tlines\tvertices\tsource";
    assert_eq!(listed(&desk), [head, "roads\t1\t2\troads.geojson", "道路\t1\t2\troads.geojson"]);
    assert!(desk.good("reference remove roads").err.contains("reference roads is removed"));
    assert_eq!(listed(&desk).len(), 2);
    assert!(desk.good("verify").err.contains("1 revisions, all as published"), "no revision was made");
}

#[test]
fn what_is_no_reference_is_refused_with_the_exit_code_of_its_kind() {
    let desk = village();
    write(&desk, "roads.geojson", ROADS);
    write(&desk, "empty.geojson", r#"{"type":"FeatureCollection","features":[]}"#);
    write(&desk, "no.geojson", "{}");
    let swapped = ROADS.replace("[110.1,25.1],[110.2,25.1]", "[25.1,110.1],[25.1,110.2]");
    write(&desk, "swapped.geojson", &swapped);
    for (line, code, part) in [
        ("import --reference none.geojson", 3, "none.geojson"),
        ("import --reference empty.geojson", 1, "expected lines, got none"),
        ("import --reference no.geojson", 1, "FeatureCollection"),
        ("import --reference swapped.geojson", 1, "feature 1"),
        ("import --reference roads.geojson --name", 2, "--name"),
        ("import --reference roads.geojson --layer land", 2, "--layer"),
        ("import --name x", 2, "--reference"),
        ("import", 2, "a file is needed"),
        ("reference remove nothing", 1, "there is no reference nothing"),
    ] {
        let said = desk.run(line);
        assert_eq!(said.code, code, "{line}: {}", said.err);
        assert!(said.err.contains(part), "{line}: {}", said.err);
    }
    assert_eq!(listed(&desk).len(), 1, "nothing was written");
}
