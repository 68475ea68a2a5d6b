//! Publishing: the next revision in one transaction.

use super::load::{head, layers, outlines, write_time};
use super::version::{BLOB, columns, fields};
use super::{Sqlite, StoreError, drafts, events, unit_ids};
use crate::edit::Lineage;
use crate::geom::Bbox;
use crate::snapshot::{LayerSource, Revision, StateHash};
use crate::store::events::Happening;
use crate::store::rows::{self, Version};
use crate::store::rules::{self, OutlineChange, UnitChange};
use crate::store::{Ahead, Differing, DraftWrite, Publication};
use crate::unit::{Layer, UnitId};
use serde_json::Value;
use sqlx::{Connection, SqliteConnection};
use std::collections::{BTreeSet, HashMap};

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("publishing")
}

impl Sqlite {
    /// Checks the chain, writes what differs, commits.
    pub(in crate::store) async fn publish(
        &self,
        next: &Publication<'_>,
    ) -> Result<(Revision, StateHash), StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(failed())?;
        let published = write(&mut transaction, next, None, None).await?;
        events::append(&mut transaction, Happening::published(published.0, None)).await?;
        transaction.commit().await.map_err(failed())?;
        Ok(published)
    }

    /// The same, with the draft that becomes the revision and the lineage that it leaves.
    pub(in crate::store) async fn publish_draft(
        &self,
        next: &Publication<'_>,
        differing: Option<&Differing>,
        lineage: &Lineage,
        draft: &DraftWrite,
        said: &Value,
    ) -> Result<(Revision, StateHash), StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(failed())?;
        let (revision, hash) = write(&mut transaction, next, differing, Some(draft.id)).await?;
        drafts::write(&mut transaction, draft, Some(revision.number)).await?;
        drafts::write_lineage(&mut transaction, revision.number, lineage).await?;
        events::append(&mut transaction, Happening::published(revision, Some(said))).await?;
        transaction.commit().await.map_err(failed())?;
        Ok((revision, hash))
    }
}

async fn write(
    connection: &mut SqliteConnection,
    next: &Publication<'_>,
    differing: Option<&Differing>,
    draft: Option<u64>,
) -> Result<(Revision, StateHash), StoreError> {
    rules::refuse_broken_identities(next.layers)?;
    let Ahead { state_hash, bbox } = next.ahead(differing);
    let revision = rules::follow(head(connection).await?, next)?;
    let among = match differing {
        Some(differing) => differing.among(hash_of_head(connection).await?)?,
        None => None,
    };
    write_revision(connection, next, revision, state_hash).await?;
    write_layers(connection, next.layers).await?;
    write_outlines(connection, revision, next.layers).await?;
    write_units(connection, revision, next.layers, among, draft).await?;
    write_extent(connection, bbox).await?;
    Ok((revision, state_hash))
}

async fn hash_of_head(connection: &mut SqliteConnection) -> Result<Option<StateHash>, StoreError> {
    let stored: Option<Vec<u8>> =
        sqlx::query_scalar("select state_hash from revision order by number desc limit 1")
            .fetch_optional(connection)
            .await
            .map_err(failed())?;
    stored.map(|bytes| rows::state_hash(&bytes)).transpose()
}

async fn write_revision(
    connection: &mut SqliteConnection,
    next: &Publication<'_>,
    revision: Revision,
    hash: StateHash,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into revision (number, prev, effective_from, state_hash, note, attributes)
         values (?, ?, ?, ?, ?, ?)",
    )
    .bind(revision.number as i64)
    .bind(next.prev.map(|n| n as i64))
    .bind(write_time(revision.effective_from))
    .bind(&hash.0[..])
    .bind(&next.note)
    .bind(rows::write_attributes(&next.attributes))
    .execute(connection)
    .await
    .map_err(failed())?;
    Ok(())
}

async fn write_layers(connection: &mut SqliteConnection, sources: &[LayerSource]) -> Result<(), StoreError> {
    for layer in rules::new_layers(&layers(connection).await?, sources)? {
        write_layer(connection, layer).await?;
    }
    Ok(())
}

async fn write_layer(connection: &mut SqliteConnection, layer: &Layer) -> Result<(), StoreError> {
    let (outline, of) = rows::write_outline_kind(&layer.outline);
    sqlx::query(
        "insert into layer (name, title, levels, outline, outline_of, position)
         values (?, ?, ?, ?, ?, (select count(*) from layer))",
    )
    .bind(&layer.name)
    .bind(&layer.title)
    .bind(Value::from(layer.levels.clone()).to_string())
    .bind(outline)
    .bind(of)
    .execute(connection)
    .await
    .map_err(failed())?;
    Ok(())
}

async fn write_outlines(
    connection: &mut SqliteConnection,
    revision: Revision,
    sources: &[LayerSource],
) -> Result<(), StoreError> {
    let number = revision.number as i64;
    let old = match revision.number {
        1 => HashMap::new(),
        later => outlines(connection, later - 1).await?,
    };
    let change = OutlineChange::between(old, sources);
    for layer in &change.ended {
        end_outline(connection, layer, number).await?;
    }
    for (layer, shape) in &change.new {
        sqlx::query("insert into outline (layer, rev_from, geom) values (?, ?, ?)")
            .bind(layer)
            .bind(number)
            .bind((BLOB.write)(shape))
            .execute(&mut *connection)
            .await
            .map_err(failed())?;
    }
    Ok(())
}

async fn end_outline(connection: &mut SqliteConnection, layer: &str, number: i64) -> Result<(), StoreError> {
    sqlx::query("update outline set rev_to = ? where layer = ? and rev_to is null")
        .bind(number)
        .bind(layer)
        .execute(connection)
        .await
        .map_err(failed())?;
    Ok(())
}

/// The versions that hold, of some units or of all.
async fn current(
    connection: &mut SqliteConnection,
    among: Option<&BTreeSet<UnitId>>,
) -> Result<Vec<Version>, StoreError> {
    let among = among.map(|units| units.iter().map(|unit| unit.get() as i64).collect::<Vec<_>>());
    let held = match among {
        None => sqlx::query(concat!("select ", columns!(), " from unit_version where rev_to is null")),
        Some(units) => sqlx::query(concat!(
            "select ",
            columns!(),
            " from unit_version where rev_to is null and unit in (select value from json_each(?))"
        ))
        .bind(Value::from(units).to_string()),
    };
    let rows = held.fetch_all(connection).await.map_err(failed())?;
    rows.iter().map(|row| fields(row).map(Version::from)).collect()
}

/// Ends the versions that no longer hold, then adds those that are new; equal ones stay.
async fn write_units(
    connection: &mut SqliteConnection,
    revision: Revision,
    sources: &[LayerSource],
    among: Option<&BTreeSet<UnitId>>,
    draft: Option<u64>,
) -> Result<(), StoreError> {
    let number = revision.number as i64;
    let change = UnitChange::between(current(connection, among).await?, sources, among, BLOB);
    rules::refuse_taken(&unit_ids::taken(connection).await?, &change.new, draft)?;
    for unit in change.ended {
        sqlx::query("update unit_version set rev_to = ? where unit = ? and rev_to is null")
            .bind(number)
            .bind(unit)
            .execute(&mut *connection)
            .await
            .map_err(failed())?;
    }
    write_identities(connection, &change.new).await?;
    for version in change.new {
        write_version(connection, number, version).await?;
    }
    Ok(())
}

/// All identities first: a parent may come after its child.
async fn write_identities(connection: &mut SqliteConnection, versions: &[Version]) -> Result<(), StoreError> {
    for version in versions {
        let inserted = sqlx::query(
            "insert into unit (id, layer) values (?1, ?2)
             on conflict (id) do update set layer = layer where layer = ?2",
        )
        .bind(version.unit)
        .bind(&version.layer)
        .execute(&mut *connection)
        .await
        .map_err(failed())?;
        if inserted.rows_affected() == 0 {
            let refused = format!("unit id {} belongs to another layer than {}", version.unit, version.layer);
            return Err(StoreError::Refused(vec![refused]));
        }
    }
    Ok(())
}

async fn write_version(
    connection: &mut SqliteConnection,
    number: i64,
    version: Version,
) -> Result<(), StoreError> {
    sqlx::query(concat!(
        "insert into unit_version (rev_from, ",
        columns!(),
        ") values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    ))
    .bind(number)
    .bind(version.unit)
    .bind(version.layer)
    .bind(version.level)
    .bind(version.code)
    .bind(version.name)
    .bind(version.parent)
    .bind(version.attributes)
    .bind(version.geom)
    .execute(connection)
    .await
    .map_err(failed())?;
    Ok(())
}

/// Tells other programs how far the ground reaches, so that they need not read it all.
async fn write_extent(connection: &mut SqliteConnection, bbox: Option<Bbox>) -> Result<(), StoreError> {
    let extent = bbox.map(|b| b.degrees());
    let [west, south, east, north] = extent.map_or([None; 4], |e| e.map(Some));
    sqlx::query(
        "update gpkg_contents
         set min_x = ?, min_y = ?, max_x = ?, max_y = ?, last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
         where data_type = 'features'",
    )
    .bind(west)
    .bind(south)
    .bind(east)
    .bind(north)
    .execute(connection)
    .await
    .map_err(failed())?;
    Ok(())
}
