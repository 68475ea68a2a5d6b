//! Blocks: the edges of a cell, and the walk from its corner.
//!
//! A block is a run of words: the corner's constant, the number of vertices, then x, y and label of each
//! vertex. The label belongs to the edge from this vertex to the next; edges that follow one another
//! share their vertex. Label 0 lifts the pen: the edge to the next vertex parts nothing.

use super::Edges;
use super::exact::{Exact, cross};
use crate::geom::Point;

const HEADER: usize = 2;
const VERTEX: usize = 3;

/// All blocks, one after another.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    pub(super) words: Vec<u32>,
}

impl Blocks {
    /// Writes a block for the cell at `corner`, whose owner is `owner`; gives its place.
    ///
    /// `edges` are ascending and hold at least all that meet the cell.
    pub(super) fn push<N: Exact>(&mut self, edges: &Edges, list: &[u32], corner: Point, owner: u32) -> usize {
        let at = self.words.len();
        self.words.extend([owner, 0]);
        for (i, &edge) in list.iter().enumerate() {
            let (a, b) = edges.ends(edge);
            self.vertex(a, edges.labels[edge as usize]);
            if list.get(i + 1) != Some(&(edge + 1)) {
                self.vertex(b, 0);
            }
        }
        self.words[at + 1] = ((self.words.len() - at - HEADER) / VERTEX) as u32;
        // The walk to the corner itself must give the corner's owner: that is the piece south of it.
        self.words[at] ^= owner ^ self.owner::<N>(at, corner.x, corner);
        at
    }

    fn vertex(&mut self, p: Point, label: u32) {
        self.words.extend([p.x as u32, p.y as u32, label]);
    }

    /// The owner of a point in the cell of the block at `at`; `corner_x` is the west side of the cell.
    #[inline]
    pub(super) fn owner<N: Exact>(&self, at: usize, corner_x: i32, p: Point) -> u32 {
        let count = self.words[at + 1] as usize;
        let vertices = &self.words[at + HEADER..at + HEADER + VERTEX * count];
        let mut walk = Walk::to(p, corner_x, self.words[at]);
        let mut label = 0;
        let mut from = p;
        for v in vertices.chunks_exact(VERTEX) {
            let to = Point::new(v[0] as i32, v[1] as i32);
            walk.meet::<N>(from, to, label);
            (from, label) = (to, v[2]);
        }
        walk.owner
    }

    /// Reads a word of each of the first two cache lines of some blocks, so that all of them are on
    /// their way before the first is needed.
    #[inline]
    pub(super) fn look_at(&self, places: impl Iterator<Item = usize>) {
        const LINE: usize = 64 / size_of::<u32>();
        let word = |at: usize| self.words.get(at).copied().unwrap_or(0);
        let seen = places.fold(0, |seen, at| seen ^ word(at) ^ word(at + LINE));
        std::hint::black_box(seen);
    }

    pub(super) fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u32>()
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
