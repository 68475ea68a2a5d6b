//! Publishing: the next revision in one transaction.

use super::load::{current, head, layers, outlines};
use super::session::Session;
use super::version::{EWKB, fields};
use super::{PostGis, again, drafts, events, fault, unit_ids};
use crate::edit::Lineage;
use crate::snapshot::{LayerSource, Revision, StateHash};
use crate::store::events::Happening;
use crate::store::rows::{self, Version};
use crate::store::rules::{self, OutlineChange, UnitChange};
use crate::store::{Differing, DraftWrite, Publication, StoreError};
use crate::unit::{Layer, UnitId};
use serde_json::Value;
use sqlx::Row;
use sqlx::postgres::PgRow;
use std::collections::{BTreeSet, HashMap};

/// Rows that are written with one statement.
pub(super) const PORTION: usize = 2_000;

impl PostGis {
    /// Checks the chain, writes what differs, commits.
    pub(in crate::store) async fn publish(
        &self,
        next: &Publication<'_>,
    ) -> Result<(Revision, StateHash), StoreError> {
        rules::refuse_broken_identities(next.layers)?;
        let hash = next.ahead(None).state_hash;
        again(|| Box::pin(self.publish_once(next, hash, None))).await.map(|revision| (revision, hash))
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
        rules::refuse_broken_identities(next.layers)?;
        let hash = next.ahead(differing).state_hash;
        let draft = FromDraft { differing, lineage, draft, said };
        let published = again(|| Box::pin(self.publish_once(next, hash, Some(draft)))).await;
        published.map(|revision| (revision, hash))
    }

    async fn publish_once(
        &self,
        next: &Publication<'_>,
        hash: StateHash,
        draft: Option<FromDraft<'_>>,
    ) -> Result<Revision, StoreError> {
        let mut session = Session::begin(&self.hosts, "publishing").await?;
        let done = write_all(&mut session, next, hash, draft).await;
        session.end(done).await
    }
}

/// What makes a draft a revision: what it changes, the lineage that it leaves, its write, and what its event says.
#[derive(Clone, Copy)]
struct FromDraft<'a> {
    differing: Option<&'a Differing>,
    lineage: &'a Lineage,
    draft: &'a DraftWrite,
    said: &'a Value,
}

async fn write_all(
    session: &mut Session,
    next: &Publication<'_>,
    hash: StateHash,
    draft: Option<FromDraft<'_>>,
) -> Result<Revision, StoreError> {
    let revision = write(session, next, hash, draft).await?;
    if let Some(FromDraft { lineage, draft, .. }) = draft {
        drafts::write(session, draft, Some(revision.number)).await?;
        drafts::write_lineage(session, revision.number, lineage).await?;
    }
    // With a hint for the other nodes, heard when the transaction commits; the row is the truth.
    let said = draft.map(|draft| draft.said);
    events::append(session, Happening::published(revision, said)).await?;
    Ok(revision)
}

/// Whoever publishes first has the lock; the next one sees its revision. Readers go on.
async fn write(
    session: &mut Session,
    next: &Publication<'_>,
    hash: StateHash,
    draft: Option<FromDraft<'_>>,
) -> Result<Revision, StoreError> {
    session.script("lock table revision in share row exclusive mode").await?;
    let revision = rules::follow(head(session).await?, next)?;
    let among = match draft.and_then(|draft| draft.differing) {
        Some(differing) => differing.among(hash_of_head(session).await?)?,
        None => None,
    };
    write_revision(session, next, revision, hash).await?;
    write_layers(session, next.layers).await?;
    write_outlines(session, revision, next.layers).await?;
    write_units(session, revision, next.layers, among, draft.map(|draft| draft.draft.id)).await?;
    Ok(revision)
}

async fn hash_of_head(session: &mut Session) -> Result<Option<StateHash>, StoreError> {
    let head = sqlx::query("select state_hash from revision order by number desc limit 1");
    let rows = session.rows(head).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    rows::state_hash(row.try_get(0).map_err(StoreError::database("publishing"))?).map(Some)
}

async fn write_revision(
    session: &mut Session,
    next: &Publication<'_>,
    revision: Revision,
    hash: StateHash,
) -> Result<(), StoreError> {
    let insert = sqlx::query(
        "insert into revision (number, prev, effective_from, state_hash, note, attributes)
         values ($1, $2, $3, $4, $5, $6::json)",
    )
    .bind(revision.number as i64)
    .bind(next.prev.map(|n| n as i64))
    .bind(revision.effective_from)
    .bind(hash.0.to_vec())
    .bind(next.note.clone())
    .bind(rows::write_attributes(&next.attributes));
    match session.run(insert).await {
        // Nobody of ours, who would have waited for the lock; `unique` has the last word all the same.
        Err(error) if fault::is_taken(&error) => {
            Err(StoreError::Conflict { head: revision.number, got: next.prev.unwrap_or(0) })
        }
        other => other.map(|_| ()),
    }
}

async fn write_layers(session: &mut Session, sources: &[LayerSource]) -> Result<(), StoreError> {
    for layer in rules::new_layers(&layers(session).await?, sources)? {
        write_layer(session, layer).await?;
    }
    Ok(())
}

async fn write_layer(session: &mut Session, layer: &Layer) -> Result<(), StoreError> {
    let (outline, of) = rows::write_outline_kind(&layer.outline);
    let insert = sqlx::query(
        "insert into layer (name, title, levels, outline, outline_of, position)
         values ($1, $2, $3, $4, $5, (select count(*) from layer))",
    )
    .bind(&layer.name)
    .bind(&layer.title)
    .bind(&layer.levels)
    .bind(outline)
    .bind(of);
    session.run(insert).await.map(|_| ())
}

async fn write_outlines(
    session: &mut Session,
    revision: Revision,
    sources: &[LayerSource],
) -> Result<(), StoreError> {
    let number = revision.number as i64;
    let old = match number {
        1 => HashMap::new(),
        later => outlines(session, later - 1).await?,
    };
    let change = OutlineChange::between(old, sources);
    let end = "update outline set rev_to = $1 where layer = any($2) and rev_to is null";
    session.run(sqlx::query(end).bind(number).bind(&change.ended)).await?;
    for (layer, shape) in &change.new {
        let insert =
            sqlx::query("insert into outline (layer, rev_from, geom) values ($1, $2, st_geomfromewkb($3))");
        session.run(insert.bind(layer).bind(number).bind((EWKB.write)(shape))).await?;
    }
    Ok(())
}

/// Ends the versions that no longer hold, then adds those that are new; equal ones stay.
async fn write_units(
    session: &mut Session,
    revision: Revision,
    sources: &[LayerSource],
    among: Option<&BTreeSet<UnitId>>,
    draft: Option<u64>,
) -> Result<(), StoreError> {
    let number = revision.number as i64;
    let old = current(session, revision.number - 1, among).await?;
    let old = old.iter().map(|row| fields(row).map(Version::from)).collect::<Result<_, _>>()?;
    let change = UnitChange::between(old, sources, among, EWKB);
    rules::refuse_taken(&unit_ids::taken(session).await?, &change.new, draft)?;
    for ended in change.ended.chunks(PORTION) {
        let end = "update unit_version set rev_to = $1 where unit = any($2) and rev_to is null";
        session.run(sqlx::query(end).bind(number).bind(ended)).await?;
    }
    for new in change.new.chunks(PORTION) {
        write_identities(session, new).await?;
    }
    for new in change.new.chunks(PORTION) {
        write_versions(session, number, new).await?;
    }
    Ok(())
}

/// All identities first: a parent may come after its child.
async fn write_identities(session: &mut Session, versions: &[Version]) -> Result<(), StoreError> {
    let units: Vec<i64> = versions.iter().map(|v| v.unit).collect();
    let layers: Vec<&str> = versions.iter().map(|v| v.layer.as_str()).collect();
    let insert = "insert into unit (id, layer)
        select id, layer from unnest($1::bigint[], $2::text[]) as new (id, layer)
        on conflict (id) do nothing";
    session.run(sqlx::query(insert).bind(&units).bind(&layers)).await?;
    let moved = "select new.id, new.layer
        from unnest($1::bigint[], $2::text[]) as new (id, layer)
        join unit on unit.id = new.id and unit.layer <> new.layer
        order by new.id";
    let moved = session.rows(sqlx::query(moved).bind(&units).bind(&layers)).await?;
    let refused = |row: &PgRow| -> Result<String, sqlx::Error> {
        let (id, layer): (i64, &str) = (row.try_get(0)?, row.try_get(1)?);
        Ok(format!("unit id {id} belongs to another layer than {layer}"))
    };
    let refused = moved.iter().map(refused).collect::<Result<Vec<String>, _>>();
    match refused.map_err(StoreError::database("publishing"))? {
        none if none.is_empty() => Ok(()),
        refused => Err(StoreError::Refused(refused)),
    }
}

async fn write_versions(session: &mut Session, number: i64, new: &[Version]) -> Result<(), StoreError> {
    fn column<'a, T>(new: &'a [Version], of: impl Fn(&'a Version) -> T) -> Vec<T> {
        new.iter().map(of).collect()
    }
    let insert = sqlx::query(
        "insert into unit_version
           (rev_from, unit, layer, level, code, name, parent, attributes, geom)
         select $1, unit, layer, level, code, name, parent, attributes::json, st_geomfromewkb(geom)
         from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
             $8::text[], $9::bytea[])
           as new (unit, layer, level, code, name, parent, attributes, geom)",
    )
    .bind(number)
    .bind(column(new, |v| v.unit))
    .bind(column(new, |v| v.layer.as_str()))
    .bind(column(new, |v| v.level.as_str()))
    .bind(column(new, |v| v.code.as_str()))
    .bind(column(new, |v| v.name.as_str()))
    .bind(column(new, |v| v.parent))
    .bind(column(new, |v| v.attributes.as_str()))
    .bind(column(new, |v| v.geom.as_deref()));
    session.run(insert).await.map(|_| ())
}
