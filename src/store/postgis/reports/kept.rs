//! Reports as a whole, out of one store and into another.

use super::writing::{add_step, step};
use super::{PostGis, Session, again, reading, report};
use crate::store::StoreError;
use crate::store::reports::{Kept, column, report_columns};
use sqlx::Row;

impl PostGis {
    pub(in crate::store) async fn kept_reports(
        &self,
        above: u64,
        limit: u32,
    ) -> Result<Vec<Kept>, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::view(&self.hosts, "copying reports").await?;
                let kept = read(&mut session, above, limit).await;
                // Nothing was written, so nothing is confirmed either.
                session.undo().await;
                kept
            })
        })
        .await
    }

    pub(in crate::store) async fn put_reports(&self, reports: &[Kept]) -> Result<(), StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::begin(&self.hosts, "copying reports").await?;
                let done = put_all(&mut session, reports).await;
                session.end(done).await
            })
        })
        .await
    }
}

async fn read(session: &mut Session, above: u64, limit: u32) -> Result<Vec<Kept>, StoreError> {
    let portion = concat!(
        "select ",
        report_columns!(),
        ", key, body, receipt, behind from report where id > $1 order by id limit $2"
    );
    let rows = session.rows(sqlx::query(portion).bind(above as i64).bind(i64::from(limit))).await?;
    let mut kept = Vec::with_capacity(rows.len());
    for row in &rows {
        let report = report(row)?;
        let steps = "select kind, actor, made_at, comment, was, became from report_step where report = $1 order by seq";
        let steps = session.rows(sqlx::query(steps).bind(report.id as i64)).await?;
        kept.push(Kept {
            report,
            key: row.try_get(34).map_err(reading())?,
            body: row.try_get(35).map_err(reading())?,
            receipt: row.try_get(36).map_err(reading())?,
            behind: row.try_get(37).map_err(reading())?,
            trail: steps.iter().map(step).collect::<Result<_, _>>()?,
        });
    }
    Ok(kept)
}

async fn put_all(session: &mut Session, reports: &[Kept]) -> Result<(), StoreError> {
    for kept in reports {
        put(session, kept).await?;
        for step in &kept.trail {
            add_step(session, kept.report.id, step).await?;
        }
    }
    Ok(())
}

async fn put(session: &mut Session, kept: &Kept) -> Result<(), StoreError> {
    let report = &kept.report;
    let (given, filed, assigned) = (&report.given, &report.filed, &report.assigned);
    let insert = sqlx::query(
        "insert into report (id, source, received_at, occurred_at, due_at, crs, east, north, x, y, accuracy_m, category, text, masked,
           source_ref, declared_unit, revision, outcome, rule, filed_unit, filed_land, filed_water, filed_police,
           assigned_unit, assigned_revision, assigned_reason, needs_confirmation, flagged, stage, handled_at, closed_at,
           returned, version, ground_unit, key, body, receipt, behind)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38)",
    )
    .bind(report.id as i64)
    .bind(&given.source)
    .bind(given.received_at)
    .bind(given.occurred_at)
    .bind(given.due_at)
    .bind(&given.crs)
    .bind(given.coordinates[0])
    .bind(given.coordinates[1])
    .bind(given.position.x)
    .bind(given.position.y)
    .bind(given.accuracy_m)
    .bind(&given.category)
    .bind(&given.text)
    .bind(given.masked)
    .bind(&given.source_ref)
    .bind(&given.declared_unit)
    .bind(filed.revision as i64)
    .bind(filed.outcome.name())
    .bind(&filed.rule)
    .bind(column(filed.unit))
    .bind(column(filed.land))
    .bind(column(filed.water))
    .bind(column(filed.police))
    .bind(column(assigned.unit))
    .bind(assigned.revision as i64)
    .bind(assigned.reason.name())
    .bind(report.needs_confirmation)
    .bind(report.flagged)
    .bind(report.stage.name())
    .bind(report.handled_at)
    .bind(report.closed_at)
    .bind(report.returned as i32)
    .bind(report.version as i64)
    .bind(column(report.ground))
    .bind(&kept.key)
    .bind(&kept.body)
    .bind(&kept.receipt)
    .bind(kept.behind);
    session.run(insert).await.map(|_| ())
}
