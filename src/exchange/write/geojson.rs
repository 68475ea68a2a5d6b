//! GeoJSON, streamed feature by feature.

use super::super::table::{Row, Table};
use crate::geom::crs::Crs;
use crate::geom::{Point, Polygon, Ring, Shape};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes a feature collection: a feature per unit with `code`, `name`, `level`, `parent` and then its
/// attributes; the feature's `id` is the unit's.
///
/// In WGS84, which RFC 7946 means, nothing is said of the system; any other is named by the `crs` member
/// that GDAL writes and reads. Coordinates in degrees of WGS84 and CGCS2000 give back the lattice exactly.
pub fn geojson(table: &Table<'_>, crs: Crs, note: Option<&str>, out: &mut impl Write) -> io::Result<()> {
    write!(out, "{{\"type\":\"FeatureCollection\",\"name\":{}", json!(table.name))?;
    if let Some(note) = note {
        write!(out, ",\"note\":{}", json!(note))?;
    }
    if let Some(member) = crs_member(crs) {
        write!(out, ",\"crs\":{member}")?;
    }
    out.write_all(b",\"features\":[")?;
    let mut buffer = Vec::new();
    for (i, row) in table.rows.iter().enumerate() {
        buffer.clear();
        buffer.extend_from_slice(if i == 0 { b"\n" } else { b",\n" });
        feature(row, crs, &mut buffer)?;
        out.write_all(&buffer)?;
    }
    out.write_all(b"\n]}\n")
}

/// The `crs` member for a system; `None` for WGS84.
pub fn crs_member(crs: Crs) -> Option<Value> {
    let name = match (crs, crs.epsg()) {
        (Crs::Wgs84, _) => return None,
        (_, Some(number)) => format!("urn:ogc:def:crs:EPSG::{number}"),
        (other, None) => other.to_string(),
    };
    Some(json!({"type": "name", "properties": {"name": name}}))
}

fn feature(row: &Row<'_>, crs: Crs, out: &mut Vec<u8>) -> io::Result<()> {
    let unit = row.unit;
    let mut properties = serde_json::Map::new();
    properties.insert("code".into(), unit.code.as_str().into());
    properties.insert("name".into(), unit.name.as_str().into());
    properties.insert("level".into(), row.level.into());
    properties.insert("parent".into(), row.parent.map_or(Value::Null, Value::from));
    for (name, value) in &unit.attributes {
        properties.entry(name.clone()).or_insert_with(|| value.clone());
    }
    write!(out, "{{\"type\":\"Feature\",\"id\":{},\"properties\":", unit.id)?;
    serde_json::to_writer(&mut *out, &properties)?;
    out.write_all(b",\"geometry\":")?;
    match &row.shape {
        None => out.write_all(b"null")?,
        Some(shape) => {
            out.write_all(b"{\"type\":\"MultiPolygon\",\"coordinates\":")?;
            coordinates(shape, crs, out)?;
            out.push(b'}');
        }
    }
    out.push(b'}');
    Ok(())
}

/// Writes the coordinates of a multipolygon.
pub fn coordinates(shape: &Shape, crs: Crs, out: &mut Vec<u8>) -> io::Result<()> {
    list(shape.polygons(), out, |polygon: &Polygon, out| {
        let rings: Vec<&Ring> = polygon.rings().collect();
        list(&rings, out, |ring, out| {
            let points = ring.points();
            let closed: Vec<Point> = points.iter().chain(&points[..1]).copied().collect();
            list(&closed, out, |&point, out| position(point, crs, out))
        })
    })
}

fn list<T>(
    items: &[T],
    out: &mut Vec<u8>,
    mut each: impl FnMut(&T, &mut Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    out.push(b'[');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        each(item, out)?;
    }
    out.push(b']');
    Ok(())
}

/// Degrees of the lattice's own system in full, others to a tenth of a millimetre.
fn position(point: Point, crs: Crs, out: &mut Vec<u8>) -> io::Result<()> {
    let (east, north) = crs.from_lattice(point);
    match crs {
        Crs::Wgs84 | Crs::Cgcs2000 => write!(out, "[{east},{north}]"),
        Crs::Gcj02 | Crs::Bd09 => write!(out, "[{east:.9},{north:.9}]"),
        Crs::Projected(_) => write!(out, "[{east:.4},{north:.4}]"),
    }
}
