//! From the state in force to the one that the store has by now.

use super::ages::Ages;
use super::{App, OpenError, Origin, Posts, Published};
use crate::snapshot::Revision;
use crate::store::{Loaded, Store};
use std::sync::Arc;
use std::time::Instant;

impl App {
    /// Takes up the newest revision of the store, if it is newer than the one in force; gives it back, or
    /// `None` when there is nothing newer.
    ///
    /// Readers go on with the state in force until the next one is built and warm; building runs away from
    /// the threads that answer. Several calls at a time do the work once. After a failure the state in force
    /// stays. Costs a question when nothing is new, else the load and the build.
    pub async fn take_up(&self) -> Result<Option<Revision>, OpenError> {
        let _turn = self.taking_up.lock().await;
        let in_force = self.published();
        let head = self.store.head().await?;
        if head.is_none_or(|head| head.number <= in_force.revision().number) {
            return Ok(None);
        }
        let started = Instant::now();
        // Its posts are not needed: who holds them is learned of from the audit, see `beside`.
        let (next, _) = newest(&self.store, Origin::Beside(in_force.clone())).await?;
        let built = started.elapsed();
        let warm = tokio::task::spawn_blocking(move || {
            next.warm(Some(&in_force));
            next
        });
        let next = warm.await.expect("warming a state does not panic");
        let revision = next.revision();
        tracing::debug!(revision = revision.number, ?built, warm = ?started.elapsed(), "ready to be swapped in");
        let swapped = self.swap(next);
        self.compare_tiles();
        self.draw();
        Ok(swapped.then_some(revision))
    }

    /// Finds out which tiles the state in force has left alone, away from the threads that answer.
    pub(super) fn compare_tiles(&self) {
        let (published, tiles) = (self.published(), self.tiles.clone());
        tokio::task::spawn_blocking(move || {
            published.settle_ages();
            tiles.drop_replaced(&published);
        });
    }

    /// Puts a state that whoever published it has built in the place of the one in force, which is kept for
    /// questions about the past. Never goes back: `false`, and nothing is changed, when the one in force is
    /// as new.
    ///
    /// Its `revisions` must be those of the state in force and its own. Takes no time.
    pub fn swap(&self, next: Published) -> bool {
        let ages = Ages::after(&self.published(), &next.base);
        self.swap_compared(Published { ages, ..next })
    }

    /// The same with a state that knows already which tiles it has left alone.
    pub(super) fn swap_compared(&self, next: Published) -> bool {
        let next = Arc::new(next);
        let before = self.published.rcu(|now| if next.follows(now) { next.clone() } else { now.clone() });
        let swapped = next.follows(&before);
        if swapped {
            self.past.keep(before);
            self.feed.wake();
            self.tiles.drop_replaced(&self.published());
        }
        swapped
    }
}

impl Published {
    /// Builds the state away from the threads that answer.
    pub(super) async fn build(
        loaded: Loaded,
        revisions: Arc<[Revision]>,
        origin: Origin,
    ) -> Result<Self, OpenError> {
        let build =
            tokio::task::spawn_blocking(move || Ok(Self { revisions, ..Self::from(loaded, origin)? }));
        build.await.expect("building a state does not panic")
    }

    fn follows(&self, other: &Self) -> bool {
        self.revision().number > other.revision().number
    }
}

/// The newest revision of a store, built, with those before it; and the posts on file.
pub(super) async fn newest(store: &Store, origin: Origin) -> Result<(Published, Posts), OpenError> {
    let mut loaded = store.load_head().await?;
    let posts = Posts::new(std::mem::take(&mut loaded.posts));
    // One that was published between the two questions is not in force here yet.
    let mut revisions = store.revisions().await?;
    revisions.retain(|revision| revision.number <= loaded.revision.number);
    Ok((Published::build(loaded, revisions.into(), origin).await?, posts))
}
