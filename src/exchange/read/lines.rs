//! Lines of a file on the lattice: what borders may be drawn along.

use super::ReadError;
use crate::geom::Point;
use crate::geom::crs::Crs;
use crate::unit::Attributes;
use serde_json::Value;

/// One run of positions of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The name of its feature, such as a road's.
    pub name: Option<String>,
    /// The positions on the lattice; consecutive ones may be equal.
    pub points: Vec<Point>,
}

/// What a file holds of lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// The lines, in their order.
    pub lines: Vec<Line>,
    /// The system that their coordinates were read in.
    pub crs: Crs,
    /// What was assumed or passed over, for a person.
    pub notices: Vec<String>,
}

/// The columns in which a name is looked for.
const NAMES: [&str; 6] = ["name", "NAME", "Name", "名称", "道路名称", "name:zh"];

/// The name of a feature, if one of its columns says it.
pub(super) fn name(properties: &Attributes) -> Option<String> {
    let named = NAMES.iter().find_map(|column| properties.get(*column).and_then(Value::as_str));
    let named = named.map(str::trim).filter(|name| !name.is_empty() && !name.contains('\0'));
    named.map(|name| name.chars().take(200).collect())
}

/// A feature that cannot be read.
pub(super) fn unreadable(number: usize, why: impl std::fmt::Display) -> ReadError {
    ReadError::Malformed(format!("feature {number}: {why}"))
}

/// A word on features that are no lines.
pub(super) fn passed_over(count: usize) -> Option<String> {
    (count > 0).then(|| format!("{count} features are neither lines nor areas and were passed over"))
}
