//! The embedded backend: one GeoPackage file through SQLite.
//!
//! Write-ahead log, full syncs and foreign keys are set and asserted on every connection. One connection
//! writes; a few read, and cannot write. One program at a time has the right to write a file (see `lock`);
//! any number may read beside it, also from a medium that takes no writes. The file is a GeoPackage that
//! GDAL opens, but while it is served no other program should: `wangge export` and `wangge backup` are for
//! that.

mod archive;
mod audit;
mod connect;
mod drafts;
mod events;
mod file;
mod load;
mod lock;
mod many;
mod migrate;
mod people;
mod posts;
mod publish;
mod pulse;
mod references;
mod reports;
mod sessions;
mod tokens;
mod unit_ids;
mod verify;
mod version;
mod versions;
mod webhooks;

pub(super) use file::{NewFile, beside, restore};
pub(super) use lock::Lock;

use super::StoreError;
use crate::snapshot::Revision;
use sqlx::pool::PoolConnection;
use sqlx::{Connection, SqlitePool};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An open GeoPackage store.
#[derive(Clone, Debug)]
pub struct Sqlite {
    path: PathBuf,
    readers: SqlitePool,
    /// `None` in a store that was opened to read.
    writer: Option<Writer>,
}

/// The one writing connection, and the right to it.
#[derive(Clone, Debug)]
struct Writer {
    pool: SqlitePool,
    _lock: Arc<Lock>,
}

impl Sqlite {
    /// Opens a file that exists, to write and to read; migrates an older one after backing it up.
    pub(super) async fn open(path: &Path) -> Result<Self, StoreError> {
        migrate::expect_file(path)?;
        Self::open_locked(path, Arc::new(Lock::take(path)?)).await
    }

    /// Opens a file that exists, under a lock that the caller took.
    async fn open_locked(path: &Path, lock: Arc<Lock>) -> Result<Self, StoreError> {
        migrate::bring_forward(path).await?;
        let writer = Writer { pool: connect::writer(path).await?, _lock: lock };
        let readers = connect::readers(path).await?;
        Ok(Self { path: path.to_owned(), readers, writer: Some(writer) })
    }

    /// Opens a file that exists, to read, beside whoever writes it. An older one is migrated first.
    pub(super) async fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        migrate::expect_file(path)?;
        if migrate::is_older(path).await? {
            let _lock = Lock::take(path)?;
            migrate::bring_forward(path).await?;
        }
        Ok(Self { path: path.to_owned(), readers: connect::readers(path).await?, writer: None })
    }

    /// Where the file lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The newest revision.
    pub(super) async fn head(&self) -> Result<Option<Revision>, StoreError> {
        let mut connection = self.reader().await?;
        load::head(&mut connection).await
    }

    /// All revisions, oldest first.
    pub(super) async fn revisions(&self) -> Result<Vec<Revision>, StoreError> {
        let mut connection = self.reader().await?;
        load::revisions(&mut connection).await
    }

    /// Copies the file as it is at this moment, through SQLite, while it stays in use.
    pub(super) async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        // A connection of its own: `query_only` ones may not even write elsewhere.
        let mut connection = connect::look(&self.path).await?;
        file::copy(&mut connection, to).await?;
        connection.close().await.map_err(StoreError::database("closing the file"))
    }

    /// Closes all connections; the last one folds the log into the file.
    pub(super) async fn close(self) {
        self.readers.close().await;
        if let Some(writer) = self.writer {
            writer.pool.close().await;
        }
    }

    async fn reader(&self) -> Result<PoolConnection<sqlx::Sqlite>, StoreError> {
        self.readers.acquire().await.map_err(StoreError::database("connecting to the store"))
    }

    async fn writer(&self) -> Result<PoolConnection<sqlx::Sqlite>, StoreError> {
        let writer = self.writer.as_ref().ok_or_else(|| StoreError::OnlyRead(self.path.as_path().into()))?;
        writer.pool.acquire().await.map_err(StoreError::database("connecting to the store"))
    }
}
