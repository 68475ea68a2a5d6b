//! Tokens.

use super::people::{grants, hash, refuse_unknown, write_grants};
use super::session::Session;
use crate::store::{StoreError, Token, people, tokens};
use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::PgRow;
use std::collections::BTreeSet;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading tokens")
}

/// All tokens.
pub(super) async fn all(session: &mut Session) -> Result<Vec<Token>, StoreError> {
    let all = "select name, hash, account, created_at, expires_at, revoked_at from token";
    let rows = session.rows(sqlx::query(all)).await?;
    let rows = rows.iter().map(token).collect::<Result<_, _>>()?;
    let roles = grants(session, "select token, role, layer from token_role").await?;
    Ok(tokens::tokens(rows, roles))
}

fn token(row: &PgRow) -> Result<Token, StoreError> {
    let hash = hash(row.try_get(1).map_err(failed())?)?;
    let read = || -> Result<Token, sqlx::Error> {
        Ok(Token {
            name: row.try_get(0)?,
            hash,
            account: row.try_get(2)?,
            grants: BTreeSet::new(),
            created_at: row.try_get(3)?,
            expires_at: row.try_get(4)?,
            revoked_at: row.try_get(5)?,
        })
    };
    read().map_err(failed())
}

/// Adds a token.
pub(super) async fn add(session: &mut Session, token: &Token) -> Result<(), StoreError> {
    if let Some(account) = &token.account {
        let found = sqlx::query("select 1 from account where name = $1").bind(account);
        session.row(found).await?.ok_or_else(|| people::nobody("account", account))?;
    }
    refuse_unknown(session, &token.grants, &BTreeSet::new()).await?;
    let insert = sqlx::query(
        "insert into token (name, hash, account, created_at, expires_at, revoked_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (name) do nothing",
    )
    .bind(&token.name)
    .bind(&token.hash[..])
    .bind(&token.account)
    .bind(token.created_at)
    .bind(token.expires_at)
    .bind(token.revoked_at);
    if session.run(insert).await? == 0 {
        return Err(people::taken("a token", &token.name));
    }
    let insert = "insert into token_role (token, role, layer)
        select $1, role, layer from unnest($2::text[], $3::text[]) as new (role, layer)";
    write_grants(session, insert, &token.name, &token.grants).await
}

/// Ends a token; whether it had not ended before.
pub(super) async fn revoke(session: &mut Session, name: &str, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let found = sqlx::query("select 1 from token where name = $1").bind(name);
    session.row(found).await?.ok_or_else(|| people::nobody("token", name))?;
    let update = "update token set revoked_at = $1 where name = $2 and revoked_at is null";
    Ok(session.run(sqlx::query(update).bind(at).bind(name)).await? > 0)
}
