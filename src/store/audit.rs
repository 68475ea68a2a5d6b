//! The door to the audit: who did what, entry by entry, each bound to the one before by its hash.

use super::{Store, StoreError};
use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What somebody does, before it is written down.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// When. Kept to the microsecond.
    pub at: DateTime<Utc>,
    /// Who: an account, `token:NAME`, `cli`, or `local` on a server without accounts.
    pub actor: &'a str,
    /// What, such as `account.added`.
    pub action: &'static str,
    /// To what: a name, a number.
    pub subject: &'a str,
    /// What else is to be known, an object; never a secret.
    pub data: Value,
}

/// An entry of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// 1 for the first, then one more with each.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// To what.
    pub subject: String,
    /// What else is to be known: JSON as it was hashed.
    pub data: String,
    /// The hash of the entry before; zeros before the first.
    pub prev: [u8; 32],
    /// The hash of this one.
    pub hash: [u8; 32],
}

/// The end of a chain of entries: the number and the hash of the last one.
pub(super) type End = (u64, [u8; 32]);

/// Where a chain begins.
pub(super) const START: End = (0, [0; 32]);

impl Entry {
    /// The entry of an act that follows the end of the chain.
    pub(super) fn follow(end: End, act: &Act<'_>) -> Self {
        let mut entry = Self {
            seq: end.0 + 1,
            at: act.at.trunc_subsecs(6),
            actor: act.actor.into(),
            action: act.action.into(),
            subject: act.subject.into(),
            data: act.data.to_string(),
            prev: end.1,
            hash: [0; 32],
        };
        entry.hash = entry.computed();
        entry
    }

    /// SHA-256 over `prev` and then number, moment (RFC 3339, UTC, microseconds), actor, action, subject and
    /// data, each behind its length in bytes as 8 bytes, the low ones first.
    fn computed(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(self.prev);
        let (seq, at) = (self.seq.to_string(), self.at.to_rfc3339_opts(SecondsFormat::Micros, true));
        for field in [&seq, &at, &self.actor, &self.action, &self.subject, &self.data] {
            hasher.update((field.len() as u64).to_le_bytes());
            hasher.update(field.as_bytes());
        }
        hasher.finalize().into()
    }

    /// What is wrong with it as the entry after the end of a chain.
    fn breach(&self, (seq, hash): End) -> Option<String> {
        let number = self.seq;
        if number != seq + 1 {
            return Some(format!("audit: entry {} is missing, {number} stands there", seq + 1));
        }
        if self.prev != hash {
            return Some(format!("audit: entry {number} does not follow the one before"));
        }
        (self.computed() != self.hash).then(|| format!("audit: entry {number} is not as it was written"))
    }
}

/// Entries that are read at a time.
const PORTION: u32 = 10_000;

impl Store {
    /// The entries after a number, oldest first, at most so many.
    pub async fn audit(&self, after: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.audit(after, limit).await,
            Self::PostGis(postgis) => postgis.audit(after, limit).await,
        }
    }

    /// The number of the newest entry, 0 before the first: while it is the same, nobody's roles, session or
    /// token has changed. Cheap enough to be asked every second, and never waits long.
    pub async fn audit_head(&self) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.audit_head().await,
            Self::PostGis(postgis) => postgis.audit_head().await,
        }
    }

    /// The whole audit.
    pub(super) async fn whole_audit(&self) -> Result<Vec<Entry>, StoreError> {
        let mut all: Vec<Entry> = Vec::new();
        loop {
            let portion = self.audit(all.last().map_or(0, |entry| entry.seq), PORTION).await?;
            let last = portion.len() < PORTION as usize;
            all.extend(portion);
            if last {
                return Ok(all);
            }
        }
    }

    /// Where the chain of the audit is broken: the first place only, since nothing after it can be judged.
    /// That its end was cut off cannot be seen here.
    pub(super) async fn verify_audit(&self) -> Result<Option<String>, StoreError> {
        let mut end = START;
        loop {
            let portion = self.audit(end.0, PORTION).await?;
            for entry in &portion {
                if let Some(breach) = entry.breach(end) {
                    return Ok(Some(breach));
                }
                end = (entry.seq, entry.hash);
            }
            if portion.len() < PORTION as usize {
                return Ok(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_entry_that_is_changed_moved_or_left_out_is_found() {
        let at = "2026-11-27T08:00:00.123456789Z".parse().unwrap();
        let act = Act { at, actor: "cli", action: "account.added", subject: "lan", data: json!({"a": 1}) };
        let first = Entry::follow(START, &act);
        let second = Entry::follow((1, first.hash), &act);
        assert_eq!((first.breach(START), second.breach((1, first.hash))), (None, None));
        assert_ne!(first.hash, second.hash);
        let changes: [fn(&mut Entry); 6] = [
            |e| e.actor.push('x'),
            |e| e.action = "account.set".into(),
            |e| e.subject.clear(),
            |e| e.data = "{}".into(),
            |e| e.at += chrono::TimeDelta::microseconds(1),
            |e| (e.actor, e.action) = ("cliaccount".into(), ".added".into()),
        ];
        for change in changes {
            let mut entry = first.clone();
            change(&mut entry);
            assert!(entry.breach(START).unwrap().contains("not as it was written"));
        }
        assert!(second.breach(START).unwrap().contains("entry 1 is missing"));
        assert!(second.breach((1, [7; 32])).unwrap().contains("does not follow"));
    }
}
