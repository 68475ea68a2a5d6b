//! A report as it is kept.

use super::Stage;
use crate::geom::Point;
use crate::snapshot::Outcome;
use crate::unit::UnitId;
use chrono::{DateTime, FixedOffset, Utc};
use std::fmt;
use std::str::FromStr;

/// What was told, never changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Who sent it: an account, `token:NAME`, or `local`. The source of which the datum alarm speaks.
    pub source: String,
    /// The system in which its position came.
    pub crs: String,
    /// East and north as they came, in degrees or metres.
    pub coordinates: [f64; 2],
    /// The place on the lattice.
    pub position: Point,
    /// The radius in metres within which the true place lies, when it was told.
    pub accuracy_m: Option<f64>,
    /// The code of its category.
    pub category: String,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// By when it should be handled.
    pub due_at: DateTime<Utc>,
    /// What was said, without numbers of persons.
    pub text: Option<String>,
    /// Whether numbers were masked in it.
    pub masked: bool,
    /// What the sender calls it; nothing to us.
    pub source_ref: Option<String>,
    /// The unit that the sender took it for.
    pub declared_unit: Option<String>,
}

/// Whose it was on the day that it came in, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The revision that said so.
    pub revision: u64,
    /// How the responsible layer held the point.
    pub outcome: Outcome,
    /// The rule that decided: a category's code, or `default`.
    pub rule: String,
    /// The responsible unit.
    pub unit: Option<UnitId>,
    /// The land grid.
    pub land: Option<UnitId>,
    /// The water grid.
    pub water: Option<UnitId>,
    /// The police grid.
    pub police: Option<UnitId>,
}

/// Why a report is with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It came in there.
    Filed,
    /// A border was moved.
    Boundary,
    /// Somebody transferred it.
    Manual,
}

/// Who works it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// The unit; `None` for a report that nobody is near.
    pub unit: Option<UnitId>,
    /// The revision by which it was given to it.
    pub revision: u64,
    /// Why.
    pub reason: Reason,
}

/// A report.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Its number, 1 for the first.
    pub id: u64,
    /// What was told.
    pub given: Given,
    /// Whose it was when it came in.
    pub filed: Filed,
    /// Whose its place was by the revision that looked last.
    pub ground: Option<UnitId>,
    /// Who works it.
    pub assigned: Assigned,
    /// Whether a person should look before anyone is sent.
    pub needs_confirmation: bool,
    /// Whether it was transferred by hand and a revision since gives its place to another unit.
    pub flagged: bool,
    /// Where it stands.
    pub stage: Stage,
    /// When it was handled, if it is.
    pub handled_at: Option<DateTime<Utc>>,
    /// When it was closed, if it is.
    pub closed_at: Option<DateTime<Utc>>,
    /// How often it was sent back.
    pub returned: u32,
    /// Counts its writes, 1 when it was filed.
    pub version: u64,
}

/// What happened to a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It was filed.
    Created,
    /// It went to another stage.
    Staged,
    /// Somebody gave it to another unit.
    Transferred,
    /// A revision gave it to another unit.
    Moved,
    /// A revision would have, but somebody had given it by hand.
    Flagged,
}

/// A step on the trail of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailStep {
    /// What happened.
    pub kind: Kind,
    /// Who did it: a name, or `revision:NUMBER`.
    pub actor: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What was said.
    pub comment: Option<String>,
    /// The stage before, or the id of the unit before.
    pub from: Option<String>,
    /// The stage after, or the id of the unit after.
    pub to: Option<String>,
}

impl Report {
    /// The number by which people call it.
    pub fn number(&self) -> String {
        number(self.id, self.given.received_at)
    }

    /// Whether it should have been handled by a moment and was not.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.handled_at.or(self.closed_at).unwrap_or(now) > self.given.due_at
    }
}

/// The number of a report: the day on which it came in, as it is written in China, and its id.
pub fn number(id: u64, received_at: DateTime<Utc>) -> String {
    let china = FixedOffset::east_opt(8 * 3600).expect("eight hours are a legal offset");
    format!("{}-{id:08}", received_at.with_timezone(&china).format("%Y%m%d"))
}

/// The id in a report's number, or in a number alone.
pub fn read_number(text: &str) -> Option<u64> {
    let id = text.trim().rsplit('-').next()?;
    id.parse().ok().filter(|&id| id > 0)
}

/// Names in SQL and JSON.
macro_rules! named {
    ($kind:ident: $($variant:ident $name:literal),*) => {
        impl $kind {
            /// The name in SQL and JSON.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
        impl FromStr for $kind {
            type Err = ();
            fn from_str(text: &str) -> Result<Self, ()> {
                match text { $($name => Ok(Self::$variant),)* _ => Err(()) }
            }
        }
    };
}

named!(Reason: Filed "filed", Boundary "boundary", Manual "manual");
named!(Kind: Created "created", Staged "staged", Transferred "transferred", Moved "moved", Flagged "flagged");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_holds_the_day_in_china_and_the_id() {
        let late: DateTime<Utc> = "2026-11-27T16:00:00Z".parse().unwrap();
        assert_eq!(number(42, late), "20261128-00000042");
        assert_eq!((read_number("20261128-00000042"), read_number(" 42 ")), (Some(42), Some(42)));
        for wrong in ["", "0", "20261128-", "x"] {
            assert_eq!(read_number(wrong), None, "{wrong}");
        }
    }
}
