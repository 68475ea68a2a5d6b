//! The life of a draft: who may take it which step.

use super::hash::ChangeHash;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a draft stands. Only the steps of this type lead from one to another.
///
/// ```text
/// draft ──submit──▶ submitted ──approve──▶ approved ──publish──▶ published
///   ▲                   │                   │    │                   ▲
///   │                 return ◀──────────────┘ schedule            publish
///   │                   ▼                        ▼                   │
///   ├────edit────── returned ◀────return───── scheduled ─────────────┘
///   └────edit────── blocked ◀─────block──────────┘
/// ```
///
/// Whatever is not published can be withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Being drawn.
    Draft,
    /// Waiting for an approver.
    Submitted,
    /// Good to publish.
    Approved,
    /// Will become a revision at a moment.
    Scheduled,
    /// Is a revision.
    Published,
    /// Sent back with a reason; drawing on makes it a draft again.
    Returned,
    /// Given up. Kept, and never drawn on.
    Withdrawn,
    /// Was to become a revision and no longer holds; drawing on makes it a draft again.
    Blocked,
}

/// A step in the life of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step<'a> {
    /// An operation was added, undone or redone, or a rebase changed what it does.
    Edit,
    /// Asks for approval.
    Submit,
    /// Sends it back.
    Return,
    /// Approves what the change with this hash does.
    Approve {
        /// Who approves.
        by: &'a str,
        /// What.
        change: ChangeHash,
    },
    /// Is to be published later.
    Schedule,
    /// Becomes a revision.
    Publish,
    /// Cannot become one at its moment.
    Block,
    /// Is given up.
    Withdraw,
}

/// A draft's stage, its author and what was approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    author: String,
    stage: Stage,
    approval: Option<Approval>,
}

/// Who approved what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: String,
    /// The hash of the change that was looked at: the approval holds for nothing else.
    pub change: ChangeHash,
}

/// A step that is not to be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IllegalStep {
    /// The step does not lead on from here.
    #[error("a draft that is {stage} cannot be {step}")]
    NotFromHere {
        /// Where the draft stands.
        stage: Stage,
        /// What was asked.
        step: &'static str,
    },
    /// The author approves.
    #[error("{0} drew this and may not approve it")]
    OwnDraft(String),
    /// What was approved is not what would be published.
    #[error("the change must be {approved}, as it was approved, got {now}")]
    OtherChange {
        /// The hash that was approved.
        approved: ChangeHash,
        /// The hash as it is.
        now: ChangeHash,
    },
}

impl Flow {
    /// A new draft.
    pub fn new(author: impl Into<String>) -> Self {
        Self { author: author.into(), stage: Stage::Draft, approval: None }
    }

    /// A draft's life as it was stored. Whoever stores it writes what [`Flow::take`] gave, and nothing else.
    pub fn stored(author: String, stage: Stage, approval: Option<Approval>) -> Self {
        Self { author, stage, approval }
    }

    /// Who draws it.
    pub fn author(&self) -> &str {
        &self.author
    }

    /// Where it stands.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Who approved what, from the approval on.
    pub fn approval(&self) -> Option<&Approval> {
        self.approval.as_ref()
    }

    /// Takes a step when the change has a hash, or says why not. `four_eyes` is off only while a file has no
    /// account, when there is nobody else to approve.
    pub fn take(&self, step: Step, now: ChangeHash, four_eyes: bool) -> Result<Self, IllegalStep> {
        use Stage::{Approved, Blocked, Draft, Published, Returned, Scheduled, Submitted, Withdrawn};
        let stage = match (self.stage, step) {
            (Draft | Returned | Blocked, Step::Edit) => Draft,
            (Draft | Returned | Blocked, Step::Submit) => Submitted,
            (Submitted | Approved | Scheduled, Step::Return) => Returned,
            (Submitted, Step::Approve { .. }) => Approved,
            (Approved | Blocked, Step::Schedule) => Scheduled,
            (Approved | Scheduled, Step::Publish) => Published,
            (Approved | Scheduled, Step::Block) => Blocked,
            (Draft | Submitted | Approved | Scheduled | Returned | Blocked, Step::Withdraw) => Withdrawn,
            (stage, step) => return Err(IllegalStep::NotFromHere { stage, step: step.done() }),
        };
        let approval = match step {
            Step::Approve { by, .. } if four_eyes && by == self.author => {
                return Err(IllegalStep::OwnDraft(by.to_owned()));
            }
            Step::Approve { by, change } => Some(Approval { by: by.to_owned(), change }),
            Step::Schedule | Step::Publish | Step::Block => self.approval.clone(),
            Step::Edit | Step::Submit | Step::Return | Step::Withdraw => None,
        };
        match &approval {
            Some(a) if a.change != now && !matches!(step, Step::Block) => {
                Err(IllegalStep::OtherChange { approved: a.change, now })
            }
            None if matches!(step, Step::Schedule) => {
                Err(IllegalStep::NotFromHere { stage: self.stage, step: step.done() })
            }
            _ => Ok(Self { author: self.author.clone(), stage, approval }),
        }
    }

    /// The flow after a rebase that gave a change with this hash: an approval survives one that leaves the
    /// change identical, and no other. Without it the draft waits for approval again.
    #[must_use]
    pub fn rebased(&self, now: ChangeHash) -> Self {
        let holds = self.approval.as_ref().is_none_or(|a| a.change == now);
        let stage = if holds { self.stage } else { Stage::Submitted };
        Self { author: self.author.clone(), stage, approval: self.approval.clone().filter(|_| holds) }
    }
}

impl Stage {
    /// Whether the draft is drawn on or may be again.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Returned | Self::Blocked)
    }

    /// Whether the draft's life is over.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Published | Self::Withdrawn)
    }
}

impl Step<'_> {
    /// The step as what was done to a draft.
    fn done(self) -> &'static str {
        match self {
            Self::Edit => "edited",
            Self::Submit => "submitted",
            Self::Return => "returned",
            Self::Approve { .. } => "approved",
            Self::Schedule => "scheduled",
            Self::Publish => "published",
            Self::Block => "blocked",
            Self::Withdraw => "withdrawn",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::Scheduled => "scheduled",
            Self::Published => "published",
            Self::Returned => "returned",
            Self::Withdrawn => "withdrawn",
            Self::Blocked => "blocked",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THIS: ChangeHash = ChangeHash([1; 32]);
    const OTHER: ChangeHash = ChangeHash([2; 32]);
    const APPROVE: Step = Step::Approve { by: "approver", change: THIS };

    fn walked(steps: &[Step]) -> Result<Flow, IllegalStep> {
        steps.iter().try_fold(Flow::new("planner"), |flow, &step| flow.take(step, THIS, true))
    }

    #[test]
    fn every_stage_allows_its_own_steps_and_no_other() {
        use Step::{Block, Edit, Publish, Return, Schedule, Submit, Withdraw};
        let all = [Edit, Submit, Return, APPROVE, Schedule, Publish, Block, Withdraw];
        let table: [(&[Step], Stage, [u8; 8]); 8] = [
            (&[], Stage::Draft, [1, 1, 0, 0, 0, 0, 0, 1]),
            (&[Submit], Stage::Submitted, [0, 0, 1, 1, 0, 0, 0, 1]),
            (&[Submit, APPROVE], Stage::Approved, [0, 0, 1, 0, 1, 1, 1, 1]),
            (&[Submit, APPROVE, Schedule], Stage::Scheduled, [0, 0, 1, 0, 0, 1, 1, 1]),
            (&[Submit, APPROVE, Publish], Stage::Published, [0, 0, 0, 0, 0, 0, 0, 0]),
            (&[Submit, Return], Stage::Returned, [1, 1, 0, 0, 0, 0, 0, 1]),
            (&[Submit, APPROVE, Schedule, Block], Stage::Blocked, [1, 1, 0, 0, 1, 0, 0, 1]),
            (&[Withdraw], Stage::Withdrawn, [0, 0, 0, 0, 0, 0, 0, 0]),
        ];
        for (steps, stage, allowed) in table {
            let flow = walked(steps).unwrap();
            assert_eq!(flow.stage(), stage);
            for (step, want) in all.into_iter().zip(allowed) {
                assert_eq!(flow.take(step, THIS, true).is_ok(), want == 1, "{stage} → {step:?}");
            }
        }
    }

    #[test]
    fn the_author_may_not_approve_while_there_are_others() {
        let submitted = walked(&[Step::Submit]).unwrap();
        let own = Step::Approve { by: "planner", change: THIS };
        assert_eq!(submitted.take(own, THIS, true), Err(IllegalStep::OwnDraft("planner".into())));
        assert!(submitted.take(own, THIS, false).is_ok());
    }

    #[test]
    fn an_approval_holds_for_the_change_that_was_approved_and_no_other() {
        let submitted = walked(&[Step::Submit]).unwrap();
        assert!(matches!(submitted.take(APPROVE, OTHER, true), Err(IllegalStep::OtherChange { .. })));
        let approved = walked(&[Step::Submit, APPROVE]).unwrap();
        assert!(matches!(approved.take(Step::Publish, OTHER, true), Err(IllegalStep::OtherChange { .. })));
        assert_eq!(approved.rebased(THIS), approved);
        let changed = approved.rebased(OTHER);
        assert_eq!((changed.stage(), changed.approval()), (Stage::Submitted, None));
    }
}
