//! Filing: what comes in, what is answered to it, and which of it was filed before.

use super::events::Happening;
use super::reports::told;
use crate::report::{Filed, Given, Stage, number};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A report to be filed.
#[derive(Clone, Debug)]
pub struct NewReport {
    /// The sender's own name for this sending.
    pub key: String,
    /// SHA-256 of what was sent.
    pub body: [u8; 32],
    /// What was told.
    pub given: Given,
    /// Whose it is.
    pub filed: Filed,
    /// Whether a person should look before anyone is sent.
    pub needs_confirmation: bool,
    /// What is answered: a JSON object but for `id` and `number`, which [`Receipt::text`] puts in front.
    pub receipt: String,
    /// What its event tells beside id, number and stage.
    pub told: Value,
}

/// What is answered to a report that was filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The report.
    pub id: u64,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// The answer without `id` and `number`.
    pub rest: String,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filing {
    /// It was filed.
    New(Receipt),
    /// The same was filed before, and answered so.
    Again(Receipt),
    /// The sender used the key for something else.
    KeyReused,
}

impl Receipt {
    /// The answer, byte for byte the same whenever it is asked for.
    pub fn text(&self) -> String {
        let rest = self.rest.strip_prefix('{').unwrap_or(&self.rest);
        let comma = if rest == "}" { "" } else { "," };
        format!("{{\"id\":{},\"number\":\"{}\"{comma}{rest}", self.id, number(self.id, self.received_at))
    }
}

impl NewReport {
    /// What becomes of it where another of its key was filed.
    fn beside(&self, body: &[u8], receipt: Receipt) -> Filing {
        if body == self.body { Filing::Again(receipt) } else { Filing::KeyReused }
    }

    /// What is answered when it is filed under a number.
    fn receipt(&self, id: u64) -> Receipt {
        Receipt { id, received_at: self.given.received_at, rest: self.receipt.clone() }
    }

    /// What happened when it is filed under a number.
    pub(super) fn happening(&self, id: u64) -> Happening {
        let at = self.given.received_at;
        let data = json!({"report": id, "number": number(id, at), "stage": Stage::Collected.name()});
        let (kind, subject) = ("report.created".into(), id.to_string());
        Happening { kind, at, revision: None, subject, data: told(&self.told, data) }
    }
}

/// A sender, and a key of his.
pub(super) type Key = (String, String);

/// What was sent under a key before, and answered.
pub(super) struct Known {
    /// SHA-256 of what was sent.
    pub body: Vec<u8>,
    /// What was answered.
    pub receipt: Receipt,
}

/// What becomes of each report, and which ones are new, with their numbers from `next` on. Of two of one key the first is
/// new and the other one is beside it.
pub(super) fn sort_out(
    new: &[NewReport],
    mut known: HashMap<Key, Known>,
    next: u64,
) -> (Vec<Filing>, Vec<(u64, &NewReport)>) {
    let (mut filings, mut fresh) = (Vec::with_capacity(new.len()), Vec::with_capacity(new.len()));
    for report in new {
        let key = (report.given.source.clone(), report.key.clone());
        if let Some(Known { body, receipt }) = known.get(&key) {
            filings.push(report.beside(body, receipt.clone()));
            continue;
        }
        let id = next + fresh.len() as u64;
        let receipt = report.receipt(id);
        fresh.push((id, report));
        known.insert(key, Known { body: report.body.to_vec(), receipt: receipt.clone() });
        filings.push(Filing::New(receipt));
    }
    (filings, fresh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_has_its_number_in_front_of_what_was_answered() {
        let received_at = "2026-11-27T02:00:00Z".parse().unwrap();
        let receipt = |rest: &str| Receipt { id: 7, received_at, rest: rest.into() }.text();
        assert_eq!(
            receipt("{\"stage\":\"collected\"}"),
            "{\"id\":7,\"number\":\"20261127-00000007\",\"stage\":\"collected\"}"
        );
        assert_eq!(receipt("{}"), "{\"id\":7,\"number\":\"20261127-00000007\"}");
    }
}
