//! What units were.

use super::session::Session;
use super::version::{EWKB, columns, fields};
use super::{PostGis, again, load};
use crate::store::rows::{parse_attributes, unit_id};
use crate::store::{StoreError, UnitVersion};
use crate::unit::{Attributes, Code, UnitId};
use sqlx::Row;
use sqlx::postgres::PgRow;
use std::collections::BTreeMap;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading the versions of units")
}

impl PostGis {
    pub(in crate::store) async fn unit_versions(
        &self,
        units: &[UnitId],
    ) -> Result<Vec<UnitVersion>, StoreError> {
        let units: &Vec<i64> = &units.iter().map(|id| id.get() as i64).collect();
        again(|| {
            Box::pin(async move {
                let mut session = Session::start(&self.hosts, "reading the versions of units").await?;
                let layers = load::layers(&mut session).await?;
                let wanted = concat!(
                    "select ",
                    columns!(),
                    ", rev_from, rev_to from unit_version where unit = any($1) order by unit, rev_from",
                );
                let version = |row: &PgRow| {
                    let span = (row.try_get(8).map_err(failed())?, row.try_get(9).map_err(failed())?);
                    UnitVersion::of(&fields(row)?, span, &layers, EWKB)
                };
                session.rows(sqlx::query(wanted).bind(units)).await?.iter().map(version).collect()
            })
        })
        .await
    }

    pub(in crate::store) async fn former_bearers(
        &self,
        layer: &str,
        code: &Code,
    ) -> Result<Vec<(UnitId, u64)>, StoreError> {
        again(|| {
            Box::pin(async move {
                let mut session = Session::start(&self.hosts, "looking for a code of before").await?;
                let former = "select unit, max(rev_to) from unit_version
                    where layer = $1 and code = $2 and rev_to is not null
                    group by unit order by max(rev_to) desc, unit";
                let pair = |row: &PgRow| {
                    let number = |i| row.try_get::<i64, _>(i).map_err(failed());
                    Ok((unit_id(number(0)?)?, number(1)? as u64))
                };
                let former = sqlx::query(former).bind(layer).bind(code.as_str());
                session.rows(former).await?.iter().map(pair).collect()
            })
        })
        .await
    }

    pub(in crate::store) async fn revision_words(&self) -> Result<BTreeMap<u64, Attributes>, StoreError> {
        again(|| {
            Box::pin(async {
                let mut session = Session::start(&self.hosts, "reading what was said of revisions").await?;
                let words = |row: &PgRow| {
                    let (number, text): (i64, &str) =
                        (row.try_get(0).map_err(failed())?, row.try_get(1).map_err(failed())?);
                    let words = parse_attributes(text).map_err(|e| StoreError::Damaged(e.to_string()))?;
                    Ok((number as u64, words))
                };
                let all = "select number, attributes::text from revision";
                session.rows(sqlx::query(all)).await?.iter().map(words).collect()
            })
        })
        .await
    }
}
