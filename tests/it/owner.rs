//! Every point has exactly one owner, and the index knows it.

use crate::coverage::wkt;
use crate::demo;
use crate::dice::Dice;
use crate::oracle::Oracle;
use crate::partition::{self, Shapes};
use crate::probes::{Kind, Probes};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use wangge::coverage::{Borders, Coverage, Face, Index};
use wangge::geom::{Point, Polygon, Ring, Shape};
use wangge::unit::UnitId;

/// The seed of all random points: `WANGGE_SEED`, or this.
fn seed() -> u64 {
    let seed = std::env::var("WANGGE_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(20_261_123);
    println!("WANGGE_SEED={seed}");
    seed
}

/// How many times more points than in the short form: 100 with `WANGGE_SOAK=1`.
fn effort() -> usize {
    if std::env::var_os("WANGGE_SOAK").is_some_and(|v| v == "1") { 100 } else { 1 }
}

fn indexed(shapes: &Shapes) -> (Coverage, Index, Oracle) {
    let coverage = Coverage::assemble(shapes).unwrap();
    let (index, oracle) = (Index::build(&coverage), Oracle::new(shapes, &coverage));
    (coverage, index, oracle)
}

/// Compares single and batch answers with the oracle; gives the number of points.
fn compare(index: &Index, oracle: &Oracle, points: &[Point]) -> usize {
    let mut owners = vec![Face::OUTSIDE; points.len()];
    index.owner_many(points, &mut owners);
    for (&p, &batch) in points.iter().zip(&owners) {
        let expected = oracle.owner(p);
        assert_eq!(index.owner(p), expected, "one at a time at {p:?}");
        assert_eq!(batch, expected, "in a batch at {p:?}");
    }
    points.len()
}

#[test]
fn a_city_has_one_owner_for_every_kind_of_point() {
    every_kind_of_point_has_one_owner(&partition::city(77, 13, seed()));
}

#[test]
fn each_layer_of_the_demo_has_one_owner_for_every_kind_of_point() {
    for layer in &demo::city().layers {
        println!("{}", layer.layer.name);
        every_kind_of_point_has_one_owner(&layer.shapes);
    }
}

fn every_kind_of_point_has_one_owner(shapes: &Shapes) {
    let seed = seed();
    let (coverage, index, oracle) = indexed(shapes);
    let mut probes = Probes::new(&coverage, seed);
    let round = 20_000 * effort();
    let mut total = 0;
    for kind in Probes::KINDS {
        for _ in 0..effort() {
            total += compare(&index, &oracle, &probes.take(*kind, round / effort()));
        }
        println!("{kind:?}: {round} points");
    }
    println!("{total} points, 0 disagreements, {} segments", coverage.segment_count());
}

#[test]
fn the_oracle_itself_agrees_without_boxes_and_with_the_rule_as_written() {
    let shapes = partition::city(20, 5, 7);
    let (coverage, index, oracle) = indexed(&shapes);
    let mut probes = Probes::new(&coverage, 7);
    for kind in Probes::KINDS {
        for p in probes.take(*kind, 20 * effort()) {
            let expected = oracle.owner_without_boxes(p);
            assert_eq!(
                (oracle.owner(p), index.owner(p), coverage.owner(p)),
                (expected, expected, expected),
                "{p:?}"
            );
        }
    }
}

#[test]
fn borders_on_the_sides_and_corners_of_cells_have_one_owner() {
    let seed = seed();
    let mut dice = Dice::new(seed);
    for round in 0..40 * effort() as u64 {
        let shift = dice.int(0, 20) as u32;
        let corner = Point::new(dice.int(-5000, 5000) as i32, dice.int(-5000, 5000) as i32);
        let (columns, rows) = (dice.int(1, 12) as usize, dice.int(1, 12) as usize);
        let units = dice.int(1, 9) as usize;
        let shapes = partition::soup(columns, rows, units, corner, shift, seed ^ round);
        let (coverage, index, oracle) = indexed(&shapes);
        if coverage.bbox().is_none() {
            continue; // all triangles were dealt to nobody
        }
        compare(&index, &oracle, &Probes::around_vertices(&coverage));
        let mut probes = Probes::new(&coverage, seed ^ round);
        for kind in Probes::KINDS {
            compare(&index, &oracle, &probes.take(*kind, 200));
        }
    }
}

#[test]
fn the_ends_of_the_lattice_are_looked_up_exactly() {
    let low = Point::new(i32::MIN, i32::MIN);
    for (columns, rows, shift) in [(1, 1, 32), (2, 2, 31), (4, 4, 30), (16, 16, 28), (64, 64, 26)] {
        let shapes = partition::soup(columns, rows, 5, low, shift, u64::from(shift));
        let (coverage, index, oracle) = indexed(&shapes);
        compare(&index, &oracle, &Probes::around_vertices(&coverage));
        let mut probes = Probes::new(&coverage, 3);
        for kind in Probes::KINDS {
            compare(&index, &oracle, &probes.take(*kind, 500));
        }
    }
}

#[test]
fn what_no_cutting_parts_is_still_looked_up_exactly_and_stays_small() {
    let far = Point::new(1_100_000_000, 250_000_000);
    let crowded = [
        partition::star(400, far, 3000.0),
        partition::star(400, far, 3e6),
        partition::strips(1000, 3_000_000, 3),
        partition::strips(50, 300_000_000, 1),
        partition::soup(40, 40, 3, far, 0, 5),
    ];
    for shapes in &crowded {
        let (coverage, index, oracle) = indexed(shapes);
        compare(&index, &oracle, &Probes::around_vertices(&coverage));
        let mut probes = Probes::new(&coverage, 5);
        for kind in Probes::KINDS {
            compare(&index, &oracle, &probes.take(*kind, 1000));
        }
        let per_segment = index.bytes() / coverage.segment_count();
        assert!(per_segment < 2000, "{per_segment} bytes a segment");
    }
}

#[test]
fn nothing_owns_a_point_of_an_empty_coverage() {
    let index = Index::build(&Coverage::assemble(&[]).unwrap());
    for p in [Point::new(0, 0), Point::new(i32::MIN, i32::MAX), Point::new(1, -1)] {
        assert_eq!(index.owner(p), Face::OUTSIDE);
    }
    let mut owners = [Face(7)];
    index.owner_many(&[Point::new(0, 0)], &mut owners);
    assert_eq!(owners, [Face::OUTSIDE]);
}

#[test]
fn a_single_triangle_owns_its_west_and_south_sides_only() {
    let ring = Ring::new([(0, 0), (4, 0), (0, 4)].map(|(x, y)| Point::new(x, y)).to_vec()).unwrap();
    let shapes = vec![(UnitId::try_from(9).unwrap(), Shape(vec![Polygon::simple(ring)]))];
    let (_, index, oracle) = indexed(&shapes);
    let all: Vec<Point> = (-2..7).flat_map(|x| (-2..7).map(move |y| Point::new(x, y))).collect();
    compare(&index, &oracle, &all);
    let owned = all.iter().filter(|&&p| index.owner(p) == Face(1)).count();
    assert_eq!(owned, 4 + 3 + 2 + 1);
}

#[test]
fn the_published_points_of_the_half_open_rule_have_the_owners_that_stand_there() {
    let shapes: Shapes = include_str!("../cases/half_open.wkt")
        .lines()
        .filter_map(|line| line.strip_prefix("in ")?.split_once(' '))
        .map(|(id, text)| (UnitId::try_from(id.parse::<u64>().unwrap()).unwrap(), wkt::shape(text)))
        .collect();
    let (coverage, index, oracle) = indexed(&shapes);
    let mut rows = 0;
    for row in include_str!("../cases/half_open.csv").lines().skip(1) {
        let [x, y, owner] = row.split(',').collect::<Vec<_>>().try_into().unwrap();
        let p = Point::new(x.parse().unwrap(), y.parse().unwrap());
        for face in [index.owner(p), oracle.owner(p), coverage.owner(p)] {
            let got = coverage.unit(face).map(|unit| unit.to_string()).unwrap_or_default();
            assert_eq!(got, owner, "{p:?}");
        }
        rows += 1;
    }
    assert_eq!(rows, 15 * 15);
}

/// The Python that has Shapely: the one `make test-tools` sets up, or the system's.
fn python() -> String {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/bin/python3");
    if own.exists() { own.display().to_string() } else { "python3".to_owned() }
}

#[test]
fn shapely_finds_the_same_owners_off_the_borders() {
    let seed = seed();
    let (coverage, index, _) = indexed(&demo::city().layers[0].shapes);
    let borders = Borders::build(&coverage);
    let mut probes = Probes::new(&coverage, seed);
    let mut points = String::new();
    let mut wanted = 10_000 * effort();
    while wanted > 0 {
        let kind = [Kind::Uniform, Kind::Clustered, Kind::NearBorder][wanted % 3];
        let p = probes.take(kind, 1)[0];
        if !borders.nearest(&coverage, p).unwrap().on_border {
            writeln!(points, "{},{},{}", p.x, p.y, index.owner(p).0).unwrap();
            wanted -= 1;
        }
    }
    let mut ground = String::new();
    for face in coverage.faces() {
        writeln!(ground, "{}\t{}", face.0, wkt::write(&coverage.shape(face))).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let (shapes_file, points_file) = (folder.path().join("shapes"), folder.path().join("points"));
    std::fs::write(&shapes_file, ground).unwrap();
    std::fs::write(&points_file, points).unwrap();
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/owners.py");
    let run = Command::new(python()).arg(tool).args([shapes_file, points_file]).output();
    let run = run.expect("python3 is there: make test-tools");
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    println!("{said}");
    assert!(run.status.success(), "{said}");
}
