//! The lattice point: a position as two integers in units of 1e-7 degree.

use std::fmt;

/// Lattice units in one degree. One unit is about 1.1 cm of latitude.
pub const LATTICE_PER_DEGREE: f64 = 1e7;

/// A position on the lattice: CGCS2000 longitude and latitude in units of 1e-7 degree.
///
/// The order of points is by `x`, then by `y`; the smallest point of a ring is where it starts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Point {
    /// Longitude in 1e-7 degree, positive to the east.
    pub x: i32,
    /// Latitude in 1e-7 degree, positive to the north.
    pub y: i32,
}

/// A longitude or latitude that is no position on earth.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{axis} must be a finite number from -{limit} to {limit}, got {value}")]
pub struct OutOfRange {
    /// `lon` or `lat`.
    pub axis: &'static str,
    /// The largest legal absolute value, in degrees.
    pub limit: f64,
    /// What came in, in degrees.
    pub value: f64,
}

impl Point {
    /// A lattice point from its two integers.
    pub const fn new(x: i32, y: i32) -> Self {
        Self { x, y }
    }

    /// Rounds degrees to the lattice: `floor(v * 1e7 + 0.5)` on each axis.
    ///
    /// This is the one place where a position becomes a lattice point. Longitudes run from -180 to 180,
    /// latitudes from -90 to 90, ends included; NaN and infinities are out of range.
    pub fn from_degrees(lon: f64, lat: f64) -> Result<Self, OutOfRange> {
        Ok(Self { x: round(lon, "lon", 180.0)?, y: round(lat, "lat", 90.0)? })
    }

    /// Longitude in degrees. Printed with 7 decimals it gives back the integer.
    #[inline]
    pub fn lon(self) -> f64 {
        f64::from(self.x) / LATTICE_PER_DEGREE
    }

    /// Latitude in degrees. Printed with 7 decimals it gives back the integer.
    #[inline]
    pub fn lat(self) -> f64 {
        f64::from(self.y) / LATTICE_PER_DEGREE
    }
}

fn round(value: f64, axis: &'static str, limit: f64) -> Result<i32, OutOfRange> {
    if value.abs() <= limit {
        Ok((value * LATTICE_PER_DEGREE + 0.5).floor() as i32)
    } else {
        Err(OutOfRange { axis, limit, value })
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} {})", self.x, self.y)
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.7} {:.7}", self.lon(), self.lat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_unit_rounds_up_on_both_sides_of_zero() {
        let p = Point::from_degrees(0.000_000_05, -0.000_000_05).unwrap();
        assert_eq!(p, Point::new(1, 0));
    }

    #[test]
    fn a_lattice_point_survives_degrees_and_back() {
        for (x, y) in [(1_102_904_100, 252_737_160), (-1_800_000_000, -900_000_000), (1, -1), (0, 0)] {
            let p = Point::new(x, y);
            assert_eq!(Point::from_degrees(p.lon(), p.lat()), Ok(p));
        }
    }

    #[test]
    fn what_is_no_position_is_refused_with_its_axis() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308, 180.000_000_1] {
            assert_eq!(Point::from_degrees(bad, 0.0).unwrap_err().axis, "lon");
        }
        assert_eq!(Point::from_degrees(0.0, 90.5).unwrap_err().axis, "lat");
    }
}
