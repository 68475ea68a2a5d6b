//! Which of four tints the ground of a unit has, so that neighbours look different.

use super::levels::Zooms;
use crate::coverage::{Coverage, Face};
use crate::snapshot::LayerState;
use crate::unit::{Level, UnitId};
use std::collections::BTreeSet;

/// How many tints there are; they count from 0.
pub const TINTS: u8 = 4;

/// How often the tints around a unit for which none is left are changed before a clash is accepted.
const SHAKES: usize = 256;

/// How many looks at a neighbour all searches of a level may take together: so many, and so many more for each unit
/// that is reached. What one does not take is left to the next. A city takes a few thousand altogether; units of many parts
/// far from each other make chains that go through the whole map, and no search among them an end.
const FIRST_LOOKS: usize = 10_000_000;
const LOOKS_PER_UNIT: usize = 1_000;

/// The tint of every unit of the tinted levels of a layer.
///
/// Two units of a level that share a run of border have different tints wherever the search finds such a
/// choice. It begins with the unit that has most neighbours left and swaps the tints of chains where none
/// is left (Kempe, *On the geographical problem of the four colours*, 1879), so four suffice on every map of the plane
/// that was tried. They cannot always: units of several parts can all be neighbours of each other. There, and where the
/// search takes too long, two neighbours share a tint, and [`Tints::clashes`] counts them. Depends on the ids and the
/// borders alone, not on time or machine; a change of borders may change tints further off.
#[derive(Clone, Debug, Default)]
pub struct Tints {
    by_unit: Vec<(UnitId, u8)>,
    clashes: usize,
}

impl Tints {
    /// Chooses the tints of a layer. Costs little beside the coverages of its levels, which are derived for it.
    pub fn of(state: &LayerState, zooms: &Zooms) -> Self {
        let mut tints = Self::default();
        let levels = (0..state.layer.levels.len() as u8).map(Level);
        for level in levels.filter(|&level| zooms.tinted(&state.layer, level)) {
            let coverage = state.level_coverage(level);
            let neighbours = neighbours(coverage);
            let chosen = Painting::of(&neighbours).tints;
            tints.clashes += clashes(&neighbours, &chosen);
            tints.by_unit.extend(coverage.units().iter().copied().zip(chosen));
        }
        tints.by_unit.sort_unstable();
        tints
    }

    /// The tint of a unit, below [`TINTS`]; `None` when its level is not tinted or it has no ground.
    pub fn get(&self, unit: UnitId) -> Option<u8> {
        self.by_unit.binary_search_by_key(&unit, |&(unit, _)| unit).ok().map(|i| self.by_unit[i].1)
    }

    /// How many pairs of neighbours have the same tint.
    pub fn clashes(&self) -> usize {
        self.clashes
    }
}

/// The neighbours of each unit of a coverage, by place in [`Coverage::units`]; touching in a point is
/// not neighbouring.
fn neighbours(coverage: &Coverage) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new(); coverage.units().len()];
    for arc in coverage.arcs() {
        if arc.left != Face::OUTSIDE && arc.right != Face::OUTSIDE {
            let (left, right) = (arc.left.0 as usize - 1, arc.right.0 as usize - 1);
            found[left].push(right);
            found[right].push(left);
        }
    }
    for list in &mut found {
        list.sort_unstable();
        list.dedup();
    }
    found
}

fn clashes(neighbours: &[Vec<usize>], tints: &[u8]) -> usize {
    let alike = |i: usize| neighbours[i].iter().filter(move |&&j| i < j && tints[i] == tints[j]).count();
    (0..neighbours.len()).map(alike).sum()
}

/// No tint yet.
const BARE: u8 = u8::MAX;

struct Painting<'a> {
    neighbours: &'a [Vec<usize>],
    tints: Vec<u8>,
    /// How many units have each tint: the rarest is taken first, so that the map is not of one colour.
    used: [usize; TINTS as usize],
    /// The search that came to each unit last.
    met: Vec<u32>,
    search: u32,
    /// How many looks at a neighbour may still be spent on chains.
    looks: usize,
}

impl<'a> Painting<'a> {
    fn of(neighbours: &'a [Vec<usize>]) -> Self {
        let (count, used) = (neighbours.len(), [0; TINTS as usize]);
        let (tints, met) = (vec![BARE; count], vec![0; count]);
        let mut painting = Self { neighbours, tints, used, met, search: 0, looks: FIRST_LOOKS };
        for unit in order(neighbours) {
            let tint = painting.choose(unit);
            painting.paint(unit, tint);
        }
        painting
    }

    fn paint(&mut self, unit: usize, tint: u8) {
        if self.tints[unit] != BARE {
            self.used[usize::from(self.tints[unit])] -= 1;
        }
        self.tints[unit] = tint;
        self.used[usize::from(tint)] += 1;
    }

    /// A tint that no neighbour has; if need be after swaps, and as a last resort the one that fewest
    /// neighbours have.
    fn choose(&mut self, unit: usize) -> u8 {
        self.looks += LOOKS_PER_UNIT;
        let around = self.painted(unit);
        for shake in 0..SHAKES {
            if let Some(tint) = self.free(unit).or_else(|| self.freed(&around)) {
                return tint;
            }
            let at = around[shake % around.len()];
            let step = 1 + (shake / around.len()) as u8 % (TINTS - 1);
            let (tint, other) = (self.tints[at], (self.tints[at] + step) % TINTS);
            let Some(chain) = self.chain(&[at], other, &[]) else { break };
            self.swap(&chain, tint, other);
        }
        let alike = |tint: &u8| around.iter().filter(|&&other| self.tints[other] == *tint).count();
        (0..TINTS).min_by_key(alike).unwrap_or(0)
    }

    fn painted(&self, unit: usize) -> Vec<usize> {
        self.neighbours[unit].iter().copied().filter(|&other| self.tints[other] != BARE).collect()
    }

    /// The rarest tint that no neighbour has.
    fn free(&self, unit: usize) -> Option<u8> {
        let taken = |tint: &u8| self.neighbours[unit].iter().any(|&other| self.tints[other] == *tint);
        (0..TINTS).filter(|tint| !taken(tint)).min_by_key(|&tint| self.used[usize::from(tint)])
    }

    /// Frees a tint among the neighbours of a unit: those that have it take another one, and so on along the chains
    /// from them, when none of these comes back to the unit.
    fn freed(&mut self, around: &[usize]) -> Option<u8> {
        let of = |tint: u8| around.iter().copied().filter(|&n| self.tints[n] == tint).collect::<Vec<_>>();
        let of: Vec<Vec<usize>> = (0..TINTS).map(of).collect();
        for (tint, other) in (0..TINTS).flat_map(|a| (0..TINTS).map(move |b| (a, b))).filter(|(a, b)| a != b)
        {
            if let Some(chain) = self.chain(&of[usize::from(tint)], other, &of[usize::from(other)]) {
                self.swap(&chain, tint, other);
                return Some(tint);
            }
        }
        None
    }

    /// All units that are reached from some of one tint over units of that tint and of another one; `None` when
    /// one of `unless` is among them, or when no look is left.
    fn chain(&mut self, from: &[usize], other: u8, unless: &[usize]) -> Option<Vec<usize>> {
        self.search += 1;
        let (tint, back) = (self.tints[from[0]], self.search);
        for &unit in unless {
            self.met[unit] = back;
        }
        self.search += 1;
        for &unit in from {
            self.met[unit] = self.search;
        }
        let mut chain = from.to_vec();
        let mut at = 0;
        while let Some(&unit) = chain.get(at) {
            self.looks = self.looks.checked_sub(self.neighbours[unit].len())?;
            for &next in &self.neighbours[unit] {
                if self.met[next] == self.search || (self.tints[next] != tint && self.tints[next] != other) {
                    continue;
                }
                if self.met[next] == back {
                    return None;
                }
                self.met[next] = self.search;
                chain.push(next);
            }
            at += 1;
        }
        Some(chain)
    }

    fn swap(&mut self, chain: &[usize], tint: u8, other: u8) {
        for &unit in chain {
            let swapped = if self.tints[unit] == tint { other } else { tint };
            self.paint(unit, swapped);
        }
    }
}

/// The order of painting: the unit with the fewest neighbours left comes last, of what remains again the
/// one with the fewest, and so on; each then has few painted neighbours, on a plane at most five.
fn order(neighbours: &[Vec<usize>]) -> Vec<usize> {
    let mut left: Vec<usize> = neighbours.iter().map(Vec::len).collect();
    let mut open: BTreeSet<(usize, usize)> = left.iter().copied().zip(0..).collect();
    let mut order = Vec::with_capacity(left.len());
    while let Some((_, unit)) = open.pop_first() {
        order.push(unit);
        for &other in &neighbours[unit] {
            if open.remove(&(left[other], other)) {
                left[other] -= 1;
                open.insert((left[other], other));
            }
        }
    }
    order.reverse();
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use spade::{DelaunayTriangulation, Point2, Triangulation};

    fn graph(count: usize, edges: impl IntoIterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
        let mut graph = vec![Vec::new(); count];
        for (a, b) in edges {
            graph[a].push(b);
            graph[b].push(a);
        }
        graph
    }

    fn complete(count: usize) -> Vec<Vec<usize>> {
        graph(count, (0..count).flat_map(|a| (0..a).map(move |b| (a, b))))
    }

    fn clashes_of(graph: &[Vec<usize>]) -> usize {
        clashes(graph, &Painting::of(graph).tints)
    }

    #[test]
    fn four_that_all_touch_have_four_tints_and_of_five_two_share_one() {
        assert_eq!((clashes_of(&complete(4)), clashes_of(&complete(5))), (0, 1));
        assert_eq!((clashes_of(&complete(1)), clashes_of(&[])), (0, 0));
    }

    #[test]
    fn errera_s_map_on_which_kempe_s_proof_fails_has_four_tints() {
        // A. Errera 1921: two poles, two rings of five about each, and a ring of five between.
        let ring = |at: usize| (0..5).map(move |i| (at + i, at + (i + 1) % 5));
        let between =
            |a: usize, b: usize| (0..5).flat_map(move |i| [(a + i, b + i), (a + i, b + (i + 1) % 5)]);
        let pole = |pole: usize, at: usize| (0..5).map(move |i| (pole, at + i));
        let edges = ring(0).chain(ring(5)).chain(ring(10)).chain(between(0, 5)).chain(between(5, 10));
        let errera = graph(17, edges.chain(pole(15, 0)).chain(pole(16, 10)));
        assert_eq!(errera.iter().map(Vec::len).sum::<usize>(), 2 * 45, "a triangulation of the sphere");
        assert_eq!(clashes_of(&errera), 0);
    }

    #[test]
    fn every_map_with_as_many_borders_as_a_plane_holds_has_four_tints() {
        let mut seed = 20_261_127_u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(seed >> 8)
        };
        for round in 0..300 {
            let count = 5 + round * 3;
            let mut map = DelaunayTriangulation::<Point2<f64>>::new();
            for _ in 0..count {
                map.insert(Point2::new(next(), next())).unwrap();
            }
            let ends =
                |edge: [spade::handles::VertexHandle<'_, Point2<f64>>; 2]| (edge[0].index(), edge[1].index());
            // One more unit lies around the others, as the last county around a city's districts.
            let rim = map.convex_hull().map(|edge| (edge.from().index(), map.num_vertices()));
            let edges = map.undirected_edges().map(|edge| ends(edge.vertices())).chain(rim);
            let map = graph(map.num_vertices() + 1, edges);
            let painting = Painting::of(&map);
            assert_eq!(clashes(&map, &painting.tints), 0, "{count} units");
            assert!(painting.used.iter().all(|&n| n * 10 > count || count < 50), "{:?}", painting.used);
        }
    }
}
