//! GeoJSON (RFC 7946), and the `crs` member of its forerunner.

use super::{Broken, Feature, Features, Ground, Line, Lines, ReadError, ReadOptions, lines};
use crate::geom::crs::Crs;
use crate::unit::Attributes;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;
use std::path::Path;

/// The objects that are read; members beside these are passed over.
#[derive(serde::Deserialize)]
struct Root {
    r#type: String,
    crs: Option<Value>,
    features: Option<Vec<RawFeature>>,
}

#[derive(serde::Deserialize)]
struct RawFeature {
    r#type: String,
    properties: Option<Attributes>,
    geometry: Option<RawGeometry>,
}

#[derive(serde::Deserialize)]
struct RawGeometry {
    r#type: String,
    #[serde(default)]
    coordinates: Nested,
}

/// Coordinates of any depth: the depth is known only after `type`, which may come later.
#[derive(Default)]
enum Nested {
    #[default]
    None,
    Number(f64),
    Position(f64, f64),
    List(Vec<Nested>),
}

/// Reads a feature collection. The parser refuses what nests deeper than 128.
pub(super) fn read(path: &Path, options: &ReadOptions) -> Result<Features, ReadError> {
    parse(&std::fs::read(path)?, options)
}

/// Reads the lines of a feature collection.
pub(super) fn read_lines(path: &Path, options: &ReadOptions) -> Result<Lines, ReadError> {
    parse_lines(&std::fs::read(path)?, options)
}

fn parse_lines(bytes: &[u8], options: &ReadOptions) -> Result<Lines, ReadError> {
    let (raw, crs, mut notices) = collection(bytes, options)?;
    let (mut all, mut others) = (Vec::new(), 0);
    for (i, raw) in raw.into_iter().enumerate() {
        let Some(geometry) = raw.geometry else { continue };
        let depth = match geometry.r#type.as_str() {
            "LineString" => 0,
            "MultiLineString" | "Polygon" => 1,
            "MultiPolygon" => 2,
            _ => {
                others += 1;
                continue;
            }
        };
        let name = raw.properties.as_ref().and_then(lines::name);
        let runs = runs(&geometry.coordinates, depth)
            .ok_or_else(|| lines::unreadable(i + 1, "expected coordinates nested as its type has them"))?;
        for run in runs {
            let point = |&(x, y): &(f64, f64)| crs.to_lattice(x, y).map_err(|e| lines::unreadable(i + 1, e));
            let points = run.iter().map(point).collect::<Result<_, _>>()?;
            all.push(Line { name: name.clone(), points });
        }
    }
    notices.extend(lines::passed_over(others));
    Ok(Lines { lines: all, crs, notices })
}

/// The lists of positions so many lists deep.
fn runs(nested: &Nested, depth: usize) -> Option<Vec<Vec<(f64, f64)>>> {
    let Nested::List(items) = nested else { return None };
    if depth > 0 {
        let deeper: Option<Vec<_>> = items.iter().map(|item| runs(item, depth - 1)).collect();
        return deeper.map(|lists| lists.into_iter().flatten().collect());
    }
    positions(items).map(|run| vec![run])
}

fn positions(items: &[Nested]) -> Option<Vec<(f64, f64)>> {
    let position = |nested: &Nested| match nested {
        Nested::Position(x, y) => Some((*x, *y)),
        _ => None,
    };
    items.iter().map(position).collect()
}

pub(super) fn parse(bytes: &[u8], options: &ReadOptions) -> Result<Features, ReadError> {
    let (raw, crs, notices) = collection(bytes, options)?;
    let feature = |(i, raw): (usize, RawFeature)| Feature {
        number: i + 1,
        level: None,
        ground: ground(&raw, crs),
        properties: raw.properties.unwrap_or_default(),
    };
    Ok(Features { features: raw.into_iter().enumerate().map(feature).collect(), crs, notices })
}

/// The features of a collection, the system of their coordinates, and words on it.
fn collection(bytes: &[u8], options: &ReadOptions) -> Result<(Vec<RawFeature>, Crs, Vec<String>), ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let malformed =
        |detail: String| ReadError::Malformed(format!("expected a GeoJSON FeatureCollection: {detail}"));
    let root: Root = serde_json::from_slice(bytes).map_err(|e| malformed(e.to_string()))?;
    let raw = match (root.r#type.as_str(), root.features) {
        ("FeatureCollection", Some(features)) => features,
        (kind, _) => return Err(malformed(format!("got {kind:?}"))),
    };
    let (crs, notices) = system(options.crs, root.crs.as_ref())?;
    Ok((raw, crs, notices))
}

/// The system asked for, else the file's, else that of the standard; with a word on each choice.
fn system(asked: Option<Crs>, member: Option<&Value>) -> Result<(Crs, Vec<String>), ReadError> {
    let stated = member.filter(|m| !m.is_null()).map(named);
    Ok(match (asked, stated) {
        (Some(asked), Some(Ok(stated))) if stated != asked => {
            (asked, vec![format!("coordinates were read as {asked}, as asked; the file says {stated}")])
        }
        (Some(asked), _) => (asked, Vec::new()),
        (None, Some(stated)) => (stated?, Vec::new()),
        (None, None) => {
            let notice = "coordinates were read as wgs84: the file names no crs, and RFC 7946 means WGS 84";
            (Crs::Wgs84, vec![notice.into()])
        }
    })
}

/// `{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}}`
fn named(member: &Value) -> Result<Crs, ReadError> {
    let name = member.pointer("/properties/name").and_then(Value::as_str).unwrap_or_default();
    let last = name.rsplit(':').next().unwrap_or_default();
    if last == "CRS84" {
        return Ok(Crs::Wgs84);
    }
    last.parse().map_err(|_unknown| {
        ReadError::Crs(format!("the file's crs {name:?} is not known; name one with --crs"))
    })
}

fn ground(raw: &RawFeature, crs: Crs) -> Ground {
    if raw.r#type != "Feature" {
        return Ground::Broken(Broken::new(format!("expected a Feature, got {:?}", raw.r#type)));
    }
    let Some(geometry) = &raw.geometry else { return Ground::None };
    let polygons = match geometry.r#type.as_str() {
        "Polygon" => polygon(&geometry.coordinates).map(|p| vec![p]),
        "MultiPolygon" => match &geometry.coordinates {
            Nested::List(parts) => parts.iter().map(polygon).collect(),
            _ => None,
        },
        other => {
            return Ground::Broken(Broken::new(format!("expected a Polygon or MultiPolygon, got {other:?}")));
        }
    };
    polygons.map_or_else(
        || {
            Ground::Broken(Broken::new(format!(
                "expected coordinates nested as a {} has them",
                geometry.r#type
            )))
        },
        |polygons| Ground::of_polygons(&polygons, crs),
    )
}

fn polygon(nested: &Nested) -> Option<Vec<Vec<(f64, f64)>>> {
    let Nested::List(rings) = nested else { return None };
    let ring = |nested: &Nested| match nested {
        Nested::List(items) => positions(items),
        _ => None,
    };
    rings.iter().map(ring).collect()
}

impl<'de> Deserialize<'de> for Nested {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Coordinates;

        impl<'de> Visitor<'de> for Coordinates {
            type Value = Nested;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("numbers or lists of them")
            }

            fn visit_unit<E: Error>(self) -> Result<Nested, E> {
                Ok(Nested::None)
            }

            fn visit_f64<E: Error>(self, v: f64) -> Result<Nested, E> {
                Ok(Nested::Number(v))
            }

            fn visit_i64<E: Error>(self, v: i64) -> Result<Nested, E> {
                Ok(Nested::Number(v as f64))
            }

            fn visit_u64<E: Error>(self, v: u64) -> Result<Nested, E> {
                Ok(Nested::Number(v as f64))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Nested, A::Error> {
                let Some(first) = items.next_element::<Nested>()? else {
                    return Ok(Nested::List(Vec::new()));
                };
                if let Nested::Number(east) = first {
                    let Some(Nested::Number(north)) = items.next_element::<Nested>()? else {
                        return Err(A::Error::custom("a position must have two numbers"));
                    };
                    // A height and whatever follows it.
                    while items.next_element::<f64>()?.is_some() {}
                    return Ok(Nested::Position(east, north));
                }
                let mut list = vec![first];
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Nested::List(list))
            }
        }

        from.deserialize_any(Coordinates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Point;

    fn one(geometry: &str) -> Ground {
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":null,"geometry":{geometry}}}]}}"#
        );
        parse(text.as_bytes(), &ReadOptions::default()).unwrap().features.remove(0).ground
    }

    #[test]
    fn areas_are_read_whatever_the_order_of_members_and_heights_are_dropped() {
        let polygon = one(r#"{"coordinates":[[[1,2,99],[3,2],[3,4.5],[1,2]]],"type":"Polygon"}"#);
        let Ground::Shape(shape) = &polygon else { panic!("{polygon:?}") };
        assert_eq!(shape.0[0].outer.points()[2], Point::new(30_000_000, 45_000_000));
        let multi = one(r#"{"type":"MultiPolygon","coordinates":[[[[1,2],[3,2],[3,4.5],[1,2]]]]}"#);
        assert_eq!(multi, polygon);
        assert_eq!(one("null"), Ground::None);
        assert_eq!(
            one(r#"{"type":"MultiPolygon","coordinates":[]}"#),
            Ground::Shape(crate::geom::Shape::default())
        );
    }

    #[test]
    fn what_is_no_area_is_told_and_does_not_stop_the_others() {
        for (geometry, part) in [
            (r#"{"type":"Point","coordinates":[1,2]}"#, "got \"Point\""),
            (r#"{"type":"Polygon","coordinates":[[1,2]]}"#, "nested"),
            (r#"{"type":"Polygon"}"#, "nested"),
            (r#"{"type":"Polygon","coordinates":[[[1,2],[3,2],[3,4]]]}"#, "end where it starts"),
            (r#"{"type":"Polygon","coordinates":[[[1,2],[3,2],[1,2]]]}"#, "three different points"),
            (r#"{"type":"Polygon","coordinates":[[[25,110],[26,110],[26,111],[25,110]]]}"#, "swapped"),
        ] {
            let Ground::Broken(broken) = one(geometry) else { panic!("{geometry}") };
            assert!(broken.detail.contains(part), "{}", broken.detail);
        }
    }

    #[test]
    fn lines_are_read_with_their_names_and_areas_as_the_lines_around_them() {
        let text = r#"{"type":"FeatureCollection","features":[
            {"type":"Feature","properties":{"name":" 解放路 "},"geometry":{"type":"LineString","coordinates":[[1,2,9],[3,2]]}},
            {"type":"Feature","properties":null,"geometry":{"type":"MultiLineString","coordinates":[[[1,2],[3,2]],[[5,6],[7,8],[9,8]]]}},
            {"type":"Feature","properties":{"名称":"规划"},"geometry":{"type":"MultiPolygon","coordinates":[[[[1,2],[3,2],[3,4],[1,2]]]]}},
            {"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}},
            {"type":"Feature","properties":{},"geometry":null}]}"#;
        let read = parse_lines(text.as_bytes(), &ReadOptions::default()).unwrap();
        let shown: Vec<_> = read.lines.iter().map(|l| (l.name.as_deref(), l.points.len())).collect();
        assert_eq!(shown, [(Some("解放路"), 2), (None, 2), (None, 3), (Some("规划"), 4)]);
        assert_eq!(read.lines[0].points[1], Point::new(30_000_000, 20_000_000));
        assert!(read.notices.len() == 2 && read.notices[1].starts_with("1 features"), "{:?}", read.notices);
        for (coordinates, part) in
            [("[1,2]", "nested"), ("[[[1,2]]]", "nested"), ("[[25,110],[26,110]]", "swapped")]
        {
            let text = format!(
                r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":null,
                "geometry":{{"type":"LineString","coordinates":{coordinates}}}}}]}}"#
            );
            let error = parse_lines(text.as_bytes(), &ReadOptions::default()).unwrap_err().to_string();
            assert!(error.starts_with("feature 1: ") && error.contains(part), "{error}");
        }
    }

    #[test]
    fn what_is_no_feature_collection_is_refused() {
        let deep = format!("{{\"type\":\"FeatureCollection\",\"features\":{}", "[".repeat(100_000));
        for text in ["", "{", "[]", r#"{"type":"Feature","geometry":null}"#, deep.as_str()] {
            let error = parse(text.as_bytes(), &ReadOptions::default()).unwrap_err();
            assert!(matches!(error, ReadError::Malformed(_)), "{error}");
        }
    }

    #[test]
    fn the_system_is_the_one_asked_for_or_the_files_or_the_standards_and_never_silent() {
        let member = |name: &str| {
            format!(
                r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{name}"}}}},"features":[]}}"#
            )
        };
        let read = |text: &str, crs| parse(text.as_bytes(), &ReadOptions { crs, ..ReadOptions::default() });
        let stated = read(&member("urn:ogc:def:crs:EPSG::4490"), None).unwrap();
        assert_eq!((stated.crs, stated.notices.len()), (Crs::Cgcs2000, 0));
        assert_eq!(read(&member("urn:ogc:def:crs:OGC:1.3:CRS84"), None).unwrap().crs, Crs::Wgs84);
        assert!(matches!(read(&member("EPSG:2154"), None), Err(ReadError::Crs(_))));
        let asked = read(&member("EPSG:4326"), Some(Crs::Gcj02)).unwrap();
        assert_eq!((asked.crs, asked.notices.len()), (Crs::Gcj02, 1));
        let standard = read(r#"{"type":"FeatureCollection","features":[]}"#, None).unwrap();
        assert_eq!((standard.crs, standard.notices.len()), (Crs::Wgs84, 1));
    }
}
