//! Many points at once: 64 walk the directory side by side, so that their loads overlap.

use super::block::Blocks;
use super::directory::{Directory, Entry, FAN, Kind, from_middle, place};
use super::exact::Exact;
use super::{Face, Index};
use crate::geom::Point;

/// Points that walk together: enough loads to keep the memory busy, few enough to stay in registers
/// and the nearest cache.
const TOGETHER: usize = 64;

impl Index {
    /// The owners of many points, each in the place of its point; the same answers as [`Index::owner`].
    ///
    /// On one thread; split the slices to use several. Points that lie near one another, in any order,
    /// are answered faster than scattered ones.
    ///
    /// # Panics
    /// When the two slices differ in length.
    pub fn owner_many(&self, points: &[Point], owners: &mut [Face]) {
        assert_eq!(points.len(), owners.len(), "one owner per point");
        for (points, owners) in points.chunks(TOGETHER).zip(owners.chunks_mut(TOGETHER)) {
            let mut group = Group::enter(&self.directory, points);
            group.descend(&self.directory);
            if self.wide {
                group.answer::<i128>(&self.blocks, points, owners);
            } else {
                group.answer::<i64>(&self.blocks, points, owners);
            }
        }
    }
}

/// The places in a group of the points that are still on their way.
#[derive(Clone, Copy)]
struct Pending {
    places: [u8; TOGETHER],
    len: usize,
}

impl Pending {
    fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.places[..self.len].iter().map(|&i| usize::from(i))
    }

    /// Those that satisfy a test; without a branch, for it goes either way at random.
    fn that(self, test: impl Fn(usize) -> bool) -> Self {
        let mut kept = Self { places: [0; TOGETHER], len: 0 };
        for i in self.places() {
            kept.places[kept.len] = i as u8;
            kept.len += usize::from(test(i));
        }
        kept
    }

    fn first(len: usize) -> Self {
        Self { places: std::array::from_fn(|i| i as u8), len }
    }
}

/// Where each point of a group has come to.
struct Group {
    entries: [Entry; TOGETHER],
    offsets: [(u32, u32); TOGETHER],
    /// The power of two of the side of the cell that the entry is for.
    shifts: [u8; TOGETHER],
    len: usize,
}

impl Group {
    /// All points find their top cells; those outside the box get an entry without owner.
    ///
    /// First the numbers of the cells and then their entries: a loop of loads and nothing else has more
    /// of them on their way at a time.
    fn enter(directory: &Directory, points: &[Point]) -> Self {
        let mut group = Self {
            entries: [Entry::of(Kind::Owner, 0); TOGETHER],
            offsets: [(0, 0); TOGETHER],
            shifts: [directory.shift as u8; TOGETHER],
            len: points.len(),
        };
        let mut cells = [0u32; TOGETHER];
        for ((cell, offset), &p) in cells.iter_mut().zip(&mut group.offsets).zip(points) {
            *offset = directory.offset(p);
            *cell = directory.top_number(*offset);
        }
        for (entry, &cell) in group.entries[..points.len()].iter_mut().zip(&cells) {
            *entry = directory.top[cell as usize];
        }
        group
    }

    /// Level by level, all that stand at a directory go one down.
    fn descend(&mut self, directory: &Directory) {
        let mut shift = directory.shift;
        let mut pending = Pending::first(self.len).that(|i| self.entries[i].directory().is_some());
        while pending.len > 0 {
            shift -= FAN;
            for i in pending.places() {
                let (dx, dy) = self.offsets[i];
                let finer = self.entries[i].number();
                self.entries[i] = directory.finer[finer].0[place(dx, dy, shift)];
                self.shifts[i] = shift as u8;
            }
            pending = pending.that(|i| self.entries[i].directory().is_some());
        }
    }

    /// Kind by kind, first a look at each block, which brings it near; then the walks.
    fn answer<N: Exact>(&self, blocks: &Blocks, points: &[Point], owners: &mut [Face]) {
        for (owner, entry) in owners.iter_mut().zip(&self.entries) {
            *owner = Face(entry.number() as u32);
        }
        let pending = Pending::first(self.len).that(|i| self.entries[i].is_block());
        let [short, long, runs] =
            [Kind::Short, Kind::Long, Kind::Run].map(|kind| pending.that(|i| self.entries[i].is(kind)));
        let number = |i: usize| self.entries[i].number();
        let place = |i: usize| from_middle(self.offsets[i], u32::from(self.shifts[i]));
        let seen = short.places().fold(0, |seen, i| seen ^ blocks.short[number(i)].word());
        let seen = long.places().fold(seen, |seen, i| seen ^ blocks.long[number(i)].word());
        std::hint::black_box(seen);
        for i in short.places() {
            let (p, half) = place(i);
            owners[i] = Face(blocks.short[number(i)].owner(p, half));
        }
        for i in long.places() {
            let (p, half) = place(i);
            owners[i] = Face(blocks.long[number(i)].owner(p, half));
        }
        for i in runs.places() {
            let shift = u32::from(self.shifts[i]);
            owners[i] = Face(blocks.owner::<N>(self.entries[i], self.offsets[i], shift, points[i]));
        }
    }
}
