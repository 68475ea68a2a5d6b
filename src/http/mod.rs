//! The API, the tiles and the page over HTTP.
//!
//! A request passes, from the outside in: [`finish`](mod@finish) (id, headers, problems, log; `guard` looks at
//! `Host` and `Origin`: who calls) → compression → a net for panics → the route's own `admit` (may the
//! caller, is there room) → a handler of a few lines: read, ask [`crate::app`], show.

mod admit;
pub mod basemap;
mod categories;
mod cookie;
mod docs;
mod drafts;
mod events;
mod export;
pub mod extract;
mod finish;
mod guard;
mod health;
pub mod listen;
mod locate;
mod metrics;
mod open311;
pub mod openapi;
mod overlap;
mod page;
pub mod problem;
mod references;
mod reports;
mod revisions;
mod routes;
mod session;
mod site;
mod style;
mod tiles;
mod units;
mod view;
mod webhooks;

pub use metrics::keep_tidy as keep_metrics_tidy;
pub use routes::StartError;
pub use site::{Setting, Site};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use problem::Problem;
use std::any::Any;
use std::sync::Arc;
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// How hard answers are pressed: at 4, each of the three encodings costs little and saves most.
const PRESS: CompressionLevel = CompressionLevel::Precise(4);

/// The least answer worth pressing, in bytes: the answer to one point has two kilobytes, fits two packets as
/// it is, and pressing it would cost more than everything else that is done for it.
const WORTH_PRESSING: u64 = 4096;

/// All of wangge's addresses as one service. Refuses to start when a route lacks its rule or its
/// description.
pub fn router(site: Arc<Site>) -> Result<Router, StartError> {
    let worth_it = SizeAbove::new(WORTH_PRESSING)
        .and(NotForContentType::IMAGES)
        // What is pressed is held back until there is enough of it.
        .and(NotForContentType::SSE)
        .and(NotForContentType::const_new("font/"))
        .and(NotForContentType::const_new("application/geopackage"));
    let compress = CompressionLayer::new().quality(PRESS).compress_when(worth_it);
    let routes = routes::build(&site)?;
    // One layer made of three: axum puts each layer of a router into a box, and copies all boxes of a route
    // for every request. Not a service around the router either: that would see HEAD without a body, and
    // not press it as it presses GET.
    let around = ServiceBuilder::new()
        .layer(from_fn_with_state(site, finish::finish))
        .layer(compress)
        .layer(CatchPanicLayer::custom(panicked));
    Ok(routes.layer(around))
}

/// What a client hears of a handler that panicked.
#[expect(clippy::needless_pass_by_value, reason = "the layer gives it away")]
fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let said = cause.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("no words");
    Problem::internal(format!("panicked: {said}")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use axum::routing::get;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_handler_that_panics_is_a_500_that_tells_nothing_of_it() {
        let fail = || async { if true { panic!("the secret") } else { "never" } };
        let router = Router::new().route("/", get(fail)).layer(CatchPanicLayer::custom(panicked));
        let answer = router.oneshot(Request::new(Body::empty())).await.unwrap();
        let problem: &Problem = answer.extensions().get().unwrap();
        let json = String::from_utf8(problem.json("the-id")).unwrap();
        assert_eq!(answer.status(), 500);
        assert!(json.contains("\"request_id\":\"the-id\"") && !json.contains("secret"), "{json}");
    }
}
