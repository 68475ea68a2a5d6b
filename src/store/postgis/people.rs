//! Accounts, and every change of who may do what.

use super::session::Session;
use super::{PostGis, again, audit, sessions, tokens};
use crate::store::StoreError;
use crate::store::audit::Act;
use crate::store::people::{self, AccountRow, Change, People, Roster};
use crate::store::rows::unit_id;
use crate::unit::{Account, Grant, UnitId};
use sqlx::Row;
use sqlx::postgres::PgRow;
use std::collections::BTreeSet;

const DOING: &str = "changing who may do what";

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading accounts")
}

impl PostGis {
    /// Everybody, in one moment.
    pub(in crate::store) async fn roster(&self) -> Result<Roster, StoreError> {
        again(|| {
            Box::pin(async {
                let mut session = Session::view(&self.hosts, "reading accounts").await?;
                let head = audit::end(&mut session).await?.0;
                let accounts = accounts(&mut session).await?;
                let tokens = tokens::all(&mut session).await?;
                session.commit().await?;
                Ok(Roster { head, accounts, tokens })
            })
        })
        .await
    }

    /// What argon2id made of a password.
    pub(in crate::store) async fn password(&self, name: &str) -> Result<Option<String>, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::start(&self.hosts, "reading accounts").await?;
                let select = sqlx::query("select password from account where name = $1").bind(name);
                let row = session.row(select).await?;
                row.map(|row| row.try_get(0)).transpose().map_err(failed())
            })
        })
        .await
    }

    /// One change with its entry of the audit; the entry's number. What changes nothing is not written down.
    pub(in crate::store) async fn change_people(
        &self,
        change: Change<'_>,
        act: &Act<'_>,
    ) -> Result<u64, StoreError> {
        again(|| Box::pin(self.change_once(change, act))).await
    }

    async fn change_once(&self, change: Change<'_>, act: &Act<'_>) -> Result<u64, StoreError> {
        let mut session = Session::begin(&self.hosts, DOING).await?;
        let done = write(&mut session, change, act).await;
        session.end(done).await
    }

    /// Everybody of another store, into one that has nobody.
    pub(in crate::store) async fn fill_people(&self, people: &People) -> Result<(), StoreError> {
        let mut session = Session::begin(&self.hosts, DOING).await?;
        for change in people.changes() {
            apply(&mut session, change).await?;
        }
        audit::write(&mut session, &people.audit).await?;
        session.commit().await
    }
}

async fn write(session: &mut Session, change: Change<'_>, act: &Act<'_>) -> Result<u64, StoreError> {
    audit::lock(session).await?;
    if apply(session, change).await? {
        audit::append(session, act).await
    } else {
        Ok(audit::end(session).await?.0)
    }
}

/// Does it; whether anything changed.
async fn apply(session: &mut Session, change: Change<'_>) -> Result<bool, StoreError> {
    match change {
        Change::AddAccount(account, password) => add(session, account, password).await?,
        Change::SetAccount(account) => set(session, account).await?,
        Change::SetPassword(name, password) => {
            let update = "update account set password = $1 where name = $2";
            if session.run(sqlx::query(update).bind(password).bind(name)).await? == 0 {
                return Err(people::nobody("account", name));
            }
            sessions::end_all(session, name).await?;
        }
        Change::StartSession(new) => sessions::start(session, new).await?,
        Change::EndSession(hash) => return sessions::end(session, hash).await,
        Change::AddToken(token) => tokens::add(session, token).await?,
        Change::RevokeToken(name, at) => return tokens::revoke(session, name, at).await,
    }
    Ok(true)
}

async fn add(session: &mut Session, account: &Account, password: &str) -> Result<(), StoreError> {
    let insert = sqlx::query(
        "insert into account (name, display_name, password, created_at, disabled_at)
         values ($1, $2, $3, $4, $5)
         on conflict (name) do nothing",
    )
    .bind(&account.name)
    .bind(&account.display_name)
    .bind(password)
    .bind(account.created_at)
    .bind(account.disabled_at);
    if session.run(insert).await? == 0 {
        return Err(people::taken("an account", &account.name));
    }
    write_rights(session, account).await
}

async fn set(session: &mut Session, account: &Account) -> Result<(), StoreError> {
    let name = &account.name;
    let update = sqlx::query("update account set display_name = $1, disabled_at = $2 where name = $3")
        .bind(&account.display_name)
        .bind(account.disabled_at)
        .bind(name);
    if session.run(update).await? == 0 {
        return Err(people::nobody("account", name));
    }
    session.run(sqlx::query("delete from account_role where account = $1").bind(name)).await?;
    session.run(sqlx::query("delete from account_territory where account = $1").bind(name)).await?;
    write_rights(session, account).await?;
    if account.disabled_at.is_some() {
        sessions::end_all(session, name).await?;
    }
    Ok(())
}

async fn write_rights(session: &mut Session, account: &Account) -> Result<(), StoreError> {
    refuse_unknown(session, &account.grants, &account.territory).await?;
    write_grants(
        session,
        "insert into account_role (account, role, layer)
        select $1, role, layer from unnest($2::text[], $3::text[]) as new (role, layer)",
        &account.name,
        &account.grants,
    )
    .await?;
    let units: Vec<i64> = account.territory.iter().map(|unit| unit.get() as i64).collect();
    let insert = "insert into account_territory (account, unit) select $1, unnest($2::bigint[])";
    session.run(sqlx::query(insert).bind(&account.name).bind(units)).await.map(|_| ())
}

/// Writes the roles of an account or a token.
pub(super) async fn write_grants(
    session: &mut Session,
    sql: &'static str,
    whose: &str,
    grants: &BTreeSet<Grant>,
) -> Result<(), StoreError> {
    let roles: Vec<&str> = grants.iter().map(|grant| grant.role.name()).collect();
    let layers: Vec<Option<&str>> = grants.iter().map(|grant| grant.layer.as_deref()).collect();
    session.run(sqlx::query(sql).bind(whose).bind(roles).bind(layers)).await.map(|_| ())
}

/// Refuses layers and units that are not there.
pub(super) async fn refuse_unknown(
    session: &mut Session,
    grants: &BTreeSet<Grant>,
    territory: &BTreeSet<UnitId>,
) -> Result<(), StoreError> {
    let layers = session.rows(sqlx::query("select name from layer")).await?;
    let layers: Vec<String> =
        layers.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(failed())?;
    let wanted: Vec<i64> = territory.iter().map(|unit| unit.get() as i64).collect();
    let known = session.rows(sqlx::query("select id from unit where id = any($1)").bind(wanted)).await?;
    let known = known.iter().map(|row| unit_id(row.try_get(0).map_err(failed())?));
    people::refuse_unknown(grants, &layers, territory, &known.collect::<Result<Vec<_>, _>>()?)
}

/// A stored hash.
pub(super) fn hash(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_length| StoreError::Damaged("a hash of another length than 32 bytes".into()))
}

async fn accounts(session: &mut Session) -> Result<Vec<Account>, StoreError> {
    let all = "select name, display_name, created_at, disabled_at from account";
    let rows = session.rows(sqlx::query(all)).await?;
    let rows = rows.iter().map(account_row).collect::<Result<_, _>>().map_err(failed())?;
    let roles = grants(session, "select account, role, layer from account_role").await?;
    let territory = session.rows(sqlx::query("select account, unit from account_territory")).await?;
    let territory = territory.iter().map(|row| {
        let name = row.try_get(0).map_err(failed())?;
        Ok((name, unit_id(row.try_get(1).map_err(failed())?)?))
    });
    Ok(people::accounts(rows, roles, territory.collect::<Result<_, StoreError>>()?))
}

fn account_row(row: &PgRow) -> Result<AccountRow, sqlx::Error> {
    Ok(AccountRow {
        name: row.try_get(0)?,
        display_name: row.try_get(1)?,
        created_at: row.try_get(2)?,
        disabled_at: row.try_get(3)?,
    })
}

/// The roles of accounts or tokens, each with whose it is.
pub(super) async fn grants(
    session: &mut Session,
    sql: &'static str,
) -> Result<Vec<(String, Grant)>, StoreError> {
    let rows = session.rows(sqlx::query(sql)).await?;
    let grant = |row: &PgRow| {
        let (role, layer): (&str, _) = (row.try_get(1).map_err(failed())?, row.try_get(2).map_err(failed())?);
        Ok((row.try_get(0).map_err(failed())?, people::grant(role, layer)?))
    };
    rows.iter().map(grant).collect()
}
