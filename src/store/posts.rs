//! The door to posts: who answers for a unit, and when. They stand beside the revisions.

use super::audit::Act;
use super::{Store, StoreError};
use crate::unit::{Post, UnitId};

/// With what every action of the audit begins after which posts are not what they were.
pub const POSTS_CHANGED: &str = "posts.";

impl Store {
    /// All posts on file, of whatever date, by unit and then in the order they were given.
    pub async fn posts(&self) -> Result<Vec<Post>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.posts().await,
            Self::PostGis(postgis) => postgis.posts().await,
        }
    }

    /// Puts these posts in the place of all posts on file, in one transaction: all of them or none. Nobody is told;
    /// for a store that nobody serves yet.
    pub async fn replace_posts(&self, posts: &[Post]) -> Result<(), StoreError> {
        self.put_posts(posts, None).await
    }

    /// The same with an entry of the audit, by which every node that serves the store learns of it.
    pub async fn import_posts(&self, posts: &[Post], act: &Act<'_>) -> Result<(), StoreError> {
        self.put_posts(posts, Some(act)).await
    }

    async fn put_posts(&self, posts: &[Post], act: Option<&Act<'_>>) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.replace_posts(posts, act).await,
            Self::PostGis(postgis) => postgis.replace_posts(posts, act).await,
        }
    }

    /// Puts these posts in the place of all posts of one unit, with an entry of the audit in the same transaction; none
    /// when they are what is there. [`StoreError::PostsChanged`] unless what is there bears the tag `seen`
    /// ([`crate::unit::posts_tag`]).
    pub async fn set_posts(
        &self,
        unit: UnitId,
        seen: &str,
        posts: &[Post],
        act: &Act<'_>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.set_posts(unit, seen, posts, act).await,
            Self::PostGis(postgis) => postgis.set_posts(unit, seen, posts, act).await,
        }
    }
}
