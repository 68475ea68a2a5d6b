//! Going on from another revision: a draft is carried over, and a person settles what is in the way.

use super::drawing::{edited, own};
use super::effect::UnitGround;
use super::working::{Carried, Working, composed, event};
use super::{DraftError, LEAST_PART_M2, territory};
use crate::app::access::Actor;
use crate::app::{App, Published};
use crate::edit::{Change, Conflict, Kind, Operation, State, Terms, rebase, resolve};
use crate::store::{DraftOperation, DraftStanding, Part};
use crate::unit::UnitId;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How a person settles conflicts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settling {
    /// Operations that are left out, by number: what others did stays.
    pub drop: BTreeSet<u64>,
    /// Operations whose intent is drawn again on the state in force, by number: what others did there gives way.
    pub again: BTreeSet<u64>,
}

/// A conflict, with the units concerned as each side has them.
#[derive(Clone, Debug)]
pub struct ConflictFound {
    /// What is in the way.
    pub conflict: Conflict,
    /// The units where the draft began.
    pub base: Vec<UnitGround>,
    /// The same as they are in force.
    pub theirs: Vec<UnitGround>,
    /// The same as the draft draws them.
    pub mine: Vec<UnitGround>,
}

impl App {
    /// Carries a draft over to the state in force for good. Without a word on how conflicts are settled, one conflict
    /// leaves the draft as it was. An approval survives when the change comes out identical, and not otherwise.
    pub async fn rebase_draft(
        &self,
        (id, expected): (u64, u64),
        settling: Settling,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Arc<Working>, DraftError> {
        let working = self.working_at(id, expected).await?;
        own(&working, actor)?;
        if settling == Settling::default() {
            return self.keep_carried(&working, actor, now).await;
        }
        let mut write = edited(&working, actor, now)?;
        let (settle, who) = (working.clone(), actor.clone());
        let settle = tokio::task::spawn_blocking(move || settled(&settle, &settling, &who));
        let carried = settle.await.expect("settling does not panic")?;
        let base = working.head.revision().number;
        write.standing = DraftStanding { base, ..write.standing };
        write.operations = carried.operations;
        write.events.push(event("settled", &actor.name, None, now));
        self.write(write).await
    }

    async fn keep_carried(
        &self,
        working: &Arc<Working>,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Arc<Working>, DraftError> {
        let hash = working.carried()?.net.hash();
        let head = working.head.revision().number;
        if working.draft.standing.base == head || working.draft.standing.flow.stage().is_final() {
            return Ok(working.clone());
        }
        let mut write = working.write(&actor.name, now);
        write.standing.flow = working.draft.standing.flow.rebased(hash);
        if write.standing.flow.stage() != working.draft.standing.flow.stage() {
            write.standing.scheduled_at = None;
            let said = "the change is not the one that was approved".to_owned();
            write.events.push(event("approval lost", &actor.name, Some(said), now));
        }
        self.write(write).await
    }

    /// What keeps a draft from being carried over, each with the units concerned as they were, are and would be.
    pub async fn draft_conflicts(&self, id: u64) -> Result<Vec<ConflictFound>, DraftError> {
        let working = self.working(id).await?;
        let Err(conflicts) = working.carried.clone() else { return Ok(Vec::new()) };
        let base = self.published_number(working.draft.standing.base).await?;
        let show = move || conflicts.into_iter().map(|c| ConflictFound::of(c, &base, &working)).collect();
        Ok(tokio::task::spawn_blocking(show).await.expect("showing conflicts does not panic"))
    }
}

impl ConflictFound {
    fn of(conflict: Conflict, base: &Published, working: &Working) -> Self {
        let (layer, units) = (conflict.layer.clone(), conflict.units.clone());
        let net = composed(&working.stored).unwrap_or_default();
        Self {
            base: grounds(base, &layer, &units),
            theirs: grounds(&working.head, &layer, &units),
            mine: drawn(base, net, &layer, &units),
            conflict,
        }
    }
}

/// Units of a published state with their ground.
fn grounds(published: &Published, layer: &str, units: &[UnitId]) -> Vec<UnitGround> {
    let Some(state) = published.base.layer(layer) else { return Vec::new() };
    let ground = |id: &UnitId| {
        let unit = state.units.get(*id)?.clone();
        let parent = unit.parent.and_then(|p| state.units.get(p)).map(|p| p.code.clone());
        let shape = state.derived(unit.level).shape(unit.id);
        let level = state.layer.level_name(unit.level).to_owned();
        Some(UnitGround { layer: layer.into(), level, unit, parent, shape: Some(shape) })
    };
    units.iter().filter_map(ground).collect()
}

/// The same units as a change on that state draws them.
fn drawn(base: &Published, net: Change, layer: &str, units: &[UnitId]) -> Vec<UnitGround> {
    let before = State::new(base.base.grounds());
    let operation = Operation { layer: layer.into(), kind: Kind::Restore { change: net.clone() } };
    let terms = Terms { ids: Vec::new(), min_area_m2: 0.0 };
    let Ok(resolved) = resolve(&before, &operation, &terms) else { return Vec::new() };
    let after = State::resume(base.base.grounds(), before.boxes(), net);
    let Some(view) = after.layer(layer) else { return Vec::new() };
    let untouched = grounds(base, layer, units);
    let ground = |id: &UnitId| {
        let unit = view.unit(*id)?.into_owned();
        let parent = unit.parent.and_then(|p| view.unit(p)).map(|p| p.code.clone());
        let kept = || untouched.iter().find(|g| g.unit.id == *id).and_then(|g| g.shape.clone());
        let shape = resolved.after.get(id).cloned().or_else(kept);
        let level = view.layer().level_name(unit.level).to_owned();
        Some(UnitGround { layer: layer.into(), level, unit, parent, shape })
    };
    units.iter().filter_map(ground).collect()
}

/// The operations of a draft on the state in force, some left out and some drawn again.
fn settled(working: &Working, settling: &Settling, actor: &Actor) -> Result<Carried, DraftError> {
    let mut operations = working.stored.clone();
    let part = |seq: &u64| operations.iter().any(|o| o.seq == *seq && o.part == Part::Done);
    if let Some(&unknown) = settling.drop.union(&settling.again).find(|seq| !part(seq)) {
        return Err(DraftError::UnknownOperation(unknown));
    }
    let mut state = working.before();
    for operation in &mut operations {
        match operation.part {
            Part::Done if !settling.drop.contains(&operation.seq) => {
                let change = if settling.again.contains(&operation.seq) {
                    drawn_again(&state, operation)?
                } else {
                    rebase(&operation.change, &state).map_err(DraftError::Conflicts)?
                };
                let next = state.after(&change).map_err(DraftError::Conflicts)?;
                territory::held(actor, &state, &next, &change)?;
                (operation.change, state) = (change, next);
            }
            // What was undone was undone on top of what is no more.
            Part::Done | Part::Undone => operation.part = Part::Dropped,
            Part::Dropped => {}
        }
    }
    Ok(Carried { operations, net: state.change().clone() })
}

/// The change of an operation when its intent is drawn on another state; its new units keep their ids.
fn drawn_again(state: &State, operation: &DraftOperation) -> Result<Change, DraftError> {
    let ids = operation.change.layers().flat_map(|(_, layer)| layer.created()).collect();
    let terms = Terms { ids, min_area_m2: LEAST_PART_M2 };
    let resolved = resolve(state, &operation.operation, &terms).map_err(DraftError::Refused)?;
    Ok(resolved.change)
}
