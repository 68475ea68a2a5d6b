//! Shapes that several answers share.

use super::Site;
use super::guard::Standing;
use super::problem::{Code as ProblemCode, Problem};
use crate::app::access::{Caller, Role, Rule};
use crate::app::{OpenError, Page, PastError, Posts, Published, UnitFacts};
use crate::geom::{Bbox, Point, Ring, Shape};
use crate::unit::{Code, Post, Unit, UnitId};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

/// A stretch of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Listing<T> {
    /// How many there are in all.
    total: usize,
    /// The `cursor` of the next stretch; null at the end.
    #[schema(required = true)]
    next: Option<String>,
    /// This stretch.
    items: Vec<T>,
}

impl<T> Listing<T> {
    /// A list that is not cut.
    pub(super) fn whole(items: Vec<T>) -> Self {
        Self { total: items.len(), next: None, items }
    }

    /// A stretch that is not of a revision.
    pub(super) fn page(page: Page<T>) -> Self {
        Self { total: page.total, next: page.next.map(|offset| offset.to_string()), items: page.items }
    }

    /// A stretch of a list that is numbered by itself.
    pub(super) fn stretch(total: usize, next: Option<String>, items: Vec<T>) -> Self {
        Self { total, next, items }
    }

    /// How many entries are asked for.
    pub(super) fn limit(asked: Option<usize>) -> Result<usize, Problem> {
        let limit = asked.unwrap_or(LIMIT.0);
        let legal = (1..=LIMIT.1).contains(&limit);
        let wrong = || Problem::bad_value("limit", format!("from 1 to {}", LIMIT.1), limit);
        if legal { Ok(limit) } else { Err(wrong()) }
    }

    /// The same stretch, each entry shown in another way.
    pub(super) fn map<U>(self, show: impl FnMut(T) -> U) -> Listing<U> {
        let items = self.items.into_iter().map(show).collect();
        Listing { total: self.total, next: self.next, items }
    }
}

/// How many entries a list gives when nobody says, and at most.
const LIMIT: (usize, usize) = (50, 1000);

/// Which stretch of a list, of which revision.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    revision: u64,
    offset: usize,
    limit: usize,
}

impl Span {
    /// Reads limit and cursor, `{revision}.{offset}`, and opens the state that they mean. A cursor
    /// brings its revision along, so that a list goes on in the state in which it began.
    pub(super) async fn open(
        site: &Site,
        at: Option<DateTime<Utc>>,
        limit: Option<usize>,
        cursor: Option<&str>,
    ) -> Result<(Arc<Published>, Self), Problem> {
        let limit = Listing::<()>::limit(limit)?;
        let Some(cursor) = cursor else {
            let published = state_at(site, at).await?;
            return Ok((published.clone(), Self { revision: published.revision().number, offset: 0, limit }));
        };
        let wrong = || Problem::bad_value("cursor", "the next of a list", format!("{cursor:?}"));
        let (revision, offset) = cursor.split_once('.').ok_or_else(wrong)?;
        let (revision, offset) = revision.parse().ok().zip(offset.parse().ok()).ok_or_else(wrong)?;
        let now = site.app.published();
        let known = now.revisions.iter().find(|r| r.number == revision).ok_or_else(wrong)?;
        let published = state_at(site, Some(known.effective_from)).await?;
        Ok((published, Self { revision, offset, limit }))
    }

    /// Cuts the stretch out of the whole list.
    pub(super) fn cut<T>(self, all: Vec<T>) -> Listing<T> {
        let page = Page::cut(all, self.offset, self.limit);
        let next = page.next.map(|offset| format!("{}.{offset}", self.revision));
        Listing { total: page.total, next, items: page.items }
    }
}

/// A post and who holds it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PostView<'a> {
    /// 一级网格长, 专职网格员, 民警 …
    title: &'a str,
    /// Who holds it; null for a vacant post.
    #[schema(required = true)]
    holder: Option<&'a str>,
    /// The telephone; null for callers below the role worker.
    #[schema(required = true)]
    phone: Option<&'a str>,
}

/// One unit of a chain, with its posts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Link<'a> {
    /// The level's name.
    level: &'a str,
    /// The public code.
    code: &'a str,
    /// The name as shown.
    name: &'a str,
    /// The posts that stand on the day.
    posts: Vec<PostView<'a>>,
}

/// Who may see reports.
pub(super) const REPORTS: Rule = Rule::Either(Role::Worker, Role::Auditor);

/// Who asks, and for which day: what decides over posts and telephones.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    caller: Caller,
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let standing: Option<&Standing> = parts.extensions.get();
        Ok(Self { caller: standing.map_or(Caller::Anonymous, |s| s.caller.clone()) })
    }
}

impl Reader {
    /// Whether whoever asks may pass a rule.
    pub(super) fn may(&self, site: &Site, rule: Rule) -> bool {
        site.app.policy.may(&self.caller, rule).is_ok()
    }

    /// Turns away whoever may not pass a rule.
    pub(super) fn must(&self, site: &Site, rule: Rule) -> Result<(), Problem> {
        Ok(site.app.policy.may(&self.caller, rule)?)
    }

    /// Whether the ground of a unit, or ground that no unit has, is one where whoever asks may see reports.
    pub(super) fn holds(&self, site: &Site, unit: Option<UnitId>) -> bool {
        self.caller.actor().is_some_and(|actor| site.app.holds_unit(unit, &actor))
    }
}

/// What is shown of posts: those of a day, telephones or not.
#[derive(Clone, Debug)]
pub(super) struct PostsShown {
    posts: Arc<Posts>,
    day: NaiveDate,
    pub phones: bool,
}

/// The day of a moment, as it is written in China; today without one.
pub(super) fn day_of(at: Option<DateTime<Utc>>) -> NaiveDate {
    let china = FixedOffset::east_opt(8 * 3600).expect("eight hours are a legal offset");
    at.unwrap_or_else(Utc::now).with_timezone(&china).date_naive()
}

impl PostsShown {
    /// The posts of today or of the day of `at`, as this reader may see them.
    pub(super) fn new(site: &Site, reader: &Reader, at: Option<DateTime<Utc>>) -> Self {
        let phones = site.app.policy.sees_phones(&reader.caller);
        Self { posts: site.app.posts(), day: day_of(at), phones }
    }

    /// The same of other posts, those that stand after a change.
    #[must_use]
    pub(super) fn after(self, posts: Arc<Posts>) -> Self {
        Self { posts, ..self }
    }

    /// The posts of a unit on the day.
    pub(super) fn stored(&self, unit: &Unit) -> impl Iterator<Item = &Post> {
        self.posts.of(unit.id, self.day)
    }

    /// The posts of a unit, of whatever date.
    pub(super) fn on_file(&self, unit: &Unit) -> &[Post] {
        self.posts.on_file(unit.id)
    }

    pub(super) fn view<'a>(&self, post: &'a Post) -> PostView<'a> {
        let person = post.person.as_ref();
        let phone = person.filter(|_| self.phones).and_then(|p| p.phone.as_deref());
        PostView { title: &post.title, holder: person.map(|p| p.holder.as_str()), phone }
    }

    /// The unit and all above it, bottom up, each with its posts.
    pub(super) fn chain<'a>(&'a self, facts: &UnitFacts<'a>) -> Vec<Link<'a>> {
        let layer = facts.layer;
        let link = |unit: &'a Unit| Link {
            level: layer.layer.level_name(unit.level),
            code: unit.code.as_str(),
            name: &unit.name,
            posts: self.stored(unit).map(|post| self.view(post)).collect(),
        };
        layer.units.chain(facts.unit.id).map(link).collect()
    }
}

/// Whether a time is to come, so that an answer as of it is provisional.
pub(super) fn is_to_come(at: Option<DateTime<Utc>>) -> bool {
    at.is_some_and(|at| at > Utc::now())
}

/// The state that was in force at a time, or will be.
pub(super) async fn state_at(site: &Site, at: Option<DateTime<Utc>>) -> Result<Arc<Published>, Problem> {
    site.app.published_at(at).await.map_err(Problem::from)
}

impl From<PastError> for Problem {
    fn from(error: PastError) -> Self {
        match error {
            PastError::BeforeFirst { first, .. } => {
                let first = first.to_rfc3339();
                Self::new(ProblemCode::BadValue, error.to_string())
                    .at("at")
                    .expecting(format!("a time from {first} on"))
            }
            PastError::Busy => Self::busy(&error.to_string()),
            PastError::Open(OpenError::Store(error)) => error.into(),
            PastError::Open(error) => Self::internal(format!("{error:#}")),
            PastError::Draft(error) => Self::internal(error),
        }
    }
}

/// A unit of a layer by the two names in an address.
pub(super) fn named_unit<'a>(
    published: &'a Published,
    layer: &str,
    code: &str,
) -> Result<UnitFacts<'a>, Problem> {
    if published.base.layer(layer).is_none() {
        let names: Vec<&str> = published.base.layers().iter().map(|l| l.layer.name.as_str()).collect();
        return Err(Problem::unknown("layer", layer, format!("one of {}", names.join(", "))));
    }
    let found = Code::try_from(code).ok().and_then(|code| published.unit(layer, &code));
    found.ok_or_else(|| Problem::unknown("code", code, format!("the code of a current unit of {layer}")))
}

/// A shape as GeoJSON, in degrees; null for an empty one. Rings are closed, outer ones counter-clockwise.
pub(super) fn geometry(shape: &Shape) -> Value {
    let ring = |ring: &Ring| -> Value {
        let points = ring.points();
        points.iter().chain(points.first()).map(|p| json!([p.lon(), p.lat()])).collect()
    };
    let polygons: Vec<Value> = shape.polygons().iter().map(|p| p.rings().map(ring).collect()).collect();
    match polygons.as_slice() {
        [] => Value::Null,
        [one] => json!({ "type": "Polygon", "coordinates": one }),
        many => json!({ "type": "MultiPolygon", "coordinates": many }),
    }
}

/// Whether the client has what bears this entity tag already.
pub(super) fn has_tag(headers: &HeaderMap, tag: &str) -> bool {
    let weak = |t: &str| t.trim().trim_start_matches("W/") == tag || t.trim() == "*";
    let given = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    given.is_some_and(|tags| tags.split(',').any(weak))
}

/// The box around the ground of the first layer, which is what a map shows first.
pub(super) fn bounds(published: &Published) -> Option<Bbox> {
    published.base.layers().first().and_then(|layer| layer.coverage.bbox())
}

/// Reads a box from a query.
pub(super) fn bbox(text: &str) -> Result<Bbox, Problem> {
    const EXPECTED: &str = "west,south,east,north in degrees, west and south not above east and north";
    let wrong = || Problem::bad_value("bbox", EXPECTED, format!("{text:?}"));
    let numbers: Vec<f64> = text.split(',').filter_map(|n| n.trim().parse().ok()).collect();
    let &[west, south, east, north] = numbers.as_slice() else { return Err(wrong()) };
    let corner = |lon, lat| Point::from_degrees(lon, lat).ok();
    let (min, max) = corner(west, south).zip(corner(east, north)).ok_or_else(wrong)?;
    let legal = text.split(',').count() == 4 && min.x <= max.x && min.y <= max.y;
    if legal { Ok(Bbox { min, max }) } else { Err(wrong()) }
}
