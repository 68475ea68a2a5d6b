//! What happens to a report after it was filed.

use super::{PostGis, Session, again, events, reading, report, take_turn};
use crate::report::{Report, TrailStep};
use crate::store::StoreError;
use crate::store::reports::{ReportWrite, column, read_word, report_columns};
use sqlx::Row;
use sqlx::postgres::PgRow;

impl PostGis {
    pub(in crate::store) async fn report(
        &self,
        id: u64,
    ) -> Result<Option<(Report, Vec<TrailStep>)>, StoreError> {
        let Ok(id) = i64::try_from(id) else { return Ok(None) };
        again(|| {
            Box::pin(async move {
                let mut session = Session::view(&self.hosts, "reading a report").await?;
                let found = whole(&mut session, id).await;
                // Nothing was written, so nothing is confirmed either.
                session.undo().await;
                found
            })
        })
        .await
    }

    pub(in crate::store) async fn write_reports(
        &self,
        writes: &[ReportWrite],
    ) -> Result<Vec<bool>, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::begin(&self.hosts, "writing reports").await?;
                let written = write_all(&mut session, writes).await;
                session.end(written).await
            })
        })
        .await
    }
}

async fn whole(session: &mut Session, id: i64) -> Result<Option<(Report, Vec<TrailStep>)>, StoreError> {
    let one = concat!("select ", report_columns!(), " from report where id = $1");
    let Some(row) = session.row(sqlx::query(one).bind(id)).await? else { return Ok(None) };
    let steps =
        "select kind, actor, made_at, comment, was, became from report_step where report = $1 order by seq";
    let steps = session.rows(sqlx::query(steps).bind(id)).await?;
    let trail = steps.iter().map(step).collect::<Result<_, _>>()?;
    Ok(Some((report(&row)?, trail)))
}

async fn write_all(session: &mut Session, writes: &[ReportWrite]) -> Result<Vec<bool>, StoreError> {
    take_turn(session).await?;
    let (mut written, mut happenings) = (Vec::with_capacity(writes.len()), Vec::new());
    for write in writes {
        let done = update(session, write).await?;
        written.push(done);
        if done {
            add_step(session, write.report.id, &write.step).await?;
            happenings.extend(write.happening());
        }
    }
    events::append_all(session, happenings).await?;
    Ok(written)
}

/// Writes a report that still has the version that the writer saw; whether it had.
async fn update(session: &mut Session, write: &ReportWrite) -> Result<bool, StoreError> {
    let report = &write.report;
    let update = sqlx::query(
        "update report
         set ground_unit = $1, assigned_unit = $2, assigned_revision = $3, assigned_reason = $4,
           needs_confirmation = $5, flagged = $6, stage = $7, handled_at = $8, closed_at = $9, returned = $10,
           behind = behind or $11 < (select begun from relocation where one = 1), version = version + 1
         where id = $12 and version = $13",
    )
    .bind(column(report.ground))
    .bind(column(report.assigned.unit))
    .bind(report.assigned.revision as i64)
    .bind(report.assigned.reason.name())
    .bind(report.needs_confirmation)
    .bind(report.flagged)
    .bind(report.stage.name())
    .bind(report.handled_at)
    .bind(report.closed_at)
    .bind(report.returned as i32)
    .bind(write.looked as i64)
    .bind(report.id as i64)
    .bind(report.version as i64);
    session.run(update).await.map(|rows| rows == 1)
}

pub(super) async fn add_step(session: &mut Session, report: u64, step: &TrailStep) -> Result<(), StoreError> {
    let insert = sqlx::query(
        "insert into report_step (report, seq, kind, actor, made_at, comment, was, became)
         values ($1, (select coalesce(max(seq), 0) + 1 from report_step where report = $1), $2, $3, $4, $5, $6, $7)",
    )
    .bind(report as i64)
    .bind(step.kind.name())
    .bind(&step.actor)
    .bind(step.at)
    .bind(&step.comment)
    .bind(&step.from)
    .bind(&step.to);
    session.run(insert).await.map(|_| ())
}

pub(super) fn step(row: &PgRow) -> Result<TrailStep, StoreError> {
    Ok(TrailStep {
        kind: read_word("kind of step", row.try_get(0).map_err(reading())?)?,
        actor: row.try_get(1).map_err(reading())?,
        at: row.try_get(2).map_err(reading())?,
        comment: row.try_get(3).map_err(reading())?,
        from: row.try_get(4).map_err(reading())?,
        to: row.try_get(5).map_err(reading())?,
    })
}
