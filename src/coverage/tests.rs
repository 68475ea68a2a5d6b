//! Coverages small enough for squared paper.

use super::*;
use crate::geom::{Polygon, Ring};

fn id(n: u64) -> UnitId {
    UnitId::try_from(n).unwrap()
}

fn ring(points: &[(i32, i32)]) -> Ring {
    Ring::new(points.iter().map(|&(x, y)| Point::new(x, y)).collect()).unwrap()
}

fn square(x: i32, y: i32, side: i32) -> Ring {
    ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
}

fn plain(outer: Ring) -> Shape {
    Shape(vec![Polygon::simple(outer)])
}

fn polygon(outer: Ring, holes: Vec<Ring>) -> Shape {
    Shape(vec![Polygon { outer, holes }])
}

/// Assembles, and checks what holds for every coverage: shapes come back, and areas sum to the whole.
fn coverage(shapes: &[(UnitId, Shape)]) -> Coverage {
    let built = Coverage::assemble(shapes).unwrap();
    let mut reversed = shapes.to_vec();
    reversed.reverse();
    assert_eq!(Coverage::assemble(&reversed).unwrap(), built, "the order of units must not matter");
    assert_eq!(check_invariants(&built), Ok(()));
    for (unit, shape) in shapes {
        assert_eq!(built.shape(built.face(*unit).unwrap()), shape.canonical(), "{unit}");
    }
    built
}

#[test]
fn two_neighbours_share_one_arc() {
    let built = coverage(&[(id(7), plain(square(0, 0, 4))), (id(3), plain(square(4, 0, 4)))]);
    assert_eq!(built.units(), [id(3), id(7)]);
    let arcs: Vec<_> = built.arcs().map(|a| (a.points.len(), a.left, a.right)).collect();
    assert_eq!(arcs.len(), 3);
    let shared = built.arcs().find(|a| a.left != Face::OUTSIDE && a.right != Face::OUTSIDE).unwrap();
    assert_eq!(*shared.points, [Point::new(4, 0), Point::new(4, 4)]);
    assert_eq!((built.unit(shared.left), built.unit(shared.right)), (Some(id(7)), Some(id(3))));
}

#[test]
fn an_island_is_a_hole_of_its_surroundings() {
    let lake = polygon(square(0, 0, 10), vec![square(2, 2, 4).reversed()]);
    let built = coverage(&[(id(1), lake), (id(2), plain(square(2, 2, 4)))]);
    assert_eq!(built.arcs().len(), 2);
    assert!(built.arcs().all(|a| a.is_closed()));
    assert_eq!(built.patches(Face(1))[0].holes.len(), 1);
}

#[test]
fn an_enclave_that_touches_the_outer_ring_stays_a_hole() {
    let enclave = ring(&[(0, 5), (3, 3), (3, 7)]);
    let around = polygon(ring(&[(0, 0), (10, 0), (10, 10), (0, 10), (0, 5)]), vec![enclave.reversed()]);
    let built = coverage(&[(id(1), around), (id(2), plain(enclave))]);
    let patch = &built.patches(Face(1))[0];
    assert_eq!((built.patches(Face(1)).len(), patch.holes.len()), (1, 1));
}

#[test]
fn a_pinched_unit_has_two_parts() {
    let two = Shape(vec![Polygon::simple(square(0, 0, 4)), Polygon::simple(square(4, 4, 4))]);
    let built = coverage(&[(id(1), two), (id(2), plain(square(4, 0, 4)))]);
    assert_eq!(built.patches(Face(1)).len(), 2);
}

#[test]
fn holes_go_to_the_part_that_is_around_them() {
    let parts = |x| Polygon { outer: square(x, 0, 10), holes: vec![square(x + 2, 2, 2).reversed()] };
    let built = coverage(&[(id(1), Shape(vec![parts(0), parts(20)]))]);
    assert!(built.patches(Face(1)).iter().all(|p| p.holes.len() == 1));
}

#[test]
fn a_node_of_degree_forty_keeps_all_its_wedges() {
    let rim: Vec<(i32, i32)> = (0..40)
        .map(|i| {
            let turn = std::f64::consts::TAU * f64::from(i) / 40.0;
            ((1000.0 * turn.cos()) as i32, (1000.0 * turn.sin()) as i32)
        })
        .collect();
    let wedge = |i: usize| plain(ring(&[(0, 0), rim[i], rim[(i + 1) % 40]]));
    let shapes: Vec<_> = (0..40).map(|i| (id(i as u64 + 1), wedge(i))).collect();
    assert_eq!(coverage(&shapes).arcs().len(), 80);
}

#[test]
fn two_units_on_one_side_of_a_segment_are_refused_with_its_place() {
    let defects = Coverage::assemble(&[(id(1), plain(square(0, 0, 4))), (id(2), plain(square(0, 0, 4)))]);
    let defects = defects.unwrap_err();
    assert_eq!(defects.len(), 4);
    assert_eq!((defects[0].kind, defects[0].at), (DefectKind::Overlap, Some(Point::new(0, 0))));
}

#[test]
fn dissolving_heals_the_nodes_between_children() {
    let shapes: Vec<_> =
        (0..4).map(|i| (id(i as u64 + 1), plain(square(4 * (i % 2), 4 * (i / 2), 4)))).collect();
    let built = coverage(&shapes);
    let halves = built.dissolve(|u| UnitId::try_from(10 + u.get() % 2).ok());
    assert_eq!(halves.units(), [id(10), id(11)]);
    assert_eq!(halves.arcs().len(), 3);
    let one = built.dissolve(|_| Some(id(9)));
    assert_eq!(one.shape(Face(1)).twice_area(), 2 * 64);
    assert_eq!(one.arcs().len(), 1);
    assert_eq!(built.dissolve(|_| None).arcs().len(), 0);
}

#[test]
fn a_coverage_is_its_segments_and_what_lies_beside_them() {
    let lake = Polygon { outer: square(0, 0, 10), holes: vec![square(3, 3, 2).reversed()] };
    let shapes =
        [(id(1), Shape(vec![lake])), (id(2), plain(square(10, 0, 10))), (id(3), plain(square(3, 3, 2)))];
    let built = coverage(&shapes);
    let sided = built.arcs().flat_map(|arc| {
        let sides = (built.unit(arc.left), built.unit(arc.right));
        let turned = (sides.1, sides.0);
        let ways = arc.segments().map(|(p, q)| if p.x % 2 == 0 { ((p, q), sides) } else { ((q, p), turned) });
        ways.collect::<Vec<_>>()
    });
    assert_eq!(Coverage::from_sides(sided), built);
    let same = [((Point::new(0, 0), Point::new(1, 0)), (Some(id(1)), Some(id(1))))];
    assert_eq!(Coverage::from_sides(same).arcs().len(), 0, "no border has one unit on both sides");
}

#[test]
fn the_faces_beside_segments_are_told_apart_by_what_parts_them() {
    let segments = |ring: Ring| ring.segments().collect::<Vec<_>>();
    let (outer, island) = (segments(square(0, 0, 10)), segments(square(4, 4, 2)));
    let loose = [(Point::new(1, 1), Point::new(2, 2))];
    let all: Vec<(Point, Point)> = outer.iter().chain(&island).chain(&loose).copied().collect();
    let faces = faces_beside(&all);
    let (land, lake) = (faces[0][0], faces[4][0]);
    assert!(faces[..4].iter().all(|&f| f == [land, 0]), "{faces:?}");
    assert!(faces[4..8].iter().all(|&f| f == [lake, land]), "{faces:?}");
    assert_eq!(faces[8], [land, land], "a loose end parts nothing");
    assert!(land != lake && lake != 0);
}
