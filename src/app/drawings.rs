//! Keeping the drawings for other tile servers up to date, where the store keeps any.
//!
//! A step of its own after a publication, because drawing all zooms takes longer than a publication should: whoever
//! published draws, and so does every node that takes the revision up; the store lets one of them. What readers see
//! until then is all of the revision before.

use super::{App, Published};
use crate::store::{Sitter, Sitting, Store};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long we wait while another node draws, and after a failure.
const AGAIN: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(30));

/// What is known of the drawings.
#[derive(Debug)]
pub(super) struct Drawer(Mutex<Progress>);

#[derive(Debug)]
struct Progress {
    /// The newest revision for which nothing is left to do.
    settled: u64,
    busy: bool,
    not_before: Instant,
}

impl Drawer {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Progress { settled: 0, busy: false, not_before: Instant::now() })))
    }

    fn with<T>(&self, change: impl FnOnce(&mut Progress) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Draws a state and notes what came of it.
    async fn draw(&self, store: &Store, published: &Published) {
        let (number, started) = (published.revision().number, Instant::now());
        let done = store.draw(&published.sitter()).await;
        let wait = match &done {
            Ok(Sitting::Drawn { added, removed }) => {
                tracing::info!(revision = number, added, removed, took = ?started.elapsed(), "drawn for other tile servers");
                None
            }
            Ok(Sitting::Shown | Sitting::NotKept) => None,
            Ok(Sitting::Busy | Sitting::Unknown) => Some(AGAIN.0),
            Err(error) => {
                tracing::warn!(revision = number, %error, "not drawn for other tile servers");
                Some(AGAIN.1)
            }
        };
        self.with(|progress| {
            progress.busy = false;
            match wait {
                Some(wait) => progress.not_before = Instant::now() + wait,
                None => progress.settled = progress.settled.max(number),
            }
        });
    }
}

impl App {
    /// Sees to it that the drawings in the store become those of the state in force. Does not wait; one works at a
    /// time. To be called inside a runtime.
    pub(super) fn draw(&self) {
        if !matches!(self.store, Store::PostGis(_)) {
            return;
        }
        let published = self.published();
        let due = self.drawer.with(|progress| {
            let due = !progress.busy
                && progress.settled < published.revision().number
                && Instant::now() >= progress.not_before;
            progress.busy |= due;
            due
        });
        if due {
            let (drawer, store) = (self.drawer.clone(), self.store.clone());
            tokio::spawn(async move { drawer.draw(&store, &published).await });
        }
    }
}

impl Published {
    /// The state as the store draws it.
    pub fn sitter(&self) -> Sitter {
        Sitter { revision: self.revision(), state_hash: self.state_hash, layers: self.base.layers().to_vec() }
    }
}

/// Brings the drawings of a store to its newest revision, for a command that has published; waits while a node does
/// it. `None` where none are kept.
pub async fn draw_head(store: &Store) -> Result<Option<Sitting>, super::OpenError> {
    let (Some(kept), Some(head)) = (store.drawings().await?, store.head().await?) else { return Ok(None) };
    if kept.revision >= Some(head.number) {
        return Ok(Some(Sitting::Shown));
    }
    let (published, _) = super::taking_up::newest(store, super::Origin::Kept(None)).await?;
    loop {
        match store.draw(&published.sitter()).await? {
            Sitting::Busy => tokio::time::sleep(AGAIN.0).await,
            Sitting::NotKept => return Ok(None),
            done => return Ok(Some(done)),
        }
    }
}
