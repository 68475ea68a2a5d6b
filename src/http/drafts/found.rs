//! How conflicts, claims, impacts and differences are shown.

use super::view::{
    AreaView, ChangeView, ClaimView, ConflictView, DefectView, DraftSummary, EffectView, areas, features,
    place,
};
use crate::app::Difference;
use crate::app::drafting::{ConflictFound, HouseholdRow, Impact, ReportsRow};
use crate::edit::{Conflict, ConflictKind};
use crate::store::Claim;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A conflict with the units concerned, as each side has them.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ConflictFoundView {
    #[serde(flatten)]
    conflict: ConflictView,
    /// The units where the draft began.
    #[schema(value_type = Vec<Object>)]
    base: Vec<Value>,
    /// As they are in force.
    #[schema(value_type = Vec<Object>)]
    theirs: Vec<Value>,
    /// As the draft draws them.
    #[schema(value_type = Vec<Object>)]
    mine: Vec<Value>,
}

/// What a draft would do.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ImpactView {
    #[serde(flatten)]
    effect: EffectView,
    /// The households that would move with the ground, by grid: an estimate, as if those of a grid lived evenly spread
    /// over it. Nothing is counted of grids of which nobody said how many live there.
    households: Vec<HouseholdsView>,
    /// Open reports that would go to another unit with the ground on which they lie; those that were given to their unit
    /// by hand stay.
    reports: Vec<ReportsMoveView>,
    /// The levels at which units gain or lose ground, or rows change.
    levels: Vec<LevelView>,
    /// What keeps it from being published.
    defects: Vec<DefectView>,
    /// Drafts that are not over and would no longer apply.
    drafts_in_conflict: Vec<DraftConflictView>,
    /// Scheduled drafts that would be blocked at their moment.
    blocks: Vec<DraftSummary>,
}

/// Open reports that would go from one unit to another.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ReportsMoveView {
    /// The code of the unit that works them; null for ground outside of all.
    #[schema(required = true)]
    from: Option<String>,
    /// The code of the unit that would; null for ground outside of all.
    #[schema(required = true)]
    to: Option<String>,
    /// How many.
    open: u64,
}

/// Households of a grid before and after, estimated by area.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct HouseholdsView {
    /// Its code: the one after, or before when it is retired.
    code: String,
    /// As they are on file; null when nobody said, or for a new grid.
    #[schema(required = true)]
    before: Option<u64>,
    /// How many there would be; an estimate.
    after: u64,
    /// How many would move away with its ground; an estimate.
    lost: u64,
    /// How many would come with ground from others; an estimate.
    gained: u64,
}

impl HouseholdsView {
    fn of(row: &HouseholdRow) -> Self {
        let whole = |count: f64| count.round().max(0.0) as u64;
        let after = whole(row.before.unwrap_or(0) as f64 - row.lost + row.gained);
        let (lost, gained) = (whole(row.lost), whole(row.gained));
        Self { code: row.code.to_string(), before: row.before, after, lost, gained }
    }
}

/// A level of a layer.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct LevelView {
    /// The layer.
    layer: String,
    /// The level's name.
    level: String,
}

/// A draft that would no longer apply.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct DraftConflictView {
    /// The draft.
    draft: DraftSummary,
    /// What would be in its way.
    conflicts: Vec<ConflictView>,
}

/// What leads from one revision to another.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct DiffView {
    /// The first revision.
    from: u64,
    /// The second.
    to: u64,
    /// The hash of the change, lineage not counted.
    change_hash: String,
    /// The units, before and after.
    change: ChangeView,
    /// The areas that differ.
    areas: Vec<AreaView>,
    /// Who took ground of whom, where one of the two is no more or is new.
    lineage: Vec<LineageView>,
}

/// A unit and the one that took ground of it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct LineageView {
    /// The code before.
    from: String,
    /// The code after.
    to: String,
}

impl ConflictView {
    pub(in crate::http) fn of(conflict: &Conflict) -> Self {
        let kind = match conflict.kind {
            ConflictKind::Border => "border",
            ConflictKind::Crossing => "crossing",
            ConflictKind::Field => "field",
            ConflictKind::Code => "code",
            ConflictKind::Parent => "parent",
            ConflictKind::Unit => "unit",
        };
        Self {
            kind,
            layer: conflict.layer.clone(),
            detail: conflict.detail.clone(),
            at: place(conflict.at),
            segments: conflict.segments,
            units: conflict.units.iter().map(|id| id.get()).collect(),
            field: conflict.field.as_ref().map(ToString::to_string),
        }
    }
}

impl ConflictFoundView {
    pub(super) fn of(found: &ConflictFound) -> Self {
        Self {
            conflict: ConflictView::of(&found.conflict),
            base: features(&found.base),
            theirs: features(&found.theirs),
            mine: features(&found.mine),
        }
    }
}

impl ClaimView {
    pub(super) fn of(claim: Claim) -> Self {
        let units = claim.units.iter().map(|id| id.get()).collect();
        Self { draft: claim.draft, actor: claim.actor, units, until: claim.until }
    }
}

impl ReportsMoveView {
    fn of(row: &ReportsRow) -> Self {
        let code = |code: &Option<crate::unit::Code>| code.as_ref().map(ToString::to_string);
        Self { from: code(&row.from), to: code(&row.to), open: row.open }
    }
}

impl ImpactView {
    pub(super) fn of(impact: &Impact) -> Self {
        let level =
            |(layer, level): &(String, String)| LevelView { layer: layer.clone(), level: level.clone() };
        let lost = |(draft, conflicts): &(crate::store::Draft, Vec<Conflict>)| DraftConflictView {
            draft: DraftSummary::of(draft),
            conflicts: conflicts.iter().map(ConflictView::of).collect(),
        };
        Self {
            effect: EffectView::of(&impact.effect),
            households: impact.households.iter().map(HouseholdsView::of).collect(),
            reports: impact.reports.iter().map(ReportsMoveView::of).collect(),
            levels: impact.levels.iter().map(level).collect(),
            defects: impact.defects.iter().map(DefectView::of).collect(),
            drafts_in_conflict: impact.conflicts.iter().map(lost).collect(),
            blocks: impact.blocks.iter().map(DraftSummary::of).collect(),
        }
    }
}

impl DiffView {
    pub(super) fn of((from, to): (u64, u64), difference: &Difference) -> Self {
        let line = |(from, to): &(crate::unit::Code, crate::unit::Code)| LineageView {
            from: from.to_string(),
            to: to.to_string(),
        };
        Self {
            from,
            to,
            change_hash: difference.change.hash().to_string(),
            change: ChangeView { before: features(&difference.before), after: features(&difference.after) },
            areas: areas(&difference.areas),
            lineage: difference.lineage.iter().map(line).collect(),
        }
    }
}
