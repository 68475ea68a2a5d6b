//! The outermost step: every answer gets its request id, its headers, its line in the log and its
//! numbers; every refusal becomes a problem.

use super::Site;
use super::problem::{MEDIA_TYPE, Problem};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tracing::Instrument;

/// The header with the request's id.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The route's pattern, set on every answer of a route of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoutePattern(pub &'static str);

/// A new id: 16 hexadecimal digits, unlike any other of this process and hardly like one of another.
pub fn new_request_id() -> String {
    static STATE: std::sync::LazyLock<RandomState> = std::sync::LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{:016x}", STATE.hash_one(COUNT.fetch_add(1, Ordering::Relaxed)))
}

/// Runs a request and finishes its answer.
pub async fn finish(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = new_request_id();
    let method = request.method().clone();
    let span = tracing::info_span!("request", %id, %method, path = request.uri().path());
    let mut response = next.run(request).instrument(span.clone()).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        response = as_problem(response, &id);
    }
    dress(response.headers_mut(), &site, &id);
    let took = started.elapsed();
    span.in_scope(|| tracing::debug!(status = response.status().as_u16(), ms = took.as_secs_f64() * 1e3));
    count(&method, &response, took);
    response
}

/// Writes the problem that a handler returned, or the one that a bare status of the framework means.
fn as_problem(response: Response, id: &str) -> Response {
    let (mut parts, _) = response.into_parts();
    let problem: Problem = parts.extensions.remove().unwrap_or_else(|| Problem::of_status(parts.status));
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Response::from_parts(parts, Body::from(problem.json(id)))
}

/// The headers that every answer has.
fn dress(headers: &mut HeaderMap, site: &Site, id: &str) {
    const ALWAYS: [(HeaderName, HeaderValue); 6] = [
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
        (
            HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static("geolocation=(self), camera=(), microphone=(), payment=()"),
        ),
    ];
    headers.extend(ALWAYS);
    headers.insert(header::CONTENT_SECURITY_POLICY, site.content_security_policy.clone());
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(X_REQUEST_ID, id);
    }
}

fn count(method: &Method, response: &Response, took: Duration) {
    let route = response.extensions().get().map_or("none", |RoutePattern(pattern)| pattern);
    let status = response.status().as_str().to_owned();
    let method =
        if matches!(*method, Method::GET | Method::POST | Method::HEAD) { method.as_str() } else { "other" };
    let labels = [("route", route.to_owned()), ("method", method.to_owned()), ("status", status)];
    metrics::counter!("wangge_requests_total", &labels).increment(1);
    metrics::histogram!("wangge_request_seconds", "route" => route).record(took.as_secs_f64());
}
