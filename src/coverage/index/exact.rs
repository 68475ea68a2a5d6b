//! Integers wide enough for a cross product of lattice differences.

use crate::geom::Point;
use std::ops::{Add, Mul, Sub};

/// An integer in which the products of an index are exact: `i64` for every real city, `i128` when a
/// segment is longer than [`NARROW`].
pub(super) trait Exact:
    Copy + Ord + Default + From<i32> + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Send + Sync
{
}

impl Exact for i64 {}
impl Exact for i128 {}

/// The longest extent of a segment on one axis for which `i64` is enough: 2^29 units, 53 degrees.
///
/// Cells are at most 2^28 wide, and a cell lists only edges that meet it; so every listed vertex lies
/// within 2^29 + 2^28 of every point of the cell, differences stay below 2^31, and of the two products
/// each is below 2^61.
pub(super) const NARROW: i64 = 1 << 29;

/// Twice the signed area of `a b p`: positive when `p` is left of `a` → `b`.
#[inline]
pub(super) fn cross<N: Exact>(a: Point, b: Point, p: Point) -> N {
    let d = |to: i32, from: i32| N::from(to) - N::from(from);
    d(b.x, a.x) * d(p.y, a.y) - d(b.y, a.y) * d(p.x, a.x)
}
