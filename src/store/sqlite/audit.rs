//! The audit.

use super::load::{read_time, write_time};
use super::people::{hash, run};
use super::{Sqlite, StoreError};
use crate::store::audit::{Act, End, Entry, START};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading the audit")
}

impl Sqlite {
    /// The entries after a number, oldest first.
    pub(in crate::store) async fn audit(&self, after: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let mut connection = self.reader().await?;
        let rows = sqlx::query(
            "select seq, at, actor, action, subject, data, prev, hash from audit where seq > ? order by seq limit ?",
        )
        .bind(after as i64)
        .bind(limit)
        .fetch_all(&mut *connection)
        .await
        .map_err(failed())?;
        rows.iter().map(entry).collect()
    }

    /// The number of the newest entry.
    pub(in crate::store) async fn audit_head(&self) -> Result<u64, StoreError> {
        let mut connection = self.reader().await?;
        Ok(end(&mut connection).await?.0)
    }
}

/// Where the chain ends now.
pub(super) async fn end(connection: &mut SqliteConnection) -> Result<End, StoreError> {
    let row = sqlx::query("select seq, hash from audit order by seq desc limit 1")
        .fetch_optional(connection)
        .await
        .map_err(failed())?;
    let Some(row) = row else { return Ok(START) };
    let seq: i64 = row.try_get(0).map_err(failed())?;
    Ok((seq as u64, hash(row.try_get(1).map_err(failed())?)?))
}

/// Writes the entry of an act, in the transaction of whoever acts. Its number.
pub(super) async fn append(connection: &mut SqliteConnection, act: &Act<'_>) -> Result<u64, StoreError> {
    let entry = Entry::follow(end(connection).await?, act);
    write(connection, &entry).await?;
    Ok(entry.seq)
}

/// Writes an entry as it is.
pub(super) async fn write(connection: &mut SqliteConnection, entry: &Entry) -> Result<(), StoreError> {
    let insert = sqlx::query(
        "insert into audit (seq, at, actor, action, subject, data, prev, hash) values (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(entry.seq as i64)
    .bind(write_time(entry.at))
    .bind(&entry.actor)
    .bind(&entry.action)
    .bind(&entry.subject)
    .bind(&entry.data)
    .bind(&entry.prev[..])
    .bind(&entry.hash[..]);
    run(connection, insert).await.map(|_| ())
}

fn entry(row: &SqliteRow) -> Result<Entry, StoreError> {
    let seq: i64 = row.try_get(0).map_err(failed())?;
    Ok(Entry {
        seq: seq as u64,
        at: read_time(row.try_get(1).map_err(failed())?)?,
        actor: row.try_get(2).map_err(failed())?,
        action: row.try_get(3).map_err(failed())?,
        subject: row.try_get(4).map_err(failed())?,
        data: row.try_get(5).map_err(failed())?,
        prev: hash(row.try_get(6).map_err(failed())?)?,
        hash: hash(row.try_get(7).map_err(failed())?)?,
    })
}
