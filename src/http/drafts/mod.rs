//! Drafts: begun, drawn, looked at, reviewed, published. Each write names the version that the client saw.

mod ask;
mod draw;
mod found;
mod nearby;
mod operation;
mod refusal;
mod steps;
mod view;

pub(super) use ask::{Acting, DraftsQuery, Maybe, NewDraftBody, RevertBody};
pub(super) use draw::{add, one as one_operation, preview, redo, undo};
pub(super) use found::{ConflictFoundView, DiffView, ImpactView};
pub(super) use nearby::{MOST_VERTICES, borders, too_many};
pub(super) use steps::{approve, comment, give_back, publish, rebase, submit, withdraw};
pub(super) use view::{ConflictView, DefectView, DraftSummary, DraftView};

// What the macro of utoipa leaves beside each handler.
pub(super) use draw::{
    __path_add, __path_one as __path_one_operation, __path_preview, __path_redo, __path_undo,
};
pub(super) use nearby::__path_borders;
pub(super) use steps::{
    __path_approve, __path_comment, __path_give_back, __path_publish, __path_rebase, __path_submit,
    __path_withdraw,
};

use super::Site;
use super::extract::{Json as JsonBody, NoQuery, Query};
use super::problem::Problem;
use super::view::Listing;
use crate::app::Page;
use crate::app::drafting::Working;
use ask::number;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use std::sync::Arc;

/// Begins a draft on the revision in force.
#[utoipa::path(post, path = "/api/v1/drafts", tag = "drafts", request_body = NewDraftBody,
    responses((status = 201, body = DraftView)))]
pub(super) async fn begin(
    State(site): State<Arc<Site>>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    JsonBody(body): JsonBody<NewDraftBody>,
) -> Result<Response, Problem> {
    let working = site.app.begin_draft(body.words()?, &actor, Utc::now()).await?;
    Ok((StatusCode::CREATED, shown(working).await).into_response())
}

/// All drafts, the one written last first.
#[utoipa::path(get, path = "/api/v1/drafts", tag = "drafts", params(DraftsQuery),
    responses((status = 200, body = Listing<DraftSummary>)))]
pub(super) async fn list(
    State(site): State<Arc<Site>>,
    Query(query): Query<DraftsQuery>,
) -> Result<Json<Listing<DraftSummary>>, Problem> {
    let (offset, limit) = (query.offset()?, Listing::<DraftSummary>::limit(query.limit)?);
    let drafts = site.app.drafts(&query.stages()?).await?;
    let page = Page::cut(drafts, offset, limit);
    Ok(Json(Listing::page(page).map(|draft| DraftSummary::of(&draft))))
}

/// A draft with its operations and its trail.
#[utoipa::path(get, path = "/api/v1/drafts/{id}", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number")),
    responses((status = 200, body = DraftView)))]
pub(super) async fn one(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
) -> Result<Response, Problem> {
    Ok(shown(site.app.working(number(&id)?).await?).await)
}

/// What a draft would do if it were published now.
#[utoipa::path(get, path = "/api/v1/drafts/{id}/impact", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number")),
    responses((status = 200, body = ImpactView)))]
pub(super) async fn impact(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
) -> Result<Json<ImpactView>, Problem> {
    Ok(Json(ImpactView::of(&site.app.draft_impact(number(&id)?).await?)))
}

/// What is in the way of a draft on the revision in force, with the units as each side has them.
#[utoipa::path(get, path = "/api/v1/drafts/{id}/conflicts", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number")),
    responses((status = 200, body = Listing<ConflictFoundView>)))]
pub(super) async fn conflicts(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
) -> Result<Json<Listing<ConflictFoundView>>, Problem> {
    let found = site.app.draft_conflicts(number(&id)?).await?;
    Ok(Json(Listing::whole(found.iter().map(ConflictFoundView::of).collect())))
}

/// What keeps a draft from being published: the ground that nobody would hold.
#[utoipa::path(get, path = "/api/v1/drafts/{id}/defects", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number")),
    responses((status = 200, body = Listing<DefectView>)))]
pub(super) async fn defects(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
) -> Result<Json<Listing<DefectView>>, Problem> {
    let found = site.app.draft_defects(number(&id)?).await?;
    Ok(Json(Listing::whole(found.iter().map(DefectView::of).collect())))
}

/// Begins a draft that takes a revision back.
#[utoipa::path(post, path = "/api/v1/revisions/{number}/revert", tag = "drafts",
    params(("number" = u64, Path, description = "The revision's number")), request_body = RevertBody,
    responses((status = 201, body = DraftView)))]
pub(super) async fn revert(
    State(site): State<Arc<Site>>,
    Path(number): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    Maybe(body): Maybe<RevertBody>,
) -> Result<Response, Problem> {
    let working = site.app.revert(revision(&number)?, body.words()?, &actor, Utc::now()).await?;
    Ok((StatusCode::CREATED, shown(working).await).into_response())
}

/// What leads from one revision to another; backwards as well.
#[utoipa::path(get, path = "/api/v1/revisions/{a}/diff/{b}", tag = "revisions",
    params(("a" = u64, Path, description = "The first revision"), ("b" = u64, Path, description = "The second")),
    responses((status = 200, body = DiffView)))]
pub(super) async fn diff(
    State(site): State<Arc<Site>>,
    Path((a, b)): Path<(String, String)>,
    _: Query<NoQuery>,
) -> Result<Json<DiffView>, Problem> {
    let (a, b) = (revision(&a)?, revision(&b)?);
    Ok(Json(DiffView::of((a, b), &site.app.difference(a, b).await?)))
}

fn revision(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_no_number| Problem::unknown("revision", text, "a number of /api/v1/revisions"))
}

/// A draft with its entity tag. The state's hash is made away from the threads that answer requests.
pub(super) async fn shown(working: Arc<Working>) -> Response {
    let tag = format!("\"{}\"", working.draft.version);
    let view = tokio::task::spawn_blocking(move || DraftView::of(&working));
    let view = view.await.expect("showing a draft does not panic");
    ([(header::ETAG, tag), (header::CACHE_CONTROL, "no-cache".to_owned())], Json(view)).into_response()
}
