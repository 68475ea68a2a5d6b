//! The faces of an arrangement and how often each unit covers them.
//!
//! Each edge has two halves, each the border of the ground on its left. Followed wedge by wedge they make
//! cycles; a cycle is one border of one face. A separate piece of border lies in the face above the segment
//! straight below its smallest point. The winding numbers of all units then follow from the unbounded face
//! inwards, edge by edge, and nothing is assumed of the shapes but that their rings close.

use super::edges::Edges;
use crate::coverage::arcs::Face;
use crate::coverage::below::Strips;
use crate::geom::{Point, predicate};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::HashMap;

/// How often units cover a face: those that do so other than 0 times, ascending.
pub(super) type Cover = Vec<(Face, i32)>;

/// The faces of an arrangement.
#[derive(Debug)]
pub(super) struct Ground {
    /// The face on the left of each half: `2 i` from the smaller end of edge `i` on, `2 i + 1` back.
    pub face_of: Vec<u32>,
    /// The place in `covers` of each face; face 0 is the unbounded one.
    cover_of: Vec<u32>,
    covers: Vec<Cover>,
}

impl Ground {
    /// The faces of edges of which no two cross. `beyond` is the cover of the unbounded face.
    pub fn of(edges: &Edges, beyond: Cover) -> Self {
        let places = edges.places();
        let cycles = Cycles::of(&places);
        let mut filling = Filling {
            edges,
            cycles: &cycles,
            face_of_cycle: vec![u32::MAX; cycles.starts.len() - 1],
            known: HashMap::from([(beyond.clone(), 0)]),
            ground: Self { face_of: Vec::new(), cover_of: vec![0], covers: vec![beyond] },
        };
        filling.fill(&places);
        let face_of_cycle = filling.face_of_cycle;
        let mut ground = filling.ground;
        ground.face_of = cycles.of_half.iter().map(|&c| face_of_cycle[c as usize]).collect();
        ground
    }

    pub fn face_count(&self) -> usize {
        self.cover_of.len()
    }

    /// How often units cover a face.
    pub fn cover(&self, face: u32) -> &Cover {
        &self.covers[self.cover_of[face as usize] as usize]
    }
}

/// The two ends of a half, in its direction.
pub(super) fn ends(places: &[(Point, Point)], half: u32) -> (Point, Point) {
    let (a, b) = places[half as usize >> 1];
    if half & 1 == 0 { (a, b) } else { (b, a) }
}

/// The halves in cycles.
struct Cycles {
    /// Halves by the point where they start, then counter-clockwise from east.
    leaving: Vec<(Point, u32)>,
    of_half: Vec<u32>,
    /// The halves of all cycles, one after the other.
    halves: Vec<u32>,
    /// Where each cycle begins in `halves`; one more at the end.
    starts: Vec<u32>,
}

impl Cycles {
    fn of(places: &[(Point, Point)]) -> Self {
        let mut leaving: Vec<(Point, u32)> =
            (0..2 * places.len() as u32).map(|h| (ends(places, h).0, h)).collect();
        leaving.par_sort_unstable();
        let mut next = vec![0_u32; leaving.len()];
        for node in leaving.chunk_by_mut(|s, t| s.0 == t.0) {
            node.sort_by(|s, t| predicate::cmp_angle(direction(places, s.1), direction(places, t.1)));
            for (i, &(_, half)) in node.iter().enumerate() {
                next[half as usize ^ 1] = node[(i + node.len() - 1) % node.len()].1;
            }
        }
        let mut of_half = vec![u32::MAX; leaving.len()];
        let (mut halves, mut starts) = (Vec::with_capacity(leaving.len()), Vec::new());
        for start in 0..leaving.len() as u32 {
            let mut half = start;
            if of_half[half as usize] == u32::MAX {
                starts.push(halves.len() as u32);
            }
            while of_half[half as usize] == u32::MAX {
                of_half[half as usize] = starts.len() as u32 - 1;
                halves.push(half);
                half = next[half as usize];
            }
        }
        starts.push(halves.len() as u32);
        Self { leaving, of_half, halves, starts }
    }

    fn halves(&self, cycle: u32) -> &[u32] {
        &self.halves[self.starts[cycle as usize] as usize..self.starts[cycle as usize + 1] as usize]
    }
}

fn direction(places: &[(Point, Point)], half: u32) -> (i64, i64) {
    let (from, to) = ends(places, half);
    (i64::from(to.x) - i64::from(from.x), i64::from(to.y) - i64::from(from.y))
}

/// Gives faces to cycles and covers to faces.
struct Filling<'a> {
    edges: &'a Edges,
    cycles: &'a Cycles,
    face_of_cycle: Vec<u32>,
    /// The covers seen, to keep each once.
    known: HashMap<Cover, u32>,
    ground: Ground,
}

impl Filling<'_> {
    /// Piece by piece, in the order of their smallest points: what a piece lies in is known before it.
    fn fill(&mut self, places: &[(Point, Point)]) {
        let mut strips: Option<Strips> = None;
        let cycles = self.cycles;
        for node in cycles.leaving.chunk_by(|s, t| s.0 == t.0) {
            if self.face_of_cycle[cycles.of_half[node[0].1 as usize] as usize] != u32::MAX {
                continue;
            }
            let point = node[0].0;
            let below = match strips.as_ref() {
                Some(strips) => strips.below(point),
                // The first piece holds the smallest point of all: nothing lies around it.
                None => None,
            };
            let around = below.map_or(0, |edge| self.face_of_cycle[cycles.of_half[2 * edge] as usize]);
            self.flood(outermost(places, node), around);
            strips.get_or_insert_with(|| Strips::of(places));
        }
    }

    /// From the outer cycle of a piece, which borders the face around it, to all cycles of the piece.
    fn flood(&mut self, outer_half: u32, around: u32) {
        let outer = self.cycles.of_half[outer_half as usize];
        self.face_of_cycle[outer as usize] = around;
        let mut waiting = vec![outer];
        while let Some(cycle) = waiting.pop() {
            for &half in self.cycles.halves(cycle) {
                let beyond = self.cycles.of_half[half as usize ^ 1];
                if self.face_of_cycle[beyond as usize] == u32::MAX {
                    let cover = self.across(self.face_of_cycle[cycle as usize], half);
                    self.face_of_cycle[beyond as usize] = self.new_face(cover);
                    waiting.push(beyond);
                }
            }
        }
    }

    /// The cover on the right of a half, from the face on its left.
    fn across(&self, face: u32, half: u32) -> Cover {
        let mut cover = self.ground.cover(face).clone();
        let sign = if half & 1 == 0 { -1 } else { 1 };
        for claim in self.edges.claims(half as usize >> 1) {
            match cover.binary_search_by_key(&claim.face, |c| c.0) {
                Ok(i) if cover[i].1 + sign * claim.delta == 0 => drop(cover.remove(i)),
                Ok(i) => cover[i].1 += sign * claim.delta,
                Err(i) => cover.insert(i, (claim.face, sign * claim.delta)),
            }
        }
        cover
    }

    fn new_face(&mut self, cover: Cover) -> u32 {
        let ground = &mut self.ground;
        let place = *self.known.entry(cover).or_insert_with_key(|cover| {
            ground.covers.push(cover.clone());
            ground.covers.len() as u32 - 1
        });
        ground.cover_of.push(place);
        ground.cover_of.len() as u32 - 1
    }
}

/// Of the halves that leave the smallest point of a piece, the one with the west on its left: the steepest.
fn outermost(places: &[(Point, Point)], node: &[(Point, u32)]) -> u32 {
    let steeper = |s: u32, t: u32| {
        let (point, end) = ends(places, s);
        predicate::side(point, end, ends(places, t).1) == Ordering::Greater
    };
    node.iter().map(|n| n.1).reduce(|s, t| if steeper(s, t) { t } else { s }).expect("a node has an edge")
}
