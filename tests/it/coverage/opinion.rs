//! The second opinion: GEOS, through Shapely's `coverage_is_valid`.

use super::random::{jittered, rewritten};
use super::wkt;
use crate::dice::Dice;
use crate::partition::{self, Shapes};
use std::fmt::Write as _;
use std::io::Write;
use std::process::{Command, Stdio};
use wangge::coverage::{BuildOptions, Built, Coverage};
use wangge::geom::{Point, Shape};
use wangge::unit::UnitId;

/// What GEOS says of shapes: are all valid, are they a coverage, and twice the area of each.
pub fn geos<'a>(shapes: impl IntoIterator<Item = (UnitId, &'a Shape)>) -> (bool, bool, Vec<(u64, f64)>) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/coverage.py");
    let mut child = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 with Shapely 2.2: run tools/test-tools");
    let mut rows = String::new();
    for (unit, shape) in shapes {
        writeln!(rows, "{unit}\t{}", wkt::write(shape)).unwrap();
    }
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(rows.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "Shapely 2.2 or newer is needed: run tools/test-tools");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let areas = answer["areas"].as_object().unwrap();
    let areas = areas.iter().map(|(id, area)| (id.parse().unwrap(), 2.0 * area.as_f64().unwrap())).collect();
    (answer["valid"] == true, answer["coverage"] == true, areas)
}

/// GEOS finds a built coverage valid, and every area the same.
pub fn geos_agrees(built: &Built) {
    let coverage = &built.coverage;
    let shapes: Vec<(UnitId, Shape)> =
        coverage.faces().map(|f| (coverage.unit(f).unwrap(), coverage.shape(f))).collect();
    let (valid, is_coverage, mut areas) = geos(shapes.iter().map(|(u, s)| (*u, s)));
    assert!(valid && is_coverage, "valid {valid}, coverage {is_coverage}");
    areas.sort_by_key(|a| a.0);
    for ((unit, shape), (id, area)) in shapes.iter().zip(areas) {
        let own = shape.twice_area() as f64;
        // GEOS sums in doubles, relative to the first point of each ring.
        assert!(unit.get() == id && (own - area).abs() <= 1e-9 * own, "unit {unit}: {own} {area}");
    }
}

fn spoilt(seed: u64) -> Shapes {
    jittered(&partition::city(12, 6, seed), 15, &mut Dice::new(seed))
}

#[test]
fn geos_finds_what_was_built_a_valid_coverage_with_the_same_areas() {
    for seed in 1..4 {
        let options = BuildOptions { gap_free: true, keep_holes: true, ..BuildOptions::default() };
        geos_agrees(&Coverage::build(&partition::city(12, 6, seed), &options).unwrap());
        let snap = BuildOptions { snap_m: Some(0.6), ..options };
        geos_agrees(&Coverage::build(&spoilt(seed), &snap).unwrap());
        let soup = partition::soup(8, 8, 9, Point::new(1_100_000_000, 250_000_000), 12, seed);
        let mut first = true;
        let dented = rewritten(&soup, |ring| {
            let mut points = ring.points().to_vec();
            if std::mem::take(&mut first) {
                let (a, b) = (points[0], points[1]);
                points.insert(1, Point::new(a.x.midpoint(b.x), a.y.midpoint(b.y)));
            }
            points
        });
        geos_agrees(&Coverage::build(&dented, &BuildOptions::default()).unwrap());
    }
}

/// The guard, shown red: GEOS does refuse the spoilt shapes themselves.
#[test]
fn geos_refuses_shapes_before_they_are_mended() {
    let shapes = spoilt(1);
    let (_, is_coverage, _) = geos(shapes.iter().map(|(u, s)| (*u, s)));
    assert!(!is_coverage);
}
