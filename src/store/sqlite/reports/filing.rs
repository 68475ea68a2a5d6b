//! Filing: many reports in one transaction, so that many share one sync.

use super::super::load::{read_time, write_time};
use super::super::many::{Values, insert_all};
use super::{Sqlite, StoreError, events, writing};
use crate::store::filing::{Key, Known, sort_out};
use crate::store::reports::column;
use crate::store::{Filing, NewReport, Receipt};
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row, SqliteConnection};
use std::collections::HashMap;

impl Sqlite {
    /// Files reports; the answers are durable when this gives them.
    pub(in crate::store) async fn file_reports(&self, new: &[NewReport]) -> Result<Vec<Filing>, StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(writing())?;
        let place =
            "select coalesce((select max(id) from report), 0) + 1, begun from relocation where one = 1";
        let (next, begun): (i64, i64) =
            sqlx::query_as(place).fetch_one(&mut *transaction).await.map_err(writing())?;
        let known = known(&mut transaction, new).await?;
        let (filings, fresh) = sort_out(new, known, next as u64);
        let happenings = fresh.iter().map(|(id, report)| report.happening(*id)).collect();
        insert(&mut transaction, &fresh, begun as u64).await?;
        events::append_all(&mut transaction, happenings).await?;
        transaction.commit().await.map_err(writing())?;
        Ok(filings)
    }
}

/// Which of the keys were used before.
async fn known(
    connection: &mut SqliteConnection,
    new: &[NewReport],
) -> Result<HashMap<Key, Known>, StoreError> {
    let keys: Value =
        new.iter().map(|report| Value::from_iter([&*report.given.source, &*report.key])).collect();
    let rows = sqlx::query(
        "select source, report.key, report.id, received_at, body, receipt
         from json_each(?) as wanted cross join report
         where source = wanted.value ->> 0 and report.key = wanted.value ->> 1",
    )
    .bind(keys.to_string())
    .fetch_all(connection)
    .await
    .map_err(writing())?;
    rows.iter().map(answered).collect()
}

fn answered(row: &SqliteRow) -> Result<(Key, Known), StoreError> {
    let text = |i: usize| row.try_get::<String, _>(i).map_err(writing());
    let id = row.try_get::<i64, _>(2).map_err(writing())? as u64;
    let receipt = Receipt { id, received_at: read_time(&text(3)?)?, rest: text(5)? };
    Ok(((text(0)?, text(1)?), Known { body: row.try_get(4).map_err(writing())?, receipt }))
}

/// Adds reports under their numbers; `begun` is the revision by which open reports are looked at.
async fn insert(
    connection: &mut SqliteConnection,
    fresh: &[(u64, &NewReport)],
    begun: u64,
) -> Result<(), StoreError> {
    let insert =
        "insert into report (id, source, key, body, receipt, received_at, occurred_at, due_at, crs, east, north, x, y,
           accuracy_m, category, text, masked, source_ref, declared_unit, revision, outcome, rule, filed_unit,
           filed_land, filed_water, filed_police, ground_unit, assigned_unit, assigned_revision, assigned_reason,
           needs_confirmation, flagged, behind, stage, returned, version) ";
    let bind = |values: Values<'_>, (id, report): &(u64, &NewReport)| bind(values, *id, report, begun);
    insert_all(connection, insert, fresh, bind).await.map_err(writing())
}

fn bind(mut row: Values<'_>, id: u64, report: &NewReport, begun: u64) {
    let (given, filed) = (&report.given, &report.filed);
    row.push_bind(id as i64)
        .push_bind(&given.source)
        .push_bind(&report.key)
        .push_bind(&report.body[..])
        .push_bind(&report.receipt)
        .push_bind(write_time(given.received_at))
        .push_bind(write_time(given.occurred_at))
        .push_bind(write_time(given.due_at))
        .push_bind(&given.crs)
        .push_bind(given.coordinates[0])
        .push_bind(given.coordinates[1])
        .push_bind(given.position.x)
        .push_bind(given.position.y)
        .push_bind(given.accuracy_m)
        .push_bind(&given.category)
        .push_bind(&given.text)
        .push_bind(given.masked)
        .push_bind(&given.source_ref)
        .push_bind(&given.declared_unit)
        .push_bind(filed.revision as i64)
        .push_bind(filed.outcome.name())
        .push_bind(&filed.rule)
        .push_bind(column(filed.unit))
        .push_bind(column(filed.land))
        .push_bind(column(filed.water))
        .push_bind(column(filed.police))
        .push_bind(column(filed.unit))
        .push_bind(column(filed.unit))
        .push_bind(filed.revision as i64)
        .push("'filed'")
        .push_bind(report.needs_confirmation)
        .push("0")
        .push_bind(filed.revision < begun)
        .push("'collected', 0, 1");
}
