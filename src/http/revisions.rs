//! The published states.

use super::Site;
use super::extract::{NoQuery, Query};
use super::problem::Problem;
use super::view::Listing;
use crate::app::Published;
use crate::snapshot::Revision;
use axum::Json;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A published state.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RevisionView {
    /// Its number, 1 for the first import.
    number: u64,
    /// When it took effect.
    effective_from: DateTime<Utc>,
    /// Whether it is the one in force.
    current: bool,
}

impl RevisionView {
    fn of(published: &Published, revision: Revision) -> Self {
        let current = published.revision().number == revision.number;
        Self { number: revision.number, effective_from: revision.effective_from, current }
    }
}

/// All revisions, oldest first.
#[utoipa::path(get, path = "/api/v1/revisions", tag = "revisions", responses((status = 200, body = Listing<RevisionView>)))]
pub(super) async fn list(State(site): State<Arc<Site>>, _: Query<NoQuery>) -> Json<Listing<RevisionView>> {
    let published = site.app.published();
    let revisions = published.revisions.iter();
    Json(Listing::whole(revisions.map(|&r| RevisionView::of(&published, r)).collect()))
}

/// One revision.
#[utoipa::path(get, path = "/api/v1/revisions/{number}", tag = "revisions",
    params(("number" = u64, Path, description = "The revision's number")),
    responses((status = 200, body = RevisionView)))]
pub(super) async fn one(
    State(site): State<Arc<Site>>,
    Path(number): Path<String>,
    _: Query<NoQuery>,
) -> Result<Json<RevisionView>, Problem> {
    let wanted: Option<u64> = number.parse().ok();
    let published = site.app.published();
    let found = published.revisions.iter().find(|r| Some(r.number) == wanted);
    let unknown = || Problem::unknown("revision", &number, "a number of /api/v1/revisions");
    found.map(|&r| Json(RevisionView::of(&published, r))).ok_or_else(unknown)
}
