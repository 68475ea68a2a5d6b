//! The file as a whole: it appears, is copied and is put back, each whole or not at all.

use super::lock::Lock;
use super::{Sqlite, StoreError, connect, migrate};
use crate::store::Store;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The name under which a file is made until it is whole.
fn partial(path: &Path) -> PathBuf {
    beside(path, ".partial")
}

pub(in crate::store) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

/// Removes a file with its log and its shared memory, as far as they are there.
fn discard(path: &Path) -> Result<(), StoreError> {
    for file in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm"), beside(path, "-journal")] {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::file("removing", &file)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A file that is made under another name, locked under its own, and appears when it is whole.
pub struct NewFile {
    path: PathBuf,
    partial: PathBuf,
    lock: Arc<Lock>,
}

impl NewFile {
    /// Starts a file with its schema and nothing else; its folder is made if need be.
    pub async fn begin(path: &Path) -> Result<Self, StoreError> {
        if path.exists() {
            return Err(StoreError::Exists(path.into()));
        }
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(StoreError::file("making the folder", folder))?;
        }
        let new = Self { path: path.to_owned(), partial: partial(path), lock: Arc::new(Lock::take(path)?) };
        discard(&new.partial)?;
        let mut connection = SqliteConnectOptions::new()
            .filename(&new.partial)
            .create_if_missing(true)
            .connect()
            .await
            .map_err(StoreError::database("creating the file"))?;
        migrate::make(&mut connection).await?;
        connection.close().await.map_err(StoreError::database("closing the file"))?;
        Ok(new)
    }

    /// The store in it; to be closed before the file is finished or discarded.
    pub async fn open(&self) -> Result<Sqlite, StoreError> {
        Sqlite::open_locked(&self.partial, self.lock.clone()).await
    }

    /// Gives the file its name, after all of it is on the disk.
    pub fn finish(self) -> Result<(), StoreError> {
        finish(&self.partial, &self.path)
    }

    /// Leaves nothing.
    pub fn discard(self) -> Result<(), StoreError> {
        discard(&self.partial)
    }
}

/// Gives a finished file its name, after all of it is on the disk.
fn finish(partial: &Path, path: &Path) -> Result<(), StoreError> {
    if path.exists() {
        return Err(StoreError::Exists(path.into()));
    }
    sync(partial)?;
    std::fs::rename(partial, path).map_err(StoreError::file("renaming to", path))?;
    sync_folder(path)
}

fn sync(path: &Path) -> Result<(), StoreError> {
    let synced = File::options().write(true).open(path).and_then(|file| file.sync_all());
    synced.map_err(StoreError::file("syncing", path))
}

/// A rename is on the disk when its folder is. Windows has no such call, and no such need.
fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) {
        let synced = File::open(folder).and_then(|file| file.sync_all());
        synced.map_err(StoreError::file("syncing the folder", folder))?;
    }
    Ok(())
}

/// Copies what the connection sees to a new file. `vacuum into` is SQLite's own consistent copy of a
/// database in use; readers and the writer go on beside it.
pub(super) async fn copy(connection: &mut SqliteConnection, to: &Path) -> Result<(), StoreError> {
    if to.exists() {
        return Err(StoreError::Exists(to.into()));
    }
    let partial = partial(to);
    discard(&partial)?;
    let name = partial
        .to_str()
        .ok_or_else(|| StoreError::NotAStore { place: to.into(), got: "a name that is not UTF-8".into() })?;
    sqlx::query("vacuum into ?")
        .bind(name)
        .execute(connection)
        .await
        .map_err(StoreError::database("copying the file"))?;
    forget_sessions(&partial).await?;
    finish(&partial, to)
}

/// Ends all sessions in a copy: whoever has signed out since would be signed in again where it is served.
async fn forget_sessions(copy: &Path) -> Result<(), StoreError> {
    let failed = || StoreError::database("ending the sessions in a copy");
    let mut connection = SqliteConnectOptions::new().filename(copy).connect().await.map_err(failed())?;
    let there = sqlx::query("select 1 from sqlite_schema where type = 'table' and name = 'session'");
    if there.fetch_optional(&mut connection).await.map_err(failed())?.is_some() {
        sqlx::query("delete from session").execute(&mut connection).await.map_err(failed())?;
    }
    connection.close().await.map_err(failed())
}

/// Puts a checked backup at `to`; what was there is kept under the name that is returned.
pub async fn restore(backup: &Path, to: &Path) -> Result<Option<PathBuf>, StoreError> {
    migrate::expect_file(backup)?;
    let lock = Arc::new(Lock::take(to)?);
    let partial = partial(to);
    discard(&partial)?;
    let mut source = connect::look(backup).await?;
    sqlx::query("vacuum into ?")
        .bind(partial.to_str().unwrap_or_default())
        .execute(&mut source)
        .await
        .map_err(StoreError::database("copying the backup"))?;
    source.close().await.map_err(StoreError::database("closing the backup"))?;
    forget_sessions(&partial).await?;
    if let Err(error) = sound(&partial, lock.clone()).await {
        discard(&partial)?;
        return Err(error);
    }
    let kept = if to.exists() { Some(set_aside(to).await?) } else { None };
    finish(&partial, to)?;
    Ok(kept)
}

async fn sound(path: &Path, lock: Arc<Lock>) -> Result<(), StoreError> {
    let store = Store::Sqlite(Sqlite::open_locked(path, lock).await?);
    let findings = store.verify().await;
    store.close().await;
    match findings?.as_slice() {
        [] => Ok(()),
        found => Err(StoreError::Damaged(found.join("; "))),
    }
}

/// Moves a store out of the way, once nobody else has it open, other programs than wangge included.
async fn set_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let in_use = || StoreError::InUse(path.into());
    let mut connection = connect::look(path).await?;
    // Leaving the write-ahead log takes the only connection there is, and folds the log into the file.
    let mode =
        sqlx::query_scalar::<_, String>("pragma journal_mode = delete").fetch_one(&mut connection).await;
    connection.close().await.map_err(StoreError::database("closing the file"))?;
    match mode {
        Ok(mode) if mode != "delete" => return Err(in_use()),
        Err(error) if StoreError::is_busy(&error) => return Err(in_use()),
        // Damaged beyond that: the reason for restoring. A log that is left must go with it.
        Ok(_) | Err(_) => {}
    }
    let kept = (1..=u32::MAX)
        .map(|n| beside(path, &format!(".replaced-{n}")))
        .find(|name| !name.exists())
        .expect("some number is free");
    for suffix in ["-wal", "-shm", ""] {
        let (from, to) = (beside(path, suffix), beside(&kept, suffix));
        if from.exists() {
            std::fs::rename(&from, &to).map_err(StoreError::file("renaming", &from))?;
        }
    }
    Ok(kept)
}
