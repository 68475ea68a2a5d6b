//! What is said when a report is not taken in or not worked on.

use crate::app::{IntakeError, TellingError, WorkError};
use crate::http::problem::{Code, Problem};
use serde_json::{Value, json};

/// The key was used for something else.
pub(super) fn key_reused() -> Problem {
    let detail = "this key was used before, for another body";
    Problem::new(Code::KeyReused, detail).at("idempotency-key").expecting("a key of its own for each report")
}

/// What is wrong with a line, as it stands in an answer of lines.
pub(super) fn refused(problem: &Problem) -> Value {
    json!({
        "code": problem.code, "detail": problem.detail, "field": problem.field, "expected": problem.expected,
    })
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Full => Self::busy(&error.to_string()),
            IntakeError::Stopped => Self::new(Code::StoreAway, error.to_string()).after(5),
            IntakeError::Store(error) => Self::of_store(&error),
        }
    }
}

impl From<TellingError> for Problem {
    fn from(error: TellingError) -> Self {
        let (field, expected) = match &error {
            TellingError::TooLong { field, most, .. } => (*field, format!("at most {most} characters")),
            TellingError::ToCome { now, .. } => ("occurred_at", format!("a time up to {}", now.to_rfc3339())),
        };
        Self::new(Code::BadValue, error.to_string()).at(field).expecting(expected)
    }
}

impl From<WorkError> for Problem {
    fn from(error: WorkError) -> Self {
        let said = error.to_string();
        match error {
            WorkError::Unknown(id) => {
                Self::unknown("report", &id.to_string(), "the id of a report on your ground")
            }
            WorkError::Denied(denied) => denied.into(),
            WorkError::Illegal(_) => Self::new(Code::IllegalStep, said).at("to"),
            WorkError::Closed(_) => Self::new(Code::IllegalStep, said),
            WorkError::NoComment { .. } => Self::new(Code::Missing, said).at("comment").expecting("a reason"),
            WorkError::UnknownUnit { .. } => {
                Self::new(Code::UnknownName, said).at("to").expecting("the code of a current grid")
            }
            WorkError::SameUnit(_) => {
                Self::new(Code::ChangesNothing, said).at("to").expecting("another grid")
            }
            WorkError::Busy(_) => Self::busy(&said),
            WorkError::Store(error) => error.into(),
        }
    }
}
