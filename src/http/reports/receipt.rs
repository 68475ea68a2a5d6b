//! What is answered to a report that was filed; kept, and given again for ever.

use super::view::{Named, UnitRef};
use crate::app::Prepared;
use crate::http::view::{Link, PostsShown};
use crate::report::{Kind, Stage};
use crate::unit::UnitId;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// What is answered to a report.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FiledReport)]
pub(in crate::http) struct FiledView<'a> {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64)]
    id: Option<u64>,
    /// The number by which people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    number: Option<&'a str>,
    /// `collected`.
    stage: &'static str,
    /// The revision that says whose it is.
    revision: u64,
    /// How the responsible layer holds the place: `inside`, `nearby` or `outside`.
    outcome: &'static str,
    /// Whether a person should look before anyone is sent.
    needs_confirmation: bool,
    /// The rule that decided: a category's code.
    rule: &'a str,
    /// Who works it; null when nobody is near.
    #[schema(required = true)]
    responsible: Option<UnitRef<'a>>,
    /// The land grid.
    #[schema(required = true)]
    land: Option<Named<'a>>,
    /// The water grid.
    #[schema(required = true)]
    water: Option<Named<'a>>,
    /// The police grid.
    #[schema(required = true)]
    police: Option<Named<'a>>,
    /// The responsible grid and all above it, bottom up, with their posts.
    chain: Vec<Link<'a>>,
    /// Whether numbers of persons were masked in the text.
    masked: bool,
    /// When it came in.
    received_at: DateTime<Utc>,
    /// By when it should be handled.
    due_at: DateTime<Utc>,
    /// Its filing.
    trail: [FirstStep<'a>; 1],
}

/// The first step of a trail.
#[derive(Debug, Serialize, ToSchema)]
struct FirstStep<'a> {
    /// 1.
    seq: u64,
    /// `created`.
    kind: &'static str,
    /// Who sent it.
    actor: &'a str,
    /// When.
    at: DateTime<Utc>,
}

impl<'a> FiledView<'a> {
    /// The answer as it is kept: without its id and number, which the store puts in front.
    pub(super) fn json(prepared: &'a Prepared, posts: &'a PostsShown) -> String {
        let (published, filed, given) = (&*prepared.published, &prepared.filed, &prepared.given);
        let facts = filed.unit.and_then(|unit| published.facts(unit));
        let named = |unit: Option<UnitId>| Named::of(published, unit);
        let view = Self {
            id: None,
            number: None,
            stage: Stage::Collected.name(),
            revision: filed.revision,
            outcome: filed.outcome.name(),
            needs_confirmation: prepared.located.needs_confirmation,
            rule: &filed.rule,
            responsible: filed.unit.and_then(|unit| UnitRef::of(published, unit)),
            land: named(filed.land),
            water: named(filed.water),
            police: named(filed.police),
            chain: facts.map_or_else(Vec::new, |facts| posts.chain(&facts)),
            masked: given.masked,
            received_at: given.received_at,
            due_at: given.due_at,
            trail: [FirstStep {
                seq: 1,
                kind: Kind::Created.name(),
                actor: &given.source,
                at: given.received_at,
            }],
        };
        serde_json::to_string(&view).expect("an answer is plain data")
    }
}
