//! Ids for units to come.

use super::session::Session;
use super::{PostGis, again};
use crate::store::StoreError;
use crate::store::unit_ids::ids_after;
use crate::unit::UnitId;
use sqlx::Row;
use sqlx::postgres::PgRow;
use std::collections::HashMap;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading the ids of units")
}

impl PostGis {
    pub(in crate::store) async fn reserve_units(
        &self,
        draft: u64,
        count: usize,
    ) -> Result<Vec<UnitId>, StoreError> {
        again(|| {
            Box::pin(self.writing("taking unit ids", move |session| {
                Box::pin(async move { reserve(session, draft as i64, count).await })
            }))
        })
        .await
    }

    pub(in crate::store) async fn last_unit_id(&self) -> Result<u64, StoreError> {
        again(|| {
            Box::pin(async {
                let mut session = Session::start(&self.hosts, "asking for the last unit").await?;
                Ok(last(&mut session).await? as u64)
            })
        })
        .await
    }
}

/// Under a lock, so that no two drafts take the same.
async fn reserve(session: &mut Session, draft: i64, count: usize) -> Result<Vec<UnitId>, StoreError> {
    session.script("lock table reserved_unit in share row exclusive mode").await?;
    let last = last(session).await?;
    let ids = ids_after(last, count)?;
    let insert = sqlx::query("insert into reserved_unit (id, draft) select unnest($1::bigint[]), $2")
        .bind(ids.iter().map(|id| id.get() as i64).collect::<Vec<_>>())
        .bind(draft);
    session.run(insert).await?;
    Ok(ids)
}

/// The largest id that a unit has had or a draft has taken.
async fn last(session: &mut Session) -> Result<i64, StoreError> {
    let last = "select greatest(coalesce((select max(id) from unit), 0),
        coalesce((select max(id) from reserved_unit), 0))";
    let row = session.row(sqlx::query(last)).await?;
    row.map_or(Ok(0), |row| row.try_get(0)).map_err(failed())
}

/// The ids that drafts have taken and no unit has yet, with the drafts.
pub(super) async fn taken(session: &mut Session) -> Result<HashMap<i64, i64>, StoreError> {
    let taken = "select reserved_unit.id, reserved_unit.draft from reserved_unit
        left join unit on unit.id = reserved_unit.id
        where unit.id is null";
    let pair = |row: &PgRow| Ok((row.try_get(0).map_err(failed())?, row.try_get(1).map_err(failed())?));
    session.rows(sqlx::query(taken)).await?.iter().map(pair).collect()
}
