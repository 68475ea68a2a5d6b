//! Reading revisions back.

use super::version::{BLOB, columns, fields};
use super::{Sqlite, StoreError, posts};
use crate::geom::Shape;
use crate::snapshot::{LayerSource, Revision};
use crate::store::Loaded;
use crate::store::rows::{self, parse_attributes};
use crate::unit::Layer;
use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row, SqliteConnection};
use std::collections::HashMap;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading a revision")
}

impl Sqlite {
    /// One revision, read in one transaction.
    pub(in crate::store) async fn load(&self, number: u64) -> Result<Loaded, StoreError> {
        let mut connection = self.reader().await?;
        let mut transaction = connection.begin().await.map_err(failed())?;
        let head = head(&mut transaction).await?.map_or(0, |r| r.number);
        if !(1..=head).contains(&number) {
            return Err(StoreError::UnknownRevision { head, got: number });
        }
        let row = sqlx::query(
            "select number, effective_from, state_hash, note, attributes from revision where number = ?",
        )
        .bind(number as i64)
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed())?;
        let layers = layers(&mut transaction).await?;
        let outlines = outlines(&mut transaction, number).await?;
        let rows = unit_rows(&mut transaction, number).await?;
        let posts = posts::all(&mut transaction).await?;
        transaction.commit().await.map_err(failed())?;
        let decode = move || rows::sources(&layers, outlines, &rows, fields, BLOB);
        let layers = tokio::task::spawn_blocking(decode).await.expect("decoding does not panic")?;
        loaded(&row, layers, posts)
    }
}

fn loaded(
    row: &SqliteRow,
    layers: Vec<LayerSource>,
    posts: Vec<crate::unit::Post>,
) -> Result<Loaded, StoreError> {
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

/// The newest revision.
pub(super) async fn head(connection: &mut SqliteConnection) -> Result<Option<Revision>, StoreError> {
    let row = sqlx::query("select number, effective_from from revision order by number desc limit 1")
        .fetch_optional(connection)
        .await
        .map_err(failed())?;
    row.as_ref().map(revision).transpose()
}

/// All revisions, oldest first.
pub(super) async fn revisions(connection: &mut SqliteConnection) -> Result<Vec<Revision>, StoreError> {
    let rows = sqlx::query("select number, effective_from from revision order by number")
        .fetch_all(connection)
        .await
        .map_err(failed())?;
    rows.iter().map(revision).collect()
}

/// A revision, from its number and its moment in the first two columns.
pub(super) fn revision(row: &SqliteRow) -> Result<Revision, StoreError> {
    let number: i64 = row.try_get(0).map_err(failed())?;
    let effective_from: &str = row.try_get(1).map_err(failed())?;
    Ok(Revision { number: number as u64, effective_from: read_time(effective_from)? })
}

/// A moment as it is stored: RFC 3339 in UTC with microseconds, so that text sorts as time does.
pub(super) fn write_time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A stored moment.
pub(super) fn read_time(text: &str) -> Result<DateTime<Utc>, StoreError> {
    let parsed = DateTime::parse_from_rfc3339(text).map(|t| t.with_timezone(&Utc));
    parsed.map_err(|error| StoreError::Damaged(format!("the time {text:?}: {error}")))
}

/// All layers, in the order in which they are listed.
pub(super) async fn layers(connection: &mut SqliteConnection) -> Result<Vec<Layer>, StoreError> {
    let rows: Vec<(String, String, String, String, Option<String>)> =
        sqlx::query_as("select name, title, levels, outline, outline_of from layer order by position")
            .fetch_all(connection)
            .await
            .map_err(failed())?;
    let layer = |(name, title, levels, outline, of): (String, String, String, String, Option<String>)| {
        let levels = serde_json::from_str(&levels);
        let levels = levels.map_err(|e| StoreError::Damaged(format!("the levels of {name}: {e}")))?;
        let outline = rows::read_outline_kind(&outline, of);
        Ok(Layer { name, title, levels, outline })
    };
    rows.into_iter().map(layer).collect()
}

/// The outlines of a revision, by layer.
pub(super) async fn outlines(
    connection: &mut SqliteConnection,
    number: u64,
) -> Result<HashMap<String, Shape>, StoreError> {
    let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(
        "select layer, geom from outline where rev_from <= ?1 and (rev_to is null or rev_to > ?1)",
    )
    .bind(number as i64)
    .fetch_all(connection)
    .await
    .map_err(failed())?;
    let shape =
        |(layer, blob): (String, Vec<u8>)| rows::outline(&layer, &blob, BLOB).map(|shape| (layer, shape));
    rows.into_iter().map(shape).collect()
}

async fn unit_rows(connection: &mut SqliteConnection, number: u64) -> Result<Vec<SqliteRow>, StoreError> {
    sqlx::query(concat!(
        "select ",
        columns!(),
        " from unit_version where rev_from <= ?1 and (rev_to is null or rev_to > ?1) order by unit",
    ))
    .bind(number as i64)
    .fetch_all(connection)
    .await
    .map_err(failed())
}
