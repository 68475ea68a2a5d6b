//! Reference lines: what there is, and those near a place.

mod query;

pub(super) use query::LinesQuery;

use super::Site;
use super::drafts::{MOST_VERTICES, too_many};
use super::extract::{NoQuery, Query};
use super::problem::Problem;
use super::view::{Listing, bbox};
use crate::app::Run;
use crate::geom::{Bbox, Point};
use crate::unit::Reference;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A set of reference lines.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReferenceView {
    /// What people call it.
    name: String,
    /// The file that it came from.
    source: String,
    /// When it was imported.
    imported_at: DateTime<Utc>,
    /// How many lines it has.
    lines: usize,
    /// How many vertices.
    vertices: usize,
    /// West, south, east, north in degrees.
    #[schema(required = true)]
    bbox: Option<[f64; 4]>,
}

/// A run of a reference line.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LineView {
    /// The name of its set.
    reference: String,
    /// Its own name, such as a road's; null when the file has none.
    #[schema(required = true)]
    name: Option<String>,
    /// Longitude and latitude of each vertex, exact.
    path: Vec<[f64; 2]>,
}

/// The sets of reference lines, by name: roads, rivers, plans. They are never part of a coverage.
#[utoipa::path(get, path = "/api/v1/references", tag = "references",
    responses((status = 200, body = Listing<ReferenceView>)))]
pub(super) async fn list(State(site): State<Arc<Site>>, _: Query<NoQuery>) -> Json<Listing<ReferenceView>> {
    let references = site.app.references();
    Json(Listing::whole(references.all().iter().map(ReferenceView::of).collect()))
}

/// The reference lines near a box, vertex for vertex, each as far as it stays near.
#[utoipa::path(get, path = "/api/v1/references/lines", tag = "references", params(LinesQuery),
    responses((status = 200, body = Listing<LineView>)))]
pub(super) async fn lines(
    State(site): State<Arc<Site>>,
    Query(query): Query<LinesQuery>,
) -> Result<Json<Listing<LineView>>, Problem> {
    let references = site.app.references();
    let wanted = query.name.as_deref();
    if let Some(name) = wanted.filter(|name| !references.all().iter().any(|r| r.name == *name)) {
        return Err(Problem::unknown("name", name, "a name of /api/v1/references"));
    }
    let found = references.near(bbox(&query.bbox)?, wanted);
    let vertices: usize = found.iter().map(|run| run.points.len()).sum();
    if vertices > MOST_VERTICES {
        return Err(too_many("reference lines", vertices));
    }
    Ok(Json(Listing::whole(found.iter().map(LineView::of).collect())))
}

impl ReferenceView {
    fn of(reference: &Reference) -> Self {
        let points = || reference.lines.iter().flat_map(|line| line.points.iter().copied());
        Self {
            name: reference.name.clone(),
            source: reference.source.clone(),
            imported_at: reference.imported_at,
            lines: reference.lines.len(),
            vertices: points().count(),
            bbox: Bbox::of(points()).map(|bbox| bbox.degrees()),
        }
    }
}

impl LineView {
    fn of(run: &Run<'_>) -> Self {
        Self {
            reference: run.reference.name.clone(),
            name: run.line.name.clone(),
            path: run.points.iter().map(|p: &Point| [p.lon(), p.lat()]).collect(),
        }
    }
}
