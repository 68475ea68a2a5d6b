//! One connection, from the handshake to the last answer.

use super::body::TimedBody;
use super::refusal::Worded;
use super::stall::StallGuard;
use super::{Draining, Limits, Peer, tls};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::Instant;
use tower::ServiceExt;

/// What all connections of a listener share.
pub(super) struct Shared {
    pub router: Router,
    pub tls: Option<tls::Acceptor>,
    pub limits: Limits,
}

/// The most bytes of one request's first line and header.
pub(super) const HEADER_BYTES: usize = 64 * 1024;

/// How long a peer has to take the notice that its connection ends.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves one connection to its end.
pub(super) async fn converse(
    stream: TcpStream,
    address: SocketAddr,
    shared: &Arc<Shared>,
    stopped: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    metrics::gauge!("wangge_connections").increment(1);
    match &shared.tls {
        None => speak(stream, Peer { address, tls: false }, shared, stopped).await,
        Some(acceptor) => match tokio::time::timeout(shared.limits.header, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => speak(stream, Peer { address, tls: true }, shared, stopped).await,
            Ok(Err(error)) => tracing::debug!(%address, %error, "the TLS handshake failed"),
            Err(_) => tracing::debug!(%address, "the TLS handshake took too long"),
        },
    }
    metrics::gauge!("wangge_connections").decrement(1);
}

async fn speak<S>(stream: S, peer: Peer, shared: &Arc<Shared>, mut stopped: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = shared.limits;
    let work = Arc::new(Work::new());
    let draining = Draining(stopped.clone());
    let about = (peer, draining);
    let answer = service_fn(|request| answer(request, about.clone(), shared.clone(), Work::begin(&work)));
    let builder = builder(limits);
    let stream = TokioIo::new(Worded::new(StallGuard::new(stream, limits.write_silence)));
    let mut connection = pin!(builder.serve_connection(stream, answer));
    let ended = tokio::select! {
        // What there is to do comes first, and needs no dice.
        biased;
        result = connection.as_mut() => Some(result),
        () = work.idle(limits.header) => None,
        () = async { drop(stopped.wait_for(|&stop| stop).await) } => {
            connection.as_mut().graceful_shutdown();
            Some(connection.as_mut().await)
        }
    };
    match ended {
        Some(Err(error)) => tracing::debug!(address = %peer.address, %error, "a connection broke"),
        Some(Ok(())) => {}
        None => {
            connection.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(FAREWELL, connection).await;
        }
    }
}

fn builder(limits: Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .max_buf_size(HEADER_BYTES)
        .half_close(false);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEADER_BYTES as u32)
        .max_concurrent_streams(128)
        .keep_alive_interval(limits.header)
        .keep_alive_timeout(limits.header);
    builder
}

async fn answer(
    request: Request<Incoming>,
    (peer, draining): (Peer, Draining),
    shared: Arc<Shared>,
    turn: Turn,
) -> Result<Response<Held>, Infallible> {
    let mut request = request.map(|body| timed(body, shared.limits));
    request.extensions_mut().insert(peer);
    request.extensions_mut().insert(draining);
    let response = shared.router.clone().oneshot(request).await?;
    Ok(response.map(|body| Held { body, _turn: turn }))
}

/// A body that is waited for as long as the limits say; most requests have none.
fn timed(body: Incoming, limits: Limits) -> Body {
    if body.is_end_stream() { Body::empty() } else { Body::new(TimedBody::new(body, limits)) }
}

/// How many requests a connection has in hand, and since when it has none.
struct Work {
    open: AtomicUsize,
    last_end: Mutex<Instant>,
}

impl Work {
    fn new() -> Self {
        Self { open: AtomicUsize::new(0), last_end: Mutex::new(Instant::now()) }
    }

    fn begin(work: &Arc<Self>) -> Turn {
        work.open.fetch_add(1, Ordering::Relaxed);
        Turn(work.clone())
    }

    fn last_end(&self) -> Instant {
        *self.last_end.lock().expect("nothing panics while it holds an instant")
    }

    /// Ready once no request has been in hand for `limit`.
    async fn idle(&self, limit: Duration) {
        loop {
            let seen = self.last_end();
            let busy = self.open.load(Ordering::Relaxed) > 0;
            if !busy && seen.elapsed() >= limit {
                return;
            }
            let from = if busy { Instant::now() } else { seen };
            tokio::time::sleep_until(from + limit).await;
        }
    }
}

/// One request in hand, until its answer is wholly written or given up.
struct Turn(Arc<Work>);

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0.last_end.lock().expect("nothing panics while it holds an instant") = Instant::now();
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An answer's body that ends its turn when it is dropped.
struct Held {
    body: Body,
    _turn: Turn,
}

impl hyper::body::Body for Held {
    type Data = bytes::Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<bytes::Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}
