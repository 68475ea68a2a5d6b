//! Posts.

use super::session::Session;
use super::{PostGis, again, audit};
use crate::store::rows::unit_id;
use crate::store::{Act, StoreError, rules};
use crate::unit::{Person, Post, UnitId, posts_tag};
use chrono::NaiveDate;
use sqlx::Row;
use sqlx::postgres::PgRow;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading posts")
}

impl PostGis {
    /// All posts, by unit.
    pub(in crate::store) async fn posts(&self) -> Result<Vec<Post>, StoreError> {
        again(|| {
            Box::pin(async {
                let mut session = Session::start(&self.hosts, "reading posts").await?;
                all(&mut session).await
            })
        })
        .await
    }

    /// All of these in the place of all that were there.
    pub(in crate::store) async fn replace_posts(
        &self,
        posts: &[Post],
        act: Option<&Act<'_>>,
    ) -> Result<(), StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::begin(&self.hosts, "writing posts").await?;
                let done = replace(&mut session, posts, act).await;
                session.end(done).await
            })
        })
        .await
    }

    /// These in the place of those of one unit, if those are what was seen.
    pub(in crate::store) async fn set_posts(
        &self,
        unit: UnitId,
        seen: &str,
        posts: &[Post],
        act: &Act<'_>,
    ) -> Result<(), StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::begin(&self.hosts, "writing posts").await?;
                let done = set(&mut session, unit, seen, posts, act).await;
                session.end(done).await
            })
        })
        .await
    }
}

/// Under a lock: of two that replace at once, the second replaces what the first wrote.
const LOCK: &str = "lock table post in share row exclusive mode";

async fn replace(session: &mut Session, posts: &[Post], act: Option<&Act<'_>>) -> Result<(), StoreError> {
    session.script(LOCK).await?;
    let known = session.rows(sqlx::query("select id from unit order by id")).await?;
    let known: Vec<i64> =
        known.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(failed())?;
    rules::refuse_unknown_units(&known, posts)?;
    session.script("delete from post").await?;
    for portion in posts.chunks(super::publish::PORTION) {
        write(session, portion).await?;
    }
    match act {
        Some(act) => audit::append(session, act).await.map(|_| ()),
        None => Ok(()),
    }
}

async fn set(
    session: &mut Session,
    unit: UnitId,
    seen: &str,
    posts: &[Post],
    act: &Act<'_>,
) -> Result<(), StoreError> {
    session.script(LOCK).await?;
    let id = unit.get() as i64;
    let there =
        "select unit, title, holder, phone, valid_from, valid_to from post where unit = $1 order by id";
    let there = session.rows(sqlx::query(there).bind(id)).await?;
    let there: Vec<Post> = there.iter().map(post).collect::<Result<_, _>>()?;
    if posts_tag(&there) != seen {
        return Err(StoreError::PostsChanged(unit));
    }
    if there == posts {
        return Ok(());
    }
    session.run(sqlx::query("delete from post where unit = $1").bind(id)).await?;
    write(session, posts).await?;
    audit::append(session, act).await.map(|_| ())
}

async fn write(session: &mut Session, posts: &[Post]) -> Result<(), StoreError> {
    let person = |p: &Post| p.person.clone().map_or((None, None), |p| (Some(p.holder), p.phone));
    let (holders, phones): (Vec<Option<String>>, Vec<Option<String>>) = posts.iter().map(person).unzip();
    let insert = sqlx::query(
        "insert into post (unit, title, holder, phone, valid_from, valid_to)
         select unit, title, holder, phone, valid_from, valid_to
         from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::date[], $6::date[])
           with ordinality as new (unit, title, holder, phone, valid_from, valid_to, place)
         order by place",
    )
    .bind(posts.iter().map(|p| p.unit.get() as i64).collect::<Vec<_>>())
    .bind(posts.iter().map(|p| p.title.clone()).collect::<Vec<_>>())
    .bind(holders)
    .bind(phones)
    .bind(posts.iter().map(|p| p.valid_from).collect::<Vec<NaiveDate>>())
    .bind(posts.iter().map(|p| p.valid_to).collect::<Vec<Option<NaiveDate>>>());
    session.run(insert).await.map(|_| ())
}

/// All posts on one connection.
pub(super) async fn all(session: &mut Session) -> Result<Vec<Post>, StoreError> {
    let all = "select unit, title, holder, phone, valid_from, valid_to from post order by unit, id";
    session.rows(sqlx::query(all)).await?.iter().map(post).collect()
}

fn post(row: &PgRow) -> Result<Post, StoreError> {
    let unit = unit_id(row.try_get(0).map_err(failed())?)?;
    let read = || -> Result<Post, sqlx::Error> {
        let (holder, phone): (Option<String>, _) = (row.try_get(2)?, row.try_get(3)?);
        Ok(Post {
            unit,
            title: row.try_get(1)?,
            person: holder.map(|holder| Person { holder, phone }),
            valid_from: row.try_get(4)?,
            valid_to: row.try_get(5)?,
        })
    };
    read().map_err(failed())
}
