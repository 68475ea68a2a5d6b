//! Sessions.

use super::load::{read_time, write_time};
use super::people::{hash, run};
use super::{Sqlite, StoreError};
use crate::store::Session;
use sqlx::{Row, SqliteConnection};

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading a session")
}

impl Sqlite {
    /// The session of a secret with this hash.
    pub(in crate::store) async fn session(&self, secret: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        let mut connection = self.reader().await?;
        let row =
            sqlx::query("select hash, account, created_at, seen_at, expires_at from session where hash = ?")
                .bind(&secret[..])
                .fetch_optional(&mut *connection)
                .await
                .map_err(failed())?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Session {
            hash: hash(row.try_get(0).map_err(failed())?)?,
            account: row.try_get(1).map_err(failed())?,
            created_at: read_time(row.try_get(2).map_err(failed())?)?,
            seen_at: read_time(row.try_get(3).map_err(failed())?)?,
            expires_at: read_time(row.try_get(4).map_err(failed())?)?,
        }))
    }

    /// Notes when a session was last seen, and how long it lasts now; never an earlier moment.
    pub(in crate::store) async fn touch_session(&self, session: &Session) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let seen = write_time(session.seen_at);
        let touch =
            sqlx::query("update session set seen_at = ?1, expires_at = ?2 where hash = ?3 and seen_at < ?1")
                .bind(seen)
                .bind(write_time(session.expires_at))
                .bind(&session.hash[..]);
        run(&mut writer, touch).await.map(|_| ())
    }
}

/// Begins a session; those that are over by then go.
pub(super) async fn start(connection: &mut SqliteConnection, session: &Session) -> Result<(), StoreError> {
    let over = sqlx::query("delete from session where expires_at <= ?").bind(write_time(session.created_at));
    run(connection, over).await?;
    let insert = sqlx::query(
        "insert into session (hash, account, created_at, seen_at, expires_at) values (?, ?, ?, ?, ?)",
    )
    .bind(&session.hash[..])
    .bind(&session.account)
    .bind(write_time(session.created_at))
    .bind(write_time(session.seen_at))
    .bind(write_time(session.expires_at));
    run(connection, insert).await.map(|_| ())
}

/// Ends a session; whether there was one.
pub(super) async fn end(connection: &mut SqliteConnection, secret: &[u8; 32]) -> Result<bool, StoreError> {
    let delete = sqlx::query("delete from session where hash = ?").bind(&secret[..]);
    Ok(run(connection, delete).await? > 0)
}

/// Ends all sessions of an account.
pub(super) async fn end_all(connection: &mut SqliteConnection, account: &str) -> Result<(), StoreError> {
    let delete = sqlx::query("delete from session where account = ?").bind(account);
    run(connection, delete).await.map(|_| ())
}
