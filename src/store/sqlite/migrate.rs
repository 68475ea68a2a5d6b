//! Migrations: what made a file, and how an older one is brought forward.

use super::{StoreError, connect, file};
use sqlx::{Connection, SqliteConnection};
use std::path::{Path, PathBuf};

/// One step of the schema; never edited once it has shipped.
struct Migration {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal),* $(,)?) => {
        &[$(Migration {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")),
        }),*]
    };
}

/// All steps, in order; the numbers are those of the file names.
const MIGRATIONS: &[Migration] =
    migrations![0 "0000_schema", 1 "0001_geopackage", 2 "0002_revisions", 3 "0003_posts"];

/// The newest schema that this program knows.
const KNOWN: i64 = MIGRATIONS[MIGRATIONS.len() - 1].version;

/// "GPKG", and GeoPackage 1.3.
const APPLICATION_ID: i64 = 0x4750_4B47;
const USER_VERSION: i64 = 10300;

const OWN_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Makes a schema in a new, empty file.
pub(super) async fn make(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let failed = || StoreError::database("making the schema");
    sqlx::raw_sql("pragma application_id = 0x47504B47; pragma user_version = 10300;")
        .execute(&mut *connection)
        .await
        .map_err(failed())?;
    apply(connection, MIGRATIONS).await
}

/// Refuses a path without a file, which SQLite would make.
pub(super) fn expect_file(path: &Path) -> Result<(), StoreError> {
    if path.is_file() { Ok(()) } else { Err(StoreError::Missing(path.to_owned())) }
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
        let due = MIGRATIONS.partition_point(|m| m.version <= stands);
        apply(&mut connection, &MIGRATIONS[due..]).await?;
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
    let not = |got: String| StoreError::NotAStore { path: path.to_owned(), got };
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
    if found > KNOWN {
        let path = path.to_owned();
        return Err(StoreError::Newer { path, found, written_by, known: KNOWN, own: OWN_VERSION });
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_folder_and_its_numbers_are_those_of_the_names() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".sql", ""))
            .collect();
        files.sort();
        let listed: Vec<&str> = MIGRATIONS.iter().map(|m| m.name).collect();
        assert_eq!(listed, files);
        for (place, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.version, place as i64);
            assert_eq!(migration.name[..4].parse(), Ok(migration.version));
        }
    }

    /// Columns that a comment does not follow on the same line or on the next.
    fn unexplained(sql: &str) -> Vec<&str> {
        let lines: Vec<&str> = sql.lines().collect();
        let is_column = |line: &str| {
            line.starts_with("  ") && line.trim_start().starts_with(|c: char| c.is_ascii_lowercase())
        };
        let mut inside = false;
        let mut found = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            inside = (inside || line.starts_with("create table")) && !line.starts_with(')');
            let word = line.trim_start();
            let column =
                inside && is_column(line) && !word.starts_with("constraint") && !word.starts_with("default");
            let next =
                lines.get(i + 1).is_some_and(|l| l.trim_start().starts_with("default") && l.contains("-- "));
            if column && !line.contains("-- ") && !line.contains(",--") && !next {
                found.push(*line);
            }
        }
        found
    }

    #[test]
    fn every_column_is_explained() {
        for migration in MIGRATIONS {
            assert_eq!(unexplained(migration.sql), Vec::<&str>::new(), "{}", migration.name);
        }
        assert_eq!(unexplained("create table x (\n  a integer, -- why\n  b text\n);"), ["  b text"]);
    }
}
