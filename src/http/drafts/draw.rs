//! Drawing: operations tried, added, undone and redone.

use super::ask::{Acting, Seen, number};
use super::operation;
use super::view::DrawnView;
use crate::app::drafting::{DraftError, Drawn};
use crate::edit::Operation;
use crate::http::Site;
use crate::http::extract::{Json as JsonBody, NoQuery, Query};
use crate::http::problem::Problem;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde_json::Value;
use std::sync::Arc;

/// Tries an operation; writes nothing.
#[utoipa::path(post, path = "/api/v1/drafts/{id}/preview", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number")), request_body = Object,
    responses((status = 200, body = DrawnView)))]
pub(in crate::http) async fn preview(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    JsonBody(body): JsonBody<Value>,
) -> Result<Response, Problem> {
    let id = number(&id)?;
    let operation = read(&site, id, body).await?;
    Ok(answer(site.app.preview(id, operation, &actor, Utc::now()).await?))
}

/// Adds an operation. The draft's layer is its layer when it names none; positions are degrees, east first.
#[utoipa::path(post, path = "/api/v1/drafts/{id}/operations", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number"),
           ("if-match" = String, Header, description = "The draft's entity tag")),
    request_body = Object, responses((status = 200, body = DrawnView)))]
pub(in crate::http) async fn add(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    Seen(version): Seen,
    JsonBody(body): JsonBody<Value>,
) -> Result<Response, Problem> {
    let id = number(&id)?;
    let operation = read(&site, id, body).await?;
    Ok(answer(site.app.add_operation((id, version), operation, &actor, Utc::now()).await?))
}

/// Takes the last operation back.
#[utoipa::path(post, path = "/api/v1/drafts/{id}/undo", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number"),
           ("if-match" = String, Header, description = "The draft's entity tag")),
    responses((status = 200, body = DrawnView)))]
pub(in crate::http) async fn undo(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    Seen(version): Seen,
) -> Result<Response, Problem> {
    Ok(answer(site.app.undo((number(&id)?, version), &actor, Utc::now()).await?))
}

/// Makes the operation again that was undone last.
#[utoipa::path(post, path = "/api/v1/drafts/{id}/redo", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number"),
           ("if-match" = String, Header, description = "The draft's entity tag")),
    responses((status = 200, body = DrawnView)))]
pub(in crate::http) async fn redo(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    Seen(version): Seen,
) -> Result<Response, Problem> {
    Ok(answer(site.app.redo((number(&id)?, version), &actor, Utc::now()).await?))
}

/// What one operation did, on what those before it drew. One that is undone or dropped does nothing; so do those of a
/// draft whose life is over.
#[utoipa::path(get, path = "/api/v1/drafts/{id}/operations/{seq}", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number"),
           ("seq" = u64, Path, description = "The operation's number in the draft")),
    responses((status = 200, body = DrawnView)))]
pub(in crate::http) async fn one(
    State(site): State<Arc<Site>>,
    Path((id, seq)): Path<(String, String)>,
    _: Query<NoQuery>,
) -> Result<Response, Problem> {
    let unknown = || Problem::unknown("seq", &seq, "the seq of an operation of the draft");
    let wanted = seq.parse().ok().ok_or_else(unknown)?;
    match site.app.operation_effect(number(&id)?, wanted).await {
        Err(DraftError::UnknownOperation(_)) => Err(unknown()),
        other => Ok(answer(other?)),
    }
}

/// An operation on the layer of a draft.
async fn read(site: &Site, id: u64, body: Value) -> Result<Operation, Problem> {
    let layer = site.app.working(id).await.map_err(|error: DraftError| Problem::from(error))?;
    operation::read(body, &layer.draft.layer)
}

fn answer(drawn: Drawn) -> Response {
    let tag = format!("\"{}\"", drawn.version);
    ([(header::ETAG, tag)], Json(DrawnView::of(drawn))).into_response()
}
