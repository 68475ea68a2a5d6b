//! Reports: taken in once and for ever, listed, worked, counted.

mod ask;
mod lines;
mod problem;
mod query;
mod receipt;
mod sources;
mod view;
mod work;

pub(super) use ask::ReportBody;
pub(super) use query::{FiguresQuery, ListQuery};
pub(super) use receipt::FiledView;
pub(super) use sources::sources;
pub(super) use view::{FiguresList, ReportView, Summary};
pub(super) use work::{stage, transfer};

// What the macro of utoipa leaves beside each handler.
pub(super) use sources::__path_sources;
pub(super) use work::{__path_stage, __path_transfer};

use super::Site;
use super::drafts::Acting;
use super::extract::{NoQuery, Query, collect, expect_plain, from_slice, media_type, unsupported};
use super::problem::Problem;
use super::view::{Listing, PostsShown, Reader};
use crate::app::Answerable;
use crate::app::access::Actor;
use crate::report::read_number;
use crate::store::{Filing, Receipt};
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use std::sync::Arc;

/// The header that names a sending.
const KEY: &str = "idempotency-key";
/// The header of an answer that was given before.
const REPLAYED: &str = "idempotent-replayed";

/// Takes a report in: it is stored, gets its grid and its chain, and is answered when it is durable.
///
/// The `Idempotency-Key` belongs to the sender for ever: the same key with the same body gets the first answer, byte for
/// byte, with `Idempotent-Replayed: true`; with another body `key_reused`. After an answer that did not come, or a 503,
/// send the same again. Numbers of persons in the text are masked. NDJSON takes many, one a line with its own `key`, and
/// answers a line each, in order: `{key, status, report}` or `{key, status, error}`.
#[utoipa::path(post, path = "/api/v1/reports", tag = "reports",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters; needed for one report")),
    request_body(content((ReportBody = "application/json"), (String = "application/x-ndjson"))),
    responses((status = 201, body = FiledView<'_>), (status = 200, content((FiledView<'_> = "application/json"), (String = "application/x-ndjson")))))]
pub(super) async fn file(
    State(site): State<Arc<Site>>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    reader: Reader,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    expect_plain(&parts.headers)?;
    match media_type(&parts.headers).as_str() {
        "application/x-ndjson" => Ok(lines::answer(site, actor.name, reader, body)),
        "application/json" => {
            let key = key_of(&parts.headers)?.ok_or_else(|| Problem::missing(KEY, KEY_EXPECTED))?;
            let body = collect(&parts.headers, body).await?;
            answer(lines::file(&site, &actor.name, &reader, (key, from_slice(&body)?), &body).await?)
        }
        other => Err(unsupported(other, "application/json or application/x-ndjson")),
    }
}

/// What a key must be.
const KEY_EXPECTED: &str = "1 to 128 visible ASCII characters that no other report of yours bears";

/// The key of a request, if it has one.
pub(super) fn key_of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(given) = headers.get(KEY) else { return Ok(None) };
    let key = ask::key(given.to_str().unwrap_or_default());
    key.map(Some).ok_or_else(|| Problem::bad_value(KEY, KEY_EXPECTED, "another"))
}

/// What became of a report: 201 for a new one, 200 for one that was filed before, or that its key is another's.
pub(super) fn outcome(filing: Filing) -> Result<(StatusCode, Receipt), Problem> {
    match filing {
        Filing::New(receipt) => Ok((StatusCode::CREATED, receipt)),
        Filing::Again(receipt) => Ok((StatusCode::OK, receipt)),
        Filing::KeyReused => Err(problem::key_reused()),
    }
}

fn answer(filing: Filing) -> Result<Response, Problem> {
    let (status, receipt) = outcome(filing)?;
    let json = [(header::CONTENT_TYPE, "application/json")];
    let replayed = (status == StatusCode::OK).then_some([(REPLAYED, "true")]);
    Ok(match replayed {
        Some(replayed) => (status, replayed, json, receipt.text()).into_response(),
        None => (status, json, receipt.text()).into_response(),
    })
}

/// Reports on the caller's ground, the newest first or those first that are due.
#[utoipa::path(get, path = "/api/v1/reports", tag = "reports", params(ListQuery),
    responses((status = 200, body = Listing<Summary<'_>>)))]
pub(super) async fn list(
    State(site): State<Arc<Site>>,
    Query(query): Query<ListQuery>,
    Acting(actor): Acting,
) -> Result<Response, Problem> {
    let (now, limit) = (Utc::now(), Listing::<()>::limit(query.limit)?);
    let wish = query.wish(&site, now)?;
    let seen = site.app.reports(wish, (query.order()?, query.after()?, limit as u32), &actor).await?;
    let items = seen.reports.iter().map(|report| Summary::of(&seen.published, report, now)).collect();
    let next = seen.next.map(query::cursor);
    Ok(Json(Listing::stretch(seen.total as usize, next, items)).into_response())
}

/// A report with its chain, its trail, and the steps that the caller may take.
#[utoipa::path(get, path = "/api/v1/reports/{id}", tag = "reports",
    params(("id" = u64, Path, description = "The report's id, or its number as it is shown")),
    responses((status = 200, body = ReportView<'_>)))]
pub(super) async fn one(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    reader: Reader,
) -> Result<Response, Problem> {
    let found = site.app.report(number(&id)?, &actor).await?;
    let found = found.ok_or_else(|| Problem::unknown("report", &id, "the id of a report on your ground"))?;
    Ok(shown(&site, &found, &actor, &reader))
}

/// A report as an answer.
fn shown(site: &Site, found: &Answerable, actor: &Actor, reader: &Reader) -> Response {
    let posts = PostsShown::new(site, reader, None);
    Json(ReportView::of(site, found, &posts, actor)).into_response()
}

/// How many reports came in per unit, how many were handled in time, sent back, closed, and how soon.
#[utoipa::path(get, path = "/api/v1/reports/stats", tag = "reports", params(FiguresQuery),
    responses((status = 200, body = FiguresList)))]
pub(super) async fn stats(
    State(site): State<Arc<Site>>,
    Query(query): Query<FiguresQuery>,
    Acting(actor): Acting,
) -> Result<Json<FiguresList>, Problem> {
    let wish = query.wish(&site, Utc::now())?;
    let (published, units, whole) = site.app.report_figures(wish, &actor).await?;
    Ok(Json(FiguresList::of(&published, &units, &whole)))
}

/// The number in an address.
fn number(text: &str) -> Result<u64, Problem> {
    read_number(text)
        .ok_or_else(|| Problem::unknown("report", text, "the id of a report, a whole number from 1"))
}
