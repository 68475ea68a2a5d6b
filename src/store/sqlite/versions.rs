//! What units were.

use super::version::{BLOB, columns, fields};
use super::{Sqlite, StoreError, load};
use crate::store::UnitVersion;
use crate::store::rows::{parse_attributes, unit_id};
use crate::unit::{Attributes, Code, UnitId};
use sqlx::{Connection, Row};
use std::collections::BTreeMap;

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading the versions of units")
}

impl Sqlite {
    pub(in crate::store) async fn unit_versions(
        &self,
        units: &[UnitId],
    ) -> Result<Vec<UnitVersion>, StoreError> {
        let mut connection = self.reader().await?;
        let mut transaction = connection.begin().await.map_err(failed())?;
        let layers = load::layers(&mut transaction).await?;
        let rows = sqlx::query(concat!(
            "select ",
            columns!(),
            ", rev_from, rev_to from unit_version
             where unit in (select value from json_each(?))
             order by unit, rev_from",
        ))
        .bind(serde_json::to_string(units).expect("ids are numbers"))
        .fetch_all(&mut *transaction)
        .await
        .map_err(failed())?;
        let version = |row: &sqlx::sqlite::SqliteRow| {
            let span = (row.try_get(8).map_err(failed())?, row.try_get(9).map_err(failed())?);
            UnitVersion::of(&fields(row)?, span, &layers, BLOB)
        };
        rows.iter().map(version).collect()
    }

    pub(in crate::store) async fn former_bearers(
        &self,
        layer: &str,
        code: &Code,
    ) -> Result<Vec<(UnitId, u64)>, StoreError> {
        let mut connection = self.reader().await?;
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "select unit, max(rev_to) from unit_version
             where layer = ? and code = ? and rev_to is not null
             group by unit order by max(rev_to) desc, unit",
        )
        .bind(layer)
        .bind(code.as_str())
        .fetch_all(&mut *connection)
        .await
        .map_err(failed())?;
        rows.into_iter().map(|(unit, number)| Ok((unit_id(unit)?, number as u64))).collect()
    }

    pub(in crate::store) async fn revision_words(&self) -> Result<BTreeMap<u64, Attributes>, StoreError> {
        let mut connection = self.reader().await?;
        let rows: Vec<(i64, String)> = sqlx::query_as("select number, attributes from revision")
            .fetch_all(&mut *connection)
            .await
            .map_err(failed())?;
        let words = |(number, text): (i64, String)| {
            let words = parse_attributes(&text).map_err(|e| StoreError::Damaged(e.to_string()))?;
            Ok((number as u64, words))
        };
        rows.into_iter().map(words).collect()
    }
}
