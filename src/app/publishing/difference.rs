//! What differs between two revisions.

use crate::app::drafting::{AreaRow, DraftError, UnitGround};
use crate::app::{App, Published};
use crate::edit::{Change, State, difference};
use crate::unit::{Code, UnitId};
use std::sync::Arc;

/// What leads from one revision to another.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The change.
    pub change: Change,
    /// The units that it touches, as they are in the first.
    pub before: Vec<UnitGround>,
    /// The same, as they are in the second.
    pub after: Vec<UnitGround>,
    /// The areas that differ.
    pub areas: Vec<AreaRow>,
    /// Who took ground of whom on the way, where one of the two is no more or is new: codes before and after.
    pub lineage: Vec<(Code, Code)>,
}

impl App {
    /// What leads from one revision to another; backwards as well.
    pub async fn difference(&self, from: u64, to: u64) -> Result<Difference, DraftError> {
        let (a, b) = (self.known(from).await?, self.known(to).await?);
        let (first, last) = (from.min(to), from.max(to));
        let lineage = self.store().lineage().await?;
        let within: Vec<(UnitId, UnitId)> = lineage
            .into_iter()
            .filter(|(revision, ..)| (first + 1..=last).contains(revision))
            .map(|(_, unit, heir)| if from < to { (unit, heir) } else { (heir, unit) })
            .collect();
        let compare = move || compare(&a, &b, &within);
        Ok(tokio::task::spawn_blocking(compare).await.expect("comparing does not panic"))
    }

    /// The state of a revision that there is.
    pub(super) async fn known(&self, number: u64) -> Result<Arc<Published>, DraftError> {
        if !self.published().revisions.iter().any(|r| r.number == number) {
            return Err(DraftError::UnknownRevision(number));
        }
        Ok(self.published_number(number).await?)
    }
}

fn compare(a: &Published, b: &Published, lineage: &[(UnitId, UnitId)]) -> Difference {
    let change = difference(&State::new(a.base.grounds()), &State::new(b.base.grounds()));
    let (mut before, mut after, mut areas) = (Vec::new(), Vec::new(), Vec::new());
    for (name, layer) in change.layers() {
        for id in layer.touched() {
            let (mut was, mut is) = (ground(a, name, id), ground(b, name, id));
            let m2 = |p: &Published| p.facts(id).and_then(|f| f.measure).map_or(0.0, |m| m.area_m2);
            if was.as_ref().map(|g| &g.shape) == is.as_ref().map(|g| &g.shape) {
                was.iter_mut().chain(is.iter_mut()).for_each(|g| g.shape = None);
            } else if let Some(code) = is.as_ref().or(was.as_ref()).map(|g| g.unit.code.clone()) {
                areas.push(AreaRow { unit: id, code, before_m2: m2(a), after_m2: m2(b) });
            }
            before.extend(was);
            after.extend(is);
        }
    }
    let code = |p: &Published, id: UnitId| p.base.unit(id).map(|(_, unit)| unit.code.clone());
    let lineage = lineage.iter().filter_map(|&(unit, heir)| Some((code(a, unit)?, code(b, heir)?))).collect();
    Difference { change, before, after, areas, lineage }
}

/// A unit of a state with its ground, if it is a grid.
fn ground(published: &Published, layer: &str, id: UnitId) -> Option<UnitGround> {
    let state = published.base.layer(layer)?;
    let unit = state.units.get(id)?.clone();
    let is_grid = unit.level == state.layer.grid_level();
    let shape = is_grid.then(|| state.derived(unit.level).shape(id).canonical());
    let parent = unit.parent.and_then(|p| state.units.get(p)).map(|p| p.code.clone());
    let level = state.layer.level_name(unit.level).to_owned();
    Some(UnitGround { layer: layer.into(), level, unit, parent, shape })
}
