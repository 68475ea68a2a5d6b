//! The categories of reports.

use super::Site;
use super::extract::NoQuery;
use super::extract::Query;
use super::view::Listing;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A kind of report.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CategoryView {
    /// The code.
    code: &'static str,
    /// The Chinese name.
    zh: &'static str,
    /// The English name.
    en: &'static str,
    /// Where the responsible grid is looked for, in order: `water:30|land` is the water grid within 30 m,
    /// else the land grid.
    rule: String,
    /// Hours until a report of this kind is due.
    due_hours: u32,
}

/// The kinds of reports, and who answers for each.
#[utoipa::path(get, path = "/api/v1/categories", tag = "locate", responses((status = 200, body = Listing<CategoryView>)))]
pub(super) async fn list(State(site): State<Arc<Site>>, _: Query<NoQuery>) -> Json<Listing<CategoryView>> {
    let view = |c: &'static crate::unit::Category| CategoryView {
        code: &c.code,
        zh: &c.zh,
        en: &c.en,
        rule: c.rule_text(),
        due_hours: c.due_hours,
    };
    Json(Listing::whole(site.app.categories.all().iter().map(view).collect()))
}
