//! Use cases over one published state that is swapped whole.
//!
//! A reader takes [`App::published`] once and works on that value to the end: it sees one revision, never
//! a mix of two, and takes no lock.

pub mod access;
mod ages;
mod beside;
pub mod drafting;
mod drawings;
mod events;
mod following;
mod keeping;
mod lives;
mod locating;
mod overlap;
mod past;
mod people;
mod posts;
mod publishing;
mod references;
mod reporting;
mod rows;
mod taking_up;
mod tiling;
mod units;
pub mod webhooks;

pub use drawings::draw_head;
pub use following::{StoreHealth, Works};
pub use keeping::SnapshotHealth;
pub use lives::{Gone, Happened, Relative, Turn};
pub use locating::{ACCURACY_LIMIT_M, AskError, Question, SNAP_DEFAULT_M, SNAP_LIMIT_M};
pub use overlap::{
    CommonRow, Mismatch, Overlap, OverlapError, Scope, Suggestion, SuggestionKind, Summary, WITHIN_M, Wish,
};
pub use past::PastError;
pub use people::{CallerError, Credential, SignInError, SignedIn, keep_people_fresh};
pub use posts::{Posts, PostsError, STAFFERS};
pub use publishing::{Difference, Order, keep_schedule};
pub use references::{References, Run};
pub use reporting::{
    Answerable, Borders, Figures, FiguresWish, IntakeError, Prepared, Seen, SourceFigures, Suspicion,
    Telling, TellingError, Transfer, UnitFigures, WorkError, keep_reports,
};
pub use tiling::Packing;
pub use units::{Page, Staffed, UnitFacts, UnitQuery};

use crate::coverage::{Defect, KeepPoints};
use crate::snapshot::{Base, Revision, StateHash};
use crate::store::{Loaded, Local, LocalError, Store, StoreError};
use crate::unit::Categories;
use access::Policy;
use ages::Ages;
use arc_swap::ArcSwap;
use beside::Beside;
use drawings::Drawer;
use following::Following;
use keeping::Keeper;
use past::Past;
use people::People;
use std::sync::Arc;
use tiling::TileCache;

/// One revision with what stands beside it: what every answer is made from.
#[derive(Debug)]
pub struct Published {
    /// Units, coverages, indexes.
    pub base: Base,
    /// The hash of the state.
    pub state_hash: StateHash,
    /// A note that is shown with everything drawn from it, such as that it is demo data.
    pub note: Option<String>,
    /// All revisions that were known when it was built, oldest first: its own and those before it.
    pub revisions: Arc<[Revision]>,
    /// Since when each tile looks as it does.
    ages: Ages,
}

/// A running wangge: the store, the state in force and the rules.
#[derive(Debug)]
pub struct App {
    store: Store,
    published: ArcSwap<Published>,
    past: Past,
    overlaps: overlap::Overlaps,
    people: People,
    beside: Beside,
    tiles: TileCache,
    /// Held by whoever takes up a new revision.
    taking_up: tokio::sync::Mutex<()>,
    following: Following,
    keeper: Option<Arc<Keeper>>,
    drawer: Arc<Drawer>,
    /// Held by whoever publishes: in this process one after the other.
    publishing: tokio::sync::Mutex<()>,
    desk: drafting::Desk,
    claimed: drafting::Claimed,
    future: publishing::Future,
    feed: Arc<events::Feed>,
    intake: Arc<reporting::Intake>,
    /// Held by whoever looks at open reports after a publication.
    relocating: tokio::sync::Mutex<()>,
    /// What this process is called among those that tell webhooks.
    holder: String,
    /// The hosts on which webhooks may listen.
    webhook_hosts: webhooks::Hosts,
    webhook_roots: webhooks::Roots,
    /// Who may do what.
    pub policy: Policy,
    /// The categories of reports and their rules.
    pub categories: &'static Categories,
}

/// What a state is built beside.
#[derive(Clone, Debug)]
enum Origin {
    /// Another state: what is as it is there is shared with it, and its arcs are kept where that one's are.
    Beside(Arc<Published>),
    /// Nothing; somebody keeps its arcs, or memory does.
    Kept(Option<Arc<dyn KeepPoints>>),
}

/// Why a state could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Neither the store nor a local snapshot gave a state.
    #[error("{away}; and there is no local snapshot to start from: {local}")]
    Nothing {
        /// Why not the store.
        away: Box<StoreError>,
        /// Why not the snapshot.
        local: Box<LocalError>,
    },
    /// What is stored is no valid state.
    #[error("revision {revision} is damaged: {} defects, the first: {first}", .count)]
    Damaged {
        /// The revision.
        revision: u64,
        /// How many defects.
        count: usize,
        /// One of them.
        first: Box<Defect>,
    },
}

impl App {
    /// Opens the newest revision of a store. Costs the load, the coverages and the indexes: under a
    /// second for a city of six thousand grids.
    pub async fn open(store: Store, policy: Policy) -> Result<Arc<Self>, OpenError> {
        Self::open_with(store, policy, None).await
    }

    /// The same with the points of its arcs kept by somebody; in memory for `None`.
    pub async fn open_with(
        store: Store,
        policy: Policy,
        arcs: Option<Arc<dyn KeepPoints>>,
    ) -> Result<Arc<Self>, OpenError> {
        // Before the posts, so that none that came meanwhile is missed.
        let people = People::open(&store).await?;
        let (published, posts) = taking_up::newest(&store, Origin::Kept(arcs)).await?;
        let beside = Beside::new(posts, people.roster().head);
        let app = Self::of(published, people, beside, store, policy);
        app.refresh_people().await?;
        Ok(app)
    }

    /// The same with a local snapshot, which is used when it holds the newest revision, and when the store is
    /// away. What it lacks then comes when the store is back and [`App::follow`] runs.
    pub async fn open_keeping(
        store: Store,
        policy: Policy,
        local: Local,
        arcs: Option<Arc<dyn KeepPoints>>,
    ) -> Result<Arc<Self>, OpenError> {
        let keeper = Keeper::new(local, arcs);
        // Before the posts, so that none that came meanwhile is missed; without an answer all entries are looked at.
        let before = store.audit_head().await.unwrap_or(0);
        let (published, posts, kept) = keeper.start(&store).await?;
        let answers = kept.is_none();
        let beside = Beside::new(posts, kept.as_ref().map_or(before, |roster| roster.head));
        let people = match kept {
            Some(roster) => People::of(roster),
            None => People::open(&store).await?,
        };
        let mut app = Self::of(published, people, beside, store, policy);
        let own = Arc::get_mut(&mut app).expect("nobody else has it yet");
        own.following = Following::new(answers);
        own.keeper = Some(keeper);
        if answers {
            app.refresh_people().await?;
        }
        Ok(app)
    }

    /// Lets webhooks listen on some hosts, with whoever vouches for them. To be called before anybody else has the app.
    #[must_use]
    pub fn telling(mut self: Arc<Self>, hosts: webhooks::Hosts, roots: webhooks::Roots) -> Arc<Self> {
        let own = Arc::get_mut(&mut self).expect("nobody else has it yet");
        (own.webhook_hosts, own.webhook_roots) = (hosts, roots);
        self
    }

    /// Takes another table of categories. To be called before anybody else has the app.
    #[must_use]
    pub fn sorting_by(mut self: Arc<Self>, categories: &'static Categories) -> Arc<Self> {
        Arc::get_mut(&mut self).expect("nobody else has it yet").categories = categories;
        self
    }

    fn of(published: Published, people: People, beside: Beside, store: Store, policy: Policy) -> Arc<Self> {
        Arc::new(Self {
            store,
            published: ArcSwap::from_pointee(published),
            past: Past::default(),
            overlaps: overlap::Overlaps::default(),
            people,
            beside,
            tiles: TileCache::default(),
            taking_up: tokio::sync::Mutex::default(),
            following: Following::new(true),
            keeper: None,
            drawer: Drawer::new(),
            publishing: tokio::sync::Mutex::default(),
            desk: drafting::Desk::default(),
            claimed: drafting::Claimed::default(),
            future: publishing::Future::default(),
            feed: Arc::default(),
            holder: access::secret::Secret::of_session().reveal().to_owned(),
            webhook_hosts: webhooks::Hosts::new(),
            webhook_roots: webhooks::Roots::new(None).expect("no file is read"),
            intake: Arc::default(),
            relocating: tokio::sync::Mutex::default(),
            policy,
            categories: Categories::standard(),
        })
    }

    /// The state in force. Costs no lock; the value stays whole for as long as it is held.
    pub fn published(&self) -> Arc<Published> {
        self.published.load_full()
    }

    /// The store, for what stands outside the published state.
    pub fn store(&self) -> &Store {
        &self.store
    }
}

impl Published {
    /// Builds the state from what a store gave back. Of the revisions it knows its own; whoever knows the
    /// others sets them.
    pub fn new(loaded: Loaded) -> Result<Self, OpenError> {
        Self::from(loaded, Origin::Kept(None))
    }

    fn from(loaded: Loaded, origin: Origin) -> Result<Self, OpenError> {
        let Loaded { revision, layers, state_hash, note, .. } = loaded;
        let built = match origin {
            Origin::Beside(other) => other.base.after(revision, &layers),
            Origin::Kept(None) => Base::new(revision, layers),
            Origin::Kept(Some(arcs)) => Base::new(revision, layers).map(|base| base.keeping(arcs)),
        };
        let base = built.map_err(|mut defects| OpenError::Damaged {
            revision: revision.number,
            count: defects.len(),
            first: Box::new(defects.swap_remove(0)),
        })?;
        Ok(Self { base, state_hash, note, revisions: [revision].into(), ages: Ages::new(revision.number) })
    }

    /// Makes what the first questions would have to wait for: derived levels, tints, the search, labels. May take
    /// tenths of a second; answers do not wait for it. Labels that are the same in another state are taken from it.
    pub fn warm(&self, other: Option<&Self>) {
        if let Some(other) = other {
            self.base.place_labels_after(&other.base);
        }
        for layer in self.base.layers() {
            for level in 0..layer.layer.levels.len() {
                layer.derived(crate::unit::Level(level as u8));
            }
            layer.tints();
        }
        self.base.search();
        // Last, as it takes longest and whoever asks for one before does not wait for the others.
        for layer in self.base.layers() {
            layer.labels().place(layer);
        }
    }

    /// The revision.
    pub fn revision(&self) -> Revision {
        self.base.revision
    }
}
