//! Reference lines.

use super::load::{read_time, write_time};
use super::{Sqlite, StoreError, audit};
use crate::geom::wkb;
use crate::store::{Act, references};
use crate::unit::Reference;
use sqlx::{Connection, SqliteConnection};

fn failed() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("reading reference lines")
}

fn not_written() -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::database("writing reference lines")
}

impl Sqlite {
    /// All of them, in one moment.
    pub(in crate::store) async fn references(&self) -> Result<Vec<Reference>, StoreError> {
        let mut connection = self.reader().await?;
        let mut transaction = connection.begin().await.map_err(failed())?;
        let sets: Vec<(String, String, String)> =
            sqlx::query_as("select name, source, imported_at from reference order by name")
                .fetch_all(&mut *transaction)
                .await
                .map_err(failed())?;
        let rows: Vec<(String, Option<String>, Vec<u8>)> =
            sqlx::query_as("select reference, name, geom from reference_line order by reference, seq")
                .fetch_all(&mut *transaction)
                .await
                .map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        let set = |(name, source, at): (String, String, String)| {
            Ok(Reference { name, source, imported_at: read_time(&at)?, lines: Vec::new() })
        };
        let sets = sets.into_iter().map(set).collect::<Result<_, StoreError>>()?;
        let line = |(set, name, wkb): (String, Option<String>, Vec<u8>)| {
            references::line(&set, name, &wkb).map(|line| (set, line))
        };
        let lines = rows.into_iter().map(line).collect::<Result<_, StoreError>>()?;
        Ok(references::gathered(sets, lines))
    }

    /// One in the place of the one of its name; whether there was one.
    pub(in crate::store) async fn put_reference(
        &self,
        reference: &Reference,
        act: Option<&Act<'_>>,
    ) -> Result<bool, StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(not_written())?;
        let was_there = delete(&mut transaction, &reference.name).await?;
        write(&mut transaction, reference).await?;
        if let Some(act) = act {
            audit::append(&mut transaction, act).await?;
        }
        transaction.commit().await.map_err(not_written())?;
        Ok(was_there)
    }

    /// Removes one; whether it was there.
    pub(in crate::store) async fn remove_reference(
        &self,
        name: &str,
        act: &Act<'_>,
    ) -> Result<bool, StoreError> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin_with("begin immediate").await.map_err(not_written())?;
        if !delete(&mut transaction, name).await? {
            return Ok(false);
        }
        audit::append(&mut transaction, act).await?;
        transaction.commit().await.map_err(not_written())?;
        Ok(true)
    }
}

async fn delete(connection: &mut SqliteConnection, name: &str) -> Result<bool, StoreError> {
    let delete = sqlx::query("delete from reference where name = ?").bind(name);
    delete.execute(connection).await.map(|done| done.rows_affected() > 0).map_err(not_written())
}

async fn write(connection: &mut SqliteConnection, reference: &Reference) -> Result<(), StoreError> {
    sqlx::query("insert into reference (name, source, imported_at) values (?, ?, ?)")
        .bind(&reference.name)
        .bind(&reference.source)
        .bind(write_time(reference.imported_at))
        .execute(&mut *connection)
        .await
        .map_err(not_written())?;
    for (i, line) in reference.lines.iter().enumerate() {
        sqlx::query("insert into reference_line (reference, seq, name, geom) values (?, ?, ?, ?)")
            .bind(&reference.name)
            .bind(i as i64 + 1)
            .bind(&line.name)
            .bind(wkb::write_line(&line.points))
            .execute(&mut *connection)
            .await
            .map_err(not_written())?;
    }
    Ok(())
}
