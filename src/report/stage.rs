//! The stages of a report and the moves between them, as one table.

use crate::unit::Role;
use std::fmt;
use std::str::FromStr;

/// Where a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// 采集: it came in.
    Collected,
    /// 派单: somebody was sent.
    Dispatched,
    /// 处理: it was dealt with on the spot.
    Handled,
    /// 办结: whoever sent somebody is content.
    Closed,
    /// 考核: it was assessed.
    Assessed,
}

/// Who may make a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who(pub &'static [Role]);

/// A move from one stage to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Where it begins.
    pub from: Stage,
    /// Where it ends.
    pub to: Stage,
    /// Whether a reason must be given.
    pub needs_comment: bool,
    /// Who may make it.
    pub who: Who,
}

const DISPATCHER: Who = Who(&[Role::Dispatcher]);
const ON_THE_SPOT: Who = Who(&[Role::Worker]);
const ASSESSOR: Who = Who(&[Role::Dispatcher, Role::Auditor]);

/// All moves. Whatever goes back, or ends a report that nobody was sent to, takes a reason.
const MOVES: [Move; 7] = [
    step(Stage::Collected, Stage::Dispatched, false, DISPATCHER),
    step(Stage::Collected, Stage::Closed, true, DISPATCHER),
    step(Stage::Dispatched, Stage::Handled, false, ON_THE_SPOT),
    step(Stage::Handled, Stage::Closed, false, DISPATCHER),
    step(Stage::Handled, Stage::Dispatched, true, DISPATCHER),
    step(Stage::Closed, Stage::Assessed, false, ASSESSOR),
    step(Stage::Closed, Stage::Dispatched, true, DISPATCHER),
];

const fn step(from: Stage, to: Stage, needs_comment: bool, who: Who) -> Move {
    Move { from, to, needs_comment, who }
}

/// The moves that lead on from a stage.
pub fn moves_from(stage: Stage) -> impl Iterator<Item = &'static Move> {
    MOVES.iter().filter(move |step| step.from == stage)
}

/// A move that the table does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a report that is {from} cannot become {to}; from there it may become {}", open(*.from))]
pub struct StageError {
    /// Where the report stands.
    pub from: Stage,
    /// Where it was to go.
    pub to: Stage,
}

fn open(from: Stage) -> String {
    let names: Vec<_> = moves_from(from).map(|step| step.to.name()).collect();
    if names.is_empty() { "nothing else".into() } else { names.join(" or ") }
}

impl Stage {
    /// All of them, in the order of a report's life.
    pub const ALL: [Self; 5] =
        [Self::Collected, Self::Dispatched, Self::Handled, Self::Closed, Self::Assessed];

    /// The stages of a report that somebody still works on.
    pub const OPEN: [Self; 3] = [Self::Collected, Self::Dispatched, Self::Handled];

    /// The name in SQL and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Collected => "collected",
            Self::Dispatched => "dispatched",
            Self::Handled => "handled",
            Self::Closed => "closed",
            Self::Assessed => "assessed",
        }
    }

    /// Whether somebody still works on it; who it belongs to is frozen afterwards.
    pub fn is_open(self) -> bool {
        Self::OPEN.contains(&self)
    }

    /// The move that leads from here to another stage.
    pub fn to(self, to: Self) -> Result<&'static Move, StageError> {
        moves_from(self).find(|step| step.to == to).ok_or(StageError { from: self, to })
    }
}

impl Move {
    /// Whether it sends a report back that was handled or closed.
    pub fn goes_back(&self) -> bool {
        self.to < self.from
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Text that names no stage.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected one of collected, dispatched, handled, closed, assessed, got {0:?}")]
pub struct UnknownStage(pub String);

impl FromStr for Stage {
    type Err = UnknownStage;

    fn from_str(text: &str) -> Result<Self, UnknownStage> {
        let unknown = || UnknownStage(text.chars().take(80).collect());
        Self::ALL.into_iter().find(|stage| stage.name() == text).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Stage::{Assessed, Closed, Collected, Dispatched, Handled};

    #[test]
    fn the_table_has_the_way_from_filed_to_assessed_and_no_other_way_ends_it() {
        let way = [Collected, Dispatched, Handled, Closed, Assessed];
        for pair in way.windows(2) {
            assert!(pair[0].to(pair[1]).is_ok_and(|step| !step.needs_comment));
        }
        assert_eq!(moves_from(Assessed).count(), 0);
        let all = Stage::ALL;
        let legal = all.iter().flat_map(|a| all.iter().filter(|b| a.to(**b).is_ok())).count();
        assert_eq!(legal, MOVES.len(), "no move stands there twice");
    }

    #[test]
    fn going_back_and_ending_early_take_a_reason() {
        for step in &MOVES {
            let early = step.from == Collected && step.to == Closed;
            assert_eq!(step.needs_comment, step.goes_back() || early, "{step:?}");
        }
    }

    #[test]
    fn a_refused_move_names_those_that_lead_on() {
        let said = Collected.to(Handled).unwrap_err().to_string();
        assert_eq!(
            said,
            "a report that is collected cannot become handled; from there it may become dispatched or closed"
        );
        assert!(Assessed.to(Closed).unwrap_err().to_string().ends_with("nothing else"));
    }

    #[test]
    fn a_stage_is_read_by_its_name() {
        for stage in Stage::ALL {
            assert_eq!(stage.name().parse(), Ok(stage));
        }
        assert!("Closed".parse::<Stage>().is_err());
    }
}
