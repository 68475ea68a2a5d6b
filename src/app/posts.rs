//! The posts on file, by unit, and how they change.

use super::App;
use super::access::{Actor, Denied, Role};
use crate::store::{Act, StoreError};
use crate::unit::{Code, Post, UnitId};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use serde_json::{Value, json};
use std::sync::Arc;

/// All posts of the file, those of one unit together, in the order in which they were stored.
#[derive(Clone, Debug, Default)]
pub struct Posts {
    by_unit: Vec<Post>,
}

impl Posts {
    /// Sorts the posts by unit; the order within a unit is kept.
    pub fn new(mut posts: Vec<Post>) -> Self {
        posts.sort_by_key(|p| p.unit);
        Self { by_unit: posts }
    }

    /// All of them, by unit.
    pub fn all(&self) -> &[Post] {
        &self.by_unit
    }

    /// The posts of a unit, of whatever date.
    pub fn on_file(&self, unit: UnitId) -> &[Post] {
        let from = self.by_unit.partition_point(|p| p.unit < unit);
        let until = self.by_unit.partition_point(|p| p.unit <= unit);
        &self.by_unit[from..until]
    }

    /// The posts of a unit that stand on a day.
    pub fn of(&self, unit: UnitId, day: NaiveDate) -> impl Iterator<Item = &Post> {
        self.on_file(unit).iter().filter(move |p| p.holds_on(day))
    }
}

/// Who may change the posts of a unit: whoever draws its layer, and whoever hands out the work on it.
pub const STAFFERS: [Role; 2] = [Role::Planner, Role::Dispatcher];

/// Why posts were not changed.
#[derive(Debug, thiserror::Error)]
pub enum PostsError {
    /// There is no such unit now.
    #[error("there is no unit {1} of {0}")]
    Unknown(String, Code),
    /// Whoever acts has none of the roles on the layer.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The unit is outside the ground of whoever acts.
    #[error("{0} is outside of your ground")]
    Territory(Code),
    /// Somebody changed them in between.
    #[error("somebody changed the posts of {0} in between")]
    Changed(Code),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl App {
    /// The posts at hand. Costs no lock; the value stays whole for as long as it is held.
    pub fn posts(&self) -> Arc<Posts> {
        self.beside.posts()
    }

    /// Lets whoever may change the posts of a unit pass; the unit's id.
    pub fn may_staff(&self, layer: &str, code: &Code, actor: &Actor) -> Result<UnitId, PostsError> {
        let published = self.published();
        let unknown = || PostsError::Unknown(layer.into(), code.clone());
        let unit = published.unit(layer, code).map(|facts| facts.unit.id).ok_or_else(unknown)?;
        actor.must_be(&STAFFERS, layer)?;
        if actor.territory.holds(&published.base, unit) {
            Ok(unit)
        } else {
            Err(PostsError::Territory(code.clone()))
        }
    }

    /// Puts posts in the place of all posts of a unit, if these still bear the tag `seen`, and writes that into the
    /// audit. The posts at hand afterwards.
    pub async fn set_posts(
        &self,
        (layer, code): (&str, &Code),
        seen: &str,
        posts: Vec<Post>,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Arc<Posts>, PostsError> {
        let unit = self.may_staff(layer, code, actor)?;
        let subject = format!("{layer}:{code}");
        let data = json!({ "before": told(self.posts().on_file(unit)), "after": told(&posts) });
        let act = Act {
            at: now.trunc_subsecs(6),
            actor: &actor.name,
            action: "posts.set",
            subject: &subject,
            data,
        };
        self.store.set_posts(unit, seen, &posts, &act).await.map_err(|error| match error {
            StoreError::PostsChanged(_) => PostsError::Changed(code.clone()),
            other => PostsError::Store(other),
        })?;
        self.refresh_people().await.map_err(PostsError::Store)?;
        Ok(self.posts())
    }
}

/// Posts as the audit tells of them: without telephones, which not everybody sees who reads it.
fn told(posts: &[Post]) -> Vec<Value> {
    let tell = |post: &Post| {
        json!({
            "title": post.title,
            "holder": post.person.as_ref().map(|person| &person.holder),
            "valid_from": post.valid_from,
            "valid_to": post.valid_to,
        })
    };
    posts.iter().map(tell).collect()
}
