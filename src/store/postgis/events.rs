//! The event log.

use super::hints::CHANNEL;
use super::session::Session;
use super::{PostGis, again};
use crate::store::events::{Happening, read_data};
use crate::store::{Event, StoreError};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres, Row};

/// Rows that are written at a time.
const PORTION: usize = super::publish::PORTION;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading the events")
}

impl PostGis {
    /// The events after a number, oldest first.
    pub(in crate::store) async fn events(&self, after: u64, limit: u32) -> Result<Vec<Event>, StoreError> {
        let Ok(after) = i64::try_from(after) else { return Ok(Vec::new()) };
        again(|| {
            Box::pin(async move {
                let mut session = Session::start(&self.hosts, "reading the events").await?;
                let select = "select seq, type, at, revision, subject, data from event
                    where seq > $1 order by seq limit $2";
                let select = sqlx::query(select).bind(after).bind(i64::from(limit));
                session.rows(select).await?.iter().map(event).collect()
            })
        })
        .await
    }

    /// Puts a log in the place of the one that is there.
    pub(in crate::store) async fn put_events(&self, events: &[Event]) -> Result<(), StoreError> {
        again(|| Box::pin(self.put_events_once(events))).await
    }

    async fn put_events_once(&self, events: &[Event]) -> Result<(), StoreError> {
        let mut session = Session::begin(&self.hosts, "copying the events").await?;
        let done = put(&mut session, events).await;
        session.end(done).await
    }
}

async fn put(session: &mut Session, events: &[Event]) -> Result<(), StoreError> {
    session.script("delete from event").await?;
    for portion in events.chunks(PORTION) {
        write(session, portion).await?;
    }
    let head = events.last().map_or(0, |event| event.seq) as i64;
    session.run(sqlx::query("update event_head set seq = $1 where one = 1").bind(head)).await.map(|_| ())
}

/// Adds an event, in the transaction of what happened and best at its end: until that commits, whoever else adds one
/// waits, so that numbers follow the commits. The other nodes get a hint.
pub(super) async fn append(session: &mut Session, happening: Happening) -> Result<(), StoreError> {
    append_all(session, vec![happening]).await
}

/// The same with several, in their order.
pub(super) async fn append_all(session: &mut Session, happenings: Vec<Happening>) -> Result<(), StoreError> {
    if happenings.is_empty() {
        return Ok(());
    }
    let count = happenings.len() as u64;
    let take = sqlx::query("update event_head set seq = seq + $1 where one = 1 returning seq");
    let last = number(session, take.bind(count as i64)).await?;
    // A statement of its own: it sees what was committed while the one before waited.
    let newest = number(session, sqlx::query("select coalesce(max(number), 0) from revision")).await?;
    let numbered = (last + 1 - count..).zip(happenings);
    let events: Vec<Event> = numbered.map(|(seq, happening)| happening.numbered(seq, newest)).collect();
    for portion in events.chunks(PORTION) {
        write(session, portion).await?;
    }
    let hint = sqlx::query("select pg_notify($1, $2)").bind(CHANNEL);
    session.run(hint.bind(events.last().map_or(newest, |event| event.revision).to_string())).await.map(|_| ())
}

async fn number(
    session: &mut Session,
    question: Query<'_, Postgres, PgArguments>,
) -> Result<u64, StoreError> {
    let row = session.row(question).await?;
    let row = row.ok_or_else(|| StoreError::Damaged("event_head has no row".into()))?;
    row.try_get::<i64, _>(0).map(|n| n as u64).map_err(failed())
}

async fn write(session: &mut Session, events: &[Event]) -> Result<(), StoreError> {
    fn column<'a, T>(events: &'a [Event], of: impl Fn(&'a Event) -> T) -> Vec<T> {
        events.iter().map(of).collect()
    }
    let insert = sqlx::query(
        "insert into event (seq, type, at, revision, subject, data)
         select seq, type, at, revision, subject, data
         from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::bigint[], $5::text[], $6::text[])
           as new (seq, type, at, revision, subject, data)",
    )
    .bind(column(events, |e| e.seq as i64))
    .bind(column(events, |e| e.kind.as_str()))
    .bind(column(events, |e| e.at))
    .bind(column(events, |e| e.revision as i64))
    .bind(column(events, |e| e.subject.as_str()))
    .bind(column(events, |e| e.data.to_string()));
    session.run(insert).await.map(|_| ())
}

fn event(row: &PgRow) -> Result<Event, StoreError> {
    let number = |i| row.try_get::<i64, _>(i).map(|n| n as u64).map_err(failed());
    let seq = number(0)?;
    Ok(Event {
        seq,
        kind: row.try_get(1).map_err(failed())?,
        at: row.try_get(2).map_err(failed())?,
        revision: number(3)?,
        subject: row.try_get(4).map_err(failed())?,
        data: read_data(seq, row.try_get(5).map_err(failed())?)?,
    })
}
