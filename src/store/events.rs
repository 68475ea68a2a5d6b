//! The door to the event log: what happened, in the order of the commits.

use super::{DraftEvent, Store, StoreError};
use crate::edit::Stage;
use crate::snapshot::Revision;
use chrono::{DateTime, SubsecRound, Utc};
use serde_json::{Value, json};

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// 1 for the first, then one more with each: in the order of the commits, without holes.
    pub seq: u64,
    /// What: `revision.published`, or `draft.` or `report.` and what happened to one.
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The newest revision then, or the one that it tells of.
    pub revision: u64,
    /// To what: the number of the revision, of the draft or of the report.
    pub subject: String,
    /// What else is to be known; an object.
    pub data: Value,
}

/// An event before it has its number.
#[derive(Clone, Debug)]
pub(super) struct Happening {
    pub kind: String,
    pub at: DateTime<Utc>,
    /// `None`: the newest revision.
    pub revision: Option<u64>,
    pub subject: String,
    pub data: Value,
}

impl Happening {
    /// A revision was published. `said` is what whoever published says of it; without a word everything may be
    /// other than it was.
    pub(super) fn published(revision: Revision, said: Option<&Value>) -> Self {
        let mut data = json!({"revision": revision.number, "effective_from": revision.effective_from});
        let object = data.as_object_mut().expect("it was written as one");
        for (name, value) in said.and_then(Value::as_object).into_iter().flatten() {
            object.entry(name.as_str()).or_insert(value.clone());
        }
        Self {
            kind: "revision.published".into(),
            at: revision.effective_from,
            revision: Some(revision.number),
            subject: revision.number.to_string(),
            data,
        }
    }

    /// A draft took a step.
    pub(super) fn of_draft(draft: u64, step: &DraftEvent, stage: Stage) -> Self {
        Self {
            kind: format!("draft.{}", step.kind),
            at: step.made_at.trunc_subsecs(6),
            revision: None,
            subject: draft.to_string(),
            data: json!({"draft": draft, "state": stage.to_string(), "actor": step.actor}),
        }
    }
}

impl Happening {
    /// The event that it is, with its number; `newest` is the newest revision.
    pub(super) fn numbered(self, seq: u64, newest: u64) -> Event {
        let Self { kind, at, revision, subject, data } = self;
        Event { seq, kind, at, revision: revision.unwrap_or(newest), subject, data }
    }
}

/// Stored data as a value.
pub(super) fn read_data(seq: u64, text: &str) -> Result<Value, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Damaged(format!("the data of event {seq}: {error}")))
}

/// Events that are read at a time.
const PORTION: u32 = 1_000;

impl Store {
    /// The events after a number, oldest first, at most so many.
    pub async fn events(&self, after: u64, limit: u32) -> Result<Vec<Event>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.events(after, limit).await,
            Self::PostGis(postgis) => postgis.events(after, limit).await,
        }
    }

    /// The number of the newest event, 0 before the first.
    pub async fn event_head(&self) -> Result<u64, StoreError> {
        Ok(self.pulse().await?.events)
    }

    /// The log up to the last event of the revisions up to one.
    pub(super) async fn events_until(&self, revision: u64) -> Result<Vec<Event>, StoreError> {
        let mut all: Vec<Event> = Vec::new();
        loop {
            let portion = self.events(all.last().map_or(0, |event| event.seq), PORTION).await?;
            let before = all.len();
            all.extend(portion.into_iter().take_while(|event| event.revision <= revision));
            if all.len() - before < PORTION as usize {
                return Ok(all);
            }
        }
    }

    /// Puts a log in the place of the one that is there.
    pub(super) async fn put_events(&self, events: &[Event]) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.put_events(events).await,
            Self::PostGis(postgis) => postgis.put_events(events).await,
        }
    }
}
