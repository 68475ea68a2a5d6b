//! Drawing: operations tried, added, undone and redone.

use super::effect::Effect;
use super::working::{Working, event};
use super::{DraftError, territory};
use crate::app::App;
use crate::app::access::{Actor, Role};
use crate::edit::{Change, Kind, Operation, Resolved, State, Step, Terms, resolve};
use crate::store::{Claim, DraftOperation, DraftWrite, Part};
use crate::unit::UnitId;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A part of a unit smaller than this, in m², is refused: nobody could stand in it and know where he is.
pub const LEAST_PART_M2: f64 = 25.0;

/// Ids of units that are only tried: the largest there are, which no store gives out.
const TRIED: u64 = (1 << 53) - 2;

/// An operation as it was tried or made.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Its number in the draft; `None` for one that was only tried.
    pub seq: Option<u64>,
    /// The kind of operation.
    pub name: &'static str,
    /// The version of the draft after it.
    pub version: u64,
    /// What it does.
    pub effect: Effect,
    /// What it does when it is read in the other way.
    pub other: Option<Effect>,
    /// Who works in other drafts on the units that it touches.
    pub claims: Vec<Claim>,
}

/// An operation resolved on a draft, and what it does.
struct Tried {
    change: Change,
    effect: Effect,
    other: Option<Effect>,
}

impl App {
    /// Tries an operation on a draft without writing anything.
    pub async fn preview(
        self: &Arc<Self>,
        id: u64,
        operation: Operation,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Drawn, DraftError> {
        let working = self.working(id).await?;
        drawable(&working, actor)?;
        let version = working.draft.version;
        let ids = provisional(operation.kind.new_units());
        let (name, actor_name) = (operation.kind.name(), actor.name.clone());
        let tried = try_operation(working, operation, ids, actor.clone()).await?;
        let claims = self.told(id, &actor_name, &tried.change, now).await;
        Ok(Drawn { seq: None, name, version, effect: tried.effect, other: tried.other, claims })
    }

    /// Adds an operation to a draft. What was undone before can no longer be redone.
    pub async fn add_operation(
        self: &Arc<Self>,
        (id, expected): (u64, u64),
        operation: Operation,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Drawn, DraftError> {
        let working = self.working_at(id, expected).await?;
        drawable(&working, actor)?;
        let count = operation.kind.new_units();
        let tried =
            try_operation(working.clone(), operation.clone(), provisional(count), actor.clone()).await?;
        let tried = if count == 0 {
            tried
        } else {
            // Ids are taken for what will hold only.
            let ids = self.store().reserve_units(id, count).await?;
            try_operation(working.clone(), operation.clone(), ids, actor.clone()).await?
        };
        let seq = working.stored.iter().map(|o| o.seq).max().unwrap_or(0);
        let carried = working.carried()?.operations.iter().map(|o| o.seq).max().unwrap_or(0);
        let (seq, name) = (seq.max(carried) + 1, operation.kind.name());
        let mut write = edited(&working, actor, now)?;
        for undone in working.carried()?.operations.iter().filter(|o| o.part == Part::Undone) {
            put(&mut write, DraftOperation { part: Part::Dropped, ..undone.clone() });
        }
        let made_by = actor.name.clone();
        let change = tried.change.clone();
        put(&mut write, DraftOperation { seq, operation, change, part: Part::Done, made_by, made_at: now });
        let after = self.write(write).await?;
        let claims = self.told(id, &actor.name, &tried.change, now).await;
        let (version, effect) = (after.draft.version, tried.effect);
        Ok(Drawn { seq: Some(seq), name, version, effect, other: tried.other, claims })
    }

    /// Takes the last operation back. It needs nothing of the state in force, so it can settle a conflict.
    pub async fn undo(
        self: &Arc<Self>,
        (id, expected): (u64, u64),
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Drawn, DraftError> {
        let working = self.working_at(id, expected).await?;
        let operations = working.carried.as_ref().map_or(&working.stored, |c| &c.operations);
        let last = operations.iter().rfind(|o| o.part == Part::Done).cloned();
        let last = last.ok_or(DraftError::Nothing("undo"))?;
        self.turn(working, DraftOperation { part: Part::Undone, ..last }, actor, now).await
    }

    /// Makes the operation again that was undone last.
    pub async fn redo(
        self: &Arc<Self>,
        (id, expected): (u64, u64),
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Drawn, DraftError> {
        let working = self.working_at(id, expected).await?;
        let next = working.carried()?.operations.iter().find(|o| o.part == Part::Undone).cloned();
        let next = next.ok_or(DraftError::Nothing("redo"))?;
        self.turn(working, DraftOperation { part: Part::Done, ..next }, actor, now).await
    }

    /// Writes an operation that is undone or done again, and tells what that does.
    async fn turn(
        self: &Arc<Self>,
        working: Arc<Working>,
        operation: DraftOperation,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Drawn, DraftError> {
        own(&working, actor)?;
        let mut write = edited(&working, actor, now)?;
        put(&mut write, operation.clone());
        let (id, seq, name) = (working.draft.id, operation.seq, operation.operation.kind.name());
        let after = self.write(write).await?;
        let change = if operation.part == Part::Done { operation.change } else { operation.change.invert() };
        let effect = match &working.carried {
            Ok(_) => shown(working.clone(), change.clone()).await?,
            Err(_) => Effect::none(),
        };
        let claims = self.told(id, &actor.name, &change, now).await;
        Ok(Drawn { seq: Some(seq), name, version: after.draft.version, effect, other: None, claims })
    }

    /// Notes who works on the units of a change, and gives the claims of others on them.
    async fn told(self: &Arc<Self>, id: u64, actor: &str, change: &Change, now: DateTime<Utc>) -> Vec<Claim> {
        let units: BTreeSet<UnitId> = change.layers().flat_map(|(_, layer)| layer.touched()).collect();
        self.note_claim(id, actor, &units, now);
        self.claims_on(id, &units, now).await
    }
}

/// Lets the author pass, as long as they are a planner of the layer.
pub(super) fn own(working: &Working, actor: &Actor) -> Result<(), DraftError> {
    actor.must_be(&[Role::Planner], &working.draft.layer)?;
    let author = working.draft.standing.flow.author();
    if author == actor.name {
        return Ok(());
    }
    Err(DraftError::NotAuthor { author: author.into(), actor: actor.name.clone() })
}

/// Lets the author of a draft pass that is open and stands on the state in force.
fn drawable(working: &Working, actor: &Actor) -> Result<(), DraftError> {
    own(working, actor)?;
    let net = &working.carried()?.net;
    working.draft.standing.flow.take(Step::Edit, net.hash(), actor.four_eyes)?;
    Ok(())
}

/// The write with which an edit begins.
pub(super) fn edited(working: &Working, actor: &Actor, now: DateTime<Utc>) -> Result<DraftWrite, DraftError> {
    let mut write = working.write(&actor.name, now);
    let hash = working.carried.as_ref().map_or_else(|_| Change::default().hash(), |c| c.net.hash());
    write.standing.flow = working.draft.standing.flow.take(Step::Edit, hash, actor.four_eyes)?;
    write.standing.blocked = None;
    write.standing.scheduled_at = None;
    if working.draft.standing.flow.stage() != write.standing.flow.stage() {
        write.events.push(event("reopened", &actor.name, None, now));
    }
    Ok(write)
}

/// Puts an operation into a write, in the place of what the write said of it.
pub(super) fn put(write: &mut DraftWrite, operation: DraftOperation) {
    write.operations.retain(|o| o.seq != operation.seq);
    write.operations.push(operation);
}

fn provisional(count: usize) -> Vec<UnitId> {
    let ids = (0..count as u64).map(|n| UnitId::try_from(TRIED - n));
    ids.map(|id| id.expect("there are fewer new units than ids")).collect()
}

/// Resolves an operation away from the threads that answer requests.
async fn try_operation(
    working: Arc<Working>,
    operation: Operation,
    ids: Vec<UnitId>,
    actor: Actor,
) -> Result<Tried, DraftError> {
    let work = move || {
        let state = working.state()?;
        let terms = Terms { ids, min_area_m2: LEAST_PART_M2 };
        let mut resolved = resolve(&state, &operation, &terms).map_err(DraftError::Refused)?;
        let other = resolved.other.take();
        let after = next(&working, &state, &resolved);
        territory::held(&actor, &state, &after, &resolved.change)?;
        let effect = Effect::of(&state, &after, &resolved);
        let other = other.map(|other| Effect::of(&state, &next(&working, &state, &other), &other));
        Ok(Tried { change: resolved.change, effect, other })
    };
    tokio::task::spawn_blocking(work).await.expect("resolving an operation does not panic")
}

/// What a stored change does on a draft.
async fn shown(working: Arc<Working>, change: Change) -> Result<Effect, DraftError> {
    let work = move || {
        let state = working.state()?;
        let layer = working.draft.layer.clone();
        let operation = Operation { layer, kind: Kind::Restore { change } };
        let terms = Terms { ids: Vec::new(), min_area_m2: 0.0 };
        match resolve(&state, &operation, &terms) {
            Ok(resolved) => Ok(Effect::of(&state, &next(&working, &state, &resolved), &resolved)),
            // An operation that others have made as well does nothing any more.
            Err(_) => Ok(Effect::none()),
        }
    };
    tokio::task::spawn_blocking(work).await.expect("showing a change does not panic")
}

fn next<'a>(working: &'a Working, state: &State<'a>, resolved: &Resolved) -> State<'a> {
    let net = state.change().then(&resolved.change).expect("a change that was let pass fits");
    working.with(net)
}
