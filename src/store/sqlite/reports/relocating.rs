//! How far open reports have followed the revisions.

use super::{Sqlite, StoreError, reading, writing};
use crate::geom::Point;
use crate::store::reports::{OpenPlace, Relocation, read_unit, read_word};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row};

impl Sqlite {
    pub(in crate::store) async fn relocation(&self) -> Result<Relocation, StoreError> {
        let mut connection = self.reader().await?;
        let (begun, done, behind): (i64, i64, bool) = sqlx::query_as(
            "select begun, done, exists (select 1 from report where behind = 1 and stage in ('collected', 'dispatched', 'handled'))
             from relocation where one = 1",
        )
        .fetch_one(&mut *connection)
        .await
        .map_err(reading())?;
        Ok(Relocation { begun: begun as u64, done: done as u64, behind })
    }

    pub(in crate::store) async fn begin_relocation(&self, revision: u64) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        sqlx::query("update relocation set begun = max(begun, ?) where one = 1")
            .bind(revision as i64)
            .execute(&mut *writer)
            .await
            .map_err(writing())?;
        Ok(())
    }

    pub(in crate::store) async fn open_places(
        &self,
        above: u64,
        only_behind: bool,
        limit: u32,
    ) -> Result<Vec<OpenPlace>, StoreError> {
        let mut connection = self.reader().await?;
        let all = "select id, x, y, category, ground_unit, assigned_unit, assigned_reason from report
            where id > ? and stage in ('collected', 'dispatched', 'handled') order by id limit ?";
        let behind = "select id, x, y, category, ground_unit, assigned_unit, assigned_reason from report
            where id > ? and stage in ('collected', 'dispatched', 'handled') and behind = 1 order by id limit ?";
        let rows = sqlx::query(if only_behind { behind } else { all })
            .bind(above as i64)
            .bind(limit)
            .fetch_all(&mut *connection)
            .await
            .map_err(reading())?;
        rows.iter().map(place).collect()
    }

    pub(in crate::store) async fn finish_relocation(
        &self,
        revision: u64,
        up_to: u64,
    ) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(writing())?;
        sqlx::query("update relocation set done = max(done, ?) where one = 1")
            .bind(revision as i64)
            .execute(&mut *transaction)
            .await
            .map_err(writing())?;
        sqlx::query("update report set behind = 0 where behind = 1 and id <= ?")
            .bind(up_to as i64)
            .execute(&mut *transaction)
            .await
            .map_err(writing())?;
        transaction.commit().await.map_err(writing())
    }
}

fn place(row: &SqliteRow) -> Result<OpenPlace, StoreError> {
    let unit = |i: usize| read_unit(row.try_get(i).map_err(reading())?);
    Ok(OpenPlace {
        report: row.try_get::<i64, _>(0).map_err(reading())? as u64,
        position: Point { x: row.try_get(1).map_err(reading())?, y: row.try_get(2).map_err(reading())? },
        category: row.try_get(3).map_err(reading())?,
        ground: unit(4)?,
        assigned: unit(5)?,
        reason: read_word("reason", row.try_get(6).map_err(reading())?)?,
    })
}
