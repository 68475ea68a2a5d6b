//! Whether the server lives, whether it can answer, and its numbers.

use super::Site;
use super::extract::{NoQuery, Query};
use crate::app::Works;
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
    /// `ready` while lookups are answered.
    status: &'static str,
    /// The revision in force.
    revision: u64,
    /// The hash of its state: 64 hexadecimal digits, the same on every node that serves this state.
    state_hash: String,
    /// What works at this moment.
    works: Functions,
}

/// What works, by function. What needs only memory goes on while the store is away or takes no writes.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each function works or does not, whatever the others do")]
pub(super) struct Functions {
    /// Lookups, units and lists.
    lookup: bool,
    /// Tiles.
    tiles: bool,
    /// Taking in reports.
    intake: bool,
    /// Drafts and publications.
    edit: bool,
}

impl From<Works> for Functions {
    fn from(Works { lookup, tiles, intake, edit }: Works) -> Self {
        Self { lookup, tiles, intake, edit }
    }
}

/// The process lives.
#[utoipa::path(get, path = "/livez", tag = "server", responses((status = 200, body = String, content_type = "text/plain")))]
pub(super) async fn livez(_: Query<NoQuery>) -> &'static str {
    "ok"
}

/// A revision is loaded and answers can be given: 200 as long as lookups work. What else works at this moment
/// is told by function; what is false answers 503 until the store is back.
#[utoipa::path(get, path = "/readyz", tag = "server", responses((status = 200, body = Ready)))]
pub(super) async fn readyz(State(site): State<Arc<Site>>, _: Query<NoQuery>) -> Json<Ready> {
    let published = site.app.published();
    Json(Ready {
        status: "ready",
        revision: published.revision().number,
        state_hash: published.state_hash.to_string(),
        works: site.app.works().into(),
    })
}

/// Numbers for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "server", responses((status = 200, body = String, content_type = "text/plain")))]
pub(super) async fn numbers(State(site): State<Arc<Site>>, _: Query<NoQuery>) -> impl IntoResponse {
    super::metrics::note(&site.app);
    // A store that is away leaves the number as it was; that it is away shows elsewhere.
    if let Ok(Ok(blocked)) = tokio::time::timeout(SOON, site.app.drafts(&[Stage::Blocked])).await {
        ::metrics::gauge!("wangge_drafts_blocked").set(blocked.len() as f64);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], super::metrics::render())
}
