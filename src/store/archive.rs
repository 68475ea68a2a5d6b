//! All that stands around drafts as one value, to be carried from a store to a new one.

use super::{Store, StoreError, WholeDraft};
use crate::unit::UnitId;

/// The drafts of a store, with the ids that they have taken and the lineage that they left. Claims are not
/// among them: they end by themselves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DraftArchive {
    /// All drafts, by number.
    pub drafts: Vec<WholeDraft>,
    /// Ids that drafts have taken for units to come, with the draft; ascending.
    pub reserved: Vec<(UnitId, u64)>,
    /// The lineage by revision: pairs of a unit before and a unit after.
    pub lineage: Vec<(u64, UnitId, UnitId)>,
}

impl Store {
    /// Everything around drafts.
    pub(super) async fn draft_archive(&self) -> Result<DraftArchive, StoreError> {
        let mut archive = DraftArchive { lineage: self.lineage().await?, ..DraftArchive::default() };
        for draft in self.drafts().await? {
            archive.drafts.extend(self.draft(draft.id).await?);
        }
        archive.reserved = match self {
            Self::Sqlite(sqlite) => sqlite.reserved_units().await?,
            Self::PostGis(postgis) => postgis.reserved_units().await?,
        };
        Ok(archive)
    }

    /// Puts an archive into a store that has the revisions and no draft yet.
    pub(super) async fn put_draft_archive(&self, archive: &DraftArchive) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.put_draft_archive(archive).await,
            Self::PostGis(postgis) => postgis.put_draft_archive(archive).await,
        }
    }
}
