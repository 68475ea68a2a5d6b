//! What happens to a report after it was filed.

use super::super::load::{read_time, write_time};
use super::{Sqlite, StoreError, events, reading, report, writing};
use crate::report::{Report, TrailStep};
use crate::store::reports::{ReportWrite, column, read_word, report_columns};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row, SqliteConnection};

impl Sqlite {
    pub(in crate::store) async fn report(
        &self,
        id: u64,
    ) -> Result<Option<(Report, Vec<TrailStep>)>, StoreError> {
        let Ok(id) = i64::try_from(id) else { return Ok(None) };
        let mut connection = self.reader().await?;
        let mut transaction = connection.begin().await.map_err(reading())?;
        let row = sqlx::query(concat!("select ", report_columns!(), " from report where id = ?"))
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(reading())?;
        let Some(row) = row else { return Ok(None) };
        let rows = sqlx::query(
            "select kind, actor, made_at, comment, was, became from report_step where report = ? order by seq",
        )
        .bind(id)
        .fetch_all(&mut *transaction)
        .await
        .map_err(reading())?;
        let trail = rows.iter().map(step).collect::<Result<_, _>>()?;
        Ok(Some((report(&row)?, trail)))
    }

    pub(in crate::store) async fn write_reports(
        &self,
        writes: &[ReportWrite],
    ) -> Result<Vec<bool>, StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(writing())?;
        let (mut written, mut happenings) = (Vec::with_capacity(writes.len()), Vec::new());
        for write in writes {
            let done = update(&mut transaction, write).await?;
            written.push(done);
            if done {
                add_step(&mut transaction, write.report.id, &write.step).await?;
                happenings.extend(write.happening());
            }
        }
        events::append_all(&mut transaction, happenings).await?;
        transaction.commit().await.map_err(writing())?;
        Ok(written)
    }
}

/// Writes a report that still has the version that the writer saw; whether it had.
async fn update(connection: &mut SqliteConnection, write: &ReportWrite) -> Result<bool, StoreError> {
    let report = &write.report;
    let updated = sqlx::query(
        "update report
         set ground_unit = ?, assigned_unit = ?, assigned_revision = ?, assigned_reason = ?, needs_confirmation = ?,
           flagged = ?, stage = ?, handled_at = ?, closed_at = ?, returned = ?,
           behind = behind or ? < (select begun from relocation where one = 1), version = version + 1
         where id = ? and version = ?",
    )
    .bind(column(report.ground))
    .bind(column(report.assigned.unit))
    .bind(report.assigned.revision as i64)
    .bind(report.assigned.reason.name())
    .bind(report.needs_confirmation)
    .bind(report.flagged)
    .bind(report.stage.name())
    .bind(report.handled_at.map(write_time))
    .bind(report.closed_at.map(write_time))
    .bind(report.returned)
    .bind(write.looked as i64)
    .bind(report.id as i64)
    .bind(report.version as i64)
    .execute(connection)
    .await
    .map_err(writing())?;
    Ok(updated.rows_affected() == 1)
}

/// Adds a step to the trail of a report.
pub(super) async fn add_step(
    connection: &mut SqliteConnection,
    report: u64,
    step: &TrailStep,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into report_step (report, seq, kind, actor, made_at, comment, was, became)
         values (?1, (select coalesce(max(seq), 0) + 1 from report_step where report = ?1), ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(report as i64)
    .bind(step.kind.name())
    .bind(&step.actor)
    .bind(write_time(step.at))
    .bind(&step.comment)
    .bind(&step.from)
    .bind(&step.to)
    .execute(connection)
    .await
    .map_err(writing())?;
    Ok(())
}

pub(super) fn step(row: &SqliteRow) -> Result<TrailStep, StoreError> {
    let text = |i: usize| row.try_get::<Option<String>, _>(i).map_err(reading());
    Ok(TrailStep {
        kind: read_word("kind of step", row.try_get(0).map_err(reading())?)?,
        actor: row.try_get(1).map_err(reading())?,
        at: read_time(row.try_get(2).map_err(reading())?)?,
        comment: text(3)?,
        from: text(4)?,
        to: text(5)?,
    })
}
