//! A new store appears whole or not at all: its tables are made and filled in a schema of their own, which
//! gets the store's name at the end, in one transaction.

use super::primary::Hosts;
use super::session::Session;
use super::settings::{PARTIAL, SCHEMA};
use super::{Address, PostGis, migrate};
use crate::store::schema::POSTGIS;
use crate::store::{Location, StoreError};
use sqlx::{AssertSqlSafe, Row};
use std::sync::Arc;

const DOING: &str = "creating the store";

/// Held by whoever builds a store in a database, until its connection ends.
const LOCK: &str = "select pg_try_advisory_lock(hashtext('wangge build'))";

/// Whether a store is in the database.
pub async fn exists(address: &Address) -> Result<bool, StoreError> {
    let hosts = Hosts::new(address.clone(), SCHEMA);
    let mut session = Session::start(&hosts, "looking for the store").await?;
    migrate::is_there(&mut session, SCHEMA).await
}

/// A store that is being built.
pub struct Building {
    hosts: Arc<Hosts>,
    lock: Session,
}

impl Building {
    /// Starts a new store, with its schema and nothing else. An empty store that is there will be replaced.
    pub async fn begin(address: &Address) -> Result<Self, StoreError> {
        let hosts = Hosts::new(address.clone(), PARTIAL);
        let mut lock = Session::start(&hosts, DOING).await?;
        let ready = prepare(&mut lock, &hosts.place()).await;
        if let Err(error) = ready {
            lock.hang_up().await;
            return Err(error);
        }
        let mut session = Session::begin(&hosts, DOING).await?;
        session.take_time().await?;
        session.script("drop schema if exists wangge_partial cascade; create schema wangge_partial").await?;
        migrate::apply(&mut session, POSTGIS).await?;
        session.commit().await?;
        Ok(Self { hosts, lock })
    }

    /// The store, to be filled.
    pub fn store(&self) -> PostGis {
        PostGis { hosts: self.hosts.clone() }
    }

    /// Gives the store its name.
    pub async fn finish(self) -> Result<(), StoreError> {
        let mut session = Session::begin(&self.hosts, DOING).await?;
        refuse_filled(&mut session).await?;
        session
            .script("drop schema if exists wangge cascade; alter schema wangge_partial rename to wangge")
            .await?;
        session.commit().await?;
        self.lock.hang_up().await;
        self.hosts.close();
        Ok(())
    }

    /// Removes what there is of it.
    pub async fn discard(self) -> Result<(), StoreError> {
        let mut session = Session::start(&self.hosts, DOING).await?;
        session.script("drop schema if exists wangge_partial cascade").await?;
        self.lock.hang_up().await;
        self.hosts.close();
        Ok(())
    }
}

/// Takes the lock; sees to it that nothing is there, and that PostGIS is.
async fn prepare(session: &mut Session, place: &Location) -> Result<(), StoreError> {
    session.take_time().await?;
    if !truth(session, LOCK).await? {
        return Err(StoreError::InUse(place.clone()));
    }
    refuse_filled(session).await?;
    if truth(session, "select exists (select from pg_extension where extname = 'postgis')").await? {
        return Ok(());
    }
    let got = |error: StoreError| match error {
        StoreError::Database { source, .. } => StoreError::NotAStore {
            place: place.clone(),
            got: format!(
                "a database without PostGIS ({source}); its administrator can run: create extension postgis"
            ),
        },
        other => other,
    };
    session.script("create extension if not exists postgis with schema public").await.map_err(got)
}

/// Refuses to build where a store has a row in any of its tables.
async fn refuse_filled(session: &mut Session) -> Result<(), StoreError> {
    let tables = "select format('select exists (select from %I.%I)', $1::text, relname)
        from pg_class
        where relnamespace = to_regnamespace($1::text)::oid and relkind in ('r', 'p')
          -- These have rows from the beginning.
          and relname not in ('wangge_schema', 'event_head', 'relocation')
        order by relname";
    for row in session.rows(sqlx::query(tables).bind(SCHEMA)).await? {
        let question: String = row.try_get(0).map_err(StoreError::database(DOING))?;
        if truth(session, AssertSqlSafe(question)).await? {
            return Err(StoreError::Exists(session.place()));
        }
    }
    Ok(())
}

async fn truth(session: &mut Session, question: impl sqlx::SqlSafeStr) -> Result<bool, StoreError> {
    let row = session.row(sqlx::query(question)).await?;
    let answer = row.map(|row| row.try_get(0)).transpose();
    Ok(answer.map_err(StoreError::database(DOING))?.unwrap_or(false))
}
