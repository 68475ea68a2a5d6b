//! The door to people: posts so far, accounts later.

use super::{Store, StoreError};
use crate::unit::Post;

impl Store {
    /// All posts on file, of whatever date, by unit and then in the order they were given.
    pub async fn posts(&self) -> Result<Vec<Post>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.posts().await,
            Self::PostGis(postgis) => postgis.posts().await,
        }
    }

    /// Puts these posts in the place of all posts on file, in one transaction: all of them or none.
    pub async fn replace_posts(&self, posts: &[Post]) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.replace_posts(posts).await,
            Self::PostGis(postgis) => postgis.replace_posts(posts).await,
        }
    }
}
