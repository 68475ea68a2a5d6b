//! All drawings of one layer, each made when it is first asked for.

use super::label::label_point;
use super::levels::{FIRST_ZOOM, LAST_ZOOM, Zooms};
use super::plate::Drawn;
use super::tint::Tints;
use crate::coverage::Coverage;
use crate::geom::{Bbox, Point};
use crate::snapshot::LayerState;
use crate::unit::{Level, UnitId};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// How many drawings of a layer are kept. A finely drawn zoom of a city takes some ten megabytes, and
/// tiles that were asked for often are kept elsewhere, packed.
const KEPT: usize = 4;

/// Where a unit's name stands, whatever the zoom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// The unit.
    pub unit: UnitId,
    /// Its level.
    pub level: Level,
    /// Strictly inside the unit; see [`super::label_point`].
    pub point: Point,
    /// How often its area doubles before it is more than the largest of its level: 0 is the most
    /// important.
    pub rank: u8,
}

/// The labels of all units of a layer that have ground.
#[derive(Clone, Debug, Default)]
pub struct Labels(Vec<Label>);

impl Labels {
    /// Places the labels of every level. Costs a search for the pole of each unit, on all cores.
    pub fn of(state: &LayerState) -> Self {
        Self::with(state, |_, _| None)
    }

    /// The same; a unit with the borders that it had before keeps its place. Costs a pass over the arcs of every level.
    pub fn after(state: &LayerState, before: &LayerState) -> Self {
        let labels = before.labels();
        let differing: Vec<BTreeSet<UnitId>> = levels(state)
            .map(|level| {
                let coverage = state.level_coverage(level);
                if usize::from(level.0) < before.layer.levels.len() {
                    coverage.differing_units(before.level_coverage(level))
                } else {
                    coverage.units().iter().copied().collect()
                }
            })
            .collect();
        Self::with(state, |level, unit| {
            let label = labels.get(unit).filter(|label| label.level == level)?;
            (!differing[usize::from(level.0)].contains(&unit)).then_some(label.point)
        })
    }

    fn with(state: &LayerState, known: impl Fn(Level, UnitId) -> Option<Point> + Sync) -> Self {
        let of_level = |level| level_labels(level, state.level_coverage(level), &|unit| known(level, unit));
        let mut labels: Vec<Label> = levels(state).flat_map(of_level).collect();
        labels.sort_unstable_by_key(|label| label.unit);
        Self(labels)
    }

    /// The label of a unit; `None` when it has no ground. Costs a binary search.
    pub fn get(&self, unit: UnitId) -> Option<Label> {
        self.0.binary_search_by_key(&unit, |label| label.unit).ok().map(|i| self.0[i])
    }

    /// The labels in a box, by unit. Costs a look at each.
    pub fn within(&self, around: Bbox) -> Vec<Label> {
        self.0.iter().filter(|label| around.contains(label.point)).copied().collect()
    }

    /// The labels of one level, by unit.
    pub fn of_level(&self, level: Level) -> impl Iterator<Item = &Label> {
        self.0.iter().filter(move |label| label.level == level)
    }
}

fn levels(state: &LayerState) -> impl Iterator<Item = Level> + use<> {
    (0..state.layer.levels.len() as u8).map(Level)
}

fn level_labels(
    level: Level,
    coverage: &Coverage,
    known: &(impl Fn(UnitId) -> Option<Point> + Sync),
) -> Vec<Label> {
    let faces: Vec<_> = coverage.faces().collect();
    let placed: Vec<(UnitId, Point, i128)> = faces
        .par_iter()
        .filter_map(|&face| {
            let unit = coverage.unit(face)?;
            let point = known(unit).or_else(|| label_point(&coverage.shape(face)))?;
            Some((unit, point, coverage.twice_area(face)))
        })
        .collect();
    let largest = placed.iter().map(|p| p.2).max().unwrap_or(0);
    let rank = |area: i128| (largest / area.max(1)).checked_ilog2().unwrap_or(0) as u8;
    placed.iter().map(|&(unit, point, area)| Label { unit, level, point, rank: rank(area) }).collect()
}

/// The drawings of a layer: its labels and tints, made once, and the drawings of the zooms last asked for.
///
/// Whoever asks hands over the same layer each time. Two who ask at once wait for one drawing; it takes
/// long enough to be asked for where waiting is allowed, and is shared out among rayon's threads, so
/// not on one of those.
#[derive(Debug)]
pub struct Series {
    zooms: Zooms,
    labels: OnceLock<Labels>,
    tints: OnceLock<Tints>,
    kept: Mutex<Vec<Slot>>,
}

/// A zoom and its drawing, which is made outside the lock that guards the slots.
#[derive(Clone, Debug)]
struct Slot {
    zoom: u8,
    drawn: Arc<OnceLock<Arc<Drawn>>>,
}

impl Series {
    /// No drawing yet.
    pub fn new(zooms: Zooms) -> Self {
        Self { zooms, labels: OnceLock::new(), tints: OnceLock::new(), kept: Mutex::default() }
    }

    /// From which zoom each level is drawn.
    pub fn zooms(&self) -> &Zooms {
        &self.zooms
    }

    /// The labels of the layer.
    pub fn labels(&self, state: &LayerState) -> &Labels {
        self.labels.get_or_init(|| Labels::of(state))
    }

    /// Places the labels, taking over what has not changed since `before`.
    pub fn place_labels_after(&self, state: &LayerState, before: &LayerState) {
        self.labels.get_or_init(|| Labels::after(state, before));
    }

    /// The tints of the layer.
    pub fn tints(&self, state: &LayerState) -> &Tints {
        self.tints.get_or_init(|| Tints::of(state, &self.zooms))
    }

    /// The drawing at a zoom; `None` outside [`FIRST_ZOOM`] to [`LAST_ZOOM`].
    pub fn at(&self, state: &LayerState, zoom: u8) -> Option<Arc<Drawn>> {
        if !(FIRST_ZOOM..=LAST_ZOOM).contains(&zoom) {
            return None;
        }
        let slot = self.slot(zoom);
        Some(slot.drawn.get_or_init(|| self.draw(state, zoom)).clone())
    }

    /// The same, from the drawing of the layer before, so that only what differs is drawn.
    pub fn at_after(
        &self,
        state: &LayerState,
        zoom: u8,
        before: (&LayerState, &Drawn),
    ) -> Option<Arc<Drawn>> {
        if !(FIRST_ZOOM..=LAST_ZOOM).contains(&zoom) {
            return None;
        }
        let made_with = (self.labels(state), self.tints(state), &self.zooms);
        let drawn = || Arc::new(Drawn::after(state, made_with, zoom, before));
        Some(self.slot(zoom).drawn.get_or_init(drawn).clone())
    }

    /// The same, made anew and not kept.
    pub fn once(&self, state: &LayerState, zoom: u8) -> Option<Arc<Drawn>> {
        (FIRST_ZOOM..=LAST_ZOOM).contains(&zoom).then(|| self.draw(state, zoom))
    }

    fn draw(&self, state: &LayerState, zoom: u8) -> Arc<Drawn> {
        Arc::new(Drawn::of(state, self.labels(state), self.tints(state), &self.zooms, zoom))
    }

    /// The drawing at a zoom, if it is at hand; takes no time.
    pub fn kept(&self, zoom: u8) -> Option<Arc<Drawn>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|slot| slot.zoom == zoom)?.drawn.get().cloned()
    }

    /// The slot of a zoom, moved to the end of those kept; the one that was not asked for longest goes.
    fn slot(&self, zoom: u8) -> Slot {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().position(|slot| slot.zoom == zoom).map(|at| kept.remove(at));
        let slot = found.unwrap_or_else(|| Slot { zoom, drawn: Arc::default() });
        kept.push(slot.clone());
        let excess = kept.len().saturating_sub(KEPT);
        kept.drain(..excess);
        slot
    }
}
