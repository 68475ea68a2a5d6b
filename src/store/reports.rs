//! The door to reports: filing them so that none is lost and none is there twice, and what happens to them.

use super::events::Happening;
use super::{Filing, NewReport, Store, StoreError};
use crate::geom::{Bbox, Point};
use crate::report::{Kind, Reason, Report, Stage, TrailStep};
use crate::unit::UnitId;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What everybody is told, and more.
pub(super) fn told(more: &Value, mut told: Value) -> Value {
    let object = told.as_object_mut().expect("it was written as one");
    for (name, value) in more.as_object().into_iter().flatten() {
        object.insert(name.clone(), value.clone());
    }
    told
}

/// In which order reports are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The newest first.
    #[default]
    Newest,
    /// Those that are due first.
    Due,
}

/// Which reports are asked for. An empty wish asks for all.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Stages; empty for all.
    pub stages: Vec<Stage>,
    /// Units of which one must work it; `None` for all.
    pub units: Option<Arc<BTreeSet<UnitId>>>,
    /// The code of a category.
    pub category: Option<String>,
    /// Not received before this.
    pub since: Option<DateTime<Utc>>,
    /// Received before this.
    pub until: Option<DateTime<Utc>>,
    /// Within this box.
    pub bbox: Option<Bbox>,
    /// What the sender calls it.
    pub source_ref: Option<String>,
    /// Who sent it.
    pub source: Option<String>,
    /// Only those that a person should look at.
    pub needs_confirmation: bool,
    /// Only those that were to be handled before this, and are not.
    pub overdue_at: Option<DateTime<Utc>>,
    /// Only those that lie on another's ground since a revision.
    pub flagged: bool,
}

/// Where a list goes on: behind a report in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// The report.
    pub id: u64,
    /// When it was due.
    pub due_at: DateTime<Utc>,
}

/// One write of a report: all of it or nothing.
#[derive(Clone, Debug)]
pub struct ReportWrite {
    /// How the report stands afterwards; its `version` is the one that the writer saw.
    pub report: Report,
    /// The revision by which the writer looked at it: when open reports are being looked at by a newer one, it is behind.
    pub looked: u64,
    /// What is added to its trail.
    pub step: TrailStep,
    /// What its event tells beside id, number, stage and actor.
    pub told: Value,
}

impl ReportWrite {
    /// What happened; `None` for a step of which nobody is told.
    pub(super) fn happening(&self) -> Option<Happening> {
        let kind = match self.step.kind {
            Kind::Created | Kind::Flagged => return None,
            kind => format!("report.{kind}"),
        };
        let (report, step) = (&self.report, &self.step);
        let data = json!({
            "report": report.id, "number": report.number(), "stage": report.stage.name(),
            "actor": step.actor, "comment": step.comment,
        });
        let (at, subject) = (step.at, report.id.to_string());
        Some(Happening { kind, at, revision: None, subject, data: told(&self.told, data) })
    }
}

/// An open report, as far as its place and its owner go.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenPlace {
    /// The report.
    pub report: u64,
    /// Its place.
    pub position: Point,
    /// Its category.
    pub category: String,
    /// Whose the place was by the revision that looked last.
    pub ground: Option<UnitId>,
    /// Who works it.
    pub assigned: Option<UnitId>,
    /// Why.
    pub reason: Reason,
}

/// A report with everything that a copy takes along.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    pub report: Report,
    pub key: String,
    pub body: Vec<u8>,
    pub receipt: String,
    pub behind: bool,
    pub trail: Vec<TrailStep>,
}

/// How far open reports have followed the revisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relocation {
    /// The revision that they are being looked at by.
    pub begun: u64,
    /// The revision that all of them were looked at by.
    pub done: u64,
    /// Whether reports came in by a revision older than that.
    pub behind: bool,
}

/// A report in figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// The report.
    pub id: u64,
    /// Its category.
    pub category: String,
    /// Where it stands.
    pub stage: Stage,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// By when it should be handled.
    pub due_at: DateTime<Utc>,
    /// When it was, or was closed.
    pub done_at: Option<DateTime<Utc>>,
    /// How often it was sent back.
    pub returned: u32,
    /// The unit that had it when it came in.
    pub filed: Option<UnitId>,
    /// Who works it.
    pub assigned: Option<UnitId>,
    /// Its place.
    pub position: Point,
}

/// Reports of one cell of a grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heaped {
    /// Column from the west and row from the south.
    pub cell: [i32; 2],
    /// How many.
    pub count: u64,
    /// How many of them were to be handled before a time, and are not.
    pub late: u64,
    /// The sums of their positions.
    pub sum: [i64; 2],
    /// The oldest of them.
    pub first: u64,
    /// The stage of one of them.
    pub stage: Stage,
}

/// The grid by which reports are heaped up.
#[derive(Clone, Copy, Debug)]
pub struct Cells {
    /// Where the first cell begins.
    pub from: Point,
    /// Lattice units along the sides of a cell.
    pub size: [i32; 2],
    /// What was to be handled before this is late.
    pub now: DateTime<Utc>,
}

impl Store {
    /// Files reports in one transaction, in the order given, each with its event; the answers are durable when they
    /// are given. A key that its sender used before files nothing.
    pub async fn file_reports(&self, new: &[NewReport]) -> Result<Vec<Filing>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.file_reports(new).await,
            Self::PostGis(postgis) => postgis.file_reports(new).await,
        }
    }

    /// A report with its trail, oldest first and without the filing; `None` when there is none.
    pub async fn report(&self, id: u64) -> Result<Option<(Report, Vec<TrailStep>)>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.report(id).await,
            Self::PostGis(postgis) => postgis.report(id).await,
        }
    }

    /// Reports in an order, at most so many behind one; and how many there are in all.
    pub async fn reports(
        &self,
        wish: &Wish,
        order: Order,
        after: Option<After>,
        limit: u32,
    ) -> Result<(u64, Vec<Report>), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.reports(wish, order, after, limit).await,
            Self::PostGis(postgis) => postgis.reports(wish, order, after, limit).await,
        }
    }

    /// The reports of a wish by cells of a grid, column by column; none lies before its first cell.
    pub async fn heaped_reports(&self, wish: &Wish, cells: Cells) -> Result<Vec<Heaped>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.heaped_reports(wish, cells).await,
            Self::PostGis(postgis) => postgis.heaped_reports(wish, cells).await,
        }
    }

    /// Writes reports in one transaction, those that still have the version that the writer saw; which ones were
    /// written.
    pub async fn write_reports(&self, writes: &[ReportWrite]) -> Result<Vec<bool>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.write_reports(writes).await,
            Self::PostGis(postgis) => postgis.write_reports(writes).await,
        }
    }

    /// The reports of a wish in figures, with a number above one, ascending, at most so many.
    pub async fn counted_reports(
        &self,
        wish: &Wish,
        above: u64,
        limit: u32,
    ) -> Result<Vec<Counted>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.counted_reports(wish, above, limit).await,
            Self::PostGis(postgis) => postgis.counted_reports(wish, above, limit).await,
        }
    }

    /// How far open reports have followed the revisions.
    pub async fn relocation(&self) -> Result<Relocation, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.relocation().await,
            Self::PostGis(postgis) => postgis.relocation().await,
        }
    }

    /// Says by which revision open reports are looked at from now on: whatever comes in by an older one is behind.
    pub async fn begin_relocation(&self, revision: u64) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.begin_relocation(revision).await,
            Self::PostGis(postgis) => postgis.begin_relocation(revision).await,
        }
    }

    /// Open reports with a number above one, ascending, at most so many; only those behind, or all.
    pub async fn open_places(
        &self,
        above: u64,
        only_behind: bool,
        limit: u32,
    ) -> Result<Vec<OpenPlace>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.open_places(above, only_behind, limit).await,
            Self::PostGis(postgis) => postgis.open_places(above, only_behind, limit).await,
        }
    }

    /// Says that all open reports were looked at by a revision, those behind up to a number among them.
    pub async fn finish_relocation(&self, revision: u64, up_to: u64) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.finish_relocation(revision, up_to).await,
            Self::PostGis(postgis) => postgis.finish_relocation(revision, up_to).await,
        }
    }
}

impl Store {
    /// Reports with everything that a copy takes along: those with a number above one, ascending, at most so many.
    pub(super) async fn kept_reports(&self, above: u64, limit: u32) -> Result<Vec<Kept>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.kept_reports(above, limit).await,
            Self::PostGis(postgis) => postgis.kept_reports(above, limit).await,
        }
    }

    /// Puts reports of another store in, without events.
    pub(super) async fn put_reports(&self, reports: &[Kept]) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.put_reports(reports).await,
            Self::PostGis(postgis) => postgis.put_reports(reports).await,
        }
    }
}

/// The columns of a report in the order in which both backends read them.
macro_rules! report_columns {
    () => {
        "id, source, received_at, occurred_at, due_at, crs, east, north, x, y, accuracy_m, category, text, masked,
         source_ref, declared_unit, revision, outcome, rule, filed_unit, filed_land, filed_water, filed_police,
         assigned_unit, assigned_revision, assigned_reason, needs_confirmation, flagged, stage, handled_at,
         closed_at, returned, version, ground_unit"
    };
}
pub(super) use report_columns;

/// A word that the database holds, as a value.
pub(super) fn read_word<T: std::str::FromStr>(what: &str, word: &str) -> Result<T, StoreError> {
    word.parse().map_err(|_unknown| StoreError::Damaged(format!("the {what} of a report: {word:?}")))
}

/// Units as the database takes them.
pub(super) fn numbers(units: &BTreeSet<UnitId>) -> Vec<i64> {
    units.iter().map(|unit| unit.get() as i64).collect()
}

/// A unit as the database takes it.
pub(super) fn column(unit: Option<UnitId>) -> Option<i64> {
    unit.map(|unit| unit.get() as i64)
}

/// A unit that the database holds.
pub(super) fn read_unit(column: Option<i64>) -> Result<Option<UnitId>, StoreError> {
    column.map(super::rows::unit_id).transpose()
}
