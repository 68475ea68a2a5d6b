//! Cutting a cell with too many edges into finer ones.

use super::Edges;
use super::block::{Blocks, Walk};
use super::directory::{Cell, Entry, FAN, Finer, Kind};
use super::exact::Exact;
use super::packed::{self, MOST};
use crate::geom::Point;

/// Cells of this power of two (16 units, 18 cm) hold what they must.
const SMALLEST: u32 = 4;
/// How many edges a top cell may store for each that meets it. Keeps what no cutting parts, a bundle of
/// parallel borders or a node of high degree, from filling the memory.
const ALLOWANCE: usize = 8;

/// The directories and blocks of a part of the grid.
pub(super) struct Part<'a> {
    edges: &'a Edges<'a>,
    pub(super) finer: Vec<Finer>,
    pub(super) blocks: Blocks,
}

impl<'a> Part<'a> {
    pub(super) fn new(edges: &'a Edges<'a>) -> Self {
        Self { edges, finer: Vec::new(), blocks: Blocks::default() }
    }

    /// The entry of a top cell whose corner belongs to `owner` and which `list` may meet.
    pub(super) fn top<N: Exact>(&mut self, cell: Cell, owner: u32, list: &[u32]) -> Entry {
        let met: Vec<u32> = list.iter().copied().filter(|&e| meets::<N>(self.edges.ends(e), cell)).collect();
        self.entry::<N>(cell, owner, &met, met.len() * ALLOWANCE)
    }

    fn entry<N: Exact>(&mut self, cell: Cell, owner: u32, met: &[u32], allowance: usize) -> Entry {
        if met.is_empty() {
            return Entry::of(Kind::Owner, owner as usize);
        }
        if packed::count(met) > MOST && cell.shift >= SMALLEST + FAN {
            let children = self.share_out::<N>(cell, met);
            let stored = children.iter().map(Vec::len).sum::<usize>();
            if stored <= allowance {
                return self.cut::<N>(cell, owner, met, &children, allowance - stored);
            }
        }
        self.blocks.push::<N>(self.edges, met, cell, owner)
    }

    /// The edges that meet each of the finer cells.
    fn share_out<N: Exact>(&self, cell: Cell, met: &[u32]) -> Vec<Vec<u32>> {
        let meeting = |child: Cell| {
            met.iter().copied().filter(|&e| meets::<N>(self.edges.ends(e), child)).collect::<Vec<u32>>()
        };
        cell.children().map(meeting).collect()
    }

    /// What is left of the allowance goes to the finer cells that are still too full, by their edges.
    fn cut<N: Exact>(
        &mut self,
        cell: Cell,
        owner: u32,
        met: &[u32],
        children: &[Vec<u32>],
        left: usize,
    ) -> Entry {
        let wanting: usize = children.iter().filter(|list| packed::count(list) > MOST).map(Vec::len).sum();
        let mut entries = [Entry::of(Kind::Owner, 0); 1 << (2 * FAN)];
        for ((entry, child), list) in entries.iter_mut().zip(cell.children()).zip(children) {
            let owner = self.owner_in::<N>(cell, owner, met, child.corner);
            *entry = self.entry::<N>(child, owner, list, list.len() + left * list.len() / wanting.max(1));
        }
        self.finer.push(Finer(entries));
        Entry::of(Kind::Finer, self.finer.len() - 1)
    }

    /// The owner of a point in a cell whose corner belongs to `owner` and which `met` meet.
    fn owner_in<N: Exact>(&self, cell: Cell, owner: u32, met: &[u32], p: Point) -> u32 {
        let walk_to = |p: Point| {
            let mut walk = Walk::to(p, cell.corner.x, owner);
            for &edge in met {
                let (a, b) = self.edges.ends(edge);
                walk.meet::<N>(a, b, self.edges.labels[edge as usize]);
            }
            walk.owner
        };
        walk_to(p) ^ walk_to(cell.corner) ^ owner
    }
}

/// Whether the segment meets the inside of the cell, where all walks run: moved by (ε, ε²), a path
/// between points of a cell touches none of its sides.
pub(super) fn meets<N: Exact>((a, b): (Point, Point), cell: Cell) -> bool {
    let side = 1i64 << cell.shift;
    let between = |u: i32, v: i32, low: i32| i64::from(u.min(v)) < i64::from(low) + side && u.max(v) > low;
    if !between(a.x, b.x, cell.corner.x) || !between(a.y, b.y, cell.corner.y) {
        return false;
    }
    // The line through a and b must leave corners on both sides.
    let d = |to: i32, from: i32| N::from(to) - N::from(from);
    let (ux, uy) = (d(b.x, a.x), d(b.y, a.y));
    let at_corner = ux * d(cell.corner.y, a.y) - uy * d(cell.corner.x, a.x);
    let zero = N::default();
    let side = N::from(1 << cell.shift);
    let (rise, fall) = (ux * side, zero - uy * side);
    let most = at_corner + rise.max(zero) + fall.max(zero);
    let least = at_corner + rise.min(zero) + fall.min(zero);
    least < zero && most > zero
}
