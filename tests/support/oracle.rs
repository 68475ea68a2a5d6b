//! The second opinion on owners: boxes, then an exact crossing test per ring, nothing of the index.
//!
//! It takes the shapes as they went into the coverage, and shoots its ray to the north where the index
//! walks east: moved by (ε, ε²), a point on a segment is below it exactly if the segment rises to the
//! east or is vertical; a vertical segment is never met, for the ray is ε east of it.

use crate::partition::Shapes;
use wangge::coverage::{Coverage, Face};
use wangge::geom::{Bbox, Point, Shape};

struct Unit {
    face: Face,
    bbox: Bbox,
    rings: Vec<Vec<Point>>,
}

/// Says who owns a point by asking every unit whose box holds it.
pub struct Oracle {
    units: Vec<Unit>,
    bbox: Option<Bbox>,
    /// For each square of a coarse grid the units whose boxes meet it.
    squares: Vec<Vec<u32>>,
}

const SQUARES: i64 = 256;

impl Oracle {
    pub fn new(shapes: &Shapes, coverage: &Coverage) -> Self {
        let unit = |(id, shape): &(_, Shape)| {
            let rings = shape.rings().map(|r| r.points().to_vec()).collect();
            Some(Unit { face: coverage.face(*id)?, bbox: shape.bbox()?, rings })
        };
        let units: Vec<Unit> = shapes.iter().filter_map(unit).collect();
        let bbox = units.iter().map(|u| u.bbox).reduce(Bbox::union);
        let mut oracle = Self { units, bbox, squares: vec![Vec::new(); (SQUARES * SQUARES) as usize] };
        for i in 0..oracle.units.len() {
            let (low, high) =
                (oracle.square(oracle.units[i].bbox.min), oracle.square(oracle.units[i].bbox.max));
            for row in low.1..=high.1 {
                for column in low.0..=high.0 {
                    oracle.squares[(row * SQUARES + column) as usize].push(i as u32);
                }
            }
        }
        oracle
    }

    fn square(&self, p: Point) -> (i64, i64) {
        let b = self.bbox.expect("there are units");
        let along = |v: i32, min: i32, max: i32| {
            (i64::from(v) - i64::from(min)) * SQUARES / (i64::from(max) - i64::from(min) + 1)
        };
        (along(p.x, b.min.x, b.max.x), along(p.y, b.min.y, b.max.y))
    }

    /// The one owner of a point.
    ///
    /// # Panics
    /// When two units hold it.
    pub fn owner(&self, p: Point) -> Face {
        if !self.bbox.is_some_and(|b| b.contains(p)) {
            return Face::OUTSIDE;
        }
        let (column, row) = self.square(p);
        let near = &self.squares[(row * SQUARES + column) as usize];
        only(p, near.iter().map(|&i| &self.units[i as usize]).filter(|u| u.bbox.contains(p)))
    }

    /// The same without any box: every ring of every unit is asked.
    pub fn owner_without_boxes(&self, p: Point) -> Face {
        only(p, self.units.iter())
    }
}

fn only<'a>(p: Point, units: impl Iterator<Item = &'a Unit>) -> Face {
    let mut holders = units.filter(|u| u.rings.iter().filter(|r| holds(r, p)).count() % 2 == 1);
    let owner = holders.next().map_or(Face::OUTSIDE, |u| u.face);
    assert!(holders.next().is_none(), "{p:?} has two owners");
    owner
}

/// Whether the ray from `p + (ε, ε²)` to the north meets the ring an odd number of times.
fn holds(ring: &[Point], p: Point) -> bool {
    let wide = |v: i32| i128::from(v);
    let mut odd = false;
    let mut a = ring[ring.len() - 1];
    for &b in ring {
        if (a.x <= p.x) != (b.x <= p.x) {
            let (west, east) = if a.x < b.x { (a, b) } else { (b, a) };
            let rise = wide(east.y) - wide(west.y);
            let above = rise * (wide(p.x) - wide(west.x))
                - (wide(p.y) - wide(west.y)) * (wide(east.x) - wide(west.x));
            odd ^= above > 0 || (above == 0 && rise > 0);
        }
        a = b;
    }
    odd
}
