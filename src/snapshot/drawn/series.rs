//! All drawings of one layer, each made when it is first asked for.

use super::labels::Labels;
use super::levels::{FIRST_ZOOM, LAST_ZOOM, Zooms};
use super::plate::Drawn;
use super::tint::Tints;
use crate::snapshot::LayerState;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// How many drawings of a layer are kept. A finely drawn zoom of a city takes some ten megabytes, and
/// tiles that were asked for often are kept elsewhere, packed.
const KEPT: usize = 4;

/// The drawings of a layer: its labels and tints, each made once, and the drawings of the zooms last asked for.
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
        self.labels.get_or_init(|| Labels::new(state))
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
