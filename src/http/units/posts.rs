//! The posts of a unit: who answers for it, and how that is changed.

use super::{AtQuery, DatedPost, Named, PostsQuery, UnitPath};
use crate::app::PostsError;
use crate::http::Site;
use crate::http::drafts::Acting;
use crate::http::extract::{Json as JsonBody, NoQuery, Query};
use crate::http::problem::{Code, Problem};
use crate::http::view::{Listing, PostsShown, Reader, named_unit};
use crate::unit::{Person, Post, UnitId, is_phone, posts_tag};
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use chrono::{NaiveDate, Utc};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The most posts of one unit, those of all dates counted.
const MOST: usize = 100;

/// All posts of a unit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct PostsBody {
    /// The posts, in the order in which they are shown; up to 100.
    posts: Vec<PostBody>,
}

/// A post over a span of days.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PostBody {
    /// 一级网格长, 专职网格员, 民警 …; up to 100 characters.
    title: String,
    /// Who holds it; up to 100 characters. Nobody, when it is not given.
    holder: Option<String>,
    /// The telephone, of a holder: up to 32 digits, spaces and the signs `+-()`.
    phone: Option<String>,
    /// The first day.
    valid_from: NaiveDate,
    /// The day after the last one; open-ended, when it is not given.
    valid_to: Option<NaiveDate>,
}

/// The tag of the posts that the client saw, from the entity tag.
#[derive(Debug)]
pub(in crate::http) struct Seen(String);

impl<S: Send + Sync> FromRequestParts<S> for Seen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        const EXPECTED: &str = "the entity tag of the posts with all=true";
        let Some(given) = parts.headers.get(header::IF_MATCH) else {
            let detail = "a write of posts names those that it saw";
            return Err(Problem::new(Code::VersionRequired, detail).at("if-match").expecting(EXPECTED));
        };
        let text = given.to_str().unwrap_or_default().trim();
        let tag = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
        let tag = tag.filter(|tag| tag.len() == 32 && tag.bytes().all(|b| b.is_ascii_hexdigit()));
        tag.map(|tag| Self(tag.into())).ok_or_else(|| Problem::bad_value("if-match", EXPECTED, text))
    }
}

/// The posts of one unit: those of a day, or all on file. All on file bear an entity tag, for those who see telephones.
#[utoipa::path(get, path = "/api/v1/units/{layer}/{code}/posts", tag = "units", params(UnitPath, PostsQuery),
    responses((status = 200, body = Listing<DatedPost<'_>>)))]
pub(in crate::http) async fn posts(
    State(site): State<Arc<Site>>,
    Path((layer, code)): Named,
    Query(query): Query<PostsQuery>,
    reader: Reader,
) -> Result<Response, Problem> {
    let published = AtQuery { at: query.at }.open(&site).await?;
    let facts = super::retired::found(&site, &published, &layer, &code).await?;
    let shown = PostsShown::new(&site, &reader, query.at);
    if query.all.unwrap_or(false) {
        return Ok(all(&shown, shown.on_file(facts.unit)));
    }
    let posts = shown.stored(facts.unit).map(|post| DatedPost::of(&shown, post));
    Ok(Json(Listing::whole(posts.collect())).into_response())
}

/// Puts posts in the place of all posts of a unit, at once and without a draft. Takes the role planner or dispatcher on
/// the layer, and the unit in one's territory.
#[utoipa::path(put, path = "/api/v1/units/{layer}/{code}/posts", tag = "units",
    params(UnitPath, ("if-match" = String, Header, description = "The entity tag of the posts with all=true")),
    request_body = PostsBody, responses((status = 200, body = Listing<DatedPost<'_>>)))]
pub(in crate::http) async fn set_posts(
    State(site): State<Arc<Site>>,
    Path((layer, code)): Named,
    _: Query<NoQuery>,
    reader: Reader,
    Acting(actor): Acting,
    Seen(seen): Seen,
    JsonBody(body): JsonBody<PostsBody>,
) -> Result<Response, Problem> {
    let published = site.app.published();
    let unit = named_unit(&published, &layer, &code)?.unit;
    let (posts, shown) = (body.read(unit.id)?, PostsShown::new(&site, &reader, None));
    let after = site.app.set_posts((&layer, &unit.code), &seen, posts, &actor, Utc::now()).await?;
    let shown = shown.after(after);
    Ok(all(&shown, shown.on_file(unit)))
}

/// All posts of a unit with their tag. Telephones could be found out from the tag, so only those who see them get it.
fn all(shown: &PostsShown, posts: &[Post]) -> Response {
    let list = Json(Listing::whole(posts.iter().map(|post| DatedPost::of(shown, post)).collect()));
    let tag = shown.phones.then(|| [(header::ETAG, format!("\"{}\"", posts_tag(posts)))]);
    let uncached = [(header::CACHE_CONTROL, "no-cache")];
    match tag {
        Some(tag) => (tag, uncached, list).into_response(),
        None => (uncached, list).into_response(),
    }
}

impl PostsBody {
    fn read(self, unit: UnitId) -> Result<Vec<Post>, Problem> {
        let count = self.posts.len();
        if count > MOST {
            return Err(Problem::bad_value("posts", format!("at most {MOST} posts"), count));
        }
        self.posts.into_iter().map(|post| post.read(unit)).collect()
    }
}

impl PostBody {
    fn read(self, unit: UnitId) -> Result<Post, Problem> {
        let title = words("title", &self.title)?;
        let holder = self.holder.map(|text| words("holder", &text)).transpose()?;
        let phone = self.phone.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if let Some(odd) = phone.filter(|text| !is_phone(text)) {
            return Err(Problem::bad_value("phone", "up to 32 digits, spaces and the signs +-()", odd));
        }
        let person = match (holder, phone) {
            (Some(holder), phone) => Some(Person { holder, phone: phone.map(Into::into) }),
            (None, None) => None,
            (None, Some(_)) => return Err(Problem::missing("holder", "a holder of the telephone")),
        };
        let (valid_from, valid_to) = (self.valid_from, self.valid_to);
        if let Some(end) = valid_to.filter(|end| *end <= valid_from) {
            return Err(Problem::bad_value("valid_to", format!("a day after {valid_from}"), end));
        }
        Ok(Post { unit, title, person, valid_from, valid_to })
    }
}

/// A short text on one line.
fn words(field: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let count = text.chars().count();
    if (1..=100).contains(&count) && !text.contains(char::is_control) {
        return Ok(text.into());
    }
    let expected = "a text of 1 to 100 characters on one line";
    Err(Problem::bad_value(field, expected, format!("{count} characters")))
}

impl From<PostsError> for Problem {
    fn from(error: PostsError) -> Self {
        let said = error.to_string();
        match error {
            PostsError::Unknown(_, code) => {
                Self::unknown("code", code.as_str(), "the code of a current unit")
            }
            PostsError::Denied(denied) => denied.into(),
            PostsError::Territory(_) => Self::new(Code::OutsideTerritory, said),
            PostsError::Changed(_) => Self::new(Code::VersionChanged, said).at("if-match"),
            PostsError::Store(error) => error.into(),
        }
    }
}
