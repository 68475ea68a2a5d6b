//! The number and the moment of a revision.

use chrono::{DateTime, Utc};

/// A published state: its number and the moment from which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Revision {
    /// 1 for the first import, then one more with each publish.
    pub number: u64,
    /// When it took effect; strictly increasing along the chain.
    pub effective_from: DateTime<Utc>,
}
