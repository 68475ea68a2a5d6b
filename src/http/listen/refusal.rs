//! Words for the refusals that never reach a route.
//!
//! A request line or a header that hyper cannot read, or that is too large, it answers itself, with a bare
//! status. No setting of hyper changes that; so the bytes are looked at on their way out.

use super::connection::HEADER_BYTES;
use crate::http::problem::{Code, Problem};
use axum::http::StatusCode;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// How long a refused client may go on sending before it is cut off.
const FAREWELL: Duration = Duration::from_millis(500);

/// Puts a problem in the place of hyper's bare refusal, after which the connection ends.
///
/// A refusal is told from an answer of a route by its head: it has no body and no request id. HTTP/2
/// frames never look like one, and refusals there stay without words.
pub(super) struct Worded<S> {
    inner: S,
    refusal: Option<Refusal>,
}

/// A problem on its way out.
struct Refusal {
    words: Vec<u8>,
    sent: usize,
    /// Runs once all is sent.
    farewell: Pin<Box<Sleep>>,
}

impl<S> Worded<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner, refusal: None }
    }

    /// Whether these bytes are a refusal, whose words then wait to be sent.
    fn is_refusal(&mut self, data: &[u8]) -> bool {
        if self.refusal.is_none()
            && let Some(status) = bare_refusal(data)
        {
            let words = problem(status).on_the_wire();
            let farewell = Box::pin(tokio::time::sleep(FAREWELL));
            self.refusal = Some(Refusal { words, sent: 0, farewell });
        }
        self.refusal.is_some()
    }
}

impl<S: AsyncWrite + Unpin> Worded<S> {
    /// Sends the words; hyper is told that its own bytes went out.
    fn poll_words(&mut self, cx: &mut Context<'_>, theirs: usize) -> Poll<io::Result<usize>> {
        while let Some(refusal) = &mut self.refusal
            && refusal.sent < refusal.words.len()
        {
            match ready!(Pin::new(&mut self.inner).poll_write(cx, &refusal.words[refusal.sent..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                sent => refusal.sent += sent,
            }
        }
        Poll::Ready(Ok(theirs))
    }
}

fn problem(status: StatusCode) -> Problem {
    let problem = Problem::of_status(status);
    match problem.code {
        Code::HeaderTooLarge => {
            problem.at("header").expecting(format!("at most {HEADER_BYTES} bytes and 100 fields"))
        }
        _ => problem.at("header").expecting("a request line and header fields as in RFC 9112"),
    }
}

/// The status of a head with neither body nor request id that says what hyper says on its own.
fn bare_refusal(data: &[u8]) -> Option<StatusCode> {
    let status = data.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    if ![b"400", b"414", b"431"].contains(&status.try_into().ok()?) {
        return None;
    }
    let head = std::str::from_utf8(data).ok()?;
    let bare = head.ends_with("\r\n\r\n") && head.contains("\r\ncontent-length: 0\r\n");
    if bare && !head.contains("\r\nx-request-id: ") { StatusCode::from_bytes(status).ok() } else { None }
}

impl<S: AsyncRead + Unpin> AsyncRead for Worded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Worded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        if self.is_refusal(data) {
            return self.poll_words(cx, data.len());
        }
        Pin::new(&mut self.inner).poll_write(cx, data)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [only] = data
            && self.is_refusal(only)
        {
            return self.poll_words(cx, only.len());
        }
        Pin::new(&mut self.inner).poll_write_vectored(cx, data)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    /// Closing with unread bytes in hand would reset the connection and lose the words: a refused client
    /// is heard out for a moment.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.inner).poll_shutdown(cx))?;
        let Self { inner, refusal: Some(refusal) } = &mut *self else { return Poll::Ready(Ok(())) };
        let mut unread = [0; 4096];
        while refusal.farewell.as_mut().poll(cx).is_pending() {
            let mut buffer = ReadBuf::new(&mut unread);
            let read = ready!(Pin::new(&mut *inner).poll_read(cx, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                break;
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_head_without_body_and_id_is_a_refusal_of_its_own() {
        let refusal = "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(bare_refusal(refusal.as_bytes()), Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
        for answer in [
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nx-request-id: 1\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 4",
            "",
        ] {
            assert_eq!(bare_refusal(answer.as_bytes()), None, "{answer:?}");
        }
    }
}
