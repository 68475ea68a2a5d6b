//! The audit.

use super::people::hash;
use super::session::Session;
use super::{HEAD, PostGis, again};
use crate::store::StoreError;
use crate::store::audit::{Act, End, Entry, START};
use sqlx::Row;
use sqlx::postgres::PgRow;

/// Rows that are written at a time.
const PORTION: usize = super::publish::PORTION;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading the audit")
}

impl PostGis {
    /// The entries after a number, oldest first.
    pub(in crate::store) async fn audit(&self, after: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::start(&self.hosts, "reading the audit").await?;
                let select = "select seq, at, actor, action, subject, data, prev, hash
                    from audit where seq > $1 order by seq limit $2";
                let select = sqlx::query(select).bind(after as i64).bind(i64::from(limit));
                session.rows(select).await?.iter().map(entry).collect()
            })
        })
        .await
    }

    /// The number of the newest entry.
    pub(in crate::store) async fn audit_head(&self) -> Result<u64, StoreError> {
        let asking = again(|| {
            Box::pin(async {
                let mut session = Session::start(&self.hosts, "asking for the newest entry").await?;
                Ok(end(&mut session).await?.0)
            })
        });
        tokio::time::timeout(HEAD, asking).await.map_err(|_late| self.late())?
    }
}

/// Keeps other writers out until the transaction ends: entries follow one another. Readers go on.
pub(super) async fn lock(session: &mut Session) -> Result<(), StoreError> {
    session.script("lock table audit in share row exclusive mode").await
}

/// Where the chain ends now.
pub(super) async fn end(session: &mut Session) -> Result<End, StoreError> {
    let last = "select seq, hash from audit order by seq desc limit 1";
    let Some(row) = session.row(sqlx::query(last)).await? else { return Ok(START) };
    let seq: i64 = row.try_get(0).map_err(failed())?;
    Ok((seq as u64, hash(row.try_get(1).map_err(failed())?)?))
}

/// Writes the entry of an act, in the transaction of whoever acts. Its number.
pub(super) async fn append(session: &mut Session, act: &Act<'_>) -> Result<u64, StoreError> {
    lock(session).await?;
    let entry = Entry::follow(end(session).await?, act);
    write(session, std::slice::from_ref(&entry)).await?;
    Ok(entry.seq)
}

/// Writes entries as they are.
pub(super) async fn write(session: &mut Session, entries: &[Entry]) -> Result<(), StoreError> {
    fn column<'a, T>(entries: &'a [Entry], of: impl Fn(&'a Entry) -> T) -> Vec<T> {
        entries.iter().map(of).collect()
    }
    for portion in entries.chunks(PORTION) {
        let insert = sqlx::query(
            "insert into audit (seq, at, actor, action, subject, data, prev, hash)
             select seq, at, actor, action, subject, data, prev, hash
             from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[],
                 $7::bytea[], $8::bytea[])
               as new (seq, at, actor, action, subject, data, prev, hash)",
        )
        .bind(column(portion, |e| e.seq as i64))
        .bind(column(portion, |e| e.at))
        .bind(column(portion, |e| e.actor.as_str()))
        .bind(column(portion, |e| e.action.as_str()))
        .bind(column(portion, |e| e.subject.as_str()))
        .bind(column(portion, |e| e.data.as_str()))
        .bind(column(portion, |e| &e.prev[..]))
        .bind(column(portion, |e| &e.hash[..]));
        session.run(insert).await?;
    }
    Ok(())
}

fn entry(row: &PgRow) -> Result<Entry, StoreError> {
    let seq: i64 = row.try_get(0).map_err(failed())?;
    Ok(Entry {
        seq: seq as u64,
        at: row.try_get(1).map_err(failed())?,
        actor: row.try_get(2).map_err(failed())?,
        action: row.try_get(3).map_err(failed())?,
        subject: row.try_get(4).map_err(failed())?,
        data: row.try_get(5).map_err(failed())?,
        prev: hash(row.try_get(6).map_err(failed())?)?,
        hash: hash(row.try_get(7).map_err(failed())?)?,
    })
}
