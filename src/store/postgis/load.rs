//! Reading revisions back.

use super::session::Session;
use super::version::{EWKB, columns, fields};
use super::{PostGis, again, posts};
use crate::geom::Shape;
use crate::snapshot::{LayerSource, Revision};
use crate::store::rows::{self, parse_attributes};
use crate::store::{Loaded, StoreError};
use crate::unit::{Layer, Post, UnitId};
use sqlx::Row;
use sqlx::postgres::PgRow;
use std::collections::{BTreeSet, HashMap};

/// Rows that are fetched at a time, so that no statement takes long, however large the store is.
const PORTION: i64 = 10_000;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading a revision")
}

impl PostGis {
    /// One revision, read in one transaction that sees one moment.
    pub(in crate::store) async fn load(&self, number: u64) -> Result<Loaded, StoreError> {
        again(|| Box::pin(self.load_once(number))).await
    }

    async fn load_once(&self, number: u64) -> Result<Loaded, StoreError> {
        let mut session = Session::view(&self.hosts, "loading a revision").await?;
        let head = head(&mut session).await?.map_or(0, |r| r.number);
        let select = "select number, effective_from, state_hash, note, attributes::text from revision
            where number = $1";
        let row = match i64::try_from(number) {
            Ok(n) => session.row(sqlx::query(select).bind(n)).await?,
            Err(_beyond_any) => None,
        };
        let Some(row) = row else {
            session.undo().await;
            return Err(StoreError::UnknownRevision { head, got: number });
        };
        let layers = layers(&mut session).await?;
        let outlines = outlines(&mut session, number as i64).await?;
        let units = unit_rows(&mut session, number as i64).await?;
        let posts = posts::all(&mut session).await?;
        // Nothing was written, so nothing is confirmed either.
        session.undo().await;
        let decode = move || rows::sources(&layers, outlines, &units, fields, EWKB);
        let layers = tokio::task::spawn_blocking(decode).await.expect("decoding does not panic")?;
        loaded(&row, layers, posts)
    }
}

fn loaded(row: &PgRow, layers: Vec<LayerSource>, posts: Vec<Post>) -> Result<Loaded, StoreError> {
    let hash: &[u8] = row.try_get(2).map_err(failed())?;
    let attributes: &str = row.try_get(4).map_err(failed())?;
    Ok(Loaded {
        revision: revision(row)?,
        layers,
        posts,
        state_hash: rows::state_hash(hash)?,
        note: row.try_get(3).map_err(failed())?,
        attributes: parse_attributes(attributes).map_err(|e| StoreError::Damaged(e.to_string()))?,
    })
}

/// The newest revision: one row, the last of the primary key.
pub(super) async fn head(session: &mut Session) -> Result<Option<Revision>, StoreError> {
    let newest = "select number, effective_from from revision order by number desc limit 1";
    session.row(sqlx::query(newest)).await?.as_ref().map(revision).transpose()
}

/// All revisions, oldest first.
pub(super) async fn revisions(session: &mut Session) -> Result<Vec<Revision>, StoreError> {
    let all = "select number, effective_from from revision order by number";
    session.rows(sqlx::query(all)).await?.iter().map(revision).collect()
}

/// A revision, from its number and its moment in the first two columns.
pub(super) fn revision(row: &PgRow) -> Result<Revision, StoreError> {
    let number: i64 = row.try_get(0).map_err(failed())?;
    Ok(Revision { number: number as u64, effective_from: row.try_get(1).map_err(failed())? })
}

/// All layers, in the order in which they are listed.
pub(super) async fn layers(session: &mut Session) -> Result<Vec<Layer>, StoreError> {
    let all = "select name, title, levels, outline, outline_of from layer order by position";
    let layer = |row: &PgRow| {
        let read = || -> Result<Layer, sqlx::Error> {
            Ok(Layer {
                name: row.try_get(0)?,
                title: row.try_get(1)?,
                levels: row.try_get(2)?,
                outline: rows::read_outline_kind(row.try_get(3)?, row.try_get(4)?),
            })
        };
        read().map_err(failed())
    };
    session.rows(sqlx::query(all)).await?.iter().map(layer).collect()
}

/// The outlines of a revision, by layer.
pub(super) async fn outlines(
    session: &mut Session,
    number: i64,
) -> Result<HashMap<String, Shape>, StoreError> {
    let held = "select layer, st_asewkb(geom, 'NDR') from outline
        where rev_from <= $1 and (rev_to is null or rev_to > $1)";
    let outline = |row: &PgRow| {
        let layer: String = row.try_get(0).map_err(failed())?;
        let shape = rows::outline(&layer, row.try_get(1).map_err(failed())?, EWKB)?;
        Ok((layer, shape))
    };
    session.rows(sqlx::query(held).bind(number)).await?.iter().map(outline).collect()
}

async fn unit_rows(session: &mut Session, number: i64) -> Result<Vec<PgRow>, StoreError> {
    let held = concat!(
        "select ",
        columns!(),
        " from unit_version
          where rev_from <= $1 and (rev_to is null or rev_to > $1) and unit > $2
          order by unit
          limit $3",
    );
    let mut all: Vec<PgRow> = Vec::new();
    loop {
        let after: i64 = all.last().map_or(Ok(0), |row| row.try_get(0)).map_err(failed())?;
        let portion = session.rows(sqlx::query(held).bind(number).bind(after).bind(PORTION)).await?;
        let last = (portion.len() as i64) < PORTION;
        all.extend(portion);
        if last {
            return Ok(all);
        }
    }
}

/// The versions that hold now, by unit; those of the head, of some units or of all.
pub(super) async fn current(
    session: &mut Session,
    head: u64,
    among: Option<&BTreeSet<UnitId>>,
) -> Result<Vec<PgRow>, StoreError> {
    let Some(units) = among else { return unit_rows(session, head as i64).await };
    let units: Vec<i64> = units.iter().map(|unit| unit.get() as i64).collect();
    let held = concat!(
        "select ",
        columns!(),
        " from unit_version
          where rev_to is null and unit = any($1)
          order by unit",
    );
    session.rows(sqlx::query(held).bind(units)).await
}
