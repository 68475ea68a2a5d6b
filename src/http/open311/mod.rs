//! Open311 `GeoReport` v2 (<https://wiki.open311.org/GeoReport_v2/>): a thin layer over the same use cases.
//!
//! Positions are WGS 84 there, as the standard says. What it has for persons (names, mail, telephone, device) is taken and
//! thrown away: a report holds no data of residents.

mod form;
mod query;
mod write;

pub(super) use query::RequestsQuery;

use super::Site;
use super::drafts::Acting;
use super::extract::{NoQuery, Query, collect, expect_plain};
use super::problem::Problem;
use super::reports::{key_of, outcome};
use crate::app::Answerable;
use crate::app::access::Actor;
use crate::report::{Report, Stage, read_number};
use crate::store::Order;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use write::{Format, Node};

/// The most requests of an answer, as the standard says.
const MOST: u32 = 1_000;

/// What there is: the one endpoint, and that it speaks JSON and XML.
#[utoipa::path(get, path = "/open311/discovery.json", tag = "open311",
    responses((status = 200, content((Object = "application/json")))))]
pub(super) async fn discovery_json(_: Query<NoQuery>) -> Response {
    write::discovery(Format::Json)
}

/// The same in XML.
#[utoipa::path(get, path = "/open311/discovery.xml", tag = "open311",
    responses((status = 200, content((String = "application/xml")))))]
pub(super) async fn discovery_xml(_: Query<NoQuery>) -> Response {
    write::discovery(Format::Xml)
}

/// The categories, as services.
#[utoipa::path(get, path = "/open311/v2/services.json", tag = "open311",
    responses((status = 200, content((Vec<Object> = "application/json")))))]
pub(super) async fn services_json(State(site): State<Arc<Site>>, _: Query<NoQuery>) -> Response {
    services(&site, Format::Json)
}

/// The same in XML.
#[utoipa::path(get, path = "/open311/v2/services.xml", tag = "open311",
    responses((status = 200, content((String = "application/xml")))))]
pub(super) async fn services_xml(State(site): State<Arc<Site>>, _: Query<NoQuery>) -> Response {
    services(&site, Format::Xml)
}

fn services(site: &Site, format: Format) -> Response {
    let service = |category: &crate::unit::Category| {
        vec![
            ("service_code", Node::text(&category.code)),
            ("service_name", Node::text(&category.zh)),
            ("description", Node::text(&category.en)),
            ("metadata", Node::Flag(false)),
            ("type", Node::text("realtime")),
            ("keywords", Node::text("")),
            ("group", Node::text("")),
        ]
    };
    let all = site.app.categories.all().iter().map(service).collect();
    write::list(format, StatusCode::OK, ("services", "service"), all)
}

/// Takes a report in: a form with `service_code`, `lat`, `long` (WGS 84) and `description`. With an `Idempotency-Key` the same
/// form sent again is not filed again.
#[utoipa::path(post, path = "/open311/v2/requests.json", tag = "open311",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 201, content((Vec<Object> = "application/json"))), (status = 200, content((Vec<Object> = "application/json")))))]
pub(super) async fn file_json(
    State(site): State<Arc<Site>>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    request: Request,
) -> Result<Response, Problem> {
    file(&site, &actor.name, request, Format::Json).await
}

/// The same, answered in XML.
#[utoipa::path(post, path = "/open311/v2/requests.xml", tag = "open311",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 201, content((String = "application/xml"))), (status = 200, content((String = "application/xml")))))]
pub(super) async fn file_xml(
    State(site): State<Arc<Site>>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
    request: Request,
) -> Result<Response, Problem> {
    file(&site, &actor.name, request, Format::Xml).await
}

async fn file(site: &Site, source: &str, request: Request, format: Format) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    expect_plain(&parts.headers)?;
    let body = collect(&parts.headers, body).await?;
    let now = Utc::now();
    let telling = form::read(site, source, key_of(&parts.headers)?, &body, now)?;
    let prepared = site.app.prepare(telling, now);
    let receipt = serde_json::json!({
        "stage": Stage::Collected.name(), "revision": prepared.filed.revision, "received_at": prepared.given.received_at,
    });
    let (status, receipt) = outcome(site.app.file(prepared.with_receipt(receipt.to_string())).await?)?;
    let filed = vec![
        ("service_request_id", Node::text(&receipt.id.to_string())),
        ("service_notice", Node::text("")),
        ("account_id", Node::Nothing),
    ];
    Ok(write::list(format, status, ("service_requests", "request"), vec![filed]))
}

/// Reports on the caller's ground, as requests: those of the last 90 days, or of such a span, at most 1,000.
#[utoipa::path(get, path = "/open311/v2/requests.json", tag = "open311", params(RequestsQuery),
    responses((status = 200, content((Vec<Object> = "application/json")))))]
pub(super) async fn list_json(
    State(site): State<Arc<Site>>,
    Query(query): Query<RequestsQuery>,
    Acting(actor): Acting,
) -> Result<Response, Problem> {
    list(&site, &query, &actor, Format::Json).await
}

/// The same in XML.
#[utoipa::path(get, path = "/open311/v2/requests.xml", tag = "open311", params(RequestsQuery),
    responses((status = 200, content((String = "application/xml")))))]
pub(super) async fn list_xml(
    State(site): State<Arc<Site>>,
    Query(query): Query<RequestsQuery>,
    Acting(actor): Acting,
) -> Result<Response, Problem> {
    list(&site, &query, &actor, Format::Xml).await
}

async fn list(
    site: &Site,
    query: &RequestsQuery,
    actor: &Actor,
    format: Format,
) -> Result<Response, Problem> {
    let mut found = Vec::new();
    if let Some(ids) = &query.service_request_id {
        for id in ids.split(',').take(MOST as usize) {
            let report = site.app.report(number(id)?, actor).await?;
            found.extend(report.map(|Answerable { report, .. }| report));
        }
    } else {
        let wish = query.wish(site, Utc::now())?;
        found = site.app.reports(wish, (Order::Newest, None, MOST), actor).await?.reports;
    }
    let requests = found.iter().map(|report| request_of(site, report)).collect();
    Ok(write::list(format, StatusCode::OK, ("service_requests", "request"), requests))
}

/// One report, as a request; `format` is `json` or `xml`.
#[utoipa::path(get, path = "/open311/v2/requests/{id}.{format}", tag = "open311",
    params(("id" = u64, Path, description = "The report's id"), ("format" = String, Path, description = "`json` or `xml`")),
    responses((status = 200, content((Vec<Object> = "application/json"), (String = "application/xml")))))]
pub(super) async fn one(
    State(site): State<Arc<Site>>,
    Path(name): Path<String>,
    _: Query<NoQuery>,
    Acting(actor): Acting,
) -> Result<Response, Problem> {
    let (id, format) = name.rsplit_once('.').unwrap_or((&name, ""));
    let expected = "a number and .json or .xml";
    let format = Format::named(format).ok_or_else(|| Problem::unknown("request", &name, expected))?;
    let found = site.app.report(number(id)?, &actor).await?;
    let found = found.ok_or_else(|| Problem::unknown("request", id, "the id of a report on your ground"))?;
    let request = request_of(&site, &found.report);
    Ok(write::list(format, StatusCode::OK, ("service_requests", "request"), vec![request]))
}

fn number(text: &str) -> Result<u64, Problem> {
    read_number(text).ok_or_else(|| Problem::unknown("request", text, "the id of a report"))
}

/// A report as the standard shows it.
fn request_of(site: &Site, report: &Report) -> write::Record {
    let given = &report.given;
    let published = site.app.published();
    let unit = report.assigned.unit.and_then(|unit| published.facts(unit));
    let name = site.app.categories.find(&given.category).map_or(given.category.as_str(), |c| c.zh.as_str());
    let updated = report.closed_at.or(report.handled_at).unwrap_or(given.received_at);
    let time = |at: DateTime<Utc>| Node::text(&at.to_rfc3339());
    vec![
        ("service_request_id", Node::text(&report.id.to_string())),
        ("status", Node::text(if report.stage.is_open() { "open" } else { "closed" })),
        ("status_notes", Node::text(report.stage.name())),
        ("service_name", Node::text(name)),
        ("service_code", Node::text(&given.category)),
        ("description", given.text.as_deref().map_or(Node::Nothing, Node::text)),
        ("agency_responsible", unit.map_or(Node::Nothing, |facts| Node::text(&facts.unit.name))),
        ("service_notice", Node::Nothing),
        ("requested_datetime", time(given.received_at)),
        ("updated_datetime", time(updated)),
        ("expected_datetime", time(given.due_at)),
        ("address", Node::Nothing),
        ("address_id", Node::Nothing),
        ("zipcode", Node::Nothing),
        ("lat", Node::Number(given.position.lat())),
        ("long", Node::Number(given.position.lon())),
        ("media_url", Node::Nothing),
    ]
}
