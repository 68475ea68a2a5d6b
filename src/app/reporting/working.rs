//! Working on reports: from stage to stage, and from one unit to another.

use super::filing::told;
use super::listing::Answerable;
use super::relocating::follow;
use crate::app::access::{Actor, Denied, Role};
use crate::app::{App, Published, Question};
use crate::report::{Assigned, Kind, Move, Reason, Report, Stage, StageError, TrailStep, moves_from};
use crate::store::{ReportWrite, StoreError};
use crate::unit::{Code, UnitId};
use chrono::{DateTime, SubsecRound, Utc};

/// Why a report was not worked on.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// There is none of this number, or none that the caller may see.
    #[error("there is no report {0}")]
    Unknown(u64),
    /// The caller has not the role.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The table has no such move.
    #[error(transparent)]
    Illegal(#[from] StageError),
    /// The move takes a reason.
    #[error("a report that goes from {from} to {to} takes a comment")]
    NoComment {
        /// Where it stands.
        from: Stage,
        /// Where it was to go.
        to: Stage,
    },
    /// It is closed: who it belongs to is frozen.
    #[error("report {0} is closed; open it again before it goes to another unit")]
    Closed(u64),
    /// There is no such unit now.
    #[error("there is no current grid {code} on the layer {layer}")]
    UnknownUnit {
        /// The layer.
        layer: String,
        /// What was given.
        code: String,
    },
    /// It is with that unit already.
    #[error("report {0} is with this unit already")]
    SameUnit(u64),
    /// Others wrote it each time that we tried.
    #[error("report {0} is being written by others; try again")]
    Busy(u64),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How often a write begins anew because somebody else wrote first.
const TRIES: usize = 5;

/// To whom a report is to go, and why.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The layer of the unit; the one of the unit that has it, or land, when none is given.
    pub layer: Option<String>,
    /// The code of a current grid.
    pub to: String,
    /// Why.
    pub reason: String,
}

/// Who may give a report to another unit.
const DISPATCHERS: [Role; 1] = [Role::Dispatcher];

impl App {
    /// The moves that somebody may make with a report.
    pub fn moves(&self, report: &Report, actor: &Actor) -> Vec<&'static Move> {
        let layer = layer_of(&self.published(), report);
        moves_from(report.stage).filter(|step| actor.must_be(step.who.0, &layer).is_ok()).collect()
    }

    /// Whether somebody may give a report to another unit.
    pub fn may_transfer(&self, report: &Report, actor: &Actor) -> bool {
        let layer = layer_of(&self.published(), report);
        report.stage.is_open() && actor.must_be(&DISPATCHERS, &layer).is_ok()
    }

    /// Whether a report is one of those that somebody may see: on his ground, or anywhere.
    pub fn holds(&self, report: &Report, actor: &Actor) -> bool {
        self.holds_unit(report.assigned.unit, actor)
    }

    /// Whether reports of a unit, or of none, are among those that somebody may see.
    pub fn holds_unit(&self, unit: Option<UnitId>, actor: &Actor) -> bool {
        holds(&self.published(), unit, actor)
    }

    /// Takes a report to another stage.
    pub async fn stage(
        &self,
        id: u64,
        to: Stage,
        comment: Option<String>,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Answerable, WorkError> {
        self.write_report(id, actor, |published, report| {
            let step = report.stage.to(to)?;
            actor.must_be(step.who.0, &layer_of(published, &report))?;
            if step.needs_comment && comment.is_none() {
                return Err(WorkError::NoComment { from: step.from, to });
            }
            Ok(self.staged(published, report, step, (comment.clone(), &actor.name, now)))
        })
        .await
    }

    /// What takes a report along a move, by whoever is named.
    pub fn staged(
        &self,
        published: &Published,
        report: Report,
        step: &Move,
        (comment, actor, now): (Option<String>, &str, DateTime<Utc>),
    ) -> ReportWrite {
        let at = now.trunc_subsecs(6);
        let (from, to) = (step.from.name().to_owned(), step.to.name().to_owned());
        let mut next = Report { stage: step.to, ..report };
        match step.to {
            Stage::Dispatched => {
                next.returned += u32::from(step.goes_back());
                (next.handled_at, next.closed_at, next.needs_confirmation) = (None, None, false);
            }
            Stage::Handled => next.handled_at = Some(at),
            Stage::Closed => next.closed_at = Some(at),
            Stage::Collected | Stage::Assessed => {}
        }
        if step.from == Stage::Closed && step.to.is_open() {
            next = self.as_now(published, next, now);
        }
        let mut told = told(published, &next.given, next.assigned.unit, next.needs_confirmation);
        (told["from"], told["to"]) = (from.as_str().into(), to.as_str().into());
        let kind = Kind::Staged;
        let step = TrailStep { kind, actor: actor.into(), at, comment, from: Some(from), to: Some(to) };
        ReportWrite { report: next, looked: published.revision().number, step, told }
    }

    /// A report that is opened again, with whoever has its ground by now.
    fn as_now(&self, published: &Published, report: Report, now: DateTime<Utc>) -> Report {
        let question = Question::by_rule(self.categories.find(&report.given.category).ok());
        let owner = published.locate(report.given.position, &question).responsible.map(|(_, unit)| unit);
        follow(published, report.clone(), owner, now).map_or(report, |write| write.report)
    }

    /// Gives a report to another unit in one step.
    pub async fn transfer(
        &self,
        id: u64,
        order: &Transfer,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Answerable, WorkError> {
        self.write_report(id, actor, |published, report| {
            let from_layer = layer_of(published, &report);
            actor.must_be(&DISPATCHERS, &from_layer)?;
            if !report.stage.is_open() {
                return Err(WorkError::Closed(id));
            }
            let layer = order.layer.clone().unwrap_or(from_layer);
            let unit = grid(published, &layer, &order.to)?;
            if report.assigned.unit == Some(unit) {
                return Err(WorkError::SameUnit(id));
            }
            Ok(transferred(published, report, unit, (order, actor, now)))
        })
        .await
    }

    /// Writes a report as `change` says, again when somebody else wrote in between.
    async fn write_report(
        &self,
        id: u64,
        actor: &Actor,
        change: impl Fn(&Published, Report) -> Result<ReportWrite, WorkError>,
    ) -> Result<Answerable, WorkError> {
        for _ in 0..TRIES {
            let published = self.published();
            let (report, _) = self.store().report(id).await?.ok_or(WorkError::Unknown(id))?;
            if !holds(&published, report.assigned.unit, actor) {
                return Err(WorkError::Unknown(id));
            }
            let write = change(&published, report)?;
            if self.store().write_reports(std::slice::from_ref(&write)).await? == [true] {
                self.feed.wake();
                let (report, trail) = self.store().report(id).await?.ok_or(WorkError::Unknown(id))?;
                return Ok(Answerable { published, report, trail });
            }
        }
        Err(WorkError::Busy(id))
    }
}

fn transferred(
    published: &Published,
    report: Report,
    unit: UnitId,
    (order, actor, now): (&Transfer, &Actor, DateTime<Utc>),
) -> ReportWrite {
    let looked = published.revision().number;
    let was = report.assigned.unit;
    let assigned = Assigned { unit: Some(unit), revision: looked, reason: Reason::Manual };
    let next = Report { assigned, needs_confirmation: false, flagged: false, ..report };
    let code = |unit: UnitId| published.facts(unit).map(|facts| facts.unit.code.to_string());
    let mut told = told(published, &next.given, Some(unit), false);
    (told["from"], told["to"]) = (was.and_then(code).into(), code(unit).into());
    told["from_id"] = was.map(UnitId::get).into();
    let step = TrailStep {
        kind: Kind::Transferred,
        actor: actor.name.clone(),
        at: now.trunc_subsecs(6),
        comment: Some(order.reason.clone()),
        from: was.map(|unit| unit.to_string()),
        to: Some(unit.to_string()),
    };
    ReportWrite { report: next, looked, step, told }
}

/// The layer of the unit that has a report; land while none has it.
fn layer_of(published: &Published, report: &Report) -> String {
    let layer = report.assigned.unit.and_then(|unit| published.base.unit(unit));
    layer.map_or_else(|| "land".to_owned(), |(layer, _)| layer.layer.name.clone())
}

fn holds(published: &Published, unit: Option<UnitId>, actor: &Actor) -> bool {
    match unit {
        Some(unit) => actor.territory.holds(&published.base, unit),
        None => actor.territory == crate::app::access::Territory::Everywhere,
    }
}

fn grid(published: &Published, layer: &str, code: &str) -> Result<UnitId, WorkError> {
    let unknown = || WorkError::UnknownUnit { layer: layer.into(), code: code.chars().take(80).collect() };
    let read = Code::try_from(code).map_err(|_no_code| unknown())?;
    let facts = published.unit(layer, &read).ok_or_else(unknown)?;
    let lowest = facts.layer.layer.levels.len().checked_sub(1);
    if lowest == Some(usize::from(facts.unit.level.0)) { Ok(facts.unit.id) } else { Err(unknown()) }
}
