//! Units: lists, one, and what stands around it.

mod history;
mod posts;
mod query;
mod retired;
mod view;

pub(super) use history::TurnView;
pub(super) use posts::{__path_posts, __path_set_posts, posts, set_posts};
pub(super) use query::{AtQuery, ListQuery, PartQuery, PostsQuery, UnitPath};
pub(super) use retired::SuccessorView;
pub(super) use view::{DatedPost, NeighbourView, UnitFeature, UnitView};

use super::Site;
use super::extract::{NoQuery, Query};
use super::problem::Problem;
use super::view::{Listing, PostsShown, Reader};
use crate::app::UnitFacts;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The two names of a unit in an address.
type Named = Path<(String, String)>;

/// Units of all layers, or those that are asked for.
#[utoipa::path(get, path = "/api/v1/units", tag = "units", params(ListQuery),
    responses((status = 200, body = Listing<UnitView<'_>>)))]
pub(super) async fn list(
    State(site): State<Arc<Site>>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let (published, span) = query.open(&site).await?;
    let mut found = published.units(&query.conditions(&published)?, &site.app.posts());
    if let Some(code) = query.was()? {
        let successors = retired::successors(&site, &published, &code).await?;
        found.retain(|facts| successors.contains(&facts.unit.id));
    }
    let page = span.cut(found);
    Ok(Json(page.map(|facts| UnitView::of(&facts))).into_response())
}

/// One unit with its ground. A code that is retired is answered 410 with its `successors`.
#[utoipa::path(get, path = "/api/v1/units/{layer}/{code}", tag = "units", params(UnitPath, AtQuery),
    responses((status = 200, body = UnitFeature<'_>, content_type = "application/geo+json")))]
pub(super) async fn one(
    State(site): State<Arc<Site>>,
    Path((layer, code)): Named,
    Query(query): Query<AtQuery>,
    reader: Reader,
) -> Result<Response, Problem> {
    let published = query.open(&site).await?;
    let facts = retired::found(&site, &published, &layer, &code).await?;
    let posts = PostsShown::new(&site, &reader, query.at);
    let feature = UnitFeature::of(&published, &facts, &posts);
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], Json(feature)).into_response())
}

/// The units that share a border with one, of its own level, the longest border first.
#[utoipa::path(get, path = "/api/v1/units/{layer}/{code}/neighbours", tag = "units", params(UnitPath, AtQuery),
    responses((status = 200, body = Listing<NeighbourView<'_>>)))]
pub(super) async fn neighbours(
    State(site): State<Arc<Site>>,
    Path((layer, code)): Named,
    Query(query): Query<AtQuery>,
) -> Result<Response, Problem> {
    let published = query.open(&site).await?;
    let facts = retired::found(&site, &published, &layer, &code).await?;
    Ok(Json(Listing::whole(NeighbourView::around(&published, &facts))).into_response())
}

/// The units directly under one, by code.
#[utoipa::path(get, path = "/api/v1/units/{layer}/{code}/children", tag = "units", params(UnitPath, PartQuery),
    responses((status = 200, body = Listing<UnitView<'_>>)))]
pub(super) async fn children(
    State(site): State<Arc<Site>>,
    Path((layer, code)): Named,
    Query(query): Query<PartQuery>,
) -> Result<Response, Problem> {
    let (published, span) = query.open(&site).await?;
    let facts = retired::found(&site, &published, &layer, &code).await?;
    let children: Vec<_> = facts.layer.units.children(facts.unit.id).collect();
    let page = span.cut(children);
    Ok(Json(page.map(|unit| UnitView::of(&UnitFacts::of(facts.layer, unit)))).into_response())
}

/// The life of one unit: the revisions in which it changed, oldest first. Also of a code that is retired.
#[utoipa::path(get, path = "/api/v1/units/{layer}/{code}/history", tag = "units", params(UnitPath),
    responses((status = 200, body = Listing<TurnView>)))]
pub(super) async fn history(
    State(site): State<Arc<Site>>,
    Path((layer, code)): Named,
    _: Query<NoQuery>,
) -> Result<Json<Listing<TurnView>>, Problem> {
    let published = site.app.published();
    Ok(Json(Listing::whole(history::of(&site, &published, &layer, &code).await?)))
}
