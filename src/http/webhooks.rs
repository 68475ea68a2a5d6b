//! Webhooks: programs that are told what happened.

use super::Site;
use super::drafts::Acting;
use super::extract::{Json as JsonBody, NoQuery, Query};
use super::problem::{Code, Problem};
use super::view::Listing;
use crate::app::webhooks::{AddressError, WebhookError};
use crate::store::{DeadLetter, Webhook};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A program to be told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWebhook)]
pub(super) struct WebhookBody {
    /// Where it listens: http or https, on a host that the server was started to allow.
    url: String,
    /// What it is told: types of events, or the beginning of one before `*`; all reports when not given.
    #[serde(default = "reports")]
    kinds: Vec<String>,
}

fn reports() -> Vec<String> {
    vec!["report.*".into()]
}

/// A program that is told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(super) struct WebhookView {
    /// Its number.
    id: u64,
    /// Where it listens.
    url: String,
    /// What it is told.
    kinds: Vec<String>,
    /// Who added it.
    created_by: String,
    /// When.
    created_at: DateTime<Utc>,
    /// The number of the last event that it took, or that was put aside.
    told: u64,
    /// How often the next one was tried.
    attempts: u32,
    /// It is not tried before this.
    next_at: DateTime<Utc>,
    /// Why it was not taken the last time.
    #[schema(required = true)]
    error: Option<String>,
    /// What was put aside for it because it was not taken however often it was tried; oldest first.
    dead_letters: Vec<LetterView>,
    /// What signs what it is told; shown only when it is added.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// An event that was not taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLetter)]
struct LetterView {
    /// The number of the event.
    event: u64,
    /// When it was put aside.
    put_aside_at: DateTime<Utc>,
    /// How often it was tried.
    attempts: u32,
    /// Why it was not taken the last time.
    error: String,
}

/// How many were taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Resent)]
pub(super) struct ResentView {
    /// Letters that were taken.
    taken: usize,
}

/// Adds a program that is told what happens from now on: each event as JSON, in order, by POST, with
/// `Wangge-Signature: t=…,v1=…`, where `v1` is HMAC-SHA-256 with its secret over `t`, a dot and the body.
///
/// An answer of the 200s within 10 s takes it; else it is sent again with a wait that doubles, 12 times in all, and then
/// put aside. An event may come twice; its number in `Wangge-Event` says so.
#[utoipa::path(post, path = "/api/v1/webhooks", tag = "webhooks", request_body = WebhookBody,
    responses((status = 201, body = WebhookView)))]
pub(super) async fn add(
    State(site): State<Arc<Site>>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    JsonBody(body): JsonBody<WebhookBody>,
) -> Result<Response, Problem> {
    let added = site.app.add_webhook(&body.url, body.kinds, &actor.name, Utc::now()).await?;
    let secret = Some(added.secret.clone());
    let view = WebhookView { secret, ..WebhookView::of(&added, &[]) };
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

/// The programs that are told, with what was put aside for each.
#[utoipa::path(get, path = "/api/v1/webhooks", tag = "webhooks", responses((status = 200, body = Listing<WebhookView>)))]
pub(super) async fn list(
    State(site): State<Arc<Site>>,
    _: Query<NoQuery>,
) -> Result<Json<Listing<WebhookView>>, Problem> {
    let all = site.app.webhooks().await?;
    let view = |(webhook, letters): &(Webhook, Vec<DeadLetter>)| WebhookView::of(webhook, letters);
    Ok(Json(Listing::whole(all.iter().map(view).collect())))
}

/// Ends one: it is told nothing any more.
#[utoipa::path(delete, path = "/api/v1/webhooks/{id}", tag = "webhooks",
    params(("id" = u64, Path, description = "Its number")), responses((status = 204)))]
pub(super) async fn end(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
) -> Result<StatusCode, Problem> {
    site.app.end_webhook(number(&id)?, &actor.name, Utc::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends what was put aside for one again, oldest first, until one is not taken.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/resend", tag = "webhooks",
    params(("id" = u64, Path, description = "Its number")), responses((status = 200, body = ResentView)))]
pub(super) async fn resend(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
) -> Result<Json<ResentView>, Problem> {
    Ok(Json(ResentView { taken: site.app.resend(number(&id)?).await? }))
}

fn number(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_no_number| Problem::unknown("webhook", text, "a number of /api/v1/webhooks"))
}

impl WebhookView {
    fn of(webhook: &Webhook, letters: &[DeadLetter]) -> Self {
        let letter = |letter: &DeadLetter| LetterView {
            event: letter.event,
            put_aside_at: letter.put_aside_at,
            attempts: letter.attempts,
            error: letter.error.clone(),
        };
        Self {
            id: webhook.id,
            url: webhook.url.clone(),
            kinds: webhook.kinds.clone(),
            created_by: webhook.created_by.clone(),
            created_at: webhook.created_at,
            told: webhook.standing.told,
            attempts: webhook.standing.attempts,
            next_at: webhook.standing.next_at,
            error: webhook.standing.error.clone(),
            dead_letters: letters.iter().map(letter).collect(),
            secret: None,
        }
    }
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        let said = error.to_string();
        match error {
            WebhookError::Address(AddressError::NoAddress(_)) => {
                Self::new(Code::BadValue, said).at("url").expecting("an http or https address")
            }
            WebhookError::Address(AddressError::Host { .. }) => Self::new(Code::Denied, said)
                .at("url")
                .expecting("a host that the server was started with: serve --webhook-host HOST"),
            WebhookError::Kind(_) => Self::new(Code::BadValue, said)
                .at("kinds")
                .expecting("types of events such as report.created, report.* or *"),
            WebhookError::Unknown(id) => {
                Self::unknown("webhook", &id.to_string(), "a number of /api/v1/webhooks")
            }
            WebhookError::Store(error) => error.into(),
        }
    }
}
