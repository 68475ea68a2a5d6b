//! Drafts as a whole, out of one store and into another.

use super::drafts::{write_event, write_lineage, write_operation};
use super::session::Session;
use super::{PostGis, again};
use crate::edit::Lineage;
use crate::store::archive::DraftArchive;
use crate::store::rows::unit_id;
use crate::store::{Draft, StoreError, WholeDraft};
use crate::unit::UnitId;
use sqlx::Row;
use sqlx::postgres::PgRow;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("copying drafts")
}

impl PostGis {
    pub(in crate::store) async fn reserved_units(&self) -> Result<Vec<(UnitId, u64)>, StoreError> {
        again(|| {
            Box::pin(async {
                let mut session = Session::start(&self.hosts, "reading the taken ids").await?;
                let pair = |row: &PgRow| {
                    let number = |i| row.try_get::<i64, _>(i).map_err(failed());
                    Ok((unit_id(number(0)?)?, number(1)? as u64))
                };
                let all = "select id, draft from reserved_unit order by id";
                session.rows(sqlx::query(all)).await?.iter().map(pair).collect()
            })
        })
        .await
    }

    pub(in crate::store) async fn put_draft_archive(&self, archive: &DraftArchive) -> Result<(), StoreError> {
        again(|| Box::pin(self.put_once(archive))).await
    }

    async fn put_once(&self, archive: &DraftArchive) -> Result<(), StoreError> {
        let mut session = Session::begin(&self.hosts, "copying drafts").await?;
        let done = put(&mut session, archive).await;
        session.end(done).await
    }
}

async fn put(session: &mut Session, archive: &DraftArchive) -> Result<(), StoreError> {
    for WholeDraft { draft, operations, trail } in &archive.drafts {
        write_draft(session, draft).await?;
        for operation in operations {
            write_operation(session, draft.id as i64, operation).await?;
        }
        for event in trail {
            write_event(session, draft.id as i64, event).await?;
        }
    }
    for (id, draft) in &archive.reserved {
        let insert = sqlx::query("insert into reserved_unit (id, draft) values ($1, $2)");
        session.run(insert.bind(id.get() as i64).bind(*draft as i64)).await?;
    }
    for &(revision, unit, heir) in &archive.lineage {
        write_lineage(session, revision, &Lineage::from([(unit, heir)])).await?;
    }
    Ok(())
}

async fn write_draft(session: &mut Session, draft: &Draft) -> Result<(), StoreError> {
    let (standing, approval) = (&draft.standing, draft.standing.flow.approval());
    let insert = sqlx::query(
        "insert into draft (id, layer, title, reason, document, base, author, stage, approved_by, approved_change,
           scheduled_at, blocked, published, reverts, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
    )
    .bind(draft.id as i64)
    .bind(&draft.layer)
    .bind(&draft.title)
    .bind(&draft.reason)
    .bind(&draft.document)
    .bind(standing.base as i64)
    .bind(standing.flow.author())
    .bind(standing.flow.stage().to_string())
    .bind(approval.map(|a| a.by.clone()))
    .bind(approval.map(|a| a.change.0.to_vec()))
    .bind(standing.scheduled_at)
    .bind(&standing.blocked)
    .bind(standing.published.map(|n| n as i64))
    .bind(draft.reverts.map(|n| n as i64))
    .bind(draft.version as i64)
    .bind(draft.created_at)
    .bind(draft.updated_at);
    session.run(insert).await.map(|_| ())
}
