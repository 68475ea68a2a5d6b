//! How drafts are shown.

use crate::app::drafting::{AreaRow, Drawn, Effect, UnitGround, Working};
use crate::coverage::Defect;
use crate::geom::Point;
use crate::http::view::geometry;
use crate::store::Draft;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A draft as lists show it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct DraftSummary {
    /// Its number.
    id: u64,
    /// The layer that it is about.
    layer: String,
    /// What reviewers see first.
    title: String,
    /// Why it is drawn.
    reason: String,
    /// The document that orders it.
    #[schema(required = true)]
    document: Option<String>,
    /// Where it stands: `draft`, `submitted`, `approved`, `scheduled`, `published`, `returned`, `withdrawn`, `blocked`.
    state: String,
    /// The revision on which its operations stand.
    base: u64,
    /// Counts its writes; its entity tag.
    version: u64,
    /// Who draws it.
    author: String,
    /// Who approved it.
    #[schema(required = true)]
    approved_by: Option<String>,
    /// The hash of the change that was approved.
    #[schema(required = true)]
    approved_change: Option<String>,
    /// When it is, or was, to be published.
    #[schema(required = true)]
    scheduled_at: Option<DateTime<Utc>>,
    /// Why it could not be published at its moment.
    #[schema(required = true)]
    blocked: Option<String>,
    /// The revision that it became.
    #[schema(required = true)]
    published: Option<u64>,
    /// The revision that it takes back.
    #[schema(required = true)]
    reverts: Option<u64>,
    /// When it was begun.
    created_at: DateTime<Utc>,
    /// When it was written last.
    updated_at: DateTime<Utc>,
}

/// A draft with everything in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Draft)]
pub(in crate::http) struct DraftView {
    #[serde(flatten)]
    draft: DraftSummary,
    /// The hash of the state that it draws; null while there are conflicts, and for a draft whose life is over.
    #[schema(required = true)]
    state_hash: Option<String>,
    /// The hash of what it changes: what an approval is bound to.
    change_hash: String,
    /// The revision in force, on which it was looked at.
    head: u64,
    /// How many conflicts there are with the revision in force.
    conflicts: usize,
    /// What was drawn, in order.
    operations: Vec<OperationView>,
    /// The steps of its life and what was said.
    trail: Vec<TrailView>,
}

/// An operation of a draft.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct OperationView {
    /// Its number in the draft.
    seq: u64,
    /// The kind of operation.
    name: &'static str,
    /// `done`: part of the draft; `undone`: may be redone; `dropped`: neither.
    part: &'static str,
    /// What was asked for.
    #[schema(value_type = Object)]
    operation: Value,
    /// Who drew it.
    made_by: String,
    /// When.
    made_at: DateTime<Utc>,
}

/// A step in the life of a draft.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct TrailView {
    /// What was done: `created`, `submitted`, `rebased` …
    kind: String,
    /// Who did it.
    actor: String,
    /// What was said.
    #[schema(required = true)]
    comment: Option<String>,
    /// When.
    made_at: DateTime<Utc>,
}

/// What an operation did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct DrawnView {
    /// Its number in the draft; null for one that was only tried.
    #[schema(required = true)]
    seq: Option<u64>,
    /// The kind of operation.
    name: &'static str,
    /// The version of the draft after it.
    version: u64,
    #[serde(flatten)]
    effect: EffectView,
    /// The same, read in the other way, when there are two; `"reading": 1` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<EffectView>,
    /// Always empty: an operation with defects is refused.
    defects: Vec<DefectView>,
    /// Who works in other drafts on the units that it touches.
    claims: Vec<ClaimView>,
}

/// What a change does to units.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct EffectView {
    /// The units, before and after.
    pub(super) change: ChangeView,
    /// The areas that change.
    pub(super) areas: Vec<AreaView>,
    /// Codes that are proposed and not set, of units under a new parent.
    pub(super) codes: Vec<CodeView>,
}

/// Units before and after.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ChangeView {
    /// As they are before; GeoJSON features, without geometry where their ground stays as it is.
    #[schema(value_type = Vec<Object>)]
    pub(super) before: Vec<Value>,
    /// As they are after.
    #[schema(value_type = Vec<Object>)]
    pub(super) after: Vec<Value>,
}

/// The area of a unit before and after.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct AreaView {
    /// Its code: the one after, or before when it is retired.
    code: String,
    /// In square metres; 0 when it had no ground.
    before_m2: f64,
    /// In square metres; 0 when it has none.
    after_m2: f64,
}

/// A code that is proposed.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct CodeView {
    /// The code that stands.
    code: String,
    /// The proposal.
    proposed: String,
}

/// What is wrong, and where.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct DefectView {
    /// The rule: `gap`, `crossing`, `too_small` …
    kind: &'static str,
    /// What was expected and what stands there.
    detail: String,
    /// Longitude and latitude; null for one among rows.
    #[schema(required = true)]
    at: Option<[f64; 2]>,
    /// The ids of the units concerned.
    units: Vec<u64>,
    /// The ground concerned in square metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    area_m2: Option<f64>,
    /// The ground concerned, GeoJSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    geometry: Option<Value>,
}

/// What is in the way of a draft.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ConflictView {
    /// `border`, `crossing`, `field`, `code`, `parent` or `unit`.
    pub(super) kind: &'static str,
    /// The layer.
    pub(super) layer: String,
    /// What was expected and what stands there.
    pub(super) detail: String,
    /// Longitude and latitude; null for one among rows.
    #[schema(required = true)]
    pub(super) at: Option<[f64; 2]>,
    /// How many segments of border in a row it is about; 0 for one among rows or at a point.
    pub(super) segments: usize,
    /// The ids of the units concerned.
    pub(super) units: Vec<u64>,
    /// The field, when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) field: Option<String>,
}

/// Who works where.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ClaimView {
    /// The draft in which somebody works.
    pub(super) draft: u64,
    /// Who.
    pub(super) actor: String,
    /// The ids of the units that he works on.
    pub(super) units: Vec<u64>,
    /// When the claim ends.
    pub(super) until: DateTime<Utc>,
}

impl DraftSummary {
    pub(in crate::http) fn of(draft: &Draft) -> Self {
        let (standing, approval) = (&draft.standing, draft.standing.flow.approval());
        Self {
            id: draft.id,
            layer: draft.layer.clone(),
            title: draft.title.clone(),
            reason: draft.reason.clone(),
            document: draft.document.clone(),
            state: standing.flow.stage().to_string(),
            base: standing.base,
            version: draft.version,
            author: standing.flow.author().to_owned(),
            approved_by: approval.map(|a| a.by.clone()),
            approved_change: approval.map(|a| a.change.to_string()),
            scheduled_at: standing.scheduled_at,
            blocked: standing.blocked.clone(),
            published: standing.published,
            reverts: draft.reverts,
            created_at: draft.created_at,
            updated_at: draft.updated_at,
        }
    }
}

impl DraftView {
    /// May take long: it hashes the state that the draft draws.
    pub(super) fn of(working: &Working) -> Self {
        let operations = working.carried.as_ref().map_or(&working.stored, |carried| &carried.operations);
        let operations = operations.iter().map(|o| OperationView {
            seq: o.seq,
            name: o.operation.kind.name(),
            part: o.part.name(),
            operation: serde_json::to_value(&o.operation).expect("an operation is plain data"),
            made_by: o.made_by.clone(),
            made_at: o.made_at,
        });
        let trail = working.trail.iter().map(|e| TrailView {
            kind: e.kind.clone(),
            actor: e.actor.clone(),
            comment: e.comment.clone(),
            made_at: e.made_at,
        });
        Self {
            draft: DraftSummary::of(&working.draft),
            state_hash: working.state_hash().map(|hash| hash.to_string()),
            change_hash: working.hash().to_string(),
            head: working.head.revision().number,
            conflicts: working.carried.as_ref().err().map_or(0, Vec::len),
            operations: operations.collect(),
            trail: trail.collect(),
        }
    }
}

impl DrawnView {
    pub(super) fn of(drawn: Drawn) -> Self {
        Self {
            seq: drawn.seq,
            name: drawn.name,
            version: drawn.version,
            effect: EffectView::of(&drawn.effect),
            other: drawn.other.as_ref().map(EffectView::of),
            defects: Vec::new(),
            claims: drawn.claims.into_iter().map(ClaimView::of).collect(),
        }
    }
}

impl EffectView {
    pub(super) fn of(effect: &Effect) -> Self {
        let code = |(code, proposed): &(crate::unit::Code, crate::unit::Code)| CodeView {
            code: code.to_string(),
            proposed: proposed.to_string(),
        };
        Self {
            change: ChangeView { before: features(&effect.before), after: features(&effect.after) },
            areas: areas(&effect.areas),
            codes: effect.codes.iter().map(code).collect(),
        }
    }
}

pub(super) fn areas(rows: &[AreaRow]) -> Vec<AreaView> {
    let row =
        |a: &AreaRow| AreaView { code: a.code.to_string(), before_m2: a.before_m2, after_m2: a.after_m2 };
    rows.iter().map(row).collect()
}

pub(super) fn features(grounds: &[UnitGround]) -> Vec<Value> {
    let feature = |g: &UnitGround| {
        json!({
            "type": "Feature",
            "id": g.unit.id.get(),
            "geometry": g.shape.as_ref().map_or(Value::Null, geometry),
            "properties": {
                "layer": g.layer,
                "level": g.level,
                "code": g.unit.code.as_str(),
                "name": g.unit.name,
                "parent": g.parent.as_ref().map(crate::unit::Code::as_str),
                "attributes": g.unit.attributes,
            },
        })
    };
    grounds.iter().map(feature).collect()
}

pub(super) fn place(at: Option<Point>) -> Option<[f64; 2]> {
    at.map(|p| [p.lon(), p.lat()])
}

impl DefectView {
    pub(in crate::http) fn of(defect: &Defect) -> Self {
        Self {
            kind: defect.kind.name(),
            detail: defect.detail.clone(),
            at: place(defect.at),
            units: defect.units.iter().map(|id| id.get()).collect(),
            area_m2: defect.area_m2,
            geometry: defect.shape.as_ref().map(geometry),
        }
    }
}
