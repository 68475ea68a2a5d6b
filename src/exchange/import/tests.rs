use super::super::read::{Feature, Ground};
use super::*;
use crate::geom::crs::Crs;
use crate::geom::{Point, Polygon, Ring, Shape};
use serde_json::{Value, json};

fn square(x: i32) -> Shape {
    let corners = [(x, 0), (x + 10, 0), (x + 10, 10), (x, 10)].map(|(x, y)| Point::new(x, y));
    Shape(vec![Polygon::simple(Ring::new(corners.to_vec()).unwrap())])
}

/// Features from their columns; the ones with an `at` get a square there.
fn file(rows: &[Value]) -> Features {
    let feature = |(i, row): (usize, &Value)| {
        let mut properties = row.as_object().unwrap().clone();
        let ground = match properties.shift_remove("at") {
            Some(at) => Ground::Shape(square(at.as_i64().unwrap() as i32)),
            None => Ground::None,
        };
        Feature { number: i + 1, level: None, properties, ground }
    };
    Features {
        features: rows.iter().enumerate().map(feature).collect(),
        crs: Crs::Wgs84,
        notices: Vec::new(),
    }
}

fn read(rows: &[Value], map: &[&str], stored: &[LayerSource]) -> Draft {
    let mapping = Mapping::parse(map.iter().copied()).unwrap();
    draft(&Layer::water(), file(rows), &mapping, Stored { layers: stored, taken: 0 }).unwrap()
}

/// `code parent-code` of all units, by id.
fn tree(source: &LayerSource) -> Vec<String> {
    let code = |id| source.units.iter().find(|u| u.id == id).unwrap().code.to_string();
    let line = |u: &crate::unit::Unit| format!("{} {} {}", u.id, u.code, u.parent.map_or("-".into(), code));
    source.units.iter().map(line).collect()
}

fn whole() -> Vec<Value> {
    vec![
        json!({"code": "w1", "name": "一", "level": "water", "parent": "r", "at": 0, "households": 7, "b": null}),
        json!({"code": "c", "name": "市", "level": "city", "parent": null}),
        json!({"code": "r", "name": "段", "level": "reach", "parent": "c"}),
        json!({"code": "w2", "name": "二", "level": "water", "parent": "r", "at": 10}),
    ]
}

#[test]
fn a_feature_per_unit_becomes_a_tree_and_keeps_its_other_columns() {
    let draft = read(&whole(), &[], &[]);
    assert_eq!(draft.defects, []);
    assert_eq!(tree(&draft.source), ["1 c -", "2 r c", "3 w1 r", "4 w2 r"]);
    let attributes = &draft.source.units[2].attributes;
    assert_eq!(attributes.keys().collect::<Vec<_>>(), ["households", "b"]);
    assert_eq!(draft.source.shapes.len(), 2);
}

#[test]
fn grids_alone_make_the_units_above_from_their_columns() {
    let rows = [
        json!({"id": 7, "REACH": 12.0, "RN": "上段", "CITY": "c", "at": 0, "x": 1}),
        json!({"id": 8, "REACH": "12", "RN": "上段", "CITY": "c", "at": 10, "x": 2}),
    ];
    let draft = read(&rows, &["code=id", "reach=REACH", "reach_name=RN", "city=CITY"], &[]);
    assert_eq!(draft.defects, []);
    assert_eq!(tree(&draft.source), ["1 c -", "2 12 c", "3 7 12", "4 8 12"]);
    assert_eq!(draft.source.units[1].name, "上段");
    assert_eq!(draft.source.units[3].attributes, *json!({"x": 2}).as_object().unwrap());
}

#[test]
fn grids_alone_hang_under_the_stored_units_and_known_codes_keep_their_ids() {
    let stored = read(&whole(), &[], &[]).source;
    let land = LayerSource { layer: Layer::land(), ..stored.clone() };
    let mut far = land;
    far.units = vec![crate::unit::Unit { id: UnitId::try_from(90).unwrap(), ..stored.units[0].clone() }];
    far.shapes.clear();
    let rows =
        [json!({"code": "w3", "parent": "r", "at": 20}), json!({"code": "w2", "parent": "r", "at": 10})];
    let draft = read(&rows, &[], &[far, stored]);
    assert_eq!(draft.defects, []);
    assert_eq!(tree(&draft.source), ["1 c -", "2 r c", "4 w2 r", "91 w3 r"]);
    assert_eq!(draft.source.units[1].name, "段", "as stored");
}

#[test]
fn everything_wrong_with_the_rows_is_told_at_once() {
    let mut rows = whole();
    rows.push(json!({"code": "w2", "level": "water", "parent": "r", "at": 30}));
    rows.push(json!({"code": "w4", "level": "water", "parent": "nobody", "at": 40}));
    rows.push(json!({"code": "w5", "level": "pond", "parent": "r", "at": 50}));
    rows.push(json!({"code": "", "level": "water", "parent": "r", "at": 60}));
    rows.push(json!({"code": "w 6", "level": "water", "parent": "r", "at": 60}));
    rows.push(json!({"code": "r2", "level": "reach", "parent": "c", "at": 70}));
    rows.push(json!({"code": "w7", "level": "water", "parent": "r"}));
    rows.push(json!({"code": "c2", "level": "city", "parent": "c"}));
    let defects = read(&rows, &[], &[]).defects;
    let kinds: Vec<&str> = defects.iter().map(|d| d.kind.name()).collect();
    let of = |kind: &str| kinds.iter().filter(|k| **k == kind).count();
    assert_eq!((of("bad_value"), of("wrong_parent"), of("duplicate_code")), (3, 2, 1), "{kinds:?}");
    assert_eq!((of("misplaced_shape"), of("empty_unit")), (1, 2), "{kinds:?}");
    let told = defects.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for part in
        ["feature 7: expected a level among city, reach, water", "w4", "unknown code nobody", "feature 8"]
    {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn two_parents_in_the_columns_are_a_defect() {
    let rows =
        [json!({"code": 1, "R": "r", "C": "a", "at": 0}), json!({"code": 2, "R": "r", "C": "b", "at": 10})];
    let draft = read(&rows, &["reach=R", "city=C"], &[]);
    assert!(draft.defects[0].detail.contains("one parent, got a and, at 2, b"), "{:?}", draft.defects);
}

#[test]
fn a_broken_shape_is_one_defect_with_its_unit() {
    let mut features = file(&whole());
    let broken =
        super::super::read::Broken { at: Some(Point::new(1, 1)), collapsed: true, detail: "x".into() };
    features.features[0].ground = Ground::Broken(broken);
    let draft =
        draft(&Layer::water(), features, &Mapping::default(), Stored { layers: &[], taken: 0 }).unwrap();
    assert_eq!(draft.defects.len(), 1, "{:?}", draft.defects);
    let one = &draft.defects[0];
    assert_eq!((one.kind, one.at, one.units.len()), (DefectKind::DegenerateRing, Some(Point::new(1, 1)), 1));
}

#[test]
fn a_mapping_that_does_not_fit_names_what_there_is() {
    let refuse = |map: &[&str]| {
        let mapping = Mapping::parse(map.iter().copied())?;
        draft(&Layer::water(), file(&whole()), &mapping, Stored { layers: &[], taken: 0 }).map(|_| ())
    };
    assert!(matches!(refuse(&["code"]), Err(MappingError::Form(_))));
    let field = refuse(&["village=x"]).unwrap_err().to_string();
    assert!(field.contains("code, name, level, parent, city, city_name, reach, reach_name"), "{field}");
    let column = refuse(&["code=CODE"]).unwrap_err().to_string();
    assert!(column.contains("code, name, level, parent, households, b"), "{column}");
}
