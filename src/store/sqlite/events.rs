//! The event log.

use super::load::{read_time, write_time};
use super::many::{Values, insert_all};
use super::{Sqlite, StoreError};
use crate::store::Event;
use crate::store::events::{Happening, read_data};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row, SqliteConnection};

fn reading() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading the events")
}

fn writing() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("writing an event")
}

impl Sqlite {
    /// The events after a number, oldest first.
    pub(in crate::store) async fn events(&self, after: u64, limit: u32) -> Result<Vec<Event>, StoreError> {
        let Ok(after) = i64::try_from(after) else { return Ok(Vec::new()) };
        let mut connection = self.reader().await?;
        let rows = sqlx::query(
            "select seq, type, at, revision, subject, data from event where seq > ? order by seq limit ?",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *connection)
        .await
        .map_err(reading())?;
        rows.iter().map(event).collect()
    }

    /// Puts a log in the place of the one that is there.
    pub(in crate::store) async fn put_events(&self, events: &[Event]) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(writing())?;
        sqlx::query("delete from event").execute(&mut *transaction).await.map_err(writing())?;
        write(&mut transaction, events).await?;
        sqlx::query("update event_head set seq = ? where one = 1")
            .bind(events.last().map_or(0, |event| event.seq) as i64)
            .execute(&mut *transaction)
            .await
            .map_err(writing())?;
        transaction.commit().await.map_err(writing())
    }
}

/// Adds an event, in the transaction of what happened.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    happening: Happening,
) -> Result<(), StoreError> {
    append_all(connection, vec![happening]).await
}

/// Adds events in their order, in the transaction of what happened.
pub(super) async fn append_all(
    connection: &mut SqliteConnection,
    happenings: Vec<Happening>,
) -> Result<(), StoreError> {
    if happenings.is_empty() {
        return Ok(());
    }
    let (last, newest): (i64, i64) = sqlx::query_as(
        "update event_head set seq = seq + ? where one = 1
         returning seq, (select coalesce(max(number), 0) from revision)",
    )
    .bind(happenings.len() as i64)
    .fetch_one(&mut *connection)
    .await
    .map_err(writing())?;
    let first = last as u64 + 1 - happenings.len() as u64;
    let numbered = |(seq, happening): (u64, Happening)| happening.numbered(seq, newest as u64);
    let events: Vec<_> = (first..).zip(happenings).map(numbered).collect();
    write(connection, &events).await
}

async fn write(connection: &mut SqliteConnection, events: &[Event]) -> Result<(), StoreError> {
    let bind = |mut row: Values<'_>, event: &Event| {
        row.push_bind(event.seq as i64)
            .push_bind(&event.kind)
            .push_bind(write_time(event.at))
            .push_bind(event.revision as i64)
            .push_bind(&event.subject)
            .push_bind(event.data.to_string());
    };
    let insert = "insert into event (seq, type, at, revision, subject, data) ";
    insert_all(connection, insert, events, bind).await.map_err(writing())
}

fn event(row: &SqliteRow) -> Result<Event, StoreError> {
    let number = |i| row.try_get::<i64, _>(i).map(|n| n as u64).map_err(reading());
    let seq = number(0)?;
    Ok(Event {
        seq,
        kind: row.try_get(1).map_err(reading())?,
        at: read_time(row.try_get(2).map_err(reading())?)?,
        revision: number(3)?,
        subject: row.try_get(4).map_err(reading())?,
        data: read_data(seq, row.try_get(5).map_err(reading())?)?,
    })
}
