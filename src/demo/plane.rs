//! The working plane: metres east and north of a point amid Guilin.
//!
//! One scale for the whole city is enough for sizes and distances (0.9 % at the north end); where areas
//! are compared with official ones, [`square_metres`] follows the latitude. All of it is plain
//! arithmetic, so that no library's sine decides where a border runs.

use crate::geom::Point;

/// Metres per lattice unit, east and north, at 25.3 N.
pub const EAST: f64 = 0.010_070_9;
/// See [`EAST`].
pub const NORTH: f64 = 0.011_077_6;
const ORIGIN: Point = Point::new(1_105_000_000, 253_000_000);

/// A lattice point in metres.
pub fn metres(p: Point) -> (f64, f64) {
    (f64::from(p.x - ORIGIN.x) * EAST, f64::from(p.y - ORIGIN.y) * NORTH)
}

/// The lattice point nearest to a position in metres.
pub fn lattice((x, y): (f64, f64)) -> Point {
    Point::new(ORIGIN.x + (x / EAST + 0.5).floor() as i32, ORIGIN.y + (y / NORTH + 0.5).floor() as i32)
}

/// The distance of two positions in metres.
pub fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (a.0 - b.0, a.1 - b.1);
    (dx * dx + dy * dy).sqrt()
}

/// The position half-way between two.
pub fn middle(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1))
}

/// Square metres of ground in one square metre of the plane, at a latitude in lattice units.
///
/// The ratio of the parallels' lengths, cos φ / cos 25.3°, by its series about 25.3° (error below 1e-8
/// within 1.5°); the change of the radii of curvature (below 2e-4) is left out.
pub fn square_metres(y: i32) -> f64 {
    const TANGENT: f64 = 0.472_697_7;
    let d = f64::from(y - ORIGIN.y) * 1e-7 * 0.017_453_292_519_943_295;
    1.0 - d * d / 2.0 - TANGENT * (d - d * d * d / 6.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::metric::Metric;

    #[test]
    fn the_plane_agrees_with_the_ellipsoid() {
        for lat in [24.25, 25.3, 26.39] {
            let m = Metric::at_latitude(lat);
            let ours = EAST * NORTH * square_metres((lat * 1e7) as i32);
            let truth = m.east_m * m.north_m;
            assert!((ours / truth - 1.0).abs() < 4e-4, "{lat}: {ours} {truth}");
        }
    }

    #[test]
    fn a_lattice_point_survives_the_plane_and_back() {
        for p in [ORIGIN, Point::new(1_096_000_003, 242_500_007), Point::new(1_115_099_999, 263_900_001)] {
            assert_eq!(lattice(metres(p)), p);
        }
    }
}
