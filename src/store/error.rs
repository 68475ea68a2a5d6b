//! What can go wrong with a store.

use super::location::Location;
use crate::unit::UnitId;
use chrono::{DateTime, Utc};
use std::path::PathBuf;

/// Why a store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No store there.
    #[error("expected a store at {0}, got {nothing}", nothing = .0.nothing())]
    Missing(Location),
    /// Something is already there.
    #[error("expected {nothing} at {0}, got one; it was left alone", nothing = .0.nothing())]
    Exists(Location),
    /// Something else is there.
    #[error("expected a wangge store at {place}, got {got}")]
    NotAStore {
        /// Where.
        place: Location,
        /// What it is instead.
        got: String,
    },
    /// A newer program wrote the store.
    #[error(
        "{place} has schema {found}, written by wangge {written_by}; this is wangge {own} and knows schemas up to {known}"
    )]
    Newer {
        /// Where.
        place: Location,
        /// Its schema.
        found: i64,
        /// The program that wrote it.
        written_by: String,
        /// The newest schema that this program knows.
        known: i64,
        /// This program's version.
        own: &'static str,
    },
    /// The database does not run as the store needs it to.
    #[error("expected {what} to be {expected}, got {got}")]
    Setting {
        /// A pragma, or the library's version.
        what: &'static str,
        /// What the store needs.
        expected: String,
        /// What the database says.
        got: String,
    },
    /// Somebody else holds the store open.
    #[error("{0} is open in another program (a running `wangge serve`?)")]
    InUse(Location),
    /// Writing was asked of a store that was opened to read.
    #[error("{0} was opened to read only")]
    OnlyRead(Location),
    /// No such revision.
    #[error("expected a revision from 1 to {head}, got {got}")]
    UnknownRevision {
        /// The newest; 0 in an empty store.
        head: u64,
        /// What was asked for.
        got: u64,
    },
    /// Somebody published in between.
    #[error("expected to follow revision {head}, got a publication that follows {got}")]
    Conflict {
        /// The newest; 0 in an empty store.
        head: u64,
        /// What the publication follows.
        got: u64,
    },
    /// The newest revision has the number that a publication follows and another state.
    #[error("expected the state in force to be the newest in the store, got another one of the same number")]
    OtherHead,
    /// Somebody wrote the draft in between.
    #[error("expected version {got} of draft {draft}, got a write of one who saw version {expected}")]
    Stale {
        /// The draft.
        draft: u64,
        /// The version that the writer saw.
        expected: u64,
        /// The version that it has; 0 when there is no such draft.
        got: u64,
    },
    /// Somebody wrote the posts of a unit in between.
    #[error("expected the posts of unit {0} to be those that were seen, got others")]
    PostsChanged(UnitId),
    /// A revision must take effect after the one before.
    #[error("expected an effective time after {head}, got {got}")]
    NotLater {
        /// When the head took effect.
        head: DateTime<Utc>,
        /// What was given.
        got: DateTime<Utc>,
    },
    /// What was handed over breaks rules that every store keeps; each breach.
    #[error("{}", .0.join("; "))]
    Refused(Vec<String>),
    /// What is stored cannot be read back.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// No database could be reached that takes decisions; nothing was written.
    #[error("{place} cannot be reached: {reason}")]
    Unreachable {
        /// Where.
        place: Location,
        /// What each host said.
        reason: String,
    },
    /// The database was lost, or stopped taking decisions, before anything was decided; nothing was written.
    #[error("{doing}: {place} went away: {reason}")]
    Interrupted {
        /// What was being done.
        doing: &'static str,
        /// Where.
        place: Location,
        /// How it showed.
        reason: String,
    },
    /// The database was lost while it confirmed: what was written may be there or not.
    #[error("{doing}: {place} did not confirm, so it is not known whether it was done ({reason})")]
    OutcomeUnknown {
        /// What was being done.
        doing: &'static str,
        /// Where.
        place: Location,
        /// How it showed.
        reason: String,
    },
    /// Others held what was needed for too long; nothing was written.
    #[error("{doing}: {place} is too busy: {reason}")]
    Busy {
        /// What was being done.
        doing: &'static str,
        /// Where.
        place: Location,
        /// What the database said.
        reason: String,
    },
    /// Only the other kind of store can do this.
    #[error("{place}: {hint}")]
    Unsupported {
        /// Where.
        place: Location,
        /// What to do instead.
        hint: &'static str,
    },
    /// No room left on the disk.
    #[error("the disk is full")]
    Full,
    /// The database failed.
    #[error("{doing}: {source}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The failure.
        source: sqlx::Error,
    },
    /// The file system failed.
    #[error("{doing} {path}: {source}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// The failure.
        source: std::io::Error,
    },
}

/// Primary result codes of SQLite (<https://www.sqlite.org/rescode.html>).
const SQLITE_BUSY: u32 = 5;
const SQLITE_READONLY: u32 = 8;
const SQLITE_IOERR: u32 = 10;
const SQLITE_FULL: u32 = 13;
const SQLITE_CANTOPEN: u32 = 14;

impl StoreError {
    /// A failure of the database while doing something; a full disk is told apart.
    pub(super) fn database(doing: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| match result_code(&source) {
            Some(SQLITE_FULL) => Self::Full,
            _ => Self::Database { doing, source },
        }
    }

    /// A failure of the file system while doing something.
    pub(super) fn file(doing: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            std::io::ErrorKind::StorageFull => Self::Full,
            _ => Self::File { doing, path, source },
        }
    }

    /// Whether the same call may succeed in a moment, with nothing changed here.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Interrupted { .. }
                | Self::OutcomeUnknown { .. }
                | Self::Busy { .. }
        )
    }

    /// Whether the medium failed under a read or a write: the process must stop taking anything in.
    pub fn is_io_failure(&self) -> bool {
        match self {
            Self::Database { source, .. } => {
                matches!(source, sqlx::Error::Io(_)) || result_code(source) == Some(SQLITE_IOERR)
            }
            Self::File { .. } => true,
            _ => false,
        }
    }

    /// Whether another connection holds the lock that was needed.
    pub(super) fn is_busy(error: &sqlx::Error) -> bool {
        result_code(error) == Some(SQLITE_BUSY)
    }

    /// Whether a file could not be made or written that the database wanted beside its own.
    pub(super) fn is_unwritable(error: &sqlx::Error) -> bool {
        matches!(result_code(error), Some(SQLITE_READONLY | SQLITE_CANTOPEN))
    }
}

/// SQLite's primary result code: the low byte of the extended one.
fn result_code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<u32>().ok().map(|extended| extended & 0xff)
}
