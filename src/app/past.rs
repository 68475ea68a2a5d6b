//! Answers as of another time.

use super::drafting::DraftError;
use super::{App, OpenError, Origin, Published};
use crate::snapshot::Revision;
use chrono::{DateTime, Utc};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// How many other revisions are kept.
const KEPT: usize = 2;
/// How long a caller waits for another one's build before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why there is no answer as of that time.
#[derive(Debug, thiserror::Error)]
pub enum PastError {
    /// Before the first revision.
    #[error("expected a time from {first} on, got {got}")]
    BeforeFirst {
        /// When the first revision took effect.
        first: DateTime<Utc>,
        /// What was asked.
        got: DateTime<Utc>,
    },
    /// Other past revisions are being built.
    #[error("another revision is being loaded; try again in a moment")]
    Busy,
    /// The revision could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A scheduled draft could not be put on the state in force.
    #[error(transparent)]
    Draft(Box<DraftError>),
}

impl PastError {
    /// A draft that failed, as what it means for whoever asks of a state.
    pub(super) fn draft(error: DraftError) -> Self {
        match error {
            DraftError::Store(error) => Self::Open(error.into()),
            DraftError::Open(error) => Self::Open(error),
            other => Self::Draft(Box::new(other)),
        }
    }
}

/// The last other revisions that were asked for; one is built at a time.
#[derive(Debug)]
pub(super) struct Past {
    kept: Mutex<Vec<Arc<Published>>>,
    building: Semaphore,
}

impl Default for Past {
    fn default() -> Self {
        Self { kept: Mutex::default(), building: Semaphore::new(1) }
    }
}

impl Past {
    /// The right to build another state; one at a time has it.
    pub(super) async fn permit(&self) -> Result<SemaphorePermit<'_>, PastError> {
        let permit = tokio::time::timeout(PATIENCE, self.building.acquire()).await;
        permit.ok().and_then(Result::ok).ok_or(PastError::Busy)
    }

    fn find(&self, number: u64) -> Option<Arc<Published>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|p| p.revision().number == number)?;
        let found = kept.remove(at);
        kept.push(found.clone());
        Some(found)
    }

    pub(super) fn keep(&self, published: Arc<Published>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|p| p.revision() != published.revision());
        kept.push(published);
        let excess = kept.len().saturating_sub(KEPT);
        kept.drain(..excess);
    }
}

impl App {
    /// The state that was in force at a time; now, when none is given. At a moment to come it is the state in force
    /// with the drafts that are scheduled until then.
    ///
    /// A moment belongs to the revision that took effect at it or last before it. Past revisions are
    /// loaded one at a time and the last two are kept; [`PastError::Busy`] when the wait is too long.
    pub async fn published_at(&self, at: Option<DateTime<Utc>>) -> Result<Arc<Published>, PastError> {
        let now = self.published();
        let Some(at) = at else { return Ok(now) };
        if now.revision().effective_from <= at {
            return if at > Utc::now() { self.foreseen(now, at).await } else { Ok(now) };
        }
        let revision = now.revision_at(at)?;
        if let Some(found) = self.past.find(revision.number) {
            return Ok(found);
        }
        self.load_past(revision, &now.revisions).await
    }

    /// The state of a revision up to the one in force.
    pub(super) async fn published_number(&self, number: u64) -> Result<Arc<Published>, PastError> {
        let now = self.published();
        let known = now.revisions.iter().find(|r| r.number == number).copied();
        match known.filter(|r| r.number != now.revision().number) {
            Some(revision) => match self.past.find(number) {
                Some(found) => Ok(found),
                None => self.load_past(revision, &now.revisions).await,
            },
            None => Ok(now),
        }
    }

    async fn load_past(
        &self,
        revision: Revision,
        known: &Arc<[Revision]>,
    ) -> Result<Arc<Published>, PastError> {
        let _permit = self.past.permit().await?;
        if let Some(found) = self.past.find(revision.number) {
            return Ok(found);
        }
        let loaded = self.store().load(revision.number).await.map_err(OpenError::from)?;
        let published =
            Arc::new(Published::build(loaded, known.clone(), Origin::Beside(self.published())).await?);
        self.past.keep(published.clone());
        Ok(published)
    }
}

impl Published {
    /// The revision that was in force at a time.
    fn revision_at(&self, at: DateTime<Utc>) -> Result<Revision, PastError> {
        let all = &self.revisions;
        let after = all.partition_point(|r| r.effective_from <= at);
        all[..after].last().copied().ok_or_else(|| {
            let first = all.first().map_or(at, |r| r.effective_from);
            PastError::BeforeFirst { first, got: at }
        })
    }
}
