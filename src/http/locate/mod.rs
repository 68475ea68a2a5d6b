//! From points to grids: one, many, or a stream of rows.

mod arrow;
mod ask;
mod rows;
mod view;

pub(super) use ask::{ManyBody, OneQuery, RowsQuery, coordinates, required};
pub(super) use view::{Given, ManyView, OneView};

use super::Site;
use super::extract::{Json, NoQuery, Query, expect_plain, media_type, unsupported};
use super::problem::Problem;
use super::view::{PostsShown, Reader, state_at};
use crate::exchange::locate_rows::Format;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Which grids hold a point, how surely, and who is responsible.
///
/// `crs` is required. Geographic systems take `lon` and `lat`, projected ones `x` (east) and `y` (north).
#[utoipa::path(get, path = "/api/v1/locate", tag = "locate", params(OneQuery),
    responses((status = 200, body = OneView<'_>)))]
pub(super) async fn one(
    State(site): State<Arc<Site>>,
    Query(query): Query<OneQuery>,
    reader: Reader,
) -> Result<Response, Problem> {
    let asked = query.read(&site)?;
    let published = state_at(&site, query.at).await?;
    let located = published.locate(asked.position, &asked.question);
    let posts = PostsShown::new(&site, &reader, query.at);
    Ok(axum::Json(OneView::of(&published, &asked, &located, &posts, query.at)).into_response())
}

/// Which grids hold many points.
///
/// A JSON body takes up to 10,000 points. NDJSON and CSV are answered row by row while they come in, in the
/// same format and without a limit; their `crs` and the rest stand in the query. So is a stream of Arrow's IPC
/// format, batch by batch: the coordinates in the columns `lon` and `lat`, or `x` and `y`, all other columns
/// kept with their types, and `outcome`, `land`, `water`, `police`, `responsible` and `error` behind them; a
/// row that cannot be read has the outcome `error`. A batch has at most 131,072 rows and 16 MiB. Read the
/// answer while you send, as the server waits for a reader who does not.
#[utoipa::path(post, path = "/api/v1/locate", tag = "locate", params(RowsQuery),
    request_body(content((ManyBody = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"), (String = "application/vnd.apache.arrow.stream"))),
    responses((status = 200, content((ManyView<'_> = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"), (String = "application/vnd.apache.arrow.stream")))))]
pub(super) async fn many(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    expect_plain(request.headers())?;
    match media_type(request.headers()).as_str() {
        "application/json" => points(&site, request).await,
        "application/x-ndjson" => stream(&site, Some(Format::Ndjson), request).await,
        "text/csv" => stream(&site, Some(Format::Csv), request).await,
        arrow::KIND => stream(&site, None, request).await,
        other => Err(unsupported(other, TAKEN)),
    }
}

/// The kinds of bodies.
const TAKEN: &str = "application/json, application/x-ndjson, text/csv or application/vnd.apache.arrow.stream";

async fn points(site: &Site, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let _: Query<NoQuery> = Query::from_request_parts(&mut parts, &()).await?;
    let Json(body): Json<ManyBody> = Json::from_request(Request::from_parts(parts, body), &()).await?;
    let (points, question) = body.read(site)?;
    let published = state_at(site, body.at).await?;
    let work = move || axum::Json(ManyView::of(&published, &points, &question, body.at)).into_response();
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
}

/// Rows of a format of text, or else of Arrow.
async fn stream(site: &Site, format: Option<Format>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let Query(query): Query<RowsQuery> = Query::from_request_parts(&mut parts, &()).await?;
    let (crs, question) = query.read(site)?;
    let published = state_at(site, query.at).await?;
    match format {
        Some(format) => rows::answer(format, crs, published, question, body).await,
        None => arrow::answer(crs, published, question, body).await,
    }
}
