//! Drafts that are published at a moment to come.

use super::PUBLISHERS;
use crate::app::App;
use crate::app::access::Actor;
use crate::app::drafting::{DraftError, Working, event, held, publishable};
use crate::edit::{Stage, Step};
use crate::store::StoreError;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;

/// How often a server looks for drafts whose moment has come.
const LOOK: Duration = Duration::from_secs(1);

/// Who publishes at the moment.
const CLOCK: &str = "wangge";

impl App {
    /// Schedules an approved draft.
    pub(super) async fn schedule(
        &self,
        (id, expected): (u64, u64),
        at: DateTime<Utc>,
        comment: Option<String>,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Arc<Working>, DraftError> {
        if at <= now {
            return Err(DraftError::Passed { now, got: at });
        }
        let working = self.working_at(id, expected).await?;
        actor.must_be(&PUBLISHERS, &working.draft.layer)?;
        let (look, who) = (working.clone(), actor.clone());
        let look = move || {
            let state = look.state()?;
            publishable(&state)?;
            held(&who, &look.before(), &state, state.change())
        };
        tokio::task::spawn_blocking(look).await.expect("looking a draft over does not panic")?;
        let mut write = working.write(&actor.name, now);
        let hash = working.hash();
        write.standing.flow = working.draft.standing.flow.take(Step::Schedule, hash, actor.four_eyes)?;
        write.standing.scheduled_at = Some(at);
        write.standing.blocked = None;
        write.events.push(event("scheduled", &actor.name, comment, now));
        self.write(write).await
    }

    /// Publishes the scheduled drafts whose moment has come, in order; blocks those that no longer apply. How many
    /// were published.
    ///
    /// May run on any number of nodes at once: each revision follows its own once, and each draft is written once.
    pub async fn publish_due(&self, now: DateTime<Utc>) -> Result<usize, DraftError> {
        let mut published = 0;
        for (id, at) in self.store().scheduled_drafts().await? {
            if at <= now {
                published += usize::from(self.publish_scheduled(id, now).await?);
            }
        }
        Ok(published)
    }

    async fn publish_scheduled(&self, id: u64, now: DateTime<Utc>) -> Result<bool, DraftError> {
        let _one_at_a_time = self.publishing.lock().await;
        for _ in 0..super::TRIES {
            self.take_up().await?;
            let working = self.working(id).await?;
            if working.draft.standing.flow.stage() != Stage::Scheduled {
                return Ok(false);
            }
            let why = match self.publish_now(&working, CLOCK, None, now).await {
                Ok(_) => return Ok(true),
                Err(DraftError::Store(StoreError::Conflict { .. }) | DraftError::Stale { .. }) => continue,
                Err(
                    why @ (DraftError::Conflicts(_)
                    | DraftError::Refused(_)
                    | DraftError::Illegal(_)
                    | DraftError::Empty),
                ) => why,
                Err(other) => return Err(other),
            };
            match self.block(&working, &why, now).await {
                Err(DraftError::Stale { .. }) => {}
                done => return done.map(|()| false),
            }
        }
        Err(DraftError::Busy)
    }

    /// Blocks a draft, and raises the alarm.
    async fn block(&self, working: &Working, why: &DraftError, now: DateTime<Utc>) -> Result<(), DraftError> {
        let mut write = working.write(CLOCK, now);
        write.standing.flow = working.draft.standing.flow.take(Step::Block, working.hash(), true)?;
        write.standing.blocked = Some(why.to_string());
        write.events.push(event("blocked", CLOCK, Some(why.to_string()), now));
        self.store().write_draft(&write).await?;
        self.feed.wake();
        let (draft, title) = (working.draft.id, &working.draft.title);
        tracing::error!(draft, title, %why, "a scheduled draft could not be published");
        metrics::counter!("wangge_drafts_blocked_total").increment(1);
        Ok(())
    }
}

/// Publishes scheduled drafts at their moments, for ever. A store that is away is asked again.
pub async fn keep_schedule(app: Arc<App>) {
    let mut tick = tokio::time::interval(LOOK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        if let Err(error) = app.publish_due(Utc::now()).await {
            tracing::warn!(%error, "scheduled drafts could not be looked after");
        }
    }
}
