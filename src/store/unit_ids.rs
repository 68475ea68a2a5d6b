//! The door to the ids of units to come: taken by drafts before there is a unit, and never given to another one.

use super::{Store, StoreError};
use crate::unit::UnitId;

impl Store {
    /// Takes ids for units to come, which no unit has had and no other draft has taken; ascending.
    pub async fn reserve_units(&self, draft: u64, count: usize) -> Result<Vec<UnitId>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.reserve_units(draft, count).await,
            Self::PostGis(postgis) => postgis.reserve_units(draft, count).await,
        }
    }

    /// The largest id that a unit has had or a draft has taken: whoever makes units without a draft goes on from
    /// there. 0 in an empty store.
    pub async fn last_unit_id(&self) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.last_unit_id().await,
            Self::PostGis(postgis) => postgis.last_unit_id().await,
        }
    }
}

/// Ids from the first free one on.
pub(super) fn ids_after(last: i64, count: usize) -> Result<Vec<UnitId>, StoreError> {
    (1..=count as i64).map(|n| super::rows::unit_id(last + n)).collect()
}
