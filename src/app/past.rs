//! Answers as of another time.

use super::{App, OpenError, Published};
use crate::snapshot::Revision;
use chrono::{DateTime, Utc};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

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
    /// The state that was in force at a time; now, when none is given.
    ///
    /// A moment belongs to the revision that took effect at it or last before it. Past revisions are
    /// loaded one at a time and the last two are kept; [`PastError::Busy`] when the wait is too long.
    pub async fn published_at(&self, at: Option<DateTime<Utc>>) -> Result<Arc<Published>, PastError> {
        let now = self.published();
        let Some(at) = at else { return Ok(now) };
        if now.revision().effective_from <= at {
            return Ok(now);
        }
        let revision = now.revision_at(at)?;
        if let Some(found) = self.past.find(revision.number) {
            return Ok(found);
        }
        self.load_past(revision, &now.revisions).await
    }

    async fn load_past(
        &self,
        revision: Revision,
        known: &Arc<[Revision]>,
    ) -> Result<Arc<Published>, PastError> {
        let permit = tokio::time::timeout(PATIENCE, self.past.building.acquire()).await;
        let _permit = permit.ok().and_then(Result::ok).ok_or(PastError::Busy)?;
        if let Some(found) = self.past.find(revision.number) {
            return Ok(found);
        }
        let loaded = self.store().load(revision.number).await.map_err(OpenError::from)?;
        let published = Arc::new(Published::build(loaded, known.clone()).await?);
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
