//! Taking a revision back: its change turned round, as a new draft.

use crate::app::App;
use crate::app::access::{Actor, Role};
use crate::app::drafting::{DraftError, Working, held};
use crate::edit::{Change, Kind, Lineage, Operation, State, difference, rebase};
use crate::store::NewDraft;
use chrono::{DateTime, Utc};
use std::sync::Arc;

impl App {
    /// Begins a draft that takes a revision back, whatever came after it: what it changed is as before, and all else
    /// stays. Where later revisions changed the same, the conflicts are told and no draft is begun.
    pub async fn revert(
        &self,
        number: u64,
        (title, reason): (Option<String>, Option<String>),
        actor: &Actor,
        at: DateTime<Utc>,
    ) -> Result<Arc<Working>, DraftError> {
        if number < 2 {
            return Err(DraftError::UnknownRevision(number));
        }
        let (before, after) = (self.known(number - 1).await?, self.known(number).await?);
        let lineage = self.store().lineage().await?;
        let lineage: Lineage =
            lineage.into_iter().filter(|l| l.0 == number).map(|(_, unit, heir)| (heir, unit)).collect();
        let (head, who) = (self.published(), actor.clone());
        let base = head.revision().number;
        let turn = move || {
            let turned = difference(&State::new(after.base.grounds()), &State::new(before.base.grounds()));
            let turned = with_lineage(&turned, &lineage);
            let state = State::new(head.base.grounds());
            let change = rebase(&turned, &state).map_err(DraftError::Conflicts)?;
            let next = state.after(&change).map_err(DraftError::Conflicts)?;
            held(&who, &state, &next, &change)?;
            Ok::<Change, DraftError>(change)
        };
        let change: Change =
            tokio::task::spawn_blocking(turn).await.expect("turning a change does not panic")?;
        let layer = change.layers().next().map(|(name, _)| name.to_owned()).ok_or(DraftError::Empty)?;
        actor.must_be(&[Role::Planner], &layer)?;
        let operation = Operation { layer: layer.clone(), kind: Kind::Restore { change: change.clone() } };
        let new = NewDraft {
            layer,
            title: title.unwrap_or_else(|| format!("撤销版本 {number} / revert of revision {number}")),
            reason: reason.unwrap_or_else(|| format!("撤销版本 {number} / revert of revision {number}")),
            document: None,
            reverts: Some(number),
            base,
            author: actor.name.clone(),
            first: Some((operation, change)),
            at,
        };
        let draft = self.store().create_draft(&new).await?;
        self.feed.wake();
        self.working(draft.id).await
    }
}

/// The same change with the lineage of those units that come or go with it.
fn with_lineage(change: &Change, lineage: &Lineage) -> Change {
    let mut whole = Change::default();
    for (name, layer) in change.layers() {
        let mut layer = layer.clone();
        let (came, went) = (layer.created(), layer.retired());
        let own = lineage.iter().filter(|(unit, heir)| went.contains(unit) || came.contains(heir));
        layer.lineage = own.copied().collect();
        whole = whole.then(&Change::of(name, layer)).expect("layers do not meet");
    }
    whole
}
