//! Layers and levels as files.

mod query;

use super::Site;
use super::extract::Query;
use super::problem::{Code, Problem};
use super::view::state_at;
use crate::app::Published;
use crate::exchange::table::Selection;
use crate::exchange::write::{self, WriteError};
use crate::geom::crs::Crs;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use query::{ExportPath, ExportQuery};
use std::io;
use std::sync::Arc;
use tokio_util::io::{ReaderStream, SyncIoBridge};

/// `{name}.{format}`, one segment to the router.
type FileName = Path<String>;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    GeoPackage,
    GeoJson,
    Csv,
}

/// What is written: one of the names that a selection knows, in a format and a system.
struct Order {
    published: Arc<Published>,
    name: String,
    format: Format,
    crs: Crs,
}

/// A layer or a level as a file, without posts.
///
/// A layer has all its units, and the shapes of its grids; as a GeoPackage it has a table per level. A
/// level has its units with their shapes.
#[utoipa::path(get, path = "/api/v1/export/{name}.{format}", tag = "units",
    params(ExportPath, ExportQuery),
    responses((status = 200, content((Object = "application/geo+json"), (String = "text/csv"),
                                     (String = "application/geopackage+sqlite3")))))]
pub(super) async fn file(
    State(site): State<Arc<Site>>,
    Path(file): FileName,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Problem> {
    let published = state_at(&site, query.at).await?;
    let order = Order::read(published, &file, query.crs.as_deref())?;
    let headers = order.headers();
    let body = match order.format {
        Format::GeoPackage => order.geopackage().await?,
        Format::GeoJson | Format::Csv => order.stream(),
    };
    Ok((headers, body).into_response())
}

impl Order {
    fn read(published: Arc<Published>, file: &str, crs: Option<&str>) -> Result<Self, Problem> {
        let (name, ending) = file.rsplit_once('.').unwrap_or((file, ""));
        let format = match ending {
            "gpkg" => Format::GeoPackage,
            "geojson" => Format::GeoJson,
            "csv" => Format::Csv,
            _ => return Err(Problem::unknown("format", ending, "gpkg, geojson or csv")),
        };
        if Selection::find(&published.base, name).is_none() {
            let names = Selection::names(&published.base).join(", ");
            return Err(Problem::unknown("name", name, format!("one of {names}")));
        }
        let crs: Option<Crs> = crs.map(str::parse).transpose()?;
        let crs = crs.unwrap_or(if format == Format::GeoPackage { Crs::Cgcs2000 } else { Crs::Wgs84 });
        if format == Format::GeoPackage && crs.epsg().is_none() {
            return Err(WriteError::NoNumber(crs).into());
        }
        Ok(Self { published, name: name.to_owned(), format, crs })
    }

    fn headers(&self) -> [(header::HeaderName, String); 2] {
        let (ending, kind) = match self.format {
            Format::GeoPackage => ("gpkg", "application/geopackage+sqlite3"),
            Format::GeoJson => ("geojson", "application/geo+json"),
            Format::Csv => ("csv", "text/csv; charset=utf-8"),
        };
        let revision = self.published.revision().number;
        let name = format!("attachment; filename=\"{}-r{revision}.{ending}\"", self.name);
        [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)]
    }

    fn selection(&self) -> Selection<'_> {
        Selection::find(&self.published.base, &self.name).expect("the name was found when it was read")
    }

    /// Text, written while it is sent: what the client does not take holds the writer back.
    fn stream(self) -> Body {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let write = move || -> io::Result<()> {
            let mut out = io::BufWriter::with_capacity(32 * 1024, SyncIoBridge::new(ours));
            let table = self.selection().one_table();
            match self.format {
                Format::Csv => write::csv(&table, &mut out)?,
                _ => write::geojson(&table, self.crs, self.published.note.as_deref(), &mut out)?,
            }
            io::Write::flush(&mut out)
        };
        tokio::task::spawn_blocking(move || {
            if let Err(error) = write() {
                tracing::debug!(%error, "an export was not taken to its end");
            }
        });
        Body::from_stream(ReaderStream::new(theirs))
    }

    /// A GeoPackage, written beside the system's other passing files and gone once it is open.
    async fn geopackage(&self) -> Result<Body, Problem> {
        let path = std::env::temp_dir().join(format!("wangge-{}.gpkg", super::finish::new_request_id()));
        let tables = self.selection().table_per_level();
        write::geopackage(&path, &tables, self.crs, self.published.note.as_deref()).await?;
        let file = tokio::fs::File::open(&path).await.map_err(Problem::internal)?;
        tokio::fs::remove_file(&path).await.map_err(Problem::internal)?;
        Ok(Body::from_stream(ReaderStream::new(file)))
    }
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::NoNumber(_) => Self::new(Code::BadValue, error.to_string())
                .at("crs")
                .expecting("cgcs2000, wgs84 or an EPSG number; GeoJSON takes the others too"),
            error => Self::internal(error),
        }
    }
}
