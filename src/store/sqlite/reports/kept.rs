//! Reports as a whole, out of one store and into another.

use super::super::load::write_time;
use super::writing::{add_step, step};
use super::{Sqlite, StoreError, reading, report, writing};
use crate::store::reports::{Kept, column, report_columns};
use sqlx::{Connection, Row, SqliteConnection};

impl Sqlite {
    pub(in crate::store) async fn kept_reports(
        &self,
        above: u64,
        limit: u32,
    ) -> Result<Vec<Kept>, StoreError> {
        let mut connection = self.reader().await?;
        let mut transaction = connection.begin().await.map_err(reading())?;
        let rows = sqlx::query(concat!(
            "select ",
            report_columns!(),
            ", key, body, receipt, behind from report where id > ? order by id limit ?"
        ))
        .bind(above as i64)
        .bind(limit)
        .fetch_all(&mut *transaction)
        .await
        .map_err(reading())?;
        let mut kept = Vec::with_capacity(rows.len());
        for row in &rows {
            let report = report(row)?;
            let steps = sqlx::query(
                "select kind, actor, made_at, comment, was, became from report_step where report = ? order by seq",
            )
            .bind(report.id as i64)
            .fetch_all(&mut *transaction)
            .await
            .map_err(reading())?;
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

    pub(in crate::store) async fn put_reports(&self, reports: &[Kept]) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(writing())?;
        for kept in reports {
            put(&mut transaction, kept).await?;
            for step in &kept.trail {
                add_step(&mut transaction, kept.report.id, step).await?;
            }
        }
        transaction.commit().await.map_err(writing())
    }
}

async fn put(connection: &mut SqliteConnection, kept: &Kept) -> Result<(), StoreError> {
    let report = &kept.report;
    let (given, filed, assigned) = (&report.given, &report.filed, &report.assigned);
    sqlx::query(
        "insert into report (id, source, received_at, occurred_at, due_at, crs, east, north, x, y, accuracy_m, category, text, masked,
           source_ref, declared_unit, revision, outcome, rule, filed_unit, filed_land, filed_water, filed_police,
           assigned_unit, assigned_revision, assigned_reason, needs_confirmation, flagged, stage, handled_at, closed_at,
           returned, version, ground_unit, key, body, receipt, behind)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(report.id as i64)
    .bind(&given.source)
    .bind(write_time(given.received_at))
    .bind(write_time(given.occurred_at))
    .bind(write_time(given.due_at))
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
    .bind(report.handled_at.map(write_time))
    .bind(report.closed_at.map(write_time))
    .bind(i64::from(report.returned))
    .bind(report.version as i64)
    .bind(column(report.ground))
    .bind(&kept.key)
    .bind(&kept.body)
    .bind(&kept.receipt)
    .bind(kept.behind)
    .execute(connection)
    .await
    .map_err(writing())?;
    Ok(())
}
