//! The steps of a draft's life before it is published.

use super::drawing::own;
use super::working::{Working, composed, event};
use super::{DraftError, publishable, territory};
use crate::app::App;
use crate::app::access::{Actor, Role};
use crate::edit::{Change, ChangeHash, IllegalStep, Step};
use crate::store::DraftWrite;
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// A step with which nothing is drawn and nothing published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    /// The author asks for approval.
    Submit,
    /// Somebody else sends it back.
    Return,
    /// Somebody else approves the change with that hash; the one that stands, when none is given.
    Approve(Option<ChangeHash>),
    /// The author gives it up.
    Withdraw,
}

impl App {
    /// Takes a draft a step on, with a word to it.
    ///
    /// What is submitted or approved must be fit to be published: it changes something, holds no gap, and stands on
    /// the state in force without a conflict. Whoever approves holds all the ground that it changes.
    pub async fn review(
        &self,
        (id, expected): (u64, u64),
        review: Review,
        comment: Option<String>,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Arc<Working>, DraftError> {
        let working = self.working_at(id, expected).await?;
        if matches!(review, Review::Submit | Review::Withdraw) {
            own(&working, actor)?;
        } else {
            actor.must_be(&[Role::Approver], &working.draft.layer)?;
        }
        if matches!(review, Review::Submit | Review::Approve(_)) {
            fit(working.clone(), actor.clone(), review != Review::Submit).await?;
        }
        let hash = working.hash();
        let step = match review {
            Review::Submit => Step::Submit,
            Review::Return => Step::Return,
            Review::Approve(change) => Step::Approve { by: &actor.name, change: change.unwrap_or(hash) },
            Review::Withdraw => Step::Withdraw,
        };
        let mut write = working.write(&actor.name, now);
        write.standing.flow = working.draft.standing.flow.take(step, hash, actor.four_eyes)?;
        write.standing.scheduled_at = None;
        write.events.push(event(&write.standing.flow.stage().to_string(), &actor.name, comment, now));
        self.write(write).await
    }

    /// Puts a word into the trail of a draft that is not over; it stays as it is in all else.
    pub async fn comment_on_draft(
        self: &Arc<Self>,
        (id, expected): (u64, u64),
        comment: String,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Arc<Working>, DraftError> {
        let working = self.working_at(id, expected).await?;
        actor.must_be(&[Role::Planner, Role::Approver], &working.draft.layer)?;
        let stage = working.draft.standing.flow.stage();
        if stage.is_final() {
            return Err(IllegalStep::NotFromHere { stage, step: "commented on" }.into());
        }
        let events = vec![event("commented", &actor.name, Some(comment), now)];
        let (standing, operations) = (working.draft.standing.clone(), Vec::new());
        self.write(DraftWrite { id, expected, standing, operations, events, at: now }).await
    }
}

impl Working {
    /// The hash of what the draft does on the state in force; while there are conflicts, of what it does on its own
    /// base.
    pub fn hash(&self) -> ChangeHash {
        self.change().hash()
    }

    /// What the draft does on the state in force; while there are conflicts, on its own base.
    pub fn change(&self) -> Change {
        match &self.carried {
            Ok(carried) => carried.net.clone(),
            Err(_) => composed(&self.stored).unwrap_or_default(),
        }
    }
}

/// Whether a draft could be published, and whether its ground is the actor's.
async fn fit(working: Arc<Working>, actor: Actor, approves: bool) -> Result<(), DraftError> {
    let look = move || {
        let state = working.state()?;
        publishable(&state)?;
        if approves { territory::held(&actor, &working.before(), &state, state.change()) } else { Ok(()) }
    };
    tokio::task::spawn_blocking(look).await.expect("looking a draft over does not panic")
}
