//! A state as a draft sees it: published layers, and a net change on top of them.
//!
//! Nothing is built until it is asked for. The layers stay as they are; a question about borders or units is
//! answered from them and then from the change, so that an edit costs what it touches, and one pass over the
//! borders to find it.

mod ground;
mod rules;
mod view;

pub(in crate::edit) use ground::shapes;
pub use view::LayerView;
pub(in crate::edit) use view::Segments;

use super::change::Change;
use super::conflict::Conflict;
use super::source::LayerSource;
use crate::coverage::Coverage;
use crate::geom::{Bbox, Shape};
use crate::unit::{Layer, Units};
use std::sync::Arc;

/// One layer as it was published: a valid coverage that fills its outline.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// Its name and levels.
    pub layer: &'a Layer,
    /// Its outline, when it has one of its own: the ground of all its units, vertex for vertex.
    pub outline: Option<&'a Shape>,
    /// The units of all levels.
    pub units: &'a Units,
    /// The grids.
    pub coverage: &'a Coverage,
}

/// Layers with a net change on top.
#[derive(Clone, Debug)]
pub struct State<'a> {
    grounds: Vec<Ground<'a>>,
    boxes: Boxes,
    change: Change,
}

/// The boxes of all arcs, by ground: what is far is passed over whole. The same for every state on the same grounds.
#[derive(Clone, Debug)]
pub struct Boxes(Arc<Vec<Vec<Bbox>>>);

impl<'a> State<'a> {
    /// The state of published layers, with no change.
    pub fn new(grounds: Vec<Ground<'a>>) -> Self {
        let boxes = |g: &Ground| g.coverage.arcs().map(|arc| arc.bbox()).collect();
        let boxes = Boxes(Arc::new(grounds.iter().map(boxes).collect()));
        Self { grounds, boxes, change: Change::default() }
    }

    /// A state that was left: with the boxes of a state on the same grounds, and a change that [`State::after`] let
    /// pass on them. Nothing is checked again.
    pub fn resume(grounds: Vec<Ground<'a>>, boxes: &Boxes, change: Change) -> Self {
        Self { grounds, boxes: boxes.clone(), change }
    }

    /// What [`State::resume`] takes back.
    pub fn boxes(&self) -> &Boxes {
        &self.boxes
    }

    /// The layers.
    pub fn grounds(&self) -> &[Ground<'a>] {
        &self.grounds
    }

    /// The net change since the published layers.
    pub fn change(&self) -> &Change {
        &self.change
    }

    /// A layer as it stands now.
    pub fn layer(&self, name: &str) -> Option<LayerView<'_>> {
        self.views().find(|view| view.ground.layer.name == name)
    }

    fn views(&self) -> impl Iterator<Item = LayerView<'_>> {
        let pairs = self.grounds.iter().zip(self.boxes.0.iter());
        pairs.map(|(ground, boxes)| LayerView {
            ground,
            boxes,
            change: self.change.layer(&ground.layer.name),
        })
    }

    /// The state after one more change, or everything that keeps the change from holding here: a border, field or
    /// unit that is not what the change begins with, borders that would cross, rows that would break the tree.
    ///
    /// This is the one gate: whatever passes it is a valid partition and a valid tree. Checked on integers,
    /// among the units near the change; costs O(n log n) in their segments.
    pub fn after(&self, change: &Change) -> Result<Self, Vec<Conflict>> {
        let mut conflicts = Vec::new();
        for (name, layer) in change.layers() {
            match self.layer(name) {
                Some(view) => conflicts.extend(rules::standing(&view, layer)),
                None => conflicts.push(Conflict::no_layer(name)),
            }
        }
        if !conflicts.is_empty() {
            return Err(conflicts);
        }
        let change_after = self.change.then(change).map_err(|misfit| vec![Conflict::misfit(&misfit)])?;
        let after = Self { grounds: self.grounds.clone(), boxes: self.boxes.clone(), change: change_after };
        for (name, layer) in change.layers() {
            let view = after.layer(name).expect("every layer was found above");
            conflicts.extend(rules::rows(&view, layer));
            conflicts.extend(ground::flaws(&view, layer));
        }
        if conflicts.is_empty() { Ok(after) } else { Err(conflicts) }
    }

    /// The whole state, as a store takes it: units by id, the shapes of grids, outlines. Rebuilds the coverage
    /// of a layer whose borders change.
    pub fn sources(&self) -> Vec<LayerSource> {
        self.views().map(|view| ground::source(&view)).collect()
    }

    /// The ground inside the outlines that no unit holds, by layer. A draft may hold some; publishing may not.
    pub fn gaps(&self) -> Vec<(&str, Shape)> {
        let gaps = self.views().map(|view| (view.ground.layer.name.as_str(), ground::gap(&view)));
        gaps.filter(|(_, gap)| !gap.is_empty()).collect()
    }
}
