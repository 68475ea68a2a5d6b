//! Posts.

use super::{Sqlite, StoreError};
use crate::store::rows::unit_id;
use crate::store::rules;
use crate::unit::{Person, Post};
use chrono::NaiveDate;
use sqlx::{Connection, Row, SqliteConnection};

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading posts")
}

impl Sqlite {
    /// All posts, by unit.
    pub(in crate::store) async fn posts(&self) -> Result<Vec<Post>, StoreError> {
        let mut connection = self.reader().await?;
        all(&mut connection).await
    }

    /// All of these in the place of all that were there.
    pub(in crate::store) async fn replace_posts(&self, posts: &[Post]) -> Result<(), StoreError> {
        let failed = || StoreError::database("writing posts");
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(failed())?;
        let known: Vec<i64> = sqlx::query_scalar("select id from unit order by id")
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed())?;
        rules::refuse_unknown_units(&known, posts)?;
        sqlx::query("delete from post").execute(&mut *transaction).await.map_err(failed())?;
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
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())
    }
}

/// All posts on one connection.
pub(super) async fn all(connection: &mut SqliteConnection) -> Result<Vec<Post>, StoreError> {
    let rows =
        sqlx::query("select unit, title, holder, phone, valid_from, valid_to from post order by unit, id")
            .fetch_all(connection)
            .await
            .map_err(failed())?;
    let mut posts = Vec::with_capacity(rows.len());
    for row in rows {
        let phone = row.try_get(3).map_err(failed())?;
        let holder: Option<String> = row.try_get(2).map_err(failed())?;
        let valid_to: Option<&str> = row.try_get(5).map_err(failed())?;
        posts.push(Post {
            unit: unit_id(row.try_get(0).map_err(failed())?)?,
            title: row.try_get(1).map_err(failed())?,
            person: holder.map(|holder| Person { holder, phone }),
            valid_from: read_day(row.try_get(4).map_err(failed())?)?,
            valid_to: valid_to.map(read_day).transpose()?,
        });
    }
    Ok(posts)
}

fn write_day(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

fn read_day(text: &str) -> Result<NaiveDate, StoreError> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|e| StoreError::Damaged(format!("the day {text:?}: {e}")))
}
