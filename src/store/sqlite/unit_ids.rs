//! Ids for units to come.

use super::{Sqlite, StoreError};
use crate::store::unit_ids::ids_after;
use crate::unit::UnitId;
use sqlx::{Connection, SqliteConnection};
use std::collections::HashMap;

fn reading() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading the ids of units")
}

fn writing() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("taking unit ids")
}

impl Sqlite {
    pub(in crate::store) async fn reserve_units(
        &self,
        draft: u64,
        count: usize,
    ) -> Result<Vec<UnitId>, StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(writing())?;
        let last = last(&mut transaction).await?;
        let ids = ids_after(last, count)?;
        for id in &ids {
            sqlx::query("insert into reserved_unit (id, draft) values (?, ?)")
                .bind(id.get() as i64)
                .bind(draft as i64)
                .execute(&mut *transaction)
                .await
                .map_err(writing())?;
        }
        transaction.commit().await.map_err(writing())?;
        Ok(ids)
    }

    pub(in crate::store) async fn last_unit_id(&self) -> Result<u64, StoreError> {
        let mut connection = self.reader().await?;
        Ok(last(&mut connection).await? as u64)
    }
}

/// The largest id that a unit has had or a draft has taken.
async fn last(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    let last = "select max(coalesce((select max(id) from unit), 0), coalesce((select max(id) from reserved_unit), 0))";
    sqlx::query_scalar(last).fetch_one(connection).await.map_err(reading())
}

/// The ids that drafts have taken and no unit has yet, with the drafts.
pub(super) async fn taken(connection: &mut SqliteConnection) -> Result<HashMap<i64, i64>, StoreError> {
    let taken = "select reserved_unit.id, reserved_unit.draft from reserved_unit
        left join unit on unit.id = reserved_unit.id
        where unit.id is null";
    let rows: Vec<(i64, i64)> = sqlx::query_as(taken).fetch_all(connection).await.map_err(reading())?;
    Ok(rows.into_iter().collect())
}
