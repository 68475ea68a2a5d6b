//! The directory: from a point to its cell, by shifts.

use crate::geom::{Bbox, Point};

/// A finer directory has `2^FAN × 2^FAN` cells: 4 × 4 entries are one cache line.
pub(super) const FAN: u32 = 2;
const CELLS: usize = 1 << (2 * FAN);

/// What a cell is: one owner, a finer directory or a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry(u32);

const TAGS: u32 = 0b11;
const FINER: u32 = 0b01;
const FAR: u32 = 0b10;
const NEAR: u32 = 0b11;

impl Entry {
    /// A cell that one face holds whole.
    pub(super) fn one_owner(face: u32) -> Self {
        Self(numbered(face as usize, 0))
    }

    /// A cell that is cut into finer ones.
    pub(super) fn finer(directory: usize) -> Self {
        Self(numbered(directory, FINER))
    }

    /// A cell with edges that fit 16 bits.
    pub(super) fn near(at: usize) -> Self {
        Self(numbered(at, NEAR))
    }

    /// A cell with edges that do not.
    pub(super) fn far(at: usize) -> Self {
        Self(numbered(at, FAR))
    }

    /// The same entry after its array was appended to one of that length.
    pub(super) fn moved(self, finer: usize, near: usize, far: usize) -> Self {
        match self.0 & TAGS {
            FINER => Self::finer(self.number() + finer),
            NEAR => Self::near(self.number() + near),
            FAR => Self::far(self.number() + far),
            _ => self,
        }
    }

    /// The number of the finer directory, if it is one.
    #[inline]
    pub(super) fn directory(self) -> Option<usize> {
        (self.0 & TAGS == FINER).then(|| self.number())
    }

    /// Whether it is a block, near or far.
    #[inline]
    pub(super) fn is_block(self) -> bool {
        self.0 & FAR != 0
    }

    /// Whether a block is a near one.
    #[inline]
    pub(super) fn is_near(self) -> bool {
        self.0 & TAGS == NEAR
    }

    /// The owner of a cell that has one.
    #[inline]
    pub(super) fn face(self) -> u32 {
        self.0 >> 2
    }

    /// The number of the directory or the place of the block.
    #[inline]
    pub(super) fn number(self) -> usize {
        (self.0 >> 2) as usize
    }
}

fn numbered(number: usize, tag: u32) -> u32 {
    let number = u32::try_from(number).ok().filter(|n| n >> 30 == 0);
    number.expect("an index of a billion words is beyond what one process serves") << 2 | tag
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
    /// The middle, from which a near block counts.
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
        let mut entry = self.top_entry(dx, dy);
        while let Some(directory) = entry.directory() {
            shift -= FAN;
            entry = self.finer[directory].0[place(dx, dy, shift)];
        }
        (entry, shift)
    }

    /// The entry of the top cell at an offset in the box.
    #[inline]
    pub(super) fn top_entry(&self, dx: u32, dy: u32) -> Entry {
        self.top[(dy >> self.shift) as usize * self.columns + (dx >> self.shift) as usize]
    }

    /// How far east and north of the origin `p` lies; `None` when it is outside the box.
    #[inline]
    pub(super) fn offset(&self, p: Point) -> Option<(u32, u32)> {
        // West of the origin the difference wraps to more than any width.
        let dx = p.x.wrapping_sub(self.origin.x) as u32;
        let dy = p.y.wrapping_sub(self.origin.y) as u32;
        (dx <= self.width && dy <= self.height).then_some((dx, dy))
    }

    pub(super) fn bytes(&self) -> usize {
        self.top.capacity() * size_of::<Entry>() + self.finer.capacity() * size_of::<Finer>()
    }
}

/// The place of an offset among the entries of a finer directory with cells of side `2^shift`.
#[inline]
pub(super) fn place(dx: u32, dy: u32, shift: u32) -> usize {
    const MASK: u32 = (1 << FAN) - 1;
    (((dy >> shift & MASK) << FAN) | (dx >> shift & MASK)) as usize
}
