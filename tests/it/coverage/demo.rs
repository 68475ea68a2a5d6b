//! The demo's land, spoilt as a careless hand would spoil it.

use super::opinion::geos_agrees;
use super::random::rewritten;
use crate::dice::Dice;
use crate::partition::Shapes;
use std::collections::BTreeSet;
use wangge::coverage::{BuildOptions, Coverage, DefectKind, RepairKind, check_invariants};
use wangge::demo::{self, Facts, Options};
use wangge::geom::metric::Metric;
use wangge::geom::{Point, Ring};

fn land() -> Shapes {
    let options = Options { seed: 1, counties: None };
    let city = demo::city(&Facts::guilin().unwrap(), &options, &mut |_| ()).unwrap();
    city.layers.into_iter().find(|l| l.layer.name == "land").unwrap().shapes
}

/// A place up to `metres` from `p`.
fn moved(p: Point, metres: f64, dice: &mut Dice) -> Point {
    let (far, turn) = (metres * dice.unit(), std::f64::consts::TAU * dice.unit());
    let metric = Metric::at(p);
    let (east, north) = (far * turn.cos() / metric.east_m, far * turn.sin() / metric.north_m);
    Point::new(p.x + east as i32, p.y + north as i32)
}

/// Every vertex of every polygon up to 0.2 m off, and `extra` vertices that only one neighbour has.
fn spoilt(land: &Shapes, extra: usize) -> Shapes {
    let mut dice = Dice::new(20);
    let rings = land.iter().flat_map(|s| s.1.rings()).count();
    let mut left = extra;
    rewritten(land, |ring: &Ring| {
        let mut points: Vec<Point> = ring.points().iter().map(|&p| moved(p, 0.2, &mut dice)).collect();
        let chosen = left > 0 && dice.int(0, rings as i64) < 2 * extra as i64;
        if chosen {
            let (a, b) = (points[0], points[1]);
            points.insert(1, moved(Point::new(a.x.midpoint(b.x), a.y.midpoint(b.y)), 0.2, &mut dice));
            left -= 1;
        }
        points
    })
}

#[test]
fn the_demo_jittered_by_20_cm_is_refused_and_snapped_within_50() {
    let land = land();
    let sound = BuildOptions { gap_free: true, ..BuildOptions::default() };
    let built = Coverage::build(&land, &sound).unwrap();
    assert!(built.ledger.is_empty(), "{}", built.ledger);

    let spoilt = spoilt(&land, 500);
    let count = |shapes: &Shapes| shapes.iter().map(|s| s.1.point_count()).sum::<usize>();
    assert_eq!(count(&spoilt), count(&land) + 500);
    let defects = Coverage::build(&spoilt, &sound).unwrap_err();
    let kinds: BTreeSet<DefectKind> = defects.iter().map(|d| d.kind).collect();
    assert!(kinds.contains(&DefectKind::Overlap) && kinds.contains(&DefectKind::Gap), "{kinds:?}");
    assert!(defects.len() > 5000 && defects.iter().all(|d| d.at.is_some() && d.shape.is_some()));

    let snap = BuildOptions { snap_m: Some(0.5), ..sound };
    let snapped =
        Coverage::build(&spoilt, &snap).unwrap_or_else(|d| panic!("{} left: {:?}", d.len(), &d[..3]));
    println!("{} defects; snapped:\n{}", defects.len(), snapped.ledger);
    assert_eq!(check_invariants(&snapped.coverage), Ok(()));
    assert!(snapped.ledger.total(RepairKind::Snapped).0 > 100_000);
    assert!(snapped.ledger.largest_move().unwrap().move_m <= 0.5);
    assert_eq!(snapped.coverage.units(), built.coverage.units());
    geos_agrees(&snapped);
}
