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

/// What would bring whole grids together with one police grid.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct SuggestionView {
    /// Stays the same as long as the units do.
    id: String,
    /// `align`: grids go whole from one police grid to another; `rebuild`: all of a station's do.
    kind: &'static str,
    /// The code of the station.
    station: String,
    /// Its name.
    station_name: String,
    /// The police grid that gives; null for a whole station.
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
    /// The grids that come to lie in one police grid, by code.
    grids: Vec<String>,
    /// `sure` when each grid has 90 % of its ground there already, `likely` from 70 %, `open` below.
    confidence: &'static str,
    /// Ground that changes its police grid, in square metres.
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
            kind: if between.is_some() { "align" } else { "rebuild" },
            station: suggestion.group.code.to_string(),
            station_name: suggestion.group.name.clone(),
            from: between.map(|(from, _)| from.code.to_string()),
            from_name: between.map(|(from, _)| from.name.clone()),
            to: between.map(|(_, to)| to.code.to_string()),
            to_name: between.map(|(_, to)| to.name.clone()),
            grids: suggestion.grids.iter().map(|grid| grid.code.to_string()).collect(),
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

/// What would align police grids with grids, what moves most ground first. Nothing is changed by a look.
#[utoipa::path(get, path = "/api/v1/overlap/{a}/{b}/suggestions", tag = "overlap",
    params(super::OverlapPath, SuggestionsQuery), responses((status = 200, body = Listing<SuggestionView>)))]
pub(in crate::http) async fn list(
    State(site): State<Arc<Site>>,
    pair: Pair,
    Query(query): Query<SuggestionsQuery>,
) -> Result<Response, Problem> {
    let (overlap, span) = query.open(&site, pair).await?;
    let (under, locked) = (query.under.clone(), query.locked());
    let find = move || -> Result<Vec<SuggestionView>, Problem> {
        let found = overlap.suggestions(under.as_deref(), &locked)?;
        Ok(found.iter().map(SuggestionView::of).collect())
    };
    let found = tokio::task::spawn_blocking(find).await.map_err(Problem::internal)??;
    Ok(Json(span.cut(found)).into_response())
}

/// Begins a draft in the layer of `b` that does what a suggestion says; it is reviewed and published like any other.
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
    let all = overlap.suggestions(None, &body.locked)?;
    let unknown = || Problem::unknown("suggestion", id, "an id of the list of suggestions");
    let suggestion = all.iter().find(|one| one.id == id).ok_or_else(unknown)?;
    Ok((body.words(overlap, suggestion), overlap.operations(suggestion)))
}
