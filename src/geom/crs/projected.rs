//! Projected systems: CGCS2000 / Gauss–Krüger in all zones of China, web Mercator, UTM 49N.
//!
//! EPSG numbers the Gauss–Krüger systems in four runs, each from 75 E to 135 E: 4491–4501 in zones of 6
//! degrees with the zone's number before the easting, 4502–4512 the same without it; 4513–4533 in zones
//! of 3 degrees with the number, 4534–4554 without. A number before the easting adds a million metres per
//! unit and changes nothing else, so it is taken off here and each meridian has one projection.

use proj4rs::Proj;
use std::sync::OnceLock;

/// Web Mercator over China, 72 to 138 E and 0.5 to 56 N, in metres. The rest of the world is refused:
/// swapped axes and degrees taken for metres land there, and would otherwise pass.
const MERCATOR: Extent = Extent { east: (8_000_000.0, 15_400_000.0), north: (50_000.0, 7_600_000.0) };
/// The eastings of a zone without its number: 400 km to both sides of the meridian at 500 km.
const ZONE_EAST: (f64, f64) = (100_000.0, 900_000.0);
/// The northings of China in Gauss–Krüger and UTM, 0.5 to 56 N, in metres.
const ZONE_NORTH: (f64, f64) = (50_000.0, 6_250_000.0);
/// What one unit of a zone's number adds to an easting, in metres.
const ZONE_M: f64 = 1e6;

/// A projected system that wangge reads and writes, by its EPSG number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Projected(u16);

/// The coordinates that are read in a system, in its unit, ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// From and to, of the first coordinate.
    pub east: (f64, f64),
    /// From and to, of the second coordinate.
    pub north: (f64, f64),
}

impl Projected {
    /// The system of an EPSG number: 3857, 32649, or 4491 to 4554.
    pub fn new(epsg: u16) -> Option<Self> {
        matches!(epsg, 3857 | 32649 | 4491..=4554).then_some(Self(epsg))
    }

    /// The EPSG number.
    pub fn epsg(self) -> u16 {
        self.0
    }

    /// The central meridian in degrees; `None` for web Mercator.
    pub fn meridian(self) -> Option<u16> {
        match self.0 {
            4491..=4501 => Some(75 + 6 * (self.0 - 4491)),
            4502..=4512 => Some(75 + 6 * (self.0 - 4502)),
            4513..=4533 => Some(75 + 3 * (self.0 - 4513)),
            4534..=4554 => Some(75 + 3 * (self.0 - 4534)),
            32649 => Some(111),
            _ => None,
        }
    }

    /// The zone's number, where the system writes it before the easting: 37 for 4525, 19 for 4497.
    pub fn zone(self) -> Option<u16> {
        match self.0 {
            4491..=4501 => Some(self.0 - 4491 + 13),
            4513..=4533 => Some(self.0 - 4513 + 25),
            _ => None,
        }
    }

    /// The same zones and meridian with the zone's number where this one has none, and the other way
    /// round; `None` where there is no such pair.
    pub fn twin(self) -> Option<Self> {
        match self.0 {
            4491..=4501 => Some(Self(self.0 + 11)),
            4502..=4512 => Some(Self(self.0 - 11)),
            4513..=4533 => Some(Self(self.0 + 21)),
            4534..=4554 => Some(Self(self.0 - 21)),
            _ => None,
        }
    }

    /// The system whose eastings start with a zone's number: 13 to 23 are zones of 6 degrees, 25 to 45
    /// zones of 3.
    pub fn of_zone(zone: u16) -> Option<Self> {
        match zone {
            13..=23 => Some(Self(4491 + zone - 13)),
            25..=45 => Some(Self(4513 + zone - 25)),
            _ => None,
        }
    }

    /// What is read in it: China's part, and in a zone 400 km to both sides of the meridian.
    pub fn extent(self) -> Extent {
        if self.0 == 3857 {
            return MERCATOR;
        }
        let offset = self.offset_m();
        Extent { east: (offset + ZONE_EAST.0, offset + ZONE_EAST.1), north: ZONE_NORTH }
    }

    /// Metres from longitude and latitude in degrees. Far outside the zone it may be NaN.
    pub fn forward(self, lon: f64, lat: f64) -> (f64, f64) {
        let mut at = (lon.to_radians(), lat.to_radians(), 0.0);
        match proj4rs::transform::transform(geographic(), self.projection(), &mut at) {
            Ok(()) => (at.0 + self.offset_m(), at.1),
            Err(_) => (f64::NAN, f64::NAN),
        }
    }

    /// Longitude and latitude in degrees from metres inside [`Projected::extent`].
    pub fn inverse(self, east: f64, north: f64) -> (f64, f64) {
        let mut at = (east - self.offset_m(), north, 0.0);
        match proj4rs::transform::transform(self.projection(), geographic(), &mut at) {
            Ok(()) => (at.0.to_degrees(), at.1.to_degrees()),
            Err(_) => (f64::NAN, f64::NAN),
        }
    }

    fn offset_m(self) -> f64 {
        self.zone().map_or(0.0, |zone| f64::from(zone) * ZONE_M)
    }

    /// The projection, built once per meridian: building costs a hundred times what a point does.
    fn projection(self) -> &'static Proj {
        static GAUSS_KRUGER: [OnceLock<Proj>; 21] = [const { OnceLock::new() }; 21];
        static MERCATOR: OnceLock<Proj> = OnceLock::new();
        static UTM: OnceLock<Proj> = OnceLock::new();
        match (self.0, self.meridian()) {
            (32649, _) => UTM.get_or_init(|| build("+proj=utm +zone=49 +ellps=GRS80 +units=m")),
            (_, Some(meridian)) => GAUSS_KRUGER[usize::from((meridian - 75) / 3)].get_or_init(|| {
                build(&format!(
                    "+proj=tmerc +lat_0=0 +lon_0={meridian} +k=1 +x_0=500000 +ellps=GRS80 +units=m"
                ))
            }),
            (_, None) => MERCATOR.get_or_init(|| {
                build("+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m")
            }),
        }
    }
}

/// Longitude and latitude on the CGCS2000 ellipsoid (GRS80's figures), without a datum: CGCS2000 is
/// taken as equal to WGS84.
fn geographic() -> &'static Proj {
    static GEOGRAPHIC: OnceLock<Proj> = OnceLock::new();
    GEOGRAPHIC.get_or_init(|| build("+proj=longlat +ellps=GRS80"))
}

fn build(definition: &str) -> Proj {
    Proj::from_proj_string(definition).expect("the definitions are the ones the tests have built")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn epsg(number: u16) -> Projected {
        Projected::new(number).unwrap()
    }

    #[test]
    fn the_four_runs_agree_on_meridian_zone_and_twin() {
        let rows = [
            (4546, 111, None, 4525),
            (4525, 111, Some(37), 4546),
            (4508, 111, None, 4497),
            (4497, 111, Some(19), 4508),
            (4491, 75, Some(13), 4502),
            (4533, 135, Some(45), 4554),
        ];
        for (number, meridian, zone, twin) in rows {
            let system = epsg(number);
            assert_eq!((system.meridian(), system.zone()), (Some(meridian), zone), "{number}");
            assert_eq!(system.twin(), Some(epsg(twin)));
            assert!(zone.is_none_or(|zone| Projected::of_zone(zone) == Some(system)));
        }
        assert_eq!([4490, 4555, 3395].map(Projected::new), [None; 3]);
        assert_eq!(Projected::of_zone(24), None);
    }

    #[test]
    fn every_definition_builds() {
        for number in [3857, 32649].into_iter().chain(4491..=4554) {
            let system = epsg(number);
            let lon = f64::from(system.meridian().unwrap_or(111));
            let (east, north) = system.forward(lon, 25.0);
            let (back, lat) = system.inverse(east, north);
            assert!((back - lon).abs() < 1e-9 && (lat - 25.0).abs() < 1e-9, "{number}");
        }
    }

    proptest! {
        #[test]
        fn a_position_comes_back_from_every_projection(lon in 108.0..114.0f64, lat in 18.0..54.0f64) {
            for system in [4546, 4525, 4508, 4497, 3857, 32649].map(epsg) {
                let (east, north) = system.forward(lon, lat);
                let (lon2, lat2) = system.inverse(east, north);
                prop_assert!((lon2 - lon).abs() < 1e-9 && (lat2 - lat).abs() < 1e-9, "{system:?}");
            }
        }
    }
}
