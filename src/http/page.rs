//! The page's files, built into the program by `make web`.

use super::Site;
use super::problem::{Code, Problem};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};
use std::io::SeekFrom;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

/// What `make web` built; empty when it was not run.
#[derive(Embed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Dist;

/// The page itself, or how to get it.
pub(super) async fn index(headers: HeaderMap) -> Result<Response, Problem> {
    let built = Dist::get("index.html").ok_or_else(|| {
        Problem::new(Code::NoPage, "this program was built without the page; the API works")
            .at("page")
            .expecting("make web before cargo build")
    })?;
    Ok(give(&built, &headers, "no-cache"))
}

/// A file beside the page.
pub(super) async fn file(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    Ok(give(&find(&name)?, &headers, "no-cache"))
}

/// A file whose name holds the hash of its content, so that it never changes.
pub(super) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let found = find(&format!("assets/{name}"))?;
    Ok(give(&found, &headers, "public, max-age=31536000, immutable"))
}

/// Only names that were built in are found; whatever looks like a way out is not even asked for.
fn find(name: &str) -> Result<EmbeddedFile, Problem> {
    let plain = |part: &str| !part.starts_with('.') && !part.contains(['\\', '\0']);
    let found = if name.split('/').all(plain) { Dist::get(name) } else { None };
    found.ok_or_else(|| {
        let name: String = name.chars().take(200).collect();
        Problem::new(Code::NotFound, format!("there is no file {name}"))
            .at("path")
            .expecting("a file of the page, or an address of /api/openapi.json")
    })
}

fn give(file: &EmbeddedFile, headers: &HeaderMap, caching: &'static str) -> Response {
    let hash = file.metadata.sha256_hash();
    let start = hash.iter().take(8).fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    let tag = format!("\"{start:016x}\"");
    if super::view::has_tag(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let kind = mime(file);
    let headers =
        [(header::CONTENT_TYPE, kind), (header::ETAG, tag), (header::CACHE_CONTROL, caching.into())];
    (headers, file.data.clone().into_owned()).into_response()
}

fn mime(file: &EmbeddedFile) -> String {
    let kind = file.metadata.mimetype();
    let text = kind.starts_with("text/") || kind.ends_with("javascript");
    if text { format!("{kind}; charset=utf-8") } else { kind.to_owned() }
}

/// The local basemap archive, whole or a range of it.
pub(super) async fn basemap(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, Problem> {
    let none = || Problem::new(Code::NotFound, "no local basemap is configured").at("path");
    let path = site.setting.basemap.file().ok_or_else(none)?;
    let mut file = tokio::fs::File::open(path).await.map_err(Problem::internal)?;
    let length = file.metadata().await.map_err(Problem::internal)?.len();
    let kind = (header::CONTENT_TYPE, "application/vnd.pmtiles".to_owned());
    let Some((from, to)) = range(&headers, length) else {
        let body = Body::from_stream(ReaderStream::new(file));
        let headers =
            [kind, (header::CONTENT_LENGTH, length.to_string()), (header::ACCEPT_RANGES, "bytes".into())];
        return Ok((headers, body).into_response());
    };
    file.seek(SeekFrom::Start(from)).await.map_err(Problem::internal)?;
    let part = Body::from_stream(ReaderStream::new(file.take(to - from + 1)));
    let span = (header::CONTENT_RANGE, format!("bytes {from}-{to}/{length}"));
    let headers = [kind, span, (header::CONTENT_LENGTH, (to - from + 1).to_string())];
    Ok((StatusCode::PARTIAL_CONTENT, headers, part).into_response())
}

/// First and last byte of a range that lies in the file; `None` for anything else, which gets the whole.
fn range(headers: &HeaderMap, length: u64) -> Option<(u64, u64)> {
    let text = headers.get(header::RANGE)?.to_str().ok()?.strip_prefix("bytes=")?;
    let (from, to) = text.split_once('-')?;
    let from: u64 = from.parse().ok()?;
    let to = if to.is_empty() {
        length.checked_sub(1)?
    } else {
        to.parse::<u64>().ok()?.min(length.checked_sub(1)?)
    };
    (from <= to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_to_the_file_and_anything_else_gets_the_whole() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, text.parse().unwrap());
            range(&headers, 100)
        };
        assert_eq!(read("bytes=0-9"), Some((0, 9)));
        assert_eq!(read("bytes=90-"), Some((90, 99)));
        assert_eq!(read("bytes=90-1000"), Some((90, 99)));
        for whole in ["bytes=100-", "bytes=9-3", "bytes=-5", "bytes=0-1,3-4", "lines=0-1"] {
            assert_eq!(read(whole), None, "{whole}");
        }
    }

    #[test]
    fn nothing_outside_the_page_is_found() {
        for way in
            ["../Cargo.toml", "..", ".", "assets/../../Cargo.toml", "..\\Cargo.toml", "/etc/passwd", ""]
        {
            assert!(find(way).is_err(), "{way}");
        }
    }
}
