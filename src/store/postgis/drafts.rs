//! Drafts, claims, taken ids, lineage.

use super::session::Session;
use super::{PostGis, again, events};
use crate::edit::{Lineage, Stage};
use crate::store::drafts::{DraftColumns, OperationColumns, beginning, json, read_units};
use crate::store::events::Happening;
use crate::store::rows::unit_id;
use crate::store::{Claim, Draft, DraftEvent, DraftOperation, DraftWrite, NewDraft, StoreError, WholeDraft};
use crate::unit::UnitId;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use sqlx::Row;
use sqlx::postgres::PgRow;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading drafts")
}

macro_rules! columns {
    () => {
        "id, layer, title, reason, document, base, author, stage, approved_by, approved_change,
         scheduled_at, blocked, published, reverts, version, created_at, updated_at"
    };
}

/// What is done inside one transaction.
pub(super) type Work<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

impl PostGis {
    /// Does something in one transaction that writes.
    pub(super) async fn writing<T>(
        &self,
        doing: &'static str,
        work: impl for<'s> Fn(&'s mut Session) -> Work<'s, T>,
    ) -> Result<T, StoreError> {
        let mut session = Session::begin(&self.hosts, doing).await?;
        let done = work(&mut session).await;
        session.end(done).await
    }

    pub(in crate::store) async fn create_draft(&self, new: &NewDraft) -> Result<Draft, StoreError> {
        again(|| {
            let new = new.clone();
            Box::pin(self.writing("beginning a draft", move |session| {
                let new = new.clone();
                Box::pin(async move { create(session, &new).await })
            }))
        })
        .await
    }

    pub(in crate::store) async fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        again(|| {
            Box::pin(async {
                let mut session = Session::start(&self.hosts, "listing drafts").await?;
                let all = concat!("select ", columns!(), " from draft order by id");
                session.rows(sqlx::query(all)).await?.iter().map(draft).collect()
            })
        })
        .await
    }

    pub(in crate::store) async fn draft(&self, id: u64) -> Result<Option<WholeDraft>, StoreError> {
        let Ok(id) = i64::try_from(id) else { return Ok(None) };
        again(|| {
            Box::pin(async move {
                let mut session = Session::view(&self.hosts, "reading a draft").await?;
                let whole = whole(&mut session, id).await;
                session.undo().await;
                whole
            })
        })
        .await
    }

    pub(in crate::store) async fn draft_version(&self, id: u64) -> Result<Option<u64>, StoreError> {
        let Ok(id) = i64::try_from(id) else { return Ok(None) };
        again(|| {
            Box::pin(async move {
                let mut session = Session::start(&self.hosts, "asking for a draft's version").await?;
                version(&mut session, id).await
            })
        })
        .await
    }

    pub(in crate::store) async fn scheduled_drafts(&self) -> Result<Vec<(u64, DateTime<Utc>)>, StoreError> {
        again(|| {
            Box::pin(async {
                let mut session = Session::start(&self.hosts, "listing scheduled drafts").await?;
                let due = "select id, scheduled_at from draft where stage = 'scheduled'
                    order by scheduled_at, id";
                let pair = |row: &PgRow| -> Result<(u64, DateTime<Utc>), sqlx::Error> {
                    Ok((row.try_get::<i64, _>(0)? as u64, row.try_get(1)?))
                };
                session.rows(sqlx::query(due)).await?.iter().map(|r| pair(r).map_err(failed())).collect()
            })
        })
        .await
    }

    pub(in crate::store) async fn write_draft(&self, draft: &DraftWrite) -> Result<u64, StoreError> {
        again(|| {
            let draft = draft.clone();
            Box::pin(self.writing("writing a draft", move |session| {
                let draft = draft.clone();
                Box::pin(async move { write(session, &draft, draft.standing.published).await })
            }))
        })
        .await?;
        Ok(draft.expected + 1)
    }

    pub(in crate::store) async fn claim(&self, claim: &Claim, now: DateTime<Utc>) -> Result<(), StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::start(&self.hosts, "claiming").await?;
                session.run(sqlx::query("delete from draft_claim where until <= $1").bind(now)).await?;
                let insert = sqlx::query(
                    "insert into draft_claim (draft, actor, units, until) values ($1, $2, $3, $4)
                     on conflict (draft, actor) do update set units = excluded.units, until = excluded.until",
                )
                .bind(claim.draft as i64)
                .bind(&claim.actor)
                .bind(json(&claim.units))
                .bind(claim.until);
                session.run(insert).await.map(|_| ())
            })
        })
        .await
    }

    pub(in crate::store) async fn claims(&self, now: DateTime<Utc>) -> Result<Vec<Claim>, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::start(&self.hosts, "reading claims").await?;
                let standing = "select draft, actor, units, until from draft_claim where until > $1
                    order by draft, actor";
                session.rows(sqlx::query(standing).bind(now)).await?.iter().map(claim).collect()
            })
        })
        .await
    }

    pub(in crate::store) async fn lineage(&self) -> Result<Vec<(u64, UnitId, UnitId)>, StoreError> {
        again(|| {
            Box::pin(async {
                let mut session = Session::start(&self.hosts, "reading the lineage").await?;
                let all = "select revision, unit, heir from lineage order by revision, unit, heir";
                let triple = |row: &PgRow| {
                    let number = |i| row.try_get::<i64, _>(i).map_err(failed());
                    Ok((number(0)? as u64, unit_id(number(1)?)?, unit_id(number(2)?)?))
                };
                session.rows(sqlx::query(all)).await?.iter().map(triple).collect()
            })
        })
        .await
    }
}

/// Under a lock, so that of two that begin at once each gets a number.
async fn create(session: &mut Session, new: &NewDraft) -> Result<Draft, StoreError> {
    session.script("lock table draft in share row exclusive mode").await?;
    let next = session.row(sqlx::query("select coalesce(max(id), 0) + 1 from draft")).await?;
    let id: i64 = next.map_or(Ok(1), |row| row.try_get(0)).map_err(failed())?;
    let insert = sqlx::query(
        "insert into draft (id, layer, title, reason, document, base, author, stage, reverts, version,
           created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'draft', $8, 1, $9, $9)",
    )
    .bind(id)
    .bind(&new.layer)
    .bind(&new.title)
    .bind(&new.reason)
    .bind(&new.document)
    .bind(new.base as i64)
    .bind(&new.author)
    .bind(new.reverts.map(|n| n as i64))
    .bind(new.at);
    session.run(insert).await?;
    let (operation, event) = beginning(new);
    if let Some(operation) = operation {
        write_operation(session, id, &operation).await?;
    }
    write_event(session, id, &event).await?;
    events::append(session, Happening::of_draft(id as u64, &event, Stage::Draft)).await?;
    row(session, id).await?.ok_or_else(|| StoreError::Damaged(format!("draft {id}")))
}

/// Writes a draft that still has the version that the writer saw.
pub(super) async fn write(
    session: &mut Session,
    draft: &DraftWrite,
    published: Option<u64>,
) -> Result<(), StoreError> {
    let (standing, approval) = (&draft.standing, draft.standing.flow.approval());
    let update = sqlx::query(
        "update draft
         set base = $1, stage = $2, approved_by = $3, approved_change = $4, scheduled_at = $5, blocked = $6,
           published = $7, version = version + 1, updated_at = $8
         where id = $9 and version = $10",
    )
    .bind(standing.base as i64)
    .bind(standing.flow.stage().to_string())
    .bind(approval.map(|a| a.by.clone()))
    .bind(approval.map(|a| a.change.0.to_vec()))
    .bind(standing.scheduled_at)
    .bind(&standing.blocked)
    .bind(published.map(|n| n as i64))
    .bind(draft.at)
    .bind(draft.id as i64)
    .bind(draft.expected as i64);
    if session.run(update).await? == 0 {
        let got = version(session, draft.id as i64).await?.unwrap_or(0);
        return Err(StoreError::Stale { draft: draft.id, expected: draft.expected, got });
    }
    for operation in &draft.operations {
        write_operation(session, draft.id as i64, operation).await?;
    }
    for event in &draft.events {
        write_event(session, draft.id as i64, event).await?;
        let stage = standing.flow.stage();
        events::append(session, Happening::of_draft(draft.id, event, stage)).await?;
    }
    Ok(())
}

/// Writes what a published draft did to units that came and went.
pub(super) async fn write_lineage(
    session: &mut Session,
    revision: u64,
    lineage: &Lineage,
) -> Result<(), StoreError> {
    let (units, heirs): (Vec<i64>, Vec<i64>) =
        lineage.iter().map(|(unit, heir)| (unit.get() as i64, heir.get() as i64)).unzip();
    let insert = sqlx::query(
        "insert into lineage (revision, unit, heir)
         select $1, unit, heir from unnest($2::bigint[], $3::bigint[]) as new (unit, heir)",
    );
    session.run(insert.bind(revision as i64).bind(units).bind(heirs)).await.map(|_| ())
}

/// One row.
pub(super) async fn write_operation(
    session: &mut Session,
    draft: i64,
    operation: &DraftOperation,
) -> Result<(), StoreError> {
    let insert = sqlx::query(
        "insert into draft_operation (draft, seq, name, operation, change, standing, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
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
    .bind(operation.made_at);
    session.run(insert).await.map(|_| ())
}

/// One row.
pub(super) async fn write_event(
    session: &mut Session,
    draft: i64,
    event: &DraftEvent,
) -> Result<(), StoreError> {
    let insert = sqlx::query(
        "insert into draft_event (draft, seq, kind, actor, comment, made_at)
         values ($1, (select coalesce(max(seq), 0) + 1 from draft_event where draft = $1), $2, $3, $4, $5)",
    )
    .bind(draft)
    .bind(&event.kind)
    .bind(&event.actor)
    .bind(&event.comment)
    .bind(event.made_at);
    session.run(insert).await.map(|_| ())
}

async fn version(session: &mut Session, id: i64) -> Result<Option<u64>, StoreError> {
    let row = session.row(sqlx::query("select version from draft where id = $1").bind(id)).await?;
    let version = row.map(|row| row.try_get::<i64, _>(0)).transpose().map_err(failed())?;
    Ok(version.map(|n| n as u64))
}

async fn row(session: &mut Session, id: i64) -> Result<Option<Draft>, StoreError> {
    let one = concat!("select ", columns!(), " from draft where id = $1");
    session.row(sqlx::query(one).bind(id)).await?.as_ref().map(draft).transpose()
}

async fn whole(session: &mut Session, id: i64) -> Result<Option<WholeDraft>, StoreError> {
    let Some(draft) = row(session, id).await? else { return Ok(None) };
    let operations = "select seq, operation, change, standing, made_by, made_at
        from draft_operation where draft = $1 order by seq";
    let operations = session.rows(sqlx::query(operations).bind(id)).await?;
    let operations = operations.iter().map(operation).collect::<Result<_, _>>()?;
    let trail = "select kind, actor, comment, made_at from draft_event where draft = $1 order by seq";
    let trail = session.rows(sqlx::query(trail).bind(id)).await?;
    let trail = trail.iter().map(event).collect::<Result<_, _>>()?;
    Ok(Some(WholeDraft { draft, operations, trail }))
}

fn draft(row: &PgRow) -> Result<Draft, StoreError> {
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
            scheduled_at: row.try_get(10)?,
            blocked: row.try_get(11)?,
            published: row.try_get(12)?,
            reverts: row.try_get(13)?,
            version: row.try_get(14)?,
            created_at: row.try_get(15)?,
            updated_at: row.try_get(16)?,
        })
    };
    read().map_err(failed())?.try_into()
}

fn operation(row: &PgRow) -> Result<DraftOperation, StoreError> {
    let read = || -> Result<OperationColumns<'_>, sqlx::Error> {
        Ok(OperationColumns {
            seq: row.try_get(0)?,
            operation: row.try_get(1)?,
            change: row.try_get(2)?,
            standing: row.try_get(3)?,
            made_by: row.try_get(4)?,
            made_at: row.try_get(5)?,
        })
    };
    read().map_err(failed())?.try_into()
}

fn event(row: &PgRow) -> Result<DraftEvent, StoreError> {
    let read = || -> Result<DraftEvent, sqlx::Error> {
        let (kind, actor) = (row.try_get(0)?, row.try_get(1)?);
        Ok(DraftEvent { kind, actor, comment: row.try_get(2)?, made_at: row.try_get(3)? })
    };
    read().map_err(failed())
}

fn claim(row: &PgRow) -> Result<Claim, StoreError> {
    let units = read_units(row.try_get(2).map_err(failed())?)?;
    let draft: i64 = row.try_get(0).map_err(failed())?;
    let (actor, until) = (row.try_get(1).map_err(failed())?, row.try_get(3).map_err(failed())?);
    Ok(Claim { draft: draft as u64, actor, units, until })
}
