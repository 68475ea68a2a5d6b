//! A request body that may not keep us waiting.

use super::Limits;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// The client fell silent inside its body, or sent it too slowly.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the request body came too slowly")]
pub struct BodyTimeout;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A body with a limit on silence, and a least average pace once that much time was spent waiting.
///
/// Only time in which the client is waited for counts: a reader of the body that takes its time is not
/// held against the client.
pub(super) struct TimedBody {
    inner: Incoming,
    limits: Limits,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
    waited: Duration,
    received: u64,
}

impl TimedBody {
    pub(super) fn new(inner: Incoming, limits: Limits) -> Self {
        Self { inner, limits, waiting: None, waited: Duration::ZERO, received: 0 }
    }

    fn too_slow(&self) -> bool {
        let floor = self.waited.as_millis() * u128::from(self.limits.body_pace) / 1000;
        self.waited > self.limits.body_silence && u128::from(self.received) < floor
    }

    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let limit = self.limits.body_silence;
        let start = || (Instant::now(), Box::pin(tokio::time::sleep(limit)));
        self.waiting.get_or_insert_with(start).1.as_mut().poll(cx)
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) else {
            ready!(self.poll_silence(cx));
            return Poll::Ready(Some(Err(BodyTimeout.into())));
        };
        if let Some((since, _)) = self.waiting.take() {
            self.waited += since.elapsed();
        }
        let Some(Ok(frame)) = frame else {
            return Poll::Ready(frame.map(|end| end.map_err(Into::into)));
        };
        self.received += frame.data_ref().map_or(0, |data| data.len() as u64);
        let slow = self.too_slow();
        Poll::Ready(Some(if slow { Err(BodyTimeout.into()) } else { Ok(frame) }))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
