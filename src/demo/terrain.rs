//! How dense the grids lie: small downtown and along the river, large in the mountains.

use super::facts::Facts;
use super::mesh::NONE;
use super::{plane, random};
use crate::geom::{Point, Shape};

/// Mesh atoms that an average grid is made of. More give smoother borders and cost time.
pub const ATOMS_PER_GRID: f64 = 17.0;
/// Atoms that scattering at spacing 1 leaves on an area of 1 (see [`super::scatter`]).
const PACKING: f64 = 0.63;
/// Metres of a cell of the raster.
const CELL: f64 = 400.0;
/// 解放桥: the heart of the city.
pub const HEART: Point = Point::new(1_102_955_000, 252_800_000);

/// The density of grids over the ground of the counties.
#[derive(Clone, Debug)]
pub struct Terrain {
    west_south: (f64, f64),
    columns: usize,
    rows: usize,
    /// The county of each cell's middle, or [`NONE`].
    counties: Vec<u32>,
    /// Grids per square metre in each cell.
    densities: Vec<f64>,
}

impl Terrain {
    /// Shares each county's grids out over its shape.
    pub fn new(facts: &Facts, shapes: &[Shape], seed: u64) -> Self {
        let boxes = shapes.iter().filter_map(Shape::bbox).reduce(crate::geom::Bbox::union);
        let (min, max) =
            boxes.map_or(((0.0, 0.0), (0.0, 0.0)), |b| (plane::metres(b.min), plane::metres(b.max)));
        let columns = ((max.0 - min.0) / CELL) as usize + 3;
        let rows = ((max.1 - min.1) / CELL) as usize + 3;
        let west_south = (min.0 - CELL, min.1 - CELL);
        let mut terrain =
            Self { west_south, columns, rows, counties: vec![NONE; columns * rows], densities: Vec::new() };
        for (county, shape) in shapes.iter().enumerate() {
            terrain.fill(shape, county as u32);
        }
        terrain.densities =
            (0..columns * rows)
                .map(|c| {
                    if terrain.counties[c] == NONE { 0.0 } else { attraction(facts, terrain.middle(c), seed) }
                })
                .collect();
        for (county, fact) in facts.counties.iter().enumerate() {
            terrain.share_out(county as u32, fact.grids as f64);
        }
        terrain
    }

    /// Grids per square metre at a position; that of the nearest cell with ground when outside.
    pub fn density(&self, at: (f64, f64)) -> f64 {
        let column = ((at.0 - self.west_south.0) / CELL).clamp(0.0, (self.columns - 1) as f64) as usize;
        let row = ((at.1 - self.west_south.1) / CELL).clamp(0.0, (self.rows - 1) as f64) as usize;
        let here = self.densities[row * self.columns + column];
        if here > 0.0 {
            return here;
        }
        let rows = row.saturating_sub(2)..(row + 3).min(self.rows);
        rows.flat_map(|r| (column.saturating_sub(2)..(column + 3).min(self.columns)).map(move |c| (r, c)))
            .map(|(r, c)| self.densities[r * self.columns + c])
            .fold(0.0, f64::max)
    }

    /// The spacing of mesh points at a position in metres; `None` far from all ground.
    pub fn spacing(&self, at: (f64, f64)) -> Option<f64> {
        let density = self.density(at);
        (density > 0.0).then(|| (PACKING / (density * ATOMS_PER_GRID)).sqrt())
    }

    fn middle(&self, cell: usize) -> (f64, f64) {
        let (column, row) = (cell % self.columns, cell / self.columns);
        (self.west_south.0 + (column as f64 + 0.5) * CELL, self.west_south.1 + (row as f64 + 0.5) * CELL)
    }

    /// Marks the cells whose middles lie in a shape, row by row between its border's crossings.
    fn fill(&mut self, shape: &Shape, county: u32) {
        let mut crossings: Vec<Vec<f64>> = vec![Vec::new(); self.rows];
        for (a, b) in shape.rings().flat_map(crate::geom::Ring::segments) {
            let (a, b) = (plane::metres(a), plane::metres(b));
            let (low, high) = if a.1 < b.1 { (a, b) } else { (b, a) };
            let row_of = |y: f64| ((y - self.west_south.1) / CELL - 0.5).ceil().max(0.0) as usize;
            for (row, list) in crossings.iter_mut().enumerate().take(row_of(high.1)).skip(row_of(low.1)) {
                let y = self.west_south.1 + (row as f64 + 0.5) * CELL;
                list.push(low.0 + (high.0 - low.0) * (y - low.1) / (high.1 - low.1));
            }
        }
        for (row, list) in crossings.iter_mut().enumerate() {
            list.sort_by(f64::total_cmp);
            for span in list.chunks_exact(2) {
                let column = |x: f64| ((x - self.west_south.0) / CELL - 0.5).ceil().max(0.0) as usize;
                for c in column(span[0])..column(span[1]).min(self.columns) {
                    self.counties[row * self.columns + c] = county;
                }
            }
        }
    }

    /// Scales a county's densities to its number of grids.
    fn share_out(&mut self, county: u32, grids: f64) {
        let cells: Vec<usize> = (0..self.counties.len()).filter(|&c| self.counties[c] == county).collect();
        let total: f64 = cells.iter().map(|&c| self.densities[c]).sum::<f64>() * CELL * CELL;
        for c in cells {
            self.densities[c] *= grids / total;
        }
    }
}

/// A hill of height 1 and the given radius; its foot runs out as 1/d⁴.
pub fn hill(from: (f64, f64), to: (f64, f64), radius: f64) -> f64 {
    let d = plane::distance(from, to) / radius;
    let q = 1.0 + d * d;
    1.0 / (q * q)
}

/// How much a place draws people, before it is scaled to a county's number of grids.
fn attraction(facts: &Facts, at: (f64, f64), seed: u64) -> f64 {
    let towns: f64 = facts.counties.iter().map(|c| 7.0 * hill(at, plane::metres(c.seat), 2600.0)).sum();
    let heart = 14.0 * hill(at, plane::metres(HEART), 4500.0);
    let river = facts.river.iter().map(|w| hill(at, plane::metres(w.at), 3500.0)).fold(0.0, f64::max);
    let country = random::fractal(seed ^ 0x0a11, at, 16_000.0, 3);
    // However many centres lie together, the ground holds only so many people.
    let people = towns + heart;
    (0.16 + people / (1.0 + people / 9.0) + 0.35 * river) * (0.35 + 1.3 * country)
}
