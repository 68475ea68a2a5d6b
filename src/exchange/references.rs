//! A file of lines as a set of reference lines.

use super::read::{Line, Lines};
use crate::unit::{Reference, ReferenceLine};
use chrono::{DateTime, Utc};

/// The most vertices of one set: every road of a province.
const MOST_VERTICES: usize = 20_000_000;

/// A set of lines from what was read of a file; lines that are shorter than the lattice can tell are left out, and how
/// many there were is told. Errors when nothing is left, or too much.
pub fn reference(
    name: &str,
    source: &str,
    imported_at: DateTime<Utc>,
    read: Lines,
) -> Result<(Reference, usize), String> {
    let all = read.lines.len();
    let line = |Line { name, points }| ReferenceLine::new(name, points);
    let lines: Vec<ReferenceLine> = read.lines.into_iter().filter_map(line).collect();
    let vertices: usize = lines.iter().map(|line| line.points.len()).sum();
    if lines.is_empty() {
        return Err("expected lines, got none".into());
    }
    if vertices > MOST_VERTICES {
        return Err(format!("expected at most {MOST_VERTICES} vertices, got {vertices}"));
    }
    let left_out = all - lines.len();
    Ok((Reference { name: name.into(), source: source.into(), imported_at, lines }, left_out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Point;
    use crate::geom::crs::Crs;

    fn read(lines: &[&[i32]]) -> Lines {
        let line = |xs: &&[i32]| Line { name: None, points: xs.iter().map(|&x| Point { x, y: 0 }).collect() };
        Lines { lines: lines.iter().map(line).collect(), crs: Crs::Wgs84, notices: Vec::new() }
    }

    #[test]
    fn what_is_shorter_than_the_lattice_is_left_out_and_nothing_is_no_reference() {
        let at = DateTime::UNIX_EPOCH;
        let (found, left_out) =
            reference("道路", "roads.geojson", at, read(&[&[1, 1, 2], &[3], &[4, 4]])).unwrap();
        assert_eq!((found.lines.len(), found.lines[0].points.len(), left_out), (1, 2, 2));
        assert_eq!(reference("道路", "x", at, read(&[&[3]])).unwrap_err(), "expected lines, got none");
    }
}
