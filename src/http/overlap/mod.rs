//! Two layers over each other: the cells, what is not with the majority, the measures.

mod query;
mod suggest;
mod view;

pub(super) use query::{OverlapPath, RowsQuery, SummaryQuery};
pub(super) use suggest::{draft, list as suggestions};
// What the macro of utoipa leaves beside each handler.
pub(super) use suggest::{__path_draft, __path_list as __path_suggestions};
pub(super) use view::{CommonView, MismatchView, OverlapSummaryView};

use super::Site;
use super::extract::Query;
use super::problem::Problem;
use super::view::{Listing, Reader};
use crate::app::{CommonRow, Mismatch};
use crate::exchange::sheet::Sheet;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use query::{Asked, Form, Pair};
use serde_json::Value;
use std::sync::Arc;

/// What each unit of one layer has in common with each of another, by unit; the outside of each takes part.
///
/// The areas of a row sum to its unit. GeoJSON is to be had of the mismatch only.
#[utoipa::path(get, path = "/api/v1/overlap/{a}/{b}", tag = "overlap", params(OverlapPath, RowsQuery),
    responses((status = 200, content((Listing<CommonView> = "application/json"), (String = "text/csv"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub(super) async fn rows(
    State(site): State<Arc<Site>>,
    pair: Pair,
    Query(query): Query<RowsQuery>,
    reader: Reader,
) -> Result<Response, Problem> {
    let asked = query.open(&site, pair, &reader).await?;
    let mut rows = asked.overlap.rows(&asked.crosswalk, &asked.scope);
    rows.retain(|row: &CommonRow<'_>| asked.wants(row.pieces == 0));
    if let Some(span) = asked.span {
        return Ok(Json(span.cut(rows).map(|row| CommonView::of(&row))).into_response());
    }
    match asked.form {
        Form::GeoJson => Err(Problem::bad_value("format", "json, csv or xlsx here", "geojson")),
        form => file(&asked, "overlap", form, &asked.overlap.rows_sheet(&rows)),
    }
}

/// The pieces that are not with the unit of `b` that has most of their unit of `a`, the largest first.
#[utoipa::path(get, path = "/api/v1/overlap/{a}/{b}/mismatch", tag = "overlap", params(OverlapPath, RowsQuery),
    responses((status = 200, content((Listing<MismatchView> = "application/json"),
        (Object = "application/geo+json"), (String = "text/csv"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub(super) async fn mismatch(
    State(site): State<Arc<Site>>,
    pair: Pair,
    Query(query): Query<RowsQuery>,
    reader: Reader,
) -> Result<Response, Problem> {
    let asked = query.open(&site, pair, &reader).await?;
    let mut found = asked.overlap.mismatches(&asked.crosswalk, &asked.scope, asked.rule);
    found.retain(|piece: &Mismatch<'_>| asked.wants(piece.is_sliver));
    if let Some(span) = asked.span {
        return Ok(Json(span.cut(found).map(|piece| MismatchView::of(&piece))).into_response());
    }
    match asked.form {
        Form::GeoJson => Ok(geojson(&asked.overlap.mismatch_features(&found))),
        form => file(&asked, "mismatch", form, &asked.overlap.mismatch_sheet(&found)),
    }
}

/// The measures of two layers over each other: of the whole or of a part, and by unit of a level.
#[utoipa::path(get, path = "/api/v1/overlap/{a}/{b}/summary", tag = "overlap", params(OverlapPath, SummaryQuery),
    responses((status = 200, body = OverlapSummaryView)))]
pub(super) async fn summary(
    State(site): State<Arc<Site>>,
    pair: Pair,
    Query(query): Query<SummaryQuery>,
    reader: Reader,
) -> Result<Json<OverlapSummaryView>, Problem> {
    let asked = query.open(&site, pair, &reader).await?;
    let parts = match query.by.as_deref() {
        None => Vec::new(),
        Some(level) => {
            let found = asked.overlap.parts(&asked.crosswalk, &asked.scope, level);
            found.ok_or_else(|| Problem::unknown("by", level, "a level at or above those of a and b"))?
        }
    };
    Ok(Json(OverlapSummaryView::of(&asked, &parts)))
}

fn geojson(features: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/geo+json")], features.to_string()).into_response()
}

fn file(asked: &Asked, what: &str, form: Form, sheet: &Sheet<'_>) -> Result<Response, Problem> {
    let (ending, kind, body) = if form == Form::Xlsx {
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        ("xlsx", kind, sheet.xlsx().map_err(Problem::internal)?)
    } else {
        let mut out = Vec::new();
        sheet.csv(&mut out).map_err(Problem::internal)?;
        ("csv", "text/csv; charset=utf-8", out)
    };
    let (a, b) = (asked.overlap.name(0), asked.overlap.name(1));
    let revision = asked.overlap.published.revision().number;
    let name = format!("attachment; filename=\"{what}-{a}-{b}-r{revision}.{ending}\"");
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], body).into_response())
}
