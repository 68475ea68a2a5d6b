//! Blocks of one size: half a cache line or a whole one, and hardly a branch.
//!
//! Nearly all cells with a border have few edges that do not reach far. Theirs are kept as vertices in 16
//! bits, counted from the middle of the cell, with the label of the edge to the next vertex beside each;
//! the last slot's label is the corner's constant.
//!
//! Which vertices are above a point and which are east of the corner is asked of all slots at once, and
//! the answers are bits; a few operations on them say which edges the walk crosses. Only an edge that
//! spans the height of the point needs a cross product, and mostly there is one.

use super::Edges;
use super::directory::Cell;
use crate::geom::Point;
use std::ops::BitXor;
use wide::{i16x8, u32x4, u32x8};

/// The largest cell: the distance of a point from its middle has 16 bits.
const LARGEST: u32 = 16;

/// The most vertices of a packed block.
pub(super) const MOST: usize = 7;

/// Four vertices: 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(32))]
pub(super) struct Short {
    x: [i16; 4],
    y: [i16; 4],
    labels: [u32; 4],
}

/// Seven vertices: 64 bytes. The eighth slot says from where the coordinates count, seen from the middle
/// of the cell, so that they may be as far apart as 16 bits can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub(super) struct Long {
    x: [i16; 8],
    y: [i16; 8],
    labels: [u32; 8],
}

/// The vertices of the edges of a list, ascending, each with the label of the edge to the next; those that
/// follow one another share theirs. Label 0 lifts the pen.
pub(super) fn vertices<'a>(
    edges: &'a Edges,
    list: &'a [u32],
) -> impl Iterator<Item = (Point, u32)> + Clone + 'a {
    list.iter().enumerate().flat_map(|(i, &edge)| {
        let (a, b) = edges.ends(edge);
        let ends = list.get(i + 1) != Some(&(edge + 1));
        std::iter::once((a, edges.labels[edge as usize])).chain(ends.then_some((b, 0)))
    })
}

/// How many vertices the edges of a list have.
pub(super) fn count(list: &[u32]) -> usize {
    list.len() + 1 + list.windows(2).filter(|w| w[1] != w[0] + 1).count()
}

impl Short {
    /// The block of a list of edges; `None` when they have too many vertices or reach too far.
    pub(super) fn of(edges: &Edges, list: &[u32], cell: Cell, constant: u32) -> Option<Self> {
        if count(list) > 4 || cell.shift > LARGEST {
            return None;
        }
        let middle = cell.middle();
        let mut block = Self { x: [0; 4], y: [0; 4], labels: [0; 4] };
        for (slot, (p, label)) in vertices(edges, list).enumerate() {
            block.x[slot] = i16::try_from(i64::from(p.x) - middle.0).ok()?;
            block.y[slot] = i16::try_from(i64::from(p.y) - middle.1).ok()?;
            block.labels[slot] = label;
        }
        rest_at_the_last(&mut block.x, count(list));
        rest_at_the_last(&mut block.y, count(list));
        block.labels[3] = constant;
        Some(block)
    }

    /// The owner of a point, given from the middle of the cell, whose corner is at `-half`.
    #[inline]
    pub(super) fn owner(&self, p: (i32, i32), half: i32) -> u32 {
        let (west, height) = (-half as i16, p.1 as i16);
        let limits = i16x8::from([west, west, west, west, height, height, height, height]);
        let [x0, x1, x2, x3] = self.x;
        let [y0, y1, y2, y3] = self.y;
        let beyond = i16x8::from([x0, x1, x2, x3, y0, y1, y2, y3]).simd_gt(limits).to_bitmask();
        let crossed = crossed(beyond, beyond >> 4, 3, |slot| from(p, self.x[slot & 3], self.y[slot & 3]));
        let bits = u32x4::from([1, 2, 4, 8]);
        let chosen = (u32x4::splat(crossed) & bits).simd_eq(bits);
        (u32x4::from(self.labels) & chosen).to_array().into_iter().fold(0, BitXor::bitxor)
    }

    /// A word of the block.
    #[inline]
    pub(super) fn word(&self) -> u32 {
        self.labels[3]
    }
}

impl Long {
    /// The block of a list of edges; `None` when they have too many vertices or reach too far.
    pub(super) fn of(edges: &Edges, list: &[u32], cell: Cell, constant: u32) -> Option<Self> {
        if count(list) > MOST || cell.shift > LARGEST {
            return None;
        }
        let middle = cell.middle();
        let from_middle = |p: Point| (i64::from(p.x) - middle.0, i64::from(p.y) - middle.1);
        let x0 = origin(vertices(edges, list).map(|v| from_middle(v.0).0))?;
        let y0 = origin(vertices(edges, list).map(|v| from_middle(v.0).1))?;
        let mut block = Self { x: [x0; 8], y: [y0; 8], labels: [0; 8] };
        for (slot, (p, label)) in vertices(edges, list).enumerate() {
            let (x, y) = from_middle(p);
            block.x[slot] = (x - i64::from(x0)) as i16;
            block.y[slot] = (y - i64::from(y0)) as i16;
            block.labels[slot] = label;
        }
        rest_at_the_last(&mut block.x[..MOST], count(list));
        rest_at_the_last(&mut block.y[..MOST], count(list));
        block.labels[7] = constant;
        Some(block)
    }

    /// The owner of a point, given from the middle of the cell, whose corner is at `-half`.
    #[inline]
    pub(super) fn owner(&self, p: (i32, i32), half: i32) -> u32 {
        let (x0, y0) = (i32::from(self.x[7]), i32::from(self.y[7]));
        let p = (p.0 - x0, p.1 - y0);
        let beyond =
            |v: [i16; 8], limit: i32| i16x8::from(v).simd_gt(i16x8::splat(narrow(limit))).to_bitmask();
        let (east, above) = (beyond(self.x, -half - x0), beyond(self.y, p.1));
        let crossed = crossed(east, above, 6, |slot| from(p, self.x[slot & 7], self.y[slot & 7]));
        let bits = u32x8::from([1, 2, 4, 8, 16, 32, 64, 128]);
        let chosen = (u32x8::splat(crossed) & bits).simd_eq(bits);
        (u32x8::from(self.labels) & chosen).to_array().into_iter().fold(0, BitXor::bitxor)
    }

    /// A word of the block.
    #[inline]
    pub(super) fn word(&self) -> u32 {
        self.labels[7]
    }
}

/// Puts the slots that no vertex uses where the last one is, so that no edge between them spans a height.
fn rest_at_the_last(coordinates: &mut [i16], used: usize) {
    let last = coordinates[used - 1];
    coordinates[used..].fill(last);
}

/// The bits of the edges that a walk crosses, and of all slots after the last edge.
///
/// `east` has the bits of the vertices east of the corner, `above` of those above the point; `from_p` gives
/// a vertex as seen from the point. Edge `i` goes from vertex `i` to `i + 1`.
#[inline]
fn crossed(east: u32, above: u32, edges: u32, from_p: impl Fn(usize) -> (i64, i64)) -> u32 {
    // Whether an edge that spans the height of the point passes east of it: the point is on its left when
    // it goes up, and on its right when it goes down.
    let past = |edge: u32| {
        let ((ax, ay), (bx, by)) = (from_p(edge as usize), from_p(edge as usize + 1));
        let down = i64::from(above >> edge & 1).wrapping_neg();
        u32::from(((ax * by - ay * bx) ^ down) - down > 0) << edge
    };
    let after = u32::MAX << edges;
    let inside = east & !above;
    let mut crossed = (inside ^ inside >> 1) | after;
    let mut spanning = (above ^ above >> 1) & !after;
    // One is the rule; to ask for one where there is none costs less than to guess.
    crossed ^= spanning & past((spanning | after).trailing_zeros());
    spanning &= spanning.wrapping_sub(1);
    while spanning != 0 {
        crossed ^= past(spanning.trailing_zeros());
        spanning &= spanning - 1;
    }
    crossed
}

/// A vertex as seen from a point.
#[inline]
fn from(p: (i32, i32), x: i16, y: i16) -> (i64, i64) {
    (i64::from(i32::from(x) - p.0), i64::from(i32::from(y) - p.1))
}

/// The nearest number of 16 bits; the same vertices are beyond it.
#[inline]
fn narrow(limit: i32) -> i16 {
    limit.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

/// Whence coordinates fit 16 bits: the middle of the cell, if they do. The least number of 16 bits stays
/// free: [`narrow`] gives it for all that are less, and every vertex must be beyond those.
fn origin(coordinates: impl Iterator<Item = i64> + Clone) -> Option<i16> {
    let (min, max) = (coordinates.clone().min()?, coordinates.max()?);
    let reach = i64::from(i16::MAX);
    let fits = |origin: i64| min - origin >= -reach && max - origin <= reach;
    let origin = if fits(0) { 0 } else { (min + max).div_euclid(2) };
    i16::try_from(origin).ok().filter(|_| fits(origin))
}
