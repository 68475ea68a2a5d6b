//! Which units are asked for.

use crate::app::{Published, Staffed, UnitQuery};
use crate::http::Site;
use crate::http::extract::moment;
use crate::http::problem::Problem;
use crate::http::view::{Span, bbox, day_of, state_at};
use crate::unit::Code;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Which unit.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the address; the router reads it")]
pub(in crate::http) struct UnitPath {
    /// The layer: `land`, `water`, `police`.
    layer: String,
    /// The unit's public code.
    code: String,
}

/// Which units.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ListQuery {
    /// Only this layer: `land`, `water`, `police`.
    layer: Option<String>,
    /// Only this level: `county`, `grid`, `station` …
    level: Option<String>,
    /// Code, name, pinyin initials or syllables. Exact names come first, then higher levels.
    q: Option<String>,
    /// Only units directly under the one with this code.
    parent: Option<String>,
    /// Only units that succeeded those which bore this code, now retired.
    was: Option<String>,
    /// Only units whose box meets this one: west,south,east,north in degrees.
    bbox: Option<String>,
    /// How it stands with their posts on the day: `none` has no post, `vacant` has posts and nobody holds one of them,
    /// `held` has a holder for each.
    posts: Option<String>,
    /// As of this time, RFC 3339.
    #[serde(default, deserialize_with = "moment")]
    pub at: Option<DateTime<Utc>>,
    /// How many at once, 1 to 1000; 50 when not given.
    limit: Option<usize>,
    /// `next` of the stretch before. It pins the revision.
    cursor: Option<String>,
}

/// Which posts of a unit.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct PostsQuery {
    /// As of this time, RFC 3339.
    #[serde(default, deserialize_with = "moment")]
    pub at: Option<DateTime<Utc>>,
    /// Also those that are over and those to come.
    pub all: Option<bool>,
}

/// As of when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct AtQuery {
    /// As of this time, RFC 3339.
    #[serde(default, deserialize_with = "moment")]
    pub at: Option<DateTime<Utc>>,
}

/// How much of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct PartQuery {
    /// As of this time, RFC 3339.
    #[serde(default, deserialize_with = "moment")]
    pub at: Option<DateTime<Utc>>,
    /// How many at once, 1 to 1000; 50 when not given.
    limit: Option<usize>,
    /// `next` of the stretch before. It pins the revision.
    cursor: Option<String>,
}

impl ListQuery {
    /// The state and the stretch that are asked for.
    pub(super) async fn open(&self, site: &Site) -> Result<(Arc<Published>, Span), Problem> {
        Span::open(site, self.at, self.limit, self.cursor.as_deref()).await
    }

    /// The conditions, checked against the layers and levels that there are.
    pub(super) fn conditions(&self, published: &Published) -> Result<UnitQuery, Problem> {
        let layers = || published.base.layers().iter().map(|l| &l.layer);
        let known = |field, given: &Option<String>, names: Vec<&str>| match given {
            Some(name) if !names.contains(&name.as_str()) => {
                Err(Problem::bad_value(field, format!("one of {}", names.join(", ")), format!("{name:?}")))
            }
            _ => Ok(given.clone()),
        };
        Ok(UnitQuery {
            layer: known("layer", &self.layer, layers().map(|l| l.name.as_str()).collect())?,
            level: known(
                "level",
                &self.level,
                layers().flat_map(|l| &l.levels).map(String::as_str).collect(),
            )?,
            text: self.q.clone().filter(|q| !q.trim().is_empty()),
            parent: self.parent.as_deref().map(parent).transpose()?,
            bbox: self.bbox.as_deref().map(bbox).transpose()?,
            posts: self.posts.as_deref().map(staffed).transpose()?.map(|wanted| (wanted, day_of(self.at))),
        })
    }
}

impl ListQuery {
    /// The retired code whose successors are asked for.
    pub(super) fn was(&self) -> Result<Option<Code>, Problem> {
        let code = |text: &str| {
            let wrong = |_wrong| Problem::bad_value("was", "the code of a unit", format!("{text:?}"));
            Code::try_from(text).map_err(wrong)
        };
        self.was.as_deref().map(code).transpose()
    }
}

impl PartQuery {
    /// The state and the stretch that are asked for.
    pub(super) async fn open(&self, site: &Site) -> Result<(Arc<Published>, Span), Problem> {
        Span::open(site, self.at, self.limit, self.cursor.as_deref()).await
    }
}

impl AtQuery {
    /// The state that is asked for.
    pub(super) async fn open(&self, site: &Site) -> Result<Arc<Published>, Problem> {
        state_at(site, self.at).await
    }
}

fn staffed(text: &str) -> Result<Staffed, Problem> {
    match text {
        "none" => Ok(Staffed::Without),
        "vacant" => Ok(Staffed::Vacant),
        "held" => Ok(Staffed::Held),
        _ => Err(Problem::bad_value("posts", "one of none, vacant, held", format!("{text:?}"))),
    }
}

fn parent(text: &str) -> Result<Code, Problem> {
    Code::try_from(text)
        .map_err(|_wrong| Problem::bad_value("parent", "the code of a unit", format!("{text:?}")))
}
