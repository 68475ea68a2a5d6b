//! What is asked, read and checked.

use crate::app::{AskError, Question};
use crate::geom::Point;
use crate::geom::crs::{Crs, CrsError, UnknownCrs};
use crate::http::Site;
use crate::http::extract::moment;
use crate::http::problem::{Code, Problem};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The most points of a JSON body.
const MOST_POINTS: usize = 10_000;

/// One point and how it is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct OneQuery {
    /// Longitude in degrees, in a geographic system.
    lon: Option<f64>,
    /// Latitude in degrees, in a geographic system.
    lat: Option<f64>,
    /// Metres east, in a projected system.
    x: Option<f64>,
    /// Metres north, in a projected system.
    y: Option<f64>,
    /// The system of the coordinates: `wgs84`, `cgcs2000`, `gcj02`, `bd09`, or an EPSG number such as
    /// `4546`.
    #[param(required = true)]
    crs: Option<String>,
    /// The radius in metres within which the true place lies, 0 to 2,000.
    accuracy_m: Option<f64>,
    /// A category's code or name; its rule says which layer is responsible.
    category: Option<String>,
    /// Up to how many metres a point without an owner is given to the nearest unit, 0 to 5,000; 50 when
    /// not given.
    max_snap_m: Option<f64>,
    /// As of this time, RFC 3339.
    #[serde(default, deserialize_with = "moment")]
    pub(super) at: Option<DateTime<Utc>>,
}

/// How rows are asked for. For a JSON body all of this stands in the body.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct RowsQuery {
    /// The system of the coordinates. CSV needs it; a row of NDJSON may name its own.
    crs: Option<String>,
    /// A category's code or name; its rule says which layer is responsible.
    category: Option<String>,
    /// Up to how many metres a point without an owner is given to the nearest unit, 0 to 5,000; 50 when
    /// not given.
    max_snap_m: Option<f64>,
    /// As of this time, RFC 3339; one for all rows.
    #[serde(default, deserialize_with = "moment")]
    pub(super) at: Option<DateTime<Utc>>,
}

/// Many points of one system.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LocateMany)]
pub(in crate::http) struct ManyBody {
    /// The system of the coordinates.
    crs: Option<String>,
    /// The points, each east, north; at most 10,000.
    #[schema(max_items = 10_000)]
    points: Vec<[f64; 2]>,
    /// A category's code or name; its rule says which layer is responsible.
    category: Option<String>,
    /// Up to how many metres a point without an owner is given to the nearest unit, 0 to 5,000.
    max_snap_m: Option<f64>,
    /// As of this time, RFC 3339.
    #[serde(default, deserialize_with = "moment")]
    pub(super) at: Option<DateTime<Utc>>,
}

/// A point that was read, with what is asked of it.
#[derive(Debug)]
pub(super) struct Asked {
    /// The system it came in.
    pub crs: Crs,
    /// As it came in, east and north.
    pub given: (f64, f64),
    /// On the lattice.
    pub position: Point,
    /// What is asked.
    pub question: Question,
}

impl OneQuery {
    /// Reads the point and the question, or says what is wrong with the first that is.
    pub(super) fn read(&self, site: &Site) -> Result<Asked, Problem> {
        let crs = required(self.crs.as_deref())?;
        let given = coordinates(crs, [self.lon, self.lat], [self.x, self.y])?;
        let position = crs.to_lattice(given.0, given.1)?;
        let question = question(site, self.category.as_deref(), self.accuracy_m, self.max_snap_m, Some(crs))?;
        Ok(Asked { crs, given, position, question })
    }
}

/// The coordinates that a system takes, of those that came: degrees or metres, each east, north.
pub(in crate::http) fn coordinates(
    crs: Crs,
    degrees: [Option<f64>; 2],
    metres: [Option<f64>; 2],
) -> Result<(f64, f64), Problem> {
    let (given, foreign, names) =
        if crs.is_geographic() { (degrees, metres, ["x", "y"]) } else { (metres, degrees, ["lon", "lat"]) };
    let (east, north) = crs.axes();
    let expected = format!("{east} and {north}, as {crs} takes them");
    if let Some(i) = foreign.iter().position(Option::is_some) {
        let detail = format!("{crs} takes {east} and {north}, got {}", names[i]);
        return Err(Problem::new(Code::WrongSystem, detail).at(names[i]).expecting(expected));
    }
    let missing = |name| Problem::missing(name, expected.clone());
    Ok((given[0].ok_or_else(|| missing(east))?, given[1].ok_or_else(|| missing(north))?))
}

impl RowsQuery {
    /// Reads the system, if there is one, and the question.
    pub(super) fn read(&self, site: &Site) -> Result<(Option<Crs>, Question), Problem> {
        let crs = self.crs.as_deref().map(str::parse).transpose()?;
        Ok((crs, question(site, self.category.as_deref(), None, self.max_snap_m, crs)?))
    }
}

impl ManyBody {
    /// Reads the points, good and bad, and the question.
    pub(super) fn read(&self, site: &Site) -> Result<(Vec<Result<Point, CrsError>>, Question), Problem> {
        let crs = required(self.crs.as_deref())?;
        if self.points.len() > MOST_POINTS {
            let detail = format!("{} points are too many", self.points.len());
            let expected =
                format!("at most {MOST_POINTS} points; NDJSON and CSV are streamed without a limit");
            return Err(Problem::new(Code::TooManyPoints, detail).at("points").expecting(expected));
        }
        let question = question(site, self.category.as_deref(), None, self.max_snap_m, Some(crs))?;
        Ok((self.points.iter().map(|&[east, north]| crs.to_lattice(east, north)).collect(), question))
    }
}

/// The system that must be named.
pub(in crate::http) fn required(crs: Option<&str>) -> Result<Crs, Problem> {
    let crs = crs.ok_or_else(|| Problem::missing("crs", UnknownCrs::EXPECTED))?;
    Ok(crs.parse()?)
}

fn question(
    site: &Site,
    category: Option<&str>,
    accuracy_m: Option<f64>,
    max_snap_m: Option<f64>,
    crs: Option<Crs>,
) -> Result<Question, Problem> {
    let category = category.map(|text| site.app.categories.find(text)).transpose()?;
    let obfuscated = crs.is_some_and(|crs| crs.least_accuracy_m() > 0.0);
    Ok(Question::new(category, accuracy_m, max_snap_m, obfuscated)?)
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        let expected = format!("a number of metres from 0 to {}", error.limit);
        Self::new(Code::BadValue, error.to_string()).at(error.field).expecting(expected)
    }
}
