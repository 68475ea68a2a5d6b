//! Publishing: a draft becomes the next revision, whole or not at all.
//!
//! The state that will be in force is built before anything is written, and what is stored is read off it; so what a
//! node has published is what another one loads. Then one transaction writes it with the draft, then it is swapped in.
//! Of several nodes that follow one revision, the store lets exactly one.

mod difference;
mod future;
mod revert;
mod schedule;
mod told;

pub use difference::Difference;
pub use schedule::keep_schedule;

pub(super) use future::Future;

use super::access::{Actor, Role};
use super::ages::Ages;
use super::drafting::{DraftError, Working, event, held, publishable};
use super::{App, OpenError, Published};
use crate::edit::{Change, Lineage, State, Step};
use crate::snapshot::{Base, LayerSource, Revision};
use crate::store::{Ahead, Differing, Publication, StoreError};
use crate::unit::Attributes;
use crate::unit::UnitId;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

/// How often a publication begins anew because somebody else published first.
const TRIES: usize = 5;

/// How a draft is to be published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// At which moment; now, when none is given.
    pub at: Option<DateTime<Utc>>,
    /// Scheduled drafts that may be blocked by it, by number.
    pub blocks: BTreeSet<u64>,
    /// A word to it.
    pub comment: Option<String>,
}

/// Who may publish what was approved.
const PUBLISHERS: [Role; 2] = [Role::Planner, Role::Approver];

impl App {
    /// Publishes an approved draft, now or at a moment to come.
    ///
    /// Whoever publishes holds all the ground that changes. When scheduled drafts would no longer apply afterwards, they
    /// are named first, and nothing is published until the order names them as well.
    pub async fn publish(
        &self,
        (id, expected): (u64, u64),
        order: Order,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Arc<Working>, DraftError> {
        if let Some(at) = order.at {
            return self.schedule((id, expected), at, order.comment, actor, now).await;
        }
        let _one_at_a_time = self.publishing.lock().await;
        for _ in 0..TRIES {
            let working = self.working_at(id, expected).await?;
            actor.must_be(&PUBLISHERS, &working.draft.layer)?;
            let state = working.state()?;
            held(actor, &working.before(), &state, state.change())?;
            let blocked = self.would_block(&working).await?;
            if blocked.iter().any(|draft| !order.blocks.contains(&draft.id)) {
                return Err(DraftError::WouldBlock(blocked));
            }
            match self.publish_now(&working, &actor.name, order.comment.clone(), now).await {
                Err(DraftError::Store(StoreError::Conflict { .. })) => drop(self.take_up().await?),
                done => return done,
            }
        }
        Err(DraftError::Busy)
    }

    /// Makes the draft the revision that follows the state on which it works.
    async fn publish_now(
        &self,
        working: &Arc<Working>,
        by: &str,
        comment: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<Arc<Working>, DraftError> {
        let net = working.carried()?.net.clone();
        let flow = working.draft.standing.flow.take(Step::Publish, net.hash(), true)?;
        let head = &working.head;
        let after_head = head.revision().effective_from + TimeDelta::microseconds(1);
        let effective_from = now.trunc_subsecs(6).max(after_head);
        let revision = Revision { number: head.revision().number + 1, effective_from };
        let build = working.clone();
        let started = Instant::now();
        let build = tokio::task::spawn_blocking(move || Prepared::of(&build, revision));
        let Prepared { mut base, ages, told, differing, layers } =
            build.await.expect("building a state does not panic")?;
        let built = started.elapsed();
        let mut write = working.write(by, now);
        write.standing.flow = flow;
        write.events.push(event("published", by, comment, now));
        let publication = Publication {
            prev: Some(head.revision().number),
            effective_from,
            note: head.note.clone(),
            attributes: said(working),
            layers: &layers,
        };
        let (store, lineage) = (self.store(), lineage(&net));
        let mut published =
            store.publish_draft(&publication, Some(&differing), &lineage, &write, &told).await;
        if let Err(StoreError::OtherHead) = &published {
            // It holds another state under the same number: then all of this one is written.
            let whole = Publication { layers: &base.sources(), ..publication };
            published = store.publish_draft(&whole, None, &lineage, &write, &told).await;
        }
        tracing::debug!(revision = revision.number, ?built, stored = ?started.elapsed(), "published");
        if let Err(StoreError::OutcomeUnknown { .. }) = &published {
            // It may be there: whoever asks next shall see it.
            let _ = self.take_up().await;
        }
        let (revision, state_hash) = published?;
        base.revision = revision;
        let revisions = head.revisions.iter().copied().chain([revision]).collect();
        let note = head.note.clone();
        self.swap_compared(Published { base, state_hash, note, revisions, ages });
        self.draw();
        self.desk.clear();
        self.working(working.draft.id).await
    }
}

/// All that a publication needs before its transaction begins.
struct Prepared {
    base: Base,
    ages: Ages,
    told: Value,
    differing: Differing,
    /// The layers with the shapes of the units that differ.
    layers: Vec<LayerSource>,
}

impl Prepared {
    fn of(working: &Working, revision: Revision) -> Result<Self, DraftError> {
        let started = Instant::now();
        let (head, state) = (&working.head, working.state()?);
        publishable(&state)?;
        let base = follow(head, &state, revision)?;
        let units: BTreeSet<UnitId> =
            state.change().layers().flat_map(|(_, layer)| layer.touched()).collect();
        let layers = base.sources_of(&units);
        let differing = Differing { from: head.state_hash, units, next: Some(Ahead::of(&base)) };
        let built = started.elapsed();
        // Before it is in force: the event names the tiles, and no reader waits for the drawings.
        let ages = Ages::after(head, &base);
        ages.settle(&base);
        let compared = started.elapsed();
        let told = told::told(working, &ages)?;
        let number = revision.number;
        tracing::debug!(number, ?built, ?compared, told = ?started.elapsed(), units = differing.units.len(), "prepared");
        Ok(Self { base, ages, told, differing, layers })
    }
}

/// What follows a published state when a change is made to it: what another node builds from what is stored.
fn follow(head: &Published, state: &State, revision: Revision) -> Result<Base, DraftError> {
    let base = head.base.advance(revision, state).map_err(|mut defects| OpenError::Damaged {
        revision: revision.number,
        count: defects.len(),
        first: Box::new(defects.swap_remove(0)),
    })?;
    base.place_labels_after(&head.base);
    Ok(base)
}

/// What is said of a revision that was a draft.
fn said(working: &Working) -> Attributes {
    let draft = &working.draft;
    let mut said = Attributes::new();
    said.insert("draft".into(), draft.id.into());
    said.insert("title".into(), draft.title.as_str().into());
    said.insert("reason".into(), draft.reason.as_str().into());
    said.insert("author".into(), draft.standing.flow.author().into());
    let approver = draft.standing.flow.approval().map(|a| a.by.as_str().into());
    let scheduled = draft.standing.scheduled_at.map(|at| at.to_rfc3339().into());
    let more = [
        ("document", draft.document.as_deref().map(Into::into)),
        ("approver", approver),
        ("scheduled_for", scheduled),
        ("reverts", draft.reverts.map(Into::into)),
    ];
    said.extend(more.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    said
}

fn lineage(change: &Change) -> Lineage {
    change.layers().flat_map(|(_, layer)| layer.lineage.iter().copied()).collect()
}
