//! What a planner asks for: operations as they are sent and stored.

use super::change::Change;
use super::fields::Field;
use crate::geom::{Point, Shape};
use crate::unit::{Attributes, Code};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// One operation on a layer. Units are named by code, places by degrees: it is the intent, kept beside the
/// change that it was resolved to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// The layer.
    pub layer: String,
    /// What to do.
    #[serde(flatten)]
    pub kind: Kind,
}

/// The kinds of operations, with what each needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// Redraws a run of a border between two units. Both ends of the path lie on that border.
    ReplacePath {
        /// The new run.
        #[serde(with = "degrees::path")]
        path: Vec<Point>,
        /// Other layers whose border is moved, too, where it has the same old run.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        also: Vec<String>,
        /// Which reading, when two are possible: 0 or 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reading: Option<usize>,
    },
    /// Draws across any number of grids: the strips between the path and the target's border become the target's.
    Reshape {
        /// The drawn line.
        #[serde(with = "degrees::path")]
        path: Vec<Point>,
        /// Who gets the strips.
        target: Code,
        /// Which reading, when two are possible: 0 or 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reading: Option<usize>,
        /// Consent to separate parts.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        parts: bool,
    },
    /// Cuts a unit in two along a path from border to border.
    Split {
        /// The unit.
        unit: Code,
        /// The cut.
        #[serde(with = "degrees::path")]
        path: Vec<Point>,
        /// The unit that is made of one piece.
        new: NewUnit,
        /// The piece that stays.
        keep: Keep,
    },
    /// Gives the ground of units to one that stays.
    Merge {
        /// The unit that stays.
        keep: Code,
        /// The units that end.
        drop: Vec<Code>,
        /// Consent to separate parts.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        parts: bool,
    },
    /// Gives a drawn piece of one unit to another.
    Transfer {
        /// Who gives.
        from: Code,
        /// Who gets.
        to: Code,
        /// The piece, by its rings; what of it is not the giver's stays as it is.
        #[serde(with = "degrees::paths")]
        area: Vec<Vec<Point>>,
        /// Consent to separate parts.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        parts: bool,
    },
    /// Moves one vertex of a border, and all borders that meet in it.
    MoveNode {
        /// The vertex.
        #[serde(with = "degrees::point")]
        at: Point,
        /// Where it goes.
        #[serde(with = "degrees::point")]
        to: Point,
    },
    /// Makes a unit of ground that no unit holds.
    Create {
        /// The ground, by its rings; what of it is held stays as it is.
        #[serde(with = "degrees::paths")]
        area: Vec<Vec<Point>>,
        /// The unit.
        new: NewUnit,
        /// The unit above it.
        parent: Code,
        /// Consent to separate parts.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        parts: bool,
    },
    /// Ends a unit; its ground is then a gap, or outside.
    Retire {
        /// The unit.
        unit: Code,
    },
    /// Redraws a run of the outline, in every layer that shares it.
    MoveOutline {
        /// The new run.
        #[serde(with = "degrees::path")]
        path: Vec<Point>,
        /// Which reading, when two are possible: 0 or 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reading: Option<usize>,
    },
    /// Puts units under another parent.
    ReassignParent {
        /// The units.
        units: Vec<Code>,
        /// The unit one level up.
        parent: Code,
    },
    /// Sets fields of a unit, each only if it is what was expected.
    SetAttributes {
        /// The unit.
        unit: Code,
        /// The fields: `code`, `name`, `attributes.KEY`.
        set: BTreeMap<Field, Setting>,
    },
    /// Replaces units by those of an import: ground, names and codes.
    ReplaceUnits {
        /// The units that are there afterwards, each matched with one that is, or new.
        units: Vec<Replacement>,
        /// The units that end.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        retire: Vec<Code>,
    },
    /// Makes a stored change, or its inverse, again: undo and revert. It alone revives a retired unit.
    Restore {
        /// The change.
        change: Change,
    },
}

/// A unit that an operation makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUnit {
    /// Its code; the next free one is taken when none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Its name.
    pub name: String,
}

/// Which piece of a split keeps the identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// The larger one.
    Larger,
    /// The one left of the path.
    Left,
    /// The one right of it.
    Right,
    /// The one that holds a point.
    #[serde(with = "degrees::point")]
    Inside(Point),
}

/// What a field is set to, and what it must be before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// What is expected; `null` for an attribute that is not there.
    #[serde(default)]
    pub old: Value,
    /// What it becomes; `null` takes an attribute away.
    #[serde(default)]
    pub new: Value,
}

/// A unit of an import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replacement {
    /// The code of the unit that it is now; none for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Code>,
    /// The code afterwards.
    pub code: Code,
    /// The name afterwards.
    pub name: String,
    /// The unit one level up.
    pub parent: Code,
    /// Attributes to set; those not named stay.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// The ground afterwards.
    #[serde(with = "degrees::shape")]
    pub shape: Shape,
}

impl Kind {
    /// The name in JSON, by which undo and redo call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ReplacePath { .. } => "replace_path",
            Self::Reshape { .. } => "reshape",
            Self::Split { .. } => "split",
            Self::Merge { .. } => "merge",
            Self::Transfer { .. } => "transfer",
            Self::MoveNode { .. } => "move_node",
            Self::Create { .. } => "create",
            Self::Retire { .. } => "retire",
            Self::MoveOutline { .. } => "move_outline",
            Self::ReassignParent { .. } => "reassign_parent",
            Self::SetAttributes { .. } => "set_attributes",
            Self::ReplaceUnits { .. } => "replace_units",
            Self::Restore { .. } => "restore",
        }
    }

    /// How many units the operation makes: so many ids must be at hand to resolve it.
    pub fn new_units(&self) -> usize {
        match self {
            Self::Split { .. } | Self::Create { .. } => 1,
            Self::ReplaceUnits { units, .. } => units.iter().filter(|u| u.unit.is_none()).count(),
            _ => 0,
        }
    }
}

/// Positions in degrees, east first, rounded to the lattice on the way in.
mod degrees {
    use crate::geom::{Point, Polygon, Ring, Shape};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    fn from<E: Error>([lon, lat]: [f64; 2]) -> Result<Point, E> {
        Point::from_degrees(lon, lat).map_err(E::custom)
    }

    fn to(p: Point) -> [f64; 2] {
        [p.lon(), p.lat()]
    }

    pub mod point {
        use super::{Deserialize, Deserializer, Point, Serialize, Serializer, from, to};

        #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
        pub fn serialize<S: Serializer>(point: &Point, serializer: S) -> Result<S::Ok, S::Error> {
            to(*point).serialize(serializer)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Point, D::Error> {
            from(<[f64; 2]>::deserialize(deserializer)?)
        }
    }

    pub mod path {
        use super::{Deserialize, Deserializer, Point, Serializer, from, to};

        pub fn serialize<S: Serializer>(points: &[Point], serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(points.iter().copied().map(to))
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Point>, D::Error> {
            Vec::<[f64; 2]>::deserialize(deserializer)?.into_iter().map(from).collect()
        }
    }

    pub mod paths {
        use super::{Deserialize, Deserializer, Point, Serializer, from, to};

        pub fn serialize<S: Serializer>(paths: &[Vec<Point>], serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(paths.iter().map(|p| p.iter().copied().map(to).collect::<Vec<_>>()))
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<Point>>, D::Error> {
            let paths = Vec::<Vec<[f64; 2]>>::deserialize(deserializer)?;
            paths.into_iter().map(|path| path.into_iter().map(from).collect()).collect()
        }
    }

    /// A multipolygon as GeoJSON nests its coordinates.
    pub mod shape {
        use super::{Deserialize, Deserializer, Error, Polygon, Ring, Serializer, Shape, from, to};

        pub fn serialize<S: Serializer>(shape: &Shape, serializer: S) -> Result<S::Ok, S::Error> {
            let ring =
                |r: &Ring| r.points().iter().chain(r.points().first()).copied().map(to).collect::<Vec<_>>();
            let polygon = |p: &Polygon| p.rings().map(ring).collect::<Vec<_>>();
            serializer.collect_seq(shape.polygons().iter().map(polygon))
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Shape, D::Error> {
            let polygons = Vec::<Vec<Vec<[f64; 2]>>>::deserialize(deserializer)?;
            let ring = |points: Vec<[f64; 2]>| {
                let points = points.into_iter().map(from).collect::<Result<Vec<_>, D::Error>>()?;
                Ring::new(points).ok_or_else(|| D::Error::custom("a ring must have three different points"))
            };
            let polygon = |rings: Vec<Vec<[f64; 2]>>| {
                let mut rings = rings.into_iter().map(ring);
                let outer = rings.next().ok_or_else(|| D::Error::custom("a polygon must have a ring"))??;
                Ok(Polygon { outer, holes: rings.collect::<Result<_, _>>()? })
            };
            polygons.into_iter().map(polygon).collect::<Result<_, _>>().map(Shape)
        }
    }
}
