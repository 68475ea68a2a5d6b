//! GCJ-02 and BD-09: the shifted longitudes and latitudes of Chinese map services.
//!
//! GCJ-02 moves a position by some hundred metres that change smoothly with the place: a polynomial and a
//! few sines in the offset from 105 E 35 N, in metres on the Krasovsky ellipsoid. It has never been
//! published by its authority; the constants are those that every open implementation agrees on. BD-09
//! turns and stretches GCJ-02 once more. Neither has a closed inverse.

use std::f64::consts::PI;

/// A longitude and a latitude in degrees.
pub type LonLat = (f64, f64);

/// Steps of the inverse. Each one shrinks the error about 200 times for GCJ-02 and 50 times for BD-09, so
/// five leave less than 1e-10 degree; one alone leaves up to 2.6 m.
const STEPS: usize = 5;

/// Semi-major axis of the Krasovsky ellipsoid in metres, and its eccentricity squared.
const KRASOVSKY: (f64, f64) = (6_378_245.0, 0.006_693_421_622_965_943);

/// The box outside which GCJ-02 leaves positions where they are: west, south, east, north.
const CHINA: [f64; 4] = [72.004, 0.8293, 137.8347, 55.8271];

/// What BD-09 adds after its turn, in degrees.
const BAIDU_ORIGIN: LonLat = (0.0065, 0.006);
/// The frequency of BD-09's ripple, in radians per degree.
const BAIDU_RIPPLE: f64 = PI * 3000.0 / 180.0;

/// Sines along one axis, two thirds of `Σ amplitude · sin(π · frequency · t)`, in metres.
fn waves(t: f64, terms: [(f64, f64); 2]) -> f64 {
    terms.iter().map(|(amplitude, frequency)| amplitude * (PI * frequency * t).sin()).sum::<f64>() * 2.0 / 3.0
}

/// The shift of GCJ-02 in metres towards the east, from the offsets to 105 E 35 N in degrees.
fn metres_east(x: f64, y: f64) -> f64 {
    let polynomial = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt();
    polynomial
        + waves(x, [(20.0, 6.0), (20.0, 2.0)])
        + waves(x, [(20.0, 1.0), (40.0, 1.0 / 3.0)])
        + waves(x, [(150.0, 1.0 / 12.0), (300.0, 1.0 / 30.0)])
}

/// The shift of GCJ-02 in metres towards the north, from the offsets to 105 E 35 N in degrees.
fn metres_north(x: f64, y: f64) -> f64 {
    let polynomial = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt();
    polynomial
        + waves(x, [(20.0, 6.0), (20.0, 2.0)])
        + waves(y, [(20.0, 1.0), (40.0, 1.0 / 3.0)])
        + waves(y, [(160.0, 1.0 / 12.0), (320.0, 1.0 / 30.0)])
}

/// GCJ-02 of a WGS84 position. Outside China's box it is the position itself.
pub fn gcj02_of_wgs84((lon, lat): LonLat) -> LonLat {
    let [west, south, east, north] = CHINA;
    if lon < west || lon > east || lat < south || lat > north {
        return (lon, lat);
    }
    let (x, y) = (lon - 105.0, lat - 35.0);
    let (a, e2) = KRASOVSKY;
    let phi = lat.to_radians();
    let w = 1.0 - e2 * phi.sin().powi(2);
    let metres_per_radian_east = a / w.sqrt() * phi.cos();
    let metres_per_radian_north = a * (1.0 - e2) / (w * w.sqrt());
    (
        lon + (metres_east(x, y) / metres_per_radian_east).to_degrees(),
        lat + (metres_north(x, y) / metres_per_radian_north).to_degrees(),
    )
}

/// BD-09 of a GCJ-02 position.
pub fn bd09_of_gcj02((lon, lat): LonLat) -> LonLat {
    let radius = lon.hypot(lat) + 0.000_02 * (lat * BAIDU_RIPPLE).sin();
    let angle = lat.atan2(lon) + 0.000_003 * (lon * BAIDU_RIPPLE).cos();
    (radius * angle.cos() + BAIDU_ORIGIN.0, radius * angle.sin() + BAIDU_ORIGIN.1)
}

/// WGS84 of a GCJ-02 position, to 1e-10 degree.
///
/// Within a kilometre of the sides of China's box, where GCJ-02 jumps, the answer may be off by the jump.
pub fn wgs84_of_gcj02(position: LonLat) -> LonLat {
    invert(gcj02_of_wgs84, position)
}

/// GCJ-02 of a BD-09 position, to 1e-10 degree.
pub fn gcj02_of_bd09(position: LonLat) -> LonLat {
    invert(bd09_of_gcj02, position)
}

/// The position that `forward` takes to `target`: a fixed point of `p ↦ p + target − forward(p)`.
fn invert(forward: fn(LonLat) -> LonLat, target: LonLat) -> LonLat {
    (0..STEPS).fold(target, |p, _| {
        let reached = forward(p);
        (p.0 + target.0 - reached.0, p.1 + target.1 - reached.1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn outside_china_gcj02_moves_nothing() {
        for position in [(2.35, 48.86), (-77.0, 38.9), (151.2, -33.9), (139.7, 35.7)] {
            assert_eq!(gcj02_of_wgs84(position), position);
            assert_eq!(wgs84_of_gcj02(position), position);
        }
    }

    #[test]
    fn in_guilin_the_shift_is_what_makes_it_another_grid() {
        let metres = |(a, b): LonLat, (c, d): LonLat| ((a - c) * 100_700.0).hypot((b - d) * 110_800.0);
        let here = (110.296_39, 25.280_22);
        let gcj = gcj02_of_wgs84(here);
        assert!((540.0..600.0).contains(&metres(here, gcj)), "{}", metres(here, gcj));
        let bd = metres(here, bd09_of_gcj02(gcj));
        assert!((1_130.0..1_230.0).contains(&bd), "{bd}");
    }

    proptest! {
        #[test]
        fn the_inverse_comes_back_to_where_it_began(lon in 73.0..135.0f64, lat in 2.0..54.0f64) {
            let gcj = gcj02_of_wgs84((lon, lat));
            let back = wgs84_of_gcj02(gcj);
            prop_assert!((back.0 - lon).abs() < 1e-9 && (back.1 - lat).abs() < 1e-9);
            let back = gcj02_of_bd09(bd09_of_gcj02(gcj));
            prop_assert!((back.0 - gcj.0).abs() < 1e-9 && (back.1 - gcj.1).abs() < 1e-9);
        }
    }
}
