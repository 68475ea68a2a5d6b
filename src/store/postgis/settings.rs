//! What every connection is told, and what a server must keep.

use super::primary::Refusal;
use crate::store::StoreError;
use sqlx::{PgConnection, Row};

/// How long one statement may take on the server. Rows go in and out in portions, so none takes long.
pub(super) const STATEMENT_S: u64 = 10;

/// What the server is told on each connection. A transaction that a dead node left open would hold the lock
/// of the next publication; the server ends it.
const SESSION: &str = "\
    set statement_timeout = '10s';
    set lock_timeout = '5s';
    set idle_in_transaction_session_timeout = '60s';
    set timezone = 'UTC';
    set client_min_messages = 'warning';";

/// The schema of a finished store, and of one that is being built.
pub(super) const SCHEMA: &str = "wangge";
pub(super) const PARTIAL: &str = "wangge_partial";

/// Asks a host what it is: the timeline of a primary, `None` for a standby.
///
/// Refused are a database that is not in UTF-8 and a server that confirms commits which a power cut undoes.
pub(super) async fn check(connection: &mut PgConnection) -> Result<Option<u32>, Refusal> {
    let row = sqlx::query(
        "select current_setting('server_encoding'), current_setting('fsync'),
           current_setting('full_page_writes'),
           case when not pg_is_in_recovery() then
             ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint
           end",
    )
    .fetch_one(connection)
    .await?;
    let wanted = [("server_encoding", "UTF8"), ("fsync", "on"), ("full_page_writes", "on")];
    for (column, (what, expected)) in wanted.into_iter().enumerate() {
        let got: String = row.try_get(column)?;
        if got != expected {
            return Err(Refusal::Cluster(StoreError::Setting { what, expected: expected.into(), got }));
        }
    }
    let timeline: Option<i64> = row.try_get(3)?;
    Ok(timeline.map(|line| line as u32))
}

/// Settles a new connection of the pool: the settings, and where tables and the types of PostGIS are found.
pub(super) async fn apply(connection: &mut PgConnection, schema: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(SESSION).execute(&mut *connection).await?;
    sqlx::query(
        "select
           set_config('search_path', concat_ws(', ', $1::text, 'public', (
             select quote_ident(n.nspname)
             from pg_extension e join pg_namespace n on n.oid = e.extnamespace
             where e.extname = 'postgis'
           )), false),
           set_config('synchronous_commit', case current_setting('synchronous_commit')
             when 'off' then 'on' else current_setting('synchronous_commit')
           end, false)",
    )
    .bind(schema)
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_told_the_time_that_the_client_reckons_with() {
        assert!(SESSION.contains(&format!("statement_timeout = '{STATEMENT_S}s'")));
    }
}
