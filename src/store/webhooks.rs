//! The door to webhooks: programs that are told what happened.

use super::audit::Act;
use super::{Store, StoreError};
use chrono::{DateTime, Utc};
use std::fmt;

/// A program that is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// 1 for the first; never given again.
    pub id: u64,
    /// Where it listens.
    pub url: String,
    /// What signs what it is told.
    pub secret: String,
    /// What it is told: types of events, or the beginning of one before `*`.
    pub kinds: Vec<String>,
    /// Who added it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// How far it was told.
    pub standing: Standing,
}

impl fmt::Debug for Webhook {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("id", &self.id)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}

/// How far a program was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The number of the last event that it took, or that was put aside.
    pub told: u64,
    /// How often the next one was tried.
    pub attempts: u32,
    /// It is not tried before this.
    pub next_at: DateTime<Utc>,
    /// Why it was not taken the last time.
    pub error: Option<String>,
}

/// An event that a program did not take however often it was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The program.
    pub webhook: u64,
    /// The number of the event.
    pub event: u64,
    /// When it was put aside.
    pub put_aside_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it was not taken the last time.
    pub error: String,
}

impl Webhook {
    /// Whether it is told of a type of events.
    pub fn wants(&self, kind: &str) -> bool {
        let wants = |wanted: &String| match wanted.strip_suffix('*') {
            Some(beginning) => kind.starts_with(beginning),
            None => kind == wanted,
        };
        self.kinds.iter().any(wants)
    }
}

impl Store {
    /// Adds a program, which is told what happens from now on, with an entry of the audit in one transaction; gives
    /// its number. Of `new` the number and how far it was told are not read.
    pub async fn add_webhook(&self, new: &Webhook, act: &Act<'_>) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.add_webhook(new, act).await,
            Self::PostGis(postgis) => postgis.add_webhook(new, act).await,
        }
    }

    /// The programs that are told, by number.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.webhooks().await,
            Self::PostGis(postgis) => postgis.webhooks().await,
        }
    }

    /// Ends one, with an entry of the audit in one transaction; whether there was one. What was put aside for it is kept.
    pub async fn end_webhook(&self, id: u64, act: &Act<'_>) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.end_webhook(id, act).await,
            Self::PostGis(postgis) => postgis.end_webhook(id, act).await,
        }
    }

    /// Takes the telling of one for oneself until a moment; whether it was free, or one's own. Of several nodes one
    /// tells a program at a time.
    pub async fn hold_webhook(
        &self,
        id: u64,
        holder: &str,
        (now, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.hold_webhook(id, holder, (now, until)).await,
            Self::PostGis(postgis) => postgis.hold_webhook(id, holder, (now, until)).await,
        }
    }

    /// Writes how far one was told, if it is still held by whoever told it; with a letter that was put aside.
    /// Whether it was.
    pub async fn write_webhook(
        &self,
        id: u64,
        holder: &str,
        standing: &Standing,
        put_aside: Option<&DeadLetter>,
    ) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.write_webhook(id, holder, standing, put_aside).await,
            Self::PostGis(postgis) => postgis.write_webhook(id, holder, standing, put_aside).await,
        }
    }

    /// What was put aside for one, by event.
    pub async fn dead_letters(&self, webhook: u64) -> Result<Vec<DeadLetter>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.dead_letters(webhook).await,
            Self::PostGis(postgis) => postgis.dead_letters(webhook).await,
        }
    }

    /// Strikes a letter off that was taken after all.
    pub async fn strike_dead_letter(&self, webhook: u64, event: u64) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.strike_dead_letter(webhook, event).await,
            Self::PostGis(postgis) => postgis.strike_dead_letter(webhook, event).await,
        }
    }
}

/// What one is told, as the database holds it.
pub(super) fn write_kinds(kinds: &[String]) -> String {
    serde_json::to_string(kinds).expect("words are plain data")
}

/// What one is told, from the database.
pub(super) fn read_kinds(id: i64, text: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Damaged(format!("the kinds of webhook {id}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_told_what_it_names_or_what_begins_so() {
        let at = DateTime::UNIX_EPOCH;
        let standing = Standing { told: 0, attempts: 0, next_at: at, error: None };
        let (url, secret, created_by) = (String::new(), "geheim".to_owned(), String::new());
        let kinds = vec!["report.*".into(), "revision.published".into()];
        let webhook = Webhook { id: 1, url, secret, kinds, created_by, created_at: at, standing };
        let wanted = ["report.created", "revision.published", "draft.created", "reports.x", "report"];
        assert_eq!(wanted.map(|kind| webhook.wants(kind)), [true, true, false, false, false]);
        assert!(!format!("{webhook:?}").contains("geheim"));
    }
}
