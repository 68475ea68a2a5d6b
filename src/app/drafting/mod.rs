//! Drafts: begun, drawn, looked at, reviewed.
//!
//! A draft lives in the store. To be drawn on it is put on the state in force ([`Working`]); each operation is resolved
//! there and stored with what it does. Whoever writes names the version that he saw, so of two browsers on one draft
//! none loses a step.

mod carrying;
mod claims;
mod drawing;
mod effect;
mod error;
mod impact;
mod nearby;
mod reviewing;
mod stepping;
mod territory;
mod working;

pub use carrying::{ConflictFound, Settling};
pub use drawing::{Drawn, LEAST_PART_M2};
pub use effect::{AreaRow, Effect, UnitGround};
pub use error::DraftError;
pub use impact::{HouseholdRow, Impact, ReportsRow};
pub use nearby::Nearby;
pub use reviewing::Review;
pub use working::{Carried, Working};

pub(super) use claims::Claimed;
pub(super) use effect::{defects, publishable};
pub(super) use territory::held;
pub(super) use working::{Desk, event};

use super::App;
use super::access::{Actor, Role};
use crate::coverage::Defect;
use crate::edit::{Stage, StateHash};
use crate::store::{Draft, NewDraft};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// What somebody says of a draft that he begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftWords {
    /// The layer that it is about.
    pub layer: String,
    /// What reviewers see first.
    pub title: String,
    /// Why it is drawn.
    pub reason: String,
    /// The number of the document that orders it.
    pub document: Option<String>,
}

impl App {
    /// Begins a draft on the state in force.
    pub async fn begin_draft(
        &self,
        words: DraftWords,
        actor: &Actor,
        at: DateTime<Utc>,
    ) -> Result<Arc<Working>, DraftError> {
        let published = self.published();
        if published.base.layer(&words.layer).is_none() {
            return Err(DraftError::UnknownLayer(words.layer));
        }
        actor.must_be(&[Role::Planner], &words.layer)?;
        let DraftWords { layer, title, reason, document } = words;
        let (base, author) = (published.revision().number, actor.name.clone());
        let new = NewDraft { layer, title, reason, document, reverts: None, base, author, first: None, at };
        let draft = self.store().create_draft(&new).await?;
        self.feed.wake();
        self.working(draft.id).await
    }

    /// All drafts, the one written last first; of some stages, when any are named.
    pub async fn drafts(&self, stages: &[Stage]) -> Result<Vec<Draft>, DraftError> {
        let mut all = self.store().drafts().await?;
        all.retain(|draft| stages.is_empty() || stages.contains(&draft.standing.flow.stage()));
        all.sort_by_key(|draft| (std::cmp::Reverse(draft.updated_at), std::cmp::Reverse(draft.id)));
        Ok(all)
    }

    /// What keeps a draft from being published.
    pub async fn draft_defects(&self, id: u64) -> Result<Vec<Defect>, DraftError> {
        let working = self.working(id).await?;
        let find = move || working.state().map(|state| defects(&state));
        tokio::task::spawn_blocking(find).await.expect("looking for gaps does not panic")
    }
}

impl Working {
    /// The hash of the state that the draft draws: of the state in force with its change. `None` while there are
    /// conflicts, and for a draft whose life is over. Costs the units that change and a pass over the borders; the first
    /// on a state that was loaded digests all of it.
    pub fn state_hash(&self) -> Option<StateHash> {
        let hash = || self.state().ok().map(|state| self.head.base.state_hash_after(&state));
        self.hash.get_or_init(hash).to_owned()
    }
}
