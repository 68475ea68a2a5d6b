//! Being told of publications by the others, where that works; the truth is asked for.

use super::PostGis;
use crate::store::{Location, StoreError};
use sqlx::PgPool;
use sqlx::postgres::PgListener;

/// What a publication notifies when it commits.
pub(super) const CHANNEL: &str = "wangge_revision";

const DOING: &str = "listening for publications";

/// A connection that hears of publications. Whether it still stands is seen only when it is closed: a host
/// that was paused or cut off says nothing.
pub struct Hints {
    place: Location,
    listener: PgListener,
    _pool: PgPool,
}

impl PostGis {
    /// Starts to listen.
    pub(in crate::store) async fn hints(&self) -> Result<Hints, StoreError> {
        let (primary, connection) = self.hosts.connection().await?;
        drop(connection);
        let pool = primary.aside();
        let listening = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.eager_reconnect(false);
            listener.listen(CHANNEL).await?;
            Ok(listener)
        };
        let late = |_| self.deaf("no answer in time");
        let heard = tokio::time::timeout(super::HEAD, listening).await.map_err(late)?;
        let listener = heard.map_err(|error: sqlx::Error| self.deaf(&error.to_string()))?;
        Ok(Hints { place: self.place(), listener, _pool: pool })
    }

    fn deaf(&self, reason: &str) -> StoreError {
        StoreError::Interrupted { doing: DOING, place: self.place(), reason: reason.into() }
    }
}

impl Hints {
    /// Waits for the next hint; an error when the connection is lost.
    pub(in crate::store) async fn next(&mut self) -> Result<(), StoreError> {
        let reason = match self.listener.try_recv().await {
            Ok(Some(_hint)) => return Ok(()),
            Ok(None) => "the connection was lost".into(),
            Err(error) => error.to_string(),
        };
        Err(StoreError::Interrupted { doing: DOING, place: self.place.clone(), reason })
    }
}
