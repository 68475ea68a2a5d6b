//! Reports.

mod filing;
mod kept;
mod listing;
mod relocating;
mod writing;

use super::load::read_time;
use super::{Sqlite, StoreError, events};
use crate::geom::Point;
use crate::report::{Assigned, Filed, Given, Report};
use crate::store::reports::{read_unit, read_word};
use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

fn reading() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading reports")
}

fn writing() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("writing a report")
}

/// Reads a row of [`crate::store::reports::report_columns`].
fn report(row: &SqliteRow) -> Result<Report, StoreError> {
    let time = |i: usize| read_time(row.try_get(i).map_err(reading())?);
    let time_or_none = |i: usize| -> Result<Option<DateTime<Utc>>, StoreError> {
        row.try_get::<Option<&str>, _>(i).map_err(reading())?.map(read_time).transpose()
    };
    let whole = |i: usize| row.try_get::<i64, _>(i).map_err(reading());
    let unit = |i: usize| read_unit(row.try_get(i).map_err(reading())?);
    let word = |i: usize| row.try_get::<&str, _>(i).map_err(reading());
    let text = |i: usize| row.try_get::<Option<String>, _>(i).map_err(reading());
    let given = Given {
        source: word(1)?.into(),
        received_at: time(2)?,
        occurred_at: time(3)?,
        due_at: time(4)?,
        crs: word(5)?.into(),
        coordinates: [row.try_get(6).map_err(reading())?, row.try_get(7).map_err(reading())?],
        position: Point { x: row.try_get(8).map_err(reading())?, y: row.try_get(9).map_err(reading())? },
        accuracy_m: row.try_get(10).map_err(reading())?,
        category: word(11)?.into(),
        text: text(12)?,
        masked: whole(13)? == 1,
        source_ref: text(14)?,
        declared_unit: text(15)?,
    };
    let filed = Filed {
        revision: whole(16)? as u64,
        outcome: read_word("outcome", word(17)?)?,
        rule: word(18)?.into(),
        unit: unit(19)?,
        land: unit(20)?,
        water: unit(21)?,
        police: unit(22)?,
    };
    let assigned =
        Assigned { unit: unit(23)?, revision: whole(24)? as u64, reason: read_word("reason", word(25)?)? };
    Ok(Report {
        id: whole(0)? as u64,
        given,
        filed,
        ground: unit(33)?,
        assigned,
        needs_confirmation: whole(26)? == 1,
        flagged: whole(27)? == 1,
        stage: read_word("stage", word(28)?)?,
        handled_at: time_or_none(29)?,
        closed_at: time_or_none(30)?,
        returned: whole(31)? as u32,
        version: whole(32)? as u64,
    })
}
