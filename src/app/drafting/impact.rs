//! What a draft would do, before anyone signs.

use super::effect::Effect;
use super::working::Working;
use super::{DraftError, defects};
use crate::app::App;
use crate::coverage::Defect;
use crate::edit::{
    Conflict, Field, Kind, LayerChange, LayerView, Operation, Side, Stage, State, Terms, moved, rebase,
    resolve,
};
use crate::geom::Bbox;
use crate::report::{self, Reason, Report};
use crate::store::{Draft, Order, Wish};
use crate::unit::{Code, Level, UnitId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most open reports that are looked at.
const MOST_REPORTS: u32 = 100_000;

/// Households of a grid before and after, estimated: those of the grid that gives ground are taken to live evenly
/// spread over it.
#[derive(Clone, Debug, PartialEq)]
pub struct HouseholdRow {
    /// The unit.
    pub unit: UnitId,
    /// Its code: the one after, or before when it is retired.
    pub code: Code,
    /// As they are on file; `None` when nobody said.
    pub before: Option<u64>,
    /// How many move away with its ground.
    pub lost: f64,
    /// How many come with ground from others.
    pub gained: f64,
}

/// Open reports that would go from one unit to another with the ground on which they lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportsRow {
    /// The code of the unit that works them; `None` for reports outside of all.
    pub from: Option<Code>,
    /// The code of the unit that would.
    pub to: Option<Code>,
    /// How many.
    pub open: u64,
}

/// What a draft does to the state in force.
#[derive(Clone, Debug)]
pub struct Impact {
    /// What it does to each unit.
    pub effect: Effect,
    /// The households that would move with the ground, estimated.
    pub households: Vec<HouseholdRow>,
    /// Open reports that would move; those given by hand stay.
    pub reports: Vec<ReportsRow>,
    /// The levels at which units gain or lose ground, or rows change: the layer and the level's name, top to bottom.
    pub levels: Vec<(String, String)>,
    /// What keeps it from being published.
    pub defects: Vec<Defect>,
    /// Drafts that are not over and would no longer apply, with what would be in their way.
    pub conflicts: Vec<(Draft, Vec<Conflict>)>,
    /// Scheduled drafts that would be blocked at their moment.
    pub blocks: Vec<Draft>,
}

impl App {
    /// What a draft would do if it were published now. Costs a look at every draft that is not over.
    pub async fn draft_impact(&self, id: u64) -> Result<Impact, DraftError> {
        let working = self.working(id).await?;
        working.carried()?;
        let others = self.others(&working, |stage| !stage.is_final()).await?;
        let open = self.open_reports(&working).await?;
        let look = move || impact(&working, &others, &open);
        tokio::task::spawn_blocking(look).await.expect("measuring an impact does not panic")
    }

    /// Open reports near the ground that a draft changes. Those given by hand are not among them.
    async fn open_reports(&self, working: &Working) -> Result<Vec<Report>, DraftError> {
        let state = working.state()?;
        let boxes = state.change().layers().filter_map(|(_, layer)| layer.bbox());
        let Some(bbox) = boxes.reduce(Bbox::union) else { return Ok(Vec::new()) };
        let wish = Wish { stages: report::Stage::OPEN.to_vec(), bbox: Some(bbox), ..Wish::default() };
        let (_, mut open) = self.store().reports(&wish, Order::Newest, None, MOST_REPORTS).await?;
        open.retain(|report| report.assigned.reason != Reason::Manual);
        Ok(open)
    }

    /// The scheduled drafts that would be blocked if a draft were published.
    pub(in crate::app) async fn would_block(&self, working: &Arc<Working>) -> Result<Vec<Draft>, DraftError> {
        let others = self.others(working, |stage| stage == Stage::Scheduled).await?;
        if others.is_empty() {
            return Ok(Vec::new());
        }
        let working = working.clone();
        let look = move || {
            let after = working.state()?;
            let lost = others.iter().filter(|other| is_blocked(other, &after));
            Ok(lost.map(|other| other.draft.clone()).collect())
        };
        tokio::task::spawn_blocking(look).await.expect("trying drafts does not panic")
    }

    /// The other drafts in some stages that apply to the state in force.
    async fn others(
        &self,
        working: &Working,
        wanted: impl Fn(Stage) -> bool,
    ) -> Result<Vec<Arc<Working>>, DraftError> {
        let mut others = Vec::new();
        for draft in self.store().drafts().await? {
            if draft.id != working.draft.id && wanted(draft.standing.flow.stage()) {
                let other = self.working(draft.id).await?;
                others.extend(other.carried.is_ok().then_some(other));
            }
        }
        Ok(others)
    }
}

fn impact(working: &Working, others: &[Arc<Working>], open: &[Report]) -> Result<Impact, DraftError> {
    let (before, after) = (working.before(), working.state()?);
    let change = after.change().clone();
    let mut levels = Vec::new();
    for (name, layer) in change.layers() {
        if let (Some(was), Some(is)) = (before.layer(name), after.layer(name)) {
            let touched = touched_levels(&was, &is, layer);
            levels
                .extend(touched.into_iter().map(|l| (name.to_owned(), is.layer().level_name(l).to_owned())));
        }
    }
    let mut conflicts = Vec::new();
    for other in others {
        let net = &other.carried()?.net;
        conflicts.extend(rebase(net, &after).err().map(|found| (other.draft.clone(), found)));
    }
    let blocks = others.iter().filter(|other| is_blocked(other, &after)).map(|other| other.draft.clone());
    let blocks = blocks.collect();
    let effect = whole_effect(&before, &after, &working.draft.layer);
    let households = households(working, &before, &after);
    let reports = reports(&before, &after, open);
    Ok(Impact { effect, households, reports, levels, defects: defects(&after), conflicts, blocks })
}

/// How many households each grid that gives or takes ground would have: of a grid's households, the share of its area
/// that moves. Grids of which nobody said how many live there are not counted in those that take from them.
fn households(working: &Working, before: &State, after: &State) -> Vec<HouseholdRow> {
    let mut rows: BTreeMap<UnitId, HouseholdRow> = BTreeMap::new();
    for (name, layer) in after.change().layers() {
        let Some(state) = working.head.base.layer(name) else { continue };
        let code = |id: UnitId| {
            let is = after.layer(name).and_then(|view| view.unit(id).map(|unit| unit.code.clone()));
            is.or_else(|| state.units.get(id).map(|unit| unit.code.clone()))
        };
        let on_file = |id: UnitId| state.units.get(id).and_then(|unit| state.households(unit));
        for piece in moved(before, after, name, layer) {
            let whole = piece.from.unit().and_then(|from| {
                let m2 = working.head.facts(from)?.measure?.area_m2;
                Some(on_file(from)? as f64 / m2)
            });
            let moving = whole.map_or(0.0, |per_m2| per_m2 * piece.area_m2);
            for (side, is_loss) in [(piece.from, true), (piece.to, false)] {
                let Some((unit, code)) = side.unit().and_then(|id| Some((id, code(id)?))) else { continue };
                let row = rows.entry(unit).or_insert_with(|| HouseholdRow {
                    unit,
                    code,
                    before: on_file(unit),
                    lost: 0.0,
                    gained: 0.0,
                });
                *(if is_loss { &mut row.lost } else { &mut row.gained }) += moving;
            }
        }
    }
    rows.into_values().filter(|row| row.lost + row.gained > 0.0).collect()
}

/// The open reports whose ground changes hands in the layer of the unit that works them.
fn reports(before: &State, after: &State, open: &[Report]) -> Vec<ReportsRow> {
    let mut rows: BTreeMap<(Option<Code>, Option<Code>), u64> = BTreeMap::new();
    for (name, layer) in after.change().layers() {
        let (Some(was), Some(is)) = (before.layer(name), after.layer(name)) else { continue };
        for report in open {
            let Some((from, to)) = layer.swept(report.given.position) else { continue };
            if from.unit() == report.assigned.unit {
                let code = |view: &LayerView, side: Side| Some(view.unit(side.unit()?)?.code.clone());
                *rows.entry((code(&was, from), code(&is, to))).or_default() += 1;
            }
        }
    }
    rows.into_iter().map(|((from, to), open)| ReportsRow { from, to, open }).collect()
}

/// What the net change of a state does to each unit.
fn whole_effect(before: &State, after: &State, layer: &str) -> Effect {
    let operation = Operation { layer: layer.into(), kind: Kind::Restore { change: after.change().clone() } };
    let terms = Terms { ids: Vec::new(), min_area_m2: 0.0 };
    match resolve(before, &operation, &terms) {
        Ok(resolved) => Effect::of(before, after, &resolved),
        // A draft that changes nothing.
        Err(_) => Effect::none(),
    }
}

/// Whether a scheduled draft would no longer apply, or no longer be what was approved.
fn is_blocked(other: &Working, after: &State) -> bool {
    let flow = &other.draft.standing.flow;
    let Some(approval) = flow.approval().filter(|_| flow.stage() == Stage::Scheduled) else { return false };
    let Ok(carried) = other.carried.as_ref() else { return true };
    rebase(&carried.net, after).map_or(true, |change| change.hash() != approval.change)
}

/// The levels at which ground or rows change.
fn touched_levels(was: &LayerView, is: &LayerView, change: &LayerChange) -> BTreeSet<Level> {
    let mut levels = BTreeSet::new();
    let mut grown: BTreeMap<(Level, UnitId), i128> = BTreeMap::new();
    for (side, twice) in change.twice_areas() {
        for (level, unit) in side.unit().into_iter().flat_map(|id| chain(was, is, id)) {
            *grown.entry((level, unit)).or_default() += twice;
        }
    }
    levels.extend(grown.into_iter().filter(|(_, twice)| *twice != 0).map(|((level, _), _)| level));
    // Ground that goes and comes in equal parts changes its grids all the same.
    let moved = change.moves().into_iter().filter_map(Side::unit);
    let rows = change.fields.steps().map(|((id, _), _)| *id);
    levels.extend(moved.chain(rows).filter_map(|id| is.unit(id).or_else(|| was.unit(id))).map(|u| u.level));
    for ((id, _), _) in change.fields.steps().filter(|((_, field), _)| *field == Field::Parent) {
        let (old, new) = (chain(was, was, *id), chain(is, is, *id));
        if old.is_empty() || new.is_empty() {
            // A unit that comes or goes; what it takes along was counted as ground.
            continue;
        }
        levels.extend(old.symmetric_difference(&new).map(|(level, _)| *level));
    }
    levels
}

/// A unit and all above it, as they are after, or before where they are no more.
fn chain(was: &LayerView, is: &LayerView, unit: UnitId) -> BTreeSet<(Level, UnitId)> {
    let find = |id: UnitId| is.unit(id).or_else(|| was.unit(id)).map(|u| (u.level, u.id, u.parent));
    let above = |link: &(Level, UnitId, Option<UnitId>)| link.2.and_then(find);
    std::iter::successors(find(unit), above).map(|(level, id, _)| (level, id)).collect()
}
