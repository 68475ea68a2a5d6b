//! Filing: many reports in one transaction, so that many share one sync.

use super::{PostGis, Session, again, events, reading, take_turn};
use crate::store::filing::{Key, Known, sort_out};
use crate::store::reports::column;
use crate::store::{Filing, NewReport, Receipt, StoreError};
use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::PgRow;
use std::collections::HashMap;

impl PostGis {
    /// Files reports; the answers are durable when this gives them.
    pub(in crate::store) async fn file_reports(&self, new: &[NewReport]) -> Result<Vec<Filing>, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::begin(&self.hosts, "filing reports").await?;
                let filed = file_all(&mut session, new).await;
                session.end(filed).await
            })
        })
        .await
    }
}

async fn file_all(session: &mut Session, new: &[NewReport]) -> Result<Vec<Filing>, StoreError> {
    take_turn(session).await?;
    let place = "select coalesce((select max(id) from report), 0), begun from relocation where one = 1";
    let row = session.row(sqlx::query(place)).await?;
    let row = row.ok_or_else(|| StoreError::Damaged("relocation has no row".into()))?;
    let last = row.try_get::<i64, _>(0).map_err(reading())? as u64;
    let begun = row.try_get::<i64, _>(1).map_err(reading())? as u64;
    let (filings, fresh) = sort_out(new, known(session, new).await?, last + 1);
    if !fresh.is_empty() {
        insert(session, &fresh, begun).await?;
        events::append_all(session, fresh.iter().map(|(id, report)| report.happening(*id)).collect()).await?;
    }
    Ok(filings)
}

/// Which of the keys were used before.
async fn known(session: &mut Session, new: &[NewReport]) -> Result<HashMap<Key, Known>, StoreError> {
    let select = sqlx::query(
        "select source, key, id, received_at, body, receipt
         from report
         join unnest($1::text[], $2::text[]) as wanted (source, key) using (source, key)",
    )
    .bind(new.iter().map(|report| report.given.source.as_str()).collect::<Vec<_>>())
    .bind(new.iter().map(|report| report.key.as_str()).collect::<Vec<_>>());
    let read = |row: &PgRow| -> Result<_, sqlx::Error> {
        let receipt = Receipt {
            id: row.try_get::<i64, _>(2)? as u64,
            received_at: row.try_get::<DateTime<Utc>, _>(3)?,
            rest: row.try_get(5)?,
        };
        Ok(((row.try_get(0)?, row.try_get(1)?), Known { body: row.try_get(4)?, receipt }))
    };
    session.rows(select).await?.iter().map(|row| read(row).map_err(reading())).collect()
}

async fn insert(session: &mut Session, fresh: &[(u64, &NewReport)], begun: u64) -> Result<(), StoreError> {
    fn all<'a, T>(fresh: &[(u64, &'a NewReport)], of: impl Fn(&'a NewReport) -> T) -> Vec<T> {
        fresh.iter().map(|(_, report)| of(report)).collect()
    }
    let insert = sqlx::query(
        "insert into report (id, source, key, body, receipt, received_at, occurred_at, due_at, crs, east, north, x, y,
           accuracy_m, category, text, masked, source_ref, declared_unit, revision, outcome, rule, filed_unit,
           filed_land, filed_water, filed_police, ground_unit, assigned_unit, assigned_revision, assigned_reason,
           needs_confirmation, flagged, behind, stage, returned, version)
         select id, source, key, body, receipt, received_at, occurred_at, due_at, crs, east, north, x, y, accuracy_m,
           category, text, masked, source_ref, declared_unit, revision, outcome, rule, filed_unit, filed_land,
           filed_water, filed_police, filed_unit, filed_unit, revision, 'filed', needs_confirmation, false,
           revision < $28, 'collected', 0, 1
         from unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::timestamptz[],
             $7::timestamptz[], $8::timestamptz[], $9::text[], $10::float8[], $11::float8[], $12::int4[], $13::int4[],
             $14::float8[], $15::text[], $16::text[], $17::bool[], $18::text[], $19::text[], $20::bigint[],
             $21::text[], $22::text[], $23::bigint[], $24::bigint[], $25::bigint[], $26::bigint[], $27::bool[])
           as new (id, source, key, body, receipt, received_at, occurred_at, due_at, crs, east, north, x, y,
             accuracy_m, category, text, masked, source_ref, declared_unit, revision, outcome, rule, filed_unit,
             filed_land, filed_water, filed_police, needs_confirmation)",
    )
    .bind(fresh.iter().map(|(id, _)| *id as i64).collect::<Vec<_>>())
    .bind(all(fresh, |r| r.given.source.as_str()))
    .bind(all(fresh, |r| r.key.as_str()))
    .bind(all(fresh, |r| r.body.to_vec()))
    .bind(all(fresh, |r| r.receipt.as_str()))
    .bind(all(fresh, |r| r.given.received_at))
    .bind(all(fresh, |r| r.given.occurred_at))
    .bind(all(fresh, |r| r.given.due_at))
    .bind(all(fresh, |r| r.given.crs.as_str()))
    .bind(all(fresh, |r| r.given.coordinates[0]))
    .bind(all(fresh, |r| r.given.coordinates[1]))
    .bind(all(fresh, |r| r.given.position.x))
    .bind(all(fresh, |r| r.given.position.y))
    .bind(all(fresh, |r| r.given.accuracy_m))
    .bind(all(fresh, |r| r.given.category.as_str()))
    .bind(all(fresh, |r| r.given.text.as_deref()))
    .bind(all(fresh, |r| r.given.masked))
    .bind(all(fresh, |r| r.given.source_ref.as_deref()))
    .bind(all(fresh, |r| r.given.declared_unit.as_deref()))
    .bind(all(fresh, |r| r.filed.revision as i64))
    .bind(all(fresh, |r| r.filed.outcome.name()))
    .bind(all(fresh, |r| r.filed.rule.as_str()))
    .bind(all(fresh, |r| column(r.filed.unit)))
    .bind(all(fresh, |r| column(r.filed.land)))
    .bind(all(fresh, |r| column(r.filed.water)))
    .bind(all(fresh, |r| column(r.filed.police)))
    .bind(all(fresh, |r| r.needs_confirmation))
    .bind(begun as i64);
    session.run(insert).await.map(|_| ())
}
