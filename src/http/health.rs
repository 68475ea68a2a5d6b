//! Whether the server lives, whether it can answer, and its numbers.

use super::Site;
use super::extract::{NoQuery, Query};
use crate::edit::Stage;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// How long the store is waited for by those who only count.
const SOON: Duration = Duration::from_millis(500);

/// What a server that can answer says.
#[derive(Serialize, ToSchema)]
pub(super) struct Ready {
    /// `ready`.
    status: &'static str,
    /// The revision in force.
    revision: u64,
}

/// The process lives.
#[utoipa::path(get, path = "/livez", tag = "server", responses((status = 200, body = String, content_type = "text/plain")))]
pub(super) async fn livez(_: Query<NoQuery>) -> &'static str {
    "ok"
}

/// A revision is loaded and answers can be given.
#[utoipa::path(get, path = "/readyz", tag = "server", responses((status = 200, body = Ready)))]
pub(super) async fn readyz(State(site): State<Arc<Site>>, _: Query<NoQuery>) -> Json<Ready> {
    Json(Ready { status: "ready", revision: site.app.published().revision().number })
}

/// Numbers for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "server", responses((status = 200, body = String, content_type = "text/plain")))]
pub(super) async fn numbers(State(site): State<Arc<Site>>, _: Query<NoQuery>) -> impl IntoResponse {
    ::metrics::gauge!("wangge_revision").set(site.app.published().revision().number as f64);
    // A store that is away leaves the number as it was; that it is away shows elsewhere.
    if let Ok(Ok(blocked)) = tokio::time::timeout(SOON, site.app.drafts(&[Stage::Blocked])).await {
        ::metrics::gauge!("wangge_drafts_blocked").set(blocked.len() as f64);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], super::metrics::render())
}
