//! A draft looked at one operation after the other.

use super::{DraftError, Drawn, Effect, Working};
use crate::app::App;
use crate::edit::{Change, Kind, Operation, Terms, resolve};
use crate::store::{DraftOperation, Part};
use std::sync::Arc;

impl App {
    /// What one operation of a draft did, on what those before it drew. One that is undone or dropped does nothing.
    pub async fn operation_effect(&self, id: u64, seq: u64) -> Result<Drawn, DraftError> {
        let working = self.working(id).await?;
        let find = move || stepped(&working, seq);
        tokio::task::spawn_blocking(find).await.expect("showing an operation does not panic")
    }
}

fn stepped(working: &Arc<Working>, seq: u64) -> Result<Drawn, DraftError> {
    let operations = &working.carried()?.operations;
    let one = operations.iter().find(|o| o.seq == seq).ok_or(DraftError::UnknownOperation(seq))?;
    let (name, version) = (one.operation.kind.name(), working.draft.version);
    let drawn = |effect| Drawn { seq: Some(seq), name, version, effect, other: None, claims: Vec::new() };
    let over = working.draft.standing.flow.stage().is_final();
    if over || one.part != Part::Done {
        return Ok(drawn(Effect::none()));
    }
    let before = |o: &&DraftOperation| o.part == Part::Done && o.seq < seq;
    let changes = operations.iter().filter(before).map(|o| &o.change);
    let net = changes.fold(Change::default(), |net, change| {
        net.then(change).expect("the operations of a draft follow each other")
    });
    let state = working.with(net);
    let kind = Kind::Restore { change: one.change.clone() };
    let operation = Operation { layer: working.draft.layer.clone(), kind };
    let terms = Terms { ids: Vec::new(), min_area_m2: 0.0 };
    let Ok(resolved) = resolve(&state, &operation, &terms) else {
        // One that others have made as well does nothing any more.
        return Ok(drawn(Effect::none()));
    };
    let after = state.change().then(&resolved.change).expect("a change that was let pass fits");
    Ok(drawn(Effect::of(&state, &working.with(after), &resolved)))
}
