//! What building a coverage changed, and by how much.

use crate::geom::Point;
use crate::unit::UnitId;
use std::fmt;

/// Why a border was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RepairKind {
    /// A vertex was put into the segment of another unit that passes it: a T-junction.
    Inserted,
    /// Two segments crossed, or a segment passed a point where others cross, and now meet in a vertex.
    Crossing,
    /// A border that ran there and back, with no ground between, was dropped.
    Folded,
    /// Ground of several units was given to one of them.
    Overlap,
    /// Ground of no unit was given to a neighbour.
    Gap,
    /// Ground beyond the outline was taken from a unit.
    OutsideOutline,
    /// A vertex was moved onto another within the tolerance of `snap_m`.
    Snapped,
}

/// One change, with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// Why.
    pub kind: RepairKind,
    /// The vertex that was put in or moved, or a vertex of the ground that changed hands.
    pub at: Point,
    /// The units concerned, ascending.
    pub units: Vec<UnitId>,
    /// The ground between the old border and the new in m². For a snapped vertex 0: what the moves did
    /// to each unit stands in [`Ledger::areas`].
    pub area_m2: f64,
    /// How far the border moved, in metres.
    pub move_m: f64,
}

/// A unit whose area changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AreaChange {
    /// The unit.
    pub unit: UnitId,
    /// Its area as it came in, rounded to the lattice, in m².
    pub before_m2: f64,
    /// Its area in the coverage in m².
    pub after_m2: f64,
}

/// The account of a build. Empty when the shapes fitted as they came.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Ledger {
    /// Every change, ordered by kind and place.
    pub repairs: Vec<Repair>,
    /// Every unit whose area changed, ascending.
    pub areas: Vec<AreaChange>,
}

impl RepairKind {
    /// All kinds, in the order of the ledger.
    pub const ALL: [Self; 7] = [
        Self::Inserted,
        Self::Crossing,
        Self::Folded,
        Self::Overlap,
        Self::Gap,
        Self::OutsideOutline,
        Self::Snapped,
    ];

    /// The name in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inserted => "inserted",
            Self::Crossing => "crossing",
            Self::Folded => "folded",
            Self::Overlap => "overlap",
            Self::Gap => "gap",
            Self::OutsideOutline => "outside_outline",
            Self::Snapped => "snapped",
        }
    }
}

impl Ledger {
    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.repairs.is_empty()
    }

    /// The changes of one kind: how many, and their ground in m².
    pub fn total(&self, kind: RepairKind) -> (usize, f64) {
        let of_kind = self.repairs.iter().filter(|r| r.kind == kind);
        of_kind.fold((0, 0.0), |(count, area), r| (count + 1, area + r.area_m2))
    }

    /// The change that moved a border farthest; `None` when nothing was changed.
    pub fn largest_move(&self) -> Option<&Repair> {
        // The first of equals, so that the answer does not hang on how the list is searched.
        self.repairs.iter().reduce(|best, r| if r.move_m > best.move_m { r } else { best })
    }

    /// The unit whose area changed most; `None` when none did.
    pub fn largest_area_change(&self) -> Option<&AreaChange> {
        self.areas
            .iter()
            .reduce(|best, a| if a.change_m2().abs() > best.change_m2().abs() { a } else { best })
    }
}

impl AreaChange {
    /// What the unit won, in m²; negative for a loss.
    pub fn change_m2(&self) -> f64 {
        self.after_m2 - self.before_m2
    }
}

impl fmt::Display for Ledger {
    /// A line per kind of change, the largest move and the largest change of area; nothing when empty.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for kind in RepairKind::ALL {
            let (count, area) = self.total(kind);
            if count > 0 {
                writeln!(f, "{}: {count}, {area:.3} m²", kind.name())?;
            }
        }
        if let Some(r) = self.largest_move() {
            writeln!(f, "largest move: {:.3} m at {}", r.move_m, r.at)?;
        }
        if let Some(a) = self.largest_area_change() {
            let (unit, change, after) = (a.unit, a.change_m2(), a.after_m2);
            writeln!(
                f,
                "areas changed: {} units, most unit {unit} by {change:+.3} m² to {after:.3} m²",
                self.areas.len()
            )?;
        }
        Ok(())
    }
}
