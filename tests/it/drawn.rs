//! Generalised coverages are coverages, at every zoom and on ground made to break naive thinning.

use crate::planar::breaches;
use crate::town::{source, town};
use wangge::coverage::{ArcRef, Coverage, Face};
use wangge::geom::{Point, Polygon, Ring, Shape};
use wangge::snapshot::drawn::{Zooms, generalise, raise, tolerance};
use wangge::unit::UnitId;

fn ring(points: &[(i32, i32)]) -> Ring {
    Ring::new(points.iter().map(|&(x, y)| Point::new(x, y)).collect()).unwrap()
}

/// Units, each one ring with holes.
fn coverage(units: &[&[&[(i32, i32)]]]) -> Coverage {
    let polygon = |rings: &[&[(i32, i32)]]| Polygon {
        outer: ring(rings[0]),
        holes: rings[1..].iter().map(|hole| ring(hole)).collect(),
    };
    let id = |i: usize| UnitId::try_from(i as u64 + 1).unwrap();
    let shapes: Vec<_> =
        units.iter().enumerate().map(|(i, rings)| (id(i), Shape(vec![polygon(rings)]))).collect();
    Coverage::assemble(&shapes).unwrap()
}

/// Coverages on which thinning each arc by itself goes wrong.
fn traps() -> Vec<(&'static str, Coverage)> {
    let lens = coverage(&[
        &[&[(0, 0), (50, -9), (100, 0), (50, 9)]],
        &[&[(0, 0), (50, 9), (100, 0), (100, 200), (0, 200)]],
        &[&[(0, 0), (0, -200), (100, -200), (100, 0), (50, -9)]],
    ]);
    // A notch in the northern unit hooks around a unit and the nodes between three others.
    let hook = coverage(&[
        &[&[(0, 0), (45, 0), (45, 20), (50, 20), (55, 20), (55, 0), (100, 0), (100, 100), (0, 100)]],
        &[&[
            (0, -100),
            (50, -100),
            (50, 10),
            (46, 10),
            (46, 19),
            (50, 19),
            (50, 20),
            (45, 20),
            (45, 0),
            (0, 0),
        ]],
        &[&[
            (50, -100),
            (100, -100),
            (100, 0),
            (55, 0),
            (55, 20),
            (50, 20),
            (50, 19),
            (54, 19),
            (54, 10),
            (50, 10),
        ]],
        &[&[(46, 10), (50, 10), (54, 10), (54, 19), (50, 19), (46, 19)]],
    ]);
    let island = coverage(&[
        &[&[(0, 0), (100, 0), (100, 60), (55, 60), (52, 40), (48, 40), (45, 60), (0, 60)]],
        &[&[(49, 50), (51, 50), (50, 55)]],
    ]);
    // Two arcs that join the same two nodes, and become one when each goes straight.
    let twins = coverage(&[
        &[&[(0, 0), (30, 8), (70, 7), (100, 0), (60, 20), (40, 21)]],
        &[&[(0, 0), (40, 21), (60, 20), (100, 0), (100, 100), (0, 100)]],
        &[&[(0, 0), (0, -100), (100, -100), (100, 0), (70, 7), (30, 8)]],
    ]);
    // A lake whose arc has no node, in a headland.
    let lake = coverage(&[
        &[
            &[(0, 0), (100, 0), (100, 100), (60, 100), (58, 110), (50, 115), (42, 110), (40, 100), (0, 100)],
            &[(46, 106), (50, 111), (54, 106)],
        ],
        &[&[(46, 106), (54, 106), (50, 111)]],
    ]);
    vec![("lens", lens), ("hook", hook), ("island in a bay", island), ("twin arcs", twins), ("lake", lake)]
}

/// Douglas–Peucker of one arc, its ends pinned: the naive way.
pub fn naive(arc: &ArcRef<'_>, reach: f64) -> Vec<Point> {
    fn keep(points: &[Point], reach: f64, out: &mut Vec<Point>) {
        let (a, b) = (points[0], points[points.len() - 1]);
        let away = |p: &Point| {
            let (dx, dy) = (f64::from(b.x - a.x), f64::from(b.y - a.y));
            let (px, py) = (f64::from(p.x - a.x), f64::from(p.y - a.y));
            let length = dx.hypot(dy);
            if length > 0.0 { (dx * py - dy * px).abs() / length } else { px.hypot(py) }
        };
        let far = (1..points.len() - 1).max_by(|&i, &j| away(&points[i]).total_cmp(&away(&points[j])));
        if let Some(i) = far.filter(|&i| away(&points[i]) > reach) {
            keep(&points[..=i], reach, out);
            keep(&points[i..], reach, out);
        } else {
            out.push(b);
        }
    }
    let mut out = vec![arc.points[0]];
    keep(&arc.points, reach, &mut out);
    if arc.is_closed() && out.len() < 4 { arc.points.to_vec() } else { out }
}

#[test]
fn thinning_each_arc_by_itself_breaks_every_trap_and_the_check_sees_it() {
    for (name, trap) in traps() {
        assert_eq!(breaches(&trap), Vec::<String>::new(), "{name} itself is sound");
        let broken = [5.0, 8.0, 12.0, 25.0]
            .iter()
            .any(|&reach| !breaches(&trap.redrawn(|arc| naive(&arc, reach))).is_empty());
        assert!(broken, "{name} does not break the naive way");
    }
}

#[test]
fn no_trap_breaks_the_partition_at_any_tolerance() {
    for (name, trap) in traps() {
        for tolerance in (0..2000).step_by(7).chain([1 << 20, u64::MAX]) {
            let thin = generalise(&trap, tolerance);
            assert_eq!(breaches(&thin), Vec::<String>::new(), "{name} at {tolerance}");
        }
        let least = generalise(&trap, u64::MAX);
        assert!(least.segment_count() < trap.segment_count(), "{name} was thinned at all");
    }
}

#[test]
fn a_straight_border_loses_all_its_inner_points() {
    let quarter = |x: i32, y: i32| {
        [(0, 0), (5, 0), (10, 0), (10, 4), (10, 10), (0, 10), (0, 3)].map(|(dx, dy)| (x * dx, y * dy))
    };
    let quarters = [quarter(1, 1), quarter(-1, 1), quarter(-1, -1), quarter(1, -1)];
    let thin =
        generalise(&coverage(&[&[&quarters[0]], &[&quarters[1]], &[&quarters[2]], &[&quarters[3]]]), 0);
    let inner = |arc: &ArcRef<'_>| arc.left != Face::OUTSIDE && arc.right != Face::OUTSIDE;
    assert!(thin.arcs().filter(inner).all(|arc| arc.points.len() == 2));
    assert_eq!(thin.segment_count(), 4 + 8);
}

#[test]
fn the_numbers_of_arcs_and_units_do_not_matter() {
    let town = town(12, 9, 3);
    let mut shapes = source(12, 9, 3).shapes;
    let last = shapes.len() as u64;
    for (id, _) in &mut shapes {
        *id = UnitId::try_from(last + 1000 - id.get()).unwrap();
    }
    let segments = |c: &Coverage| {
        let mut all: Vec<(Point, Point)> = c
            .arcs()
            .flat_map(|a| a.segments().map(|(p, q)| (p.min(q), p.max(q))).collect::<Vec<_>>())
            .collect();
        all.sort_unstable();
        all
    };
    let renamed = Coverage::assemble(&shapes).unwrap();
    let at = tolerance(11, 64.0);
    assert_eq!(segments(&generalise(&town.coverage, at)), segments(&generalise(&renamed, at)));
}

#[test]
fn a_town_is_a_partition_at_every_zoom_and_level() {
    let town = town(40, 13, 20_261_123);
    let mut kept = Vec::new();
    for zoom in 4..=16 {
        let shown = Zooms::default().shown(&town.layer, zoom);
        let lowest = town.level_coverage(*shown.last().unwrap());
        let thin = generalise(lowest, Zooms::default().tolerance(&town.layer, *shown.last().unwrap(), zoom));
        assert_eq!(breaches(&thin), Vec::<String>::new(), "zoom {zoom}");
        for &level in &shown {
            assert_eq!(
                breaches(&raise(&thin, &town.units, level)),
                Vec::<String>::new(),
                "zoom {zoom} {level:?}"
            );
        }
        kept.push((zoom, lowest.segment_count(), thin.segment_count()));
    }
    println!("zoom, segments before, after: {kept:?}");
    assert!(kept.iter().all(|k| k.2 < k.1 || k.0 > 12), "the coarse zooms were thinned: {kept:?}");
}

#[test]
fn every_label_stands_inside_its_unit_and_on_no_border() {
    let town = town(40, 9, 7);
    let labels = town.labels();
    for level in 0..town.layer.levels.len() {
        let level = wangge::unit::Level(level as u8);
        let coverage = town.level_coverage(level);
        let mut count = 0;
        for label in labels.of_level(&town, level) {
            let shape = coverage.shape(coverage.face(label.unit).unwrap());
            let p = label.point;
            // Strictly inside: the four lattice corners around it are all owned too.
            for (dx, dy) in [(0, 0), (-1, -1), (1, -1), (-1, 1), (1, 1)] {
                assert!(shape.contains(Point::new(p.x + dx, p.y + dy)), "{label:?}");
            }
            count += 1;
        }
        assert_eq!(count, coverage.units().len(), "{level:?}");
    }
}
