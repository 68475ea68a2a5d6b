//! Steps in the life of a draft.

use super::ask::{Acting, ApproveBody, CommentBody, Maybe, PublishBody, RebaseBody, Seen, number};
use super::shown;
use super::view::DraftView;
use crate::app::drafting::Review;
use crate::http::Site;
use crate::http::extract::{Json as JsonBody, NoQuery, Query};
use crate::http::problem::Problem;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::Utc;
use std::sync::Arc;

/// Asks for approval. The draft must be fit to be published.
#[utoipa::path(post, path = "/api/v1/drafts/{id}/submit", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number"),
           ("if-match" = String, Header, description = "The draft's entity tag")),
    request_body = CommentBody, responses((status = 200, body = DraftView)))]
pub(in crate::http) async fn submit(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    Seen(version): Seen,
    Maybe(body): Maybe<CommentBody>,
) -> Result<Response, Problem> {
    let (seen, comment) = ((number(&id)?, version), body.comment()?);
    let working = site.app.review(seen, Review::Submit, comment, &actor, Utc::now()).await?;
    Ok(shown(working).await)
}

/// Sends a draft back, with a reason.
#[utoipa::path(post, path = "/api/v1/drafts/{id}/return", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number"),
           ("if-match" = String, Header, description = "The draft's entity tag")),
    request_body = CommentBody, responses((status = 200, body = DraftView)))]
pub(in crate::http) async fn give_back(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    Seen(version): Seen,
    Maybe(body): Maybe<CommentBody>,
) -> Result<Response, Problem> {
    let (seen, comment) = ((number(&id)?, version), Some(body.reason("why the draft is sent back")?));
    let working = site.app.review(seen, Review::Return, comment, &actor, Utc::now()).await?;
    Ok(shown(working).await)
}

/// Says something of a draft, which stays as it is.
#[utoipa::path(post, path = "/api/v1/drafts/{id}/comment", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number"),
           ("if-match" = String, Header, description = "The draft's entity tag")),
    request_body = CommentBody, responses((status = 200, body = DraftView)))]
pub(in crate::http) async fn comment(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    Seen(version): Seen,
    JsonBody(body): JsonBody<CommentBody>,
) -> Result<Response, Problem> {
    let words = body.reason("what is to be said")?;
    Ok(shown(site.app.comment_on_draft((number(&id)?, version), words, &actor, Utc::now()).await?).await)
}

/// Gives a draft up. It is kept, and never drawn on again.
#[utoipa::path(post, path = "/api/v1/drafts/{id}/withdraw", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number"),
           ("if-match" = String, Header, description = "The draft's entity tag")),
    request_body = CommentBody, responses((status = 200, body = DraftView)))]
pub(in crate::http) async fn withdraw(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    Seen(version): Seen,
    Maybe(body): Maybe<CommentBody>,
) -> Result<Response, Problem> {
    let (seen, comment) = ((number(&id)?, version), body.comment()?);
    let working = site.app.review(seen, Review::Withdraw, comment, &actor, Utc::now()).await?;
    Ok(shown(working).await)
}

/// Approves what a draft changes. The approval holds for that change and no other.
#[utoipa::path(post, path = "/api/v1/drafts/{id}/approve", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number"),
           ("if-match" = String, Header, description = "The draft's entity tag")),
    request_body = ApproveBody, responses((status = 200, body = DraftView)))]
pub(in crate::http) async fn approve(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    Seen(version): Seen,
    Maybe(body): Maybe<ApproveBody>,
) -> Result<Response, Problem> {
    let (seen, (change, comment)) = ((number(&id)?, version), body.read()?);
    let working = site.app.review(seen, Review::Approve(change), comment, &actor, Utc::now()).await?;
    Ok(shown(working).await)
}

/// Publishes an approved draft, now or at a moment to come.
#[utoipa::path(post, path = "/api/v1/drafts/{id}/publish", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number"),
           ("if-match" = String, Header, description = "The draft's entity tag")),
    request_body = PublishBody, responses((status = 200, body = DraftView)))]
pub(in crate::http) async fn publish(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    Seen(version): Seen,
    Maybe(body): Maybe<PublishBody>,
) -> Result<Response, Problem> {
    let (seen, order) = ((number(&id)?, version), body.order()?);
    let working = site.app.publish(seen, order, &actor, Utc::now()).await?;
    Ok(shown(working).await)
}

/// Carries a draft over to the revision in force, and settles conflicts as a person says.
#[utoipa::path(post, path = "/api/v1/drafts/{id}/rebase", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number"),
           ("if-match" = String, Header, description = "The draft's entity tag")),
    request_body = RebaseBody, responses((status = 200, body = DraftView)))]
pub(in crate::http) async fn rebase(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    Seen(version): Seen,
    Maybe(body): Maybe<RebaseBody>,
) -> Result<Response, Problem> {
    let (seen, settling) = ((number(&id)?, version), body.settling()?);
    let working = site.app.rebase_draft(seen, settling, &actor, Utc::now()).await?;
    Ok(shown(working).await)
}
