//! The event log as this node tells it: in order, and nothing of a revision that it does not serve yet.

use super::App;
use crate::store::{Event, StoreError};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{Mutex, watch};

/// How many of the newest events are at hand, so that of many who listen one asks the store.
const KEPT: usize = 64;

/// The newest events, and a sign to those who wait for more.
#[derive(Debug)]
pub(super) struct Feed {
    sign: watch::Sender<()>,
    /// The newest event that the store told of.
    heard: AtomicU64,
    /// They follow each other without holes; the last ones that anybody asked for.
    kept: Mutex<VecDeque<Arc<Event>>>,
}

impl Default for Feed {
    fn default() -> Self {
        Self { sign: watch::Sender::new(()), heard: AtomicU64::new(0), kept: Mutex::default() }
    }
}

impl Feed {
    /// Wakes those who wait: there may be something new to tell.
    pub(super) fn wake(&self) {
        self.sign.send_replace(());
    }

    /// Wakes them if the store has events that it had not before.
    pub(super) fn hear(&self, newest: u64) {
        if self.heard.swap(newest, Ordering::Relaxed) != newest {
            self.wake();
        }
    }
}

impl App {
    /// The events after a number that this node tells, oldest first, at most so many.
    ///
    /// An event is told once the revision is in force here that it tells of or that was the newest when it happened:
    /// whoever hears of a revision and asks this node is answered from it.
    pub async fn events(&self, after: u64, limit: usize) -> Result<Vec<Arc<Event>>, StoreError> {
        let serves = self.published().revision().number;
        let mut told = self.logged(after, limit).await?;
        let first_to_come = told.iter().position(|event| event.revision > serves);
        told.truncate(first_to_come.unwrap_or(told.len()));
        Ok(told)
    }

    /// The number of the newest event that this node tells; 0 before the first.
    pub async fn newest_event(&self) -> Result<u64, StoreError> {
        let head = self.store().event_head().await?;
        // What is not told yet is at the end, and is soon.
        let before = head.saturating_sub(KEPT as u64);
        let last = self.events(before, KEPT).await?.last().map(|event| event.seq);
        Ok(last.unwrap_or(before))
    }

    /// A sign for each time when there may be something new to tell. Signs may be for nothing.
    pub fn event_signs(&self) -> watch::Receiver<()> {
        self.feed.sign.subscribe()
    }

    async fn logged(&self, after: u64, limit: usize) -> Result<Vec<Arc<Event>>, StoreError> {
        let mut kept = self.feed.kept.lock().await;
        let covers = kept.front().is_some_and(|first| first.seq <= after + 1)
            && kept.back().is_some_and(|last| last.seq >= after);
        if !covers {
            let read = self.store().events(after, limit as u32).await?;
            let read: Vec<Arc<Event>> = read.into_iter().map(Arc::new).collect();
            if kept.back().is_none_or(|last| last.seq < after) {
                *kept = read.iter().cloned().collect();
                trim(&mut kept);
            }
            return Ok(read);
        }
        let last = kept.back().map_or(0, |last| last.seq);
        if last < after + limit as u64 {
            kept.extend(self.store().events(last, limit as u32).await?.into_iter().map(Arc::new));
        }
        let found = kept.iter().filter(|event| event.seq > after).take(limit).cloned().collect();
        trim(&mut kept);
        Ok(found)
    }
}

fn trim(kept: &mut VecDeque<Arc<Event>>) {
    let excess = kept.len().saturating_sub(KEPT);
    kept.drain(..excess);
}
