//! The vertices still standing while arcs are thinned, by place.

use crate::geom::{Bbox, Point, predicate};

/// The vertices per cell that the grid aims at.
const PER_CELL: usize = 2;

/// A uniform grid of points from which points are taken away, never added.
///
/// Cells lie row by row in one array, the live points of each cell first.
pub(super) struct LiveGrid {
    min: Point,
    side: i64,
    columns: i64,
    rows: i64,
    /// Where each cell begins in `points`; one more at the end.
    starts: Vec<u32>,
    /// How many points of each cell are live.
    live: Vec<u32>,
    points: Vec<Point>,
}

impl LiveGrid {
    /// A grid of some points, at least one. Costs one counting sort.
    pub fn new(points: &[Point], around: Bbox) -> Self {
        let (width, height) = (
            i64::from(around.max.x) - i64::from(around.min.x) + 1,
            i64::from(around.max.y) - i64::from(around.min.y) + 1,
        );
        let cells = (points.len() / PER_CELL).max(1) as f64;
        let side = ((width as f64 * height as f64 / cells).sqrt().ceil() as i64).max(1);
        let (columns, rows) = ((width + side - 1) / side, (height + side - 1) / side);
        let count = (columns * rows) as usize;
        let mut grid = Self {
            min: around.min,
            side,
            columns,
            rows,
            starts: vec![0; count + 1],
            live: vec![0; count],
            points: vec![Point::default(); points.len()],
        };
        for &p in points {
            let cell = grid.cell(p);
            grid.starts[cell + 1] += 1;
        }
        for cell in 0..count {
            grid.starts[cell + 1] += grid.starts[cell];
        }
        for &p in points {
            let cell = grid.cell(p);
            grid.points[(grid.starts[cell] + grid.live[cell]) as usize] = p;
            grid.live[cell] += 1;
        }
        grid
    }

    /// Takes one point away. Costs the points of its cell.
    pub fn remove(&mut self, p: Point) {
        let cell = self.cell(p);
        let (from, last) = (self.starts[cell] as usize, (self.starts[cell] + self.live[cell]) as usize);
        if let Some(at) = self.points[from..last].iter().position(|&q| q == p) {
            self.points.swap(from + at, last - 1);
            self.live[cell] -= 1;
        }
    }

    /// Whether the closed triangle holds a live point other than its corners. Exact.
    pub fn any_in_triangle(&self, triangle: [Point; 3]) -> bool {
        self.any(triangle, |cell| self.starts[cell] + self.live[cell], |_| true)
    }

    /// Whether it holds a point of which `is` is so, one that was taken away included.
    pub fn any_ever_in_triangle(&self, triangle: [Point; 3], is: impl Fn(Point) -> bool) -> bool {
        self.any(triangle, |cell| self.starts[cell + 1], is)
    }

    fn any(&self, [a, b, c]: [Point; 3], end: impl Fn(usize) -> u32, is: impl Fn(Point) -> bool) -> bool {
        let (south, north) = (a.y.min(b.y).min(c.y), a.y.max(b.y).max(c.y));
        let (first, last) = (self.row(south), self.row(north));
        (first..=last).any(|row| {
            let (west, east) = if first == last { span([a, b, c]) } else { self.span_in_row([a, b, c], row) };
            (self.column(west)..=self.column(east)).any(|column| {
                let cell = (row * self.columns + column) as usize;
                self.points[self.starts[cell] as usize..end(cell) as usize].iter().any(|&p| {
                    (west..=east).contains(&p.x)
                        && (south..=north).contains(&p.y)
                        && p != a
                        && p != b
                        && p != c
                        && predicate::in_triangle(p, a, b, c)
                        && is(p)
                })
            })
        })
    }

    /// The longitudes that the triangle reaches within a row; never too few.
    ///
    /// Floating point only chooses which points are looked at, so a unit more on each side is enough.
    fn span_in_row(&self, corners: [Point; 3], row: i64) -> (i32, i32) {
        let low = (i64::from(self.min.y) + row * self.side) as f64;
        let high = low + self.side as f64;
        let (mut west, mut east) = (f64::MAX, f64::MIN);
        for i in 0..3 {
            let (p, q) = (corners[i], corners[(i + 1) % 3]);
            let (p, q) = if p.y <= q.y { (p, q) } else { (q, p) };
            let ((px, py), (qx, qy)) = ((f64::from(p.x), f64::from(p.y)), (f64::from(q.x), f64::from(q.y)));
            if qy < low || py > high {
                continue;
            }
            let at = |y: f64| if qy > py { px + (qx - px) * ((y - py) / (qy - py)) } else { px };
            let ends = if qy > py { [at(low.max(py)), at(high.min(qy))] } else { [px, qx] };
            west = west.min(ends[0].min(ends[1]) - 1.0);
            east = east.max(ends[0].max(ends[1]) + 1.0);
        }
        (west as i32, east as i32)
    }

    fn cell(&self, p: Point) -> usize {
        (self.row(p.y) * self.columns + self.column(p.x)) as usize
    }

    fn row(&self, y: i32) -> i64 {
        ((i64::from(y) - i64::from(self.min.y)) / self.side).clamp(0, self.rows - 1)
    }

    fn column(&self, x: i32) -> i64 {
        ((i64::from(x) - i64::from(self.min.x)) / self.side).clamp(0, self.columns - 1)
    }
}

fn span([a, b, c]: [Point; 3]) -> (i32, i32) {
    (a.x.min(b.x).min(c.x), a.x.max(b.x).max(c.x))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fixed walk over the square [-side, side]².
    fn scattered(count: u32, side: i32) -> Vec<Point> {
        let mut seed = 20_261_123_u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as i32 % (2 * side + 1) - side
        };
        (0..count).map(|_| Point::new(next(), next())).collect()
    }

    #[test]
    fn a_triangle_finds_what_a_look_at_every_point_finds() {
        let mut points = scattered(400, 100);
        points.sort_unstable();
        points.dedup();
        let mut grid = LiveGrid::new(&points, Bbox::of(points.iter().copied()).unwrap());
        let corners = scattered(3000, 100);
        let mut seen = [0; 2];
        for (i, t) in corners.chunks_exact(3).enumerate() {
            // Long thin triangles as well as round ones.
            let near = Point::new(t[1].x / 8 + t[0].x / 2, t[1].y / 8 + t[0].y / 2);
            let t = if i % 2 == 0 {
                [t[0], t[1], t[2]]
            } else {
                [t[0], near, Point::new(t[0].x / 2, t[0].y / 2)]
            };
            let want = points.iter().any(|p| !t.contains(p) && predicate::in_triangle(*p, t[0], t[1], t[2]));
            assert_eq!(grid.any_in_triangle(t), want, "{t:?}");
            seen[usize::from(want)] += 1;
            if i % 4 == 0 && points.len() > 100 {
                grid.remove(points.swap_remove(i % points.len()));
            }
        }
        assert!(seen.iter().all(|&n| n > 100), "both answers were asked for: {seen:?}");
    }
}
