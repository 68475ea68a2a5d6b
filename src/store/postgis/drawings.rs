//! Drawings for tile servers of others; `migrations/postgis/0008_martin.sql` has the function that cuts them.

use super::session::Session;
use super::{PostGis, again};
use crate::snapshot::Revision;
use crate::snapshot::drawn::{FIRST_ZOOM, LAST_ZOOM};
use crate::store::StoreError;
use crate::store::drawings::{Drawings, RENDER, Row, RowDigest, Sitter, Sitting, rows};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

const DOING: &str = "drawing for other tile servers";

/// Held by whoever draws, until the transaction ends.
const LOCK: &str = "select pg_try_advisory_xact_lock(hashtext('wangge draw'))";

/// A zoom of a large state takes longer to draw than a transaction may otherwise do nothing.
const PATIENT: &str = "set idle_in_transaction_session_timeout = '10min'";

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database(DOING)
}

impl PostGis {
    /// Which revision the drawings show.
    pub(in crate::store) async fn drawings(&self) -> Result<Option<Drawings>, StoreError> {
        again(|| {
            Box::pin(async {
                let mut session = Session::start(&self.hosts, DOING).await?;
                kept(&mut session).await
            })
        })
        .await
    }

    /// Begins or ends to keep drawings.
    pub(in crate::store) async fn keep_drawings(&self, keep: bool) -> Result<(), StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::begin(&self.hosts, DOING).await?;
                session.script(if keep { BEGIN } else { END }).await?;
                session.commit().await
            })
        })
        .await
    }

    /// Draws a state in one transaction. Tried once: whoever follows the store tries again.
    pub(in crate::store) async fn draw(&self, sitter: &Sitter) -> Result<Sitting, StoreError> {
        let mut session = Session::start(&self.hosts, DOING).await?;
        // Nothing is drawn for a store that does not want it.
        if kept(&mut session).await?.is_none() {
            return Ok(Sitting::NotKept);
        }
        session.take_time().await?;
        session.script(PATIENT).await?;
        let mut session = session.transaction("begin").await?;
        match draw_all(&mut session, sitter).await {
            Ok(drawn @ Sitting::Drawn { .. }) => session.commit().await.map(|()| drawn),
            other => {
                session.undo().await;
                other
            }
        }
    }
}

const BEGIN: &str = "insert into drawing default values on conflict do nothing";
/// Truncating takes a lock that ends with the transaction, and no time.
const END: &str = "delete from drawing; truncate drawn";

async fn kept(session: &mut Session) -> Result<Option<Drawings>, StoreError> {
    let row = session.row(sqlx::query("select revision, render from drawing")).await?;
    row.as_ref().map(drawings).transpose()
}

fn drawings(row: &PgRow) -> Result<Drawings, StoreError> {
    let revision: Option<i64> = row.try_get(0).map_err(failed())?;
    let render: Option<i64> = row.try_get(1).map_err(failed())?;
    Ok(Drawings { revision: revision.filter(|_| render == Some(RENDER)).map(|n| n as u64) })
}

async fn draw_all(session: &mut Session, sitter: &Sitter) -> Result<Sitting, StoreError> {
    let held = session.row(sqlx::query(LOCK)).await?.map(|row| row.try_get(0)).transpose();
    if held.map_err(failed())? != Some(true) {
        return Ok(Sitting::Busy);
    }
    // Asked for once more: somebody may have drawn, or thrown all away, since.
    let Some(drawings) = kept(session).await? else { return Ok(Sitting::NotKept) };
    if drawings.revision >= Some(sitter.revision.number) {
        return Ok(Sitting::Shown);
    }
    if !has(session, sitter).await? {
        return Ok(Sitting::Unknown);
    }
    let (mut added, mut removed) = (0, 0);
    for zoom in FIRST_ZOOM..=LAST_ZOOM {
        let (new, gone) = draw_zoom(session, sitter, zoom).await?;
        added += new;
        removed += gone;
    }
    let shows = "update drawing set revision = $1, render = $2, drawn_at = now()";
    let Revision { number, .. } = sitter.revision;
    if session.run(sqlx::query(shows).bind(number as i64).bind(RENDER)).await? == 0 {
        return Ok(Sitting::NotKept);
    }
    Ok(Sitting::Drawn { added, removed })
}

/// Whether the store has this very state: it may have been put back under a node.
async fn has(session: &mut Session, sitter: &Sitter) -> Result<bool, StoreError> {
    let row = sqlx::query("select state_hash = $2 from revision where number = $1")
        .bind(sitter.revision.number as i64)
        .bind(sitter.state_hash.0.to_vec());
    let same = session.row(row).await?.map(|row| row.try_get(0)).transpose();
    Ok(same.map_err(failed())?.unwrap_or(false))
}

/// Adds what is not there, removes what is no longer seen.
async fn draw_zoom(session: &mut Session, sitter: &Sitter, zoom: u8) -> Result<(u64, u64), StoreError> {
    let layers = sitter.layers.clone();
    let draw = tokio::task::spawn_blocking(move || rows(&layers, zoom));
    let mut rows = draw.await.expect("drawing does not panic");
    let stored = sqlx::query("select digest from drawn where zoom = $1").bind(i16::from(zoom));
    let mut gone: Vec<Vec<u8>> = Vec::new();
    for row in session.rows(stored).await? {
        let digest: &[u8] = row.try_get(0).map_err(failed())?;
        let seen = RowDigest::try_from(digest).is_ok_and(|digest| rows.remove(&digest).is_some());
        if !seen {
            gone.push(digest.to_vec());
        }
    }
    for gone in gone.chunks(super::publish::PORTION) {
        let delete = "delete from drawn where zoom = $1 and digest = any($2)";
        session.run(sqlx::query(delete).bind(i16::from(zoom)).bind(gone)).await?;
    }
    let new: Vec<(RowDigest, Row)> = rows.into_iter().collect();
    for new in new.chunks(super::publish::PORTION) {
        write(session, zoom, new).await?;
    }
    Ok((new.len() as u64, gone.len() as u64))
}

async fn write(session: &mut Session, zoom: u8, new: &[(RowDigest, Row)]) -> Result<(), StoreError> {
    fn column<'a, T>(new: &'a [(RowDigest, Row)], of: impl Fn(&'a Row) -> T) -> Vec<T> {
        new.iter().map(|(_, row)| of(row)).collect()
    }
    let insert = sqlx::query(
        "insert into drawn
           (zoom, digest, kind, layer, level, unit, left_unit, right_unit, tint, rank, bounds, shape)
         select $1, digest, kind, layer, level, unit, left_unit, right_unit, tint, rank,
           box(point(west, north), point(east, south)), shape
         from unnest($2::bytea[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
             $9::smallint[], $10::smallint[], $11::float8[], $12::float8[], $13::float8[], $14::float8[],
             $15::bytea[])
           as new (digest, kind, layer, level, unit, left_unit, right_unit, tint, rank, west, north, east, south,
             shape)",
    )
    .bind(i16::from(zoom))
    .bind(new.iter().map(|(digest, _)| digest.to_vec()).collect::<Vec<_>>())
    .bind(column(new, |row| row.kind))
    .bind(column(new, |row| row.layer.as_str()))
    .bind(column(new, |row| row.level.as_str()))
    .bind(column(new, |row| row.unit))
    .bind(column(new, |row| row.left))
    .bind(column(new, |row| row.right))
    .bind(column(new, |row| row.tint))
    .bind(column(new, |row| row.rank))
    .bind(column(new, |row| row.bounds[0]))
    .bind(column(new, |row| row.bounds[1]))
    .bind(column(new, |row| row.bounds[2]))
    .bind(column(new, |row| row.bounds[3]))
    .bind(column(new, |row| row.shape.as_slice()));
    session.run(insert).await.map(|_| ())
}
