//! Working on a report: to another stage, to another unit.

use super::view::ReportView;
use super::{number, shown};
use crate::app::Transfer;
use crate::http::Site;
use crate::http::drafts::Acting;
use crate::http::extract::{Json as JsonBody, NoQuery, Query};
use crate::http::problem::Problem;
use crate::http::view::Reader;
use crate::report::Stage;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::Utc;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// To which stage.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StageReport)]
pub(in crate::http) struct StageBody {
    /// `dispatched`, `handled`, `closed` or `assessed`.
    to: String,
    /// Why, or what was done; needed where a report is sent back, opened again, or closed without anybody sent.
    comment: Option<String>,
}

/// To which unit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TransferReport)]
pub(in crate::http) struct TransferBody {
    /// The code of a current grid.
    to: String,
    /// Its layer; when not given the layer of the grid that has the report, or land.
    layer: Option<String>,
    /// Why.
    reason: String,
}

/// The most characters of a comment or a reason.
const WORDS: usize = 1_000;

/// Takes a report to another stage. Where it may go from here stands in its `next`.
#[utoipa::path(post, path = "/api/v1/reports/{id}/stage", tag = "reports", request_body = StageBody,
    params(("id" = u64, Path, description = "The report's id, or its number as it is shown")),
    responses((status = 200, body = ReportView<'_>)))]
pub(in crate::http) async fn stage(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    reader: Reader,
    JsonBody(body): JsonBody<StageBody>,
) -> Result<Response, Problem> {
    let to = body.stage()?;
    let comment = words("comment", body.comment)?;
    let after = site.app.stage(number(&id)?, to, comment, &actor, Utc::now()).await?;
    Ok(shown(&site, &after, &actor, &reader))
}

/// Gives a report to another grid, in one step and with a reason.
#[utoipa::path(post, path = "/api/v1/reports/{id}/transfer", tag = "reports", request_body = TransferBody,
    params(("id" = u64, Path, description = "The report's id, or its number as it is shown")),
    responses((status = 200, body = ReportView<'_>)))]
pub(in crate::http) async fn transfer(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    reader: Reader,
    JsonBody(body): JsonBody<TransferBody>,
) -> Result<Response, Problem> {
    let reason = words("reason", Some(body.reason))?;
    let reason = reason.ok_or_else(|| Problem::missing("reason", "why it goes there"))?;
    let order = Transfer { layer: body.layer, to: body.to, reason };
    let after = site.app.transfer(number(&id)?, &order, &actor, Utc::now()).await?;
    Ok(shown(&site, &after, &actor, &reader))
}

impl StageBody {
    fn stage(&self) -> Result<Stage, Problem> {
        let expected = "dispatched, handled, closed or assessed";
        self.to.parse().map_err(|_unknown| Problem::bad_value("to", expected, format!("{:?}", self.to)))
    }
}

/// Words without white space around them; none when nothing is left.
fn words(field: &str, text: Option<String>) -> Result<Option<String>, Problem> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let length = text.as_ref().map_or(0, |text| text.chars().count());
    if length > WORDS {
        return Err(Problem::bad_value(field, format!("at most {WORDS} characters"), format!("{length}")));
    }
    Ok(text)
}
