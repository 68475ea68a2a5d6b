//! Migrations: what made a file, and how an older one is brought forward.

use super::{StoreError, connect, file};
use crate::store::schema::{self, KNOWN, Migration, OWN_VERSION, SQLITE};
use sqlx::{Connection, SqliteConnection};
use std::path::{Path, PathBuf};

/// "GPKG", and GeoPackage 1.3.
const APPLICATION_ID: i64 = 0x4750_4B47;
const USER_VERSION: i64 = 10300;

/// Makes a schema in a new, empty file.
pub(super) async fn make(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let failed = || StoreError::database("making the schema");
    sqlx::raw_sql("pragma application_id = 0x47504B47; pragma user_version = 10300;")
        .execute(&mut *connection)
        .await
        .map_err(failed())?;
    apply(connection, SQLITE).await
}

/// Refuses a path without a file, which SQLite would make.
pub(super) fn expect_file(path: &Path) -> Result<(), StoreError> {
    if path.is_file() { Ok(()) } else { Err(StoreError::Missing(path.into())) }
}

/// Refuses what is no store and what is newer; otherwise, whether the file has to be brought forward.
pub(super) async fn is_older(path: &Path) -> Result<bool, StoreError> {
    let mut looking = connect::look(path).await?;
    let stands = version(&mut looking, path).await?;
    looking.close().await.map_err(StoreError::database("closing the file"))?;
    Ok(stands < KNOWN)
}

/// Refuses what is no store and what is newer; backs up an older file and brings it forward.
pub(super) async fn bring_forward(path: &Path) -> Result<(), StoreError> {
    let mut looking = connect::look(path).await?;
    let stands = version(&mut looking, path).await?;
    if stands < KNOWN {
        file::copy(&mut looking, &before(path, stands)).await?;
    }
    looking.close().await.map_err(StoreError::database("closing the file"))?;
    if stands < KNOWN {
        let mut connection = connect::single(path).await?;
        apply(&mut connection, schema::due(SQLITE, stands)).await?;
        connection.close().await.map_err(StoreError::database("closing the file"))?;
    }
    Ok(())
}

/// Where a file of an older schema is kept.
fn before(path: &Path, version: i64) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!(".schema-{version}.gpkg"));
    path.with_file_name(name)
}

/// The schema of a file that is a store.
async fn version(connection: &mut SqliteConnection, path: &Path) -> Result<i64, StoreError> {
    let not = |got: String| StoreError::NotAStore { place: path.into(), got };
    let pragma = |sql| sqlx::query_scalar::<_, i64>(sql);
    let application: i64 = pragma("select application_id from pragma_application_id")
        .fetch_one(&mut *connection)
        .await
        .map_err(|error| not(error.to_string()))?;
    let user_version: i64 = pragma("select user_version from pragma_user_version")
        .fetch_one(&mut *connection)
        .await
        .map_err(|error| not(error.to_string()))?;
    let schema = "select count(*) from sqlite_schema where name = 'wangge_schema'";
    let ours = pragma(schema).fetch_one(&mut *connection).await.map_err(|error| not(error.to_string()))?;
    if application != APPLICATION_ID {
        return Err(not(format!("a database with application id {application:#x}")));
    }
    if ours == 0 {
        return Err(not("a GeoPackage of another program (`wangge import` reads those)".into()));
    }
    let newest = "select version, written_by from wangge_schema order by version desc limit 1";
    let (found, written_by): (i64, String) = sqlx::query_as(newest)
        .fetch_one(connection)
        .await
        .map_err(StoreError::database("reading the schema's version"))?;
    schema::refuse_newer(&path.into(), found, written_by)?;
    if user_version != USER_VERSION {
        return Err(not(format!("GeoPackage version {user_version}")));
    }
    Ok(found)
}

/// Applies steps in one transaction.
async fn apply(connection: &mut SqliteConnection, steps: &[Migration]) -> Result<(), StoreError> {
    let failed = || StoreError::database("migrating the file");
    let mut transaction = connection.begin_with("begin immediate").await.map_err(failed())?;
    for step in steps {
        sqlx::raw_sql(step.sql).execute(&mut *transaction).await.map_err(failed())?;
        sqlx::query("insert into wangge_schema (version, name, written_by) values (?, ?, ?)")
            .bind(step.version)
            .bind(step.name)
            .bind(OWN_VERSION)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
    }
    transaction.commit().await.map_err(failed())
}
