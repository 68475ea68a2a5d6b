//! A sign of life: the newest revision with its hash, and whether writes are taken.

use super::{Sqlite, StoreError, load};
use crate::store::{Pulse, rows};
use sqlx::Row;

impl Sqlite {
    /// Feels the pulse of the file.
    pub(in crate::store) async fn pulse(&self) -> Result<Pulse, StoreError> {
        let failed = || StoreError::database("asking how the store is");
        let mut connection = self.reader().await?;
        let newest = "select number, effective_from, state_hash from revision order by number desc limit 1";
        let row = sqlx::query(newest).fetch_optional(&mut *connection).await.map_err(failed())?;
        let head = match &row {
            None => None,
            Some(row) => Some((load::revision(row)?, rows::state_hash(row.try_get(2).map_err(failed())?)?)),
        };
        let events: i64 = sqlx::query_scalar("select coalesce(max(seq), 0) from event_head")
            .fetch_one(&mut *connection)
            .await
            .map_err(failed())?;
        Ok(Pulse { head, writable: self.writer.is_some(), events: events as u64 })
    }
}
