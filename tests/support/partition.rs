//! Coverages made to be looked up: a city-like one with wiggly borders, and soups of labelled triangles
//! whose borders fall on the sides and corners of every power-of-two grid.

use crate::dice::Dice;
use std::collections::HashMap;
use wangge::geom::{Point, Polygon, Ring, Shape};
use wangge::unit::UnitId;

/// What a coverage is assembled from.
pub type Shapes = Vec<(UnitId, Shape)>;

fn id(n: usize) -> UnitId {
    UnitId::try_from(n as u64 + 1).expect("ids start at 1")
}

/// A city of `side × side` cells with `wiggles` points along each of their four borders, about 1.9 by 2.1
/// degrees: small cells in the middle, large ones at the rim. One cell in 40 is nobody's, one in 40
/// belongs to some other cell's unit: gaps, enclaves and units of several parts.
pub fn city(side: usize, wiggles: usize, seed: u64) -> Shapes {
    let mesh = Mesh::new(side, wiggles, seed);
    let mut dice = Dice::new(seed ^ 1);
    let mut shapes: HashMap<usize, Vec<Polygon>> = HashMap::new();
    for cell in 0..side * side {
        let unit = match dice.int(0, 39) {
            0 => continue,
            1 => dice.int(0, (side * side) as i64 - 1) as usize,
            _ => cell,
        };
        shapes.entry(unit).or_default().push(Polygon::simple(mesh.ring(cell % side, cell / side)));
    }
    let mut shapes: Shapes = shapes.into_iter().map(|(unit, parts)| (id(unit), Shape(parts))).collect();
    shapes.sort_by_key(|s| s.0);
    shapes
}

/// A square mesh with nodes moved aside and borders bent, each inside a narrow wedge about its chord, so
/// that none meets another; then pulled towards the middle axis by axis.
struct Mesh {
    nodes: Vec<(f64, f64)>,
    side: usize,
    wiggles: usize,
    seed: u64,
}

impl Mesh {
    fn new(side: usize, wiggles: usize, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let nodes = (0..(side + 1) * (side + 1))
            .map(|i| {
                let mut at = |n: usize| n as f64 + 0.36 * (dice.unit() - 0.5);
                (at(i % (side + 1)), at(i / (side + 1)))
            })
            .collect();
        Self { nodes, side, wiggles, seed }
    }

    fn ring(&self, column: usize, row: usize) -> Ring {
        let node = |dx: usize, dy: usize| (row + dy) * (self.side + 1) + column + dx;
        let corners = [node(0, 0), node(1, 0), node(1, 1), node(0, 1)];
        let points = (0..4).flat_map(|i| self.border(corners[i], corners[(i + 1) % 4])).collect();
        Ring::new(points).expect("a cell has many points")
    }

    /// The points of a border but its last; the same ones, reversed, from the other end.
    fn border(&self, from: usize, to: usize) -> Vec<Point> {
        let (low, high) = (from.min(to), from.max(to));
        let mut dice = Dice::new(self.seed ^ ((low as u64) << 32 | high as u64));
        let (a, b) = (self.nodes[low], self.nodes[high]);
        let mut points: Vec<Point> = (0..=self.wiggles)
            .map(|i| {
                let t = i as f64 / self.wiggles as f64;
                let aside = 0.4 * (dice.unit() - 0.5) * t.min(1.0 - t);
                let (dx, dy) = (b.0 - a.0, b.1 - a.1);
                self.place(a.0 + t * dx - aside * dy, a.1 + t * dy + aside * dx)
            })
            .collect();
        if from > to {
            points.reverse();
        }
        points.pop();
        points
    }

    /// From the mesh to the lattice, to multiples of 4 units so that borders pass through lattice points.
    fn place(&self, x: f64, y: f64) -> Point {
        let half = self.side as f64 / 2.0;
        let pull = |v: f64| {
            let u = (v - half) / half;
            u * (0.25 + 0.75 * u * u)
        };
        let at = |middle: f64, extent: f64, v: f64| ((middle + extent * pull(v)) * 2.5e6).round() as i32 * 4;
        Point::new(at(110.5, 0.95, x), at(25.3, 1.05, y))
    }
}

/// Squares of side `2^shift` at `corner`, each cut into two triangles, dealt out among `units` units and
/// nobody: borders along every direction of the compass, nodes of degree eight, pinches, enclaves.
pub fn soup(columns: usize, rows: usize, units: usize, corner: Point, shift: u32, seed: u64) -> Shapes {
    let mut dice = Dice::new(seed);
    let mut shapes: Vec<Vec<Polygon>> = vec![Vec::new(); units];
    let step = 1i64 << shift;
    let at = |column: usize, row: usize| {
        let clamped = |v: i64| v.min(i64::from(i32::MAX)) as i32;
        Point::new(
            clamped(i64::from(corner.x) + column as i64 * step),
            clamped(i64::from(corner.y) + row as i64 * step),
        )
    };
    for cell in 0..columns * rows {
        let (c, r) = (cell % columns, cell / columns);
        let [sw, se, ne, nw] = [at(c, r), at(c + 1, r), at(c + 1, r + 1), at(c, r + 1)];
        let halves =
            if dice.int(0, 1) == 0 { [[sw, se, ne], [sw, ne, nw]] } else { [[sw, se, nw], [se, ne, nw]] };
        for half in halves {
            if let Some(parts) = shapes.get_mut(dice.int(0, units as i64) as usize) {
                parts.push(Polygon::simple(Ring::new(half.to_vec()).expect("a triangle")));
            }
        }
    }
    shapes.into_iter().enumerate().map(|(i, parts)| (id(i), Shape(parts))).collect()
}

/// Wedges around one node, each a unit of its own.
pub fn star(wedges: usize, centre: Point, radius: f64) -> Shapes {
    let rim = |i: usize| {
        let turn = std::f64::consts::TAU * (i % wedges) as f64 / wedges as f64;
        Point::new(centre.x + (radius * turn.cos()) as i32, centre.y + (radius * turn.sin()) as i32)
    };
    let wedge = |i: usize| Ring::new(vec![centre, rim(i), rim(i + 1)]).expect("a wedge");
    (0..wedges).map(|i| (id(i), Shape(vec![Polygon::simple(wedge(i))]))).collect()
}

/// Long strips side by side, a few units wide: no cutting parts them.
pub fn strips(count: usize, length: i32, width: i32) -> Shapes {
    let strip = |i: usize| {
        let low = i as i32 * width;
        let at = |x: i32, y: i32| Point::new(x, y + x / 3);
        Ring::new(vec![at(0, low), at(length, low), at(length, low + width), at(0, low + width)])
            .expect("a strip")
    };
    (0..count).map(|i| (id(i), Shape(vec![Polygon::simple(strip(i))]))).collect()
}
