//! The stored truth: revisions with their layers and units, and the posts beside them.
//!
//! [`Store`] is an enum of backends; so far there is one, a GeoPackage file (see `sqlite`). A file here
//! per noun: [`Loaded`] and [`Publication`] for revisions, posts for people. Each backend answers the same
//! calls, and one contract test runs against each.

mod error;
mod people;
mod revisions;
mod sqlite;

pub use error::StoreError;
pub use revisions::{Loaded, Publication};

use sqlite::Sqlite;
use std::path::Path;

/// An open store. Cheap to clone; all clones share their connections.
#[derive(Clone, Debug)]
pub enum Store {
    /// One GeoPackage file.
    Sqlite(Sqlite),
}

impl Store {
    /// Opens a store file that exists, to write and to read; one of an older schema is first backed up,
    /// then brought forward.
    ///
    /// One program at a time has a file open so, from here until the last clone is dropped; for the others
    /// it is [`StoreError::InUse`]. Errors also when there is no such file, when it is no store, when a
    /// newer wangge wrote it, or when the database does not keep what is asked of it (write-ahead log, full
    /// syncs, foreign keys).
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Sqlite::open(path).await.map(Self::Sqlite)
    }

    /// Opens a store file that exists, to read only: also while another program has it open, and also from
    /// a medium that takes no writes. Whatever would write is [`StoreError::OnlyRead`].
    ///
    /// Errors as [`Store::open`] does. One of an older schema is brought forward, for which nobody else
    /// may have it open to write.
    pub async fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        Sqlite::open_to_read(path).await.map(Self::Sqlite)
    }

    /// Creates an empty store file, without a revision. Errors when something is at that path.
    ///
    /// The file appears whole or not at all: it is made under another name beside it and then renamed.
    pub async fn create(path: &Path) -> Result<Self, StoreError> {
        Self::build(path, async |_empty: &Self| Ok::<(), StoreError>(())).await?;
        Self::open(path).await
    }

    /// Creates a store file and fills it; it appears at `path` only when `fill` has succeeded.
    ///
    /// Whatever happens before, a power cut included, leaves nothing at `path` (a file that ends in
    /// `.partial` may stay; the next try removes it). Errors when something is at that path.
    pub async fn build<E, F>(path: &Path, fill: F) -> Result<(), E>
    where
        E: From<StoreError>,
        F: AsyncFnOnce(&Self) -> Result<(), E>,
    {
        let new = sqlite::NewFile::begin(path).await?;
        let store = Self::Sqlite(new.open().await?);
        let filled = fill(&store).await;
        store.close().await;
        match filled {
            Ok(()) => Ok(new.finish()?),
            Err(error) => {
                new.discard()?;
                Err(error)
            }
        }
    }

    /// Writes a consistent copy to a new file while the store stays in use.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.backup(to).await,
        }
    }

    /// Reads everything back and reports each disagreement: damaged pages, dangling references, a
    /// revision whose state does not have its hash. Empty when all is well. Costs a load per revision.
    pub async fn verify(&self) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.verify().await,
        }
    }

    /// Closes all connections and folds the log into the file.
    pub async fn close(self) {
        match self {
            Self::Sqlite(sqlite) => sqlite.close().await,
        }
    }

    /// Puts a backup in the place of a store file, which must not be open anywhere.
    ///
    /// The backup is checked first (schema, pages, hashes). What was at `to` is kept beside it under the
    /// name that is returned.
    pub async fn restore(backup: &Path, to: &Path) -> Result<Option<std::path::PathBuf>, StoreError> {
        sqlite::restore(backup, to).await
    }
}
