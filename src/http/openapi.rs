//! The description of the API, generated from the handlers.

use super::extract::{NoQuery, Query};
use super::{
    categories, drafts, events, export, health, locate, open311, overlap, problem, references, reports,
    revisions, session, style, tiles, units, webhooks,
};
use axum::http::header;
use axum::response::IntoResponse;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use utoipa::openapi::{ContentBuilder, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi};

/// wangge's API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "wangge 网格",
        description = "Which grid is responsible for a point, the grids themselves, and their tiles.\n\n\
            Coordinates come east, north, and name their system. Unknown parameters are refused. Every \
            refusal is `application/problem+json`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        locate::one, locate::many,
        categories::list,
        units::list, units::one, units::neighbours, units::children, units::posts, units::set_posts,
        units::history,
        export::file,
        overlap::rows, overlap::mismatch, overlap::summary,
        overlap::suggestions, overlap::draft,
        revisions::list, revisions::one, drafts::diff, drafts::revert,
        drafts::begin, drafts::list, drafts::one,
        drafts::add, drafts::one_operation, drafts::preview, drafts::undo, drafts::redo,
        drafts::submit, drafts::give_back, drafts::approve, drafts::publish, drafts::withdraw, drafts::rebase,
        drafts::comment,
        drafts::borders, drafts::impact, drafts::conflicts, drafts::defects,
        references::list, references::lines,
        reports::file, reports::list, reports::stats, reports::sources, reports::one, reports::stage, reports::transfer,
        events::list,
        open311::discovery_json, open311::discovery_xml, open311::services_json, open311::services_xml,
        open311::list_json, open311::list_xml, open311::file_json, open311::file_xml, open311::one,
        webhooks::list, webhooks::add, webhooks::end, webhooks::resend,
        session::sign_in, session::who, session::sign_out,
        tiles::json,
        tiles::current,
        tiles::pinned,
        tiles::reports,
        style::one,
        health::livez, health::readyz, health::numbers,
        json,
    ),
    components(schemas(problem::Body)),
    modifiers(&Refusals, &Names),
    tags(
        (name = "locate", description = "From points to grids"),
        (name = "units", description = "Grids and the units above them"),
        (name = "overlap", description = "Two layers over each other"),
        (name = "revisions", description = "Published states"),
        (name = "drafts", description = "What planners draw before it is a revision"),
        (name = "references", description = "Lines to draw along: roads, rivers, plans"),
        (name = "reports", description = "What came in, who works it, where it stands"),
        (name = "events", description = "What happened, to be followed"),
        (name = "open311", description = "Reports for programs that speak Open311 GeoReport v2"),
        (name = "webhooks", description = "Programs that are told what happened"),
        (name = "session", description = "Who asks: signing in and out"),
        (name = "tiles", description = "Vector tiles and styles"),
        (name = "server", description = "Health and this description"),
    )
)]
struct Api;

/// Every operation refuses in the same way.
struct Refusals;

impl Modify for Refusals {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let reference = Ref::from_schema_name("Problem");
        let content = ContentBuilder::new().schema(Some(reference)).build();
        let refusal = ResponseBuilder::new()
            .description("A refusal: what was wrong, where, and what was expected")
            .content(problem::MEDIA_TYPE, content)
            .build();
        let items = api.paths.paths.values_mut();
        for operation in
            items.flat_map(|item| [&mut item.get, &mut item.post, &mut item.put, &mut item.delete]).flatten()
        {
            operation.responses.responses.insert("default".into(), refusal.clone().into());
        }
    }
}

/// Every operation has a name of its own, made of its method and path; the handlers' names are not unique.
struct Names;

impl Modify for Names {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut api.paths.paths {
            for (method, operation) in [
                ("get", &mut item.get),
                ("post", &mut item.post),
                ("put", &mut item.put),
                ("delete", &mut item.delete),
            ] {
                if let Some(operation) = operation {
                    operation.operation_id = Some(operation_name(method, path));
                }
            }
        }
    }
}

/// `get` and `/api/v1/units/{layer}/{code}` give `get_units_layer_code`.
fn operation_name(method: &str, path: &str) -> String {
    let words = path.strip_prefix("/api/v1").or(path.strip_prefix("/api")).unwrap_or(path);
    let words = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

/// The description as it is committed in `openapi.json`.
pub fn document() -> &'static str {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
        let mut text = Api::openapi().to_pretty_json().expect("a description is plain data");
        text.push('\n');
        text
    });
    &DOCUMENT
}

/// What it describes: `get /livez` and so on.
pub(super) fn operations() -> BTreeSet<String> {
    let document: serde_json::Value = serde_json::from_str(document()).expect("it was just written");
    let paths = document["paths"].as_object().into_iter().flatten();
    let methods = ["get", "post", "put", "patch", "delete"];
    paths
        .flat_map(|(path, item)| {
            let has = methods.iter().filter(|m| item.get(**m).is_some());
            has.map(|method| format!("{method} {path}")).collect::<Vec<_>>()
        })
        .collect()
}

/// This description.
#[utoipa::path(get, path = "/api/openapi.json", tag = "server", responses((status = 200, body = Object)))]
pub(super) async fn json(_: Query<NoQuery>) -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
    (headers, document())
}
