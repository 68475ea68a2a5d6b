//! What a layer is made of before a coverage is built from it.

use crate::geom::Shape;
use crate::unit::{Layer, Unit, UnitId};

/// One layer as a store loads it, an import reads it and the demo makes it.
///
/// Nothing is promised of it: parents may be missing, shapes may overlap. A coverage and a tree of units
/// are built from it, or every breach is reported.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerSource {
    /// The layer.
    pub layer: Layer,
    /// The stored outline; `None` when the layer has none of its own, or none yet: an import's outline
    /// is then drawn around its grids.
    pub outline: Option<Shape>,
    /// The units of all levels.
    pub units: Vec<Unit>,
    /// The shapes of grids, by id; a unit that is not of the lowest level has none here.
    pub shapes: Vec<(UnitId, Shape)>,
}
