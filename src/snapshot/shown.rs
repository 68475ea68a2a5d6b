//! How a layer is shown: where names stand, tints, the drawing of each zoom.

use super::base::LayerState;
use super::drawn::{Dot, Drawn, Label, Labels, Tints};
use crate::unit::UnitId;
use std::sync::Arc;

/// Of so many segments on the zooms that show a layer's grids are not drawn as a whole: that would take seconds and some
/// hundred bytes a segment. The demo city has a tenth of it.
pub const LARGE: usize = 2_000_000;

impl LayerState {
    /// Where the names of the units stand: each is placed when it is asked for, and kept.
    pub fn labels(&self) -> &Labels {
        self.series.labels(self)
    }

    /// Where the name of a unit stands, strictly inside it; `None` for one without a grid under it.
    pub fn label(&self, unit: UnitId) -> Option<Label> {
        self.labels().get(self, unit)
    }

    pub(super) fn place_labels_after(&self, before: &Self) {
        if !std::ptr::eq(self, before) {
            self.labels().take_over(self, before);
        }
        self.labels().place(self);
    }

    /// Which tints the units have. Chosen at the first call and kept.
    pub fn tints(&self) -> &Tints {
        self.series.tints(self)
    }

    /// The layer as it is drawn at a zoom, `None` outside the zooms of tiles. Drawn at the first call
    /// for a zoom; the last few are kept; not to be called on one of rayon's threads (see [`super::drawn::Series`]).
    pub fn drawn(&self, zoom: u8) -> Option<Arc<Drawn>> {
        self.series.at(self, zoom)
    }

    /// The same, from the drawing of the layer before at that zoom: only what differs is drawn.
    pub fn drawn_after(&self, zoom: u8, before: (&Self, &Drawn)) -> Option<Arc<Drawn>> {
        self.series.at_after(self, zoom, before)
    }

    /// What a tile looks into at a zoom; of a layer of very many segments only the part that the tile shows, which is
    /// drawn for it and not kept.
    pub fn drawn_for(&self, zoom: u8, window: (Dot, Dot)) -> Option<Arc<Drawn>> {
        if self.coverage.segment_count() >= LARGE {
            let part = Drawn::part(self, (self.labels(), self.tints(), self.series.zooms()), zoom, window);
            if let Some(part) = part {
                return Some(Arc::new(part));
            }
        }
        self.drawn(zoom)
    }

    /// The same for whoever goes through all zooms: made when it is not at hand, and then not kept.
    pub fn drawing(&self, zoom: u8) -> Option<Arc<Drawn>> {
        self.kept_drawing(zoom).or_else(|| self.series.once(self, zoom))
    }

    /// The same if it is at hand, which takes no time.
    pub fn kept_drawing(&self, zoom: u8) -> Option<Arc<Drawn>> {
        self.series.kept(zoom)
    }
}
