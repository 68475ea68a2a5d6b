//! The API, the tiles and the page over HTTP.
//!
//! A request passes, from the outside in: [`finish`](mod@finish) (id, headers, problems, log) → compression
//! → a net for panics → `guard` (`Host`, `Origin`: who calls) → the route's own `admit` (may the caller,
//! is there room) → a handler of a few lines: read, ask [`crate::app`], show.

mod admit;
pub mod basemap;
mod categories;
mod docs;
mod export;
pub mod extract;
mod finish;
mod guard;
mod health;
pub mod listen;
mod locate;
mod metrics;
pub mod openapi;
mod page;
pub mod problem;
mod revisions;
mod routes;
mod site;
mod style;
mod tiles;
mod units;
mod view;

pub use metrics::keep_tidy as keep_metrics_tidy;
pub use routes::StartError;
pub use site::{Setting, Site};

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use problem::Problem;
use std::any::Any;
use std::sync::Arc;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// How hard answers are pressed: at 4, each of the three encodings costs little and saves most.
const PRESS: CompressionLevel = CompressionLevel::Precise(4);

/// All of wangge's addresses as one service. Refuses to start when a route lacks its rule or its
/// description.
pub fn router(site: Arc<Site>) -> Result<Router, StartError> {
    let worth_it = SizeAbove::new(512)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("font/"))
        .and(NotForContentType::const_new("application/geopackage"));
    let compress = CompressionLayer::new().quality(PRESS).compress_when(worth_it);
    Ok(routes::build(&site)?
        .layer(from_fn(guard::guard))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(compress)
        .layer(from_fn_with_state(site, finish::finish)))
}

/// What a client hears of a handler that panicked.
fn panicked(cause: Box<dyn Any + Send + 'static>) -> axum::response::Response {
    let said = cause.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("no words");
    axum::response::IntoResponse::into_response(Problem::internal(format!("panicked: {said}")))
}
