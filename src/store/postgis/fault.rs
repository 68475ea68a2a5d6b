//! What a failure of PostgreSQL means for whoever asked.

use crate::store::{Location, StoreError};

/// SQLSTATE of a statement that writes on a standby, or on a primary that was told not to write.
const READ_ONLY: &str = "25006";
const DISK_FULL: &str = "53100";
const LOCK_NOT_AVAILABLE: &str = "55P03";
const QUERY_CANCELED: &str = "57014";
const UNIQUE_VIOLATION: &str = "23505";

/// The meaning of a failure before the commit: nothing was written.
pub(super) fn of(place: &Location, doing: &'static str, source: sqlx::Error) -> StoreError {
    let place = || place.clone();
    let Some(code) = code(&source) else {
        return match lost(&source) {
            Some(reason) => StoreError::Interrupted { doing, place: place(), reason },
            None => StoreError::Database { doing, source },
        };
    };
    let reason = source.to_string();
    match code.as_str() {
        DISK_FULL => StoreError::Full,
        LOCK_NOT_AVAILABLE | QUERY_CANCELED => StoreError::Busy { doing, place: place(), reason },
        code if code == READ_ONLY || is_shutdown(code) => {
            StoreError::Interrupted { doing, place: place(), reason }
        }
        // Serialization failures and deadlocks, too many connections or locks.
        code if code.starts_with("40") || code.starts_with("53") => {
            StoreError::Busy { doing, place: place(), reason }
        }
        _ => StoreError::Database { doing, source },
    }
}

/// The meaning of a failure of the commit itself: only the server's own refusal says that nothing was
/// written.
pub(super) fn of_commit(place: &Location, doing: &'static str, source: sqlx::Error) -> StoreError {
    let refused = code(&source).is_some_and(|code| !is_shutdown(&code));
    if refused { of(place, doing, source) } else { unknown(place, doing, &source.to_string()) }
}

/// A commit that nobody confirmed.
pub(super) fn unknown(place: &Location, doing: &'static str, reason: &str) -> StoreError {
    StoreError::OutcomeUnknown { doing, place: place.clone(), reason: reason.into() }
}

/// Whether a row was refused because another one has its key.
pub(super) fn is_taken(error: &StoreError) -> bool {
    matches!(error, StoreError::Database { source, .. } if code(source).as_deref() == Some(UNIQUE_VIOLATION))
}

/// Connection exceptions (08…), and a server that goes down or comes up (57P…).
fn is_shutdown(code: &str) -> bool {
    code.starts_with("08") || code.starts_with("57P")
}

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

/// How a connection was lost; `None` for what is no loss.
fn lost(error: &sqlx::Error) -> Option<String> {
    use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
    matches!(error, Io(_) | Tls(_) | Protocol(_) | PoolTimedOut | PoolClosed | WorkerCrashed)
        .then(|| error.to_string())
}
