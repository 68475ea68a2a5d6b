//! Webhooks.

use super::load::{read_time, write_time};
use super::{Sqlite, StoreError, audit};
use crate::store::webhooks::{read_kinds, write_kinds};
use crate::store::{Act, DeadLetter, Standing, Webhook};
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row};

fn reading() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading webhooks")
}

fn writing() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("writing a webhook")
}

impl Sqlite {
    pub(in crate::store) async fn add_webhook(
        &self,
        new: &Webhook,
        act: &Act<'_>,
    ) -> Result<u64, StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(writing())?;
        let id: i64 = sqlx::query_scalar(
            "insert into webhook (id, url, secret, kinds, created_by, created_at, told, attempts, next_at)
             values ((select coalesce(max(id), 0) + 1 from webhook), ?1, ?2, ?3, ?4, ?5,
               (select seq from event_head where one = 1), 0, ?5)
             returning id",
        )
        .bind(&new.url)
        .bind(&new.secret)
        .bind(write_kinds(&new.kinds))
        .bind(&new.created_by)
        .bind(write_time(new.created_at))
        .fetch_one(&mut *transaction)
        .await
        .map_err(writing())?;
        audit::append(&mut transaction, act).await?;
        transaction.commit().await.map_err(writing())?;
        Ok(id as u64)
    }

    pub(in crate::store) async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        let mut connection = self.reader().await?;
        let rows = sqlx::query(
            "select id, url, secret, kinds, created_by, created_at, told, attempts, next_at, error
             from webhook where ended_at is null order by id",
        )
        .fetch_all(&mut *connection)
        .await
        .map_err(reading())?;
        rows.iter().map(webhook).collect()
    }

    pub(in crate::store) async fn end_webhook(&self, id: u64, act: &Act<'_>) -> Result<bool, StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(writing())?;
        let ended = sqlx::query("update webhook set ended_at = ? where id = ? and ended_at is null")
            .bind(write_time(act.at))
            .bind(id as i64)
            .execute(&mut *transaction)
            .await
            .map_err(writing())?;
        if ended.rows_affected() == 0 {
            return Ok(false);
        }
        audit::append(&mut transaction, act).await?;
        transaction.commit().await.map_err(writing())?;
        Ok(true)
    }

    pub(in crate::store) async fn hold_webhook(
        &self,
        id: u64,
        holder: &str,
        (now, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let mut writer = self.writer().await?;
        let held = sqlx::query(
            "update webhook set holder = ?1, held_until = ?2
             where id = ?3 and ended_at is null and (holder is null or holder = ?1 or held_until < ?4)",
        )
        .bind(holder)
        .bind(write_time(until))
        .bind(id as i64)
        .bind(write_time(now))
        .execute(&mut *writer)
        .await
        .map_err(writing())?;
        Ok(held.rows_affected() == 1)
    }

    pub(in crate::store) async fn write_webhook(
        &self,
        id: u64,
        holder: &str,
        standing: &Standing,
        put_aside: Option<&DeadLetter>,
    ) -> Result<bool, StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(writing())?;
        let written = sqlx::query(
            "update webhook set told = ?, attempts = ?, next_at = ?, error = ?
             where id = ? and holder = ? and ended_at is null",
        )
        .bind(standing.told as i64)
        .bind(standing.attempts)
        .bind(write_time(standing.next_at))
        .bind(&standing.error)
        .bind(id as i64)
        .bind(holder)
        .execute(&mut *transaction)
        .await
        .map_err(writing())?;
        if written.rows_affected() == 0 {
            return Ok(false);
        }
        if let Some(letter) = put_aside {
            sqlx::query(
                "insert into dead_letter (webhook, event, put_aside_at, attempts, error) values (?, ?, ?, ?, ?)
                 on conflict (webhook, event) do nothing",
            )
            .bind(letter.webhook as i64)
            .bind(letter.event as i64)
            .bind(write_time(letter.put_aside_at))
            .bind(letter.attempts)
            .bind(&letter.error)
            .execute(&mut *transaction)
            .await
            .map_err(writing())?;
        }
        transaction.commit().await.map_err(writing())?;
        Ok(true)
    }

    pub(in crate::store) async fn dead_letters(&self, webhook: u64) -> Result<Vec<DeadLetter>, StoreError> {
        let mut connection = self.reader().await?;
        let rows = sqlx::query(
            "select webhook, event, put_aside_at, attempts, error from dead_letter where webhook = ? order by event",
        )
        .bind(webhook as i64)
        .fetch_all(&mut *connection)
        .await
        .map_err(reading())?;
        rows.iter().map(letter).collect()
    }

    pub(in crate::store) async fn strike_dead_letter(
        &self,
        webhook: u64,
        event: u64,
    ) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        sqlx::query("delete from dead_letter where webhook = ? and event = ?")
            .bind(webhook as i64)
            .bind(event as i64)
            .execute(&mut *writer)
            .await
            .map_err(writing())?;
        Ok(())
    }
}

fn webhook(row: &SqliteRow) -> Result<Webhook, StoreError> {
    let text = |i: usize| row.try_get::<String, _>(i).map_err(reading());
    let time = |i: usize| read_time(row.try_get(i).map_err(reading())?);
    let id: i64 = row.try_get(0).map_err(reading())?;
    let standing = Standing {
        told: row.try_get::<i64, _>(6).map_err(reading())? as u64,
        attempts: row.try_get(7).map_err(reading())?,
        next_at: time(8)?,
        error: row.try_get(9).map_err(reading())?,
    };
    Ok(Webhook {
        id: id as u64,
        url: text(1)?,
        secret: text(2)?,
        kinds: read_kinds(id, &text(3)?)?,
        created_by: text(4)?,
        created_at: time(5)?,
        standing,
    })
}

fn letter(row: &SqliteRow) -> Result<DeadLetter, StoreError> {
    let number = |i: usize| row.try_get::<i64, _>(i).map(|n| n as u64).map_err(reading());
    Ok(DeadLetter {
        webhook: number(0)?,
        event: number(1)?,
        put_aside_at: read_time(row.try_get(2).map_err(reading())?)?,
        attempts: row.try_get(3).map_err(reading())?,
        error: row.try_get(4).map_err(reading())?,
    })
}
