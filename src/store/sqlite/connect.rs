//! Connections, and the settings that each must have.

use super::StoreError;
use super::file::beside;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};
use std::path::Path;
use std::time::Duration;

/// SQLite before this one can lose committed pages when a write-ahead log is reset (WAL-reset bug).
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// How long a connection waits for another one's lock.
const BUSY: Duration = Duration::from_secs(10);

/// Readers: enough for a load, a backup and a list at once.
const READERS: u32 = 4;

/// Where a file lies, as far as reading it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Medium {
    /// A log can lie beside the file, and readers see what a writer adds to it.
    Live,
    /// Nothing can be made beside the file and there is no log: it is read as it lies, without locks.
    Fixed,
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Write,
    Read(Medium),
}

/// One connection that only looks: changes no setting of the file, which must be there.
pub(super) async fn look(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = looking(path, medium(path).await?);
    options.connect().await.map_err(StoreError::database("opening the file"))
}

/// Tries to read the file with its log, which SQLite has to make first where nobody has it open.
async fn medium(path: &Path) -> Result<Medium, StoreError> {
    let failed = || StoreError::database("opening the file");
    let mut connection = looking(path, Medium::Live).connect().await.map_err(failed())?;
    let read = sqlx::query("select count(*) from sqlite_schema").execute(&mut connection).await;
    let no_log = read.as_ref().is_err_and(StoreError::is_unwritable) && !beside(path, "-wal").exists();
    connection.close().await.map_err(failed())?;
    // Whatever else is wrong with the file, whoever reads it will say.
    Ok(if no_log { Medium::Fixed } else { Medium::Live })
}

fn looking(path: &Path, medium: Medium) -> SqliteConnectOptions {
    let fixed = medium == Medium::Fixed;
    SqliteConnectOptions::new().filename(path).busy_timeout(BUSY).read_only(fixed).immutable(fixed)
}

/// One writing connection outside of a pool.
pub(super) async fn single(path: &Path) -> Result<SqliteConnection, StoreError> {
    let mut connection = writing(path).connect().await.map_err(StoreError::database("opening the file"))?;
    check(&mut connection, Purpose::Write).await?;
    Ok(connection)
}

/// The pool of the one writer.
pub(super) async fn writer(path: &Path) -> Result<SqlitePool, StoreError> {
    single(path).await?;
    pool(writing(path), 1, Purpose::Write).await
}

/// The pool of readers; `query_only`, because a read-only handle could not recover a log.
pub(super) async fn readers(path: &Path) -> Result<SqlitePool, StoreError> {
    let medium = medium(path).await?;
    let options = match medium {
        Medium::Live => writing(path),
        Medium::Fixed => looking(path, medium),
    };
    let options = options.pragma("query_only", "on").row_buffer_size(1024);
    pool(options, READERS, Purpose::Read(medium)).await
}

fn writing(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
}

async fn pool(options: SqliteConnectOptions, size: u32, purpose: Purpose) -> Result<SqlitePool, StoreError> {
    SqlitePoolOptions::new()
        .max_connections(size)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                let wrong = |error| sqlx::Error::Configuration(Box::new(error));
                check(connection, purpose).await.map_err(wrong)
            })
        })
        .connect_with(options)
        .await
        .map_err(StoreError::database("opening the file"))
}

/// Asserts the library's version and the settings of a connection.
async fn check(connection: &mut SqliteConnection, purpose: Purpose) -> Result<(), StoreError> {
    let version = text(connection, "select sqlite_version()").await?;
    let numbers: Vec<u32> = version.split('.').filter_map(|n| n.parse().ok()).collect();
    if numbers[..] < OLDEST_SQLITE[..] {
        let [a, b, c] = OLDEST_SQLITE;
        let expected = format!("{a}.{b}.{c} or later");
        return Err(StoreError::Setting { what: "the version of SQLite", expected, got: version });
    }
    let reads = if purpose == Purpose::Write { "0" } else { "1" };
    let wanted = [
        ("query_only", "select cast(query_only as text) from pragma_query_only", reads),
        ("foreign_keys", "select cast(foreign_keys as text) from pragma_foreign_keys", "1"),
        ("synchronous", "select cast(synchronous as text) from pragma_synchronous", "2"),
        ("journal_mode", "select journal_mode from pragma_journal_mode", "wal"),
    ];
    // Where nothing is written there is no log either.
    let wanted = &wanted[..if purpose == Purpose::Read(Medium::Fixed) { 3 } else { 4 }];
    for &(what, sql, expected) in wanted {
        let got = text(connection, sql).await?;
        if got != expected {
            return Err(StoreError::Setting { what, expected: expected.into(), got });
        }
    }
    Ok(())
}

async fn text(connection: &mut SqliteConnection, sql: &'static str) -> Result<String, StoreError> {
    sqlx::query_scalar(sql)
        .fetch_one(connection)
        .await
        .map_err(StoreError::database("reading the database's settings"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_connection_without_its_settings_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let mut good = single_new(&path).await;
        check(&mut good, Purpose::Write).await.unwrap();
        for (pragma, what) in [
            ("pragma foreign_keys = off", "foreign_keys"),
            ("pragma synchronous = normal", "synchronous"),
            ("pragma query_only = on", "query_only"),
        ] {
            let mut connection = single_new(&path).await;
            sqlx::query(pragma).execute(&mut connection).await.unwrap();
            let error = check(&mut connection, Purpose::Write).await.unwrap_err();
            assert!(matches!(error, StoreError::Setting { what: w, .. } if w == what), "{error}");
        }
        let mut memory = SqliteConnectOptions::new().in_memory(true).connect().await.unwrap();
        let error = check(&mut memory, Purpose::Write).await.unwrap_err();
        assert_eq!(error.to_string(), "expected journal_mode to be wal, got memory");
    }

    async fn single_new(path: &Path) -> SqliteConnection {
        writing(path).create_if_missing(true).connect().await.unwrap()
    }
}
