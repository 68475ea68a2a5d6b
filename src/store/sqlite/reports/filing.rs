//! Filing: many reports in one transaction, so that many share one sync.

use super::super::load::{read_time, write_time};
use super::{Sqlite, StoreError, events, writing};
use crate::store::reports::column;
use crate::store::{Filing, NewReport, Receipt};
use sqlx::{Connection, SqliteConnection};

impl Sqlite {
    /// Files reports; the answers are durable when this gives them.
    pub(in crate::store) async fn file_reports(&self, new: &[NewReport]) -> Result<Vec<Filing>, StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(writing())?;
        let mut place = Place::now(&mut transaction).await?;
        let mut filings = Vec::with_capacity(new.len());
        let mut happenings = Vec::with_capacity(new.len());
        for report in new {
            let filing = if file(&mut transaction, &place, report).await? {
                happenings.push(report.happening(place.next));
                let receipt = report.receipt(place.next);
                place.next += 1;
                Filing::New(receipt)
            } else {
                filed_before(&mut transaction, report).await?
            };
            filings.push(filing);
        }
        events::append_all(&mut transaction, happenings).await?;
        transaction.commit().await.map_err(writing())?;
        Ok(filings)
    }
}

/// Where filing begins.
struct Place {
    /// The number of the next report.
    next: u64,
    /// The revision by which open reports are looked at.
    begun: u64,
}

impl Place {
    async fn now(connection: &mut SqliteConnection) -> Result<Self, StoreError> {
        let (next, begun): (i64, i64) = sqlx::query_as(
            "select coalesce((select max(id) from report), 0) + 1, begun from relocation where one = 1",
        )
        .fetch_one(connection)
        .await
        .map_err(writing())?;
        Ok(Self { next: next as u64, begun: begun as u64 })
    }
}

/// Adds a report under the next number; whether it was added, which it is not when its key is taken.
async fn file(
    connection: &mut SqliteConnection,
    place: &Place,
    report: &NewReport,
) -> Result<bool, StoreError> {
    let (given, filed) = (&report.given, &report.filed);
    let added = sqlx::query(
        "insert into report (id, source, key, body, receipt, received_at, occurred_at, due_at, crs, east, north, x, y,
           accuracy_m, category, text, masked, source_ref, declared_unit, revision, outcome, rule, filed_unit,
           filed_land, filed_water, filed_police, ground_unit, assigned_unit, assigned_revision, assigned_reason,
           needs_confirmation, flagged, behind, stage, returned, version)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
           ?23, ?24, ?25, ?26, ?23, ?23, ?20, 'filed', ?27, 0, ?28, 'collected', 0, 1)
         on conflict (source, key) do nothing",
    )
    .bind(place.next as i64)
    .bind(&given.source)
    .bind(&report.key)
    .bind(&report.body[..])
    .bind(&report.receipt)
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
    .bind(report.needs_confirmation)
    .bind(filed.revision < place.begun)
    .execute(connection)
    .await
    .map_err(writing())?;
    Ok(added.rows_affected() == 1)
}

/// What was answered to the key before.
async fn filed_before(connection: &mut SqliteConnection, report: &NewReport) -> Result<Filing, StoreError> {
    let (id, received_at, body, rest): (i64, String, Vec<u8>, String) =
        sqlx::query_as("select id, received_at, body, receipt from report where source = ? and key = ?")
            .bind(&report.given.source)
            .bind(&report.key)
            .fetch_one(connection)
            .await
            .map_err(writing())?;
    let receipt = Receipt { id: id as u64, received_at: read_time(&received_at)?, rest };
    Ok(report.beside(&body, receipt))
}
