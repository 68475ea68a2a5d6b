//! Answers as of a moment to come.

use crate::app::ages::Ages;
use crate::app::drafting::Working;
use crate::app::{App, OpenError, PastError, Published};
use crate::edit::{Stage, State, rebase};
use crate::snapshot::Revision;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::{Arc, Mutex, PoisonError};

/// How many states to come are kept.
const KEPT: usize = 2;

/// What a state to come was made from: the revision in force, and the scheduled drafts by number and version.
type Key = (u64, Vec<(u64, u64)>);

/// The states to come that were asked for last.
#[derive(Debug, Default)]
pub(in crate::app) struct Future(Mutex<Vec<(Key, Arc<Published>)>>);

impl Future {
    fn find(&self, key: &Key) -> Option<Arc<Published>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(k, _)| k == key).map(|(_, published)| published.clone())
    }

    fn keep(&self, key: Key, published: Arc<Published>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What stands on an older state will not be asked for again.
        kept.retain(|(k, _)| k.0 == key.0 && *k != key);
        kept.push((key, published));
        let excess = kept.len().saturating_sub(KEPT);
        kept.drain(..excess);
    }
}

impl App {
    /// The state that will be in force at a moment, as things stand: the one in force, and then the drafts that are
    /// scheduled until then, in order. A draft that would be blocked at its moment is passed over.
    pub(in crate::app) async fn foreseen(
        &self,
        head: Arc<Published>,
        at: DateTime<Utc>,
    ) -> Result<Arc<Published>, PastError> {
        let mut due = Vec::new();
        for (id, moment) in self.store().scheduled_drafts().await.map_err(OpenError::from)? {
            if moment <= at {
                let working = self.working(id).await.map_err(PastError::draft)?;
                let stands = working.draft.standing.flow.stage() == Stage::Scheduled;
                let on_head = working.head.revision() == head.revision();
                due.extend((stands && on_head).then_some(working));
            }
        }
        if due.is_empty() {
            return Ok(head);
        }
        let key = (head.revision().number, due.iter().map(|w| (w.draft.id, w.draft.version)).collect());
        if let Some(found) = self.future.find(&key) {
            return Ok(found);
        }
        let _permit = self.past.permit().await?;
        let build = tokio::task::spawn_blocking(move || follow(&head, &due));
        let published = build.await.expect("building a state does not panic").map_err(PastError::draft)?;
        self.future.keep(key, published.clone());
        Ok(published)
    }
}

fn follow(
    head: &Arc<Published>,
    due: &[Arc<Working>],
) -> Result<Arc<Published>, crate::app::drafting::DraftError> {
    let mut state = State::new(head.base.grounds());
    let mut revision = head.revision();
    for working in due {
        let flow = &working.draft.standing.flow;
        let change = working.carried().ok().and_then(|carried| rebase(&carried.net, &state).ok());
        let approved = |hash| flow.approval().is_some_and(|a| a.change == hash);
        let Some(change) = change.filter(|change| approved(change.hash())) else { continue };
        let Ok(next) = state.after(&change) else { continue };
        if next.gaps().is_empty() {
            state = next;
            let after = revision.effective_from + TimeDelta::microseconds(1);
            let effective_from = working.draft.standing.scheduled_at.unwrap_or(after).max(after);
            revision = Revision { number: revision.number + 1, effective_from };
        }
    }
    if state.change().is_empty() {
        return Ok(head.clone());
    }
    let base = super::follow(head, &state, revision)?;
    Ok(Arc::new(Published {
        state_hash: base.state_hash(),
        base,
        note: head.note.clone(),
        revisions: head.revisions.clone(),
        ages: Ages::new(revision.number),
    }))
}
