//! Posts.

use super::{Sqlite, StoreError, audit};
use crate::store::Act;
use crate::store::rows::unit_id;
use crate::store::rules;
use crate::unit::{Person, Post, UnitId, posts_tag};
use chrono::NaiveDate;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row, SqliteConnection};

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading posts")
}

fn not_written() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("writing posts")
}

impl Sqlite {
    /// All posts, by unit.
    pub(in crate::store) async fn posts(&self) -> Result<Vec<Post>, StoreError> {
        let mut connection = self.reader().await?;
        all(&mut connection).await
    }

    /// All of these in the place of all that were there.
    pub(in crate::store) async fn replace_posts(
        &self,
        posts: &[Post],
        act: Option<&Act<'_>>,
    ) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(not_written())?;
        let known: Vec<i64> = sqlx::query_scalar("select id from unit order by id")
            .fetch_all(&mut *transaction)
            .await
            .map_err(not_written())?;
        rules::refuse_unknown_units(&known, posts)?;
        sqlx::query("delete from post").execute(&mut *transaction).await.map_err(not_written())?;
        write(&mut transaction, posts).await?;
        if let Some(act) = act {
            audit::append(&mut transaction, act).await?;
        }
        transaction.commit().await.map_err(not_written())
    }

    /// These in the place of those of one unit, if those are what was seen.
    pub(in crate::store) async fn set_posts(
        &self,
        unit: UnitId,
        seen: &str,
        posts: &[Post],
        act: &Act<'_>,
    ) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(not_written())?;
        let id = unit.get() as i64;
        let there =
            "select unit, title, holder, phone, valid_from, valid_to from post where unit = ? order by id";
        let there = sqlx::query(there).bind(id).fetch_all(&mut *transaction).await.map_err(failed())?;
        let there: Vec<Post> = there.iter().map(post).collect::<Result<_, _>>()?;
        if posts_tag(&there) != seen {
            return Err(StoreError::PostsChanged(unit));
        }
        if there == posts {
            return Ok(());
        }
        sqlx::query("delete from post where unit = ?")
            .bind(id)
            .execute(&mut *transaction)
            .await
            .map_err(not_written())?;
        write(&mut transaction, posts).await?;
        audit::append(&mut transaction, act).await?;
        transaction.commit().await.map_err(not_written())
    }
}

async fn write(connection: &mut SqliteConnection, posts: &[Post]) -> Result<(), StoreError> {
    for post in posts {
        sqlx::query(
            "insert into post (unit, title, holder, phone, valid_from, valid_to) values (?, ?, ?, ?, ?, ?)",
        )
        .bind(post.unit.get() as i64)
        .bind(&post.title)
        .bind(post.person.as_ref().map(|p| &p.holder))
        .bind(post.person.as_ref().and_then(|p| p.phone.as_ref()))
        .bind(write_day(post.valid_from))
        .bind(post.valid_to.map(write_day))
        .execute(&mut *connection)
        .await
        .map_err(not_written())?;
    }
    Ok(())
}

/// All posts on one connection.
pub(super) async fn all(connection: &mut SqliteConnection) -> Result<Vec<Post>, StoreError> {
    let all = "select unit, title, holder, phone, valid_from, valid_to from post order by unit, id";
    sqlx::query(all).fetch_all(connection).await.map_err(failed())?.iter().map(post).collect()
}

fn post(row: &SqliteRow) -> Result<Post, StoreError> {
    let phone = row.try_get(3).map_err(failed())?;
    let holder: Option<String> = row.try_get(2).map_err(failed())?;
    let valid_to: Option<&str> = row.try_get(5).map_err(failed())?;
    Ok(Post {
        unit: unit_id(row.try_get(0).map_err(failed())?)?,
        title: row.try_get(1).map_err(failed())?,
        person: holder.map(|holder| Person { holder, phone }),
        valid_from: read_day(row.try_get(4).map_err(failed())?)?,
        valid_to: valid_to.map(read_day).transpose()?,
    })
}

fn write_day(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

fn read_day(text: &str) -> Result<NaiveDate, StoreError> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|e| StoreError::Damaged(format!("the day {text:?}: {e}")))
}
