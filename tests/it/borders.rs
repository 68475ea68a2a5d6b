//! What lies around a point: distances against the geodesic, shares against areas known otherwise.

use crate::dice::Dice;
use crate::partition;
use crate::probes::{Kind, Probes};
use geographiclib_rs::{Geodesic, InverseGeodesic};
use std::f64::consts::PI;
use wangge::coverage::{Borders, Coverage, Face, Index};
use wangge::geom::metric::{FLATTENING, Metric, SEMI_MAJOR_M};
use wangge::geom::{Point, Polygon, Ring, Shape};
use wangge::unit::UnitId;

fn geodesic_m(p: Point, (lon, lat): (f64, f64)) -> f64 {
    Geodesic::new(SEMI_MAJOR_M, FLATTENING).inverse(p.lat(), p.lon(), lat, lon)
}

/// How far from a position the nearest border is, by geodesics to every metre of every segment near it.
fn sampled_m(coverage: &Coverage, p: Point, within_m: f64) -> f64 {
    let metric = Metric::at(p);
    let mut nearest = f64::INFINITY;
    for arc in coverage.arcs() {
        for (a, b) in arc.segments() {
            if metric.distance_to_segment(p, a, b) > within_m * 1.01 {
                continue;
            }
            let (east, north) = metric.vector(a, b);
            let steps = east.hypot(north).ceil().max(1.0);
            for step in 0..=steps as u32 {
                let t = f64::from(step) / steps;
                let at = (a.lon() + t * (b.lon() - a.lon()), a.lat() + t * (b.lat() - a.lat()));
                nearest = nearest.min(geodesic_m(p, at));
            }
        }
    }
    nearest
}

fn square(id: u64, x: i32, y: i32, side: i32) -> (UnitId, Shape) {
    let at = |dx: i32, dy: i32| Point::new(x + dx * side, y + dy * side);
    let ring = Ring::new(vec![at(0, 0), at(1, 0), at(1, 1), at(0, 1)]).unwrap();
    (UnitId::try_from(id).unwrap(), Shape(vec![Polygon::simple(ring)]))
}

#[test]
fn the_distance_to_a_border_is_that_of_the_geodesic() {
    let coverage = Coverage::assemble(&partition::city(30, 8, 11)).unwrap();
    let borders = Borders::build(&coverage);
    let mut probes = Probes::new(&coverage, 11);
    let (mut seen, mut farthest, mut worst) = (0, 0.0f64, 0.0f64);
    for p in [Kind::Uniform, Kind::Clustered].iter().flat_map(|&k| probes.take(k, 60)) {
        let border = borders.nearest(&coverage, p).unwrap();
        if border.distance_m > 5000.0 {
            continue;
        }
        let allowed = (border.distance_m * 1e-4).max(1e-3);
        let to_foot = geodesic_m(p, border.foot);
        assert!((border.distance_m - to_foot).abs() <= allowed, "{p:?}: {border:?}, geodesic {to_foot}");
        // A metre between samples: at most half a metre beside the foot.
        let sampled = sampled_m(&coverage, p, border.distance_m);
        let coarse = border.distance_m.hypot(0.5) - border.distance_m;
        assert!(sampled >= border.distance_m - allowed, "{p:?}: a border at {sampled} is nearer");
        assert!(sampled <= border.distance_m + allowed + coarse, "{p:?}: {sampled} {border:?}");
        worst = worst.max((border.distance_m - to_foot).abs() / allowed);
        farthest = farthest.max(border.distance_m);
        seen += 1;
    }
    println!("{seen} points up to {farthest:.0} m, worst error {worst:.4} of what is allowed");
    assert!(seen > 80 && farthest > 2000.0);
}

#[test]
fn five_kilometres_are_within_a_ten_thousandth_up_to_sixty_degrees() {
    for lat in [-60, -45, 0, 25, 45, 60] {
        let corner = Point::new(1_100_000_000, lat * 10_000_000);
        let coverage = Coverage::assemble(&[square(1, corner.x, corner.y, 400_000)]).unwrap();
        let borders = Borders::build(&coverage);
        for (dx, dy) in [(-300_000, -300_000), (-450_000, 100_000), (200_000, -440_000), (-400_000, -200_000)]
        {
            let p = Point::new(corner.x + dx, corner.y + dy);
            let border = borders.nearest(&coverage, p).unwrap();
            let geodesic = geodesic_m(p, border.foot);
            assert!((border.distance_m - geodesic).abs() <= 1e-4 * geodesic, "{lat} {border:?} {geodesic}");
        }
    }
}

#[test]
fn a_point_on_a_border_is_at_distance_zero_and_says_so() {
    let coverage = Coverage::assemble(&partition::city(20, 6, 5)).unwrap();
    let borders = Borders::build(&coverage);
    let mut on = 0;
    for p in Probes::new(&coverage, 5).take(Kind::Segment, 2000) {
        let border = borders.nearest(&coverage, p).unwrap();
        assert_eq!(border.on_border, border.distance_m == 0.0, "{p:?} {border:?}");
        on += usize::from(border.on_border);
    }
    for p in Probes::new(&coverage, 5).take(Kind::Vertex, 500) {
        assert!(borders.nearest(&coverage, p).unwrap().on_border, "{p:?}");
    }
    assert!(on > 1000, "{on}");
}

#[test]
fn the_nearest_unit_is_found_across_a_gap_within_the_limit() {
    let shapes = [square(1, 0, 0, 100), square(2, 300, 0, 100)];
    let coverage = Coverage::assemble(&shapes).unwrap();
    let borders = Borders::build(&coverage);
    let metric = Metric::at_latitude(0.0);
    let (face, metres) = borders.nearest_unit(&coverage, Point::new(180, 50), 10.0).unwrap();
    assert_eq!(face, Face(1));
    assert!((metres - 80.0 * metric.east_m).abs() < 1e-6, "{metres}");
    let (face, _) = borders.nearest_unit(&coverage, Point::new(220, 50), 10.0).unwrap();
    assert_eq!(face, Face(2));
    assert_eq!(borders.nearest_unit(&coverage, Point::new(200, 50), 1.0), None);
    let (face, metres) = borders.nearest_unit(&coverage, Point::new(400, 50), 1.0).unwrap();
    assert_eq!((face, metres), (Face(2), 0.0));
    let empty = Coverage::assemble(&[]).unwrap();
    assert_eq!(Borders::build(&empty).nearest(&empty, Point::new(0, 0)), None);
}

#[test]
fn the_nearest_border_of_a_face_is_one_of_its_own() {
    let coverage = Coverage::assemble(&partition::city(12, 4, 3)).unwrap();
    let borders = Borders::build(&coverage);
    let index = Index::build(&coverage);
    let mut probes = Probes::new(&coverage, 3);
    for p in probes.take(Kind::Uniform, 500) {
        let owner = index.owner(p);
        let Some(own) = Borders::nearest_of(&coverage, owner, p) else { continue };
        assert!(own.across(owner).is_some());
        // Whoever owns the point has the nearest border of all.
        assert!((borders.nearest(&coverage, p).unwrap().distance_m - own.distance_m).abs() < 1e-9, "{p:?}");
        let other = Face(owner.0 % coverage.units().len() as u32 + 1);
        assert!(Borders::nearest_of(&coverage, other, p).unwrap().distance_m >= own.distance_m);
    }
    assert_eq!(Borders::nearest_of(&coverage, Face::OUTSIDE, Point::new(0, 0)), None);
}

/// The share of a disc of radius 1 beyond a line at distance `d` from its middle.
fn beyond(d: f64) -> f64 {
    (d.acos() - d * (1.0 - d * d).sqrt()) / PI
}

#[test]
fn the_disc_is_shared_as_the_closed_formulas_say() {
    let (x, y) = (1_100_000_000, 250_000_000);
    let shapes =
        [square(1, x, y, 100_000), square(2, x + 100_000, y, 100_000), square(3, x, y + 100_000, 100_000)];
    let coverage = Coverage::assemble(&shapes).unwrap();
    let (borders, index) = (Borders::build(&coverage), Index::build(&coverage));
    let share = |p: Point, radius: f64, face: u32| {
        let shares = borders.shares(&coverage, p, radius, index.owner(p));
        assert!((shares.iter().map(|s| s.1).sum::<f64>() - 1.0).abs() < 1e-9, "{shares:?}");
        shares.iter().find(|s| s.0 == Face(face)).map_or(0.0, |s| s.1)
    };
    let node = Point::new(x + 100_000, y + 100_000);
    for face in 0..4 {
        assert!((share(node, 100.0, face) - 0.25).abs() < 1e-12, "{face}");
    }
    let beside = Point::new(x + 99_000, y + 50_000);
    let d = 1000.0 * Metric::at(beside).east_m / 50.0;
    assert!((share(beside, 50.0, 2) - beyond(d)).abs() < 1e-12);
    assert!((share(beside, 50.0, 1) - (1.0 - beyond(d))).abs() < 1e-12);
    // The circle touches the border, just misses it, has no radius.
    let touching = 1000.0 * Metric::at(beside).east_m;
    assert!((share(beside, touching, 1) - 1.0).abs() < 1e-9);
    assert!((share(beside, touching * 0.999, 1) - 1.0).abs() < 1e-12);
    assert!((share(beside, 0.0, 1) - 1.0).abs() < 1e-12);
    assert!((share(Point::new(x - 50_000, y - 50_000), 10.0, 0) - 1.0).abs() < 1e-12);
}

#[test]
fn an_island_in_the_disc_has_its_own_area_and_the_lake_the_rest() {
    let (x, y) = (1_100_000_000, 250_000_000);
    let (_, inner) = square(9, x + 40_000, y + 40_000, 2_000);
    let hole = inner.polygons()[0].outer.reversed();
    let (lake_id, lake) = square(1, x, y, 100_000);
    let lake = Shape(vec![Polygon { outer: lake.polygons()[0].outer.clone(), holes: vec![hole] }]);
    let island = UnitId::try_from(9).unwrap();
    let coverage = Coverage::assemble(&[(lake_id, lake), (island, inner)]).unwrap();
    let borders = Borders::build(&coverage);
    let p = Point::new(x + 39_000, y + 41_000);
    let metric = Metric::at(p);
    let expected = 2000.0 * metric.east_m * 2000.0 * metric.north_m / (PI * 200.0 * 200.0);
    let shares = borders.shares(&coverage, p, 200.0, Face(1));
    assert_eq!((shares.len(), shares[0].0, shares[1].0), (2, Face(1), Face(2)));
    assert!((shares[1].1 - expected).abs() < 1e-12 && (shares[0].1 + shares[1].1 - 1.0).abs() < 1e-12);
}

#[test]
fn a_fine_grid_of_points_counts_the_same_shares() {
    let coverage = Coverage::assemble(&partition::city(60, 8, 2)).unwrap();
    let (borders, index) = (Borders::build(&coverage), Index::build(&coverage));
    let mut dice = Dice::new(2);
    let mut probes = Probes::new(&coverage, 2);
    for p in [Kind::Clustered, Kind::NearBorder, Kind::Vertex].iter().flat_map(|&k| probes.take(k, 12)) {
        let radius = [3.0, 30.0, 300.0, 2000.0][dice.int(0, 3) as usize];
        let shares = borders.shares(&coverage, p, radius, index.owner(p));
        let sum: f64 = shares.iter().map(|s| s.1).sum();
        assert!((sum - 1.0).abs() < 1e-9 && shares.iter().all(|s| s.1 > 0.0), "{shares:?}");
        let counted = counted(&index, p, radius);
        for &(face, share) in &shares {
            let other = counted.iter().filter(|&&f| f == face).count() as f64 / counted.len() as f64;
            assert!((share - other).abs() < 4e-3, "{p:?} {radius} {face:?}: {share} {other}");
        }
    }
}

/// The owners of the points of a grid of 400 × 400 that lie in the disc.
fn counted(index: &Index, p: Point, radius: f64) -> Vec<Face> {
    let metric = Metric::at(p);
    let (rx, ry) = (radius / metric.east_m, radius / metric.north_m);
    let mut owners = Vec::new();
    for i in -200..=200 {
        for j in -200..=200 {
            let (u, v) = (f64::from(i) / 200.0, f64::from(j) / 200.0);
            if u * u + v * v < 1.0 {
                owners.push(index.owner(Point::new(p.x + (u * rx) as i32, p.y + (v * ry) as i32)));
            }
        }
    }
    owners
}
