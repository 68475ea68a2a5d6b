//! GeoPackage (OGC 12-128r17): feature tables of a SQLite file that a stranger made.

use super::{Feature, Features, Ground, Line, Lines, ReadError, ReadOptions, lines};
use crate::geom::crs::Crs;
use crate::geom::wkb;
use crate::unit::Attributes;
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Connection, Row, SqliteConnection, TypeInfo, ValueRef};
use std::io::Read;
use std::path::Path;

/// Whether a file is a SQLite database, told by its first bytes.
pub fn is_geopackage(path: &Path) -> Result<bool, std::io::Error> {
    let mut head = Vec::new();
    std::fs::File::open(path)?.take(16).read_to_end(&mut head)?;
    Ok(head == b"SQLite format 3\0")
}

/// A feature table: its name, its geometry column and its reference system.
struct Table {
    name: String,
    geometry: String,
    organization: String,
    organization_number: i64,
}

/// Opens a stranger's file.
async fn look(path: &Path) -> Result<SqliteConnection, ReadError> {
    // Nothing in a stranger's schema may run: no functions from views or triggers, no writing.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .pragma("trusted_schema", "off")
        .pragma("cell_size_check", "on")
        .pragma("query_only", "on");
    Ok(options.connect().await?)
}

/// Reads the lines of the feature table that is wanted.
pub(super) async fn read_lines(path: &Path, options: &ReadOptions) -> Result<Lines, ReadError> {
    let mut connection = look(path).await?;
    let tables = wanted(tables(&mut connection).await?, options)?;
    let crs = system(&tables, options.crs)?;
    let (mut all, mut others) = (Vec::new(), 0);
    for table in &tables {
        for (i, row) in read_table(&mut connection, table).await?.iter().enumerate() {
            let (properties, blob) = columns(row, &table.geometry)?;
            let Some(blob) = blob else { continue };
            let read = wkb::Blob::parse(blob)
                .and_then(|blob| wkb::read_lines(blob.wkb, |x, y| crs.to_lattice(x, y)));
            match read {
                Ok(runs) => {
                    let name = lines::name(&properties);
                    all.extend(runs.into_iter().map(|points| Line { name: name.clone(), points }));
                }
                Err(wkb::WkbError::Type { .. }) => others += 1,
                Err(error) => return Err(lines::unreadable(i + 1, error)),
            }
        }
    }
    connection.close().await?;
    Ok(Lines { lines: all, crs, notices: lines::passed_over(others).into_iter().collect() })
}

/// Reads the feature tables that are wanted.
pub(super) async fn read(path: &Path, options: &ReadOptions) -> Result<Features, ReadError> {
    let mut connection = look(path).await?;
    let tables = wanted(tables(&mut connection).await?, options)?;
    let crs = system(&tables, options.crs)?;
    let mut features = Vec::new();
    let mut notices = Vec::new();
    for table in &tables {
        let level = options.levels.contains(&table.name).then(|| table.name.clone());
        let derived = level.as_ref().is_some_and(|l| Some(l) != options.levels.last());
        let rows = read_table(&mut connection, table).await?;
        if derived && !rows.is_empty() {
            let (count, name) = (rows.len(), &table.name);
            notices.push(format!("the shapes of {count} rows of {name} were not read: a higher unit's shape is the union of its grids"));
        }
        for (i, row) in rows.iter().enumerate() {
            let (properties, blob) = columns(row, &table.geometry)?;
            let ground = match blob.filter(|_| !derived) {
                Some(blob) => Ground::of_blob(blob, crs),
                None => Ground::None,
            };
            features.push(Feature { number: i + 1, level: level.clone(), properties, ground });
        }
    }
    connection.close().await?;
    Ok(Features { features, crs, notices })
}

/// The feature tables. Views and virtual tables have no root page and are passed over: reading one runs
/// what a stranger wrote.
async fn tables(connection: &mut SqliteConnection) -> Result<Vec<Table>, ReadError> {
    let sql = "select g.table_name, g.column_name, s.organization, s.organization_coordsys_id
         from gpkg_geometry_columns g
         join gpkg_contents c on c.table_name = g.table_name and c.data_type = 'features'
         join gpkg_spatial_ref_sys s on s.srs_id = g.srs_id
         join sqlite_schema t on t.name = g.table_name and t.type = 'table' and t.rootpage > 0
         order by g.table_name";
    let rows: Vec<(String, String, String, i64)> = match sqlx::query_as(sql).fetch_all(connection).await {
        Err(sqlx::Error::Database(error)) => {
            return Err(ReadError::Malformed(format!("expected a GeoPackage: {error}")));
        }
        other => other?,
    };
    let table = |(name, geometry, organization, number)| Table {
        name,
        geometry,
        organization,
        organization_number: number,
    };
    Ok(rows.into_iter().map(table).collect())
}

/// The table asked for; else those named for a level, top to bottom; else the only one.
fn wanted(mut tables: Vec<Table>, options: &ReadOptions) -> Result<Vec<Table>, ReadError> {
    let names: Vec<String> = tables.iter().map(|t| t.name.clone()).collect();
    let listed = || names.join(", ");
    if let Some(name) = &options.table {
        tables.retain(|t| &t.name == name);
        if tables.is_empty() {
            return Err(ReadError::Malformed(format!("expected a feature table {name}, got {}", listed())));
        }
        return Ok(tables);
    }
    let place = |t: &Table| options.levels.iter().position(|l| *l == t.name);
    if tables.iter().any(|t| place(t).is_some()) {
        tables.retain(|t| place(t).is_some());
        tables.sort_by_key(place);
    } else if tables.len() != 1 {
        let detail = format!(
            "expected one feature table, or tables named for levels, got {}; name one with --table",
            listed()
        );
        return Err(ReadError::Malformed(detail));
    }
    Ok(tables)
}

fn system(tables: &[Table], asked: Option<Crs>) -> Result<Crs, ReadError> {
    if let Some(asked) = asked {
        return Ok(asked);
    }
    let mut found = None;
    for table in tables {
        let name = format!("{}:{}", table.organization, table.organization_number);
        let crs: Crs = name.parse().map_err(|_unknown| {
            let table = &table.name;
            ReadError::Crs(format!(
                "the crs of table {table} is {name}, which is not known; name one with --crs"
            ))
        })?;
        if found.is_some_and(|other| other != crs) {
            return Err(ReadError::Crs(
                "the tables have different systems; read them one by one with --table".into(),
            ));
        }
        found = Some(crs);
    }
    found.ok_or_else(|| ReadError::Crs("the file has no feature table".into()))
}

async fn read_table(connection: &mut SqliteConnection, table: &Table) -> Result<Vec<SqliteRow>, ReadError> {
    let quoted = table.name.replace('"', "\"\"");
    let sql = format!("select * from \"{quoted}\"");
    Ok(sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await?)
}

/// All columns but the geometry and the row number, and the geometry's blob. A table has every column in
/// every row, so an empty cell says no more than that the unit lacks the attribute.
fn columns<'r>(row: &'r SqliteRow, geometry: &str) -> Result<(Attributes, Option<&'r [u8]>), ReadError> {
    let mut properties = Attributes::new();
    let mut blob = None;
    for column in row.columns() {
        let (i, name) = (column.ordinal(), column.name());
        if name == geometry {
            blob = row.try_get(i)?;
        } else if !(name.eq_ignore_ascii_case("fid") || name.eq_ignore_ascii_case("ogc_fid")) {
            let value = value(row, i)?;
            if !value.is_null() {
                properties.insert(name.to_owned(), value);
            }
        }
    }
    Ok((properties, blob))
}

/// A cell as JSON, by the type of what is stored; bytes are no attribute.
fn value(row: &SqliteRow, i: usize) -> Result<Value, ReadError> {
    let raw = row.try_get_raw(i)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let kind = raw.type_info();
    let declared = row.column(i).type_info().name();
    Ok(match kind.name() {
        "INTEGER" if declared == "BOOLEAN" => row.try_get_unchecked::<i64, _>(i)?.ne(&0).into(),
        "INTEGER" => row.try_get_unchecked::<i64, _>(i)?.into(),
        "REAL" => row.try_get_unchecked::<f64, _>(i)?.into(),
        "BLOB" => Value::Null,
        _ => row.try_get_unchecked::<String, _>(i)?.into(),
    })
}
