//! Lines: line strings, and the rings of areas as lines.

use super::{Cursor, MULTIPOLYGON, POLYGON, WkbError, degrees};
use crate::geom::Point;
use std::fmt::Display;

const LINE: u32 = 2;
const MULTILINE: u32 = 5;

/// Reads a line string or several, or an area as the lines around it; `to_point` takes each position (east, north) to
/// the lattice. What has no position is left out. Bounded as [`super::read`] is.
pub fn read_lines<E: Display>(
    wkb: &[u8],
    mut to_point: impl FnMut(f64, f64) -> Result<Point, E>,
) -> Result<Vec<Vec<Point>>, WkbError> {
    const EXPECTED: &str = "a line string or an area, or several";
    let mut from = Cursor::new(wkb);
    let mut lines = Vec::new();
    let kind = from.head(EXPECTED, &[LINE, MULTILINE, POLYGON, MULTIPOLYGON])?;
    let parts: &[(&str, u32)] = match kind.base {
        MULTILINE => &[("a line string", LINE)],
        MULTIPOLYGON => &[("a polygon", POLYGON)],
        _ => &[],
    };
    match parts.first() {
        None => from.part(kind.base, kind.dimensions, &mut lines, &mut to_point)?,
        Some(&(expected, base)) => {
            // A part takes at least its order, type and count: 9 bytes.
            for _ in 0..from.count("parts", 9)? {
                let part = from.head(expected, &[base])?;
                from.part(base, part.dimensions, &mut lines, &mut to_point)?;
            }
        }
    }
    match from.left() {
        0 => Ok(lines),
        left => Err(WkbError::Trailing { at: from.at, left }),
    }
}

impl Cursor<'_> {
    fn part<E: Display>(
        &mut self,
        base: u32,
        dimensions: usize,
        lines: &mut Vec<Vec<Point>>,
        to_point: &mut impl FnMut(f64, f64) -> Result<Point, E>,
    ) -> Result<(), WkbError> {
        let runs = if base == POLYGON { self.count("rings", 4)? } else { 1 };
        for _ in 0..runs {
            let points = self.positions(dimensions, to_point)?;
            if !points.is_empty() {
                lines.push(points);
            }
        }
        Ok(())
    }
}

/// Writes a line as little-endian WKB of a line string in degrees. [`read_lines`] with [`Point::from_degrees`] gives
/// back the same integers.
pub fn write_line(points: &[Point]) -> Vec<u8> {
    let mut out = Vec::with_capacity(9 + points.len() * 16);
    out.push(1);
    out.extend(LINE.to_le_bytes());
    out.extend((points.len() as u32).to_le_bytes());
    for &point in points {
        let (x, y) = degrees(point);
        out.extend(x.to_le_bytes());
        out.extend(y.to_le_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: i32, y: i32) -> Point {
        Point { x, y }
    }

    fn lines(wkb: &[u8]) -> Result<Vec<Vec<Point>>, WkbError> {
        read_lines(wkb, Point::from_degrees)
    }

    #[test]
    fn a_line_comes_back_as_it_was_written_to_the_ends_of_the_lattice() {
        let line = vec![at(-1_800_000_000, 899_999_999), at(7, 3), at(1_102_900_001, 252_700_003)];
        assert_eq!(lines(&write_line(&line)).unwrap(), [line]);
    }

    #[test]
    fn several_lines_are_read_and_the_rings_of_areas_too() {
        let (a, b) = (write_line(&[at(0, 0), at(1, 1)]), write_line(&[at(5, 5), at(6, 6), at(7, 5)]));
        let multi = [&[1, 5, 0, 0, 0, 2, 0, 0, 0][..], &a, &b].concat();
        assert_eq!(lines(&multi).unwrap().iter().map(Vec::len).collect::<Vec<_>>(), [2, 3]);
        // A polygon of one ring is the line after other numbers.
        let polygon = [&[1, 3, 0, 0, 0, 1, 0, 0, 0][..], &b[5..]].concat();
        assert_eq!(lines(&polygon).unwrap()[0].len(), 3);
    }

    #[test]
    fn hostile_bytes_are_refused_and_reserve_nothing() {
        let line = write_line(&[at(0, 0), at(1, 1)]);
        for cut in 0..line.len() {
            assert!(lines(&line[..cut]).is_err(), "{cut}");
        }
        let claims = [&line[..5], &u32::MAX.to_le_bytes()].concat();
        assert!(matches!(lines(&claims), Err(WkbError::TooMany { what: "positions", .. })));
        let parts = [1, 5, 0, 0, 0, 0xff, 0xff, 0xff, 0xff];
        assert!(matches!(lines(&parts), Err(WkbError::TooMany { what: "parts", .. })));
        let point = [&[1, 1, 0, 0, 0][..], &[0; 16]].concat();
        assert!(matches!(lines(&point), Err(WkbError::Type { got: 1, .. })));
        assert!(matches!(lines(&[line, vec![0]].concat()), Err(WkbError::Trailing { left: 1, .. })));
        let mut far = write_line(&[at(0, 0), at(1, 1)]);
        far[9..17].copy_from_slice(&f64::NAN.to_le_bytes());
        assert!(matches!(lines(&far), Err(WkbError::Position { .. })));
    }
}
