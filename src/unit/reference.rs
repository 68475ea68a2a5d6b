//! Reference lines: roads, rivers, plans, along which borders may be drawn. Never part of a coverage.

use crate::geom::Point;
use chrono::{DateTime, Utc};

/// A set of lines that came from one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// What people call it; another one of the same name takes its place.
    pub name: String,
    /// The file that it came from.
    pub source: String,
    /// When it was imported.
    pub imported_at: DateTime<Utc>,
    /// The lines, in the order of the file.
    pub lines: Vec<ReferenceLine>,
}

/// A line on the lattice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceLine {
    /// Its own name, such as a road's.
    pub name: Option<String>,
    /// At least two points, none like the one before; the first equals the last of a closed line.
    pub points: Vec<Point>,
}

impl ReferenceLine {
    /// A line of points without repetitions; `None` when fewer than two are left.
    pub fn new(name: Option<String>, mut points: Vec<Point>) -> Option<Self> {
        points.dedup();
        (points.len() > 1).then_some(Self { name, points })
    }
}

/// Reads the name of a reference: 1 to 64 characters without control characters, no space at an end.
pub fn reference_name(text: &str) -> Result<&str, String> {
    let count = text.chars().count();
    let fits = (1..=64).contains(&count) && text.trim() == text && !text.contains(char::is_control);
    let expected = "expected a name of 1 to 64 characters without a space at its ends";
    if fits { Ok(text) } else { Err(format!("{expected}, got {text:?}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_two_points_and_repeats_none() {
        let at = |x| Point { x, y: 0 };
        let line = ReferenceLine::new(None, vec![at(1), at(1), at(2), at(2)]).unwrap();
        assert_eq!(line.points, [at(1), at(2)]);
        assert_eq!(ReferenceLine::new(None, vec![at(1), at(1)]), None);
        assert_eq!(ReferenceLine::new(None, vec![]), None);
    }

    #[test]
    fn a_name_is_short_and_plain() {
        assert_eq!(reference_name("道路 2026"), Ok("道路 2026"));
        for bad in ["", " x", "x ", "a\nb", &"字".repeat(65)] {
            assert!(reference_name(bad).is_err(), "{bad:?}");
        }
    }
}
