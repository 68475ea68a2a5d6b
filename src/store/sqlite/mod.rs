//! The embedded backend: one GeoPackage file through SQLite.
//!
//! Write-ahead log, full syncs and foreign keys are set and asserted on every connection. One connection
//! writes; a few read, and cannot write. The file is a GeoPackage that GDAL opens, but while it is served
//! no other program should: `wangge export` and `wangge backup` are for that.

mod connect;
mod file;
mod load;
mod migrate;
mod posts;
mod publish;
mod verify;
mod version;

pub(super) use file::{begin as begin_file, discard as drop_file, finish as finish_file, restore};

use super::StoreError;
use crate::snapshot::Revision;
use sqlx::{Connection, SqlitePool};
use std::path::{Path, PathBuf};

/// An open GeoPackage store.
#[derive(Clone, Debug)]
pub struct Sqlite {
    path: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Sqlite {
    /// Opens a file that exists; migrates an older one after backing it up.
    pub(super) async fn open(path: &Path) -> Result<Self, StoreError> {
        migrate::bring_forward(path).await?;
        let writer = connect::writer(path).await?;
        let readers = connect::readers(path).await?;
        Ok(Self { path: path.to_owned(), writer, readers })
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
        self.writer.close().await;
    }

    async fn reader(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Sqlite>, StoreError> {
        self.readers.acquire().await.map_err(StoreError::database("connecting to the store"))
    }
}
