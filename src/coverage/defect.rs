//! Defects: located breaches of the rules.

use crate::geom::{Point, Shape};
use crate::unit::UnitId;
use std::fmt;

/// What kind of rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DefectKind {
    /// Ground held by two units or more.
    Overlap,
    /// Ground inside the outline that no unit holds.
    Gap,
    /// Ground of a unit outside the layer's outline.
    OutsideOutline,
    /// A unit's border crosses or doubles itself.
    SelfCrossing,
    /// A ring of fewer than three different points, or of no area.
    DegenerateRing,
    /// A unit that lies in two places of the file, or a unit of a higher level with a shape of its own.
    MisplacedShape,
    /// A part thinner than the sliver width.
    Sliver,
    /// A unit of a higher level without a grid under it, or a grid without a shape.
    EmptyUnit,
    /// A parent that is missing or not one level up.
    WrongParent,
    /// A code given to two units.
    DuplicateCode,
    /// An id given to two units.
    DuplicateId,
    /// A value that cannot be read.
    BadValue,
    /// An operation names a unit, layer or place that is not there.
    Unknown,
    /// A drawn path that cannot be used: it crosses itself, ends on no border or cuts nothing.
    BadPath,
    /// A border would cross, touch or pass over another one.
    Crossing,
    /// Ground that is under the smallest area.
    TooSmall,
    /// A unit would get a separate part that nobody asked for.
    NewPart,
    /// What an operation expects is no longer what stands there.
    Stale,
    /// The operation is not for this: the outline, a level above the grids, a unit of another layer.
    NotAllowed,
}

/// Whether a defect stops an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Stops it.
    Error,
    /// Is listed and let through.
    Warning,
}

/// A located breach: what, where, who, how much.
#[derive(Clone, Debug, PartialEq)]
pub struct Defect {
    /// The rule.
    pub kind: DefectKind,
    /// A point on or in the breach; `None` for a breach among rows and not on the ground.
    pub at: Option<Point>,
    /// The units concerned, ascending.
    pub units: Vec<UnitId>,
    /// The ground concerned in m², where there is one.
    pub area_m2: Option<f64>,
    /// The ground concerned, where it is known as a shape.
    pub shape: Option<Shape>,
    /// What was expected and what stands there, in one lower-case sentence.
    pub detail: String,
}

impl DefectKind {
    /// The name in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overlap => "overlap",
            Self::Gap => "gap",
            Self::OutsideOutline => "outside_outline",
            Self::SelfCrossing => "self_crossing",
            Self::DegenerateRing => "degenerate_ring",
            Self::MisplacedShape => "misplaced_shape",
            Self::Sliver => "sliver",
            Self::EmptyUnit => "empty_unit",
            Self::WrongParent => "wrong_parent",
            Self::DuplicateCode => "duplicate_code",
            Self::DuplicateId => "duplicate_id",
            Self::BadValue => "bad_value",
            Self::Unknown => "unknown",
            Self::BadPath => "bad_path",
            Self::Crossing => "crossing",
            Self::TooSmall => "too_small",
            Self::NewPart => "new_part",
            Self::Stale => "stale",
            Self::NotAllowed => "not_allowed",
        }
    }

    /// Whether a defect of this kind stops an import or an operation.
    pub fn severity(self) -> Severity {
        match self {
            Self::Sliver | Self::EmptyUnit => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind.name())?;
        if let Some(at) = self.at {
            write!(f, " at {at}")?;
        }
        write!(f, ": {}", self.detail)
    }
}
