//! The door to revisions: what is the head, load one, publish the next.

use super::{Store, StoreError};
use crate::geom::Bbox;
use crate::snapshot::{Base, LayerSource, Revision, StateHash};
use crate::unit::{Attributes, Post, UnitId};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// A revision as it was published.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// Its number and the moment it took effect.
    pub revision: Revision,
    /// Its layers, in the order in which they are drawn and listed; units ascend by id.
    pub layers: Vec<LayerSource>,
    /// All posts on file, of whatever date, by unit; they stand beside the revisions.
    pub posts: Vec<Post>,
    /// The hash of its state, as it was when it was published. [`Store::verify`] computes it again.
    pub state_hash: StateHash,
    /// The note shown with everything drawn from it.
    pub note: Option<String>,
    /// Document number, legal date and whatever else was said of it.
    pub attributes: Attributes,
}

/// What is to become the next revision: the whole state, not a difference.
#[derive(Clone, Debug)]
pub struct Publication<'a> {
    /// The revision that it follows; `None` for the first.
    pub prev: Option<u64>,
    /// When it takes effect: after the one before. Kept to the microsecond.
    pub effective_from: DateTime<Utc>,
    /// A note shown with everything drawn from it.
    pub note: Option<String>,
    /// Document number, legal date …
    pub attributes: Attributes,
    /// All layers. A layer or unit of the revision before that is not here ends with it.
    pub layers: &'a [LayerSource],
}

/// Which units differ from the revision before. Whoever knows them spares the store the comparison of all others.
#[derive(Clone, Debug)]
pub struct Differing {
    /// The state from which they differ. Where the store holds another one, it compares everything.
    pub from: StateHash,
    /// The units that are new, gone, or otherwise than before.
    pub units: BTreeSet<UnitId>,
    /// What the publication comes to, when its layers have the shapes of those units only. Then a store that holds
    /// another state refuses it: [`StoreError::OtherHead`].
    pub next: Option<Ahead>,
}

/// What is asked of a whole state when it is written.
#[derive(Clone, Copy, Debug)]
pub struct Ahead {
    /// The hash of the state.
    pub state_hash: StateHash,
    /// The box around the ground of all units.
    pub bbox: Option<Bbox>,
}

impl Ahead {
    /// Of a state that was built.
    pub fn of(base: &Base) -> Self {
        let bbox = base.layers().iter().filter_map(|layer| layer.coverage.bbox()).reduce(Bbox::union);
        Self { state_hash: base.state_hash(), bbox }
    }

    /// Of all layers as they are stored.
    pub(super) fn of_layers(layers: &[LayerSource]) -> Self {
        let boxes = layers.iter().flat_map(|s| s.shapes.iter().filter_map(|(_, shape)| shape.bbox()));
        Self { state_hash: StateHash::of(layers), bbox: boxes.reduce(Bbox::union) }
    }
}

impl Publication<'_> {
    /// What it comes to.
    pub(super) fn ahead(&self, differing: Option<&Differing>) -> Ahead {
        differing.and_then(|differing| differing.next).unwrap_or_else(|| Ahead::of_layers(self.layers))
    }
}

impl Differing {
    /// The units that are to be compared with a store that holds a state; all, when it is another one.
    pub(super) fn among(&self, held: Option<StateHash>) -> Result<Option<&BTreeSet<UnitId>>, StoreError> {
        match (held == Some(self.from), self.next) {
            (true, _) => Ok(Some(&self.units)),
            (false, None) => Ok(None),
            (false, Some(_)) => Err(StoreError::OtherHead),
        }
    }
}

impl Store {
    /// The newest revision; `None` in an empty store. Cheap enough to be asked every second, and never
    /// waits long: a database that does not answer within two seconds is [`StoreError::Unreachable`].
    pub async fn head(&self) -> Result<Option<Revision>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.head().await,
            Self::PostGis(postgis) => postgis.head().await,
        }
    }

    /// All revisions, oldest first.
    pub async fn revisions(&self) -> Result<Vec<Revision>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.revisions().await,
            Self::PostGis(postgis) => postgis.revisions().await,
        }
    }

    /// Loads one revision, with all posts. Shapes are decoded on all cores.
    pub async fn load(&self, number: u64) -> Result<Loaded, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.load(number).await,
            Self::PostGis(postgis) => postgis.load(number).await,
        }
    }

    /// Loads the newest revision.
    pub async fn load_head(&self) -> Result<Loaded, StoreError> {
        let head = self.head().await?.ok_or(StoreError::UnknownRevision { head: 0, got: 1 })?;
        self.load(head.number).await
    }

    /// Publishes the next revision in one transaction, and gives it back with the hash of its state.
    ///
    /// Only versions that differ from those of the revision before are written. The layers must already
    /// be valid coverages: the store checks identities, not ground. Exactly one publication can follow a
    /// revision; any other gets [`StoreError::Conflict`].
    pub async fn publish(&self, next: &Publication<'_>) -> Result<(Revision, StateHash), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.publish(next).await,
            Self::PostGis(postgis) => postgis.publish(next).await,
        }
    }
}
