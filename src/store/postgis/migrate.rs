//! Migrations: what made the tables, and how an older store is brought forward.

use super::primary::Hosts;
use super::session::Session;
use crate::store::StoreError;
use crate::store::schema::{self, KNOWN, Migration, OWN_VERSION, POSTGIS};
use sqlx::Row;
use std::sync::Arc;

const DOING: &str = "migrating the store";

/// Refuses what is no store and what is newer; brings an older one forward.
pub(super) async fn bring_forward(hosts: &Arc<Hosts>) -> Result<(), StoreError> {
    let mut session = Session::bare(hosts, "opening the store").await?;
    if !is_there(&mut session, hosts.schema()).await? {
        return Err(StoreError::Missing(hosts.place()));
    }
    if version(&mut session).await? == KNOWN {
        return Ok(());
    }
    drop(session);
    let mut session = Session::bare(hosts, DOING).await?.transaction("begin").await?;
    // Of several nodes that start at once, one does it and the others then find it done.
    session.script("lock table wangge_schema in exclusive mode").await?;
    let stands = version(&mut session).await?;
    apply(&mut session, schema::due(POSTGIS, stands)).await?;
    session.commit().await
}

/// Whether a schema holds a store.
pub(super) async fn is_there(session: &mut Session, schema: &str) -> Result<bool, StoreError> {
    let found = sqlx::query("select to_regclass($1::text || '.wangge_schema') is not null").bind(schema);
    let row = session.row(found).await?;
    let found = row.map(|row| row.try_get(0)).transpose();
    Ok(found.map_err(StoreError::database(DOING))?.unwrap_or(false))
}

/// The newest step that was applied; a newer program's is refused.
async fn version(session: &mut Session) -> Result<i64, StoreError> {
    let newest = "select version, written_by from wangge_schema order by version desc limit 1";
    let Some(row) = session.row(sqlx::query(newest)).await? else {
        let got = "tables without a schema version".into();
        return Err(StoreError::NotAStore { place: session.place(), got });
    };
    let read = |e| StoreError::Database { doing: DOING, source: e };
    let (found, written_by) = (row.try_get(0).map_err(read)?, row.try_get(1).map_err(read)?);
    schema::refuse_newer(&session.place(), found, written_by)?;
    Ok(found)
}

/// Applies steps in the transaction that is open.
pub(super) async fn apply(session: &mut Session, steps: &[Migration]) -> Result<(), StoreError> {
    for step in steps {
        session.script(step.sql).await?;
        let done = "insert into wangge_schema (version, name, written_by) values ($1, $2, $3)";
        session.run(sqlx::query(done).bind(step.version).bind(step.name).bind(OWN_VERSION)).await?;
    }
    Ok(())
}
