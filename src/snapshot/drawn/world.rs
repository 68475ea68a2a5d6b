//! The world grid of a zoom: Web Mercator, counted in tile units.
//!
//! Every vertex becomes a [`Dot`] once per zoom, by one function, before anything is cut. A tile takes
//! dots off its own corner and nothing else: so a vertex is the same in both neighbours, and the same in
//! every tile that shows it.

use crate::geom::{LATTICE_PER_DEGREE, Point};
use martin_tile_utils::{EARTH_CIRCUMFERENCE, webmercator_to_wgs84, wgs84_to_webmercator};

/// Tile units along the side of a tile, as a power of two: 4096.
pub const EXTENT_BITS: u8 = 12;

/// The latitude in degrees where Web Mercator's square world ends.
const NORTH_END: f64 = 85.051_128_779_806_6;

/// A position on the world grid of a zoom, in tile units: `x` from 180° W to the east, `y` from the
/// northern end to the south.
///
/// The dots of different zooms do not compare; whoever holds dots knows their zoom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dot {
    /// Tile units from the west.
    pub x: i32,
    /// Tile units from the north.
    pub y: i32,
}

impl Dot {
    /// A dot from its two numbers.
    pub const fn new(x: i32, y: i32) -> Self {
        Self { x, y }
    }

    /// The dot of a lattice point at a zoom of at most 16.
    ///
    /// Spherical Mercator of longitude and latitude (EPSG:3857), the world's width being
    /// `4096 · 2^zoom`, rounded by `floor(v + 0.5)`. Latitudes beyond 85.05° are drawn at the end.
    pub fn of(p: Point, zoom: u8) -> Self {
        let (east, north) = wgs84_to_webmercator(p.lon(), p.lat().clamp(-NORTH_END, NORTH_END));
        let side = f64::from(1_u32 << (zoom + EXTENT_BITS));
        let unit = |share: f64| (share * side + 0.5).floor().clamp(0.0, side) as i32;
        Self { x: unit(0.5 + east / EARTH_CIRCUMFERENCE), y: unit(0.5 - north / EARTH_CIRCUMFERENCE) }
    }

    /// A lattice point that is drawn at a dot of a zoom, give or take one tile unit.
    pub fn point(self, zoom: u8) -> Point {
        let side = f64::from(1_u32 << (zoom + EXTENT_BITS));
        let (east, north) = (f64::from(self.x) / side - 0.5, 0.5 - f64::from(self.y) / side);
        let (lon, lat) = webmercator_to_wgs84(east * EARTH_CIRCUMFERENCE, north * EARTH_CIRCUMFERENCE);
        let lattice = |degrees: f64| (degrees * LATTICE_PER_DEGREE).round() as i32;
        Point::new(lattice(lon), lattice(lat))
    }

    /// The column and row of the tile that holds the dot; its west and north sides are its own.
    pub fn tile(self) -> (u32, u32) {
        ((self.x >> EXTENT_BITS) as u32, (self.y >> EXTENT_BITS) as u32)
    }

    /// The step from this dot to another.
    pub fn to(self, other: Self) -> (i64, i64) {
        (i64::from(other.x) - i64::from(self.x), i64::from(other.y) - i64::from(self.y))
    }
}

/// Twice the area of a ring in square tile units: positive when it runs clockwise on the screen, which
/// is how an outer ring runs in a vector tile.
pub fn twice_area(ring: &[Dot]) -> i64 {
    let origin = ring[0];
    ring.windows(2)
        .map(|w| {
            let ((ax, ay), (bx, by)) = (origin.to(w[0]), origin.to(w[1]));
            ax * by - ay * bx
        })
        .sum()
}

/// Lattice units in one tile unit at a zoom, along the equator.
pub fn lattice_per_unit(zoom: u8) -> f64 {
    360.0 * LATTICE_PER_DEGREE / f64::from(1_u32 << (zoom + EXTENT_BITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_lies_in_the_tile_that_holds_its_point() {
        for (lon, lat) in [(110.29, 25.274), (0.0, 0.0), (-77.05, 38.9), (179.9, -84.9)] {
            let p = Point::from_degrees(lon, lat).unwrap();
            for zoom in [1, 4, 11, 16] {
                let tile = martin_tile_utils::tile_index(lon, lat, zoom);
                assert_eq!(Dot::of(p, zoom).tile(), tile, "{lon} {lat} {zoom}");
            }
        }
    }

    #[test]
    fn the_point_of_a_dot_is_drawn_there() {
        for (lon, lat) in [(110.29, 25.274), (0.0, 0.0), (-77.05, 38.9), (179.9, -84.9)] {
            for zoom in [4, 11, 16] {
                let dot = Dot::of(Point::from_degrees(lon, lat).unwrap(), zoom);
                let (dx, dy) = dot.to(Dot::of(dot.point(zoom), zoom));
                assert!(dx.abs() <= 1 && dy.abs() <= 1, "{lon} {lat} {zoom}: {dx} {dy}");
            }
        }
    }

    #[test]
    fn the_corners_of_the_world_are_its_ends() {
        let end = 1 << 28;
        let (sw, ne) = (Point::new(-1_800_000_000, -900_000_000), Point::new(1_800_000_000, 900_000_000));
        assert_eq!((Dot::of(sw, 16), Dot::of(ne, 16)), (Dot::new(0, end), Dot::new(end, 0)));
    }

    #[test]
    fn a_ring_that_is_clockwise_on_the_screen_has_a_positive_area() {
        let ring = [(0, 0), (2, 0), (2, 2), (0, 2)].map(|(x, y)| Dot::new(x, y));
        assert_eq!(twice_area(&ring), 8);
    }
}
