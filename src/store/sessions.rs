//! The door to sessions: browsers in which somebody is signed in.

use super::audit::Act;
use super::people::Change;
use super::{Store, StoreError};
use chrono::{DateTime, Utc};

/// A browser in which somebody is signed in. Moments are kept to the microsecond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie's secret, which is stored nowhere.
    pub hash: [u8; 32],
    /// Who.
    pub account: String,
    /// When they signed in.
    pub created_at: DateTime<Utc>,
    /// When they were last seen, to some minutes.
    pub seen_at: DateTime<Utc>,
    /// When it ends unless they are seen before.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// The session of a secret with this hash, also one that is over.
    pub async fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.session(hash).await,
            Self::PostGis(postgis) => postgis.session(hash).await,
        }
    }

    /// Begins a session; those that are over by then are forgotten. The number of the audit's entry.
    pub async fn start_session(&self, session: &Session, act: &Act<'_>) -> Result<u64, StoreError> {
        self.change_people(Change::StartSession(session), act).await
    }

    /// Notes when a session was last seen and how long it lasts now; not in the audit. Nothing happens when
    /// it has ended.
    pub async fn touch_session(&self, session: &Session) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.touch_session(session).await,
            Self::PostGis(postgis) => postgis.touch_session(session).await,
        }
    }

    /// Ends a session; one that has ended already stays so.
    pub async fn end_session(&self, hash: &[u8; 32], act: &Act<'_>) -> Result<u64, StoreError> {
        self.change_people(Change::EndSession(hash), act).await
    }
}
