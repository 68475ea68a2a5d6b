//! Accounts, and every change of who may do what.

use super::load::{read_time, write_time};
use super::{Sqlite, StoreError, audit, sessions, tokens};
use crate::store::audit::Act;
use crate::store::people::{self, AccountRow, Change, People, Roster};
use crate::store::rows::unit_id;
use crate::unit::{Account, Grant, UnitId};
use chrono::{DateTime, Utc};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Connection, Row, SqliteConnection};
use std::collections::BTreeSet;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading accounts")
}

fn not_written() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("changing who may do what")
}

impl Sqlite {
    /// Everybody, in one moment.
    pub(in crate::store) async fn roster(&self) -> Result<Roster, StoreError> {
        let mut connection = self.reader().await?;
        let mut transaction = connection.begin().await.map_err(failed())?;
        let head = audit::end(&mut transaction).await?.0;
        let accounts = accounts(&mut transaction).await?;
        let tokens = tokens::all(&mut transaction).await?;
        transaction.commit().await.map_err(failed())?;
        Ok(Roster { head, accounts, tokens })
    }

    /// What argon2id made of a password.
    pub(in crate::store) async fn password(&self, name: &str) -> Result<Option<String>, StoreError> {
        let mut connection = self.reader().await?;
        sqlx::query_scalar("select password from account where name = ?")
            .bind(name)
            .fetch_optional(&mut *connection)
            .await
            .map_err(failed())
    }

    /// One change with its entry of the audit; the entry's number. What changes nothing is not written down.
    pub(in crate::store) async fn change_people(
        &self,
        change: Change<'_>,
        act: &Act<'_>,
    ) -> Result<u64, StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(not_written())?;
        let seq = if apply(&mut transaction, change).await? {
            audit::append(&mut transaction, act).await?
        } else {
            audit::end(&mut transaction).await?.0
        };
        transaction.commit().await.map_err(not_written())?;
        Ok(seq)
    }

    /// Everybody of another store, into one that has nobody.
    pub(in crate::store) async fn fill_people(&self, people: &People) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(not_written())?;
        for change in people.changes() {
            apply(&mut transaction, change).await?;
        }
        for entry in &people.audit {
            audit::write(&mut transaction, entry).await?;
        }
        transaction.commit().await.map_err(not_written())
    }
}

/// Does it; whether anything changed.
async fn apply(connection: &mut SqliteConnection, change: Change<'_>) -> Result<bool, StoreError> {
    match change {
        Change::AddAccount(account, password) => add(connection, account, password).await?,
        Change::SetAccount(account) => set(connection, account).await?,
        Change::SetPassword(name, password) => {
            let update = "update account set password = ? where name = ?";
            if run(connection, sqlx::query(update).bind(password).bind(name)).await? == 0 {
                return Err(people::nobody("account", name));
            }
            sessions::end_all(connection, name).await?;
        }
        Change::StartSession(session) => sessions::start(connection, session).await?,
        Change::EndSession(hash) => return sessions::end(connection, hash).await,
        Change::AddToken(token) => tokens::add(connection, token).await?,
        Change::RevokeToken(name, at) => return tokens::revoke(connection, name, at).await,
    }
    Ok(true)
}

async fn add(connection: &mut SqliteConnection, account: &Account, password: &str) -> Result<(), StoreError> {
    let insert = sqlx::query(
        "insert into account (name, display_name, password, created_at, disabled_at) values (?, ?, ?, ?, ?)
         on conflict (name) do nothing",
    )
    .bind(&account.name)
    .bind(&account.display_name)
    .bind(password)
    .bind(write_time(account.created_at))
    .bind(account.disabled_at.map(write_time));
    if run(connection, insert).await? == 0 {
        return Err(people::taken("an account", &account.name));
    }
    write_rights(connection, account).await
}

async fn set(connection: &mut SqliteConnection, account: &Account) -> Result<(), StoreError> {
    let name = &account.name;
    let update = sqlx::query("update account set display_name = ?, disabled_at = ? where name = ?")
        .bind(&account.display_name)
        .bind(account.disabled_at.map(write_time))
        .bind(name);
    if run(connection, update).await? == 0 {
        return Err(people::nobody("account", name));
    }
    run(connection, sqlx::query("delete from account_role where account = ?").bind(name)).await?;
    run(connection, sqlx::query("delete from account_territory where account = ?").bind(name)).await?;
    write_rights(connection, account).await?;
    if account.disabled_at.is_some() {
        sessions::end_all(connection, name).await?;
    }
    Ok(())
}

async fn write_rights(connection: &mut SqliteConnection, account: &Account) -> Result<(), StoreError> {
    refuse_unknown(connection, &account.grants, &account.territory).await?;
    for grant in &account.grants {
        let insert = "insert into account_role (account, role, layer) values (?, ?, ?)";
        let insert = sqlx::query(insert).bind(&account.name).bind(grant.role.name()).bind(&grant.layer);
        run(connection, insert).await?;
    }
    for unit in &account.territory {
        let insert = "insert into account_territory (account, unit) values (?, ?)";
        run(connection, sqlx::query(insert).bind(&account.name).bind(unit.get() as i64)).await?;
    }
    Ok(())
}

/// Refuses layers and units that are not there.
pub(super) async fn refuse_unknown(
    connection: &mut SqliteConnection,
    grants: &BTreeSet<Grant>,
    territory: &BTreeSet<UnitId>,
) -> Result<(), StoreError> {
    let layers: Vec<String> =
        sqlx::query_scalar("select name from layer").fetch_all(&mut *connection).await.map_err(failed())?;
    let mut known = Vec::new();
    for unit in territory {
        let found = sqlx::query("select id from unit where id = ?").bind(unit.get() as i64);
        let found = found.fetch_optional(&mut *connection).await.map_err(failed())?;
        known.extend(found.map(|_| *unit));
    }
    people::refuse_unknown(grants, &layers, territory, &known)
}

/// Runs a statement that writes; how many rows it touched.
pub(super) async fn run(
    connection: &mut SqliteConnection,
    query: Query<'_, sqlx::Sqlite, SqliteArguments>,
) -> Result<u64, StoreError> {
    query.execute(connection).await.map(|done| done.rows_affected()).map_err(not_written())
}

/// A stored hash.
pub(super) fn hash(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_length| StoreError::Damaged("a hash of another length than 32 bytes".into()))
}

/// A stored moment that need not be there.
pub(super) fn moment(text: Option<&str>) -> Result<Option<DateTime<Utc>>, StoreError> {
    text.map(read_time).transpose()
}

async fn accounts(connection: &mut SqliteConnection) -> Result<Vec<Account>, StoreError> {
    let rows = sqlx::query("select name, display_name, created_at, disabled_at from account")
        .fetch_all(&mut *connection)
        .await
        .map_err(failed())?;
    let rows = rows.iter().map(account_row).collect::<Result<_, _>>()?;
    let roles = grants(connection, "select account, role, layer from account_role").await?;
    let territory: Vec<(String, i64)> = sqlx::query_as("select account, unit from account_territory")
        .fetch_all(&mut *connection)
        .await
        .map_err(failed())?;
    let territory = territory.into_iter().map(|(name, unit)| Ok((name, unit_id(unit)?)));
    Ok(people::accounts(rows, roles, territory.collect::<Result<_, StoreError>>()?))
}

fn account_row(row: &SqliteRow) -> Result<AccountRow, StoreError> {
    Ok(AccountRow {
        name: row.try_get(0).map_err(failed())?,
        display_name: row.try_get(1).map_err(failed())?,
        created_at: read_time(row.try_get(2).map_err(failed())?)?,
        disabled_at: moment(row.try_get(3).map_err(failed())?)?,
    })
}

/// The roles of accounts or tokens, each with whose it is.
pub(super) async fn grants(
    connection: &mut SqliteConnection,
    sql: &'static str,
) -> Result<Vec<(String, Grant)>, StoreError> {
    let rows: Vec<(String, String, Option<String>)> =
        sqlx::query_as(sql).fetch_all(connection).await.map_err(failed())?;
    rows.into_iter().map(|(whose, role, layer)| Ok((whose, people::grant(&role, layer)?))).collect()
}
