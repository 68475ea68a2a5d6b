//! How a file is asked for.

use crate::http::extract::moment;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which file.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the address; the handler reads it")]
pub(in crate::http) struct ExportPath {
    /// A layer or a level: `land`, `county`, `grid` …
    name: String,
    /// `gpkg`, `geojson` or `csv`.
    format: String,
}

/// How an export is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ExportQuery {
    /// The system of the coordinates; `cgcs2000` in a GeoPackage and `wgs84` in GeoJSON when not given.
    pub(super) crs: Option<String>,
    /// As of this time, RFC 3339.
    #[serde(default, deserialize_with = "moment")]
    pub(super) at: Option<DateTime<Utc>>,
}
