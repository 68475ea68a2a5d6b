//! The documentation for people: Swagger UI over our own description, without a foreign file.

use super::problem::{Code, Problem};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::{Arc, LazyLock};
use utoipa_swagger_ui::Config;

/// Without the top bar: it offers other addresses, and its logo brings an inline style that our policy refuses.
static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    Arc::new(
        Config::from("/api/openapi.json").use_base_layout().validator_url("none").try_it_out_enabled(true),
    )
});

/// The folder's own address, so that the page finds its files.
pub(super) async fn folder() -> Redirect {
    Redirect::permanent("/api/docs/")
}

/// The page.
pub(super) async fn index() -> Result<Response, Problem> {
    file(Path("index.html".into())).await
}

/// One of its files.
pub(super) async fn file(Path(name): Path<String>) -> Result<Response, Problem> {
    let found = utoipa_swagger_ui::serve(&name, CONFIG.clone()).map_err(Problem::internal)?;
    let Some(found) = found else {
        return Err(Problem::new(Code::NotFound, "the documentation has no such file").at("path"));
    };
    let kind = [(header::CONTENT_TYPE, found.content_type), (header::CACHE_CONTROL, "no-cache".into())];
    let bytes = found.bytes.into_owned();
    let packed = found.gzpipped.then_some([(header::CONTENT_ENCODING, "gzip")]);
    Ok(match packed {
        Some(packed) => (kind, packed, bytes).into_response(),
        None => (kind, bytes).into_response(),
    })
}
