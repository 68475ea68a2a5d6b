//! Coordinate systems at the door: what comes in becomes a lattice point once, and a position goes out
//! again in the system that was asked for.
//!
//! CGCS2000 longitude and latitude are taken as equal to WGS84: they differ by centimetres, less than any
//! receiver in the street. The order is always east, north. Nothing is guessed: a position that cannot be
//! in its system is refused with a [`Hint`] at what it probably is.

mod china;
mod hint;
mod projected;
pub mod text;

pub use hint::{CrsError, Hint, UnknownCrs};
pub use projected::{Extent, Projected};

use super::Point;
use std::fmt;
use std::str::FromStr;

/// A coordinate system that positions may be given in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Crs {
    /// WGS84 longitude and latitude, EPSG:4326: what receivers give.
    Wgs84,
    /// CGCS2000 longitude and latitude, EPSG:4490: the lattice's own system.
    Cgcs2000,
    /// GCJ-02: Amap, Tencent.
    Gcj02,
    /// BD-09: Baidu.
    Bd09,
    /// Metres east and north in a projection.
    Projected(Projected),
}

impl Crs {
    /// The systems named in documents and choosers; every other Gauss–Krüger zone is accepted too.
    pub const LISTED: [&'static str; 10] = [
        "wgs84",
        "cgcs2000",
        "gcj02",
        "bd09",
        "EPSG:4546",
        "EPSG:4525",
        "EPSG:4508",
        "EPSG:4497",
        "EPSG:3857",
        "EPSG:32649",
    ];

    /// Whether its coordinates are longitude and latitude in degrees.
    pub fn is_geographic(self) -> bool {
        !matches!(self, Self::Projected(_))
    }

    /// What the two coordinates are called, east first: `lon`, `lat` or `x`, `y`.
    pub fn axes(self) -> (&'static str, &'static str) {
        if self.is_geographic() { ("lon", "lat") } else { ("x", "y") }
    }

    /// The EPSG number; GCJ-02 and BD-09 have none.
    pub fn epsg(self) -> Option<u16> {
        match self {
            Self::Wgs84 => Some(4326),
            Self::Cgcs2000 => Some(4490),
            Self::Gcj02 | Self::Bd09 => None,
            Self::Projected(system) => Some(system.epsg()),
        }
    }

    /// The smallest accuracy that may be claimed for it, in metres: 3 for GCJ-02 and BD-09, which map
    /// services themselves round, 0 for the others.
    pub fn least_accuracy_m(self) -> f64 {
        if matches!(self, Self::Gcj02 | Self::Bd09) { 3.0 } else { 0.0 }
    }

    /// The lattice point of a position given east first, in degrees or metres.
    ///
    /// Refuses what is no number, what lies outside the system, and swapped or wrongly prefixed
    /// coordinates; see [`CrsError`]. Costs about 10 ns for WGS84, 0.2 µs for a projection
    /// and 0.5 µs for GCJ-02 and BD-09.
    pub fn to_lattice(self, east: f64, north: f64) -> Result<Point, CrsError> {
        let (lon, lat) = self.to_degrees(east, north)?;
        Point::from_degrees(lon, lat)
            .map_err(|e| CrsError::out_of_range(e.axis, e.value, (-e.limit, e.limit)))
    }

    /// The CGCS2000 longitude and latitude in degrees of a position given east first.
    pub fn to_degrees(self, east: f64, north: f64) -> Result<(f64, f64), CrsError> {
        hint::check(self, east, north)?;
        Ok(match self {
            Self::Wgs84 | Self::Cgcs2000 => (east, north),
            Self::Gcj02 => china::wgs84_of_gcj02((east, north)),
            Self::Bd09 => china::wgs84_of_gcj02(china::gcj02_of_bd09((east, north))),
            Self::Projected(system) => system.inverse(east, north),
        })
    }

    /// The way back: east and north in this system of a CGCS2000 longitude and latitude in degrees.
    ///
    /// A longitude far from a projection's meridian gives numbers that [`Crs::to_degrees`] would refuse.
    pub fn from_degrees(self, lon: f64, lat: f64) -> (f64, f64) {
        match self {
            Self::Wgs84 | Self::Cgcs2000 => (lon, lat),
            Self::Gcj02 => china::gcj02_of_wgs84((lon, lat)),
            Self::Bd09 => china::bd09_of_gcj02(china::gcj02_of_wgs84((lon, lat))),
            Self::Projected(system) => system.forward(lon, lat),
        }
    }

    /// The way back from a lattice point: east and north in this system.
    pub fn from_lattice(self, point: Point) -> (f64, f64) {
        self.from_degrees(point.lon(), point.lat())
    }

    /// What is read in it: east and north, from and to, in degrees or metres.
    pub fn extent(self) -> Extent {
        match self {
            Self::Projected(system) => system.extent(),
            _ => Extent { east: (-180.0, 180.0), north: (-90.0, 90.0) },
        }
    }
}

impl FromStr for Crs {
    type Err = UnknownCrs;

    /// Reads `wgs84`, `cgcs2000`, `gcj02`, `bd09` or an EPSG number with or without `EPSG:`, in any case.
    fn from_str(text: &str) -> Result<Self, UnknownCrs> {
        let lower = text.trim().to_ascii_lowercase();
        match lower.as_str() {
            "wgs84" => return Ok(Self::Wgs84),
            "cgcs2000" => return Ok(Self::Cgcs2000),
            "gcj02" => return Ok(Self::Gcj02),
            "bd09" => return Ok(Self::Bd09),
            _ => {}
        }
        let digits = lower.strip_prefix("epsg:").unwrap_or(&lower);
        let number = Some(digits).filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
        match number.and_then(|d| d.parse().ok()) {
            Some(4326) => Ok(Self::Wgs84),
            Some(4490) => Ok(Self::Cgcs2000),
            Some(epsg) => Projected::new(epsg).map(Self::Projected).ok_or_else(|| UnknownCrs::new(text)),
            None => Err(UnknownCrs::new(text)),
        }
    }
}

impl fmt::Display for Crs {
    /// The name that [`FromStr`] reads: `wgs84`, `gcj02`, `EPSG:4546`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wgs84 => f.write_str("wgs84"),
            Self::Cgcs2000 => f.write_str("cgcs2000"),
            Self::Gcj02 => f.write_str("gcj02"),
            Self::Bd09 => f.write_str("bd09"),
            Self::Projected(system) => write!(f, "EPSG:{}", system.epsg()),
        }
    }
}

#[cfg(test)]
mod tests;
