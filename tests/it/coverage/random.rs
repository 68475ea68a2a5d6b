//! Random partitions, sound and spoilt; `WANGGE_SEED` sets the first seed.

use crate::dice::Dice;
use crate::partition::{self, Shapes};
use std::collections::{BTreeMap, BTreeSet};
use wangge::coverage::{BuildOptions, Built, Coverage, Defect, DefectKind, RepairKind, check_invariants};
use wangge::geom::{Point, Polygon, Ring, Shape, predicate};
use wangge::unit::UnitId;

/// Some seeds, printed with the test that fails.
fn seeds(count: u64) -> impl Iterator<Item = u64> {
    let first = std::env::var("WANGGE_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    (first..first + count).inspect(|seed| println!("seed {seed}"))
}

fn soup(seed: u64) -> Shapes {
    let shapes = partition::soup(7, 6, 6, Point::new(1_100_000_000, 250_000_000), 9, seed);
    shapes.into_iter().filter(|s| !s.1.is_empty()).collect()
}

/// The shapes with every ring rewritten by `write`.
pub fn rewritten(shapes: &Shapes, mut write: impl FnMut(&Ring) -> Vec<Point>) -> Shapes {
    let mut ring = |r: &Ring| Ring::new(write(r)).unwrap();
    let mut polygon =
        |p: &Polygon| Polygon { outer: ring(&p.outer), holes: p.holes.iter().map(&mut ring).collect() };
    shapes.iter().map(|(unit, shape)| (*unit, Shape(shape.0.iter().map(&mut polygon).collect()))).collect()
}

fn total(shapes: &Shapes) -> i128 {
    shapes.iter().map(|s| s.1.twice_area()).sum()
}

fn shapes_of(coverage: &Coverage) -> Shapes {
    coverage.faces().map(|f| (coverage.unit(f).unwrap(), coverage.shape(f))).collect()
}

fn sound(built: &Built) {
    assert_eq!(check_invariants(&built.coverage), Ok(()));
    if let Some(outline) = &built.outline {
        assert_eq!(total(&shapes_of(&built.coverage)), outline.twice_area(), "areas sum to the outline's");
    }
}

#[test]
fn a_sound_partition_comes_out_as_it_went_in() {
    let filled = BuildOptions { gap_free: true, keep_holes: true, ..BuildOptions::default() };
    for seed in seeds(20) {
        for shapes in [soup(seed), partition::city(9, 7, seed), partition::strips(30, 3_000_000, 40)] {
            let assembled = Coverage::assemble(&shapes).unwrap();
            for options in [BuildOptions::default(), filled.clone()] {
                let built = Coverage::build(&shapes, &options).unwrap();
                assert_eq!(built.coverage, assembled);
                assert!(
                    built.ledger.repairs.iter().all(|r| r.kind == RepairKind::Folded),
                    "{}",
                    built.ledger
                );
                sound(&built);
            }
            let given = BuildOptions { outline: Some(assembled.outline()), ..BuildOptions::default() };
            assert_eq!(Coverage::build(&shapes, &given).unwrap().coverage, assembled);
        }
    }
}

/// The ring with a few points put into its segments: on them, and rounded.
fn notched(ring: &Ring, dice: &mut Dice) -> Vec<Point> {
    let mut points = Vec::new();
    for (a, b) in ring.segments() {
        points.push(a);
        let mut places: Vec<i64> = (0..dice.int(0, 2)).map(|_| dice.int(1, 99)).collect();
        places.sort_unstable();
        let at = |v: i32, w: i32, t: i64| {
            let exact = i64::from(v) * 100 + t * (i64::from(w) - i64::from(v));
            (exact + 50).div_euclid(100) as i32
        };
        points.extend(places.into_iter().map(|t| Point::new(at(a.x, b.x, t), at(a.y, b.y, t))));
    }
    points
}

#[test]
fn vertices_that_only_one_neighbour_has_are_mended_and_accounted_for() {
    let mut inserted = 0;
    for seed in seeds(40) {
        let mut dice = Dice::new(seed);
        for shapes in [soup(seed), partition::city(6, 4, seed)] {
            let spoilt = rewritten(&shapes, |ring| notched(ring, &mut dice));
            let options = BuildOptions { gap_free: true, keep_holes: true, ..BuildOptions::default() };
            let built = Coverage::build(&spoilt, &options).unwrap_or_else(|d| panic!("refused: {d:#?}"));
            sound(&built);
            inserted += built.ledger.total(RepairKind::Inserted).0;
            let farthest = built.ledger.largest_move().map_or(0.0, |r| r.move_m);
            assert!(farthest <= 0.025, "rounding moves no border by {farthest} m");
            let again = Coverage::build(&shapes_of(&built.coverage), &options).unwrap();
            assert_eq!((again.coverage, again.ledger.is_empty()), (built.coverage, true));
        }
    }
    assert!(inserted > 1000, "only {inserted} vertices were missing: the test tests nothing");
}

/// Every vertex of every unit moved by up to `by` lattice units on each axis.
pub fn jittered(shapes: &Shapes, by: i64, dice: &mut Dice) -> Shapes {
    rewritten(shapes, |ring| {
        let mut shift = |v: i32| v + dice.int(-by, by) as i32;
        ring.points().iter().map(|p| Point::new(shift(p.x), shift(p.y))).collect()
    })
}

#[test]
fn jitter_is_refused_with_places_and_snapped_with_consent() {
    let fill = |snap_m| BuildOptions { gap_free: true, keep_holes: true, snap_m, ..BuildOptions::default() };
    for seed in seeds(15) {
        let spoilt = jittered(&partition::city(8, 5, seed), 12, &mut Dice::new(seed));
        let defects = Coverage::build(&spoilt, &fill(None)).unwrap_err();
        assert!(defects.iter().all(|d| d.at.is_some() && d.area_m2.is_some_and(|a| a > 0.0)), "{defects:#?}");
        let built = Coverage::build(&spoilt, &fill(Some(0.5))).unwrap_or_else(|d| panic!("refused: {d:#?}"));
        sound(&built);
        let (snapped, _) = built.ledger.total(RepairKind::Snapped);
        let farthest = built.ledger.largest_move().unwrap().move_m;
        assert!(snapped > 100 && farthest <= 0.51, "{}", built.ledger);
    }
}

#[test]
fn the_order_of_units_parts_and_points_changes_nothing() {
    for seed in seeds(10) {
        let mut dice = Dice::new(seed);
        let shapes = rewritten(&soup(seed), |ring| notched(ring, &mut dice));
        let mut turned = rewritten(&shapes, |ring| {
            let mut points = ring.points().to_vec();
            let start = dice.int(0, points.len() as i64 - 1) as usize;
            points.rotate_left(start);
            if dice.int(0, 1) == 0 {
                points.reverse();
            }
            points
        });
        turned.sort_by_cached_key(|_| dice.bits());
        for (_, shape) in &mut turned {
            shape.0.sort_by_cached_key(|_| dice.bits());
        }
        let [one, other] = [shapes, turned].map(|s| Coverage::build(&s, &BuildOptions::default()).unwrap());
        assert_eq!(one.coverage, other.coverage);
        assert_eq!(one.ledger.repairs, other.ledger.repairs);
    }
}

/// A few polygons of any points at all: they cross themselves, each other, lie in each other.
fn noise(dice: &mut Dice, step: i32) -> Shapes {
    let count = dice.int(1, 5);
    let mut ring = || {
        let point =
            |dice: &mut Dice| Point::new(dice.int(0, 12) as i32 * step, dice.int(0, 12) as i32 * step);
        let count = dice.int(3, 6);
        Ring::new((0..count).map(|_| point(dice)).collect())
    };
    let rings: Vec<Ring> = (0..count).filter_map(|_| ring()).collect();
    let unit = |i: usize| UnitId::try_from(i as u64 / 2 + 1).unwrap();
    rings.into_iter().enumerate().map(|(i, r)| (unit(i), Shape(vec![Polygon::simple(r)]))).collect()
}

/// How often each unit winds round `p`, counted ring by ring: nothing of faces or edges.
fn windings(shapes: &Shapes, p: Point) -> BTreeMap<UnitId, i32> {
    let mut found = BTreeMap::new();
    for (unit, ring) in shapes.iter().flat_map(|(unit, shape)| shape.rings().map(move |r| (unit, r))) {
        let sign = if ring.is_ccw() { 1 } else { -1 };
        for (a, b) in ring.segments().filter(|(a, b)| (a.y <= p.y) != (b.y <= p.y)) {
            let left = predicate::cross(a, b, p) > 0;
            if (a.y < b.y) == left {
                *found.entry(*unit).or_insert(0) += if a.y < b.y { sign } else { -sign };
            }
        }
    }
    found.retain(|_, w| *w != 0);
    found
}

fn far_from_borders(shapes: &Shapes, p: Point) -> bool {
    let near = |(a, b): (Point, Point)| {
        let (dx, dy) = (f64::from(b.x - a.x), f64::from(b.y - a.y));
        (predicate::cross(a, b, p) as f64).abs() <= 4.0 * dx.hypot(dy)
    };
    shapes.iter().flat_map(|s| s.1.rings()).flat_map(Ring::segments).all(|s| !near(s))
}

fn says(defects: &[Defect], kind: DefectKind, p: Point) -> BTreeSet<Vec<UnitId>> {
    let holds = |d: &&Defect| d.kind == kind && d.shape.as_ref().is_some_and(|s| s.contains(p));
    defects.iter().filter(holds).map(|d| d.units.clone()).collect()
}

#[test]
fn whatever_comes_in_is_built_soundly_or_refused_for_what_is_wrong_there() {
    let (mut probed, mut refused) = (0, 0);
    for seed in seeds(300) {
        let mut dice = Dice::new(seed);
        let shapes = noise(&mut dice, 1000);
        let result = Coverage::build(&shapes, &BuildOptions::default());
        refused += usize::from(result.is_err());
        for _ in 0..100 {
            let p = Point::new(dice.int(0, 12_000) as i32, dice.int(0, 12_000) as i32);
            if !far_from_borders(&shapes, p) {
                continue;
            }
            probed += 1;
            let windings = windings(&shapes, p);
            let units: Vec<UnitId> = windings.keys().copied().collect();
            let wrong: Vec<UnitId> = windings.iter().filter(|w| *w.1 != 1).map(|w| *w.0).collect();
            let expect = |units: Vec<UnitId>, least: usize| -> BTreeSet<Vec<UnitId>> {
                std::iter::once(units).filter(|u| u.len() >= least).collect()
            };
            match &result {
                Ok(built) => {
                    sound(built);
                    let owner = shapes_of(&built.coverage).into_iter().find(|s| s.1.contains(p)).map(|s| s.0);
                    assert_eq!((owner, units.len() < 2), (units.first().copied(), true), "{p:?}");
                }
                Err(defects) => {
                    assert_eq!(says(defects, DefectKind::Overlap, p), expect(units, 2), "{p:?}");
                    assert_eq!(says(defects, DefectKind::SelfCrossing, p), expect(wrong, 1), "{p:?}");
                }
            }
        }
    }
    assert!(probed > 10_000 && refused > 150 && refused < 290, "{probed} probes, {refused} refused");
}

#[test]
fn dense_noise_is_always_arranged() {
    for seed in seeds(300) {
        let mut dice = Dice::new(seed);
        for step in [1, 2, 3, 7] {
            let shapes = noise(&mut dice, step);
            for snap_m in [None, Some(0.02), Some(0.1)] {
                let options = BuildOptions { gap_free: true, snap_m, ..BuildOptions::default() };
                match Coverage::build(&shapes, &options) {
                    Ok(built) => sound(&built),
                    Err(defects) => {
                        assert!(!defects.is_empty() && defects.iter().all(|d| !d.units.is_empty()));
                    }
                }
            }
        }
    }
}
