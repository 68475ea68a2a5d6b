//! A sign of life: the newest revision with its hash, and whether writes are taken.

use super::session::Session;
use super::{PostGis, again, load};
use crate::store::{Pulse, StoreError, rows};
use sqlx::Row;
use sqlx::postgres::PgRow;

/// One row, also of an empty store.
const PULSE: &str = "select newest.number, newest.effective_from, newest.state_hash,
       current_setting('transaction_read_only') = 'off',
       (select coalesce(max(seq), 0) from event_head)
     from (select 1) as one
     left join (
       select number, effective_from, state_hash from revision order by number desc limit 1
     ) as newest on true";

impl PostGis {
    /// Feels the pulse of the store; never waits long.
    pub(in crate::store) async fn pulse(&self) -> Result<Pulse, StoreError> {
        let asking = again(|| {
            Box::pin(async {
                let mut session = Session::start(&self.hosts, "asking how the store is").await?;
                let row = session.row(sqlx::query(PULSE)).await?;
                row.as_ref().map(pulse).transpose()
            })
        });
        let pulse = self.in_time(asking).await?;
        pulse.ok_or_else(|| StoreError::Damaged("no answer to a question that has one row".into()))
    }
}

fn pulse(row: &PgRow) -> Result<Pulse, StoreError> {
    let failed = || StoreError::database("asking how the store is");
    let writable = row.try_get(3).map_err(failed())?;
    let events: i64 = row.try_get(4).map_err(failed())?;
    let hash: Option<&[u8]> = row.try_get(2).map_err(failed())?;
    let head = match hash {
        None => None,
        Some(hash) => Some((load::revision(row)?, rows::state_hash(hash)?)),
    };
    Ok(Pulse { head, writable, events: events as u64 })
}
