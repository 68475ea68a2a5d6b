//! Tokens.

use super::StoreError;
use super::load::{read_time, write_time};
use super::people::{grants, hash, moment, refuse_unknown, run};
use crate::store::Token;
use crate::store::{people, tokens};
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeSet;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading tokens")
}

/// All tokens.
pub(super) async fn all(connection: &mut SqliteConnection) -> Result<Vec<Token>, StoreError> {
    let rows = sqlx::query("select name, hash, account, created_at, expires_at, revoked_at from token")
        .fetch_all(&mut *connection)
        .await
        .map_err(failed())?;
    let rows = rows.iter().map(token).collect::<Result<_, _>>()?;
    let roles = grants(connection, "select token, role, layer from token_role").await?;
    Ok(tokens::tokens(rows, roles))
}

fn token(row: &SqliteRow) -> Result<Token, StoreError> {
    Ok(Token {
        name: row.try_get(0).map_err(failed())?,
        hash: hash(row.try_get(1).map_err(failed())?)?,
        account: row.try_get(2).map_err(failed())?,
        grants: BTreeSet::new(),
        created_at: read_time(row.try_get(3).map_err(failed())?)?,
        expires_at: moment(row.try_get(4).map_err(failed())?)?,
        revoked_at: moment(row.try_get(5).map_err(failed())?)?,
    })
}

/// Adds a token.
pub(super) async fn add(connection: &mut SqliteConnection, token: &Token) -> Result<(), StoreError> {
    if let Some(account) = &token.account {
        let found = sqlx::query("select 1 from account where name = ?").bind(account);
        let found = found.fetch_optional(&mut *connection).await.map_err(failed())?;
        found.ok_or_else(|| people::nobody("account", account))?;
    }
    refuse_unknown(connection, &token.grants, &BTreeSet::new()).await?;
    let insert = sqlx::query(
        "insert into token (name, hash, account, created_at, expires_at, revoked_at) values (?, ?, ?, ?, ?, ?)
         on conflict (name) do nothing",
    )
    .bind(&token.name)
    .bind(&token.hash[..])
    .bind(&token.account)
    .bind(write_time(token.created_at))
    .bind(token.expires_at.map(write_time))
    .bind(token.revoked_at.map(write_time));
    if run(connection, insert).await? == 0 {
        return Err(people::taken("a token", &token.name));
    }
    for grant in &token.grants {
        let insert = "insert into token_role (token, role, layer) values (?, ?, ?)";
        let insert = sqlx::query(insert).bind(&token.name).bind(grant.role.name()).bind(&grant.layer);
        run(connection, insert).await?;
    }
    Ok(())
}

/// Ends a token; whether it had not ended before.
pub(super) async fn revoke(
    connection: &mut SqliteConnection,
    name: &str,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let found = sqlx::query("select 1 from token where name = ?").bind(name);
    let found = found.fetch_optional(&mut *connection).await.map_err(failed())?;
    found.ok_or_else(|| people::nobody("token", name))?;
    let update = "update token set revoked_at = ? where name = ? and revoked_at is null";
    Ok(run(connection, sqlx::query(update).bind(write_time(at)).bind(name)).await? > 0)
}
