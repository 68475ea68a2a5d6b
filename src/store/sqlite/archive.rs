//! Drafts as a whole, out of one store and into another.

use super::drafts::{write_event, write_lineage, write_operation};
use super::load::write_time;
use super::{Sqlite, StoreError};
use crate::edit::Lineage;
use crate::store::archive::DraftArchive;
use crate::store::rows::unit_id;
use crate::store::{Draft, WholeDraft};
use crate::unit::UnitId;
use sqlx::{Connection, SqliteConnection};

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("copying drafts")
}

impl Sqlite {
    pub(in crate::store) async fn reserved_units(&self) -> Result<Vec<(UnitId, u64)>, StoreError> {
        let mut connection = self.reader().await?;
        let rows: Vec<(i64, i64)> = sqlx::query_as("select id, draft from reserved_unit order by id")
            .fetch_all(&mut *connection)
            .await
            .map_err(failed())?;
        rows.into_iter().map(|(id, draft)| Ok((unit_id(id)?, draft as u64))).collect()
    }

    pub(in crate::store) async fn put_draft_archive(&self, archive: &DraftArchive) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(failed())?;
        for WholeDraft { draft, operations, trail } in &archive.drafts {
            write_draft(&mut transaction, draft).await?;
            for operation in operations {
                write_operation(&mut transaction, draft.id as i64, operation).await?;
            }
            for event in trail {
                write_event(&mut transaction, draft.id as i64, event).await?;
            }
        }
        for (id, draft) in &archive.reserved {
            sqlx::query("insert into reserved_unit (id, draft) values (?, ?)")
                .bind(id.get() as i64)
                .bind(*draft as i64)
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
        }
        for &(revision, unit, heir) in &archive.lineage {
            write_lineage(&mut transaction, revision, &Lineage::from([(unit, heir)])).await?;
        }
        transaction.commit().await.map_err(failed())
    }
}

async fn write_draft(connection: &mut SqliteConnection, draft: &Draft) -> Result<(), StoreError> {
    let (standing, approval) = (&draft.standing, draft.standing.flow.approval());
    sqlx::query(
        "insert into draft (id, layer, title, reason, document, base, author, stage, approved_by, approved_change,
           scheduled_at, blocked, published, reverts, version, created_at, updated_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(draft.id as i64)
    .bind(&draft.layer)
    .bind(&draft.title)
    .bind(&draft.reason)
    .bind(&draft.document)
    .bind(standing.base as i64)
    .bind(standing.flow.author())
    .bind(standing.flow.stage().to_string())
    .bind(approval.map(|a| &a.by))
    .bind(approval.map(|a| &a.change.0[..]))
    .bind(standing.scheduled_at.map(write_time))
    .bind(&standing.blocked)
    .bind(standing.published.map(|n| n as i64))
    .bind(draft.reverts.map(|n| n as i64))
    .bind(draft.version as i64)
    .bind(write_time(draft.created_at))
    .bind(write_time(draft.updated_at))
    .execute(connection)
    .await
    .map_err(failed())?;
    Ok(())
}
