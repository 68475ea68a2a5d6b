//! T-junctions: a vertex that one neighbour has and the other lacks.
//!
//! Only edges that do not fit are looked at: with a unit on one side and none, or another, where the
//! neighbour should be. Into such an edge go the ends of other units' edges that do not fit either and
//! lie within reach. What fits is left alone, however near something passes.

use super::edges::Edges;
use super::ledger::RepairKind;
use super::reach::{Reach, along};
use super::repairs::Repairs;
use crate::coverage::arcs::Face;
use crate::coverage::near;
use crate::geom::{Bbox, Point, predicate};

/// Puts vertices into the edges of others that pass within reach.
///
/// A vertex goes in only if the triangle of it and the edge holds no other vertex, so that the edge sweeps
/// over nothing. Whatever stays out is left to what follows: nothing here is needed for correctness.
pub(super) fn inserted(edges: Edges, reach: Reach, repairs: &mut Repairs) -> Edges {
    let misfits: Vec<usize> = (0..edges.len()).filter(|&i| !edges.fits(i)).collect();
    let near = candidates(&edges, &misfits, reach);
    if near.is_empty() {
        return edges;
    }
    let hosts: Vec<usize> = near.chunk_by(|s, t| s.0 == t.0).map(|g| g[0].0).collect();
    let blockers = within(&edges, &hosts, &edges.vertices(), reach);
    let mut chains = Vec::new();
    for group in near.chunk_by(|s, t| s.0 == t.0) {
        let edge = group[0].0;
        let from = blockers.partition_point(|b| b.0 < edge);
        let to = blockers.partition_point(|b| b.0 <= edge);
        let points = group.iter().map(|g| g.1).collect();
        let chain = chain(edges.ends(edge), points, &blockers[from..to]);
        if chain.len() > 2 {
            chains.push((edge, chain));
        }
    }
    repairs.chains(RepairKind::Inserted, &edges, &chains);
    edges.rerouted(&chains)
}

/// The pairs of a misfit edge and an end of another unit's misfit edge within reach, by edge and point.
fn candidates(edges: &Edges, misfits: &[usize], reach: Reach) -> Vec<(usize, Point)> {
    let faces = |i: usize| edges.claims(i).iter().map(|c| c.face);
    let mut ends: Vec<(Point, Face)> = misfits
        .iter()
        .flat_map(|&i| faces(i).flat_map(move |f| [(edges.ends(i).0, f), (edges.ends(i).1, f)]))
        .collect();
    ends.sort_unstable();
    ends.dedup();
    let points: Vec<Point> = ends.chunk_by(|s, t| s.0 == t.0).map(|g| g[0].0).collect();
    let mut near = within(edges, misfits, &points, reach);
    near.retain(|&(edge, p)| {
        let units = &ends[ends.partition_point(|e| e.0 < p)..ends.partition_point(|e| e.0 <= p)];
        units.iter().any(|&(_, unit)| faces(edge).all(|f| f != unit))
    });
    near
}

/// The pairs of an edge and a point, no end of it, within its reach, by edge and point.
fn within(edges: &Edges, of: &[usize], points: &[Point], reach: Reach) -> Vec<(usize, Point)> {
    let place = |i: &usize| edges.ends(*i);
    let boxes: Vec<Bbox> = of.iter().map(place).map(|(a, b)| reach.around(Bbox::between(a, b))).collect();
    let dots: Vec<Bbox> = points.iter().map(|&p| Bbox::between(p, p)).collect();
    let mut near = near::pairs_between(&boxes, &dots, |i, k| {
        let (edge, p) = (of[i as usize], points[k as usize]);
        let (a, b) = edges.ends(edge);
        (p != a && p != b && reach.touches(p, a, b)).then_some((edge, p))
    });
    near.sort_unstable();
    near
}

/// The edge `a b` with as many of the points in it as may go in, in their order along it. All are within
/// reach of the edge, if not of what it becomes.
fn chain((a, b): (Point, Point), mut points: Vec<Point>, near: &[(usize, Point)]) -> Vec<Point> {
    points.sort_by_key(|&p| (along(a, b, p), p));
    let mut chain = vec![a, b];
    loop {
        let before = chain.len();
        points.retain(|&p| {
            let place = chain.partition_point(|&q| along(a, b, q) < along(a, b, p));
            let Some(&[s, t]) = place.checked_sub(1).and_then(|i| chain.get(i..=place)) else { return true };
            let fits = may_enter(p, (s, t), near);
            if fits {
                chain.insert(place, p);
            }
            !fits
        });
        if chain.len() == before {
            return chain;
        }
    }
}

/// Whether `p` stands beside the inside of `s t` with nothing between them.
fn may_enter(p: Point, (s, t): (Point, Point), near: &[(usize, Point)]) -> bool {
    let beside = along(s, t, p) > 0 && along(t, s, p) > 0;
    let between = |q: Point| q != s && q != t && q != p && predicate::in_triangle(q, s, p, t);
    beside && (predicate::cross(s, t, p) == 0 || !near.iter().any(|&(_, q)| between(q)))
}
