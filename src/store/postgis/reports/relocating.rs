//! How far open reports have followed the revisions.

use super::{PostGis, Session, again, position, reading, take_turn};
use crate::store::StoreError;
use crate::store::reports::{OpenPlace, Relocation, read_unit, read_word};
use sqlx::Row;
use sqlx::postgres::PgRow;

impl PostGis {
    pub(in crate::store) async fn relocation(&self) -> Result<Relocation, StoreError> {
        again(|| {
            Box::pin(async {
                let mut session = Session::start(&self.hosts, "asking how far reports are").await?;
                let stands = "select begun, done, exists
                      (select 1 from report where behind and stage in ('collected', 'dispatched', 'handled'))
                    from relocation where one = 1";
                let row = session.row(sqlx::query(stands)).await?;
                let row = row.ok_or_else(|| StoreError::Damaged("relocation has no row".into()))?;
                let number = |i| row.try_get::<i64, _>(i).map(|n| n as u64).map_err(reading());
                Ok(Relocation {
                    begun: number(0)?,
                    done: number(1)?,
                    behind: row.try_get(2).map_err(reading())?,
                })
            })
        })
        .await
    }

    /// Waits for those who are filing: what they file by an older revision is then seen by whoever looks next.
    pub(in crate::store) async fn begin_relocation(&self, revision: u64) -> Result<(), StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::begin(&self.hosts, "looking at open reports").await?;
                let done = begin(&mut session, revision).await;
                session.end(done).await
            })
        })
        .await
    }

    pub(in crate::store) async fn open_places(
        &self,
        above: u64,
        only_behind: bool,
        limit: u32,
    ) -> Result<Vec<OpenPlace>, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::start(&self.hosts, "looking at open reports").await?;
                let open =
                    "select id, x, y, category, ground_unit, assigned_unit, assigned_reason from report
                    where id > $1 and stage in ('collected', 'dispatched', 'handled') and (behind or not $2)
                    order by id limit $3";
                let open = sqlx::query(open).bind(above as i64).bind(only_behind).bind(i64::from(limit));
                session.rows(open).await?.iter().map(place).collect()
            })
        })
        .await
    }

    pub(in crate::store) async fn finish_relocation(
        &self,
        revision: u64,
        up_to: u64,
    ) -> Result<(), StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::begin(&self.hosts, "looking at open reports").await?;
                let done = finish(&mut session, revision, up_to).await;
                session.end(done).await
            })
        })
        .await
    }
}

async fn begin(session: &mut Session, revision: u64) -> Result<(), StoreError> {
    take_turn(session).await?;
    let begin = "update relocation set begun = greatest(begun, $1) where one = 1";
    session.run(sqlx::query(begin).bind(revision as i64)).await.map(|_| ())
}

async fn finish(session: &mut Session, revision: u64, up_to: u64) -> Result<(), StoreError> {
    take_turn(session).await?;
    let done = "update relocation set done = greatest(done, $1) where one = 1";
    session.run(sqlx::query(done).bind(revision as i64)).await?;
    let behind = "update report set behind = false where behind and id <= $1";
    session.run(sqlx::query(behind).bind(up_to as i64)).await.map(|_| ())
}

fn place(row: &PgRow) -> Result<OpenPlace, StoreError> {
    let unit = |i: usize| read_unit(row.try_get(i).map_err(reading())?);
    Ok(OpenPlace {
        report: row.try_get::<i64, _>(0).map_err(reading())? as u64,
        position: position(row, 1)?,
        category: row.try_get(3).map_err(reading())?,
        ground: unit(4)?,
        assigned: unit(5)?,
        reason: read_word("reason", row.try_get(6).map_err(reading())?)?,
    })
}
