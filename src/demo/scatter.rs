//! Scattering points with a spacing that varies from place to place (dart throwing).

use super::plane;
use super::random::Dice;
use crate::geom::Point;

/// Metres of a bucket.
const BUCKET: f64 = 500.0;
/// Times the expected number of points that darts are thrown.
const PASSES: usize = 9;

/// Points in a box of the plane, none nearer to another than the spacing where it lies.
#[derive(Clone, Debug)]
pub struct Scatter {
    west_south: (f64, f64),
    columns: usize,
    rows: usize,
    buckets: Vec<Vec<(f64, f64)>>,
    /// The points, those put by hand first.
    pub points: Vec<Point>,
}

impl Scatter {
    /// An empty box between two corners, in metres.
    pub fn new(west_south: (f64, f64), east_north: (f64, f64)) -> Self {
        let columns = ((east_north.0 - west_south.0) / BUCKET) as usize + 1;
        let rows = ((east_north.1 - west_south.1) / BUCKET) as usize + 1;
        Self { west_south, columns, rows, buckets: vec![Vec::new(); columns * rows], points: Vec::new() }
    }

    /// Puts a point, however near to others.
    pub fn put(&mut self, point: Point) {
        let at = plane::metres(point);
        let (column, row) = self.bucket(at);
        self.buckets[row * self.columns + column].push(at);
        self.points.push(point);
    }

    /// Fills the box with points at the given spacing in metres; nothing is put where that is `None`.
    pub fn fill(&mut self, spacing: &dyn Fn((f64, f64)) -> Option<f64>, dice: &mut Dice) {
        for _ in 0..PASSES {
            for bucket in 0..self.buckets.len() {
                let corner = (
                    self.west_south.0 + (bucket % self.columns) as f64 * BUCKET,
                    self.west_south.1 + (bucket / self.columns) as f64 * BUCKET,
                );
                let middle = (corner.0 + BUCKET / 2.0, corner.1 + BUCKET / 2.0);
                let Some(typical) = spacing(middle) else { continue };
                let expected = 0.7 * BUCKET * BUCKET / (typical * typical);
                for _ in 0..(expected + dice.unit()) as usize {
                    let at = (corner.0 + dice.unit() * BUCKET, corner.1 + dice.unit() * BUCKET);
                    let point = plane::lattice(at);
                    if spacing(at).is_some_and(|s| self.is_free(at, s)) {
                        self.put(point);
                    }
                }
            }
        }
    }

    fn bucket(&self, at: (f64, f64)) -> (usize, usize) {
        let index = |v: f64, low: f64, n: usize| ((v - low) / BUCKET).clamp(0.0, (n - 1) as f64) as usize;
        (index(at.0, self.west_south.0, self.columns), index(at.1, self.west_south.1, self.rows))
    }

    /// Whether no point lies within a distance.
    fn is_free(&self, at: (f64, f64), distance: f64) -> bool {
        let low = self.bucket((at.0 - distance, at.1 - distance));
        let high = self.bucket((at.0 + distance, at.1 + distance));
        (low.1..=high.1).all(|row| {
            let row = &self.buckets[row * self.columns + low.0..=row * self.columns + high.0];
            row.iter().flatten().all(|&p| {
                let (dx, dy) = (p.0 - at.0, p.1 - at.1);
                dx * dx + dy * dy >= distance * distance
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_points_lie_nearer_than_the_spacing_and_no_hole_is_left() {
        let mut scatter = Scatter::new((0.0, 0.0), (5000.0, 5000.0));
        scatter.fill(&|_| Some(200.0), &mut Dice::new(3, 3));
        let at: Vec<(f64, f64)> = scatter.points.iter().map(|&p| plane::metres(p)).collect();
        let least = |p: (f64, f64), skip: usize| {
            let others = at.iter().enumerate().filter(|&(j, _)| j != skip);
            others.map(|(_, &q)| plane::distance(p, q)).fold(f64::INFINITY, f64::min)
        };
        assert!(at.iter().enumerate().all(|(i, &p)| least(p, i) > 199.9));
        let holes = (0..2500).filter(|k| {
            let spot = (f64::from(k % 50) * 100.0 + 50.0, f64::from(k / 50) * 100.0 + 50.0);
            least(spot, usize::MAX) > 300.0
        });
        assert!(holes.count() < 5);
    }
}
