//! Sessions of browsers, not to be taken for those of the database.

use super::people::hash;
use super::session::Session as Connected;
use super::{PostGis, again};
use crate::store::{Session, StoreError};
use sqlx::Row;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading a session")
}

impl PostGis {
    /// The session of a secret with this hash.
    pub(in crate::store) async fn session(&self, secret: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut connected = Connected::start(&self.hosts, "reading a session").await?;
                let select =
                    "select hash, account, created_at, seen_at, expires_at from session where hash = $1";
                let row = connected.row(sqlx::query(select).bind(&secret[..])).await?;
                let Some(row) = row else { return Ok(None) };
                Ok(Some(Session {
                    hash: hash(row.try_get(0).map_err(failed())?)?,
                    account: row.try_get(1).map_err(failed())?,
                    created_at: row.try_get(2).map_err(failed())?,
                    seen_at: row.try_get(3).map_err(failed())?,
                    expires_at: row.try_get(4).map_err(failed())?,
                }))
            })
        })
        .await
    }

    /// Notes when a session was last seen, and how long it lasts now; never an earlier moment.
    pub(in crate::store) async fn touch_session(&self, session: &Session) -> Result<(), StoreError> {
        let mut connected = Connected::start(&self.hosts, "noting when a session was seen").await?;
        let touch =
            sqlx::query("update session set seen_at = $1, expires_at = $2 where hash = $3 and seen_at < $1")
                .bind(session.seen_at)
                .bind(session.expires_at)
                .bind(&session.hash[..]);
        connected.run(touch).await.map(|_| ())
    }
}

/// Begins a session; those that are over by then go.
pub(super) async fn start(connected: &mut Connected, session: &Session) -> Result<(), StoreError> {
    let over = "delete from session where expires_at <= $1";
    connected.run(sqlx::query(over).bind(session.created_at)).await?;
    let insert = sqlx::query(
        "insert into session (hash, account, created_at, seen_at, expires_at) values ($1, $2, $3, $4, $5)",
    )
    .bind(&session.hash[..])
    .bind(&session.account)
    .bind(session.created_at)
    .bind(session.seen_at)
    .bind(session.expires_at);
    connected.run(insert).await.map(|_| ())
}

/// Ends a session; whether there was one.
pub(super) async fn end(connected: &mut Connected, secret: &[u8; 32]) -> Result<bool, StoreError> {
    let delete = sqlx::query("delete from session where hash = $1").bind(&secret[..]);
    Ok(connected.run(delete).await? > 0)
}

/// Ends all sessions of an account.
pub(super) async fn end_all(connected: &mut Connected, account: &str) -> Result<(), StoreError> {
    let delete = sqlx::query("delete from session where account = $1").bind(account);
    connected.run(delete).await.map(|_| ())
}
