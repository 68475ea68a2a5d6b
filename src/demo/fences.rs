//! Fences from county shapes: their borders cut into pieces as long as the mesh is wide.

use super::mesh::{Fence, NONE};
use super::plane;
use crate::geom::{Point, Shape};
use std::collections::HashMap;

/// The points of fences and the fences between them.
#[derive(Clone, Debug, Default)]
pub struct Fences {
    /// All points, each once.
    pub points: Vec<Point>,
    /// The pieces.
    pub pieces: Vec<Fence>,
}

/// Cuts the borders of edge-matched shapes; region `i` lies inside `shapes[i]`.
///
/// Every vertex stays. Points between two vertices lie on the lattice point nearest to the segment and
/// are the same from both sides. `spacing` is asked for the wanted length in metres at a position.
pub fn fences(shapes: &[Shape], spacing: &dyn Fn((f64, f64)) -> Option<f64>) -> Fences {
    let mut sides: HashMap<(Point, Point), [u32; 2]> = HashMap::new();
    let mut order = Vec::new();
    for (region, shape) in shapes.iter().enumerate() {
        for (a, b) in shape.canonical().rings().flat_map(crate::geom::Ring::segments) {
            let key = (a.min(b), a.max(b));
            let entry = sides.entry(key).or_insert_with(|| {
                order.push(key);
                [NONE; 2]
            });
            entry[usize::from(a > b)] = region as u32;
        }
    }
    let mut fences = Fences::default();
    let mut numbers: HashMap<Point, u32> = HashMap::new();
    for key in order {
        fences.cut(key, sides[&key], spacing, &mut numbers);
    }
    fences
}

impl Fences {
    fn cut(
        &mut self,
        (a, b): (Point, Point),
        sides: [u32; 2],
        spacing: &dyn Fn((f64, f64)) -> Option<f64>,
        numbers: &mut HashMap<Point, u32>,
    ) {
        let (p, q) = (plane::metres(a), plane::metres(b));
        let wanted = spacing(plane::middle(p, q)).unwrap_or(1000.0);
        let pieces = ((plane::distance(p, q) / wanted + 0.4) as i64).max(1);
        let at = |half: i64| along(a, b, half, 2 * pieces);
        for i in 0..pieces {
            let ends = [2 * i, 2 * i + 2].map(|half| {
                let next = self.points.len() as u32;
                let point = at(half);
                *numbers.entry(point).or_insert_with(|| {
                    self.points.push(point);
                    next
                })
            });
            self.pieces.push(Fence { ends, middle: at(2 * i + 1), sides });
        }
    }
}

/// The lattice point nearest to `a + (b − a) · i / n`, exact.
fn along(a: Point, b: Point, i: i64, n: i64) -> Point {
    let mix = |a: i32, b: i32| {
        let step = (i64::from(b) - i64::from(a)) * i;
        a + (2 * step + n).div_euclid(2 * n) as i32
    };
    Point::new(mix(a.x, b.x), mix(a.y, b.y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::{Polygon, Ring};

    fn square(x: i32) -> Shape {
        let corners = [(0, 0), (1000, 0), (1000, 1001), (0, 1001)];
        let ring = corners.map(|(dx, y)| Point::new(1_105_000_000 + x + dx, 253_000_000 + y));
        Shape(vec![Polygon::simple(Ring::new(ring.to_vec()).unwrap())])
    }

    #[test]
    fn two_neighbours_share_the_pieces_of_their_border() {
        let fences = fences(&[square(0), square(1000)], &|_| Some(2.5));
        let shared = fences.pieces.iter().filter(|f| !f.sides.contains(&NONE));
        assert_eq!(shared.count(), 4);
        // Seven sides of four pieces, each with its start, and the two corners where two sides part.
        assert_eq!(fences.points.len(), 7 * 4 - 1);
    }

    #[test]
    fn a_point_between_two_vertices_is_the_nearest_on_the_lattice() {
        let (a, b) = (Point::new(0, 0), Point::new(-7, 10));
        assert_eq!(along(a, b, 1, 4), Point::new(-2, 3));
        assert_eq!(along(a, b, 4, 4), b);
    }
}
