//! Why a draft did not take a step, as a problem.

use super::view::{ConflictView, DefectView, DraftSummary};
use crate::app::drafting::DraftError;
use crate::edit::IllegalStep;
use crate::http::problem::{Code, Problem};

impl From<DraftError> for Problem {
    fn from(error: DraftError) -> Self {
        let said = error.to_string();
        match error {
            DraftError::Unknown(id) => Self::unknown("draft", &id.to_string(), "a number of /api/v1/drafts"),
            DraftError::UnknownLayer(layer) => {
                Self::bad_value("layer", "the name of a layer, such as land", layer)
            }
            DraftError::UnknownRevision(n) => {
                Self::unknown("revision", &n.to_string(), "a number of /api/v1/revisions")
            }
            DraftError::UnknownOperation(seq) => {
                Self::bad_value("drop", "the seq of operations that are done", seq).detailed(said)
            }
            DraftError::Stale { got, .. } => {
                Self::new(Code::VersionChanged, said).at("if-match").expecting(format!("\"{got}\""))
            }
            DraftError::Illegal(IllegalStep::OtherChange { .. }) => {
                Self::new(Code::OtherChange, said).at("change_hash")
            }
            DraftError::Illegal(IllegalStep::OwnDraft(_)) => Self::new(Code::Denied, said),
            DraftError::Illegal(IllegalStep::NotFromHere { .. }) => Self::new(Code::IllegalStep, said),
            DraftError::Denied(denied) => denied.into(),
            DraftError::NotAuthor { author, .. } => Self::new(Code::NotAuthor, said).expecting(author),
            DraftError::Nothing(_) => Self::new(Code::NothingLeft, said),
            DraftError::Refused(defects) => {
                let defects: Vec<DefectView> = defects.iter().map(DefectView::of).collect();
                Self::new(Code::Refused, said).with_defects(&defects)
            }
            DraftError::Conflicts(conflicts) => {
                let conflicts: Vec<ConflictView> = conflicts.iter().map(ConflictView::of).collect();
                Self::new(Code::Conflicts, said).with_conflicts(&conflicts)
            }
            DraftError::Territory(_) => Self::new(Code::OutsideTerritory, said),
            DraftError::Empty => Self::new(Code::ChangesNothing, said),
            DraftError::WouldBlock(drafts) => {
                let drafts: Vec<DraftSummary> = drafts.iter().map(DraftSummary::of).collect();
                Self::new(Code::WouldBlock, said).at("blocks").with_drafts(&drafts)
            }
            DraftError::Passed { now, got } => {
                Self::bad_value("at", format!("a moment after {}", now.to_rfc3339()), got.to_rfc3339())
            }
            DraftError::Busy => Self::busy(&said),
            DraftError::Store(error) => error.into(),
            DraftError::Open(error) => Self::internal(format!("{error:#}")),
            DraftError::Past(error) => error.into(),
        }
    }
}
