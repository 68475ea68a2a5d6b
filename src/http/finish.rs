//! The outermost step: every request is looked at by the guard; every answer gets its request id, its
//! headers, its line in the log and its numbers; every refusal becomes a problem.

use super::problem::{MEDIA_TYPE, Problem};
use super::{Site, guard};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tracing::Instrument;

/// The header with the request's id.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A new id: 16 hexadecimal digits, unlike any other of this process and hardly like one of another.
pub fn new_request_id() -> String {
    static STATE: std::sync::LazyLock<RandomState> = std::sync::LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{:016x}", STATE.hash_one(COUNT.fetch_add(1, Ordering::Relaxed)))
}

/// Runs a request and finishes its answer.
pub async fn finish(State(site): State<Arc<Site>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = new_request_id();
    let method = request.method().clone();
    let span = tracing::debug_span!("request", %id, %method, path = request.uri().path());
    let mut response = match guard::mark(&site, &mut request).await {
        Ok(()) => next.run(request).instrument(span.clone()).await,
        Err(problem) => problem.into_response(),
    };
    if response.status().is_client_error() || response.status().is_server_error() {
        response = as_problem(response, &id);
    }
    dress(response.headers_mut(), &site, &id);
    let took = started.elapsed();
    span.in_scope(|| tracing::debug!(status = response.status().as_u16(), ms = took.as_secs_f64() * 1e3));
    let tally = response.extensions().get().unwrap_or(&site.elsewhere);
    tally.count(&method, response.status(), took);
    response
}

/// Writes the problem that a handler returned, or the one that a bare status of the framework means.
fn as_problem(response: Response, id: &str) -> Response {
    let (mut parts, _) = response.into_parts();
    let problem: Problem = parts.extensions.remove().unwrap_or_else(|| Problem::of_status(parts.status));
    problem.log(id);
    // The body names a status, and must not say another one than the head.
    parts.status = problem.code.status();
    parts.headers.remove(header::CONTENT_LENGTH);
    // What was pressed is thrown away with the body that it was.
    parts.headers.remove(header::CONTENT_ENCODING);
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
    headers.reserve(ALWAYS.len() + 3);
    headers.extend(ALWAYS);
    headers.insert(header::CONTENT_SECURITY_POLICY, site.content_security_policy.clone());
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(X_REQUEST_ID, id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use std::io::{self, Write};
    use std::sync::Mutex;

    /// A log in memory.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_problem_in_the_place_of_a_pressed_body_is_not_said_to_be_pressed() {
        let mut refused = Problem::internal("away").into_response();
        refused.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("zstd"));
        let answer = as_problem(refused, "0123456789abcdef");
        assert_eq!(answer.headers().get(header::CONTENT_ENCODING), None);
    }

    #[tokio::test]
    async fn the_log_knows_the_cause_of_a_500_under_the_id_that_the_client_was_told() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        let answer = tracing::subscriber::with_default(subscriber, || {
            as_problem(Problem::internal("the disk is gone").into_response(), "0123456789abcdef")
        });
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let (told, logged) = (String::from_utf8_lossy(&body), log.0.lock().unwrap().clone());
        let logged = String::from_utf8(logged).unwrap();
        assert!(told.contains("0123456789abcdef") && !told.contains("disk"), "{told}");
        assert!(logged.contains("0123456789abcdef") && logged.contains("the disk is gone"), "{logged}");
    }
}
