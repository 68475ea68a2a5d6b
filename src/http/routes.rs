//! The route table, whole: every address, who may call it, what it costs.
//!
//! The addresses are those of the documentation. A segment that holds a parameter and more, such as
//! `{y}.mvt`, is one parameter to the router, and its handler reads the ending.

use super::admit::{Behind, Class, Door};
use super::metrics::Tally;
use super::problem::{Code, Problem};
use super::{
    Site, categories, docs, drafts, events, export, health, locate, open311, openapi, overlap, page,
    references, reports, revisions, session, style, tiles, units, webhooks,
};
use crate::app::access::{Role, Rule};
use axum::Router;
use axum::handler::Handler;
use axum::http::Uri;
use axum::routing::{self, MethodRouter};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Why a server does not start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// The documentation names an operation that is not in the table, so nothing says who may call it.
    #[error("{0} has no row in the route table, hence no access rule")]
    NoRule(String),
    /// A row of the table is not in the documentation.
    #[error("{0} is not documented")]
    NotDocumented(String),
}

/// One route.
pub(super) struct Row {
    method: &'static str,
    path: &'static str,
    rule: Rule,
    class: Class,
    /// Whether the documentation must name it; files of the page are not an interface.
    documented: bool,
    /// Puts the handler behind its door.
    hang: Box<dyn FnOnce(Arc<Door>) -> MethodRouter<Arc<Site>>>,
}

fn get<T: 'static>(path: &'static str, rule: Rule, class: Class, handler: impl Handler<T, Arc<Site>>) -> Row {
    let hang = Box::new(|door| routing::get(Behind { door, handler }));
    Row { method: "get", path, rule, class, documented: true, hang }
}

fn post<T: 'static>(
    path: &'static str,
    rule: Rule,
    class: Class,
    handler: impl Handler<T, Arc<Site>>,
) -> Row {
    let hang = Box::new(|door| routing::post(Behind { door, handler }));
    Row { method: "post", path, rule, class, documented: true, hang }
}

fn put<T: 'static>(path: &'static str, rule: Rule, class: Class, handler: impl Handler<T, Arc<Site>>) -> Row {
    let hang = Box::new(|door| routing::put(Behind { door, handler }));
    Row { method: "put", path, rule, class, documented: true, hang }
}

fn delete<T: 'static>(
    path: &'static str,
    rule: Rule,
    class: Class,
    handler: impl Handler<T, Arc<Site>>,
) -> Row {
    let hang = Box::new(|door| routing::delete(Behind { door, handler }));
    Row { method: "delete", path, rule, class, documented: true, hang }
}

fn file<T: 'static>(path: &'static str, handler: impl Handler<T, Arc<Site>>) -> Row {
    Row { documented: false, ..get(path, Rule::Open, Class::Free, handler) }
}

/// Every route.
#[rustfmt::skip]
fn table() -> Vec<Row> {
    use Class::{Export, Free, Intake, List, Live, Lookup, Stream, Tile};
    use Rule::{Open, Read};
    const DRAW: Rule = Rule::Needs(Role::Planner);
    const REVIEW: Rule = Rule::Needs(Role::Approver);
    const EITHER: Rule = Rule::Either(Role::Planner, Role::Approver);
    const WORK: Rule = Rule::Needs(Role::Worker);
    const DISPATCH: Rule = Rule::Needs(Role::Dispatcher);
    const ANSWER: Rule = super::view::REPORTS;
    const ADMIN: Rule = Rule::Needs(Role::Admin);
    const STAFF: Rule = Rule::Either(Role::Planner, Role::Dispatcher);
    vec![
        get("/api/v1/locate", Read, Lookup, locate::one),
        post("/api/v1/locate", Read, Stream, locate::many),
        get("/api/v1/categories", Read, Lookup, categories::list),
        get("/api/v1/units", Read, List, units::list),
        get("/api/v1/units/{layer}/{code}", Read, Lookup, units::one),
        get("/api/v1/units/{layer}/{code}/neighbours", Read, List, units::neighbours),
        get("/api/v1/units/{layer}/{code}/children", Read, List, units::children),
        get("/api/v1/units/{layer}/{code}/posts", Read, Lookup, units::posts),
        put("/api/v1/units/{layer}/{code}/posts", STAFF, List, units::set_posts),
        get("/api/v1/units/{layer}/{code}/history", Read, List, units::history),
        get("/api/v1/overlap/{a}/{b}", Read, List, overlap::rows),
        get("/api/v1/overlap/{a}/{b}/mismatch", Read, List, overlap::mismatch),
        get("/api/v1/overlap/{a}/{b}/suggestions", Read, List, overlap::suggestions),
        post("/api/v1/overlap/{a}/{b}/suggestions/{id}/draft", DRAW, List, overlap::draft),
        get("/api/v1/overlap/{a}/{b}/summary", Read, List, overlap::summary),
        get("/api/v1/revisions", Read, Lookup, revisions::list),
        get("/api/v1/revisions/{number}", Read, Lookup, revisions::one),
        post("/api/v1/revisions/{number}/revert", DRAW, List, drafts::revert),
        get("/api/v1/revisions/{a}/diff/{b}", Read, List, drafts::diff),
        post("/api/v1/drafts", DRAW, List, drafts::begin),
        get("/api/v1/drafts", EITHER, List, drafts::list),
        get("/api/v1/drafts/{id}", EITHER, List, drafts::one),
        get("/api/v1/drafts/{id}/borders", EITHER, List, drafts::borders),
        get("/api/v1/drafts/{id}/impact", EITHER, List, drafts::impact),
        get("/api/v1/drafts/{id}/conflicts", EITHER, List, drafts::conflicts),
        get("/api/v1/drafts/{id}/defects", EITHER, List, drafts::defects),
        post("/api/v1/drafts/{id}/operations", DRAW, List, drafts::add),
        get("/api/v1/drafts/{id}/operations/{seq}", EITHER, List, drafts::one_operation),
        post("/api/v1/drafts/{id}/preview", DRAW, List, drafts::preview),
        post("/api/v1/drafts/{id}/undo", DRAW, List, drafts::undo),
        post("/api/v1/drafts/{id}/redo", DRAW, List, drafts::redo),
        post("/api/v1/drafts/{id}/submit", DRAW, List, drafts::submit),
        post("/api/v1/drafts/{id}/return", REVIEW, List, drafts::give_back),
        post("/api/v1/drafts/{id}/approve", REVIEW, List, drafts::approve),
        post("/api/v1/drafts/{id}/publish", EITHER, List, drafts::publish),
        post("/api/v1/drafts/{id}/withdraw", DRAW, List, drafts::withdraw),
        post("/api/v1/drafts/{id}/rebase", DRAW, List, drafts::rebase),
        post("/api/v1/drafts/{id}/comment", EITHER, List, drafts::comment),
        get("/api/v1/references", EITHER, Lookup, references::list),
        get("/api/v1/references/lines", EITHER, List, references::lines),
        post("/api/v1/reports", WORK, Intake, reports::file),
        get("/api/v1/reports", ANSWER, List, reports::list),
        get("/api/v1/reports/stats", ANSWER, List, reports::stats),
        get("/api/v1/reports/sources", DISPATCH, List, reports::sources),
        get("/api/v1/reports/{id}", ANSWER, Lookup, reports::one),
        post("/api/v1/reports/{id}/stage", ANSWER, List, reports::stage),
        post("/api/v1/reports/{id}/transfer", DISPATCH, List, reports::transfer),
        get("/api/v1/events", Read, Live, events::list),
        get("/open311/discovery.json", Open, Free, open311::discovery_json),
        get("/open311/discovery.xml", Open, Free, open311::discovery_xml),
        get("/open311/v2/services.json", Read, Lookup, open311::services_json),
        get("/open311/v2/services.xml", Read, Lookup, open311::services_xml),
        get("/open311/v2/requests.json", ANSWER, List, open311::list_json),
        get("/open311/v2/requests.xml", ANSWER, List, open311::list_xml),
        post("/open311/v2/requests.json", WORK, Intake, open311::file_json),
        post("/open311/v2/requests.xml", WORK, Intake, open311::file_xml),
        get("/open311/v2/requests/{id}.{format}", ANSWER, Lookup, open311::one),
        get("/api/v1/webhooks", ADMIN, List, webhooks::list),
        post("/api/v1/webhooks", ADMIN, List, webhooks::add),
        delete("/api/v1/webhooks/{id}", ADMIN, List, webhooks::end),
        post("/api/v1/webhooks/{id}/resend", ADMIN, List, webhooks::resend),
        get("/api/v1/export/{name}.{format}", Read, Export, export::file),
        get("/api/v1/session", Open, Lookup, session::who),
        post("/api/v1/session", Open, Lookup, session::sign_in),
        delete("/api/v1/session", Open, Lookup, session::sign_out),
        get("/tiles/{tileset}.json", Read, Lookup, tiles::json),
        get("/tiles/report/{z}/{x}/{y}.mvt", ANSWER, List, tiles::reports),
        get("/tiles/{tileset}/{z}/{x}/{y}.mvt", Read, Tile, tiles::current),
        get("/tiles/{tileset}/{version}/{z}/{x}/{y}.mvt", Read, Tile, tiles::pinned),
        get("/styles/{theme}.json", Read, Lookup, style::one),
        get("/livez", Open, Free, health::livez),
        get("/readyz", Open, Free, health::readyz),
        get("/metrics", Read, Free, health::numbers),
        get("/api/openapi.json", Open, Free, openapi::json),
        file("/api/docs", docs::folder),
        file("/api/docs/", docs::index),
        file("/api/docs/{file}", docs::file),
        file("/", page::index),
        file("/{file}", page::file),
        file("/assets/{file}", page::asset),
        Row { rule: Read, ..file(super::basemap::LOCAL_PMTILES, page::basemap) },
    ]
}

/// The router over the whole table, or why it cannot be.
pub(super) fn build(site: &Arc<Site>) -> Result<Router, StartError> {
    let table = table();
    agree(&table, &openapi::operations())?;
    let routes = table.into_iter().fold(Router::new(), |router, row| {
        let Row { path, rule, class, hang, .. } = row;
        let door = Arc::new(Door { rule, class, tally: Arc::new(Tally::of(path)) });
        router.route(&pattern(path), hang(door))
    });
    Ok(routes.fallback(nothing).with_state(site.clone()))
}

/// Table and documentation name the same operations.
fn agree(table: &[Row], documented: &BTreeSet<String>) -> Result<(), StartError> {
    let rows = table.iter().filter(|r| r.documented).map(|r| format!("{} {}", r.method, r.path));
    let rows: BTreeSet<String> = rows.collect();
    if let Some(operation) = documented.difference(&rows).next() {
        return Err(StartError::NoRule(operation.clone()));
    }
    rows.difference(documented).next().map_or(Ok(()), |row| Err(StartError::NotDocumented(row.clone())))
}

/// The router's way of writing an address: `{y}.mvt` is `{y}`.
fn pattern(path: &str) -> String {
    let segment = |s: &str| match s.find('}') {
        Some(end) if s.starts_with('{') => s[..=end].to_owned(),
        _ => s.to_owned(),
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

async fn nothing(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(200).collect();
    Problem::new(Code::NotFound, format!("there is nothing at {path}"))
        .at("path")
        .expecting("an address of /api/openapi.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_without_a_rule_does_not_start() {
        let mut documented = openapi::operations();
        assert_eq!(agree(&table(), &documented), Ok(()));
        documented.insert("post /api/v1/nothing".into());
        assert_eq!(agree(&table(), &documented), Err(StartError::NoRule("post /api/v1/nothing".into())));
    }

    #[test]
    fn a_route_that_nobody_documented_does_not_start() {
        let mut documented = openapi::operations();
        documented.remove("get /livez");
        assert_eq!(agree(&table(), &documented), Err(StartError::NotDocumented("get /livez".into())));
    }

    #[test]
    fn only_health_signing_in_and_the_files_of_the_page_are_open_to_all() {
        let open: Vec<_> = table().iter().filter(|r| r.rule == Rule::Open).map(|r| r.path).collect();
        let expected = [
            "/open311/discovery.json",
            "/open311/discovery.xml",
            "/api/v1/session",
            "/api/v1/session",
            "/api/v1/session",
            "/livez",
            "/readyz",
            "/api/openapi.json",
            "/api/docs",
            "/api/docs/",
            "/api/docs/{file}",
            "/",
            "/{file}",
            "/assets/{file}",
        ];
        assert_eq!(open, expected);
    }

    #[test]
    fn a_segment_with_an_ending_is_one_parameter() {
        assert_eq!(pattern("/tiles/{tileset}/{z}/{x}/{y}.mvt"), "/tiles/{tileset}/{z}/{x}/{y}");
        assert_eq!(pattern("/api/v1/export/{name}.{format}"), "/api/v1/export/{name}");
    }
}
