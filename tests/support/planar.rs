//! The second opinion on drawings: are these arcs still a partition? Nothing of the thinning is used.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::cmp::Ordering;
use wangge::coverage::{Coverage, Face};
use wangge::geom::{Bbox, Point, Polygon, Shape};
use wangge::snapshot::drawn::label_point;

/// All breaches of a coverage whose arcs were redrawn: segments that cross, touch or lie on each other,
/// faces that shrank to nothing or lie in another, and shapes that no longer assemble to the same arcs.
pub fn breaches(coverage: &Coverage) -> Vec<String> {
    let mut found = crossings(coverage);
    for face in coverage.faces() {
        if coverage.shape(face).twice_area() <= 0 {
            found.push(format!("{face:?} has no area"));
        }
    }
    let shapes: Vec<_> =
        coverage.faces().map(|face| (coverage.unit(face).unwrap(), coverage.shape(face))).collect();
    match Coverage::assemble(&shapes) {
        Ok(again) if sides(&again) == sides(coverage) => {}
        Ok(_) => found.push("the shapes assemble to other borders".into()),
        Err(defects) => found.push(format!("the shapes do not assemble: {}", defects[0])),
    }
    found.extend(overlaps(coverage));
    found
}

/// Parts of a face that lie in another face, holes that lie outside their ring: with no crossing at all,
/// an island may still have slipped out of its bay.
fn overlaps(coverage: &Coverage) -> Vec<String> {
    let shapes: Vec<(Face, Shape)> = coverage.faces().map(|face| (face, coverage.shape(face))).collect();
    let boxes: Vec<Option<Bbox>> = shapes.iter().map(|(_, shape)| shape.bbox()).collect();
    let mut found = Vec::new();
    for (face, shape) in &shapes {
        for part in shape.polygons() {
            let p = label_point(&Shape(vec![part.clone()])).unwrap();
            let near = shapes.iter().zip(&boxes).filter(|(_, around)| around.is_some_and(|b| b.contains(p)));
            let holders: Vec<Face> = near.filter(|((_, s), _)| s.contains(p)).map(|((f, _), _)| *f).collect();
            if holders != [*face] {
                found.push(format!("{p:?} of {face:?} is held by {holders:?}"));
            }
            for hole in &part.holes {
                let inside = label_point(&Shape(vec![Polygon::simple(hole.reversed())])).unwrap();
                if !part.outer.contains(inside) {
                    found.push(format!("the hole of {face:?} at {inside:?} lies outside it"));
                }
            }
        }
    }
    found
}

/// All segments with what lies left and right of them, whatever way their arcs run.
fn sides(coverage: &Coverage) -> Vec<(Point, Point, Face, Face)> {
    let side = |(p, q): (Point, Point), left: Face, right: Face| {
        if p < q { (p, q, left, right) } else { (q, p, right, left) }
    };
    let mut all: Vec<_> = coverage
        .arcs()
        .flat_map(|arc| arc.segments().map(|s| side(s, arc.left, arc.right)).collect::<Vec<_>>())
        .collect();
    all.sort_unstable();
    all
}

/// Pairs of segments that have more in common than one end.
fn crossings(coverage: &Coverage) -> Vec<String> {
    let segments: Vec<(Point, Point)> = coverage
        .arcs()
        .flat_map(|arc| arc.points.windows(2).map(|w| (w[0], w[1])).collect::<Vec<_>>())
        .collect();
    let corner = |p: Point| [p.x, p.y];
    let boxes = segments
        .iter()
        .enumerate()
        .map(|(i, &(a, b))| GeomWithData::new(Rectangle::from_corners(corner(a), corner(b)), i));
    let tree = RTree::bulk_load(boxes.collect());
    let mut found = Vec::new();
    for (i, &(a, b)) in segments.iter().enumerate() {
        let around = AABB::from_corners(corner(a), corner(b));
        for other in tree.locate_in_envelope_intersecting(&around).filter(|other| other.data < i) {
            let (c, d) = segments[other.data];
            if meet(a, b, c, d) {
                found.push(format!("{a:?}–{b:?} meets {c:?}–{d:?}"));
            }
        }
    }
    found
}

/// Whether two segments share a point that is not an end of both.
fn meet(a: Point, b: Point, c: Point, d: Point) -> bool {
    let inner = |p, q, r| on(p, q, r) && p != q && p != r;
    let same = (a == c && b == d) || (a == d && b == c);
    let opposite = |s: Ordering, t: Ordering| s != Ordering::Equal && t == s.reverse();
    let across = opposite(turn(a, b, c), turn(a, b, d)) && opposite(turn(c, d, a), turn(c, d, b));
    same || across || inner(a, c, d) || inner(b, c, d) || inner(c, a, b) || inner(d, a, b)
}

fn turn(a: Point, b: Point, c: Point) -> Ordering {
    let wide = i128::from;
    let left = (wide(b.x) - wide(a.x)) * (wide(c.y) - wide(a.y));
    left.cmp(&((wide(b.y) - wide(a.y)) * (wide(c.x) - wide(a.x))))
}

fn on(p: Point, a: Point, b: Point) -> bool {
    turn(a, b, p) == Ordering::Equal
        && (a.x.min(b.x)..=a.x.max(b.x)).contains(&p.x)
        && (a.y.min(b.y)..=a.y.max(b.y)).contains(&p.y)
}
