//! Axis-parallel boxes on the lattice.

use super::Point;

/// A closed box on the lattice. Never empty: it has at least one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bbox {
    /// The south-west corner.
    pub min: Point,
    /// The north-east corner.
    pub max: Point,
}

impl Bbox {
    /// The box of some points; `None` when there are none.
    pub fn of(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        let mut points = points.into_iter();
        let first = points.next()?;
        Some(points.fold(Self { min: first, max: first }, Bbox::with))
    }

    /// The box of two points, whatever corners they are.
    #[inline]
    pub fn between(a: Point, b: Point) -> Self {
        Self { min: a, max: a }.with(b)
    }

    /// The smallest box that holds this one and `p`.
    #[must_use]
    #[inline]
    pub fn with(self, p: Point) -> Self {
        Self {
            min: Point::new(self.min.x.min(p.x), self.min.y.min(p.y)),
            max: Point::new(self.max.x.max(p.x), self.max.y.max(p.y)),
        }
    }

    /// The smallest box that holds both.
    #[must_use]
    #[inline]
    pub fn union(self, other: Self) -> Self {
        self.with(other.min).with(other.max)
    }

    /// The box with a margin of so many units on each side; it ends where the lattice ends.
    #[must_use]
    #[inline]
    pub fn grown(self, margin: i32) -> Self {
        let shift = |p: Point, by: i32| Point::new(p.x.saturating_add(by), p.y.saturating_add(by));
        Self { min: shift(self.min, -margin), max: shift(self.max, margin) }
    }

    /// Whether `p` lies in the box, sides included.
    #[inline]
    pub fn contains(&self, p: Point) -> bool {
        p.x >= self.min.x && p.x <= self.max.x && p.y >= self.min.y && p.y <= self.max.y
    }

    /// Whether all of another box lies in this one.
    #[inline]
    pub fn holds(&self, other: &Self) -> bool {
        self.contains(other.min) && self.contains(other.max)
    }

    /// Whether the boxes share a point.
    #[inline]
    pub fn intersects(&self, other: &Self) -> bool {
        self.min.x <= other.max.x
            && other.min.x <= self.max.x
            && self.min.y <= other.max.y
            && other.min.y <= self.max.y
    }

    /// West, south, east, north in degrees.
    pub fn degrees(&self) -> [f64; 4] {
        [self.min.lon(), self.min.lat(), self.max.lon(), self.max.lat()]
    }
}
