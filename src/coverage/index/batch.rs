//! Many points at once: 64 walk the directory side by side, so that their loads overlap.
//!
//! Which of them stand at what is kept as a bit each: a word holds a group, eight entries are told apart by
//! a few instructions, and to go through the points of a kind costs no branch that goes either way.

use super::directory::{Directory, Entry, FAN, Kind, from_middle, place};
use super::exact::Exact;
use super::{Face, Index};
use crate::geom::Point;
use wide::u32x8;

/// Points that walk together: as many as a word has bits; enough loads to keep the memory busy.
const TOGETHER: usize = u64::BITS as usize;

/// How many entries are told apart at a time.
const LANES: usize = 8;

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
        let (groups, rest) = points.as_chunks();
        let (answers, others) = owners.as_chunks_mut();
        for (points, owners) in groups.iter().zip(answers) {
            self.owners_together(points, owners);
        }
        if let Some(&last) = rest.last() {
            let (mut points, mut owners) = ([last; TOGETHER], [Face::OUTSIDE; TOGETHER]);
            points[..rest.len()].copy_from_slice(rest);
            self.owners_together(&points, &mut owners);
            others.copy_from_slice(&owners[..rest.len()]);
        }
    }

    fn owners_together(&self, points: &[Point; TOGETHER], owners: &mut [Face; TOGETHER]) {
        let mut group = Group::enter(&self.directory, points);
        group.descend(&self.directory, points);
        if self.wide {
            group.answer::<i128>(self, points, owners);
        } else {
            group.answer::<i64>(self, points, owners);
        }
    }
}

/// Some of the places in a group, a bit each; goes through them in order.
#[derive(Clone, Copy, Default)]
struct Places(u64);

impl Iterator for Places {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let first = self.0.trailing_zeros() as usize;
        self.0 &= self.0.wrapping_sub(1);
        (first < TOGETHER).then_some(first)
    }
}

/// Where each point of a group has come to.
struct Group {
    entries: [Entry; TOGETHER],
    /// The power of two of the side of the cell that the entry is for.
    shifts: [u8; TOGETHER],
    /// The places whose entry is a finer directory, and those whose entry is a block of each kind.
    finer: Places,
    short: Places,
    long: Places,
    runs: Places,
}

impl Group {
    /// All points find their top cells; those outside the box get an entry without owner.
    ///
    /// First the numbers of the cells and then their entries: a loop of loads and nothing else has more
    /// of them on their way at a time.
    fn enter(directory: &Directory, points: &[Point; TOGETHER]) -> Self {
        let cells = points.map(|p| directory.top_number(directory.offset(p)));
        let entries = cells.map(|cell| directory.top[cell as usize]);
        let [mut finer, mut short, mut long, mut runs] = [Places::default(); 4];
        for (i, eight) in entries.as_chunks::<LANES>().0.iter().enumerate() {
            let kinds = u32x8::from(eight.map(Entry::kind_bits));
            let those =
                |kind: Kind| u64::from(kinds.simd_eq(u32x8::splat(kind as u32)).to_bitmask()) << (LANES * i);
            finer.0 |= those(Kind::Finer);
            short.0 |= those(Kind::Short);
            long.0 |= those(Kind::Long);
            runs.0 |= those(Kind::Run);
        }
        Self { entries, shifts: [directory.shift as u8; TOGETHER], finer, short, long, runs }
    }

    /// Level by level, all that stand at a directory go one down.
    fn descend(&mut self, directory: &Directory, points: &[Point; TOGETHER]) {
        let mut shift = directory.shift;
        while self.finer.0 != 0 {
            shift -= FAN;
            for i in std::mem::take(&mut self.finer) {
                let (dx, dy) = directory.offset(points[i]);
                let entry = directory.finer[self.entries[i].number()].0[place(dx, dy, shift)];
                let bit = |kind| u64::from(entry.is(kind)) << i;
                self.finer.0 |= bit(Kind::Finer);
                self.short.0 |= bit(Kind::Short);
                self.long.0 |= bit(Kind::Long);
                self.runs.0 |= bit(Kind::Run);
                self.entries[i] = entry;
                self.shifts[i] = shift as u8;
            }
        }
    }

    /// All are taken for owners; then, kind by kind, first a look at each block, which brings it near, and
    /// then the walks.
    fn answer<N: Exact>(self, index: &Index, points: &[Point; TOGETHER], owners: &mut [Face; TOGETHER]) {
        let blocks = &index.blocks;
        let number = |i: usize| self.entries[i].number();
        let offset = |i: usize| index.directory.offset(points[i]);
        let from_middle = |i: usize| from_middle(offset(i), u32::from(self.shifts[i]));
        *owners = self.entries.map(|entry| Face(entry.number() as u32));
        let seen = self.short.fold(0, |seen, i| seen ^ blocks.short[number(i)].word());
        let seen = self.long.fold(seen, |seen, i| seen ^ blocks.long[number(i)].word());
        std::hint::black_box(seen);
        for i in self.short {
            let (p, half) = from_middle(i);
            owners[i] = Face(blocks.short[number(i)].owner(p, half));
        }
        for i in self.long {
            let (p, half) = from_middle(i);
            owners[i] = Face(blocks.long[number(i)].owner(p, half));
        }
        for i in self.runs {
            let shift = u32::from(self.shifts[i]);
            owners[i] = Face(blocks.owner::<N>(self.entries[i], offset(i), shift, points[i]));
        }
    }
}
