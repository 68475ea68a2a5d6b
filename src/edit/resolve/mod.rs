//! From what a planner asks for to what it changes, or to why it cannot be.

mod code;
mod give;
mod outcome;
mod path;
mod replace;
mod reshape;
mod rows;

pub use outcome::{AreaChange, Resolved};

use super::change::{Change, LayerChange};
use super::conflict::{Conflict, ConflictKind};
use super::operation::{Kind, Operation};
use super::side::Side;
use super::state::{LayerView, State};
use crate::coverage::{Defect, DefectKind};
use crate::geom::Point;
use crate::unit::{Code, Unit, UnitId};

/// What resolving needs from outside.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Ids that no unit has had: as many as [`Kind::new_units`] says. They are used in order.
    pub ids: Vec<UnitId>,
    /// Parts smaller than this are refused, in m².
    pub min_area_m2: f64,
}

/// A resolved intent before it has passed the gate.
#[derive(Clone, Debug, Default)]
struct Proposal {
    change: Change,
    /// Whether separate parts are wanted.
    parts: bool,
    /// Whether a stored change is made again, so that the rules for new edits do not apply.
    stored: bool,
    codes: Vec<(UnitId, Code)>,
}

impl Proposal {
    fn of(layer: &str, change: LayerChange) -> Self {
        Self { change: Change::of(layer, change), ..Self::default() }
    }
}

/// Why an operation is refused: everything that is wrong with it.
type Refused = Vec<Defect>;

/// Resolves an operation on a state: its change, with what it does to each unit; or all that is wrong with it, each
/// with its place.
///
/// Nothing is changed: [`State::after`] gives the state with the change made. When an operation can be read in two
/// ways, the second is [`Resolved::other`], unless the operation says which it means. Costs one pass over the borders
/// of the layer and the work on the units near the operation.
pub fn resolve(state: &State, operation: &Operation, terms: &Terms) -> Result<Resolved, Vec<Defect>> {
    let (proposals, chosen) = proposed(state, operation, terms)?;
    let readings = proposals.len();
    let mut settled: Vec<Resolved> = Vec::new();
    let mut refused = Vec::new();
    for proposal in proposals {
        match outcome::settled(state, proposal, terms) {
            Ok(resolved) => settled.push(resolved),
            Err(defects) => refused.push(defects),
        }
    }
    let chosen = chosen.unwrap_or(0);
    if chosen > 0 && chosen >= readings.max(1) {
        return Err(vec![refusal(
            DefectKind::Unknown,
            format!("there are {readings} readings, asked for number {chosen}"),
        )]);
    }
    if chosen < settled.len() {
        let mut resolved = settled.remove(chosen);
        resolved.other = settled.pop().map(Box::new);
        return Ok(resolved);
    }
    Err(refused.into_iter().next().unwrap_or_default())
}

/// The readings of an operation, the likelier one first, and which of them is meant.
fn proposed(
    state: &State,
    operation: &Operation,
    terms: &Terms,
) -> Result<(Vec<Proposal>, Option<usize>), Refused> {
    let Some(view) = state.layer(&operation.layer) else {
        return Err(vec![refusal(DefectKind::Unknown, format!("there is no layer {}", operation.layer))]);
    };
    let one = |proposal: Result<Proposal, Refused>| proposal.map(|p| (vec![p], None));
    match &operation.kind {
        Kind::ReplacePath { path, also, reading } => {
            let asked = replace::Asked { path, also, outline: false };
            replace::replace_path(state, &view, &asked).map(|p| (p, *reading))
        }
        Kind::MoveOutline { path, reading } => {
            let asked = replace::Asked { path, also: &[], outline: true };
            replace::replace_path(state, &view, &asked).map(|p| (p, *reading))
        }
        Kind::Reshape { path, target, reading, parts } => {
            reshape::reshape(&view, path, target, *parts).map(|p| (p, *reading))
        }
        Kind::MoveNode { at, to } => one(replace::move_node(&view, *at, *to)),
        Kind::Split { unit, path, new, keep } => one(give::split(&view, (unit, path), (new, *keep), terms)),
        Kind::Merge { keep, drop, parts } => one(give::merge(&view, keep, drop, *parts)),
        Kind::Transfer { from, to, area, parts } => one(give::transfer(&view, (from, to), area, *parts)),
        Kind::Create { area, new, parent, parts } => {
            one(give::create(&view, area, (new, parent), *parts, terms))
        }
        Kind::Retire { unit } => one(give::retire(&view, unit)),
        Kind::ReassignParent { units, parent } => one(rows::reassign_parent(&view, units, parent)),
        Kind::SetAttributes { unit, set } => one(rows::set_attributes(&view, unit, set)),
        Kind::ReplaceUnits { units, retire } => one(rows::replace_units(&view, units, retire, terms)),
        Kind::Restore { change } => {
            one(Ok(Proposal { change: change.clone(), parts: true, stored: true, codes: Vec::new() }))
        }
    }
}

/// A defect on the ground.
pub(super) fn defect(
    kind: DefectKind,
    at: Option<Point>,
    sides: impl IntoIterator<Item = Side>,
    detail: String,
) -> Defect {
    let mut units: Vec<UnitId> = sides.into_iter().filter_map(Side::unit).collect();
    units.sort_unstable();
    units.dedup();
    Defect { kind, at, units, area_m2: None, shape: None, detail }
}

/// A defect without a place.
fn refusal(kind: DefectKind, detail: String) -> Defect {
    defect(kind, None, [], detail)
}

/// The unit with a code, of whatever level.
fn unit(view: &LayerView, code: &Code) -> Result<Unit, Refused> {
    let detail = || format!("there is no unit {code} in the layer {}", view.layer().name);
    view.by_code(code)
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| vec![refusal(DefectKind::Unknown, detail())])
}

/// The grid with a code.
fn grid(view: &LayerView, code: &Code) -> Result<UnitId, Refused> {
    let unit = unit(view, code)?;
    if unit.level == view.layer().grid_level() {
        return Ok(unit.id);
    }
    let level = view.layer().level_name(unit.level);
    let detail = format!("unit {code} must be a grid, got a {level}: only grids have ground of their own");
    Err(vec![defect(DefectKind::NotAllowed, None, [Side::Unit(unit.id)], detail)])
}

/// A conflict as the defect of an operation.
fn from_conflict(conflict: Conflict) -> Defect {
    let kind = match conflict.kind {
        ConflictKind::Border | ConflictKind::Field => DefectKind::Stale,
        ConflictKind::Crossing => DefectKind::Crossing,
        ConflictKind::Code => DefectKind::DuplicateCode,
        ConflictKind::Parent => DefectKind::WrongParent,
        ConflictKind::Unit => DefectKind::Unknown,
    };
    defect(kind, conflict.at, conflict.units.into_iter().map(Side::Unit), conflict.detail)
}
