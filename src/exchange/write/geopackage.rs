//! GeoPackage: a feature table per level, for QGIS and everyone else.

use super::super::table::{Row, Table};
use super::WriteError;
use crate::geom::crs::Crs;
use crate::geom::{Ring, Shape, wkb};
use serde_json::Value;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions};
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use std::collections::HashSet;
use std::path::Path;

/// The tables that make a file a GeoPackage; the store file starts with the same.
const BASE: &str = include_str!("../../../migrations/sqlite/0001_geopackage.sql");

/// Columns that every table has beside the attributes.
const FIXED: [&str; 5] = ["fid", "geom", "code", "name", "parent"];

/// A column of attributes: the attribute, its name in the file, its type there.
struct Column<'a> {
    attribute: &'a str,
    name: String,
    kind: &'static str,
}

/// Writes a new file with a feature table per table; `fid` is the unit's id. Appears whole or not at all.
pub async fn geopackage(
    path: &Path,
    tables: &[Table<'_>],
    crs: Crs,
    note: Option<&str>,
) -> Result<(), WriteError> {
    let srs_id = i32::from(crs.epsg().ok_or(WriteError::NoNumber(crs))?);
    if path.exists() {
        return Err(WriteError::Exists(path.to_owned()));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    match std::fs::remove_file(&partial) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let options = SqliteConnectOptions::new().filename(&partial).create_if_missing(true);
    let mut connection = options.connect().await?;
    sqlx::raw_sql("pragma application_id = 0x47504B47; pragma user_version = 10300;")
        .execute(&mut connection)
        .await?;
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql(BASE).execute(&mut *transaction).await?;
    add_system(&mut transaction, srs_id).await?;
    for table in tables {
        write_table(&mut transaction, table, crs, srs_id, note).await?;
    }
    transaction.commit().await?;
    connection.close().await?;
    std::fs::rename(&partial, path)?;
    Ok(())
}

/// Readers find what a number of EPSG's means by themselves.
async fn add_system(connection: &mut SqliteConnection, srs_id: i32) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into gpkg_spatial_ref_sys
           (srs_name, srs_id, organization, organization_coordsys_id, definition)
         values ('EPSG:' || ?1, ?1, 'EPSG', ?1, 'undefined')
         on conflict (srs_id) do nothing",
    )
    .bind(srs_id)
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_table(
    connection: &mut SqliteConnection,
    table: &Table<'_>,
    crs: Crs,
    srs_id: i32,
    note: Option<&str>,
) -> Result<(), sqlx::Error> {
    let columns = columns(table);
    let more: Vec<String> = columns.iter().map(|c| format!(", {} {}", quoted(&c.name), c.kind)).collect();
    let more = more.concat();
    let name = quoted(table.name);
    let create = format!(
        "create table {name} (fid integer primary key autoincrement not null, geom multipolygon,
         code text not null, name text not null, parent text{more})"
    );
    sqlx::query(AssertSqlSafe(create)).execute(&mut *connection).await?;
    register(connection, table, crs, srs_id, note).await?;
    let names: Vec<String> = columns.iter().map(|c| format!(", {}", quoted(&c.name))).collect();
    let names = names.concat();
    let marks = ", ?".repeat(FIXED.len() + columns.len());
    let insert =
        format!("insert into {name} (fid, geom, code, name, parent{names}) values ({})", &marks[2..]);
    for row in &table.rows {
        let arguments = arguments(row, &columns, crs, srs_id).map_err(sqlx::Error::Encode)?;
        sqlx::query_with(AssertSqlSafe(insert.as_str()), arguments).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn register(
    connection: &mut SqliteConnection,
    table: &Table<'_>,
    crs: Crs,
    srs_id: i32,
    note: Option<&str>,
) -> Result<(), sqlx::Error> {
    let extents = table.rows.iter().filter_map(|row| envelope(row.shape.as_ref()?, crs));
    let extent = extents.reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].max(b[3])]);
    let [west, east, south, north] = extent.map_or([None; 4], |e| e.map(Some));
    sqlx::query(
        "insert into gpkg_contents
           (table_name, data_type, identifier, description, min_x, min_y, max_x, max_y, srs_id)
         values (?1, 'features', ?1, coalesce(?2, ''), ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(table.name)
    .bind(note)
    .bind(west)
    .bind(south)
    .bind(east)
    .bind(north)
    .bind(srs_id)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "insert into gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id, z, m)
         values (?, 'geom', 'MULTIPOLYGON', ?, 0, 0)",
    )
    .bind(table.name)
    .bind(srs_id)
    .execute(connection)
    .await?;
    Ok(())
}

/// West, east, south, north in the system that is written.
fn envelope(shape: &Shape, crs: Crs) -> Option<[f64; 4]> {
    let points = shape.rings().flat_map(Ring::points).map(|&p| crs.from_lattice(p));
    points
        .map(|(x, y)| [x, x, y, y])
        .reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].max(b[3])])
}

/// The attributes as columns. A name that SQLite would take for another one's gets an underscore.
fn columns<'a>(table: &Table<'a>) -> Vec<Column<'a>> {
    let mut taken: HashSet<String> = FIXED.iter().map(|&f| f.to_owned()).collect();
    let column = |attribute: &'a str| {
        let mut name = attribute.replace('\0', "");
        while !taken.insert(name.to_lowercase()) {
            name.push('_');
        }
        Column { attribute, name, kind: kind(table, attribute) }
    };
    table.attribute_names().into_iter().map(column).collect()
}

/// The narrowest type that holds every value of an attribute.
fn kind(table: &Table<'_>, attribute: &str) -> &'static str {
    let values = table.rows.iter().filter_map(|row| row.unit.attributes.get(attribute));
    let mut kinds = values.filter(|v| !v.is_null()).map(|v| match v {
        Value::Bool(_) => "BOOLEAN",
        Value::Number(n) if n.is_i64() => "INTEGER",
        Value::Number(_) => "REAL",
        _ => "TEXT",
    });
    let first = kinds.next().unwrap_or("TEXT");
    kinds.fold(first, |a, b| match (a, b) {
        _ if a == b => a,
        ("INTEGER" | "REAL", "INTEGER" | "REAL") => "REAL",
        _ => "TEXT",
    })
}

fn arguments(
    row: &Row<'_>,
    columns: &[Column<'_>],
    crs: Crs,
    srs_id: i32,
) -> Result<SqliteArguments, sqlx::error::BoxDynError> {
    let mut arguments = SqliteArguments::default();
    arguments.add(row.unit.id.get() as i64)?;
    let blob = |shape: &Shape| wkb::write_blob(shape, srs_id, envelope(shape, crs), |p| crs.from_lattice(p));
    arguments.add(row.shape.as_ref().map(blob))?;
    arguments.add(row.unit.code.as_str().to_owned())?;
    arguments.add(row.unit.name.clone())?;
    arguments.add(row.parent.map(str::to_owned))?;
    for column in columns {
        match (column.kind, row.unit.attributes.get(column.attribute)) {
            (_, None | Some(Value::Null)) => arguments.add(None::<i64>)?,
            ("BOOLEAN", Some(value)) => arguments.add(i64::from(value == &Value::Bool(true)))?,
            ("INTEGER", Some(value)) => arguments.add(value.as_i64())?,
            ("REAL", Some(value)) => arguments.add(value.as_f64())?,
            (_, Some(Value::String(text))) => arguments.add(text.clone())?,
            (_, Some(other)) => arguments.add(other.to_string())?,
        }
    }
    Ok(arguments)
}

/// A name as SQL writes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
