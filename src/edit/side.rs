//! What lies beside a border.

use crate::geom::Point;
use crate::unit::{UnitId, UnitIdError};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The ground on one side of a border.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Beyond the outline; in a layer without one, wherever no unit is.
    Outside,
    /// Inside the outline and in no unit.
    Gap,
    /// A unit's ground.
    Unit(UnitId),
}

/// A segment by its two ends, the smaller one first.
pub type Place = (Point, Point);

/// What lies left and right of a segment, seen from its smaller end.
pub type Sides = (Side, Side);

/// The segment from `p` to `q`, and its sides as seen from its smaller end.
pub(super) fn placed(p: Point, q: Point, (left, right): Sides) -> (Place, Sides) {
    if p < q { ((p, q), (left, right)) } else { ((q, p), (right, left)) }
}

impl Side {
    /// The unit; `None` for a gap and the outside.
    pub fn unit(self) -> Option<UnitId> {
        match self {
            Self::Unit(id) => Some(id),
            Self::Outside | Self::Gap => None,
        }
    }

    /// The side as a coverage knows it: a gap is ground, too, and is held by an id that no unit ever has.
    pub(super) fn holder(self) -> Option<UnitId> {
        match self {
            Self::Outside => None,
            Self::Gap => Some(gap()),
            Self::Unit(id) => Some(id),
        }
    }

    /// The side whose holder that is.
    pub(super) fn held_by(holder: Option<UnitId>) -> Self {
        match holder {
            None => Self::Outside,
            Some(id) if id == gap() => Self::Gap,
            Some(id) => Self::Unit(id),
        }
    }
}

/// The largest number that is a unit id. A store hands out ids from 1 on and never comes near.
fn gap() -> UnitId {
    UnitId::try_from((1 << 53) - 1).expect("2^53 - 1 is a unit id")
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside => f.write_str("the outside"),
            Self::Gap => f.write_str("a gap"),
            Self::Unit(id) => write!(f, "unit {id}"),
        }
    }
}

/// In JSON a unit is its id, and the others are their names.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Unit(u64),
    Name(Name),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    Outside,
    Gap,
}

impl Serialize for Side {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match self {
            Self::Outside => Written::Name(Name::Outside),
            Self::Gap => Written::Name(Name::Gap),
            Self::Unit(id) => Written::Unit(id.get()),
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Side {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Name(Name::Outside) => Self::Outside,
            Written::Name(Name::Gap) => Self::Gap,
            Written::Unit(n) => {
                let id =
                    UnitId::try_from(n).and_then(|id| if id == gap() { Err(UnitIdError(n)) } else { Ok(id) });
                Self::Unit(id.map_err(serde::de::Error::custom)?)
            }
        })
    }
}
