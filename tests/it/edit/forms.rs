//! Forms that other programs rely on: operations and changes as JSON, and the import of whole units.

use super::world::{World, code, hash, id, land, on, shapes, terms};
use crate::coverage::wkt;
use serde_json::{Value, json};
use wangge::coverage::DefectKind;
use wangge::edit::{Change, Keep, Kind, Operation, Replacement, State, resolve};
use wangge::geom::Point;

fn pair() -> World {
    let shape = |text: &str| wkt::shape(text);
    World::new(vec![land(vec![
        (id(1), shape("POLYGON((0 0,100 0,100 100,0 100,0 0))")),
        (id(2), shape("POLYGON((100 0,200 0,200 100,100 100,100 0))")),
    ])])
}

#[test]
fn an_operation_is_read_as_the_interface_describes_it() {
    let kinds: Vec<(Value, &str)> = vec![
        (json!({"kind": "replace_path", "path": [[110.1, 25.2], [110.2, 25.3]]}), "replace_path"),
        (
            json!({"kind": "replace_path", "path": [[110.1, 25.2], [110.2, 25.3]], "also": ["police"]}),
            "replace_path",
        ),
        (json!({"kind": "reshape", "path": [[110.1, 25.2], [110.2, 25.3]], "target": "g1"}), "reshape"),
        (
            json!({"kind": "split", "unit": "g1", "path": [[110, 25], [111, 26]], "new": {"name": "新"}, "keep": "larger"}),
            "split",
        ),
        (
            json!({"kind": "split", "unit": "g1", "path": [[110, 25], [111, 26]], "new": {"code": "g9", "name": "新"},
                   "keep": {"inside": [110.5, 25.5]}}),
            "split",
        ),
        (json!({"kind": "merge", "keep": "g1", "drop": ["g2", "g3"]}), "merge"),
        (
            json!({"kind": "transfer", "from": "g1", "to": "g2", "area": [[[110, 25], [111, 25], [111, 26]]]}),
            "transfer",
        ),
        (json!({"kind": "move_node", "at": [110.1, 25.2], "to": [110.2, 25.2]}), "move_node"),
        (json!({"kind": "move_outline", "path": [[110.1, 25.2], [110.2, 25.3]]}), "move_outline"),
        (
            json!({"kind": "create", "area": [[[110, 25], [111, 25], [111, 26]]], "new": {"name": "新"}, "parent": "v1"}),
            "create",
        ),
        (json!({"kind": "retire", "unit": "g1"}), "retire"),
        (json!({"kind": "reassign_parent", "units": ["g1"], "parent": "v2"}), "reassign_parent"),
        (
            json!({"kind": "set_attributes", "unit": "g1", "set": {"name": {"old": "a", "new": "b"}}}),
            "set_attributes",
        ),
        (json!({"kind": "restore", "change": {"layers": {}}}), "restore"),
    ];
    for (mut sent, name) in kinds {
        sent["layer"] = "land".into();
        let operation: Operation =
            serde_json::from_value(sent.clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!((operation.layer.as_str(), operation.kind.name()), ("land", name));
        let again: Operation = serde_json::from_value(serde_json::to_value(&operation).unwrap()).unwrap();
        assert_eq!(again, operation, "{name}");
    }
    for wrong in [
        json!({"layer": "land", "kind": "explode"}),
        json!({"layer": "land", "kind": "move_node", "at": [110.1, 95.0], "to": [110.2, 25.2]}),
        json!({"layer": "land", "kind": "set_attributes", "unit": "g1", "set": {"colour": {"old": 1, "new": 2}}}),
    ] {
        assert!(serde_json::from_value::<Operation>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn a_change_is_written_as_runs_and_fields() {
    let world = pair();
    let path = [(100, 0), (120, 50), (100, 100)].map(|(x, y)| Point::new(x, y)).to_vec();
    let redraw = on("land", Kind::ReplacePath { path, also: Vec::new(), reading: None });
    let change = resolve(&world.state(), &redraw, &terms(100)).unwrap().change;
    let expected = json!({"layers": {"land": {"runs": [
        {"left": 1, "right": 2, "old": [[100, 0], [100, 100]], "new": [[100, 0], [120, 50], [100, 100]]}
    ]}}});
    assert_eq!(serde_json::to_value(&change).unwrap(), expected);
    assert_eq!(change.hash(), serde_json::from_value::<Change>(expected).unwrap().hash());
    let twice =
        json!({"layers": {"land": {"runs": [{"left": 1, "right": 2, "old": [[0, 0], [1, 0], [0, 0]]}]}}});
    assert!(serde_json::from_value::<Change>(twice).is_err(), "a segment stands once");
}

#[test]
fn the_outside_and_gaps_are_written_by_name() {
    let world = pair();
    let change =
        resolve(&world.state(), &on("land", Kind::Retire { unit: code("g2") }), &terms(100)).unwrap().change;
    let written = serde_json::to_string(&change).unwrap();
    assert!(written.contains(r#""left":"outside","right":"gap""#), "{written}");
    assert_eq!(serde_json::from_str::<Change>(&written).unwrap(), change);
}

/// The hash of a known change stays what it is: approvals are bound to it.
#[test]
fn a_change_hash_does_not_depend_on_how_runs_are_cut() {
    let one = json!({"layers": {"land": {"runs": [
        {"left": 1, "right": 2, "old": [[0, 0], [0, 9]], "new": [[0, 0], [3, 5], [0, 9]]}]}}});
    let other = json!({"layers": {"land": {"runs": [
        {"left": 2, "right": 1, "new": [[0, 9], [3, 5]]}, {"left": 1, "right": 2, "old": [[0, 0], [0, 9]]},
        {"left": 1, "right": 2, "new": [[0, 0], [3, 5]]}]}}});
    let [one, other]: [Change; 2] = [one, other].map(|v| serde_json::from_value(v).unwrap());
    assert_eq!(one.hash(), other.hash());
    assert_ne!(one.hash(), one.invert().hash());
    assert_eq!(one.hash().to_string().parse(), Ok(one.hash()));
}

fn replacement(unit: Option<&str>, new_code: &str, shape: &str) -> Replacement {
    Replacement {
        unit: unit.map(code),
        code: code(new_code),
        name: new_code.into(),
        parent: code("v1"),
        attributes: serde_json::Map::new(),
        shape: wkt::shape(shape),
    }
}

fn replaced<'a>(
    state: &State<'a>,
    units: Vec<Replacement>,
    retire: &[&str],
) -> Result<State<'a>, Vec<DefectKind>> {
    let retire = retire.iter().map(|c| code(c)).collect();
    let operation = on("land", Kind::ReplaceUnits { units, retire });
    let resolved =
        resolve(state, &operation, &terms(100)).map_err(|d| d.iter().map(|d| d.kind).collect::<Vec<_>>())?;
    let after = state.after(&resolved.change).unwrap();
    assert_eq!(hash(&after.after(&resolved.change.invert()).unwrap()), hash(state));
    Ok(after)
}

#[test]
fn an_import_replaces_moves_adds_and_ends_units_at_once() {
    let world = pair();
    let state = world.state();
    let after = replaced(
        &state,
        vec![
            replacement(Some("g1"), "甲", "POLYGON((0 0,60 0,60 100,0 100,0 0))"),
            replacement(None, "乙", "POLYGON((60 0,100 0,200 0,200 100,100 100,60 100,60 0))"),
        ],
        &["g2"],
    )
    .unwrap();
    let now = shapes(&after, "land");
    assert_eq!(now.keys().map(|id| id.get()).collect::<Vec<_>>(), [1, 100]);
    let view = after.layer("land").unwrap();
    assert_eq!(view.by_code(&code("乙")).unwrap().id, id(100));
    assert_eq!((view.unit(id(1)).unwrap().name.as_str(), view.unit(id(2))), ("甲", None));
    assert!(after.gaps().is_empty());
}

#[test]
fn an_import_that_leaves_ground_over_leaves_a_gap_and_one_that_overlaps_is_refused() {
    let world = pair();
    let state = world.state();
    let small = replacement(Some("g1"), "g1", "POLYGON((0 0,60 0,60 100,0 100,0 0))");
    let after = replaced(&state, vec![small], &[]).unwrap();
    assert_eq!(wkt::write(&after.gaps()[0].1), "MULTIPOLYGON(((60 0,100 0,100 100,60 100,60 0)))");
    let large = replacement(Some("g1"), "g1", "POLYGON((0 0,120 0,120 100,0 100,0 0))");
    assert!(replaced(&state, vec![large], &[]).is_err());
}

#[test]
fn a_retired_unit_is_revived_by_restore_and_by_nothing_else() {
    let world = pair();
    let base = world.state();
    let merge = on("land", Kind::Merge { keep: code("g1"), drop: vec![code("g2")], parts: false });
    let merged = resolve(&base, &merge, &terms(100)).unwrap().change;
    let lineage = merged.layer("land").unwrap().lineage.iter().copied().collect::<Vec<_>>();
    assert_eq!(lineage, [(id(2), id(1))], "the successor of what ended");
    let after = base.after(&merged).unwrap();
    let back = resolve(&after, &on("land", Kind::Restore { change: merged.invert() }), &terms(100)).unwrap();
    assert_eq!(hash(&after.after(&back.change).unwrap()), hash(&base));
    // Its net is nothing, and says nothing of where ground went.
    assert!(merged.then(&back.change).unwrap().is_empty());
    let again = resolve(&base, &on("land", Kind::Restore { change: back.change }), &terms(100)).unwrap_err();
    assert!(again.iter().all(|d| d.kind == DefectKind::Stale), "{again:?}");
}

#[test]
fn a_piece_under_the_smallest_area_is_refused_and_two_readings_are_told() {
    let world = pair();
    let mut strict = terms(100);
    strict.min_area_m2 = 1.0;
    let path = [(50, 0), (50, 100)].map(|(x, y)| Point::new(x, y)).to_vec();
    let new = wangge::edit::NewUnit { code: None, name: "新".into() };
    let split = on("land", Kind::Split { unit: code("g1"), path, new, keep: Keep::Larger });
    // 50 by 100 lattice units are about half a square metre, and the unit had hardly more than one.
    let defects = resolve(&world.state(), &split, &strict).unwrap_err();
    assert!(defects.iter().all(|d| d.kind == DefectKind::TooSmall && d.area_m2.is_some()), "{defects:?}");
    let resolved = resolve(&world.state(), &split, &terms(100)).unwrap();
    assert_eq!(resolved.areas.len(), 2);
    let m2: f64 = resolved.areas.iter().map(|a| a.after_m2 - a.before_m2).sum();
    assert!(m2.abs() < 1e-6, "what one loses the other gains: {m2}");
}

#[test]
fn a_neighbour_that_gets_a_vertex_and_no_more_has_no_say() {
    let world = pair();
    let path = [(50, 0), (50, 50), (100, 50)].map(|(x, y)| Point::new(x, y)).to_vec();
    let new = wangge::edit::NewUnit { code: None, name: "新".into() };
    let split = on("land", Kind::Split { unit: code("g1"), path, new, keep: Keep::Larger });
    let change = resolve(&world.state(), &split, &terms(100)).unwrap().change;
    let layer = change.layer("land").unwrap();
    assert!(layer.touched().contains(&id(2)), "unit 2 gets the vertex at 100 50");
    let moved: Vec<_> = layer.moves().into_iter().filter_map(wangge::edit::Side::unit).collect();
    assert_eq!(moved, [id(1), id(100)]);
}
