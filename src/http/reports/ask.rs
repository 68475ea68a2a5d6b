//! What is told, read.

use crate::app::{Question, Telling};
use crate::http::Site;
use crate::http::extract::moment;
use crate::http::locate::{coordinates, required};
use crate::http::problem::Problem;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;

/// A report as it is told.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewReport)]
pub(in crate::http) struct ReportBody {
    /// In NDJSON: the name of this sending, 1 to 128 visible ASCII characters. For one report it stands in the header.
    pub(super) key: Option<String>,
    /// The system of the coordinates: `wgs84`, `cgcs2000`, `gcj02`, `bd09`, or an EPSG number.
    #[schema(required = true)]
    crs: Option<String>,
    /// Longitude in degrees, in a geographic system.
    lon: Option<f64>,
    /// Latitude in degrees, in a geographic system.
    lat: Option<f64>,
    /// Metres east, in a projected system.
    x: Option<f64>,
    /// Metres north, in a projected system.
    y: Option<f64>,
    /// The radius in metres within which the true place lies, 0 to 2,000.
    accuracy_m: Option<f64>,
    /// A category's code or name.
    #[schema(required = true)]
    category: Option<String>,
    /// When it happened, RFC 3339.
    #[serde(default, deserialize_with = "moment")]
    #[schema(required = true)]
    occurred_at: Option<DateTime<Utc>>,
    /// What is said, at most 2,000 characters. Numbers of persons are masked.
    text: Option<String>,
    /// What the sender calls it, at most 64 characters.
    source_ref: Option<String>,
    /// The code of the unit that the sender takes it for.
    declared_unit: Option<String>,
}

/// A key, when it is one.
pub(super) fn key(text: &str) -> Option<String> {
    let legal = (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    legal.then(|| text.to_owned())
}

impl ReportBody {
    /// Reads it, or says what is wrong with the first thing that is.
    pub(super) fn read(
        self,
        site: &Site,
        source: &str,
        (key, body): (String, [u8; 32]),
        now: DateTime<Utc>,
    ) -> Result<Telling, Problem> {
        let crs = required(self.crs.as_deref())?;
        let given = coordinates(crs, [self.lon, self.lat], [self.x, self.y])?;
        let position = crs.to_lattice(given.0, given.1)?;
        let category = self.category.as_deref();
        let category =
            category.ok_or_else(|| Problem::missing("category", "a code or name of /api/v1/categories"))?;
        let category = site.app.categories.find(category)?;
        let moment = "when it happened, such as 2026-01-01T00:00:00Z";
        let obfuscated = crs.least_accuracy_m() > 0.0;
        let telling = Telling {
            key,
            body,
            source: source.to_owned(),
            crs,
            coordinates: given,
            position,
            accuracy_m: self.accuracy_m,
            category,
            occurred_at: self.occurred_at.ok_or_else(|| Problem::missing("occurred_at", moment))?,
            text: self.text,
            source_ref: self.source_ref,
            declared_unit: self.declared_unit,
            question: Question::new(Some(category), self.accuracy_m, None, obfuscated)?,
        };
        telling.check(now)?;
        Ok(telling)
    }
}
