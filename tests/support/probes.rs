//! Points that find out whether an index is right, drawn from a coverage.

use crate::dice::Dice;
use wangge::coverage::Coverage;
use wangge::geom::{Bbox, Point};

/// Where the points of a set lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Anywhere in the box and a little beyond.
    Uniform,
    /// Around 50 centres, a few kilometres wide.
    Clustered,
    /// Exactly on a vertex.
    Vertex,
    /// Exactly on a segment where it passes through a lattice point; else beside it.
    Segment,
    /// Within 1 m of a border.
    NearBorder,
    /// On the corner of a power-of-two cell, or one unit beside it.
    CellCorner,
    /// On the side of a power-of-two cell where a border crosses it, or one unit beside it.
    CellSide,
}

/// A source of points about one coverage.
pub struct Probes {
    segments: Vec<(Point, Point)>,
    centres: Vec<Point>,
    bbox: Bbox,
    dice: Dice,
}

/// One metre is about 90 units.
const METRE: i64 = 90;

impl Probes {
    pub const KINDS: &'static [Kind] = &[
        Kind::Uniform,
        Kind::Clustered,
        Kind::Vertex,
        Kind::Segment,
        Kind::NearBorder,
        Kind::CellCorner,
        Kind::CellSide,
    ];

    pub fn new(coverage: &Coverage, seed: u64) -> Self {
        let segments = coverage.arcs().flat_map(|a| a.segments().collect::<Vec<_>>()).collect();
        let bbox = coverage.bbox().expect("there is something to probe");
        let mut probes = Self { segments, centres: Vec::new(), bbox, dice: Dice::new(seed) };
        probes.centres = (0..50).map(|_| probes.segment().0).collect();
        probes
    }

    pub fn take(&mut self, kind: Kind, count: usize) -> Vec<Point> {
        (0..count).map(|_| self.point(kind)).collect()
    }

    /// Every vertex and what lies within one unit of it.
    pub fn around_vertices(coverage: &Coverage) -> Vec<Point> {
        let beside = |p: Point| {
            (-1..=1).flat_map(move |dx| {
                (-1..=1).map(move |dy| Point::new(p.x.saturating_add(dx), p.y.saturating_add(dy)))
            })
        };
        coverage.arcs().flat_map(|a| a.points.iter().copied().flat_map(beside).collect::<Vec<_>>()).collect()
    }

    fn point(&mut self, kind: Kind) -> Point {
        let Bbox { min, max } = self.bbox;
        match kind {
            Kind::Uniform => {
                let margin = (i64::from(max.x) - i64::from(min.x)) / 50 + 2;
                let mut along =
                    |low: i32, high: i32| self.dice.int(i64::from(low) - margin, i64::from(high) + margin);
                let (x, y) = (along(min.x, max.x), along(min.y, max.y));
                at(x, y)
            }
            Kind::Clustered => {
                let centre = self.centres[self.dice.int(0, 49) as usize];
                let spread = 2000.0 * METRE as f64;
                let (dx, dy) = (self.dice.bell() * spread, self.dice.bell() * spread);
                at(i64::from(centre.x) + dx as i64, i64::from(centre.y) + dy as i64)
            }
            Kind::Vertex => self.segment().0,
            Kind::Segment => self.on_segment(),
            Kind::NearBorder => {
                let p = self.on_segment();
                self.beside(p, METRE)
            }
            Kind::CellCorner => {
                let p = self.on_segment();
                let shift = self.dice.int(2, 28) as u32;
                let corner = at(snapped(p.x, min.x, shift), snapped(p.y, min.y, shift));
                self.beside(corner, 1)
            }
            Kind::CellSide => self.on_cell_side(),
        }
    }

    fn segment(&mut self) -> (Point, Point) {
        self.segments[self.dice.int(0, self.segments.len() as i64 - 1) as usize]
    }

    fn on_segment(&mut self) -> Point {
        let (a, b) = self.segment();
        let (dx, dy) = (i64::from(b.x) - i64::from(a.x), i64::from(b.y) - i64::from(a.y));
        let steps = gcd(dx, dy);
        if steps > 1 {
            let k = self.dice.int(0, steps);
            at(i64::from(a.x) + dx / steps * k, i64::from(a.y) + dy / steps * k)
        } else {
            let t = self.dice.unit();
            at(
                i64::from(a.x) + (t * dx as f64).round() as i64,
                i64::from(a.y) + (t * dy as f64).round() as i64,
            )
        }
    }

    /// A segment's point at the height or at the longitude of a cell's side, or just beside it.
    fn on_cell_side(&mut self) -> Point {
        let (a, b) = self.segment();
        let p = self.on_segment();
        let shift = self.dice.int(2, 28) as u32;
        let min = self.bbox.min;
        let (dx, dy) = (i128::from(b.x) - i128::from(a.x), i128::from(b.y) - i128::from(a.y));
        let (x, y) = (snapped(p.x, min.x, shift), snapped(p.y, min.y, shift));
        let met = if self.dice.int(0, 1) == 0 {
            let along = (i128::from(x) - i128::from(a.x)) * dy / if dx == 0 { 1 } else { dx };
            (x, i64::from(if dx == 0 { p.y } else { a.y }) + if dx == 0 { 0 } else { along as i64 })
        } else {
            let along = (i128::from(y) - i128::from(a.y)) * dx / if dy == 0 { 1 } else { dy };
            (i64::from(if dy == 0 { p.x } else { a.x }) + if dy == 0 { 0 } else { along as i64 }, y)
        };
        let met = at(met.0, met.1);
        self.beside(met, 1)
    }

    fn beside(&mut self, p: Point, reach: i64) -> Point {
        let (dx, dy) = (self.dice.int(-reach, reach), self.dice.int(-reach, reach));
        at(i64::from(p.x) + dx, i64::from(p.y) + dy)
    }
}

fn at(x: i64, y: i64) -> Point {
    let clamped = |v: i64| v.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
    Point::new(clamped(x), clamped(y))
}

/// The side of a cell of a power of two west or south of `v`.
fn snapped(v: i32, origin: i32, shift: u32) -> i64 {
    let offset = i64::from(v) - i64::from(origin);
    i64::from(origin) + (offset >> shift << shift)
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}
