//! The stream: server-sent events.
//!
//! Nothing is kept for a reader. The next event is read when the connection has taken the one before, so whoever is slow
//! falls behind in the log and not in our memory; who takes nothing at all is cut off as any reader of an answer is.

use super::view::{EventView, may_see};
use crate::http::Site;
use crate::http::listen::Draining;
use crate::http::problem::Problem;
use crate::http::view::Reader;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use futures::stream;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

/// How long nothing is said before a comment shows that the line stands.
const QUIET: Duration = Duration::from_secs(15);

/// How long a stream lasts: whoever comes back is asked again who they are.
const LASTS: Duration = Duration::from_mins(15);

/// Events that are read at a time.
const PORTION: usize = 16;

/// The header in which a browser says what it saw last.
const LAST_EVENT_ID: &str = "last-event-id";

/// Somebody who follows.
struct Follower {
    site: Arc<Site>,
    reader: Reader,
    /// The last event that was sent or passed over.
    after: u64,
    signs: watch::Receiver<()>,
    draining: Option<Draining>,
    until: Instant,
    started: bool,
}

/// Opens a stream.
pub(super) async fn open(
    site: Arc<Site>,
    reader: Reader,
    headers: &HeaderMap,
    draining: Option<Draining>,
) -> Result<Response, Problem> {
    let mut signs = site.app.event_signs();
    signs.mark_unchanged();
    let after = match headers.get(LAST_EVENT_ID) {
        Some(given) => seen(given.to_str().unwrap_or_default())?,
        None => site.app.newest_event().await?,
    };
    let until = Instant::now() + LASTS;
    let follower = Follower { site, reader, after, signs, draining, until, started: false };
    let frames = stream::unfold(follower, Follower::next).map(Ok::<_, Infallible>);
    // `no-transform`, and no buffering in proxies that ask this header.
    let headers = [
        (header::CONTENT_TYPE.as_str(), "text/event-stream"),
        (header::CACHE_CONTROL.as_str(), "no-store, no-transform"),
        ("x-accel-buffering", "no"),
    ];
    Ok((headers, Body::from_stream(frames)).into_response())
}

fn seen(text: &str) -> Result<u64, Problem> {
    text.trim().parse().map_err(|_no_number| {
        Problem::bad_value(LAST_EVENT_ID, "the number of an event", format!("{text:?}"))
    })
}

impl Follower {
    /// The next frames, when there are any; `None` at the end.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        if !std::mem::replace(&mut self.started, true) {
            // The number alone sets where the browser goes on when the line breaks before the first event.
            let start = format!("retry: 1000\nid: {}\n\n", self.after);
            return Some((start.into(), self));
        }
        loop {
            match self.portion().await {
                Ok(Some(frames)) => return Some((frames, self)),
                Ok(None) => {}
                // The store is away: the line stands, and what happened is told when it is back.
                Err(_away) => sleep(Duration::from_secs(1)).await,
            }
            let drained = async {
                match &mut self.draining {
                    Some(draining) => draining.begins().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = drained => return None,
                () = sleep_until(self.until) => return None,
                changed = self.signs.changed() => changed.ok()?,
                () = sleep(QUIET) => return Some((Bytes::from_static(b":\n\n"), self)),
            }
        }
    }

    /// The next events as frames; `None` when there is nothing to tell.
    async fn portion(&mut self) -> Result<Option<Bytes>, Problem> {
        self.signs.mark_unchanged();
        let told = self.site.app.events(self.after, PORTION).await?;
        let Some(last) = told.last() else { return Ok(None) };
        self.after = last.seq;
        let mine = told.iter().filter(|event| may_see(&self.site, &self.reader, event));
        let frame = |event: &Arc<crate::store::Event>| {
            let data = serde_json::to_string(&EventView::of(event)).expect("an event is plain data");
            format!("id: {}\ndata: {data}\n\n", event.seq)
        };
        let frames: String = mine.map(frame).collect();
        // What was passed over moves the number on, too.
        let frames = if frames.is_empty() { format!("id: {}\n\n", self.after) } else { frames };
        Ok(Some(frames.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_says_what_was_seen() {
        assert_eq!(seen(" 41 ").unwrap(), 41);
        for wrong in ["", "-1", "x", "1.5", "99999999999999999999"] {
            assert_eq!(seen(wrong).unwrap_err().field.as_deref(), Some("last-event-id"), "{wrong}");
        }
    }
}
