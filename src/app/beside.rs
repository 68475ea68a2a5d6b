//! What stands beside the revisions and changes without one: posts and reference lines.
//!
//! Whoever changes them writes an entry of the audit, and each server asks for the newest entry each second and before
//! whatever takes a role ([`App::refresh_people`]). So a change reaches every server within about a second.

use super::posts::Posts;
use super::references::References;
use crate::store::{POSTS_CHANGED, REFERENCES_CHANGED, Store, StoreError};
use arc_swap::ArcSwap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Entries of the audit that are looked through at a time.
const PORTION: u32 = 1_000;

/// Posts and reference lines, as of an entry of the audit.
#[derive(Debug)]
pub(super) struct Beside {
    posts: ArcSwap<Posts>,
    references: ArcSwap<References>,
    /// The newest entry that was looked at; what is held is at least as new.
    as_of: AtomicU64,
    /// Whether the reference lines were read at all: a local snapshot has none.
    is_whole: AtomicBool,
}

impl Beside {
    /// Posts that are at least as new as an entry of the audit. Reference lines come with the first refresh.
    pub(super) fn new(posts: Posts, as_of: u64) -> Self {
        Self {
            posts: ArcSwap::from_pointee(posts),
            references: ArcSwap::default(),
            as_of: AtomicU64::new(as_of),
            is_whole: AtomicBool::new(false),
        }
    }

    pub(super) fn posts(&self) -> Arc<Posts> {
        self.posts.load_full()
    }

    pub(super) fn references(&self) -> Arc<References> {
        self.references.load_full()
    }

    /// Sees to it that what is held is as new as the newest entry of the audit. One at a time. Costs a look through
    /// the entries since, and a load of what they say has changed.
    pub(super) async fn refresh(&self, store: &Store, head: u64) -> Result<(), StoreError> {
        let known = self.as_of.load(Ordering::Relaxed);
        let whole = self.is_whole.load(Ordering::Relaxed);
        if head == known && whole {
            return Ok(());
        }
        // A store that was put back tells nothing of what is gone.
        let (mut posts, mut references) = (head < known, head < known || !whole);
        let mut seen = known.min(head);
        while seen < head && !(posts && references) {
            let entries = store.audit(seen, PORTION).await?;
            let Some(last) = entries.last() else { break };
            seen = last.seq;
            posts |= entries.iter().any(|entry| entry.action.starts_with(POSTS_CHANGED));
            references |= entries.iter().any(|entry| entry.action.starts_with(REFERENCES_CHANGED));
        }
        if posts {
            self.posts.store(Arc::new(Posts::new(store.posts().await?)));
        }
        if references {
            let all = store.references().await?;
            let built = tokio::task::spawn_blocking(move || References::new(all)).await;
            self.references.store(Arc::new(built.expect("sorting lines does not panic")));
        }
        self.as_of.store(head, Ordering::Relaxed);
        self.is_whole.store(true, Ordering::Relaxed);
        Ok(())
    }
}
