//! Reports.
//!
//! Whoever files or writes reports holds the row of `event_head` from the beginning: of several nodes one files at a
//! time, so that a key is looked for and taken, and numbers are given, without a gap between.

mod filing;
mod kept;
mod listing;
mod relocating;
mod writing;

use super::session::Session;
use super::{PostGis, again, events};
use crate::geom::Point;
use crate::report::{Assigned, Filed, Given, Report};
use crate::store::StoreError;
use crate::store::reports::{read_unit, read_word};
use sqlx::Row;
use sqlx::postgres::PgRow;

fn reading() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading reports")
}

/// Waits until nobody else files or writes reports.
async fn take_turn(session: &mut Session) -> Result<(), StoreError> {
    session.row(sqlx::query("select seq from event_head where one = 1 for update")).await.map(|_| ())
}

/// Reads a row of [`crate::store::reports::report_columns`].
fn report(row: &PgRow) -> Result<Report, StoreError> {
    let whole = |i: usize| row.try_get::<i64, _>(i).map_err(reading());
    let unit = |i: usize| read_unit(row.try_get(i).map_err(reading())?);
    let word = |i: usize| row.try_get::<&str, _>(i).map_err(reading());
    let given = Given {
        source: word(1)?.into(),
        received_at: row.try_get(2).map_err(reading())?,
        occurred_at: row.try_get(3).map_err(reading())?,
        due_at: row.try_get(4).map_err(reading())?,
        crs: word(5)?.into(),
        coordinates: [row.try_get(6).map_err(reading())?, row.try_get(7).map_err(reading())?],
        position: position(row, 8)?,
        accuracy_m: row.try_get(10).map_err(reading())?,
        category: word(11)?.into(),
        text: row.try_get(12).map_err(reading())?,
        masked: row.try_get(13).map_err(reading())?,
        source_ref: row.try_get(14).map_err(reading())?,
        declared_unit: row.try_get(15).map_err(reading())?,
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
        needs_confirmation: row.try_get(26).map_err(reading())?,
        flagged: row.try_get(27).map_err(reading())?,
        stage: read_word("stage", word(28)?)?,
        handled_at: row.try_get(29).map_err(reading())?,
        closed_at: row.try_get(30).map_err(reading())?,
        returned: row.try_get::<i32, _>(31).map_err(reading())? as u32,
        version: whole(32)? as u64,
    })
}

/// The place in a column and the next.
fn position(row: &PgRow, i: usize) -> Result<Point, StoreError> {
    Ok(Point { x: row.try_get(i).map_err(reading())?, y: row.try_get(i + 1).map_err(reading())? })
}
