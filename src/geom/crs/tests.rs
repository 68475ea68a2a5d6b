//! The door against pyproj's vectors, and what it refuses.

use super::*;

const VECTORS: &str = include_str!("../../../tests/cases/crs_vectors.csv");

fn crs(name: &str) -> Crs {
    name.parse().unwrap()
}

/// Each row of the vectors: WGS84, then the pairs in the columns' order.
fn vectors() -> Vec<Vec<(f64, f64)>> {
    let row = |line: &str| {
        let numbers: Vec<f64> = line.split(',').map(|v| v.parse().unwrap()).collect();
        numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect()
    };
    VECTORS.lines().skip(1).map(row).collect()
}

#[test]
fn gcj02_and_bd09_agree_with_the_vectors_both_ways_to_1e_9_degree() {
    let rows = vectors();
    assert_eq!(rows.len(), 200);
    let near = |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() <= 1e-9 && (b - d).abs() <= 1e-9;
    for row in rows {
        for (name, given) in [("gcj02", row[1]), ("bd09", row[2])] {
            let (lon, lat) = row[0];
            assert!(near(crs(name).from_degrees(lon, lat), given), "{name} {lon} {lat}");
            let back = crs(name).to_degrees(given.0, given.1).unwrap();
            assert!(near(back, row[0]), "{name} {given:?} → {back:?}, want {:?}", row[0]);
        }
    }
}

#[test]
fn projections_agree_with_the_vectors_both_ways_to_a_millimetre() {
    let metric = crate::geom::metric::Metric::at_latitude(25.3);
    let (east_m, north_m) = (metric.east_m * 1e7, metric.north_m * 1e7);
    for row in vectors() {
        let (lon, lat) = row[0];
        let without_zone = (row[5].0 - 19e6, row[5].1);
        let pairs = [("4546", row[3]), ("4525", row[4]), ("4497", row[5]), ("4508", without_zone)];
        for (name, given) in pairs.into_iter().chain([("3857", row[6]), ("32649", row[7])]) {
            let (east, north) = crs(name).from_degrees(lon, lat);
            assert!((east - given.0).hypot(north - given.1) <= 1e-3, "{name} {lon} {lat}");
            let (lon2, lat2) = crs(name).to_degrees(given.0, given.1).unwrap();
            let off = ((lon2 - lon) * east_m).hypot((lat2 - lat) * north_m);
            assert!(off <= 1e-3, "{name} {given:?} off by {off} m");
        }
    }
}

#[test]
fn a_system_is_read_in_any_spelling_and_written_in_one() {
    let rows = [
        ("wgs84", "wgs84"),
        ("WGS84", "wgs84"),
        (" Gcj02 ", "gcj02"),
        ("BD09", "bd09"),
        ("cgcs2000", "cgcs2000"),
        ("4490", "cgcs2000"),
        ("EPSG:4326", "wgs84"),
        ("4546", "EPSG:4546"),
        ("epsg:4546", "EPSG:4546"),
    ];
    for (given, name) in rows {
        assert_eq!(crs(given).to_string(), name);
        assert_eq!(crs(name), crs(given));
    }
    for name in Crs::LISTED {
        assert_eq!(crs(name).to_string(), name);
    }
}

#[test]
fn an_unknown_system_is_refused_with_the_list_of_what_is_accepted() {
    for bad in ["", "wgs", "EPSG:", "EPSG:2383", "+4546", "99999999999", "桂林", &"x".repeat(1000)] {
        let error = bad.parse::<Crs>().unwrap_err();
        assert!(error.got.chars().count() <= 80);
        let message = error.to_string();
        assert!(
            ["wgs84", "gcj02", "bd09", "EPSG:4546"].iter().all(|name| message.contains(name)),
            "{message}"
        );
    }
}

#[test]
fn the_order_is_east_then_north_and_the_lattice_point_is_rounded_once() {
    assert_eq!(crs("wgs84").to_lattice(110.290_000_04, 25.27), Ok(Point::new(1_102_900_000, 252_700_000)));
    assert_eq!(crs("cgcs2000").to_lattice(-180.0, 90.0), Ok(Point::new(-1_800_000_000, 900_000_000)));
    let at = crs("4525").to_lattice(37_429_131.312_7, 2_797_281.366_3);
    assert_eq!(at, Ok(Point::new(1_102_963_900, 252_802_200)));
}

#[test]
fn what_is_no_number_is_refused_in_every_system() {
    for name in Crs::LISTED {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308, -1e308] {
            let (east, north) = crs(name).axes();
            let error = crs(name).to_lattice(bad, 25.0).unwrap_err();
            assert_eq!(error.axis, east, "{name} {bad}");
            let (good, _) = crs(name).from_degrees(110.3, 25.3);
            let error = crs(name).to_lattice(good, bad).unwrap_err();
            assert_eq!((error.axis, error.hint), (north, None), "{name} {bad}");
        }
    }
}

#[test]
fn a_refused_position_says_what_it_probably_is() {
    let swapped = |east, north| Some(Hint::SwappedAxes { east, north });
    let rows = [
        ("wgs84", 25.27, 110.29, swapped("lon", "lat")),
        ("gcj02", 25.27, 110.29, swapped("lon", "lat")),
        ("wgs84", 429_131.3, 2_797_281.4, Some(Hint::Metres)),
        ("wgs84", 200.0, 25.0, None),
        ("4546", 110.29, 25.27, Some(Hint::Degrees)),
        ("4525", 25.27, 110.29, Some(Hint::Degrees)),
        ("4546", 2_797_281.4, 429_131.3, swapped("x", "y")),
        ("4525", 2_797_281.4, 37_429_131.3, swapped("x", "y")),
        ("4525", 429_131.3, 2_797_281.4, Some(Hint::MissingZone { crs: 4525, zone: 37, looks_like: 4546 })),
        ("4497", 429_131.3, 2_797_281.4, Some(Hint::MissingZone { crs: 4497, zone: 19, looks_like: 4508 })),
        ("4546", 37_429_131.3, 2_797_281.4, Some(Hint::ForeignZone { zone: 37, looks_like: 4525 })),
        ("4525", 38_429_131.3, 2_797_281.4, Some(Hint::ForeignZone { zone: 38, looks_like: 4526 })),
        ("4508", 19_429_131.3, 2_797_281.4, Some(Hint::ForeignZone { zone: 19, looks_like: 4497 })),
        ("4497", 37_429_131.3, 2_797_281.4, Some(Hint::ForeignZone { zone: 37, looks_like: 4525 })),
        ("4546", 2_797_281.4, 37_429_131.3, Some(Hint::ForeignZone { zone: 37, looks_like: 4525 })),
        ("3857", 37_429_131.3, 2_797_281.4, None),
        ("3857", 110.29, 25.27, Some(Hint::Degrees)),
        ("3857", 2_910_202.8, 12_278_138.0, swapped("x", "y")),
        ("4546", 429_131.3, -5.0, None),
    ];
    for (name, east, north, hint) in rows {
        let error = crs(name).to_lattice(east, north).unwrap_err();
        assert_eq!(error.hint, hint, "{name} {east} {north}");
    }
}
