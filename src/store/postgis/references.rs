//! Reference lines.

use super::session::Session;
use super::{PostGis, again, audit};
use crate::geom::wkb;
use crate::store::{Act, StoreError, references};
use crate::unit::{Reference, ReferenceLine};
use sqlx::Row;
use sqlx::postgres::PgRow;

/// Rows that are read or written at a time.
const PORTION: usize = 10_000;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading reference lines")
}

impl PostGis {
    /// All of them, in one moment.
    pub(in crate::store) async fn references(&self) -> Result<Vec<Reference>, StoreError> {
        again(|| {
            Box::pin(async {
                let mut session = Session::view(&self.hosts, "reading reference lines").await?;
                let sets = "select name, source, imported_at from reference order by name";
                let mut sets: Vec<Reference> =
                    session.rows(sqlx::query(sets)).await?.iter().map(set).collect::<Result<_, _>>()?;
                for set in &mut sets {
                    set.lines = lines(&mut session, &set.name).await?;
                }
                // Nothing was written, so nothing is confirmed either.
                session.undo().await;
                Ok(sets)
            })
        })
        .await
    }

    /// One in the place of the one of its name; whether there was one.
    pub(in crate::store) async fn put_reference(
        &self,
        reference: &Reference,
        act: Option<&Act<'_>>,
    ) -> Result<bool, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::begin(&self.hosts, "writing reference lines").await?;
                let done = put(&mut session, reference, act).await;
                session.end(done).await
            })
        })
        .await
    }

    /// Removes one; whether it was there.
    pub(in crate::store) async fn remove_reference(
        &self,
        name: &str,
        act: &Act<'_>,
    ) -> Result<bool, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::begin(&self.hosts, "removing reference lines").await?;
                let done = remove(&mut session, name, act).await;
                session.end(done).await
            })
        })
        .await
    }
}

async fn put(
    session: &mut Session,
    reference: &Reference,
    act: Option<&Act<'_>>,
) -> Result<bool, StoreError> {
    // Of two of one name at a time, the second takes the place of what the first wrote.
    session.script("lock table reference in share row exclusive mode").await?;
    let was_there = delete(session, &reference.name).await?;
    let insert = sqlx::query("insert into reference (name, source, imported_at) values ($1, $2, $3)")
        .bind(&reference.name)
        .bind(&reference.source)
        .bind(reference.imported_at);
    session.run(insert).await?;
    for (place, portion) in reference.lines.chunks(PORTION).enumerate() {
        let first = (place * PORTION) as i64;
        let insert = sqlx::query(
            "insert into reference_line (reference, seq, name, geom)
             select $1, $2 + place, name, st_geomfromwkb(geom, 4490)
             from unnest($3::text[], $4::bytea[]) with ordinality as new (name, geom, place)",
        )
        .bind(&reference.name)
        .bind(first)
        .bind(portion.iter().map(|line| line.name.clone()).collect::<Vec<Option<String>>>())
        .bind(portion.iter().map(|line| wkb::write_line(&line.points)).collect::<Vec<_>>());
        session.run(insert).await?;
    }
    if let Some(act) = act {
        audit::append(session, act).await?;
    }
    Ok(was_there)
}

async fn remove(session: &mut Session, name: &str, act: &Act<'_>) -> Result<bool, StoreError> {
    if !delete(session, name).await? {
        return Ok(false);
    }
    audit::append(session, act).await.map(|_| true)
}

async fn delete(session: &mut Session, name: &str) -> Result<bool, StoreError> {
    let delete = sqlx::query("delete from reference where name = $1").bind(name);
    session.run(delete).await.map(|gone| gone > 0)
}

async fn lines(session: &mut Session, reference: &str) -> Result<Vec<ReferenceLine>, StoreError> {
    let portion = "select seq, name, st_asbinary(geom, 'NDR') from reference_line
        where reference = $1 and seq > $2
        order by seq
        limit $3";
    let mut all: Vec<ReferenceLine> = Vec::new();
    loop {
        let portion = sqlx::query(portion).bind(reference).bind(all.len() as i64).bind(PORTION as i64);
        let rows = session.rows(portion).await?;
        let last = rows.len() < PORTION;
        for row in &rows {
            let (name, geom) = (row.try_get(1).map_err(failed())?, row.try_get(2).map_err(failed())?);
            all.push(references::line(reference, name, geom)?);
        }
        if last {
            return Ok(all);
        }
    }
}

fn set(row: &PgRow) -> Result<Reference, StoreError> {
    let read = || -> Result<Reference, sqlx::Error> {
        let (name, source, imported_at) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        Ok(Reference { name, source, imported_at, lines: Vec::new() })
    };
    read().map_err(failed())
}
