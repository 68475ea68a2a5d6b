//! Cases on squared paper, in `tests/cases/edit`: grids, operations, and what comes out.
//!
//! ```text
//! option free                  a layer without an outline
//! layer police                 what follows is of another layer (`police` fills land's outline)
//! in 1 POLYGON(…)              unit 1, with the code g1
//! op replace_path (5 0, 6 5, 5 10)
//! out 1 POLYGON(…)             what unit 1 is afterwards; units without a line stay as they are
//! out 1 none                   unit 1 has no ground afterwards
//! gap POLYGON(…)               ground of nobody afterwards
//! other 1 POLYGON(…)           unit 1 in the second reading; then there is one
//! field 1 name 新名             a field afterwards
//! code 1 v2003                 a code that is proposed
//! defect crossing at 5 5       why the last operation is refused; the place may be left out
//! ```

use super::world::{World, code, free, hash, id, land, on, shapes, terms};
use crate::coverage::wkt;
use std::collections::BTreeMap;
use wangge::coverage::{Coverage, Defect, check_invariants};
use wangge::edit::{Field, Keep, Kind, NewUnit, Operation, Resolved, Setting, State, resolve};
use wangge::geom::{Point, Shape};
use wangge::unit::{Code, Layer, UnitId};

type Ground = Vec<(UnitId, Shape)>;

#[derive(Default)]
struct Case {
    free: bool,
    grounds: BTreeMap<String, Ground>,
    operations: Vec<Operation>,
    out: BTreeMap<(String, UnitId), Option<Shape>>,
    other: BTreeMap<(String, UnitId), Shape>,
    gap: Option<Shape>,
    fields: Vec<(UnitId, Field, String)>,
    codes: Vec<(UnitId, Code)>,
    defects: Vec<String>,
}

fn unit(text: &str) -> UnitId {
    id(text.parse().unwrap())
}

fn points(text: &str) -> Vec<Point> {
    let inner = text.trim().trim_start_matches('(').trim_end_matches(')');
    let point = |pair: &str| {
        let mut numbers = pair.split_whitespace().map(|n| n.parse().unwrap());
        Point::new(numbers.next().unwrap(), numbers.next().unwrap())
    };
    inner.split(',').map(point).collect()
}

/// The words before the first bracket, the points in it, the words after it.
pub fn operation(text: &str) -> Kind {
    let (before, rest) = text.split_once('(').unwrap_or((text, ""));
    let (path, after) = rest.split_once(')').unwrap_or((rest, ""));
    let words: Vec<&str> = before.split_whitespace().collect();
    let flags: Vec<&str> = after.split_whitespace().chain(words.iter().copied()).collect();
    let after_word =
        |word: &str| flags.iter().position(|w| *w == word).and_then(|i| flags.get(i + 1)).copied();
    let parts = flags.contains(&"parts");
    let reading = after_word("reading").map(|n| n.parse().unwrap());
    let new = || NewUnit { code: after_word("new").map(code), name: "新".into() };
    let path = || points(path);
    match words[0] {
        "replace_path" => {
            let also = after_word("also").map(Into::into).into_iter().collect();
            Kind::ReplacePath { path: path(), also, reading }
        }
        "move_outline" => Kind::MoveOutline { path: path(), reading },
        "reshape" => Kind::Reshape { path: path(), target: code(words[1]), reading, parts },
        "split" => {
            let keep = match after_word("keep") {
                Some("left") => Keep::Left,
                Some("right") => Keep::Right,
                Some("larger") | None => Keep::Larger,
                Some(place) => {
                    let (x, y) = place.split_once('/').unwrap();
                    Keep::Inside(Point::new(x.parse().unwrap(), y.parse().unwrap()))
                }
            };
            Kind::Split { unit: code(words[1]), path: path(), new: new(), keep }
        }
        "merge" => {
            let drop = words[2..].iter().filter(|w| **w != "parts").map(|w| code(w)).collect();
            Kind::Merge { keep: code(words[1]), drop, parts }
        }
        "transfer" => Kind::Transfer { from: code(words[1]), to: code(words[2]), area: vec![path()], parts },
        "move_node" => {
            let ends = path();
            Kind::MoveNode { at: ends[0], to: ends[1] }
        }
        "create" => Kind::Create { area: vec![path()], new: new(), parent: code(words[1]), parts },
        "retire" => Kind::Retire { unit: code(words[1]) },
        "parent" => Kind::ReassignParent {
            parent: code(words[1]),
            units: words[2..].iter().map(|w| code(w)).collect(),
        },
        "set" => {
            let value = |text: &str| if text == "null" { serde_json::Value::Null } else { text.into() };
            let setting = Setting { old: value(words[3]), new: value(words[4]) };
            let field = Field::try_from(words[2].to_owned()).unwrap();
            Kind::SetAttributes { unit: code(words[1]), set: BTreeMap::from([(field, setting)]) }
        }
        other => panic!("no operation {other}"),
    }
}

fn parse(text: &str) -> Case {
    let mut case = Case::default();
    let mut layer = "land".to_owned();
    for line in text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')) {
        let (word, rest) = line.split_once(' ').unwrap();
        let (first, more) = rest.split_once(' ').unwrap_or((rest, ""));
        match word {
            "option" => case.free |= rest == "free",
            "layer" => layer = rest.into(),
            "in" => case.grounds.entry(layer.clone()).or_default().push((unit(first), wkt::shape(more))),
            "op" => case.operations.push(on(&layer, operation(rest))),
            "out" => {
                let shape = (more != "none").then(|| wkt::shape(more).canonical());
                case.out.insert((layer.clone(), unit(first)), shape);
            }
            "other" => drop(case.other.insert((layer.clone(), unit(first)), wkt::shape(more).canonical())),
            "gap" => case.gap = Some(wkt::shape(rest).canonical()),
            "field" => {
                let (name, value) = more.split_once(' ').unwrap();
                case.fields.push((unit(first), Field::try_from(name.to_owned()).unwrap(), value.into()));
            }
            "code" => case.codes.push((unit(first), code(more))),
            "defect" => case.defects.push(rest.into()),
            _ => panic!("cannot read: {line}"),
        }
    }
    case
}

fn world(case: &Case) -> World {
    let source = |(name, ground): (&String, &Ground)| {
        let mut source = if case.free { free(name, ground.clone()) } else { land(ground.clone()) };
        if name == "police" {
            (source.layer.name, source.layer.outline) = ("police".into(), Layer::police().outline);
            source.outline = None;
        }
        source
    };
    World::new(case.grounds.iter().map(source).collect())
}

fn check_sound(name: &str, state: &State) {
    let gaps: BTreeMap<&str, Shape> = state.gaps().into_iter().collect();
    for source in state.sources() {
        let mut shapes = source.shapes;
        shapes.extend(gaps.get(source.layer.name.as_str()).map(|gap| (id(999), gap.clone())));
        let coverage = Coverage::assemble(&shapes).unwrap();
        assert_eq!(check_invariants(&coverage), Ok(()), "{name}");
        let all = source.outline.unwrap_or_else(|| coverage.outline());
        assert_eq!(shapes.iter().map(|s| s.1.twice_area()).sum::<i128>(), all.twice_area(), "{name}");
    }
}

fn written(shape: Option<&Shape>) -> String {
    shape.map_or("none".into(), |s| wkt::write(&s.canonical()))
}

/// `crossing` or, where the case names a place, `crossing at 3 4`.
fn told(defect: &Defect, like: &str) -> String {
    let place = defect.at.filter(|_| like.contains(" at ")).map(|at| format!(" at {} {}", at.x, at.y));
    format!("{}{}", defect.kind.name(), place.unwrap_or_default())
}

/// The case's `out` lines against a state, and everything else against what came in.
fn check_out(name: &str, case: &Case, state: &State) {
    for (layer, ground) in &case.grounds {
        let now = shapes(state, layer);
        let before: BTreeMap<UnitId, Shape> = ground.iter().map(|(id, s)| (*id, s.canonical())).collect();
        let listed = case.out.keys().filter(|k| k.0 == *layer).map(|k| k.1);
        let ids: std::collections::BTreeSet<UnitId> =
            now.keys().chain(before.keys()).copied().chain(listed).collect();
        for id in ids {
            let want = match case.out.get(&(layer.clone(), id)) {
                Some(shape) => shape.as_ref(),
                None => before.get(&id),
            };
            assert_eq!(written(now.get(&id)), written(want), "{name}: {layer} {id}");
        }
    }
    let gap = state.gaps().into_iter().map(|g| g.1).next();
    assert_eq!(written(gap.as_ref()), written(case.gap.as_ref()), "{name}: gap");
    for (id, field, value) in &case.fields {
        let unit = state.layer("land").unwrap().unit(*id).unwrap();
        let now = match field {
            Field::Name => unit.name.clone(),
            Field::Code => unit.code.to_string(),
            Field::Parent => unit.parent.unwrap().to_string(),
            Field::Attribute(key) => unit.attributes.get(key).map_or("none".into(), ToString::to_string),
            Field::Level => unit.level.0.to_string(),
        };
        assert_eq!(now, *value, "{name}: {field} of {id}");
    }
}

fn check_other(name: &str, case: &Case, state: &State, resolved: &Resolved) {
    let Some(other) = &resolved.other else {
        assert!(case.other.is_empty(), "{name}: there is one reading only");
        return;
    };
    assert!(!case.other.is_empty(), "{name}: a second reading that the case does not know");
    let after = state.after(&other.change).unwrap();
    for ((layer, id), want) in &case.other {
        assert_eq!(written(shapes(&after, layer).get(id)), written(Some(want)), "{name}: other {id}");
    }
}

fn run(name: &str, text: &str) {
    let case = parse(text);
    let world = world(&case);
    let base = world.state();
    let mut state = base.clone();
    for (step, operation) in case.operations.iter().enumerate() {
        let last = step + 1 == case.operations.len();
        match resolve(&state, operation, &terms(100 + step as u64)) {
            Ok(resolved) => {
                assert!(!last || case.defects.is_empty(), "{name}: accepted, and should be refused");
                let next = state.after(&resolved.change).unwrap();
                check_sound(name, &next);
                let undone = next.after(&resolved.change.invert()).unwrap();
                assert_eq!(hash(&undone), hash(&state), "{name}: undone");
                if last {
                    check_other(name, &case, &state, &resolved);
                    assert_eq!(resolved.codes, case.codes, "{name}: proposed codes");
                }
                state = next;
            }
            Err(defects) => {
                let mut found: Vec<String> = defects
                    .iter()
                    .enumerate()
                    .map(|(i, d)| told(d, case.defects.get(i).map_or("", String::as_str)))
                    .collect();
                found.dedup();
                assert!(last && found == case.defects, "{name}: {found:?} {defects:#?}");
            }
        }
    }
    check_out(name, &case, &state);
    assert_eq!(base.after(state.change()).map(|s| hash(&s)), Ok(hash(&state)), "{name}: composed");
}

#[test]
fn every_operation_does_on_squared_paper_what_is_drawn() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/edit");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 40, "{} cases", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        wrong.extend(std::panic::catch_unwind(|| run(&name, &text)).err().map(|_told| name));
    }
    assert_eq!(wrong, Vec::<String>::new());
}
