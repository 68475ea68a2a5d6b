//! Blocks: the edges of a cell, and the walk from its corner.
//!
//! Nearly all are packed ([`Short`], [`Long`]): of one size, with coordinates of 16 bits. What has too many
//! vertices for that, or reaches too far, is a *run* of words: the corner's constant, the number of
//! vertices, then x, y and label of each vertex. The label belongs to the edge from this vertex to the
//! next; edges that follow one another share their vertex. Label 0 lifts the pen: the edge to the next
//! vertex parts nothing.

use super::Edges;
use super::directory::{Cell, Entry, Kind, from_middle};
use super::exact::{Exact, cross};
use super::packed::{self, Long, Short};
use crate::geom::Point;

const HEADER: usize = 2;
const VERTEX: usize = 3;

/// All blocks, one after another.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    pub(super) short: Vec<Short>,
    pub(super) long: Vec<Long>,
    pub(super) runs: Vec<u32>,
}

impl Blocks {
    /// Writes a block for a cell whose corner belongs to `owner`; gives the cell's entry.
    ///
    /// `list` ascends and holds at least all edges that meet the cell.
    pub(super) fn push<N: Exact>(&mut self, edges: &Edges, list: &[u32], cell: Cell, owner: u32) -> Entry {
        // The walk to the corner itself must give the corner's owner: that is the piece south of it.
        let mut walk = Walk::to(cell.corner, cell.corner.x, 0);
        for &edge in list {
            let (a, b) = edges.ends(edge);
            walk.meet::<N>(a, b, edges.labels[edge as usize]);
        }
        let constant = owner ^ walk.owner;
        if let Some(block) = Short::of(edges, list, cell, constant) {
            self.short.push(block);
            return Entry::of(Kind::Short, self.short.len() - 1);
        }
        if let Some(block) = Long::of(edges, list, cell, constant) {
            self.long.push(block);
            return Entry::of(Kind::Long, self.long.len() - 1);
        }
        let at = self.runs.len();
        self.runs.extend([constant, packed::count(list) as u32]);
        let words = packed::vertices(edges, list).flat_map(|(p, label)| [p.x as u32, p.y as u32, label]);
        self.runs.extend(words);
        Entry::of(Kind::Run, at)
    }

    /// The owner of `p` in the cell of side `2^shift` that the entry of a block is for; `p` lies
    /// `offset` from the origin of the directory.
    #[inline]
    pub(super) fn owner<N: Exact>(&self, entry: Entry, offset: (u32, u32), shift: u32, p: Point) -> u32 {
        let (from_middle, half) = from_middle(offset, shift);
        match entry.kind() {
            Kind::Short => self.short[entry.number()].owner(from_middle, half),
            Kind::Long => self.long[entry.number()].owner(from_middle, half),
            _ => self.run_owner::<N>(entry.number(), p, p.x.wrapping_sub(from_middle.0 + half)),
        }
    }

    fn run_owner<N: Exact>(&self, at: usize, p: Point, corner_x: i32) -> u32 {
        let count = self.runs[at + 1] as usize;
        let vertices = &self.runs[at + HEADER..at + HEADER + VERTEX * count];
        let mut walk = Walk::to(p, corner_x, self.runs[at]);
        let (mut from, mut label) = (p, 0);
        for v in vertices.chunks_exact(VERTEX) {
            let to = Point::new(v[0] as i32, v[1] as i32);
            walk.meet::<N>(from, to, label);
            (from, label) = (to, v[2]);
        }
        walk.owner
    }

    pub(super) fn bytes(&self) -> usize {
        self.short.capacity() * size_of::<Short>()
            + self.long.capacity() * size_of::<Long>()
            + self.runs.capacity() * size_of::<u32>()
    }
}

/// The endless walk from the south of a corner, up to the height of `p` and on to the far east, less the
/// piece east of `p`.
pub(super) struct Walk {
    p: Point,
    corner_x: i32,
    pub(super) owner: u32,
}

impl Walk {
    #[inline]
    pub(super) fn to(p: Point, corner_x: i32, owner: u32) -> Self {
        Self { p, corner_x, owner }
    }

    /// Changes the owner if the walk crosses the edge `a b` an odd number of times.
    #[expect(clippy::needless_bitwise_bool, reason = "no branch: which way one goes is a coin toss here")]
    #[inline]
    pub(super) fn meet<N: Exact>(&mut self, a: Point, b: Point, label: u32) {
        let (a_low, b_low) = (a.y <= self.p.y, b.y <= self.p.y);
        let a_in = a_low & (a.x > self.corner_x);
        let b_in = b_low & (b.x > self.corner_x);
        let side = cross::<N>(a, b, self.p);
        let zero = N::default();
        // East of p: the edge spans its height, and p is left of it, seen from its lower end.
        let east = (a_low & !b_low & (side > zero)) | (b_low & !a_low & (side < zero));
        self.owner ^= label & u32::from(a_in ^ b_in ^ east).wrapping_neg();
    }
}
