use super::*;
use geozero::{CoordDimensions, ToWkb};
use proptest::prelude::*;

fn ring(points: &[(i32, i32)]) -> Ring {
    Ring::new(points.iter().map(|&(x, y)| Point::new(x, y)).collect()).unwrap()
}

/// Two parts, one with a hole.
fn archipelago() -> Shape {
    Shape(vec![
        Polygon {
            outer: ring(&[(0, 0), (9, 0), (9, 9), (0, 9)]),
            holes: vec![ring(&[(3, 3), (3, 6), (6, 6), (6, 3)])],
        },
        Polygon::simple(ring(&[
            (1_102_904_100, 252_737_160),
            (1_102_904_101, 252_737_160),
            (1_102_904_100, 252_737_161),
        ])),
    ])
}

fn wkb_of(shape: &Shape) -> Vec<u8> {
    let mut out = Vec::new();
    write(shape, &mut out, |p| (p.lon(), p.lat()));
    out
}

#[test]
fn a_shape_comes_back_from_a_geopackage_blob_to_the_lattice_unit() {
    let blob = write_degrees(&archipelago(), 4490);
    let parsed = Blob::parse(&blob).unwrap();
    assert_eq!((parsed.srs_id, parsed.empty), (4490, false));
    assert_eq!(read_degrees(&blob), Ok(archipelago()));
    let empty = write_degrees(&Shape::default(), 4490);
    assert!(Blob::parse(&empty).unwrap().empty);
    assert_eq!(read_degrees(&empty), Ok(Shape::default()));
}

#[test]
fn what_we_write_is_what_geozero_writes() {
    let position = |p: &Point| geo_types::Coord { x: p.lon(), y: p.lat() };
    let line =
        |r: &Ring| geo_types::LineString(r.points().iter().chain(&r.points()[..1]).map(position).collect());
    let polygons = archipelago().0;
    let theirs = geo_types::MultiPolygon(
        polygons
            .iter()
            .map(|p| geo_types::Polygon::new(line(&p.outer), p.holes.iter().map(line).collect()))
            .collect(),
    );
    let theirs = geo_types::Geometry::MultiPolygon(theirs).to_wkb(CoordDimensions::xy()).unwrap();
    assert_eq!(wkb_of(&archipelago()), theirs);
}

/// PostGIS's form: the system's number stands after the type of the whole, and not of its parts.
#[test]
fn extended_wkb_is_wkb_with_the_number_after_the_type_and_comes_back() {
    let (extended, plain) = (write_extended(&archipelago(), 4490), wkb_of(&archipelago()));
    assert_eq!(extended[..9], [1, 6, 0, 0, 0x20, 0x8a, 0x11, 0, 0]);
    assert_eq!(extended[9..], plain[5..]);
    for shape in [archipelago(), Shape::default()] {
        let bytes = write_extended(&shape, 4490);
        assert_eq!(read(&bytes, Point::from_degrees), Ok(shape));
        for cut in 0..bytes.len() {
            assert!(read(&bytes[..cut], Point::from_degrees).is_err(), "cut at {cut}");
        }
    }
}

/// A polygon of one ring in the given byte order and type, with `extra` doubles after each position.
fn triangle(little: bool, kind: u32, srid: bool, extra: usize) -> Vec<u8> {
    let mut out = vec![u8::from(little)];
    let int = |v: u32| if little { v.to_le_bytes() } else { v.to_be_bytes() };
    let double = |v: f64| if little { v.to_le_bytes() } else { v.to_be_bytes() };
    out.extend(int(kind));
    if srid {
        out.extend(int(4490));
    }
    out.extend([int(1), int(4)].concat());
    for (x, y) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)] {
        out.extend([double(x), double(y)].concat());
        for _ in 0..extra {
            out.extend(double(f64::NAN));
        }
    }
    out
}

#[test]
fn heights_measures_srids_and_both_byte_orders_are_read_and_dropped() {
    let expected = Shape(vec![Polygon::simple(ring(&[(0, 0), (10_000_000, 0), (0, 10_000_000)]))]);
    for little in [true, false] {
        let cases = [
            (3, false, 0),
            (1003, false, 1),
            (2003, false, 1),
            (3003, false, 2),
            (0x8000_0003, false, 1),
            (0x4000_0003, false, 1),
            (0xC000_0003, false, 2),
            (0x2000_0003, true, 0),
        ];
        for (kind, srid, extra) in cases {
            let bytes = triangle(little, kind, srid, extra);
            assert_eq!(read(&bytes, Point::from_degrees), Ok(expected.clone()), "{kind:#x} {little}");
        }
    }
}

fn refusal(bytes: &[u8]) -> WkbError {
    read(bytes, Point::from_degrees).unwrap_err()
}

#[test]
fn a_hostile_blob_of_38_bytes_is_refused_without_reserving_what_it_claims() {
    // One ring of 4,294,967,295 positions in a multipolygon: 47 GB, where a reader believes it.
    let mut bytes = vec![1, 6, 0, 0, 0, 1, 0, 0, 0, 1, 3, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff];
    bytes.extend([0; 16]);
    assert_eq!(bytes.len(), 38);
    let what = "positions";
    assert_eq!(refusal(&bytes), WkbError::TooMany { at: 18, what, room: 1, claimed: u32::MAX });
    // The same lie told of rings and of polygons.
    let rings = [1, 3, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0];
    assert!(matches!(refusal(&rings), WkbError::TooMany { what: "rings", room: 1, .. }));
    let polygons = [1, 6, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 3, 0, 0, 0, 0, 0, 0, 0];
    assert!(matches!(refusal(&polygons), WkbError::TooMany { what: "polygons", room: 1, .. }));
}

#[test]
fn each_kind_of_damage_has_its_own_refusal() {
    let good = triangle(true, 3, false, 0);
    let damaged = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        refusal(&bytes)
    };
    assert_eq!(damaged(0, 2), WkbError::ByteOrder { at: 0, got: 2 });
    assert!(matches!(damaged(1, 7), WkbError::Type { got: 7, .. }), "a collection nests; it is not read");
    assert!(matches!(damaged(2, 0xff), WkbError::Type { .. }));
    assert!(matches!(damaged(good.len() - 1, 0x40), WkbError::OpenRing { at: 9 }));
    assert!(matches!(refusal(&[&good[..], &[0]].concat()), WkbError::Trailing { left: 1, .. }));
    for cut in 0..good.len() {
        let error = refusal(&good[..cut]);
        assert!(matches!(error, WkbError::Truncated { .. } | WkbError::TooMany { .. }), "{cut}: {error}");
    }
    let mut nan = good.clone();
    nan[13..21].copy_from_slice(&f64::NAN.to_le_bytes());
    assert!(matches!(refusal(&nan), WkbError::Position { at: 13, .. }));
    let mut far = good.clone();
    far[13..21].copy_from_slice(&1e308_f64.to_le_bytes());
    assert!(refusal(&far).to_string().starts_with("lon must be"));
    let mut flat = good;
    flat[45..61].copy_from_slice(&[0; 16]);
    assert_eq!(refusal(&flat), WkbError::Collapsed { at: 9, points: 4 });
}

#[test]
fn a_header_that_is_none_is_refused() {
    let good = write_degrees(&archipelago(), 4490);
    for (at, byte) in [(0, b'P'), (2, 9), (3, 0b1111), (3, 0b10_0001)] {
        let mut bytes = good.clone();
        bytes[at] = byte;
        assert!(matches!(Blob::parse(&bytes), Err(WkbError::Header(_))), "{at} {byte}");
    }
    assert!(matches!(Blob::parse(&good[..20]), Err(WkbError::Truncated { .. })));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_degrees(&bytes);
        let _ = read(&bytes, Point::from_degrees);
    }

    #[test]
    fn no_damage_to_a_good_blob_makes_the_reader_panic_or_return_more_than_it_was_given(
        edits in proptest::collection::vec((0usize..400, any::<u8>()), 1..8),
        cut in 0usize..400,
    ) {
        let mut bytes = write_degrees(&archipelago(), 4490);
        for (at, byte) in edits {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len() - cut % bytes.len().min(40));
        if let Ok(shape) = read_degrees(&bytes) {
            prop_assert!(shape.point_count() * 16 <= bytes.len());
        }
    }

    #[test]
    fn every_ring_of_lattice_points_survives(points in proptest::collection::vec(
        (-1_800_000_000..=1_800_000_000, -900_000_000..=900_000_000), 3..40,
    )) {
        if let Some(ring) = Ring::new(points.into_iter().map(|(x, y)| Point::new(x, y)).collect()) {
            let shape = Shape(vec![Polygon::simple(ring)]);
            prop_assert_eq!(read_degrees(&write_degrees(&shape, 4490)), Ok(shape));
        }
    }
}
