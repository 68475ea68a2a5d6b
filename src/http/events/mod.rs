//! What happened, to be followed: as a stream, or a stretch at a time.

mod query;
mod stream;
mod view;

pub(super) use query::EventsQuery;
pub(super) use view::EventView;

use super::Site;
use super::extract::Query;
use super::listen::Draining;
use super::problem::Problem;
use super::view::{Listing, Reader};
use axum::Extension;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// What happened, in the order of the commits and numbered without holes.
///
/// Without parameters a stream of server-sent events that begins now, or after the number in `Last-Event-ID`: `id` is
/// the number, `data` the event as JSON. It ends after a quarter of an hour, and when the server stops; come back with
/// the last number seen. With `after` or `limit` a stretch of the log.
///
/// An event is told when this node serves the revision of which it tells, never before. Events `draft.*` are told to
/// planners and approvers only. The data of `revision.published`: `revision`, `effective_from`; of one that was a draft
/// also `draft`, `title`, `author`, `layers`, `swept` (`bbox` and `area_m2` of the ground that changed hands, and its
/// `geometry`, null when it has too many corners) and `tiles`: per zoom the tiles that look different, those at zoom
/// `within` that hold them when they are too many. At a zoom that is not named, and after a revision without `tiles`, any
/// tile may.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", params(EventsQuery,
        ("Last-Event-ID" = Option<u64>, Header, description = "The last number that was seen; for the stream")),
    responses((status = 200, content((Listing<EventView> = "application/json"), (String = "text/event-stream")))))]
pub(super) async fn list(
    State(site): State<Arc<Site>>,
    Query(query): Query<EventsQuery>,
    reader: Reader,
    draining: Option<Extension<Draining>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if query.after.is_none() && query.limit.is_none() {
        let draining = draining.map(|Extension(draining)| draining);
        return stream::open(site, reader, &headers, draining).await;
    }
    let limit = Listing::<()>::limit(query.limit)?;
    let (after, newest) = (query.after.unwrap_or(0), site.app.newest_event().await?);
    let told = site.app.events(after, limit).await?;
    let last = told.last().map_or(after, |event| event.seq);
    let next = (last < newest).then(|| last.to_string());
    let items = told.iter().filter(|event| view::may_see(&site, &reader, event));
    let items = items.map(|event| EventView::of(event)).collect();
    Ok(Json(Listing::stretch(newest as usize, next, items)).into_response())
}
