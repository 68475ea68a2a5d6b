//! A server on a real socket, and bytes on it.

use super::client::wait;
use axum::Router;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wangge::http::listen::{Drained, Limits, Listener, tls};

/// A server that stops when told to.
pub struct Server {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    ended: Option<JoinHandle<Drained>>,
}

impl Server {
    pub fn start(router: Router, limits: Limits) -> Self {
        Self::start_with(router, None, limits)
    }

    pub fn start_with(router: Router, tls: Option<tls::Acceptor>, limits: Limits) -> Self {
        wait(async {
            let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
            let address = listener.address();
            let (stop, stopped) = oneshot::channel();
            let ended = tokio::spawn(listener.serve(router, tls, limits, async { drop(stopped.await) }));
            Self { address, stop: Some(stop), ended: Some(ended) }
        })
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Tells it to stop, and does not wait.
    pub fn tell_to_stop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
    }

    pub fn ended(&mut self) -> Drained {
        wait(self.ended.take().unwrap()).unwrap()
    }
}

/// Everything until the other side closes, and how long that took.
pub fn read_to_end(mut stream: &TcpStream) -> (String, Duration) {
    let started = Instant::now();
    let mut bytes = Vec::new();
    // A reset is an end too.
    let _ = stream.read_to_end(&mut bytes);
    (String::from_utf8_lossy(&bytes).into_owned(), started.elapsed())
}

/// Reads until `wanted` was seen.
pub fn read_until(mut stream: &TcpStream, wanted: &str) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while !String::from_utf8_lossy(&bytes).contains(wanted) {
        let n = stream.read(&mut piece).unwrap();
        assert!(n > 0, "closed before {wanted:?}: {}", String::from_utf8_lossy(&bytes));
        bytes.extend_from_slice(&piece[..n]);
    }
    String::from_utf8(bytes).unwrap()
}

pub fn write(mut stream: &TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).unwrap();
}
