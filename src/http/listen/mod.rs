//! The accept loop: every wait on a client has an end.
//!
//! `axum::serve` waits without a limit for headers, for bodies, for readers and, when it is told to
//! stop, for everybody. Here each of these is a number in [`Limits`].

mod body;
mod connection;
mod refusal;
mod stall;
pub mod tls;

pub use body::BodyTimeout;

use axum::Router;
use connection::Shared;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// How long a client may take, and how many there may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at a time; one more is answered 503 and closed.
    pub connections: usize,
    /// From accepting, or from the end of an answer, until a whole request header is there. Covers the
    /// TLS handshake, the first byte, a header that drips and an idle connection.
    pub header: Duration,
    /// The longest silence inside a request body.
    pub body_silence: Duration,
    /// Bytes a second that a body must keep up on average once `body_silence` was spent waiting for it.
    pub body_pace: u64,
    /// The longest time in which a client takes nothing of its answer.
    pub write_silence: Duration,
    /// How long open requests may go on after the order to stop.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            header: Duration::from_secs(20),
            body_silence: Duration::from_secs(20),
            body_pace: 256,
            write_silence: Duration::from_secs(30),
            drain: Duration::from_secs(10),
        }
    }
}

/// How many clients are told at the same time that there is no place.
const TURNED_AWAY: usize = 64;

/// How long such a client has to take the answer.
const FAREWELL: Duration = Duration::from_millis(500);

/// Who speaks: set on every request, and never from anything that the client wrote.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// The other end of the connection.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub tls: bool,
}

/// A sign that the server stops: set on every request, for answers that would not end by themselves.
#[derive(Clone, Debug)]
pub struct Draining(watch::Receiver<bool>);

impl Draining {
    /// Ready once the server was told to stop.
    pub async fn begins(&mut self) {
        // A listener that is gone stops as well.
        let _ = self.0.wait_for(|&stop| stop).await;
    }
}

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another program listens there.
    #[error("{0} is taken by another program; stop that one, or choose another address with --bind")]
    Taken(SocketAddr),
    /// Anything else.
    #[error("cannot listen on {address}")]
    Other {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// How the end went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were cut off because they outlasted [`Limits::drain`].
    pub cut: usize,
}

/// A bound socket that does not accept yet; the kernel keeps early clients waiting.
#[derive(Debug)]
pub struct Listener {
    tcp: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Takes the address. Port 0 lets the system choose, see [`Listener::address`].
    pub async fn bind(address: SocketAddr) -> Result<Self, BindError> {
        let other = |source| BindError::Other { address, source };
        let tcp = TcpListener::bind(address).await.map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => BindError::Taken(address),
            _ => other(source),
        })?;
        let address = tcp.local_addr().map_err(other)?;
        Ok(Self { tcp, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is ready; then lets open requests finish within [`Limits::drain`].
    pub async fn serve(
        self,
        router: Router,
        tls: Option<tls::Acceptor>,
        limits: Limits,
        stop: impl Future<Output = ()>,
    ) -> Drained {
        let (stopping, stopped) = watch::channel(false);
        let shared = Arc::new(Shared { router, tls, limits });
        let places = Arc::new(Semaphore::new(limits.connections));
        let mut open = JoinSet::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let (stream, address) = tokio::select! {
                () = &mut stop => break,
                _ = open.join_next(), if !open.is_empty() => continue,
                accepted = self.tcp.accept() => match accepted {
                    Ok(client) => client,
                    Err(error) => { rest_after(&error).await; continue }
                },
            };
            let Ok(place) = places.clone().try_acquire_owned() else {
                let in_words = shared.tls.is_none() && open.len() < limits.connections + TURNED_AWAY;
                turn_away(stream, in_words, &mut open);
                continue;
            };
            let (shared, stopped) = (shared.clone(), stopped.clone());
            open.spawn(async move {
                connection::converse(stream, address, &shared, stopped).await;
                drop(place);
            });
        }
        drop(self.tcp);
        drain(stopping, open, limits.drain).await
    }
}

/// A client that gave up is its own affair; a lack of file handles passes, but not at once.
async fn rest_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "accepting a connection failed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Tells one client too many so. Before a TLS handshake there are no words, nor in a flood.
fn turn_away(mut stream: TcpStream, in_words: bool, open: &mut JoinSet<()>) {
    metrics::counter!("wangge_connections_refused_total").increment(1);
    if !in_words {
        return;
    }
    open.spawn(async move {
        let farewell = async {
            let answer = super::problem::Problem::too_many_connections().on_the_wire();
            stream.write_all(&answer).await?;
            stream.shutdown().await?;
            // Closing with unread bytes in hand would reset the connection and lose the answer.
            tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
        };
        let _ = tokio::time::timeout(FAREWELL, farewell).await;
    });
}

async fn drain(stopping: watch::Sender<bool>, mut open: JoinSet<()>, limit: Duration) -> Drained {
    while open.try_join_next().is_some() {}
    stopping.send_replace(true);
    let finished = async { while open.join_next().await.is_some() {} };
    let in_time = tokio::time::timeout(limit, finished).await.is_ok();
    let cut = if in_time { 0 } else { open.len() };
    open.shutdown().await;
    Drained { cut }
}
