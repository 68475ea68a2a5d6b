//! A node's local snapshot: written after each take-up, and started from while the database is away.

use super::taking_up::newest;
use super::{App, OpenError, Origin, Posts, Published};
use crate::coverage::KeepPoints;
use crate::snapshot::Revision;
use crate::store::{Kept, Loaded, Local, LocalError, Roster, Store};
use crate::unit::{Attributes, Post};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long we wait after a snapshot could not be written.
const AGAIN: Duration = Duration::from_mins(1);

/// How the local snapshot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotHealth {
    /// The revision in it; `None` when there is none yet.
    pub revision: Option<u64>,
    /// How often it could not be written.
    pub failures: u64,
}

/// The place of the snapshot, and what is in it.
#[derive(Debug)]
pub(super) struct Keeper {
    local: Local,
    /// Who keeps the points of arcs.
    arcs: Option<Arc<dyn KeepPoints>>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    health: SnapshotHealth,
    /// Who is in it.
    people: Option<Arc<Roster>>,
    /// Which posts are in it.
    posts: Option<Arc<Posts>>,
    busy: bool,
    not_before: Instant,
}

/// What the store says beside a state that the snapshot holds already.
enum Fresh {
    Same { posts: Vec<Post>, revisions: Vec<Revision> },
    Other(Box<Published>, Posts),
}

impl Keeper {
    pub(super) fn new(local: Local, arcs: Option<Arc<dyn KeepPoints>>) -> Arc<Self> {
        let health = SnapshotHealth { revision: None, failures: 0 };
        Arc::new(Self {
            local,
            arcs,
            state: Mutex::new(State {
                health,
                people: None,
                posts: None,
                busy: false,
                not_before: Instant::now(),
            }),
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The state to start with: where the store has what the snapshot holds, the snapshot is quicker; where the
    /// store is away, it is what there is, and only then the people in it are given as well.
    pub(super) async fn start(
        self: &Arc<Self>,
        store: &Store,
    ) -> Result<(Published, Posts, Option<Roster>), OpenError> {
        let kept = self.read().await;
        match self.fresh(store, kept.as_ref().ok()).await {
            Err(OpenError::Store(away)) if away.is_passing() => {
                let kept = match kept {
                    Ok(kept) => kept,
                    Err(local) => return Err(OpenError::Nothing { away: away.into(), local: local.into() }),
                };
                tracing::warn!(error = %away, "the store is away; starting from the local snapshot");
                let people = kept.people.clone();
                let (published, posts) = self.build(kept).await?;
                Ok((published, posts, Some(people)))
            }
            Ok(Fresh::Same { posts, revisions }) => {
                let kept = kept.expect("it was compared");
                let stale = kept.posts != posts || kept.revisions != revisions;
                let (published, posts) = self.build(Kept { revisions, posts, ..kept }).await?;
                if stale {
                    self.with(|state| state.health.revision = None);
                }
                Ok((published, posts, None))
            }
            Ok(Fresh::Other(published, posts)) => {
                if let Err(error) = &kept
                    && !error.is_missing()
                {
                    tracing::warn!(%error, "loaded from the store instead");
                }
                Ok((*published, posts, None))
            }
            Err(error) => Err(error),
        }
    }

    /// What the store has: the state itself, unless the snapshot holds it.
    async fn fresh(&self, store: &Store, kept: Option<&Kept>) -> Result<Fresh, OpenError> {
        let head = store.pulse().await?.head;
        let holds = |kept: &Kept| kept.revisions.last().map(|&revision| (revision, kept.state_hash)) == head;
        if !kept.is_some_and(holds) {
            return newest(store, Origin::Kept(self.arcs.clone()))
                .await
                .map(|(published, posts)| Fresh::Other(Box::new(published), posts));
        }
        let mut revisions = store.revisions().await?;
        revisions.retain(|revision| head.is_some_and(|(head, _)| revision.number <= head.number));
        Ok(Fresh::Same { posts: store.posts().await?, revisions })
    }

    async fn read(self: &Arc<Self>) -> Result<Kept, LocalError> {
        let keeper = self.clone();
        let read = tokio::task::spawn_blocking(move || keeper.local.read());
        read.await.expect("reading a snapshot does not panic")
    }

    /// The state of a snapshot, which is then the one that is kept.
    async fn build(&self, kept: Kept) -> Result<(Published, Posts), OpenError> {
        let Kept { revisions, layers, posts, people, state_hash, note } = kept;
        let revision = *revisions.last().expect("a snapshot has its own revision");
        let attributes = Attributes::new();
        let posts = Posts::new(posts);
        let loaded = Loaded { revision, layers, posts: Vec::new(), state_hash, note, attributes };
        let published = Published::build(loaded, revisions.into(), Origin::Kept(self.arcs.clone())).await?;
        self.with(|state| {
            state.health.revision = Some(revision.number);
            state.people = Some(Arc::new(people));
        });
        Ok((published, posts))
    }

    /// Writes a state; a failure is told, counted, and tried again later.
    fn write(&self, published: &Published, posts: Arc<Posts>, people: Arc<Roster>) {
        let written = self.local.write(&published.kept(&posts, &people));
        self.with(|state| {
            state.busy = false;
            match written {
                Ok(()) => {
                    state.health.revision = Some(published.revision().number);
                    state.people = Some(people);
                    state.posts = Some(posts);
                }
                Err(error) => {
                    state.health.failures += 1;
                    state.not_before = Instant::now() + AGAIN;
                    tracing::error!(%error, "the local snapshot was not written");
                }
            }
        });
    }
}

impl App {
    /// How the local snapshot is; `None` without one.
    pub fn snapshot_health(&self) -> Option<SnapshotHealth> {
        self.keeper.as_ref().map(|keeper| keeper.with(|state| state.health))
    }

    /// Sees to it that the local snapshot becomes the state in force. Does not wait; one is written at a time.
    pub(super) fn keep(&self) {
        let Some(keeper) = &self.keeper else { return };
        // People first: the posts are then at least as new.
        let (published, people) = (self.published(), self.people.roster());
        let posts = self.posts();
        let due = keeper.with(|state| {
            let same = state.health.revision == Some(published.revision().number)
                && state.people.as_ref().is_some_and(|kept| kept.has_the_same(&people))
                && state.posts.as_ref().is_some_and(|kept| Arc::ptr_eq(kept, &posts));
            let due = !state.busy && !same && Instant::now() >= state.not_before;
            state.busy |= due;
            due
        });
        if due {
            let keeper = keeper.clone();
            tokio::task::spawn_blocking(move || keeper.write(&published, posts, people));
        }
    }
}

impl Published {
    /// What a snapshot keeps of it.
    fn kept(&self, posts: &Posts, people: &Roster) -> Kept {
        Kept {
            revisions: self.revisions.to_vec(),
            layers: self.base.sources(),
            posts: posts.all().to_vec(),
            people: people.clone(),
            state_hash: self.state_hash,
            note: self.note.clone(),
        }
    }
}
