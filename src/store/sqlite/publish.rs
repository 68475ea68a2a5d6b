//! Publishing: the next revision in one transaction.

use super::load::{head, layers, outlines, write_time};
use super::version::{SRS_ID, Version, columns};
use super::{Sqlite, StoreError};
use crate::geom::{Bbox, Shape, wkb};
use crate::snapshot::{LayerSource, Revision, StateHash};
use crate::store::Publication;
use crate::unit::{Layer, Outline, UnitId};
use chrono::SubsecRound;
use sqlx::{Connection, SqliteConnection};
use std::collections::{HashMap, HashSet};

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("publishing")
}

impl Sqlite {
    /// Checks the chain, writes what differs, commits.
    pub(in crate::store) async fn publish(
        &self,
        next: &Publication<'_>,
    ) -> Result<(Revision, StateHash), StoreError> {
        refuse_broken_identities(next.layers)?;
        let hash = StateHash::of(next.layers);
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(failed())?;
        let revision = follow(&mut transaction, next, hash).await?;
        write_layers(&mut transaction, next.layers).await?;
        write_outlines(&mut transaction, revision, next.layers).await?;
        write_units(&mut transaction, revision, next.layers).await?;
        write_extent(&mut transaction, next.layers).await?;
        transaction.commit().await.map_err(failed())?;
        Ok((revision, hash))
    }
}

/// What no backend could store: an id given twice, a shape of nobody, a level that is not the layer's.
fn refuse_broken_identities(layers: &[LayerSource]) -> Result<(), StoreError> {
    let mut refused = Vec::new();
    let mut names = HashSet::new();
    let mut ids: HashMap<UnitId, &str> = HashMap::new();
    for source in layers {
        let name = source.layer.name.as_str();
        if !names.insert(name) {
            refused.push(format!("layer {name} is given twice"));
        }
        for unit in &source.units {
            if let Some(other) = ids.insert(unit.id, name) {
                refused.push(format!("unit id {} is given twice, in {other} and {name}", unit.id));
            }
            if unit.level > source.layer.grid_level() {
                refused.push(format!("unit {} of {name} has a level that the layer has not", unit.code));
            }
        }
        let mut shaped = HashSet::new();
        for (id, _) in &source.shapes {
            if ids.get(id) != Some(&name) || !shaped.insert(id) {
                refused.push(format!("a shape of {name} belongs to no unit, or is a second one: id {id}"));
            }
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(StoreError::Refused(refused)) }
}

async fn follow(
    connection: &mut SqliteConnection,
    next: &Publication<'_>,
    hash: StateHash,
) -> Result<Revision, StoreError> {
    let head = head(connection).await?;
    let (at, wanted) = (head.map_or(0, |r| r.number), next.prev.unwrap_or(0));
    if at != wanted {
        return Err(StoreError::Conflict { head: at, got: wanted });
    }
    let effective_from = next.effective_from.trunc_subsecs(6);
    if let Some(head) = head.filter(|head| head.effective_from >= effective_from) {
        return Err(StoreError::NotLater { head: head.effective_from, got: effective_from });
    }
    let revision = Revision { number: at + 1, effective_from };
    sqlx::query(
        "insert into revision (number, prev, effective_from, state_hash, note, attributes)
         values (?, ?, ?, ?, ?, ?)",
    )
    .bind(revision.number as i64)
    .bind(next.prev.map(|n| n as i64))
    .bind(write_time(effective_from))
    .bind(&hash.0[..])
    .bind(&next.note)
    .bind(serde_json::Value::Object(next.attributes.clone()).to_string())
    .execute(connection)
    .await
    .map_err(failed())?;
    Ok(revision)
}

/// Adds layers that are new. One that is known keeps its levels: old versions name them.
async fn write_layers(connection: &mut SqliteConnection, sources: &[LayerSource]) -> Result<(), StoreError> {
    let known = layers(connection).await?;
    for layer in sources.iter().map(|s| &s.layer) {
        match known.iter().find(|k| k.name == layer.name) {
            None => write_layer(connection, layer).await?,
            Some(same) if same == layer => {}
            Some(_) => {
                let refused = format!("layer {} is stored with another title, outline or levels", layer.name);
                return Err(StoreError::Refused(vec![refused]));
            }
        }
    }
    Ok(())
}

async fn write_layer(connection: &mut SqliteConnection, layer: &Layer) -> Result<(), StoreError> {
    let (outline, of) = match &layer.outline {
        Outline::Own => ("own", None),
        Outline::Of(other) => ("of", Some(other)),
        Outline::None => ("none", None),
    };
    sqlx::query(
        "insert into layer (name, title, levels, outline, outline_of, position)
         values (?, ?, ?, ?, ?, (select count(*) from layer))",
    )
    .bind(&layer.name)
    .bind(&layer.title)
    .bind(serde_json::Value::from(layer.levels.clone()).to_string())
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
    let mut old = match revision.number {
        1 => HashMap::new(),
        later => outlines(connection, later - 1).await?,
    };
    for source in sources {
        let name = &source.layer.name;
        let new = source.outline.as_ref().map(Shape::canonical);
        let before = old.remove(name);
        if before == new {
            continue;
        }
        if before.is_some() {
            end_outline(connection, name, number).await?;
        }
        if let Some(shape) = new {
            sqlx::query("insert into outline (layer, rev_from, geom) values (?, ?, ?)")
                .bind(name)
                .bind(number)
                .bind(wkb::write_degrees(&shape, SRS_ID))
                .execute(&mut *connection)
                .await
                .map_err(failed())?;
        }
    }
    for gone in old.keys() {
        end_outline(connection, gone, number).await?;
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

/// Ends the versions that no longer hold, then adds those that are new; equal ones stay.
async fn write_units(
    connection: &mut SqliteConnection,
    revision: Revision,
    sources: &[LayerSource],
) -> Result<(), StoreError> {
    let number = revision.number as i64;
    let rows = sqlx::query(concat!("select ", columns!(), " from unit_version where rev_to is null"))
        .fetch_all(&mut *connection)
        .await
        .map_err(failed())?;
    let old = rows.iter().map(Version::of_row).collect::<Result<Vec<_>, _>>().map_err(failed())?;
    let mut old: HashMap<i64, Version> = old.into_iter().map(|v| (v.unit, v)).collect();
    let mut new: Vec<Version> = sources.iter().flat_map(Version::of_layer).collect();
    new.retain(|version| {
        let same = old.get(&version.unit) == Some(version);
        if same {
            old.remove(&version.unit);
        }
        !same
    });
    let mut ended: Vec<i64> = old.into_keys().collect();
    ended.sort_unstable();
    for unit in ended {
        sqlx::query("update unit_version set rev_to = ? where unit = ? and rev_to is null")
            .bind(number)
            .bind(unit)
            .execute(&mut *connection)
            .await
            .map_err(failed())?;
    }
    write_identities(connection, &new).await?;
    for version in new {
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
async fn write_extent(connection: &mut SqliteConnection, sources: &[LayerSource]) -> Result<(), StoreError> {
    let boxes = sources.iter().flat_map(|s| s.shapes.iter().filter_map(|(_, shape)| shape.bbox()));
    let extent = boxes.reduce(Bbox::union).map(|b| b.degrees());
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
