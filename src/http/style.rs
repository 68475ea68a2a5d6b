//! The two styles, with what this server knows put in.

use super::Site;
use super::extract::Query;
use super::problem::{Code, Problem};
use super::units::AtQuery;
use super::view::{bounds, state_at};
use crate::app::Published;
use crate::tile::RENDER_VERSION;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use serde_json::{Value, json};
use std::sync::Arc;

const LIGHT: &str = include_str!("../../tiles/styles/light.json");
const DARK: &str = include_str!("../../tiles/styles/dark.json");

/// A `MapLibre` style of the tileset `grid`.
///
/// Tile addresses are paths from the server's root. `metadata` holds the basemap, the bounds, the
/// revision in force and whether this is demo data; see `tiles/CONTRACT.md`. As of a time, the tiles are those of the
/// revision that was in force then.
#[utoipa::path(get, path = "/styles/{theme}.json", tag = "tiles",
    params(("theme" = String, Path, description = "`light` or `dark`"), AtQuery),
    responses((status = 200, body = Object)))]
pub(super) async fn one(
    State(site): State<Arc<Site>>,
    Path(file): Path<String>,
    Query(query): Query<AtQuery>,
) -> Result<([(HeaderName, &'static str); 1], Json<Value>), Problem> {
    let text = match file.as_str() {
        "light.json" => LIGHT,
        "dark.json" => DARK,
        _ => {
            return Err(Problem::new(Code::NotFound, "there is no such style")
                .at("theme")
                .expecting("light or dark"));
        }
    };
    let published = state_at(&site, query.at).await?;
    let mut style = compose(text, &site, &published);
    if query.at.is_some() {
        let (revision, render) = (published.revision().number, RENDER_VERSION);
        style["sources"]["grid"]["tiles"] =
            json!([format!("/tiles/grid/{revision}-{render}/{{z}}/{{x}}/{{y}}.mvt")]);
    }
    Ok(([(header::CACHE_CONTROL, "no-cache")], Json(style)))
}

fn compose(text: &str, site: &Site, published: &Published) -> Value {
    let mut style: Value = serde_json::from_str(text).expect("a test reads both styles");
    let revision = published.revision();
    let around = bounds(published).map(|b| b.degrees());
    style["metadata"]["wangge:basemap"] = json!(site.setting.basemap);
    style["metadata"]["wangge:demo"] = json!(published.note.is_some());
    style["metadata"]["wangge:note"] = json!(published.note);
    style["metadata"]["wangge:bounds"] = json!(around);
    style["metadata"]["wangge:revision"] =
        json!({ "number": revision.number, "effective_from": revision.effective_from });
    style
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_styles_are_json_with_the_source_that_the_page_draws() {
        for text in [LIGHT, DARK] {
            let style: Value = serde_json::from_str(text).unwrap();
            assert_eq!(style["sources"]["grid"]["tiles"][0], "/tiles/grid/{z}/{x}/{y}.mvt");
        }
    }
}
