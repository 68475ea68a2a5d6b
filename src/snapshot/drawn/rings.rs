//! Rings on the world grid, made sound again after rounding or cutting.
//!
//! Rounding can bring two vertices of a face together or lay one run of its border on another, and
//! cutting at a box lays runs along its sides. Both are undone here without moving a vertex: edges that
//! run against each other cancel, and what is left is traced into rings that meet each dot once. Neither
//! changes which ground is inside, so neighbours still match edge for edge.

use super::world::{Dot, twice_area};
use crate::geom::predicate::cmp_angle;
use std::collections::HashMap;

/// A polygon on the world grid: its outer ring, clockwise on the screen, then its holes.
///
/// Each ring has at least three dots, the first not repeated, and an area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DotPolygon {
    /// The outer ring and the holes.
    pub rings: Vec<Vec<Dot>>,
}

type Edge = (Dot, Dot);

/// The polygons that some closed runs of dots bound: the ground has them on its outer runs clockwise on
/// the screen. Empty when nothing of it has an area.
///
/// Parts are ordered by the smallest dot of their outer ring, and each ring begins at its smallest: what comes out
/// depends on the ground alone. Costs a sort of the dots.
pub fn sound(mut runs: Vec<Vec<Dot>>) -> Vec<DotPolygon> {
    for run in &mut runs {
        run.dedup();
        while run.len() > 1 && run.first() == run.last() {
            run.pop();
        }
    }
    runs.retain(|run| run.len() > 1);
    if meets_itself(&runs) {
        runs = trace(&uncancelled(&runs));
    }
    sort_out(runs)
}

fn meets_itself(runs: &[Vec<Dot>]) -> bool {
    let mut dots: Vec<Dot> = runs.iter().flatten().copied().collect();
    dots.sort_unstable();
    dots.windows(2).any(|w| w[0] == w[1]) || runs.iter().any(|run| run.len() < 3)
}

/// The edges of closed runs that no other runs against, sorted.
fn uncancelled(runs: &[Vec<Dot>]) -> Vec<Edge> {
    let edges = runs.iter().flat_map(|run| run.iter().copied().zip(run.iter().copied().cycle().skip(1)));
    let mut edges: Vec<(Dot, Dot, bool)> =
        edges.map(|(p, q)| if p < q { (p, q, true) } else { (q, p, false) }).collect();
    edges.sort_unstable();
    let mut kept = Vec::with_capacity(edges.len());
    for same in edges.chunk_by(|s, t| (s.0, s.1) == (t.0, t.1)) {
        let forward = same.iter().filter(|e| e.2).count();
        let backward = same.len() - forward;
        let edge = if forward > backward { (same[0].0, same[0].1) } else { (same[0].1, same[0].0) };
        kept.extend(std::iter::repeat_n(edge, forward.abs_diff(backward)));
    }
    kept.sort_unstable();
    kept
}

/// Rings that meet each dot once, from edges of which as many leave every dot as reach it.
fn trace(edges: &[Edge]) -> Vec<Vec<Dot>> {
    let mut used = vec![false; edges.len()];
    let mut rings = Vec::new();
    for start in 0..edges.len() {
        if !used[start] {
            let mut path: Vec<Dot> = Vec::new();
            let mut met: HashMap<Dot, usize> = HashMap::new();
            let mut edge = Some(start);
            while let Some(at) = edge {
                used[at] = true;
                met.insert(edges[at].0, path.len());
                path.push(edges[at].0);
                if let Some(&from) = met.get(&edges[at].1) {
                    let ring = path.split_off(from);
                    for dot in &ring {
                        met.remove(dot);
                    }
                    rings.push(ring);
                }
                edge = following(edges, &used, edges[at]);
            }
        }
    }
    rings
}

/// The unused edge that goes on from the end of one, by the tightest turn to the right on the screen:
/// the ground lies there.
fn following(edges: &[Edge], used: &[bool], (from, at): Edge) -> Option<usize> {
    let first = edges.partition_point(|edge| edge.0 < at);
    let open = (first..edges.len()).take_while(|&i| edges[i].0 == at).filter(|&i| !used[i]);
    // The world grid's y grows south, so angles that grow run clockwise on the screen.
    let back = at.to(from);
    open.max_by(|&i, &j| {
        let (u, v) = (at.to(edges[i].1), at.to(edges[j].1));
        let wraps = |w| cmp_angle(w, back).is_ge();
        wraps(v).cmp(&wraps(u)).then_with(|| cmp_angle(u, v))
    })
}

/// Outer rings with the holes that lie in them; rings without an area are left out.
fn sort_out(rings: Vec<Vec<Dot>>) -> Vec<DotPolygon> {
    let (mut outer, mut holes) = (Vec::new(), Vec::new());
    for mut ring in rings.into_iter().filter(|ring| ring.len() > 2) {
        let first = (0..ring.len()).min_by_key(|&i| ring[i]);
        ring.rotate_left(first.expect("a ring has dots"));
        match twice_area(&ring) {
            0 => {}
            area if area > 0 => outer.push((area, ring)),
            _ => holes.push(ring),
        }
    }
    let smallest = |ring: &Vec<Dot>| ring[0];
    outer.sort_by_cached_key(|(_, ring)| smallest(ring));
    holes.sort_by_cached_key(smallest);
    let areas: Vec<i64> = outer.iter().map(|(area, _)| *area).collect();
    let mut polygons: Vec<DotPolygon> =
        outer.into_iter().map(|(_, ring)| DotPolygon { rings: vec![ring] }).collect();
    for hole in holes {
        let around = (0..polygons.len()).filter(|&i| holds(&polygons[i].rings[0], &hole));
        if let Some(i) = around.min_by_key(|&i| areas[i]) {
            polygons[i].rings.push(hole);
        }
    }
    polygons
}

/// Whether a hole lies in an outer ring; decided by a dot that is not on the ring, when there is one.
fn holds(outer: &[Dot], hole: &[Dot]) -> bool {
    hole.iter().find_map(|&dot| place(outer, dot)).unwrap_or(false)
}

/// Whether a dot is inside a ring; `None` on it.
fn place(ring: &[Dot], dot: Dot) -> Option<bool> {
    let mut inside = false;
    for (p, q) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let ((px, py), (qx, qy)) = (dot.to(*p), dot.to(*q));
        let turn = px * qy - py * qx;
        if turn == 0 && px.min(qx) <= 0 && px.max(qx) >= 0 && py.min(qy) <= 0 && py.max(qy) >= 0 {
            return None;
        }
        if (py <= 0) != (qy <= 0) {
            inside ^= (turn > 0) == (qy > py);
        }
    }
    Some(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(dots: &[(i32, i32)]) -> Vec<Dot> {
        dots.iter().map(|&(x, y)| Dot::new(x, y)).collect()
    }

    fn areas(runs: &[&[(i32, i32)]]) -> Vec<Vec<i64>> {
        let polygons = sound(runs.iter().map(|r| run(r)).collect());
        polygons.iter().map(|p| p.rings.iter().map(|r| twice_area(r)).collect()).collect()
    }

    const SQUARE: &[(i32, i32)] = &[(0, 0), (10, 0), (10, 10), (0, 10)];

    #[test]
    fn a_sound_ring_comes_back_as_it_was() {
        assert_eq!(sound(vec![run(SQUARE)]), [DotPolygon { rings: vec![run(SQUARE)] }]);
        assert_eq!(areas(&[SQUARE, &[(2, 2), (2, 4), (4, 4), (4, 2)]]), [[200, -8]]);
    }

    #[test]
    fn a_spike_a_point_and_a_line_leave_nothing() {
        assert_eq!(areas(&[&[(0, 0), (10, 0), (15, 0), (10, 0), (10, 10), (0, 10)]]), [[200]]);
        for flat in [&[(3, 3)][..], &[(3, 3), (3, 3), (3, 3)], &[(0, 0), (5, 5)], &[(0, 0), (5, 5), (9, 9)]] {
            assert_eq!(areas(&[flat]), Vec::<Vec<i64>>::new(), "{flat:?}");
        }
    }

    #[test]
    fn a_ring_that_touches_itself_is_cut_there() {
        // From outside: two parts. From inside: a part with a hole.
        let pinched = [(0, 0), (4, 0), (4, 4), (8, 4), (8, 8), (4, 8), (4, 4), (0, 4)];
        assert_eq!(areas(&[&pinched]), [[32], [32]]);
        let bay = [(0, 0), (5, 0), (3, 4), (7, 4), (5, 0), (10, 0), (10, 10), (0, 10)];
        assert_eq!(areas(&[&bay]), [[200, -16]]);
    }

    #[test]
    fn a_hole_that_fills_its_ring_takes_it_away() {
        let mut hole = SQUARE.to_vec();
        hole.reverse();
        assert_eq!(areas(&[SQUARE, &hole]), Vec::<Vec<i64>>::new());
    }

    #[test]
    fn two_prongs_joined_along_a_side_come_apart() {
        // What cutting a fork at y = 0 leaves, with the side cut at all its dots.
        let fork = [(8, 0), (8, 5), (6, 5), (6, 0), (2, 0), (2, 5), (0, 5), (0, 0), (2, 0), (6, 0)];
        assert_eq!(areas(&[&fork]), [[20], [20]]);
    }

    #[test]
    fn holes_go_to_the_smallest_ring_around_them() {
        let inner = [(3, 3), (7, 3), (7, 7), (3, 7)];
        let moat = [(1, 1), (1, 9), (9, 9), (9, 1)];
        let pond = [(4, 4), (4, 6), (6, 6), (6, 4)];
        assert_eq!(areas(&[SQUARE, &moat, &inner, &pond]), [vec![200, -128], vec![32, -8]]);
    }
}
