//! Vector tiles and what describes them.

mod address;

use super::Site;
use super::drafts::Acting;
use super::extract::{NoQuery, Query};
use super::listen::Peer;
use super::problem::Problem;
use super::reports::ListQuery;
use super::view::{bounds, has_tag};
use crate::app::{Packing, Published};
use crate::snapshot::drawn::Zooms;
use crate::tile::{Description, RENDER_VERSION, TileCoord, Tileset, describe};
use address::{TilePath, TilesetPath, VersionPath, coordinates, described, number, tileset};
use axum::extract::{Path, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde_json::Value;
use std::sync::Arc;

/// The parts of an address, as [`TilesetPath`], [`VersionPath`] and [`TilePath`] describe them.
type Three = Path<(String, String, String)>;
type Four = Path<(String, String, String, String)>;
type Five = Path<(String, String, String, String, String)>;

/// The media type of tiles.
const KIND: HeaderValue = HeaderValue::from_static("application/vnd.mapbox-vector-tile");

/// TileJSON 3.0 of a tileset; its addresses are absolute.
#[utoipa::path(get, path = "/tiles/{tileset}.json", tag = "tiles",
    params(("tileset" = String, Path, description = "`grid`, `overlap` or `report`")), responses((status = 200, body = Object)))]
pub(super) async fn json(
    State(site): State<Arc<Site>>,
    Path(file): Path<String>,
    _: Query<NoQuery>,
    request: Request,
) -> Result<([(HeaderName, &'static str); 1], axum::Json<Value>), Problem> {
    let tileset = described(file.strip_suffix(".json").unwrap_or(""))?;
    let tiles = format!("{}/tiles/{}/{{z}}/{{x}}/{{y}}.mvt", origin(&request), tileset.name());
    let published = site.app.published();
    let described = describe(&Description {
        tileset,
        tiles: &tiles,
        bounds: bounds(&published),
        zooms: &Zooms::default(),
        attribution: published.note.as_deref().unwrap_or_default(),
    });
    Ok(([(header::CACHE_CONTROL, "no-cache")], axum::Json(described)))
}

/// A tile of the state in force. The entity tag changes when the tile does.
#[utoipa::path(get, path = "/tiles/{tileset}/{z}/{x}/{y}.mvt", tag = "tiles",
    params(TilesetPath, TilePath),
    responses((status = 200, body = String, content_type = "application/vnd.mapbox-vector-tile"),
              (status = 204, description = "Nothing is in this tile"),
              (status = 304, description = "The tile is as the entity tag says")))]
pub(super) async fn current(
    State(site): State<Arc<Site>>,
    Path((set, z, x, y)): Four,
    _: Query<NoQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (set, tile) = (tileset(&set)?, coordinates(&z, &x, &y)?);
    give(&site, site.app.published(), set, tile, &headers, "no-cache").await
}

/// Reports on the caller's ground as they are now, heaped up by place: the tileset `report`. The filters are those of the
/// list of reports; the tile says where.
#[utoipa::path(get, path = "/tiles/report/{z}/{x}/{y}.mvt", tag = "tiles",
    params(TilePath, ListQuery),
    responses((status = 200, body = String, content_type = "application/vnd.mapbox-vector-tile"),
              (status = 204, description = "There is no report in this tile")))]
pub(super) async fn reports(
    State(site): State<Arc<Site>>,
    Path((z, x, y)): Three,
    Query(query): Query<ListQuery>,
    Acting(actor): Acting,
) -> Result<Response, Problem> {
    let (tile, now) = (coordinates(&z, &x, &y)?, Utc::now());
    let wish = query.filters(&site, now)?;
    let bytes = site.app.report_tile(wish, tile, now, &actor).await?;
    if bytes.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(([(header::CONTENT_TYPE, KIND)], bytes).into_response())
}

/// A tile of one revision, made by one way of drawing: its bytes never change.
#[utoipa::path(get, path = "/tiles/{tileset}/{version}/{z}/{x}/{y}.mvt", tag = "tiles",
    params(TilesetPath, VersionPath, TilePath),
    responses((status = 200, body = String, content_type = "application/vnd.mapbox-vector-tile"),
              (status = 204, description = "Nothing is in this tile"),
              (status = 304, description = "The tile is as the entity tag says")))]
pub(super) async fn pinned(
    State(site): State<Arc<Site>>,
    Path((set, version, z, x, y)): Five,
    _: Query<NoQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (set, tile) = (tileset(&set)?, coordinates(&z, &x, &y)?);
    let published = of_version(&site, &version).await?;
    let caching = if site.app.policy.public_read { PUBLIC } else { PRIVATE };
    give(&site, published, set, tile, &headers, caching).await
}

const PUBLIC: &str = "public, max-age=31536000, immutable";
const PRIVATE: &str = "private, max-age=31536000, immutable";

async fn give(
    site: &Site,
    published: Arc<Published>,
    tileset: Tileset,
    tile: TileCoord,
    headers: &HeaderMap,
    caching: &'static str,
) -> Result<Response, Problem> {
    let key = site.app.tile_key(&published, tileset, tile).await;
    let tag = format!("\"{key}\"");
    let caching = (header::CACHE_CONTROL, HeaderValue::from_static(caching));
    let vary = (header::VARY, HeaderValue::from_static("accept-encoding"));
    let etag = (header::ETAG, HeaderValue::from_str(&format!("W/{tag}")).map_err(Problem::internal)?);
    if has_tag(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [caching, vary, etag]).into_response());
    }
    let packing = packing(headers);
    let bytes = site.app.tile(published, key, packing).await?;
    if bytes.is_empty() {
        return Ok((StatusCode::NO_CONTENT, [caching, vary, etag]).into_response());
    }
    let mut response = ([caching, vary, etag, (header::CONTENT_TYPE, KIND)], bytes).into_response();
    if let Some(name) = packing.name() {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    Ok(response)
}

/// The state of `{revision}-{render}`.
async fn of_version(site: &Site, version: &str) -> Result<Arc<Published>, Problem> {
    let expected = || format!("the number of a revision and -{RENDER_VERSION}");
    let unknown = || Problem::unknown("version", version, expected());
    let (revision, render) = version.split_once('-').ok_or_else(unknown)?;
    let revision: u64 =
        number(revision).filter(|_| number(render) == Some(RENDER_VERSION)).ok_or_else(unknown)?;
    let now = site.app.published();
    let known = now.revisions.iter().find(|r| r.number == revision).ok_or_else(unknown)?;
    super::view::state_at(site, Some(known.effective_from)).await
}

/// The best packing that the client takes.
fn packing(headers: &HeaderMap) -> Packing {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let takes = |name: &str| {
        accepted.split(',').any(|coding| {
            let (coding, quality) = coding.split_once(';').unwrap_or((coding, ""));
            let never = quality.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
            coding.trim().eq_ignore_ascii_case(name) && !never
        })
    };
    let best = [Packing::Brotli, Packing::Zstd, Packing::Gzip];
    best.into_iter().find(|p| p.name().is_some_and(takes)).unwrap_or(Packing::Identity)
}

/// Scheme and name under which the client found this server. What a proxy says of the scheme is believed: whoever says it
/// of himself deceives himself only.
fn origin(request: &Request) -> String {
    let is_https = request.headers().get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
    let tls = is_https || request.extensions().get().is_some_and(|peer: &Peer| peer.tls);
    let host = request.headers().get(header::HOST).and_then(|h| h.to_str().ok());
    let authority = request.uri().authority().map(Authority::as_str).or(host).unwrap_or("localhost");
    format!("{}://{authority}", if tls { "https" } else { "http" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_packing_that_a_client_takes_is_chosen() {
        let choose = |accepted: &str| {
            packing(&[(header::ACCEPT_ENCODING, accepted.parse().unwrap())].into_iter().collect())
        };
        assert_eq!(choose("gzip, deflate, br, zstd"), Packing::Brotli);
        assert_eq!(choose("gzip;q=1.0, br;q=0"), Packing::Gzip);
        assert_eq!(choose("GZIP"), Packing::Gzip);
        assert_eq!(choose("identity"), Packing::Identity);
        assert_eq!(packing(&HeaderMap::new()), Packing::Identity);
    }
}
