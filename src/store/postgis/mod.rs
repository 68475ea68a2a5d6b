//! The PostGIS backend: a database for several nodes.
//!
//! Every statement runs on the primary, found among the hosts of the address, and has a deadline on both
//! sides. A commit that nobody confirmed is [`StoreError::OutcomeUnknown`]; whatever fails before it wrote
//! nothing, and is tried a second time when the primary was lost. Geometries go over the line as EWKB and
//! are read by our own bounded reader.

mod address;
mod archive;
mod audit;
mod build;
mod drafts;
mod drawings;
mod events;
mod fault;
mod hints;
mod load;
mod migrate;
mod people;
mod posts;
mod primary;
mod publish;
mod pulse;
mod references;
mod reports;
mod session;
mod sessions;
mod settings;
mod tokens;
mod unit_ids;
mod version;
mod versions;
mod webhooks;

pub use address::Address;
pub(super) use build::{Building, exists};
pub(super) use hints::Hints;

use super::{Location, StoreError};
use crate::snapshot::Revision;
use futures::future::BoxFuture;
use primary::Hosts;
use session::Session;
use std::sync::Arc;
use std::time::Duration;

/// How long [`PostGis::head`] and [`PostGis::pulse`] may take in all: less than the time between three polls.
const HEAD: Duration = Duration::from_secs(2);

/// An open PostGIS store.
#[derive(Clone, Debug)]
pub struct PostGis {
    hosts: Arc<Hosts>,
}

impl PostGis {
    /// Opens a store that exists; brings an older one forward.
    pub(super) async fn open(address: Address) -> Result<Self, StoreError> {
        let store = Self::open_later(address);
        store.hosts.settle().await?;
        Ok(store)
    }

    /// The same at its first use.
    pub(super) fn open_later(address: Address) -> Self {
        Self { hosts: Hosts::of_a_store(address) }
    }

    /// Where the database is.
    pub(super) fn place(&self) -> Location {
        self.hosts.place()
    }

    /// The newest revision.
    pub(super) async fn head(&self) -> Result<Option<Revision>, StoreError> {
        let asking = again(|| {
            Box::pin(async {
                let mut session = Session::start(&self.hosts, "asking for the newest revision").await?;
                load::head(&mut session).await
            })
        });
        self.in_time(asking).await
    }

    /// An answer within [`HEAD`], or none.
    async fn in_time<T>(&self, asking: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        tokio::time::timeout(HEAD, asking).await.map_err(|_late| self.late())?
    }

    fn late(&self) -> StoreError {
        StoreError::Unreachable {
            place: self.place(),
            reason: format!("no answer within {} s", HEAD.as_secs()),
        }
    }

    /// All revisions, oldest first.
    pub(super) async fn revisions(&self) -> Result<Vec<Revision>, StoreError> {
        again(|| {
            Box::pin(async {
                let mut session = Session::start(&self.hosts, "listing the revisions").await?;
                load::revisions(&mut session).await
            })
        })
        .await
    }

    /// Lets go of all connections; those in use end when their work does.
    pub(super) fn close(self) {
        self.hosts.close();
    }
}

/// Does something, and once more when the primary was lost before anything was decided: it may have been
/// demoted, or started again. The work is boxed because the futures of `AsyncFn` cannot be shown to be `Send`.
async fn again<'a, T>(work: impl Fn() -> BoxFuture<'a, Result<T, StoreError>>) -> Result<T, StoreError> {
    match work().await {
        Err(StoreError::Interrupted { place, reason, .. }) => {
            tracing::warn!(%place, %reason, "trying once more");
            work().await
        }
        other => other,
    }
}
