//! From what was told to a report that can be filed.

use crate::app::{App, Published, Question};
use crate::geom::Point;
use crate::geom::crs::Crs;
use crate::report::{Filed, Given, mask};
use crate::snapshot::Located;
use crate::store::NewReport;
use crate::unit::{Category, UnitId};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::{Value, json};
use std::sync::Arc;

/// How far a clock elsewhere may run ahead of ours.
const AHEAD: TimeDelta = TimeDelta::minutes(10);

/// The most characters of a report's text.
pub const TEXT: usize = 2_000;
/// The most characters of what the sender calls it, and of the unit that he took it for.
pub const NAME: usize = 64;

/// What somebody tells, its place read.
#[derive(Clone, Debug)]
pub struct Telling {
    /// The sender's own name for this sending.
    pub key: String,
    /// SHA-256 of what was sent.
    pub body: [u8; 32],
    /// Who sends it.
    pub source: String,
    /// The system of its position.
    pub crs: Crs,
    /// East and north as they came.
    pub coordinates: (f64, f64),
    /// The place on the lattice.
    pub position: Point,
    /// The radius in metres within which the true place lies.
    pub accuracy_m: Option<f64>,
    /// Its category.
    pub category: &'static Category,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// What is said.
    pub text: Option<String>,
    /// What the sender calls it.
    pub source_ref: Option<String>,
    /// The unit that the sender takes it for.
    pub declared_unit: Option<String>,
    /// How it is located.
    pub question: Question,
}

/// What cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TellingError {
    /// A text is too long.
    #[error("{field} must have at most {most} characters, got {got}")]
    TooLong {
        /// Which.
        field: &'static str,
        /// How long it may be.
        most: usize,
        /// How long it is.
        got: usize,
    },
    /// It has not happened yet.
    #[error("occurred_at must not lie in the future, got {got} at {now}")]
    ToCome {
        /// What was told.
        got: DateTime<Utc>,
        /// Our clock.
        now: DateTime<Utc>,
    },
}

impl Telling {
    /// Checks what is told against the clock and the lengths.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), TellingError> {
        let texts = [
            ("text", &self.text, TEXT),
            ("source_ref", &self.source_ref, NAME),
            ("declared_unit", &self.declared_unit, NAME),
        ];
        for (field, text, most) in texts {
            let got = text.as_ref().map_or(0, |text| text.chars().count());
            if got > most {
                return Err(TellingError::TooLong { field, most, got });
            }
        }
        if self.occurred_at > now + AHEAD {
            return Err(TellingError::ToCome { got: self.occurred_at, now });
        }
        Ok(())
    }
}

/// A report that is located and not filed yet.
#[derive(Debug)]
pub struct Prepared {
    /// The state that located it.
    pub published: Arc<Published>,
    /// Where it lies.
    pub located: Located,
    /// What is kept of what was told.
    pub given: Given,
    /// Whose it is.
    pub filed: Filed,
    key: String,
    body: [u8; 32],
}

impl App {
    /// Locates what is told by the state in force. Its text loses the numbers of persons.
    pub fn prepare(&self, telling: Telling, now: DateTime<Utc>) -> Prepared {
        let published = self.published();
        let located = published.locate(telling.position, &telling.question);
        let received_at = now.trunc_subsecs(6);
        let text = telling.text.filter(|text| !text.trim().is_empty());
        let masked = text.as_deref().map(mask);
        let given = Given {
            source: telling.source,
            crs: telling.crs.to_string(),
            coordinates: telling.coordinates.into(),
            position: telling.position,
            accuracy_m: telling.accuracy_m,
            category: telling.category.code.clone(),
            occurred_at: telling.occurred_at.trunc_subsecs(6),
            received_at,
            due_at: received_at + TimeDelta::hours(i64::from(telling.category.due_hours)),
            masked: masked.as_ref().is_some_and(|masked| masked.count > 0),
            text: masked.map(|masked| masked.text.into_owned()),
            source_ref: telling.source_ref,
            declared_unit: telling.declared_unit,
        };
        let filed = filed(&published, &located, telling.question.rule_name());
        Prepared { published, located, given, filed, key: telling.key, body: telling.body }
    }
}

fn filed(published: &Published, located: &Located, rule: &str) -> Filed {
    let unit = |name: &str| -> Option<UnitId> {
        let place = published.base.layers().iter().position(|l| l.layer.name == name)?;
        located.layers[place].as_ref().map(|answer| answer.unit)
    };
    Filed {
        revision: published.revision().number,
        outcome: located.outcome,
        rule: rule.to_owned(),
        unit: located.responsible.map(|(_, unit)| unit),
        land: unit("land"),
        water: unit("water"),
        police: unit("police"),
    }
}

impl Prepared {
    /// The report with what is answered to it: a JSON object but for its id and number.
    pub fn with_receipt(self, receipt: String) -> NewReport {
        let told = told(&self.published, &self.given, self.filed.unit, self.located.needs_confirmation);
        NewReport {
            key: self.key,
            body: self.body,
            told,
            given: self.given,
            filed: self.filed,
            needs_confirmation: self.located.needs_confirmation,
            receipt,
        }
    }
}

/// What the event of a report tells of its place and its unit.
pub(super) fn told(
    published: &Published,
    given: &Given,
    unit: Option<UnitId>,
    needs_confirmation: bool,
) -> Value {
    let facts = unit.and_then(|unit| published.facts(unit));
    json!({
        "category": given.category,
        "position": [given.position.lon(), given.position.lat()],
        "layer": facts.as_ref().map(|facts| facts.layer.layer.name.as_str()),
        "unit": facts.as_ref().map(|facts| facts.unit.code.as_str()),
        "unit_id": unit.map(UnitId::get),
        "needs_confirmation": needs_confirmation,
    })
}
