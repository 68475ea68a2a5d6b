//! Drafts, claims, taken ids, lineage.

use super::load::{read_time, write_time};
use super::{Sqlite, StoreError, events};
use crate::edit::{Lineage, Stage};
use crate::store::drafts::{DraftColumns, OperationColumns, beginning, json, read_units};
use crate::store::events::Happening;
use crate::store::rows::unit_id;
use crate::store::{Claim, Draft, DraftEvent, DraftOperation, DraftWrite, NewDraft, WholeDraft};
use crate::unit::UnitId;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row, SqliteConnection};

fn reading() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading drafts")
}

fn writing() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("writing a draft")
}

macro_rules! columns {
    () => {
        "id, layer, title, reason, document, base, author, stage, approved_by, approved_change,
         scheduled_at, blocked, published, reverts, version, created_at, updated_at"
    };
}

impl Sqlite {
    pub(in crate::store) async fn create_draft(&self, new: &NewDraft) -> Result<Draft, StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(writing())?;
        let id: i64 = sqlx::query_scalar("select coalesce(max(id), 0) + 1 from draft")
            .fetch_one(&mut *transaction)
            .await
            .map_err(writing())?;
        sqlx::query(
            "insert into draft (id, layer, title, reason, document, base, author, stage, reverts, version,
               created_at, updated_at)
             values (?, ?, ?, ?, ?, ?, ?, 'draft', ?, 1, ?, ?)",
        )
        .bind(id)
        .bind(&new.layer)
        .bind(&new.title)
        .bind(&new.reason)
        .bind(&new.document)
        .bind(new.base as i64)
        .bind(&new.author)
        .bind(new.reverts.map(|n| n as i64))
        .bind(write_time(new.at))
        .bind(write_time(new.at))
        .execute(&mut *transaction)
        .await
        .map_err(writing())?;
        let (operation, event) = beginning(new);
        if let Some(operation) = operation {
            write_operation(&mut transaction, id, &operation).await?;
        }
        write_event(&mut transaction, id, &event).await?;
        let happening = Happening::of_draft(id as u64, &event, Stage::Draft);
        events::append(&mut transaction, happening).await?;
        let draft = row(&mut transaction, id).await?;
        transaction.commit().await.map_err(writing())?;
        draft.ok_or_else(|| StoreError::Damaged(format!("draft {id}")))
    }

    pub(in crate::store) async fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        let mut connection = self.reader().await?;
        let rows = sqlx::query(concat!("select ", columns!(), " from draft order by id"))
            .fetch_all(&mut *connection)
            .await
            .map_err(reading())?;
        rows.iter().map(draft).collect()
    }

    pub(in crate::store) async fn draft(&self, id: u64) -> Result<Option<WholeDraft>, StoreError> {
        let mut connection = self.reader().await?;
        let mut transaction = connection.begin().await.map_err(reading())?;
        let Some(draft) = row(&mut transaction, id as i64).await? else { return Ok(None) };
        let rows = sqlx::query(
            "select seq, operation, change, standing, made_by, made_at
             from draft_operation where draft = ? order by seq",
        )
        .bind(id as i64)
        .fetch_all(&mut *transaction)
        .await
        .map_err(reading())?;
        let operations = rows.iter().map(operation).collect::<Result<_, _>>()?;
        let rows =
            sqlx::query("select kind, actor, comment, made_at from draft_event where draft = ? order by seq")
                .bind(id as i64)
                .fetch_all(&mut *transaction)
                .await
                .map_err(reading())?;
        let trail = rows.iter().map(event).collect::<Result<_, _>>()?;
        Ok(Some(WholeDraft { draft, operations, trail }))
    }

    pub(in crate::store) async fn draft_version(&self, id: u64) -> Result<Option<u64>, StoreError> {
        let mut connection = self.reader().await?;
        version(&mut connection, id as i64).await
    }

    pub(in crate::store) async fn scheduled_drafts(&self) -> Result<Vec<(u64, DateTime<Utc>)>, StoreError> {
        let mut connection = self.reader().await?;
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "select id, scheduled_at from draft where stage = 'scheduled' order by scheduled_at, id",
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(reading())?;
        rows.into_iter().map(|(id, at)| Ok((id as u64, read_time(&at)?))).collect()
    }

    pub(in crate::store) async fn write_draft(&self, draft: &DraftWrite) -> Result<u64, StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(writing())?;
        write(&mut transaction, draft, draft.standing.published).await?;
        transaction.commit().await.map_err(writing())?;
        Ok(draft.expected + 1)
    }

    pub(in crate::store) async fn claim(&self, claim: &Claim, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(writing())?;
        sqlx::query("delete from draft_claim where until <= ?")
            .bind(write_time(now))
            .execute(&mut *transaction)
            .await
            .map_err(writing())?;
        sqlx::query(
            "insert into draft_claim (draft, actor, units, until) values (?, ?, ?, ?)
             on conflict (draft, actor) do update set units = excluded.units, until = excluded.until",
        )
        .bind(claim.draft as i64)
        .bind(&claim.actor)
        .bind(json(&claim.units))
        .bind(write_time(claim.until))
        .execute(&mut *transaction)
        .await
        .map_err(writing())?;
        transaction.commit().await.map_err(writing())
    }

    pub(in crate::store) async fn claims(&self, now: DateTime<Utc>) -> Result<Vec<Claim>, StoreError> {
        let mut connection = self.reader().await?;
        let rows: Vec<(i64, String, String, String)> = sqlx::query_as(
            "select draft, actor, units, until from draft_claim where until > ? order by draft, actor",
        )
        .bind(write_time(now))
        .fetch_all(&mut *connection)
        .await
        .map_err(reading())?;
        let claim = |(draft, actor, units, until): (i64, String, String, String)| {
            let (units, until) = (read_units(&units)?, read_time(&until)?);
            Ok(Claim { draft: draft as u64, actor, units, until })
        };
        rows.into_iter().map(claim).collect()
    }

    pub(in crate::store) async fn lineage(&self) -> Result<Vec<(u64, UnitId, UnitId)>, StoreError> {
        let mut connection = self.reader().await?;
        let rows: Vec<(i64, i64, i64)> =
            sqlx::query_as("select revision, unit, heir from lineage order by revision, unit, heir")
                .fetch_all(&mut *connection)
                .await
                .map_err(reading())?;
        rows.into_iter().map(|(n, unit, heir)| Ok((n as u64, unit_id(unit)?, unit_id(heir)?))).collect()
    }
}

/// Writes a draft that still has the version that the writer saw.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    draft: &DraftWrite,
    published: Option<u64>,
) -> Result<(), StoreError> {
    let (standing, approval) = (&draft.standing, draft.standing.flow.approval());
    let updated = sqlx::query(
        "update draft
         set base = ?, stage = ?, approved_by = ?, approved_change = ?, scheduled_at = ?, blocked = ?,
           published = ?, version = version + 1, updated_at = ?
         where id = ? and version = ?",
    )
    .bind(standing.base as i64)
    .bind(standing.flow.stage().to_string())
    .bind(approval.map(|a| &a.by))
    .bind(approval.map(|a| &a.change.0[..]))
    .bind(standing.scheduled_at.map(write_time))
    .bind(&standing.blocked)
    .bind(published.map(|n| n as i64))
    .bind(write_time(draft.at))
    .bind(draft.id as i64)
    .bind(draft.expected as i64)
    .execute(&mut *connection)
    .await
    .map_err(writing())?;
    if updated.rows_affected() == 0 {
        let got = version(connection, draft.id as i64).await?.unwrap_or(0);
        return Err(StoreError::Stale { draft: draft.id, expected: draft.expected, got });
    }
    for operation in &draft.operations {
        write_operation(connection, draft.id as i64, operation).await?;
    }
    for event in &draft.events {
        write_event(connection, draft.id as i64, event).await?;
        let stage = standing.flow.stage();
        events::append(connection, Happening::of_draft(draft.id, event, stage)).await?;
    }
    Ok(())
}

/// Writes what a published draft did to units that came and went.
pub(super) async fn write_lineage(
    connection: &mut SqliteConnection,
    revision: u64,
    lineage: &Lineage,
) -> Result<(), StoreError> {
    for (unit, heir) in lineage {
        sqlx::query("insert into lineage (revision, unit, heir) values (?, ?, ?)")
            .bind(revision as i64)
            .bind(unit.get() as i64)
            .bind(heir.get() as i64)
            .execute(&mut *connection)
            .await
            .map_err(writing())?;
    }
    Ok(())
}

/// One row.
pub(super) async fn write_operation(
    connection: &mut SqliteConnection,
    draft: i64,
    operation: &DraftOperation,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into draft_operation (draft, seq, name, operation, change, standing, made_by, made_at)
         values (?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (draft, seq) do update
         set name = excluded.name, operation = excluded.operation, change = excluded.change,
           standing = excluded.standing",
    )
    .bind(draft)
    .bind(operation.seq as i64)
    .bind(operation.operation.kind.name())
    .bind(json(&operation.operation))
    .bind(json(&operation.change))
    .bind(operation.part.name())
    .bind(&operation.made_by)
    .bind(write_time(operation.made_at))
    .execute(connection)
    .await
    .map_err(writing())?;
    Ok(())
}

/// One row.
pub(super) async fn write_event(
    connection: &mut SqliteConnection,
    draft: i64,
    event: &DraftEvent,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into draft_event (draft, seq, kind, actor, comment, made_at)
         values (?1, (select coalesce(max(seq), 0) + 1 from draft_event where draft = ?1), ?2, ?3, ?4, ?5)",
    )
    .bind(draft)
    .bind(&event.kind)
    .bind(&event.actor)
    .bind(&event.comment)
    .bind(write_time(event.made_at))
    .execute(connection)
    .await
    .map_err(writing())?;
    Ok(())
}

async fn version(connection: &mut SqliteConnection, id: i64) -> Result<Option<u64>, StoreError> {
    let version: Option<i64> = sqlx::query_scalar("select version from draft where id = ?")
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(reading())?;
    Ok(version.map(|n| n as u64))
}

async fn row(connection: &mut SqliteConnection, id: i64) -> Result<Option<Draft>, StoreError> {
    let row = sqlx::query(concat!("select ", columns!(), " from draft where id = ?"))
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(reading())?;
    row.as_ref().map(draft).transpose()
}

fn time(row: &SqliteRow, column: usize) -> Result<DateTime<Utc>, StoreError> {
    read_time(row.try_get(column).map_err(reading())?)
}

fn draft(row: &SqliteRow) -> Result<Draft, StoreError> {
    let scheduled: Option<&str> = row.try_get(10).map_err(reading())?;
    let (scheduled_at, created_at, updated_at) =
        (scheduled.map(read_time).transpose()?, time(row, 15)?, time(row, 16)?);
    let read = || -> Result<DraftColumns, sqlx::Error> {
        Ok(DraftColumns {
            id: row.try_get(0)?,
            layer: row.try_get(1)?,
            title: row.try_get(2)?,
            reason: row.try_get(3)?,
            document: row.try_get(4)?,
            base: row.try_get(5)?,
            author: row.try_get(6)?,
            stage: row.try_get(7)?,
            approved_by: row.try_get(8)?,
            approved_change: row.try_get(9)?,
            scheduled_at,
            blocked: row.try_get(11)?,
            published: row.try_get(12)?,
            reverts: row.try_get(13)?,
            version: row.try_get(14)?,
            created_at,
            updated_at,
        })
    };
    read().map_err(reading())?.try_into()
}

fn operation(row: &SqliteRow) -> Result<DraftOperation, StoreError> {
    let made_at = time(row, 5)?;
    let read = || -> Result<OperationColumns<'_>, sqlx::Error> {
        Ok(OperationColumns {
            seq: row.try_get(0)?,
            operation: row.try_get(1)?,
            change: row.try_get(2)?,
            standing: row.try_get(3)?,
            made_by: row.try_get(4)?,
            made_at,
        })
    };
    read().map_err(reading())?.try_into()
}

fn event(row: &SqliteRow) -> Result<DraftEvent, StoreError> {
    let made_at = time(row, 3)?;
    let read = || -> Result<DraftEvent, sqlx::Error> {
        Ok(DraftEvent { kind: row.try_get(0)?, actor: row.try_get(1)?, comment: row.try_get(2)?, made_at })
    };
    read().map_err(reading())
}
