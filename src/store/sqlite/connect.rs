//! Connections, and the settings that each must have.

use super::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection, SqlitePool};
use std::path::Path;
use std::time::Duration;

/// SQLite before this one can lose committed pages when a write-ahead log is reset (WAL-reset bug).
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// How long a connection waits for another one's lock.
const BUSY: Duration = Duration::from_secs(10);

/// Readers: enough for a load, a backup and a list at once.
const READERS: u32 = 4;

/// One connection that only looks: changes no setting of the file.
pub(super) async fn look(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY);
    options.connect().await.map_err(StoreError::database("opening the file"))
}

/// As [`look`], at a file that must be there.
pub(super) async fn look_at(path: &Path) -> Result<SqliteConnection, StoreError> {
    if path.is_file() { look(path).await } else { Err(StoreError::Missing(path.into())) }
}

/// One writing connection outside of a pool.
pub(super) async fn single(path: &Path) -> Result<SqliteConnection, StoreError> {
    let mut connection = writing(path).connect().await.map_err(StoreError::database("opening the file"))?;
    check(&mut connection, false).await?;
    Ok(connection)
}

/// The pool of the one writer.
pub(super) async fn writer(path: &Path) -> Result<SqlitePool, StoreError> {
    single(path).await?;
    pool(writing(path), 1, false).await
}

/// The pool of readers; `query_only`, because a read-only handle could not recover a log.
pub(super) async fn readers(path: &Path) -> Result<SqlitePool, StoreError> {
    pool(writing(path).pragma("query_only", "on").row_buffer_size(1024), READERS, true).await
}

fn writing(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
}

async fn pool(options: SqliteConnectOptions, size: u32, reads: bool) -> Result<SqlitePool, StoreError> {
    SqlitePoolOptions::new()
        .max_connections(size)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                let wrong = |error| sqlx::Error::Configuration(Box::new(error));
                check(connection, reads).await.map_err(wrong)
            })
        })
        .connect_with(options)
        .await
        .map_err(StoreError::database("opening the file"))
}

/// Asserts the library's version and the settings of a connection.
async fn check(connection: &mut SqliteConnection, reads: bool) -> Result<(), StoreError> {
    let version = text(connection, "select sqlite_version()").await?;
    let numbers: Vec<u32> = version.split('.').filter_map(|n| n.parse().ok()).collect();
    if numbers[..] < OLDEST_SQLITE[..] {
        let [a, b, c] = OLDEST_SQLITE;
        let expected = format!("{a}.{b}.{c} or later");
        return Err(StoreError::Setting { what: "the version of SQLite", expected, got: version });
    }
    let wanted = [
        ("journal_mode", "select journal_mode from pragma_journal_mode", "wal"),
        ("synchronous", "select cast(synchronous as text) from pragma_synchronous", "2"),
        ("foreign_keys", "select cast(foreign_keys as text) from pragma_foreign_keys", "1"),
        (
            "query_only",
            "select cast(query_only as text) from pragma_query_only",
            if reads { "1" } else { "0" },
        ),
    ];
    for (what, sql, expected) in wanted {
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
        check(&mut good, false).await.unwrap();
        for (pragma, what) in [
            ("pragma foreign_keys = off", "foreign_keys"),
            ("pragma synchronous = normal", "synchronous"),
            ("pragma query_only = on", "query_only"),
        ] {
            let mut connection = single_new(&path).await;
            sqlx::query(pragma).execute(&mut connection).await.unwrap();
            let error = check(&mut connection, false).await.unwrap_err();
            assert!(matches!(error, StoreError::Setting { what: w, .. } if w == what), "{error}");
        }
        let mut memory = SqliteConnectOptions::new().in_memory(true).connect().await.unwrap();
        let error = check(&mut memory, false).await.unwrap_err();
        assert_eq!(error.to_string(), "expected journal_mode to be wal, got memory");
    }

    async fn single_new(path: &Path) -> SqliteConnection {
        writing(path).create_if_missing(true).connect().await.unwrap()
    }
}
