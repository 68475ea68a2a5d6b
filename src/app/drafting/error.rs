//! Why a draft did not take a step.

use crate::app::access::Denied;
use crate::app::{OpenError, PastError};
use crate::coverage::Defect;
use crate::edit::{Conflict, IllegalStep};
use crate::store::{Draft, StoreError};
use chrono::{DateTime, Utc};

/// Why a draft did not take a step.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// There is no such draft.
    #[error("there is no draft {0}")]
    Unknown(u64),
    /// There is no such layer.
    #[error("there is no layer {0}")]
    UnknownLayer(String),
    /// There is no such revision.
    #[error("there is no revision {0}")]
    UnknownRevision(u64),
    /// The draft is not as its writer saw it.
    #[error("the draft has version {got} by now, expected {expected}")]
    Stale {
        /// The version that the writer saw.
        expected: u64,
        /// The version that it has.
        got: u64,
    },
    /// The step does not lead on from where the draft stands.
    #[error(transparent)]
    Illegal(#[from] IllegalStep),
    /// Whoever acts has not the role on the layer.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Somebody else draws it.
    #[error("{author} draws this draft, got {actor}")]
    NotAuthor {
        /// Who draws it.
        author: String,
        /// Who tried.
        actor: String,
    },
    /// Nothing is left to undo or to redo.
    #[error("there is nothing to {0}")]
    Nothing(&'static str),
    /// The operation, or the state that it leads to, breaks rules; each with its place.
    #[error("{} rules are broken, the first: {}", .0.len(), .0.first().map_or(String::new(), ToString::to_string))]
    Refused(Vec<Defect>),
    /// The state in force has changed, and a person must settle how the draft goes on.
    #[error("{} conflicts, the first: {}", .0.len(), .0.first().map_or(String::new(), ToString::to_string))]
    Conflicts(Vec<Conflict>),
    /// Units outside the ground of whoever acts; the outline is everybody's.
    #[error("this changes ground outside of yours: {}", .0.join(", "))]
    Territory(Vec<String>),
    /// The draft changes nothing.
    #[error("the draft changes nothing")]
    Empty,
    /// Scheduled drafts would no longer apply.
    #[error("{} scheduled drafts would no longer apply", .0.len())]
    WouldBlock(Vec<Draft>),
    /// A moment that has passed.
    #[error("expected a moment after {now}, got {got}")]
    Passed {
        /// Now.
        now: DateTime<Utc>,
        /// What was asked for.
        got: DateTime<Utc>,
    },
    /// No operation of the draft has this number.
    #[error("the draft has no operation {0} that is part of it")]
    UnknownOperation(u64),
    /// Too many others published meanwhile.
    #[error("others publish all the time; try again in a moment")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// A state could not be opened.
    #[error(transparent)]
    Open(OpenError),
    /// Another revision could not be opened.
    #[error(transparent)]
    Past(PastError),
}

impl From<StoreError> for DraftError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale { draft, got: 0, .. } => Self::Unknown(draft),
            StoreError::Stale { expected, got, .. } => Self::Stale { expected, got },
            other => Self::Store(other),
        }
    }
}

impl From<OpenError> for DraftError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Store(error) => error.into(),
            other => Self::Open(other),
        }
    }
}

impl From<PastError> for DraftError {
    fn from(error: PastError) -> Self {
        Self::Past(error)
    }
}
