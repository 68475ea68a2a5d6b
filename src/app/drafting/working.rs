//! A draft at work: its operations carried over to the state in force, ready to be drawn on.

use super::DraftError;
use crate::app::{App, Published};
use crate::edit::{Boxes, Change, Conflict, IllegalStep, Kind, Operation, State, StateHash, rebase};
use crate::store::{Draft, DraftEvent, DraftOperation, DraftStanding, DraftWrite, Part, WholeDraft};
use chrono::{DateTime, Utc};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// How many drafts at work are kept.
const KEPT: usize = 8;

/// A draft on the state in force.
///
/// A draft's operations stand on the revision on which they were written last. When another one is in force they are
/// carried over, one by one; where that gives no conflict, the next write of the draft keeps it so. A draft whose
/// life is over is left where it stands.
#[derive(Debug)]
pub struct Working {
    /// The draft as it is stored.
    pub draft: Draft,
    /// Its operations as they are stored.
    pub stored: Vec<DraftOperation>,
    /// Its trail, oldest first.
    pub trail: Vec<DraftEvent>,
    /// The state in force.
    pub head: Arc<Published>,
    /// Its operations and its net change on the state in force, or what is in the way.
    pub carried: Result<Carried, Vec<Conflict>>,
    boxes: Boxes,
    pub(super) hash: OnceLock<Option<StateHash>>,
}

/// Operations on the state in force.
#[derive(Clone, Debug)]
pub struct Carried {
    /// All operations; those that are part of the draft, or may be again, with their changes on the state in force.
    pub operations: Vec<DraftOperation>,
    /// The net change of those that are part.
    pub net: Change,
}

/// The drafts worked on last, with the boxes of the state in force.
#[derive(Debug, Default)]
pub(in crate::app) struct Desk {
    kept: Mutex<Vec<Arc<Working>>>,
    boxes: Mutex<Option<(u64, Boxes)>>,
}

impl Desk {
    fn find(&self, id: u64, version: u64, head: u64) -> Option<Arc<Working>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|w| w.draft.id == id)?;
        let found = kept.remove(at);
        let fresh = found.draft.version == version && found.head.revision().number == head;
        fresh.then(|| {
            kept.push(found.clone());
            found
        })
    }

    /// Keeps a draft at work, in the place of what was kept of it.
    pub(super) fn keep(&self, working: Arc<Working>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // Drafts on an older state would keep it in memory.
        let head = working.head.revision().number;
        kept.retain(|w| w.draft.id != working.draft.id && w.head.revision().number == head);
        kept.push(working);
        let excess = kept.len().saturating_sub(KEPT);
        kept.drain(..excess);
    }

    fn boxes(&self, head: &Published) -> Boxes {
        let mut boxes = self.boxes.lock().unwrap_or_else(PoisonError::into_inner);
        let number = head.revision().number;
        match boxes.as_ref().filter(|(of, _)| *of == number) {
            Some((_, found)) => found.clone(),
            None => boxes.insert((number, State::new(head.base.grounds()).boxes().clone())).1.clone(),
        }
    }

    /// Lets go of everything that stands on an older state.
    pub(in crate::app) fn clear(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
        *self.boxes.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl App {
    /// A draft on the state in force.
    pub async fn working(&self, id: u64) -> Result<Arc<Working>, DraftError> {
        let version = self.store().draft_version(id).await?.ok_or(DraftError::Unknown(id))?;
        let mut head = self.published();
        if let Some(found) = self.desk.find(id, version, head.revision().number) {
            return Ok(found);
        }
        let whole = self.store().draft(id).await?.ok_or(DraftError::Unknown(id))?;
        if whole.draft.standing.base > head.revision().number {
            // Another node has published, and its draft was read before its revision.
            self.take_up().await?;
            head = self.published();
        }
        let boxes = self.desk.boxes(&head);
        let build = tokio::task::spawn_blocking(move || Working::new(whole, head, boxes));
        let working = Arc::new(build.await.expect("carrying a draft over does not panic"));
        self.desk.keep(working.clone());
        Ok(working)
    }

    /// A draft that still has the version that the caller saw.
    pub(in crate::app) async fn working_at(
        &self,
        id: u64,
        expected: u64,
    ) -> Result<Arc<Working>, DraftError> {
        let working = self.working(id).await?;
        let got = working.draft.version;
        if got == expected { Ok(working) } else { Err(DraftError::Stale { expected, got }) }
    }

    /// Writes a draft, and gives it as it is then.
    pub(in crate::app) async fn write(&self, write: DraftWrite) -> Result<Arc<Working>, DraftError> {
        self.store().write_draft(&write).await?;
        self.feed.wake();
        self.working(write.id).await
    }
}

impl Working {
    fn new(whole: WholeDraft, head: Arc<Published>, boxes: Boxes) -> Self {
        let WholeDraft { draft, operations: stored, trail } = whole;
        let on_head = draft.standing.base == head.revision().number || draft.standing.flow.stage().is_final();
        let carried = if on_head {
            let net = composed(&stored).expect("the operations of a draft follow each other");
            Ok(Carried { operations: stored.clone(), net })
        } else {
            let state = State::resume(head.base.grounds(), &boxes, Change::default());
            carry(&stored, &state, &draft.layer)
        };
        Self { draft, stored, trail, head, carried, boxes, hash: OnceLock::new() }
    }

    /// The operations on the state in force, or what is in the way.
    pub fn carried(&self) -> Result<&Carried, DraftError> {
        self.carried.as_ref().map_err(|conflicts| DraftError::Conflicts(conflicts.clone()))
    }

    /// The state in force without the draft.
    pub fn before(&self) -> State<'_> {
        State::resume(self.head.base.grounds(), &self.boxes, Change::default())
    }

    /// The state in force with a change that was let pass on it.
    pub(in crate::app) fn with(&self, change: Change) -> State<'_> {
        State::resume(self.head.base.grounds(), &self.boxes, change)
    }

    /// The state that the draft draws. There is none of a draft whose life is over: its operations stand on a state of
    /// then.
    pub fn state(&self) -> Result<State<'_>, DraftError> {
        let stage = self.draft.standing.flow.stage();
        if stage.is_final() {
            let step = "measured against the state in force";
            return Err(IllegalStep::NotFromHere { stage, step }.into());
        }
        Ok(self.with(self.carried()?.net.clone()))
    }

    /// A write of the draft that leaves it as it is, except that its operations stand on the state in force if they
    /// can.
    pub(in crate::app) fn write(&self, by: &str, at: DateTime<Utc>) -> DraftWrite {
        let mut write = DraftWrite {
            id: self.draft.id,
            expected: self.draft.version,
            standing: self.draft.standing.clone(),
            operations: Vec::new(),
            events: Vec::new(),
            at,
        };
        let head = self.head.revision().number;
        if let Ok(carried) = self.carried.as_ref()
            && self.draft.standing.base != head
            && !self.draft.standing.flow.stage().is_final()
        {
            let moved = |o: &&DraftOperation| self.stored.iter().find(|s| s.seq == o.seq) != Some(*o);
            write.operations = carried.operations.iter().filter(moved).cloned().collect();
            write.standing = DraftStanding { base: head, ..write.standing };
            let said = format!("from revision {} to {head}", self.draft.standing.base);
            write.events.push(event("rebased", by, Some(said), at));
        }
        write
    }
}

/// A step for the trail.
pub(in crate::app) fn event(
    kind: &str,
    actor: &str,
    comment: Option<String>,
    made_at: DateTime<Utc>,
) -> DraftEvent {
    DraftEvent { kind: kind.into(), actor: actor.into(), comment, made_at }
}

/// The net change of the operations that are part of a draft; `None` when they do not follow each other.
pub(super) fn composed(operations: &[DraftOperation]) -> Option<Change> {
    let done = operations.iter().filter(|o| o.part == Part::Done);
    done.map(|o| &o.change).try_fold(Change::default(), |net, change| net.then(change).ok())
}

/// Operations carried over to another state, one by one. Where one of them does not hold alone but all together do,
/// they become one: what they did in all. What was undone and no longer holds can no longer be redone.
pub(super) fn carry(
    operations: &[DraftOperation],
    base: &State,
    layer: &str,
) -> Result<Carried, Vec<Conflict>> {
    let mut state = base.clone();
    let mut moved = operations.to_vec();
    let mut stuck = false;
    for operation in moved.iter_mut().filter(|o| o.part == Part::Done) {
        let Some((change, next)) = step(&state, &operation.change) else {
            stuck = true;
            break;
        };
        (operation.change, state) = (change, next);
    }
    if stuck {
        let net = composed(operations).expect("the operations of a draft follow each other");
        let net = rebase(&net, base)?;
        state = base.after(&net)?;
        moved = folded(operations, &net, layer);
    }
    let net = state.change().clone();
    for operation in moved.iter_mut().filter(|o| o.part == Part::Undone) {
        let Some((change, next)) = step(&state, &operation.change).filter(|_| !stuck) else {
            stuck = true;
            operation.part = Part::Dropped;
            continue;
        };
        (operation.change, state) = (change, next);
    }
    Ok(Carried { operations: moved, net })
}

fn step<'a>(state: &State<'a>, change: &Change) -> Option<(Change, State<'a>)> {
    let change = rebase(change, state).ok()?;
    let next = state.after(&change).ok()?;
    Some((change, next))
}

/// The same draft with one operation in the place of all that are part of it.
fn folded(operations: &[DraftOperation], net: &Change, layer: &str) -> Vec<DraftOperation> {
    let mut folded = operations.to_vec();
    let last = folded.iter().rfind(|o| o.part == Part::Done).cloned();
    let seq = folded.iter().map(|o| o.seq).max().unwrap_or(0) + 1;
    folded.iter_mut().filter(|o| o.part == Part::Done).for_each(|o| o.part = Part::Dropped);
    folded.extend(last.map(|last| {
        let operation = Operation { layer: layer.into(), kind: Kind::Restore { change: net.clone() } };
        DraftOperation { seq, operation, change: net.clone(), ..last }
    }));
    folded
}
