//! Random operations in sequences on random partitions: whatever is accepted leaves a valid partition, can be undone
//! and put together with the next. `WANGGE_SEED` sets the first seed, `WANGGE_SOAK=1` does a hundred times as much.

use super::world::{World, code, free, hash, id, land, on, terms};
use crate::dice::Dice;
use crate::partition;
use std::collections::{BTreeMap, BTreeSet};
use wangge::coverage::{Coverage, check_invariants};
use wangge::edit::{
    Change, Field, Keep, Kind, LayerSource, NewUnit, Operation, Setting, Side, State, difference, rebase,
    resolve,
};
use wangge::geom::{Point, Shape};
use wangge::unit::{Code, UnitId};

/// Operations that must be accepted in the short form.
const ACCEPTED: usize = 10_000;
/// Operations tried on one partition.
const LENGTH: usize = 14;

fn effort() -> usize {
    if std::env::var_os("WANGGE_SOAK").is_some_and(|v| v == "1") { 100 } else { 1 }
}

fn first_seed() -> u64 {
    std::env::var("WANGGE_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1)
}

/// A partition for a seed: triangles dealt out (islands, enclaves, pinches, nodes of degree eight), a bent city with
/// gaps, a star, or strips.
pub fn partition(seed: u64) -> LayerSource {
    let corner = Point::new(1_100_000_000, 250_000_000);
    let shapes = match seed % 8 {
        0..=4 => partition::soup(4, 4, 5, corner, 9, seed),
        5 | 6 => partition::city(4, 3, seed),
        _ => partition::star(7 + seed as usize % 9, corner, 40_000.0),
    };
    let shapes = shapes.into_iter().filter(|s| !s.1.is_empty()).collect();
    if seed.is_multiple_of(3) { free("land", shapes) } else { land(shapes) }
}

/// The points of the borders and the grids, to choose from.
struct Choice {
    points: Vec<Point>,
    shapes: BTreeMap<UnitId, Shape>,
    codes: Vec<Code>,
}

impl Choice {
    fn of(state: &State) -> Self {
        let shapes = super::world::shapes(state, "land");
        let points: BTreeSet<Point> =
            shapes.values().flat_map(Shape::rings).flat_map(|r| r.points().to_vec()).collect();
        let view = state.layer("land").unwrap();
        let codes = shapes.keys().map(|&id| view.unit(id).unwrap().code.clone()).collect();
        Self { points: points.into_iter().collect(), shapes, codes }
    }

    fn unit(&self, dice: &mut Dice) -> Code {
        self.codes[dice.int(0, self.codes.len() as i64 - 1) as usize].clone()
    }

    fn point(&self, dice: &mut Dice) -> Point {
        self.points[dice.int(0, self.points.len() as i64 - 1) as usize]
    }

    /// A vertex, a point on a border up to rounding, or one beside a vertex.
    fn place(&self, dice: &mut Dice) -> Point {
        match dice.int(0, 3) {
            0 | 1 => self.point(dice),
            2 => self.on_border(dice),
            _ => beside(self.point(dice), self.step(), dice),
        }
    }

    fn on_border(&self, dice: &mut Dice) -> Point {
        let shapes: Vec<&Shape> = self.shapes.values().collect();
        let rings: Vec<_> = shapes[dice.int(0, shapes.len() as i64 - 1) as usize].rings().collect();
        let ring = rings[dice.int(0, rings.len() as i64 - 1) as usize];
        let points = ring.points();
        let i = dice.int(0, points.len() as i64 - 1) as usize;
        let (a, b, t) = (points[i], points[(i + 1) % points.len()], dice.unit());
        let at = |v: i32, w: i32| (f64::from(v) + t * (f64::from(w) - f64::from(v))).round() as i32;
        Point::new(at(a.x, b.x), at(a.y, b.y))
    }

    /// A length that means something here.
    fn step(&self) -> i64 {
        let bbox = wangge::geom::Bbox::of(self.points.iter().copied()).unwrap();
        i64::from(bbox.max.x - bbox.min.x) / 8
    }

    /// The next vertices of a unit's ring after a point of it, some of them moved: what a planner redraws.
    fn redrawn(&self, dice: &mut Dice) -> Vec<Point> {
        let shapes: Vec<&Shape> = self.shapes.values().collect();
        let rings: Vec<_> = shapes[dice.int(0, shapes.len() as i64 - 1) as usize].rings().collect();
        let points = rings[dice.int(0, rings.len() as i64 - 1) as usize].points();
        let (start, count) = (dice.int(0, points.len() as i64 - 1) as usize, dice.int(1, 3) as usize);
        let mut path: Vec<Point> = (0..=count).map(|i| points[(start + i) % points.len()]).collect();
        let inner = dice.int(0, 2);
        let (a, b) = (path[0], path[path.len() - 1]);
        path.drain(1..count);
        for _ in 0..inner {
            let middle = Point::new(a.x.midpoint(b.x), a.y.midpoint(b.y));
            path.insert(path.len() - 1, beside(middle, self.step() / 2, dice));
        }
        path
    }

    fn path(&self, dice: &mut Dice) -> Vec<Point> {
        (0..dice.int(2, 4)).map(|_| self.place(dice)).collect()
    }

    fn area(&self, dice: &mut Dice) -> Vec<Vec<Point>> {
        let (c, r) = (self.place(dice), self.step() as i32);
        let mut at = |dx: i32, dy: i32| {
            let p = Point::new(c.x + dx * r / 2, c.y + dy * r / 2);
            if dice.int(0, 2) == 0 { beside(p, i64::from(r) / 4, dice) } else { p }
        };
        vec![vec![at(-1, -1), at(1, -1), at(1, 1), at(-1, 1)]]
    }

    fn operation(&self, dice: &mut Dice) -> Operation {
        let new = NewUnit { code: None, name: "新网格".into() };
        let parts = dice.int(0, 2) == 0;
        let reading = [None, None, Some(0), Some(1)][dice.int(0, 3) as usize];
        let kind = match dice.int(0, 17) {
            0..=2 => Kind::ReplacePath { path: self.redrawn(dice), also: Vec::new(), reading },
            3 => Kind::ReplacePath { path: self.path(dice), also: Vec::new(), reading },
            4 => Kind::MoveOutline { path: self.redrawn(dice), reading },
            5 | 6 => {
                let at = self.place(dice);
                Kind::MoveNode { at, to: beside(at, self.step() / 2, dice) }
            }
            7..=9 => Kind::Reshape { path: self.path(dice), target: self.unit(dice), reading, parts },
            10..=12 => {
                let keep = [Keep::Larger, Keep::Left, Keep::Right][dice.int(0, 2) as usize];
                Kind::Split { unit: self.unit(dice), path: self.path(dice), new, keep }
            }
            13 => Kind::Merge { keep: self.unit(dice), drop: vec![self.unit(dice)], parts: true },
            14 | 15 => {
                Kind::Transfer { from: self.unit(dice), to: self.unit(dice), area: self.area(dice), parts }
            }
            16 => Kind::Create { area: self.area(dice), new, parent: code("v1"), parts },
            _ => self.on_rows(dice),
        };
        on("land", kind)
    }

    /// Operations that move no border, and the one that ends a unit.
    fn on_rows(&self, dice: &mut Dice) -> Kind {
        let unit = self.unit(dice);
        match dice.int(0, 3) {
            0 => Kind::Retire { unit },
            1 => Kind::ReassignParent {
                units: vec![unit],
                parent: code(["v1", "v2"][dice.int(0, 1) as usize]),
            },
            _ => {
                let setting = Setting { old: serde_json::Value::Null, new: dice.int(1, 99).into() };
                let set = BTreeMap::from([(Field::Attribute(format!("a{}", dice.int(0, 99))), setting)]);
                Kind::SetAttributes { unit, set }
            }
        }
    }
}

fn beside(p: Point, by: i64, dice: &mut Dice) -> Point {
    let by = by.max(2);
    let fine = if dice.int(0, 3) == 0 { 2 } else { by };
    Point::new(p.x + dice.int(-fine, fine) as i32, p.y + dice.int(-fine, fine) as i32)
}

/// A state after some tries of random operations, and how many of them were accepted.
pub fn drawn_at_random(mut state: State<'_>, seed: u64, tries: u64) -> (State<'_>, usize) {
    let (mut dice, mut accepted) = (Dice::new(seed), 0);
    for step in 0..tries {
        let choice = Choice::of(&state);
        if choice.codes.is_empty() {
            break;
        }
        if let Ok(resolved) = resolve(&state, &choice.operation(&mut dice), &terms(1000 + 10 * step)) {
            state = state.after(&resolved.change).unwrap();
            accepted += 1;
        }
    }
    (state, accepted)
}

/// All that must hold of a state, whole: gaps are ground, too.
fn sound(state: &State) {
    let source = state.sources().remove(0);
    let mut shapes = source.shapes.clone();
    if let Some((_, gap)) = state.gaps().pop() {
        shapes.push((id(999_999), gap));
    }
    let coverage = Coverage::assemble(&shapes).expect("a state is a coverage");
    assert_eq!(check_invariants(&coverage), Ok(()));
    if let Some(outline) = &source.outline {
        let total: i128 = shapes.iter().map(|s| s.1.twice_area()).sum();
        assert_eq!(total, outline.twice_area(), "the areas sum to the outline's");
        assert_eq!(*outline, coverage.outline(), "the outline is the border of all ground");
    }
}

/// The change says of every point who held it and who does.
fn swept(before: &State, after: &State, change: &Change, dice: &mut Dice) {
    let layer = change.layer("land").unwrap();
    let Some(bbox) = layer.bbox() else { return };
    for _ in 0..4 {
        let p = Point::new(
            dice.int(bbox.min.x.into(), bbox.max.x.into()) as i32,
            dice.int(bbox.min.y.into(), bbox.max.y.into()) as i32,
        );
        let (was, is) = (before.layer("land").unwrap().owner(p), after.layer("land").unwrap().owner(p));
        assert_eq!(layer.swept(p), (was != is).then_some((was, is)), "{p:?}");
    }
    let (shapes, grown) = ([before, after].map(|s| super::world::shapes(s, "land")), layer.twice_areas());
    assert_eq!(grown.values().sum::<i128>(), 0);
    for (side, by) in grown {
        if let Side::Unit(id) = side {
            let [was, is] = [0, 1].map(|i| shapes[i].get(&id).map_or(0, Shape::twice_area));
            assert_eq!(is - was, by, "{id}");
        }
    }
}

#[test]
fn whatever_is_accepted_leaves_a_valid_partition_and_can_be_undone() {
    let (mut tried, mut accepted) = (0_usize, BTreeMap::<&str, usize>::new());
    let mut refused = BTreeMap::<&str, usize>::new();
    let mut seed = first_seed();
    while accepted.values().sum::<usize>() < ACCEPTED * effort() {
        println!("seed {seed}");
        let mut dice = Dice::new(seed);
        let world = World::new(vec![partition(seed)]);
        let base = world.state();
        let base_hash = hash(&base);
        let mut state = base.clone();
        let mut before_hash = base_hash;
        for step in 0..LENGTH {
            let choice = Choice::of(&state);
            if choice.codes.is_empty() {
                break;
            }
            let operation = choice.operation(&mut dice);
            tried += 1;
            let resolved = match resolve(&state, &operation, &terms(1000 + 10 * step as u64)) {
                Ok(resolved) => resolved,
                Err(defects) => {
                    assert!(!defects.is_empty(), "refused without a reason: {operation:?}");
                    for defect in defects {
                        *refused.entry(defect.kind.name()).or_default() += 1;
                    }
                    continue;
                }
            };
            let change = resolved.change;
            let next = state.after(&change).expect("a resolved change holds");
            sound(&next);
            swept(&state, &next, &change, &mut dice);
            let restore = on("land", Kind::Restore { change: change.invert() });
            let back = resolve(&next, &restore, &terms(1)).expect("a change can be undone").change;
            let undone = next.after(&back).expect("a change can be undone");
            assert_eq!(hash(&undone), before_hash, "undone: {operation:?}");
            let written = serde_json::to_string(&change).unwrap();
            assert_eq!(serde_json::from_str::<Change>(&written).unwrap(), change);
            let sent = serde_json::to_string(&operation).unwrap();
            assert_eq!(serde_json::from_str::<Operation>(&sent).unwrap(), operation);
            *accepted.entry(operation.kind.name()).or_default() += 1;
            before_hash = hash(&next);
            state = next;
        }
        // The net change of all, made at once on the base; and the way back.
        let whole = base.after(state.change()).map(|s| hash(&s));
        assert_eq!(whole.as_ref(), Ok(&before_hash), "composed");
        assert_eq!(state.after(&state.change().invert()).map(|s| hash(&s)), Ok(base_hash), "all undone");
        found_again(&base, &state);
        seed += 1;
    }
    println!("{tried} operations tried; accepted {accepted:?}; refused {refused:?}");
    let least = ACCEPTED / 200;
    assert!(accepted.len() >= 11 && accepted.values().all(|&n| n > least), "{accepted:?}");
}

/// What differs between two states is the change that leads from one to the other, without its lineage.
fn found_again(base: &State, state: &State) {
    let found = difference(base, state);
    assert_eq!(found.layers().len(), state.change().layers().len());
    for (name, layer) in state.change().layers() {
        let same = found.layer(name).map(|f| (&f.borders, &f.fields));
        assert_eq!(same, Some((&layer.borders, &layer.fields)), "{name}");
    }
}

/// Two planners work on one base: whatever merges is sound and does not depend on who came first.
#[test]
fn two_changes_merge_to_one_state_or_are_a_conflict_whoever_came_first() {
    let (mut merged, mut conflicts, mut one_way) = (0_usize, 0_usize, 0_usize);
    let mut seed = first_seed();
    while merged < 2_000 * effort() {
        println!("seed {seed}");
        let mut dice = Dice::new(seed);
        let world = World::new(vec![partition(seed)]);
        let base = world.state();
        let choice = Choice::of(&base);
        let mut one = |first: u64| {
            let tries =
                (0..40).find_map(|_| resolve(&base, &choice.operation(&mut dice), &terms(first)).ok());
            tries.map(|resolved| resolved.change)
        };
        seed += 1;
        let (Some(a), Some(b)) = (one(1000), one(2000)) else { continue };
        let (after_a, after_b) = (base.after(&a).unwrap(), base.after(&b).unwrap());
        match (rebase(&b, &after_a), rebase(&a, &after_b)) {
            (Ok(b_on_a), Ok(a_on_b)) => {
                let (ab, ba) = (after_a.after(&b_on_a).unwrap(), after_b.after(&a_on_b).unwrap());
                sound(&ab);
                assert_eq!(hash(&ab), hash(&ba), "seed {}", seed - 1);
                assert_eq!(rebase(&b_on_a, &after_a), Ok(b_on_a.clone()), "rebased twice is rebased once");
                merged += 1;
            }
            (Err(of_b), Err(of_a)) => {
                assert!(!of_a.is_empty() && !of_b.is_empty());
                conflicts += 1;
            }
            // The one that comes second may be asked although it could be told: no harm is done.
            (Ok(one), Err(of)) | (Err(of), Ok(one)) => {
                assert!(!one.is_empty() && !of.is_empty());
                one_way += 1;
            }
        }
    }
    println!("{merged} merged, {conflicts} conflicts, {one_way} conflicts in one order only");
    assert!(conflicts > merged / 20 && one_way < merged / 50, "{merged} merged, {conflicts}, {one_way}");
}
