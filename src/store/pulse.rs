//! The door to what whoever follows a store asks of it: how it is, and when to ask.

use super::{Store, StoreError, postgis};
use crate::snapshot::{Revision, StateHash};

/// How a store is at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// The newest revision with the hash of its state; `None` in an empty store.
    pub head: Option<(Revision, StateHash)>,
    /// Whether it takes writes; a database may have been told not to.
    pub writable: bool,
    /// The number of the newest event, 0 before the first.
    pub events: u64,
}

/// Hints that something was published. One may be missing, late or for nothing: the truth is
/// [`Store::pulse`].
pub struct Hints(Option<postgis::Hints>);

impl Store {
    /// Feels the store's pulse. As cheap as [`Store::head`], and waits no longer.
    pub async fn pulse(&self) -> Result<Pulse, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.pulse().await,
            Self::PostGis(postgis) => postgis.pulse().await,
        }
    }

    /// Starts to listen for hints. Takes a connection of its own to a database.
    pub async fn hints(&self) -> Result<Hints, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(Hints(None)),
            Self::PostGis(postgis) => Ok(Hints(Some(postgis.hints().await?))),
        }
    }
}

impl Hints {
    /// Waits for the next hint, for ever from a file: nobody else publishes into it. Errors when the
    /// connection is lost; one that was cut off in silence is not noticed. Not to be dropped half way: see
    /// it as lost with its wait.
    pub async fn next(&mut self) -> Result<(), StoreError> {
        match &mut self.0 {
            None => std::future::pending().await,
            Some(hints) => hints.next().await,
        }
    }
}
