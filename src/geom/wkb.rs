//! Well-known binary and the GeoPackage blob around it: areas out, areas in.
//!
//! The reader is our own because a blob comes from a stranger: it never reserves more than the bytes that
//! are there can hold, it has no recursion (a polygon or a multipolygon, nothing nested deeper), and every
//! failure is a value. Formats: OGC 06-103r4 §8.2 (with ISO 13249-3 numbers for Z and M), OGC 12-128r17
//! §2.1.3, and the high flag bits that older writers set for Z, M and SRID. Heights and measures are
//! dropped.

mod lines;

pub use lines::{read_lines, write_line};

use super::{Bbox, LATTICE_PER_DEGREE, Point, Polygon, Ring, Shape};
use std::fmt::Display;

/// The most positions that one geometry may have: a unit of Guilin has 40, a county a few thousand.
pub const MAX_POSITIONS: usize = 4_000_000;

/// Why bytes are not the area that they should be. `at` counts bytes from the start of the blob.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WkbError {
    /// The blob ends early.
    #[error("expected {needed} more bytes at byte {at}, got {left}")]
    Truncated {
        /// Where.
        at: usize,
        /// How many bytes the next value takes.
        needed: usize,
        /// How many there are.
        left: usize,
    },
    /// It does not start as a GeoPackage geometry does.
    #[error("expected a GeoPackage geometry header, got {0}")]
    Header(String),
    /// The byte order mark is neither 0 nor 1.
    #[error("expected byte order 0 or 1 at byte {at}, got {got}")]
    ByteOrder {
        /// Where.
        at: usize,
        /// What stands there.
        got: u8,
    },
    /// Not an area.
    #[error("expected {expected} at byte {at}, got geometry type {got}")]
    Type {
        /// Where.
        at: usize,
        /// `a polygon or multipolygon` or `a polygon`.
        expected: &'static str,
        /// The type number in the file.
        got: u32,
    },
    /// A count that the rest of the blob cannot hold, or that is over the budget.
    #[error("expected at most {room} {what} at byte {at}, got {claimed}")]
    TooMany {
        /// Where.
        at: usize,
        /// `positions`, `rings` or `polygons`.
        what: &'static str,
        /// What the blob or the budget has room for.
        room: usize,
        /// What the count says.
        claimed: u32,
    },
    /// A position that is none.
    #[error("{why} (at byte {at})")]
    Position {
        /// Where.
        at: usize,
        /// What is wrong with it.
        why: String,
    },
    /// The last position of a ring is not its first.
    #[error("expected the ring at byte {at} to end where it starts")]
    OpenRing {
        /// Where.
        at: usize,
    },
    /// Fewer than three different points are left of a ring on the lattice.
    #[error("expected a ring of at least three different points at byte {at}, got {points}")]
    Collapsed {
        /// Where.
        at: usize,
        /// How many positions it had in the file.
        points: u32,
    },
    /// Something follows the geometry.
    #[error("expected the end at byte {at}, got {left} more bytes")]
    Trailing {
        /// Where.
        at: usize,
        /// How much.
        left: usize,
    },
}

/// A GeoPackage blob taken apart: its reference system, and the WKB behind the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blob<'a> {
    /// `srs_id` of the header.
    pub srs_id: i32,
    /// Whether the header says that the geometry is empty.
    pub empty: bool,
    /// The WKB.
    pub wkb: &'a [u8],
}

impl<'a> Blob<'a> {
    /// Reads the header: magic, version, flags, reference system, envelope (which is skipped).
    pub fn parse(bytes: &'a [u8]) -> Result<Self, WkbError> {
        let mut from = Cursor::new(bytes);
        let head: [u8; 4] = from.take()?;
        if &head[..2] != b"GP" {
            return Err(WkbError::Header(format!("the bytes {:02x} {:02x}", head[0], head[1])));
        }
        let (version, flags) = (head[2], head[3]);
        if version != 0 || flags & 0b0010_0000 != 0 {
            return Err(WkbError::Header(format!("version {version} with flags {flags:#010b}")));
        }
        from.little = flags & 1 == 1;
        let srs_id = from.u32()? as i32;
        let doubles = match (flags >> 1) & 0b111 {
            0 => 0,
            1 => 4,
            2 | 3 => 6,
            4 => 8,
            other => return Err(WkbError::Header(format!("envelope kind {other}"))),
        };
        from.skip(doubles * 8)?;
        Ok(Self { srs_id, empty: flags & 0b0001_0000 != 0, wkb: &bytes[from.at..] })
    }
}

/// Reads a polygon or multipolygon; `to_point` takes each position (east, north) to the lattice.
///
/// Memory: at most half of the input's bytes plus 64 bytes per polygon or ring that is really there.
pub fn read<E: Display>(
    wkb: &[u8],
    mut to_point: impl FnMut(f64, f64) -> Result<Point, E>,
) -> Result<Shape, WkbError> {
    let mut from = Cursor::new(wkb);
    let kind = from.head("a polygon or multipolygon", &[POLYGON, MULTIPOLYGON])?;
    let mut polygons = Vec::new();
    if kind.base == POLYGON {
        polygons.extend(from.polygon(kind.dimensions, &mut to_point)?);
    } else {
        // A polygon takes at least its order, type and ring count: 9 bytes.
        for _ in 0..from.count("polygons", 9)? {
            let kind = from.head("a polygon", &[POLYGON])?;
            polygons.extend(from.polygon(kind.dimensions, &mut to_point)?);
        }
    }
    match from.left() {
        0 => Ok(Shape(polygons)),
        left => Err(WkbError::Trailing { at: from.at, left }),
    }
}

/// Reads a GeoPackage blob whose positions are degrees of longitude and latitude.
pub fn read_degrees(blob: &[u8]) -> Result<Shape, WkbError> {
    read(Blob::parse(blob)?.wkb, Point::from_degrees)
}

const POLYGON: u32 = 3;
const MULTIPOLYGON: u32 = 6;
/// The bit of a type number that says that a reference system follows.
const HAS_SRID: u32 = 0x2000_0000;

struct Kind {
    base: u32,
    dimensions: usize,
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    little: bool,
    positions: usize,
}

impl<'a> Cursor<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, little: true, positions: 0 }
    }

    fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn skip(&mut self, needed: usize) -> Result<&'a [u8], WkbError> {
        let (at, left) = (self.at, self.left());
        let slice = self.bytes[at..].get(..needed).ok_or(WkbError::Truncated { at, needed, left })?;
        self.at += needed;
        Ok(slice)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], WkbError> {
        Ok(self.skip(N)?.try_into().expect("the slice has N bytes"))
    }

    fn u32(&mut self) -> Result<u32, WkbError> {
        let bytes = self.take()?;
        Ok(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn f64(&self, bytes: &[u8]) -> f64 {
        let bytes = bytes.try_into().expect("a double has 8 bytes");
        if self.little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) }
    }

    /// A count of things that take at least `least` bytes each: never more than the rest can hold.
    fn count(&mut self, what: &'static str, least: usize) -> Result<usize, WkbError> {
        let at = self.at;
        let claimed = self.u32()?;
        let room = (self.left() / least).min(MAX_POSITIONS - self.positions);
        let wanted = claimed as usize;
        if wanted > room { Err(WkbError::TooMany { at, what, room, claimed }) } else { Ok(wanted) }
    }

    fn head(&mut self, expected: &'static str, bases: &[u32]) -> Result<Kind, WkbError> {
        let at = self.at;
        let [order] = self.take()?;
        if order > 1 {
            return Err(WkbError::ByteOrder { at, got: order });
        }
        self.little = order == 1;
        let got = self.u32()?;
        let (z, m, srid) = (got & 0x8000_0000 != 0, got & 0x4000_0000 != 0, got & HAS_SRID != 0);
        let number = got & 0x1fff_ffff;
        let (base, thousands) = (number % 1000, number / 1000);
        if !bases.contains(&base) || thousands > 3 {
            return Err(WkbError::Type { at, expected, got });
        }
        if srid {
            self.u32()?;
        }
        let iso = match thousands {
            0 => 0,
            3 => 2,
            _ => 1,
        };
        Ok(Kind { base, dimensions: 2 + usize::max(iso, usize::from(z) + usize::from(m)) })
    }

    /// One polygon after its head; `None` for an empty one.
    fn polygon<E: Display>(
        &mut self,
        dimensions: usize,
        to_point: &mut impl FnMut(f64, f64) -> Result<Point, E>,
    ) -> Result<Option<Polygon>, WkbError> {
        // A ring takes at least its count: 4 bytes.
        let rings = self.count("rings", 4)?;
        let mut polygon: Option<Polygon> = None;
        for _ in 0..rings {
            let ring = self.ring(dimensions, to_point)?;
            match &mut polygon {
                None => polygon = Some(Polygon::simple(ring)),
                Some(polygon) => polygon.holes.push(ring),
            }
        }
        Ok(polygon)
    }

    fn ring<E: Display>(
        &mut self,
        dimensions: usize,
        to_point: &mut impl FnMut(f64, f64) -> Result<Point, E>,
    ) -> Result<Ring, WkbError> {
        let start = self.at;
        let points = self.positions(dimensions, to_point)?;
        let count = points.len();
        if points.first() != points.last() {
            return Err(WkbError::OpenRing { at: start });
        }
        Ring::new(points).ok_or(WkbError::Collapsed { at: start, points: count as u32 })
    }

    /// A count and that many positions.
    fn positions<E: Display>(
        &mut self,
        dimensions: usize,
        to_point: &mut impl FnMut(f64, f64) -> Result<Point, E>,
    ) -> Result<Vec<Point>, WkbError> {
        let start = self.at;
        let count = self.count("positions", dimensions * 8)?;
        self.positions += count;
        let bytes = self.skip(count * dimensions * 8)?;
        let mut points = Vec::with_capacity(count);
        for (i, position) in bytes.chunks_exact(dimensions * 8).enumerate() {
            let (x, y) = (self.f64(&position[..8]), self.f64(&position[8..16]));
            let at = start + 4 + i * dimensions * 8;
            if !(x.is_finite() && y.is_finite()) {
                let why = format!("expected a finite position, got {x} {y}");
                return Err(WkbError::Position { at, why });
            }
            points.push(to_point(x, y).map_err(|e| WkbError::Position { at, why: e.to_string() })?);
        }
        Ok(points)
    }
}

/// Writes a shape as little-endian WKB of a multipolygon, each ring closed; `to_position` gives east and
/// north of a lattice point.
pub fn write(shape: &Shape, out: &mut Vec<u8>, to_position: impl FnMut(Point) -> (f64, f64)) {
    out.push(1);
    out.extend(MULTIPOLYGON.to_le_bytes());
    write_polygons(shape, out, to_position);
}

/// Writes extended WKB (PostGIS's, with the number of the reference system) of a multipolygon in degrees.
/// [`read`] with [`Point::from_degrees`] gives back the same integers.
pub fn write_extended(shape: &Shape, srs_id: i32) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + shape.point_count() * 17);
    out.push(1);
    out.extend((MULTIPOLYGON | HAS_SRID).to_le_bytes());
    out.extend(srs_id.to_le_bytes());
    write_polygons(shape, &mut out, degrees);
    out
}

/// Longitude and latitude, as every stored geometry has them.
fn degrees(p: Point) -> (f64, f64) {
    (f64::from(p.x) / LATTICE_PER_DEGREE, f64::from(p.y) / LATTICE_PER_DEGREE)
}

/// The count and the polygons of a multipolygon.
fn write_polygons(shape: &Shape, out: &mut Vec<u8>, mut to_position: impl FnMut(Point) -> (f64, f64)) {
    let count = |out: &mut Vec<u8>, count: usize| out.extend((count as u32).to_le_bytes());
    count(out, shape.polygons().len());
    for polygon in shape.polygons() {
        out.push(1);
        out.extend(POLYGON.to_le_bytes());
        count(out, 1 + polygon.holes.len());
        for ring in polygon.rings() {
            let points = ring.points();
            out.extend((points.len() as u32 + 1).to_le_bytes());
            for &p in points.iter().chain(&points[..1]) {
                let (x, y) = to_position(p);
                out.extend(x.to_le_bytes());
                out.extend(y.to_le_bytes());
            }
        }
    }
}

/// Writes a GeoPackage blob of a multipolygon with its envelope, in degrees, under a reference system
/// (4490 or 4326: wangge takes them as equal). [`read_degrees`] gives back the same integers.
pub fn write_degrees(shape: &Shape, srs_id: i32) -> Vec<u8> {
    let envelope = shape.bbox().map(|b: Bbox| [b.min.lon(), b.max.lon(), b.min.lat(), b.max.lat()]);
    write_blob(shape, srs_id, envelope, degrees)
}

/// Writes a GeoPackage blob of a multipolygon; the envelope is `[west, east, south, north]`.
pub fn write_blob(
    shape: &Shape,
    srs_id: i32,
    envelope: Option<[f64; 4]>,
    to_position: impl FnMut(Point) -> (f64, f64),
) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + shape.point_count() * 17);
    let empty = if shape.is_empty() { 0b1_0000 } else { 0 };
    let flags = 1 | empty | (u8::from(envelope.is_some()) << 1);
    out.extend([b'G', b'P', 0, flags]);
    out.extend(srs_id.to_le_bytes());
    out.extend(envelope.iter().flatten().flat_map(|v| v.to_le_bytes()));
    write(shape, &mut out, to_position);
    out
}

#[cfg(test)]
mod tests;
