//! What the last reports of each source say of its positions.

use crate::app::{SourceFigures, Suspicion};
use crate::http::Site;
use crate::http::extract::{NoQuery, Query};
use crate::http::problem::Problem;
use crate::http::view::Listing;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A source, and what its last reports say of its positions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportSource)]
pub(in crate::http) struct SourceView {
    /// Who sends them.
    source: String,
    /// How many of its last reports were read, 500 at most.
    reports: usize,
    /// The share that lies outside the city, in water though it is about land, or on other ground than somebody said.
    wrong_as_declared: f64,
    /// What they seem to be instead; null when nothing speaks against what they declare.
    #[schema(required = true)]
    suspicion: Option<SuspicionView>,
}

/// A system that fits better than the one that was declared.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DatumSuspicion)]
struct SuspicionView {
    /// `wgs84`, `gcj02` or `bd09`.
    crs: String,
    /// The share that is wrong under it.
    wrong: f64,
    /// By how many standard deviations of the paired difference it is better.
    sigmas: f64,
    /// Some of those that speak for it.
    examples: Vec<ExampleView>,
}

/// A report that would lie better.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DatumExample)]
struct ExampleView {
    /// The report.
    id: u64,
    /// Where it was put: longitude and latitude.
    declared: [f64; 2],
    /// Where it would be.
    other: [f64; 2],
}

/// The sources of reports, each with what its last 500 say of its positions: whether they are of another system than the
/// one that they declare.
#[utoipa::path(get, path = "/api/v1/reports/sources", tag = "reports",
    responses((status = 200, body = Listing<SourceView>)))]
pub(in crate::http) async fn sources(
    State(site): State<Arc<Site>>,
    _: Query<NoQuery>,
) -> Result<Json<Listing<SourceView>>, Problem> {
    let found = site.app.sources().await?;
    Ok(Json(Listing::whole(found.iter().map(SourceView::of).collect())))
}

impl SourceView {
    fn of(figures: &SourceFigures) -> Self {
        Self {
            source: figures.source.clone(),
            reports: figures.reports,
            wrong_as_declared: figures.wrong_as_declared,
            suspicion: figures.suspicion.as_ref().map(SuspicionView::of),
        }
    }
}

impl SuspicionView {
    fn of(suspicion: &Suspicion) -> Self {
        let place = |p: &crate::geom::Point| [p.lon(), p.lat()];
        let example = |(id, declared, other): &(u64, crate::geom::Point, crate::geom::Point)| ExampleView {
            id: *id,
            declared: place(declared),
            other: place(other),
        };
        Self {
            crs: suspicion.crs.to_string(),
            wrong: suspicion.wrong,
            sigmas: suspicion.sigmas,
            examples: suspicion.examples.iter().map(example).collect(),
        }
    }
}
