//! Conflicts: why a change does not hold on a state.

use super::change::Misfit;
use super::fields::Field;
use crate::geom::Point;
use crate::unit::UnitId;
use std::fmt;

/// What kind of thing is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// A run of border is not what the change begins with.
    Border,
    /// Borders would cross or touch, or one would jump over another.
    Crossing,
    /// A field is not what the change begins with.
    Field,
    /// A code would be given twice.
    Code,
    /// A unit would stand under none, or under the wrong one.
    Parent,
    /// A unit or a layer is not there.
    Unit,
}

/// A located reason why a change does not hold, for a person to settle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// What kind.
    pub kind: ConflictKind,
    /// The layer.
    pub layer: String,
    /// Where, at the middle of a run of border; `None` for one among rows.
    pub at: Option<Point>,
    /// How many segments of border in a row it is about; 0 for one among rows or at a point.
    pub segments: usize,
    /// The units concerned, ascending.
    pub units: Vec<UnitId>,
    /// The field, when it is about one.
    pub field: Option<Field>,
    /// What was expected and what stands there, in one lower-case sentence.
    pub detail: String,
}

impl Conflict {
    pub(super) fn no_layer(name: &str) -> Self {
        let detail = format!("there is no layer {name}");
        Self {
            kind: ConflictKind::Unit,
            layer: name.into(),
            at: None,
            segments: 0,
            units: Vec::new(),
            field: None,
            detail,
        }
    }

    pub(super) fn misfit(misfit: &Misfit) -> Self {
        let kind = if misfit.borders > 0 { ConflictKind::Border } else { ConflictKind::Field };
        let (layer, detail) = (misfit.layer.clone(), misfit.to_string());
        Self { kind, layer, at: None, segments: 0, units: Vec::new(), field: None, detail }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.layer)?;
        if let Some(at) = self.at {
            write!(f, " at {at}")?;
        }
        write!(f, ": {}", self.detail)
    }
}
