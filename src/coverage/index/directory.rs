//! The directory: from a point to its cell, by shifts.

use crate::geom::{Bbox, Point};

/// A finer directory has `2^FAN × 2^FAN` cells: 4 × 4 entries are one cache line.
pub(super) const FAN: u32 = 2;
const CELLS: usize = 1 << (2 * FAN);

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One face holds it whole.
    Owner,
    /// It is cut into finer cells.
    Finer,
    /// A block of edges in half a cache line.
    Short,
    /// A block of edges in a cache line.
    Long,
    /// A block of edges of any number.
    Run,
}

/// What a cell is, with the number of its face, of its finer directory or of its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry(u32);

const KIND_BITS: u32 = 3;
const KIND_MASK: u32 = (1 << KIND_BITS) - 1;

impl Entry {
    /// The entry of a kind with its number.
    pub(super) fn of(kind: Kind, number: usize) -> Self {
        let number = u32::try_from(number).ok().filter(|n| n >> (32 - KIND_BITS) == 0);
        let number = number.expect("an index of half a billion words is beyond what one process serves");
        Self(number << KIND_BITS | kind as u32)
    }

    /// The same entry after the arrays of its kind were appended to ones of those lengths.
    pub(super) fn moved(self, by: impl Fn(Kind) -> usize) -> Self {
        Self::of(self.kind(), self.number() + by(self.kind()))
    }

    /// Its kind.
    #[inline]
    pub(super) fn kind(self) -> Kind {
        match self.kind_bits() {
            0 => Kind::Owner,
            1 => Kind::Finer,
            2 => Kind::Short,
            3 => Kind::Long,
            _ => Kind::Run,
        }
    }

    /// The bits that say its kind; those of a kind are the kind as a number.
    #[inline]
    pub(super) fn kind_bits(self) -> u32 {
        self.0 & KIND_MASK
    }

    /// Whether it is of a kind.
    #[inline]
    pub(super) fn is(self, kind: Kind) -> bool {
        self.kind_bits() == kind as u32
    }

    /// The number of the finer directory, if it is one.
    #[inline]
    pub(super) fn directory(self) -> Option<usize> {
        self.is(Kind::Finer).then(|| self.number())
    }

    /// Whether it is a block, of whatever size.
    #[inline]
    pub(super) fn is_block(self) -> bool {
        self.kind_bits() > Kind::Finer as u32
    }

    /// The number of the face, the directory or the block.
    #[inline]
    pub(super) fn number(self) -> usize {
        (self.0 >> KIND_BITS) as usize
    }
}

/// The entries of one finer directory, row by row from the south-west; one cache line.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Finer(pub(super) [Entry; CELLS]);

/// A square cell: its lower-left corner and the power of two of its side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) corner: Point,
    pub(super) shift: u32,
}

impl Cell {
    /// The middle, from which packed blocks count.
    pub(super) fn middle(self) -> (i64, i64) {
        let half = 1i64 << self.shift >> 1;
        (i64::from(self.corner.x) + half, i64::from(self.corner.y) + half)
    }

    /// The cells of a finer directory, in the order of its entries; the numbers of row and column.
    pub(super) fn children(self) -> impl Iterator<Item = Cell> {
        let shift = self.shift - FAN;
        (0..CELLS as i64).map(move |i| {
            let (column, row) = (i & ((1 << FAN) - 1), i >> FAN);
            Cell { corner: moved(self.corner, column << shift, row << shift), shift }
        })
    }
}

/// A point moved by a vector that may lead off the lattice; there it stops, and no point is looked up.
pub(super) fn moved(p: Point, dx: i64, dy: i64) -> Point {
    let add = |v: i32, d: i64| (i64::from(v) + d).min(i64::from(i32::MAX)) as i32;
    Point::new(add(p.x, dx), add(p.y, dy))
}

/// The grid of cells and the finer directories below it.
#[derive(Clone, Debug)]
pub(super) struct Directory {
    /// The box of the coverage; what is outside it has no owner.
    pub(super) origin: Point,
    pub(super) width: u32,
    pub(super) height: u32,
    /// The power of two of a top cell's side.
    pub(super) shift: u32,
    pub(super) columns: usize,
    /// The cells row by row, and one more entry for what is outside the box.
    pub(super) top: Vec<Entry>,
    pub(super) finer: Vec<Finer>,
}

impl Directory {
    /// A grid without cells over a box.
    pub(super) fn over(bbox: Bbox, shift: u32) -> Self {
        let extent = |min: i32, max: i32| (i64::from(max) - i64::from(min)) as u32;
        let (width, height) = (extent(bbox.min.x, bbox.max.x), extent(bbox.min.y, bbox.max.y));
        let columns = (width >> shift) as usize + 1;
        Self { origin: bbox.min, width, height, shift, columns, top: Vec::new(), finer: Vec::new() }
    }

    /// The number of rows of top cells.
    pub(super) fn rows(&self) -> usize {
        (self.height >> self.shift) as usize + 1
    }

    /// A top cell.
    pub(super) fn cell(&self, column: usize, row: usize) -> Cell {
        let at = |n: usize| (n as i64) << self.shift;
        Cell { corner: moved(self.origin, at(column), at(row)), shift: self.shift }
    }

    /// The entry that is no directory for the cell at an offset, and the power of two of its side.
    #[inline]
    pub(super) fn find(&self, (dx, dy): (u32, u32)) -> (Entry, u32) {
        let mut shift = self.shift;
        let mut entry = self.top[self.top_number((dx, dy)) as usize];
        while let Some(directory) = entry.directory() {
            shift -= FAN;
            entry = self.finer[directory].0[place(dx, dy, shift)];
        }
        (entry, shift)
    }

    /// How far east and north of the origin `p` lies; outside the box more than its width or height, for
    /// west and south of the origin the difference wraps.
    #[inline]
    pub(super) fn offset(&self, p: Point) -> (u32, u32) {
        (p.x.wrapping_sub(self.origin.x) as u32, p.y.wrapping_sub(self.origin.y) as u32)
    }

    /// The number of the top cell at an offset; outside the box the one after the last, which has no owner.
    #[expect(clippy::needless_bitwise_bool, reason = "no branch: both are known at once")]
    #[inline]
    pub(super) fn top_number(&self, (dx, dy): (u32, u32)) -> u32 {
        let cell = (dy >> self.shift).wrapping_mul(self.columns as u32).wrapping_add(dx >> self.shift);
        if (dx <= self.width) & (dy <= self.height) { cell } else { self.top.len() as u32 - 1 }
    }

    pub(super) fn bytes(&self) -> usize {
        self.top.capacity() * size_of::<Entry>() + self.finer.capacity() * size_of::<Finer>()
    }
}

/// The point at an offset from the middle of its cell of side `2^shift`, and half that side: the cell's
/// corner is at minus half.
#[inline]
pub(super) fn from_middle((dx, dy): (u32, u32), shift: u32) -> ((i32, i32), i32) {
    let (mask, half) = ((1u32 << shift) - 1, 1i32 << shift >> 1);
    (((dx & mask) as i32 - half, (dy & mask) as i32 - half), half)
}

/// The place of an offset among the entries of a finer directory with cells of side `2^shift`.
#[inline]
pub(super) fn place(dx: u32, dy: u32, shift: u32) -> usize {
    const MASK: u32 = (1 << FAN) - 1;
    (((dy >> shift & MASK) << FAN) | (dx >> shift & MASK)) as usize
}
