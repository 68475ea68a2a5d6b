//! After a publication: open reports follow the ground on which they lie.
//!
//! First it is said by which revision reports are looked at from now on, then all open ones are looked at. Whatever comes
//! in meanwhile by an older revision is marked by the store as behind, and looked at with the next step; so none falls
//! between two revisions, however long its filing took. Any number of nodes may do this at once: each write holds only
//! if the report is as it was seen.

use super::filing::told;
use super::ground::located;
use crate::app::{App, Published};
use crate::report::{Assigned, Kind, Reason, Report, TrailStep};
use crate::snapshot::Brief;
use crate::store::{OpenPlace, ReportWrite, StoreError};
use crate::unit::{Categories, UnitId};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;

/// Reports that are looked at in one go.
const PORTION: u32 = 10_000;
/// Reports that are written in one transaction: whoever files waits for it.
const TOGETHER: usize = 500;
/// How long nobody looks when nothing happens.
const LOOK: Duration = Duration::from_secs(1);

/// Lets open reports follow the revisions for ever. To be run once, beside the server.
pub async fn keep_reports(app: Arc<App>) {
    let mut signs = app.event_signs();
    loop {
        match app.relocate(Utc::now()).await {
            Ok(0) => {}
            Ok(moved) => tracing::info!(moved, "open reports follow the new borders"),
            // Said by whoever follows the store; tried again with the next look.
            Err(error) => tracing::debug!(%error, "open reports were not looked at"),
        }
        signs.mark_unchanged();
        let done = app.published().revision().number;
        let newer =
            async { while app.published().revision().number == done && signs.changed().await.is_ok() {} };
        // What came in behind has no sign of its own.
        tokio::select! { () = newer => {} () = tokio::time::sleep(LOOK) => {} }
    }
}

impl App {
    /// Looks at all open reports by the state in force, if they were not; how many went to another unit or were flagged.
    pub async fn relocate(&self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let _one_at_a_time = self.relocating.lock().await;
        let published = self.published();
        let head = published.revision().number;
        let stands = self.store().relocation().await?;
        let only_behind = stands.done >= head;
        if stands.begun > head || (only_behind && !stands.behind) {
            return Ok(0);
        }
        if stands.begun < head {
            self.store().begin_relocation(head).await?;
        }
        let (mut moved, mut seen) = (0, 0);
        loop {
            let places = self.store().open_places(seen, only_behind, PORTION).await?;
            let Some(last) = places.last() else { break };
            seen = last.report;
            moved += self.look_at(&published, places, now).await?;
        }
        self.store().finish_relocation(head, seen).await?;
        Ok(moved)
    }

    async fn look_at(
        &self,
        published: &Arc<Published>,
        places: Vec<OpenPlace>,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let (state, categories) = (published.clone(), self.categories);
        let look = move || astray(&state, &places, categories);
        let astray = tokio::task::spawn_blocking(look).await.expect("locating does not panic");
        let mut moved = 0;
        for group in astray.chunks(TOGETHER) {
            let mut left: Vec<(u64, Option<UnitId>)> = group.to_vec();
            // Somebody may write one of them in between; then it is looked at as it is by now.
            while !left.is_empty() {
                let mut writes = Vec::new();
                for &(id, owner) in &left {
                    let report = self.store().report(id).await?.map(|(report, _)| report);
                    writes.extend(report.and_then(|report| follow(published, report, owner, now)));
                }
                let written = self.store().write_reports(&writes).await?;
                moved += written.iter().filter(|done| **done).count();
                let undone = writes.iter().zip(written).filter(|(_, done)| !done);
                left = undone.map(|(write, _)| (write.report.id, write.report.ground)).collect();
            }
        }
        Ok(moved)
    }
}

/// The reports whose place is another's than when they were looked at last, or whose unit is no more; with the owner.
fn astray(
    published: &Published,
    places: &[OpenPlace],
    categories: &'static Categories,
) -> Vec<(u64, Option<UnitId>)> {
    let owners = places.iter().map(|place| (place.category.as_str(), place.position));
    let owners = located(published, categories, owners);
    let owner = |brief: &Brief| brief.responsible.map(|(_, unit)| unit);
    let is_astray = |place: &OpenPlace, owner: Option<UnitId>| {
        let left_behind = place.reason != Reason::Manual && place.assigned != owner;
        owner != place.ground || left_behind || is_gone(published, place.assigned)
    };
    let each = places.iter().zip(owners.iter().map(owner));
    each.filter(|(place, owner)| is_astray(place, *owner))
        .map(|(place, owner)| (place.report, owner))
        .collect()
}

/// Whether a unit is no more.
fn is_gone(published: &Published, unit: Option<UnitId>) -> bool {
    unit.is_some_and(|unit| published.base.unit(unit).is_none())
}

/// What becomes of a report whose place is an owner's by a revision; `None` when nothing does.
pub(super) fn follow(
    published: &Published,
    report: Report,
    owner: Option<UnitId>,
    now: DateTime<Utc>,
) -> Option<ReportWrite> {
    if !report.stage.is_open() {
        return None;
    }
    let looked = published.revision().number;
    let was = report.assigned.unit;
    let by_hand = report.assigned.reason == Reason::Manual;
    // That it lies on other ground than the one that it was given to is what a transfer does; that a revision gave the
    // ground, or took the unit, is what somebody must know.
    let is_other = report.flagged || report.ground != owner || is_gone(published, was);
    let flagged = by_hand && was != owner && is_other;
    if report.ground == owner && report.flagged == flagged && (by_hand || was == owner) {
        return None;
    }
    let text = |unit: Option<UnitId>| unit.map(|unit| unit.to_string());
    let (kind, to) = if by_hand { (Kind::Flagged, owner) } else { (Kind::Moved, owner) };
    let step = TrailStep {
        kind,
        actor: format!("revision:{looked}"),
        at: now,
        comment: None,
        from: text(was),
        to: text(to),
    };
    let mut report = Report { ground: owner, flagged, ..report };
    if !by_hand {
        report.assigned = Assigned { unit: owner, revision: looked, reason: Reason::Boundary };
    }
    let mut told = told(published, &report.given, report.assigned.unit, report.needs_confirmation);
    let code =
        |unit: Option<UnitId>| unit.and_then(|unit| published.facts(unit)).map(|f| f.unit.code.to_string());
    told["from"] = code(was).into();
    told["to"] = code(to).into();
    told["from_id"] = was.map(UnitId::get).into();
    Some(ReportWrite { report, looked, step, told })
}
