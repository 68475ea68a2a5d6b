//! The lookup index: which face owns a point, by a few cross products and no rings.
//!
//! **The rule.** A point has exactly one owner, on borders and vertices too: the face that holds
//! `p + (ε, ε²)` for every small enough ε. So a point on a border belongs to what lies east of it, and
//! on a horizontal border to what lies north. Moved like this no point lies on any border, and no case
//! has to be told from another ([`Coverage::owner`] is the rule written down, [`Index::owner`] is fast).
//!
//! **The trick.** Walk from a place `c` whose owner is known to `p`. Whenever the walk crosses a border
//! the owner changes from the face on the one side to the face on the other: `owner ^= left ^ right`.
//! Order does not matter, so each edge can be asked alone whether the walk crosses it an odd number of
//! times, and the owner is the XOR of the labels `left ^ right` of those that say yes.
//!
//! ```text
//!      cell
//!     +----------------+      c   the lower-left corner, its owner is stored
//!     |      \   e2    |      the walk: up to the height of p, then east to p
//!     |- - - -\- - p   |      owner(p) = owner(c) ^ label(e1) ^ label(e2)
//!     |        \       |
//!     |\ e1     \      |
//!     c-\--------\-----+
//! ```
//!
//! **One cross product.** Make the walk endless: it comes from the far south below `c` and goes on to
//! the far east beyond `p`. It then parts the plane in two, the quadrant `Q = {x > c.x, y ≤ p.y}` and
//! the rest, and crosses the edge `ab` an odd number of times exactly if one of `a`, `b` lies in `Q`:
//! two comparisons each. From this the piece east of `p` has to be taken back, and that is the usual
//! test of a ray: `ab` spans the height of `p` and `p` is on its left. The piece south of `c` is
//! the same for all `p`; it is put into the stored owner of the corner once ([`block`]).
//!
//! This is exact for *any* edge, near or far, clipped or not, ending on a cell's side or at its corner.
//! A cell may list too many edges but never too few, so nothing depends on how a border touches a side.
//!
//! **The directory** finds the cell ([`directory`]): a grid of square cells in a flat array; an entry is
//! one owner, a finer directory of 4 × 4 cells, or a block of edges. All sizes are powers of two, so a
//! level costs two shifts and one load.
//!
//! **Limits.** On what is not a coverage (a segment whose faces are wrong) the answers are garbage: never
//! index what was not built by [`Coverage`]. The index is rebuilt on every change; nothing is patched.

mod batch;
mod block;
mod build;
mod directory;
mod exact;
mod packed;
mod split;

use super::{Coverage, Face};
use crate::geom::{Bbox, Point};
use block::Blocks;
use directory::Directory;
use std::borrow::Cow;
use std::cmp::Ordering;

/// The lookup index of one coverage: see the module's page.
///
/// Immutable, `Send` and `Sync`. It holds copies of the edges and not the coverage itself.
#[derive(Clone, Debug)]
pub struct Index {
    directory: Directory,
    blocks: Blocks,
    /// Whether products of coordinates need 128 bits: a segment is longer than 2^29 units (53 degrees).
    wide: bool,
}

impl Index {
    /// The face that owns `p`; [`Face::OUTSIDE`] in gaps and beyond.
    ///
    /// Total and exact: every lattice point has one answer, the one of [`Coverage::owner`]. Costs one to
    /// five dependent loads and about eight small tests.
    pub fn owner(&self, p: Point) -> Face {
        let offset = self.directory.offset(p);
        let (entry, shift) = self.directory.find(offset);
        Face(match entry.is_block() {
            false => entry.number() as u32,
            true if self.wide => self.blocks.owner::<i128>(entry, offset, shift, p),
            true => self.blocks.owner::<i64>(entry, offset, shift, p),
        })
    }

    /// The memory it holds in bytes, capacity included.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.directory.bytes() + self.blocks.bytes()
    }
}

impl Coverage {
    /// The face that owns `p`: the half-open rule of the whole program, written down.
    ///
    /// Every point has exactly one owner, on borders and vertices too: the face that holds
    /// `p + (ε, ε²)` for every small enough ε. A point on a border belongs to what lies east of it; on a
    /// horizontal border to what lies north. [`Face::OUTSIDE`] owns gaps and what is beyond.
    ///
    /// This form looks at every segment and is there to be read and to be compared with;
    /// [`Index::owner`] gives the same answers in nanoseconds.
    pub fn owner(&self, p: Point) -> Face {
        let east_of = |a: Point, b: Point| {
            let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
            low.y <= p.y && p.y < high.y && crate::geom::predicate::side(low, high, p) == Ordering::Greater
        };
        Face(self.arcs().fold(0, |owner, arc| {
            let crossed = arc.segments().filter(|&(a, b)| east_of(a, b)).count();
            if crossed % 2 == 1 { owner ^ arc.left.0 ^ arc.right.0 } else { owner }
        }))
    }
}

/// The edges of a coverage as one run of points: edge `i` goes from point `i` to point `i + 1` and has
/// the label `left ^ right`. Between the end of an arc and the start of the next the label is 0: such an
/// edge parts nothing, and crossing it changes nothing.
struct Edges<'a> {
    points: Cow<'a, [Point]>,
    labels: Vec<u32>,
}

impl<'a> Edges<'a> {
    fn of(coverage: &'a Coverage) -> Self {
        let mut labels = vec![0; coverage.points.len()];
        for arc in &coverage.arcs {
            let first = arc.first as usize;
            labels[first..first + arc.len as usize - 1].fill(arc.left.0 ^ arc.right.0);
        }
        Self { points: coverage.points.all(), labels }
    }

    /// The numbers of the edges that part something.
    fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.labels.len() as u32).filter(|&i| self.labels[i as usize] != 0)
    }

    fn ends(&self, edge: u32) -> (Point, Point) {
        (self.points[edge as usize], self.points[edge as usize + 1])
    }

    fn bbox(&self) -> Option<Bbox> {
        Bbox::of(self.points.iter().copied())
    }
}
