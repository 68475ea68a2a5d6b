//! Squared-paper cases: `tests/cases/build/*.wkt`, one situation a file.
//!
//! A line each: `# what it shows`; `option gap_free | keep_holes | snap METRES | outline WKT`;
//! `in UNIT WKT`; `out UNIT WKT` for every unit that must come out other than it went in;
//! `ledger KIND COUNT`; `defect KIND UNITS [at X Y]`. A case without a `defect` must be built, and
//! every line of its ledger must be listed.

use super::wkt;
use std::collections::BTreeMap;
use wangge::coverage::{BuildOptions, Built, Coverage, Defect, RepairKind, check_invariants};
use wangge::geom::Shape;
use wangge::unit::UnitId;

#[derive(Default)]
struct Case {
    options: BuildOptions,
    shapes: Vec<(UnitId, Shape)>,
    expected: BTreeMap<UnitId, Shape>,
    ledger: Vec<(String, usize)>,
    defects: Vec<String>,
}

fn id(text: &str) -> UnitId {
    UnitId::try_from(text.parse::<u64>().unwrap()).unwrap()
}

fn parse(text: &str) -> Case {
    let mut case = Case::default();
    for line in text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')) {
        let (word, rest) = line.split_once(' ').unwrap();
        let (first, more) = rest.split_once(' ').unwrap_or((rest, ""));
        match (word, first) {
            ("option", "gap_free") => case.options.gap_free = true,
            ("option", "keep_holes") => case.options.keep_holes = true,
            ("option", "snap") => case.options.snap_m = Some(more.parse().unwrap()),
            ("option", "outline") => case.options.outline = Some(wkt::shape(more)),
            ("in", unit) => case.shapes.push((id(unit), wkt::shape(more))),
            ("out", unit) => drop(case.expected.insert(id(unit), wkt::shape(more))),
            ("ledger", kind) => case.ledger.push((kind.into(), more.parse().unwrap())),
            ("defect", _) => case.defects.push(rest.into()),
            _ => panic!("cannot read: {line}"),
        }
    }
    case
}

/// `overlap 1 2` or, where the case names a place, `overlap 1 2 at 3 4`.
fn written(defect: &Defect, like: &str) -> String {
    let units: Vec<String> = defect.units.iter().map(ToString::to_string).collect();
    let place = defect.at.filter(|_| like.contains(" at ")).map(|at| format!(" at {} {}", at.x, at.y));
    let text = format!("{} {}", defect.kind.name(), units.join(" "));
    format!("{}{}", text.trim_end(), place.unwrap_or_default())
}

fn check_built(name: &str, case: &Case, built: &Built) {
    assert_eq!(check_invariants(&built.coverage), Ok(()), "{name}");
    for (unit, shape) in &case.shapes {
        let want = case.expected.get(unit).unwrap_or(shape).canonical();
        let got = built.coverage.shape(built.coverage.face(*unit).unwrap());
        assert_eq!(wkt::write(&got), wkt::write(&want), "{name}: unit {unit}");
    }
    let all = RepairKind::ALL.map(|k| (k.name().to_string(), built.ledger.total(k).0));
    let ledger: Vec<(String, usize)> = all.into_iter().filter(|l| l.1 > 0).collect();
    assert_eq!(ledger, case.ledger, "{name}: {}", built.ledger);
    let faces = built.coverage.faces();
    let shapes: Vec<_> = faces.map(|f| (built.coverage.unit(f).unwrap(), built.coverage.shape(f))).collect();
    let again = BuildOptions { outline: built.outline.clone(), ..case.options.clone() };
    let again = Coverage::build(&shapes, &again).unwrap();
    assert_eq!((again.coverage, again.ledger.repairs.len()), (built.coverage.clone(), 0), "{name}: again");
}

fn run(name: &str, text: &str) {
    let case = parse(text);
    let mut reversed = case.shapes.clone();
    reversed.reverse();
    let (one, other) =
        (Coverage::build(&case.shapes, &case.options), Coverage::build(&reversed, &case.options));
    match (one, other) {
        (Ok(built), Ok(other)) => {
            assert_eq!(case.defects, Vec::<String>::new(), "{name}: built, and should be refused");
            assert_eq!(built.coverage, other.coverage, "{name}: the order of units matters");
            check_built(name, &case, &built);
        }
        (Err(defects), Err(other)) => {
            assert_eq!(defects, other, "{name}: the order of units matters");
            let found: Vec<String> = defects
                .iter()
                .enumerate()
                .map(|(i, d)| written(d, case.defects.get(i).map_or("", String::as_str)))
                .collect();
            assert_eq!(found, case.defects, "{name}: {defects:#?}");
        }
        _ => panic!("{name}: the order of units matters"),
    }
}

#[test]
fn every_case_on_squared_paper_comes_out_as_drawn() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/build");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 20, "{} cases", files.len());
    for file in files {
        run(&file.file_name().unwrap().to_string_lossy(), &std::fs::read_to_string(&file).unwrap());
    }
}
