//! A state made from the one before it, and its drawings, are the same as those made from nothing, after any edit and at
//! every zoom.

use crate::dice::Dice;
use crate::edit::random::drawn_at_random;
use crate::edit::world::{on, terms};
use crate::partition;
use crate::square;
use crate::tiles::tiles_of;
use crate::town;
use std::collections::BTreeMap;
use wangge::edit::{Keep, Kind, NewUnit, State, resolve};
use wangge::geom::Point;
use wangge::snapshot::drawn::{Drawn, FIRST_ZOOM, LAST_ZOOM, Zooms};
use wangge::snapshot::{Base, LayerSource, LayerState, StateHash};
use wangge::tile::{Source, render};
use wangge::unit::{Level, Unit};

/// So many edits of each town; more with `WANGGE_SOAK=1`.
fn rounds() -> usize {
    let soak = std::env::var_os("WANGGE_SOAK").is_some_and(|v| v == "1");
    if soak { 45 } else { 6 }
}

/// Something that a planner does with a border of a layer.
fn operation(land: &LayerState, dice: &mut Dice) -> Option<Kind> {
    let arc = land.coverage.arc(dice.int(0, land.coverage.arcs().len() as i64 - 1) as u32);
    let unit = |face| land.coverage.unit(face).and_then(|id| land.units.get(id));
    let code = |unit: &Unit| unit.code.clone();
    let (left, right) = (unit(arc.left)?, unit(arc.right)?);
    let place = |at: i64| arc.points[at as usize];
    let last = arc.points.len() as i64 - 1;
    let aside = |a: Point, b: Point, by: i32| {
        Point::new(a.x.midpoint(b.x) + (b.y - a.y) / by, a.y.midpoint(b.y) - (b.x - a.x) / by)
    };
    Some(match dice.int(0, 9) {
        // Ends of an arc, too: a node has three borders that move.
        0..=3 => {
            let (at, next) = (place(dice.int(0, last)), place(dice.int(0, last)));
            Kind::MoveNode { at, to: aside(at, next, [3, -3, 7, -20][dice.int(0, 3) as usize]) }
        }
        4..=6 if last >= 4 => {
            let (a, b) = (place(dice.int(0, last / 2 - 1)), place(dice.int(last / 2 + 1, last)));
            let path = vec![a, aside(a, b, [9, -9, 4][dice.int(0, 2) as usize]), b];
            Kind::ReplacePath { path, also: Vec::new(), reading: None }
        }
        7 => Kind::Merge { keep: code(left), drop: vec![code(right)], parts: true },
        8 => {
            let parent = left.parent.filter(|&parent| right.parent != Some(parent))?;
            Kind::ReassignParent { units: vec![code(right)], parent: code(land.units.get(parent)?) }
        }
        _ => {
            let bbox = land.coverage.face_bbox(arc.left)?;
            let y = bbox.min.y.midpoint(bbox.max.y);
            let path = vec![Point::new(bbox.min.x - 9, y), Point::new(bbox.max.x + 9, y)];
            let new = NewUnit { code: None, name: "新网格".into() };
            Kind::Split { unit: code(left), path, new, keep: Keep::Left }
        }
    })
}

/// One edit somewhere.
fn edit<'a>(before: &'a Base, dice: &mut Dice) -> (State<'a>, &'static str) {
    let (state, land) = (State::new(before.grounds()), &before.layers()[0]);
    loop {
        let Some(kind) = operation(land, dice) else { continue };
        let (name, operation) = (kind.name(), on("land", kind));
        let first = land.units.all().iter().map(|unit| unit.id.get()).max().unwrap() + 1;
        let Ok(resolved) = resolve(&state, &operation, &terms(first)) else { continue };
        return (state.after(&resolved.change).unwrap(), name);
    }
}

/// A state of one layer.
fn base(source: LayerSource) -> Base {
    Base::new(square::revision(), vec![source]).unwrap()
}

/// What two states say of their layer, however they were made.
fn same_state(got: &Base, expected: &Base, dice: &mut Dice, context: &str) {
    let (a, b) = (&got.layers()[0], &expected.layers()[0]);
    assert_eq!(a.coverage, b.coverage, "{context}");
    assert_eq!(a.outline, b.outline, "{context}");
    assert_eq!(got.state_hash(), StateHash::of(&expected.sources()), "{context}");
    for level in (0..a.layer.levels.len() as u8).map(Level) {
        assert_eq!(a.level_coverage(level), b.level_coverage(level), "{context}: {level:?}");
        for unit in a.level_coverage(level).units() {
            assert_eq!(a.derived(level).measure(*unit), b.derived(level).measure(*unit), "{context}: {unit}");
        }
    }
    for unit in a.units.all() {
        assert_eq!(a.label(unit.id), b.label(unit.id), "{context}: {}", unit.code);
    }
    let points = a.coverage.points();
    for _ in 0..200 {
        let p = points[dice.int(0, points.len() as i64 - 1) as usize];
        let p = Point::new(p.x + dice.int(-900, 900) as i32, p.y + dice.int(-900, 900) as i32);
        assert_eq!(a.index.owner(p), b.index.owner(p), "{context}: {p:?}");
        assert_eq!(a.borders.nearest(&a.coverage, p), b.borders.nearest(&b.coverage, p), "{context}: {p:?}");
    }
}

/// The drawings of a layer, from nothing.
fn from_nothing(land: &LayerState, zoom: u8) -> Drawn {
    Drawn::of(land, land.labels(), land.tints(), &Zooms::default(), zoom)
}

fn same(got: &Drawn, expected: &Drawn, context: &str) {
    assert_eq!(got.borders(), expected.borders(), "{context}: borders");
    assert_eq!(got.levels().len(), expected.levels().len(), "{context}");
    for (got, expected) in got.levels().iter().zip(expected.levels()) {
        assert_eq!(got.level, expected.level, "{context}");
        assert_eq!(got.units(), expected.units(), "{context}: units of {:?}", got.level);
        assert_eq!(got.labels(), expected.labels(), "{context}: labels of {:?}", got.level);
    }
}

/// The tiles of some of a layer, every so many of a zoom.
fn same_tiles(land: &LayerState, got: &Drawn, expected: &Drawn, zoom: u8) -> usize {
    let tiles = tiles_of(land.coverage.bbox().unwrap(), zoom);
    let render = |drawn, tile| render(&[Source { layer: &land.layer, units: &land.units, drawn }], tile);
    let looked_at = tiles.iter().step_by(tiles.len().div_ceil(9));
    let bytes = looked_at.map(|&tile| {
        let (got, expected) = (render(got, tile), render(expected, tile));
        assert!(got == expected, "{tile:?}");
        got.len()
    });
    bytes.sum()
}

/// Edits a town again and again; each state and drawing is made from the one before, which was made so itself.
fn agree(source: LayerSource, seed: u64, edit: impl Fn(&Base, &mut Dice) -> Option<(Base, &'static str)>) {
    let mut dice = Dice::new(seed);
    let zooms = FIRST_ZOOM..=LAST_ZOOM;
    let mut before = base(source);
    let drawing = |zoom| (zoom, from_nothing(&before.layers()[0], zoom));
    let mut drawn: BTreeMap<u8, Drawn> = zooms.clone().map(drawing).collect();
    let (mut bytes, mut round) = (0, 0);
    while round < rounds() {
        let Some((next, name)) = edit(&before, &mut dice) else { continue };
        next.place_labels_after(&before);
        let context = format!("seed {seed}, round {round}, {name}");
        let expected = base(next.sources().remove(0));
        same_state(&next, &expected, &mut dice, &context);
        let (was, land) = (&before.layers()[0], &next.layers()[0]);
        for zoom in zooms.clone() {
            let made_with = (land.labels(), land.tints(), &Zooms::default());
            let got = Drawn::after(land, made_with, zoom, (was, &drawn[&zoom]));
            let expected = from_nothing(&expected.layers()[0], zoom);
            same(&got, &expected, &format!("{context}, zoom {zoom}"));
            bytes += same_tiles(land, &got, &expected, zoom);
            drawn.insert(zoom, got);
        }
        (before, round) = (next, round + 1);
    }
    assert!(bytes > 20_000, "{bytes}");
}

fn advanced(before: &Base, dice: &mut Dice) -> (Base, &'static str) {
    let (state, name) = edit(before, dice);
    let hash = before.state_hash_after(&state);
    let next = before.advance(square::revision(), &state).unwrap();
    assert_eq!(next.state_hash(), hash, "{name}");
    assert_eq!(StateHash::of(&state.sources()), hash, "{name}");
    (next, name)
}

#[test]
fn after_any_edit_a_state_and_its_drawings_are_the_same_as_from_nothing() {
    for (side, wiggles, seed) in [(16, 9, 1), (10, 40, 2), (20, 2, 3)] {
        agree(town::source(side, wiggles, seed), seed, |before, dice| Some(advanced(before, dice)));
    }
}

#[test]
fn strips_and_a_star_come_out_the_same() {
    let middle = Point::new(1_100_000_000, 250_000_000);
    for shapes in [partition::star(30, middle, 300_000.0), partition::strips(30, 60_000, 3_000)] {
        agree(town::around(shapes), 4, |before, dice| Some(advanced(before, dice)));
    }
}

#[test]
fn whatever_a_draft_may_do_comes_out_the_same() {
    for seed in 6..10 {
        agree(town::source(8, 6, seed), seed, |before, dice| {
            let (state, accepted) = drawn_at_random(State::new(before.grounds()), dice.bits(), 12);
            let whole = accepted > 0 && state.gaps().is_empty();
            whole.then(|| (before.advance(square::revision(), &state).unwrap(), "several"))
        });
    }
}
