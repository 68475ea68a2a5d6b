//! Suggestions, and the drafts that are made of them.

use super::query::{Pair, SuggestionBody, SuggestionsQuery};
use crate::app::drafting::DraftWords;
use crate::app::{Overlap, Suggestion};
use crate::edit::Operation;
use crate::http::Site;
use crate::http::drafts::{Acting, Maybe, shown};
use crate::http::extract::{NoQuery, Query};
use crate::http::problem::Problem;
use crate::http::view::Listing;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What would make police grids and grids agree more.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct SuggestionView {
    /// Stays the same as long as the units do.
    id: String,
    /// `align`: grids go whole from one police grid to another; `rebuild`: all of a station's do; `snap`: a police border
    /// moves onto the border of grids that it runs near; `split`: a grid is cut along the police border through it.
    kind: &'static str,
    /// The code of the station.
    station: String,
    /// Its name.
    station_name: String,
    /// The police grid that gives, or that has the smaller part of a grid that is cut; null for a whole station.
    #[schema(required = true)]
    from: Option<String>,
    /// Its name.
    #[schema(required = true)]
    from_name: Option<String>,
    /// The one that gets.
    #[schema(required = true)]
    to: Option<String>,
    /// Its name.
    #[schema(required = true)]
    to_name: Option<String>,
    /// The grids that come to lie in one police grid, by code; or the one that is cut.
    grids: Vec<String>,
    /// Their names.
    grid_names: Vec<String>,
    /// `sure` when each grid has 90 % of its ground there already, `likely` from 70 %, `open` below; of a grid that is cut,
    /// by the smaller part's share of the larger one.
    confidence: &'static str,
    /// Ground that changes its police grid or becomes a grid of its own, in square metres.
    moved_m2: f64,
    /// Split grids of the station now.
    split_before: u32,
    /// And afterwards.
    split_after: u32,
    /// Mismatched ground of the station now, in square metres.
    mismatch_before_m2: f64,
    /// And afterwards.
    mismatch_after_m2: f64,
    /// The same in a sentence.
    reason: String,
    /// The box around the grids: west, south, east, north in degrees.
    bbox: [f64; 4],
}

impl SuggestionView {
    fn of(suggestion: &Suggestion<'_>) -> Self {
        let between = suggestion.between;
        Self {
            id: suggestion.id.clone(),
            kind: suggestion.kind.word(),
            station: suggestion.group.code.to_string(),
            station_name: suggestion.group.name.clone(),
            from: between.map(|(from, _)| from.code.to_string()),
            from_name: between.map(|(from, _)| from.name.clone()),
            to: between.map(|(_, to)| to.code.to_string()),
            to_name: between.map(|(_, to)| to.name.clone()),
            grids: suggestion.grids.iter().map(|grid| grid.code.to_string()).collect(),
            grid_names: suggestion.grids.iter().map(|grid| grid.name.clone()).collect(),
            confidence: suggestion.confidence.word(),
            moved_m2: suggestion.moved_m2,
            split_before: suggestion.split.0,
            split_after: suggestion.split.1,
            mismatch_before_m2: suggestion.mismatch_m2.0,
            mismatch_after_m2: suggestion.mismatch_m2.1,
            reason: suggestion.reason(),
            bbox: suggestion.bbox,
        }
    }
}

/// What would make police grids and grids agree more, what moves most ground first. Nothing is changed by a look.
#[utoipa::path(get, path = "/api/v1/overlap/{a}/{b}/suggestions", tag = "overlap",
    params(super::OverlapPath, SuggestionsQuery), responses((status = 200, body = Listing<SuggestionView>)))]
pub(in crate::http) async fn list(
    State(site): State<Arc<Site>>,
    pair: Pair,
    Query(query): Query<SuggestionsQuery>,
) -> Result<Response, Problem> {
    let (overlap, span) = query.open(&site, pair).await?;
    let wish = query.wish()?;
    let find = move || -> Result<Vec<SuggestionView>, Problem> {
        let found = overlap.suggestions(&wish)?;
        Ok(found.iter().map(SuggestionView::of).collect())
    };
    let found = tokio::task::spawn_blocking(find).await.map_err(Problem::internal)??;
    Ok(Json(span.cut(found)).into_response())
}

/// Begins a draft that does what a suggestion says, in the layer of `b`, or of `a` for a `split`; it is reviewed and published like any other.
#[utoipa::path(post, path = "/api/v1/overlap/{a}/{b}/suggestions/{id}/draft", tag = "overlap",
    params(("a" = String, Path, description = "The layer whose grids come together"),
           ("b" = String, Path, description = "The layer that is drawn on"),
           ("id" = String, Path, description = "The suggestion's id")),
    request_body = SuggestionBody, responses((status = 201, body = crate::http::drafts::DraftView)))]
pub(in crate::http) async fn draft(
    State(site): State<Arc<Site>>,
    Path((a, b, id)): Path<(String, String, String)>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    Maybe(body): Maybe<SuggestionBody>,
) -> Result<Response, Problem> {
    let overlap = site.app.overlap(site.app.published(), [&a, &b]).await?;
    let find = move || found(&overlap, &id, &body);
    let (words, operations) = tokio::task::spawn_blocking(find).await.map_err(Problem::internal)??;
    let working = site.app.draft_of(words, operations, &actor, Utc::now()).await?;
    Ok((StatusCode::CREATED, shown(working).await).into_response())
}

/// The suggestion of an id, as the words and the operations of a draft.
fn found(
    overlap: &Overlap,
    id: &str,
    body: &SuggestionBody,
) -> Result<(DraftWords, Vec<Operation>), Problem> {
    let unknown = || Problem::unknown("suggestion", id, "an id of the list of suggestions");
    let suggestion = overlap.suggestion(id, &body.locked)?.ok_or_else(unknown)?;
    Ok((body.words(&suggestion), suggestion.operations))
}
