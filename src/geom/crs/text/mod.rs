//! A position as people write it: `110.29,25.27`, `25.27 110.29`, `110°17'24"E 25°16'12"N`,
//! `东经110度17分24秒,北纬25度16分12秒`, `429131.3 2797281.4`.
//!
//! What is written seldom says its system, and often not even its order. So the answer is every reading
//! that could be meant, the likely ones first; choosing is left to whoever asked.

mod angles;
mod tokens;

pub use angles::TextError;

use super::{Crs, Projected};
use crate::geom::{Bbox, LATTICE_PER_DEGREE, Point};
use angles::{Angle, Axis};

/// One way to understand a written position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The system.
    pub crs: Crs,
    /// The first coordinate in it, longitude or easting.
    pub east: f64,
    /// The second coordinate in it, latitude or northing.
    pub north: f64,
    /// Whether the text had the northern one first.
    pub north_first: bool,
    /// The lattice point.
    pub point: Point,
    /// Whether it lies in the city or within half a degree of it.
    pub at_home: bool,
}

/// Half a degree in lattice units: what is still near the city.
const NEAR: i32 = (LATTICE_PER_DEGREE / 2.0) as i32;

/// Every reading of one position, the likely ones first; never empty.
///
/// `home` is the box of the city's outline: it picks the zone of unprefixed projected coordinates and
/// marks readings as [`Reading::at_home`]. With `crs` only readings in that system come back. Readings that
/// are one lattice point, as 4546 and 4508 give it, come once.
pub fn readings(text: &str, crs: Option<Crs>, home: &Bbox) -> Result<Vec<Reading>, TextError> {
    let [first, second] = angles::pair(text)?;
    let systems: Vec<Crs> = match crs {
        Some(crs) => vec![crs],
        None => candidates(home, &first, &second),
    };
    let mut found: Vec<Reading> = Vec::new();
    for (east, north, north_first) in orders(&first, &second) {
        for &crs in &systems {
            let Ok(point) = crs.to_lattice(east, north) else { continue };
            if found.iter().all(|r| r.point != point) {
                let at_home = near(point, home);
                found.push(Reading { crs, east, north, north_first, point, at_home });
            }
        }
    }
    found.sort_by_key(|r| !r.at_home);
    if found.is_empty() {
        Err(TextError::NoReading { first: first.value, second: second.value })
    } else {
        Ok(found)
    }
}

fn near(p: Point, home: &Bbox) -> bool {
    let inside =
        |v: i32, least: i32, most: i32| v >= least.saturating_sub(NEAR) && v <= most.saturating_add(NEAR);
    inside(p.x, home.min.x, home.max.x) && inside(p.y, home.min.y, home.max.y)
}

/// The pair as (east, north, whether the north was first): one order where the text names its axes, both
/// where it does not.
fn orders(first: &Angle, second: &Angle) -> Vec<(f64, f64, bool)> {
    let (a, b) = (first.value, second.value);
    let as_written = (a, b, false);
    let turned = (b, a, true);
    match (first.axis, second.axis) {
        (Some(Axis::East), _) | (_, Some(Axis::North)) => vec![as_written],
        (Some(Axis::North), _) | (_, Some(Axis::East)) => vec![turned],
        (None, None) => vec![as_written, turned],
    }
}

/// The systems that a pair without a named one may be in.
fn candidates(home: &Bbox, first: &Angle, second: &Angle) -> Vec<Crs> {
    let mut systems = vec![Crs::Wgs84, Crs::Gcj02, Crs::Bd09];
    let lon = f64::midpoint(home.min.lon(), home.max.lon());
    let three = (lon / 3.0).round() as i32 * 3;
    let six = (lon / 6.0).floor() as i32 * 6 + 3;
    let written = [first.value, second.value].into_iter().filter(|v| (1e7..5e7).contains(v));
    let mut epsg: Vec<u16> =
        written.filter_map(|v| Projected::of_zone((v / 1e6) as u16)).map(Projected::epsg).collect();
    if (75..=135).contains(&three) {
        epsg.extend([4534 + ((three - 75) / 3) as u16, 4502 + ((six - 75).max(0) / 6) as u16]);
    }
    epsg.extend([32649, 3857]);
    systems.extend(epsg.into_iter().filter_map(Projected::new).map(Crs::Projected));
    systems
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn guilin() -> Bbox {
        let corner = |lon, lat| Point::from_degrees(lon, lat).unwrap();
        Bbox { min: corner(109.6, 24.25), max: corner(111.51, 26.39) }
    }

    fn read(text: &str) -> Vec<Reading> {
        readings(text, None, &guilin()).unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn every_way_to_write_one_place_reads_as_that_place() {
        let want = Point::from_degrees(110.29, 25.27).unwrap();
        let spellings = [
            "110.29,25.27",
            "25.27 110.29",
            "(110.29, 25.27)",
            "[110.29,25.27]",
            "POINT(110.29 25.27)",
            "110.29;25.27",
            "110.29,25.27",
            "110.29、25.27",
            "110.29 , 25.27",
            "(110.29,25.27)",
            "110.29°E, 25.27°N",
            "N25.27 E110.29",
            "25.27N 110.29E",
            "lat: 25.27, lng: 110.29",
            "经度:110.29 纬度:25.27",
            "北纬25.27,东经110.29",
            "110°17'24\"E 25°16'12\"N",
            "110°17′24″ 25°16′12″",
            "25°16'12.0\" N, 110°17'24.0\" E",
            "东经110度17分24秒,北纬25度16分12秒",
            "110°17.4' 25°16.2'",
            "110 17 24 E 25 16 12 N",
            "110 17 24 25 16 12",
            "110°17'24''E 25°16'12''N",
            "110°17′24″E,25°16′12″N",
        ];
        let wide =
            |c: char| if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c };
        let full_width = spellings.map(|text| text.chars().map(wide).collect::<String>());
        for text in spellings.into_iter().chain(full_width.iter().map(String::as_str)) {
            let found = read(text);
            assert_eq!((found[0].crs, found[0].point), (Crs::Wgs84, want), "{text}");
            let systems: Vec<Crs> = found.iter().map(|r| r.crs).collect();
            assert_eq!(systems, [Crs::Wgs84, Crs::Gcj02, Crs::Bd09], "{text}");
            assert!(found.iter().all(|r| r.at_home));
        }
    }

    #[test]
    fn metres_read_in_every_projection_that_can_hold_them() {
        let names = |text| -> Vec<(String, bool)> {
            read(text).iter().filter(|r| r.at_home).map(|r| (r.crs.to_string(), r.north_first)).collect()
        };
        let row = |name: &str, north_first| (name.to_owned(), north_first);
        assert_eq!(names("37429131.3 2797281.4"), [row("EPSG:4525", false)]);
        assert_eq!(names("X=2797281.4, Y=37429131.3"), [row("EPSG:4525", true)]);
        assert_eq!(names("2797281.4 19429131.3"), [row("EPSG:4497", true)]);
        assert_eq!(names("429131.3,2797281.4"), [row("EPSG:4546", false), row("EPSG:32649", false)]);
        assert_eq!(names("12278138 2910202.8"), [row("EPSG:3857", false)]);
    }

    #[test]
    fn an_order_that_cannot_be_told_gives_both() {
        let home =
            Bbox { min: Point::new(700_000_000, 300_000_000), max: Point::new(810_000_000, 400_000_000) };
        let found = readings("75.5 35.5", Some(Crs::Wgs84), &home).unwrap();
        let orders: Vec<(bool, bool)> = found.iter().map(|r| (r.north_first, r.at_home)).collect();
        assert_eq!(orders, [(false, true), (true, false)]);
    }

    #[test]
    fn a_named_system_is_the_only_one_that_is_read() {
        let found = readings("110.29 25.27", Some(Crs::Gcj02), &guilin()).unwrap();
        assert_eq!(found.len(), 1);
        let error = readings("110.29 25.27", "4546".parse().ok(), &guilin()).unwrap_err();
        assert!(matches!(error, TextError::NoReading { .. }));
    }

    #[test]
    fn what_is_no_position_is_refused_with_the_reason() {
        let rows = [
            ("", TextError::Count { got: 0 }),
            ("110.29", TextError::Count { got: 1 }),
            ("110.29,25.27,150", TextError::Count { got: 3 }),
            ("七星区", TextError::Word("七星区".into())),
            ("110.29 drop 25.27", TextError::Word("drop".into())),
            ("1.2.3 4", TextError::Word("1.2.3".into())),
            ("110°61' 25°16'", TextError::Sexagesimal(61.0)),
            ("110.5°10' 25°16'", TextError::Sexagesimal(10.0)),
            ("' 110 25", TextError::Sexagesimal(2.0)),
            ("110E 25E", TextError::SameAxis { expected: "latitude" }),
            ("200 100", TextError::NoReading { first: 200.0, second: 100.0 }),
        ];
        for (text, want) in rows {
            assert_eq!(readings(text, None, &guilin()).unwrap_err(), want, "{text}");
        }
        let long = "1 ".repeat(1000);
        assert!(matches!(readings(&long, None, &guilin()), Err(TextError::TooLong { .. })));
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange_to_answer(text in "[0-9 .,°'\"ENSW度分秒东经北纬x=-]{0,40}|.{0,30}") {
            if let Ok(found) = readings(&text, None, &guilin()) {
                prop_assert!(!found.is_empty());
            }
        }
    }

    #[test]
    fn west_and_south_are_negative() {
        let found = read("77°2'W 12°3'S");
        assert_eq!(found[0].point, Point::from_degrees(-(77.0 + 2.0 / 60.0), -12.05).unwrap());
        assert!(!found[0].at_home);
    }
}
