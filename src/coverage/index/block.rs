//! Blocks: the edges of a cell, and the walk from its corner.
//!
//! A block is a run of words: the corner's constant, the number of vertices, then x, y and label of each
//! vertex. The label belongs to the edge from this vertex to the next; edges that follow one another
//! share their vertex. Label 0 lifts the pen: the edge to the next vertex parts nothing.
//!
//! Nearly all blocks are *near*: their words have 16 bits and coordinates count from the middle of the
//! cell, so that a block of five edges is 40 bytes. Where a vertex is too far or a face's number too
//! large, the block is *far*: 32 bits, coordinates as they are.

use super::Edges;
use super::directory::{Cell, Entry};
use super::exact::{Exact, cross};
use crate::geom::Point;

const HEADER: usize = 2;
const VERTEX: usize = 3;

/// The words of the blocks of one width.
trait Word: Copy {
    /// A coordinate, if it fits.
    fn of(coordinate: i64) -> Option<Self>;
    fn coordinate(self) -> i32;
    /// A label, a face or a count, if it fits.
    fn numbered(number: u32) -> Option<Self>;
    fn number(self) -> u32;
}

impl Word for u16 {
    fn of(coordinate: i64) -> Option<Self> {
        i16::try_from(coordinate).ok().map(|c| c as u16)
    }

    fn coordinate(self) -> i32 {
        i32::from(self as i16)
    }

    fn numbered(number: u32) -> Option<Self> {
        u16::try_from(number).ok()
    }

    fn number(self) -> u32 {
        u32::from(self)
    }
}

impl Word for u32 {
    fn of(coordinate: i64) -> Option<Self> {
        i32::try_from(coordinate).ok().map(|c| c as u32)
    }

    fn coordinate(self) -> i32 {
        self as i32
    }

    fn numbered(number: u32) -> Option<Self> {
        Some(number)
    }

    fn number(self) -> u32 {
        self
    }
}

/// All blocks, one after another.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    pub(super) near: Vec<u16>,
    pub(super) far: Vec<u32>,
}

impl Blocks {
    /// Writes a block for a cell whose corner belongs to `owner`; gives the cell's entry.
    ///
    /// `edges` are ascending and hold at least all that meet the cell.
    pub(super) fn push<N: Exact>(&mut self, edges: &Edges, list: &[u32], cell: Cell, owner: u32) -> Entry {
        // The walk to the corner itself must give the corner's owner: that is the piece south of it.
        let mut walk = Walk::to(cell.corner, cell.corner.x, 0);
        for &edge in list {
            let (a, b) = edges.ends(edge);
            walk.meet::<N>(a, b, edges.labels[edge as usize]);
        }
        let constant = owner ^ walk.owner;
        if let Some(at) = write(&mut self.near, edges, list, cell.middle(), constant) {
            return Entry::near(at);
        }
        let at = write(&mut self.far, edges, list, (0, 0), constant);
        Entry::far(at.expect("lattice coordinates and faces have 32 bits"))
    }

    /// The owner of `p` in the cell of side `2^shift` that the entry of a block is for; `p` lies
    /// `(dx, dy)` from the origin of the directory.
    #[inline]
    pub(super) fn owner<N: Exact>(&self, entry: Entry, (dx, dy): (u32, u32), shift: u32, p: Point) -> u32 {
        let (mask, half) = ((1u32 << shift) - 1, 1i32 << shift >> 1);
        let (east, north) = ((dx & mask) as i32, (dy & mask) as i32);
        if entry.is_near() {
            let from_middle = Point::new(east - half, north - half);
            walk::<i64, u16>(&self.near, entry.number(), from_middle, -half)
        } else {
            walk::<N, u32>(&self.far, entry.number(), p, p.x.wrapping_sub(east))
        }
    }

    /// Reads a word of each of the first two cache lines of some blocks, so that all of them are on
    /// their way before the first is needed.
    #[inline]
    pub(super) fn look_at(&self, entries: impl Iterator<Item = Entry>) {
        const LINE: usize = 64;
        let near = |at: usize| self.near.get(at).map_or(0, |&w| u32::from(w));
        let far = |at: usize| self.far.get(at).copied().unwrap_or(0);
        let seen = entries.fold(0, |seen, entry| {
            let at = entry.number();
            seen ^ if entry.is_near() {
                near(at) ^ near(at + LINE / size_of::<u16>())
            } else {
                far(at) ^ far(at + LINE / size_of::<u32>())
            }
        });
        std::hint::black_box(seen);
    }

    pub(super) fn bytes(&self) -> usize {
        self.near.capacity() * size_of::<u16>() + self.far.capacity() * size_of::<u32>()
    }
}

/// Appends a block whose coordinates count from `middle`; `None`, and nothing written, when it does not
/// fit the width.
fn write<W: Word>(
    words: &mut Vec<W>,
    edges: &Edges,
    list: &[u32],
    middle: (i64, i64),
    constant: u32,
) -> Option<usize> {
    let at = words.len();
    let written = try_write(words, edges, list, middle, constant);
    if written.is_none() {
        words.truncate(at);
    }
    written.map(|()| at)
}

fn try_write<W: Word>(
    words: &mut Vec<W>,
    edges: &Edges,
    list: &[u32],
    middle: (i64, i64),
    constant: u32,
) -> Option<()> {
    let lifts = list.windows(2).filter(|w| w[1] != w[0] + 1).count() + 1;
    words.extend([W::numbered(constant)?, W::numbered((list.len() + lifts) as u32)?]);
    let mut vertex = |p: Point, label: u32| {
        let (x, y) = (i64::from(p.x) - middle.0, i64::from(p.y) - middle.1);
        words.extend([W::of(x)?, W::of(y)?, W::numbered(label)?]);
        Some(())
    };
    for (i, &edge) in list.iter().enumerate() {
        let (a, b) = edges.ends(edge);
        vertex(a, edges.labels[edge as usize])?;
        if list.get(i + 1) != Some(&(edge + 1)) {
            vertex(b, 0)?;
        }
    }
    Some(())
}

#[inline]
fn walk<N: Exact, W: Word>(words: &[W], at: usize, p: Point, corner_x: i32) -> u32 {
    let count = words[at + 1].number() as usize;
    let vertices = &words[at + HEADER..at + HEADER + VERTEX * count];
    let mut walk = Walk::to(p, corner_x, words[at].number());
    let (mut from, mut label) = (p, 0);
    for v in vertices.chunks_exact(VERTEX) {
        let to = Point::new(v[0].coordinate(), v[1].coordinate());
        walk.meet::<N>(from, to, label);
        (from, label) = (to, v[2].number());
    }
    walk.owner
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
