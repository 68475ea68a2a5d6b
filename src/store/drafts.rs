//! The door to drafts: what is drawn before it is a revision, and how it becomes one.

use super::{Differing, Publication, Store, StoreError};
use crate::edit::{Approval, Change, ChangeHash, Flow, Lineage, Operation, Stage};
use crate::snapshot::{Revision, StateHash};
use crate::unit::UnitId;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// A draft without its operations.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Its number, 1 for the first.
    pub id: u64,
    /// The layer that it is about.
    pub layer: String,
    /// What reviewers see first.
    pub title: String,
    /// Why it is drawn.
    pub reason: String,
    /// The number of the document that orders it.
    pub document: Option<String>,
    /// The revision that it takes back.
    pub reverts: Option<u64>,
    /// What changes with its writes.
    pub standing: DraftStanding,
    /// Counts its writes, 1 when it was begun.
    pub version: u64,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was written last.
    pub updated_at: DateTime<Utc>,
}

/// What changes with the writes of a draft.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftStanding {
    /// The revision on which its operations stand.
    pub base: u64,
    /// Its stage, author and approval.
    pub flow: Flow,
    /// When it is to be published.
    pub scheduled_at: Option<DateTime<Utc>>,
    /// Why it could not be published at its moment.
    pub blocked: Option<String>,
    /// The revision that it became.
    pub published: Option<u64>,
}

/// Whether an operation is part of its draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It is.
    Done,
    /// It was undone, and may be redone.
    Undone,
    /// It was undone or left out, and others came after.
    Dropped,
}

/// One operation of a draft.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftOperation {
    /// Its number in the draft, 1 for the first; never given again.
    pub seq: u64,
    /// What was asked for.
    pub operation: Operation,
    /// What it does, on the base of the draft.
    pub change: Change,
    /// Whether it is part of the draft.
    pub part: Part,
    /// Who drew it.
    pub made_by: String,
    /// When.
    pub made_at: DateTime<Utc>,
}

/// A step in the life of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftEvent {
    /// What was done: `created`, `submitted` …
    pub kind: String,
    /// Who did it.
    pub actor: String,
    /// What was said.
    pub comment: Option<String>,
    /// When.
    pub made_at: DateTime<Utc>,
}

/// Who works where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The draft in which somebody works.
    pub draft: u64,
    /// Who.
    pub actor: String,
    /// The units that he works on, ascending.
    pub units: Vec<UnitId>,
    /// When it ends.
    pub until: DateTime<Utc>,
}

/// A draft with everything in it.
#[derive(Clone, Debug, PartialEq)]
pub struct WholeDraft {
    /// The draft.
    pub draft: Draft,
    /// All its operations, by number; dropped ones too.
    pub operations: Vec<DraftOperation>,
    /// Its trail, oldest first.
    pub trail: Vec<DraftEvent>,
}

/// A draft to be begun.
#[derive(Clone, Debug)]
pub struct NewDraft {
    /// The layer that it is about.
    pub layer: String,
    /// What reviewers see first.
    pub title: String,
    /// Why it is drawn.
    pub reason: String,
    /// The number of the document that orders it.
    pub document: Option<String>,
    /// The revision that it takes back.
    pub reverts: Option<u64>,
    /// The revision on which it begins.
    pub base: u64,
    /// Who begins it.
    pub author: String,
    /// Its first operation, in a draft that takes a revision back.
    pub first: Option<(Operation, Change)>,
    /// When.
    pub at: DateTime<Utc>,
}

/// One write of a draft: all of it or nothing.
#[derive(Clone, Debug)]
pub struct DraftWrite {
    /// Which draft.
    pub id: u64,
    /// The version that the writer saw.
    pub expected: u64,
    /// How it stands afterwards.
    pub standing: DraftStanding,
    /// Operations that are new or not as they were.
    pub operations: Vec<DraftOperation>,
    /// What is to be added to its trail.
    pub events: Vec<DraftEvent>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Begins a draft.
    pub async fn create_draft(&self, new: &NewDraft) -> Result<Draft, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.create_draft(new).await,
            Self::PostGis(postgis) => postgis.create_draft(new).await,
        }
    }

    /// All drafts, oldest first, without what is in them.
    pub async fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.drafts().await,
            Self::PostGis(postgis) => postgis.drafts().await,
        }
    }

    /// A draft with everything in it, as it was at one moment; `None` when there is none.
    pub async fn draft(&self, id: u64) -> Result<Option<WholeDraft>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.draft(id).await,
            Self::PostGis(postgis) => postgis.draft(id).await,
        }
    }

    /// The version of a draft; `None` when there is none.
    pub async fn draft_version(&self, id: u64) -> Result<Option<u64>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.draft_version(id).await,
            Self::PostGis(postgis) => postgis.draft_version(id).await,
        }
    }

    /// The scheduled drafts, by their moment and then by number.
    pub async fn scheduled_drafts(&self) -> Result<Vec<(u64, DateTime<Utc>)>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.scheduled_drafts().await,
            Self::PostGis(postgis) => postgis.scheduled_drafts().await,
        }
    }

    /// Writes a draft in one transaction; gives its new version. [`StoreError::Stale`] when it has another
    /// version than the writer saw.
    pub async fn write_draft(&self, write: &DraftWrite) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.write_draft(write).await,
            Self::PostGis(postgis) => postgis.write_draft(write).await,
        }
    }

    /// Publishes a draft: the revision, its lineage and the write of the draft in one transaction. The number
    /// of the revision is written into the draft; `said` is an object that its event has beside number and moment.
    /// With `differing` only those units are compared with what is stored. Errors as [`Store::publish`] and [`Store::write_draft`].
    pub async fn publish_draft(
        &self,
        next: &Publication<'_>,
        differing: Option<&Differing>,
        lineage: &Lineage,
        write: &DraftWrite,
        said: &Value,
    ) -> Result<(Revision, StateHash), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.publish_draft(next, differing, lineage, write, said).await,
            Self::PostGis(postgis) => postgis.publish_draft(next, differing, lineage, write, said).await,
        }
    }

    /// Says where somebody works, in the place of what he said of that draft before; forgets claims that ended
    /// before `now`.
    pub async fn claim(&self, claim: &Claim, now: DateTime<Utc>) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.claim(claim, now).await,
            Self::PostGis(postgis) => postgis.claim(claim, now).await,
        }
    }

    /// The claims that stand at a moment, by draft and actor.
    pub async fn claims(&self, now: DateTime<Utc>) -> Result<Vec<Claim>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.claims(now).await,
            Self::PostGis(postgis) => postgis.claims(now).await,
        }
    }

    /// The lineage that revisions left, with the revision: pairs of a unit before and a unit after.
    pub async fn lineage(&self) -> Result<Vec<(u64, UnitId, UnitId)>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.lineage().await,
            Self::PostGis(postgis) => postgis.lineage().await,
        }
    }
}

/// The columns of a draft as both backends give them.
pub(super) struct DraftColumns {
    pub id: i64,
    pub layer: String,
    pub title: String,
    pub reason: String,
    pub document: Option<String>,
    pub base: i64,
    pub author: String,
    pub stage: String,
    pub approved_by: Option<String>,
    pub approved_change: Option<Vec<u8>>,
    pub scheduled_at: Option<DateTime<Utc>>,
    pub blocked: Option<String>,
    pub published: Option<i64>,
    pub reverts: Option<i64>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl TryFrom<DraftColumns> for Draft {
    type Error = StoreError;

    fn try_from(row: DraftColumns) -> Result<Self, StoreError> {
        let damaged = |what: &str| StoreError::Damaged(format!("the {what} of draft {}", row.id));
        let stage: Stage =
            serde_json::from_value(row.stage.clone().into()).map_err(|_unknown| damaged("stage"))?;
        let approval = match (row.approved_by, row.approved_change) {
            (Some(by), Some(bytes)) => {
                let hash: [u8; 32] = bytes.try_into().map_err(|_length| damaged("approval"))?;
                Some(Approval { by, change: ChangeHash(hash) })
            }
            _ => None,
        };
        let standing = DraftStanding {
            base: row.base as u64,
            flow: Flow::stored(row.author, stage, approval),
            scheduled_at: row.scheduled_at,
            blocked: row.blocked,
            published: row.published.map(|n| n as u64),
        };
        Ok(Self {
            id: row.id as u64,
            layer: row.layer,
            title: row.title,
            reason: row.reason,
            document: row.document,
            reverts: row.reverts.map(|n| n as u64),
            standing,
            version: row.version as u64,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// The columns of an operation as both backends give them.
pub(super) struct OperationColumns<'a> {
    pub seq: i64,
    pub operation: &'a str,
    pub change: &'a str,
    pub standing: &'a str,
    pub made_by: String,
    pub made_at: DateTime<Utc>,
}

impl TryFrom<OperationColumns<'_>> for DraftOperation {
    type Error = StoreError;

    fn try_from(row: OperationColumns<'_>) -> Result<Self, StoreError> {
        let damaged =
            |error: serde_json::Error| StoreError::Damaged(format!("operation {}: {error}", row.seq));
        let part = Part::read(row.standing);
        Ok(Self {
            seq: row.seq as u64,
            operation: serde_json::from_str(row.operation).map_err(damaged)?,
            change: serde_json::from_str(row.change).map_err(damaged)?,
            part: part
                .ok_or_else(|| StoreError::Damaged(format!("the standing of operation {}", row.seq)))?,
            made_by: row.made_by,
            made_at: row.made_at,
        })
    }
}

impl Part {
    /// As it is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Undone => "undone",
            Self::Dropped => "dropped",
        }
    }

    fn read(name: &str) -> Option<Self> {
        [Self::Done, Self::Undone, Self::Dropped].into_iter().find(|part| part.name() == name)
    }
}

/// A value as JSON text.
pub(super) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("operations, changes and ids are plain data")
}

/// The ids in a stored JSON list.
pub(super) fn read_units(text: &str) -> Result<Vec<UnitId>, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("the units of a claim: {error}")))
}

/// The operation and the event with which a draft begins.
pub(super) fn beginning(new: &NewDraft) -> (Option<DraftOperation>, DraftEvent) {
    let first = new.first.clone().map(|(operation, change)| DraftOperation {
        seq: 1,
        operation,
        change,
        part: Part::Done,
        made_by: new.author.clone(),
        made_at: new.at,
    });
    let kind = "created".to_owned();
    (first, DraftEvent { kind, actor: new.author.clone(), comment: None, made_at: new.at })
}
