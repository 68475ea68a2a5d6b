//! Arcs: maximal runs of border with the same unit on each side.

use crate::geom::{Bbox, Point};
use std::borrow::Cow;

/// A face of the partition: 0 is the outside, `k` the `k`-th unit by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Face(pub u32);

impl Face {
    /// The ground that no unit holds.
    pub const OUTSIDE: Self = Self(0);
}

/// Where an arc's points stand, and what lies left and right of it.
///
/// An arc starts at the smaller of its two nodes. One that closes on itself starts at its node, or at
/// its smallest point when it has none, and goes towards the smaller neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arc {
    pub(super) first: u32,
    pub(super) len: u32,
    pub(super) left: Face,
    pub(super) right: Face,
}

/// An arc with its points: what the readers of a coverage see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArcRef<'a> {
    /// The number of the arc in this coverage.
    pub number: u32,
    /// At least two points; the first equals the last when the arc is closed. The coverage's own, or read for this.
    pub points: Cow<'a, [Point]>,
    /// The face on the left of the arc's direction.
    pub left: Face,
    /// The face on the right.
    pub right: Face,
}

impl ArcRef<'_> {
    /// Whether the arc closes on itself.
    pub fn is_closed(&self) -> bool {
        self.points.first() == self.points.last()
    }

    /// The segments in the arc's direction.
    pub fn segments(&self) -> impl ExactSizeIterator<Item = (Point, Point)> + '_ {
        self.points.windows(2).map(|w| (w[0], w[1]))
    }

    /// The box around the arc.
    pub fn bbox(&self) -> Bbox {
        Bbox::of(self.points.iter().copied()).expect("an arc has at least two points")
    }
}

/// An arc in one of its two directions; the face on its left is the one whose border it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HalfArc(u32);

impl HalfArc {
    /// The half-arc of an arc, forward or reversed.
    pub fn new(arc: u32, reversed: bool) -> Self {
        Self(arc << 1 | u32::from(reversed))
    }

    /// The number of the arc.
    pub fn arc(self) -> u32 {
        self.0 >> 1
    }

    /// Whether it runs against the arc.
    pub fn is_reversed(self) -> bool {
        self.0 & 1 == 1
    }

    /// The same arc the other way round.
    #[must_use]
    pub fn twin(self) -> Self {
        Self(self.0 ^ 1)
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}
