//! Webhooks.

use super::session::Session;
use super::{PostGis, again, audit};
use crate::store::webhooks::{read_kinds, write_kinds};
use crate::store::{Act, DeadLetter, Standing, StoreError, Webhook};
use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::PgRow;

fn reading() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading webhooks")
}

impl PostGis {
    pub(in crate::store) async fn add_webhook(
        &self,
        new: &Webhook,
        act: &Act<'_>,
    ) -> Result<u64, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::begin(&self.hosts, "adding a webhook").await?;
                let added = add(&mut session, new, act).await;
                session.end(added).await
            })
        })
        .await
    }

    pub(in crate::store) async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        again(|| {
            Box::pin(async {
                let mut session = Session::start(&self.hosts, "reading webhooks").await?;
                let all =
                    "select id, url, secret, kinds, created_by, created_at, told, attempts, next_at, error
                    from webhook where ended_at is null order by id";
                session.rows(sqlx::query(all)).await?.iter().map(webhook).collect()
            })
        })
        .await
    }

    pub(in crate::store) async fn end_webhook(&self, id: u64, act: &Act<'_>) -> Result<bool, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::begin(&self.hosts, "ending a webhook").await?;
                let ended = end_one(&mut session, id, act).await;
                session.end(ended).await
            })
        })
        .await
    }

    pub(in crate::store) async fn hold_webhook(
        &self,
        id: u64,
        holder: &str,
        (now, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::start(&self.hosts, "holding a webhook").await?;
                let hold = sqlx::query(
                    "update webhook set holder = $1, held_until = $2
                     where id = $3 and ended_at is null and (holder is null or holder = $1 or held_until < $4)",
                )
                .bind(holder)
                .bind(until)
                .bind(id as i64)
                .bind(now);
                session.run(hold).await.map(|rows| rows == 1)
            })
        })
        .await
    }

    pub(in crate::store) async fn write_webhook(
        &self,
        id: u64,
        holder: &str,
        standing: &Standing,
        put_aside: Option<&DeadLetter>,
    ) -> Result<bool, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::begin(&self.hosts, "writing a webhook").await?;
                let written = write(&mut session, (id, holder), standing, put_aside).await;
                session.end(written).await
            })
        })
        .await
    }

    pub(in crate::store) async fn dead_letters(&self, webhook: u64) -> Result<Vec<DeadLetter>, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::start(&self.hosts, "reading dead letters").await?;
                let all = "select webhook, event, put_aside_at, attempts, error from dead_letter
                    where webhook = $1 order by event";
                session.rows(sqlx::query(all).bind(webhook as i64)).await?.iter().map(letter).collect()
            })
        })
        .await
    }

    pub(in crate::store) async fn strike_dead_letter(
        &self,
        webhook: u64,
        event: u64,
    ) -> Result<(), StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::start(&self.hosts, "striking a dead letter off").await?;
                let strike = sqlx::query("delete from dead_letter where webhook = $1 and event = $2");
                session.run(strike.bind(webhook as i64).bind(event as i64)).await.map(|_| ())
            })
        })
        .await
    }
}

async fn add(session: &mut Session, new: &Webhook, act: &Act<'_>) -> Result<u64, StoreError> {
    // Of two that are added at once, each gets a number.
    session.script("lock table webhook in share row exclusive mode").await?;
    let insert = sqlx::query(
        "insert into webhook (id, url, secret, kinds, created_by, created_at, told, attempts, next_at)
         values ((select coalesce(max(id), 0) + 1 from webhook), $1, $2, $3, $4, $5,
           (select seq from event_head where one = 1), 0, $5)
         returning id",
    )
    .bind(&new.url)
    .bind(&new.secret)
    .bind(write_kinds(&new.kinds))
    .bind(&new.created_by)
    .bind(new.created_at);
    let row = session.row(insert).await?;
    let id: i64 = row.map_or(Ok(0), |row| row.try_get(0)).map_err(reading())?;
    audit::append(session, act).await?;
    Ok(id as u64)
}

async fn end_one(session: &mut Session, id: u64, act: &Act<'_>) -> Result<bool, StoreError> {
    let end = "update webhook set ended_at = $1 where id = $2 and ended_at is null";
    if session.run(sqlx::query(end).bind(act.at).bind(id as i64)).await? == 0 {
        return Ok(false);
    }
    audit::append(session, act).await.map(|_| true)
}

async fn write(
    session: &mut Session,
    (id, holder): (u64, &str),
    standing: &Standing,
    put_aside: Option<&DeadLetter>,
) -> Result<bool, StoreError> {
    let update = sqlx::query(
        "update webhook set told = $1, attempts = $2, next_at = $3, error = $4
         where id = $5 and holder = $6 and ended_at is null",
    )
    .bind(standing.told as i64)
    .bind(standing.attempts as i32)
    .bind(standing.next_at)
    .bind(&standing.error)
    .bind(id as i64)
    .bind(holder);
    if session.run(update).await? == 0 {
        return Ok(false);
    }
    if let Some(letter) = put_aside {
        let insert = sqlx::query(
            "insert into dead_letter (webhook, event, put_aside_at, attempts, error) values ($1, $2, $3, $4, $5)
             on conflict (webhook, event) do nothing",
        )
        .bind(letter.webhook as i64)
        .bind(letter.event as i64)
        .bind(letter.put_aside_at)
        .bind(letter.attempts as i32)
        .bind(&letter.error);
        session.run(insert).await?;
    }
    Ok(true)
}

fn webhook(row: &PgRow) -> Result<Webhook, StoreError> {
    let text = |i: usize| row.try_get::<String, _>(i).map_err(reading());
    let id: i64 = row.try_get(0).map_err(reading())?;
    let standing = Standing {
        told: row.try_get::<i64, _>(6).map_err(reading())? as u64,
        attempts: row.try_get::<i32, _>(7).map_err(reading())? as u32,
        next_at: row.try_get(8).map_err(reading())?,
        error: row.try_get(9).map_err(reading())?,
    };
    Ok(Webhook {
        id: id as u64,
        url: text(1)?,
        secret: text(2)?,
        kinds: read_kinds(id, &text(3)?)?,
        created_by: text(4)?,
        created_at: row.try_get(5).map_err(reading())?,
        standing,
    })
}

fn letter(row: &PgRow) -> Result<DeadLetter, StoreError> {
    let number = |i: usize| row.try_get::<i64, _>(i).map(|n| n as u64).map_err(reading());
    Ok(DeadLetter {
        webhook: number(0)?,
        event: number(1)?,
        put_aside_at: row.try_get(2).map_err(reading())?,
        attempts: row.try_get::<i32, _>(3).map_err(reading())? as u32,
        error: row.try_get(4).map_err(reading())?,
    })
}
