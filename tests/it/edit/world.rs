//! Layers to be edited: owned, with what a state borrows.

use std::collections::BTreeMap;
use wangge::coverage::Coverage;
use wangge::edit::{Ground, Kind, LayerSource, Operation, State, StateHash, Terms};
use wangge::geom::Shape;
use wangge::unit::{Attributes, Code, Layer, Level, Outline, Unit, UnitId, Units};

/// Layers as a snapshot holds them.
pub struct World {
    layers: Vec<(Layer, Option<Shape>, Units, Coverage)>,
}

pub fn id(n: u64) -> UnitId {
    UnitId::try_from(n).unwrap()
}

pub fn code(text: &str) -> Code {
    Code::try_from(text).unwrap()
}

pub fn unit(n: u64, code: &str, level: u8, parent: u64) -> Unit {
    let attributes = Attributes::new();
    let (id, code) = (id(n), self::code(code));
    Unit {
        id,
        name: code.to_string(),
        code,
        level: Level(level),
        parent: UnitId::try_from(parent).ok(),
        attributes,
    }
}

/// A land layer: grids named by their ids, in turn under two villages `v1` and `v2` of one township. What no grid
/// holds is outside.
pub fn land(shapes: Vec<(UnitId, Shape)>) -> LayerSource {
    let high = [
        (901, "c0", 0, 0),
        (902, "c1", 1, 901),
        (903, "t1", 2, 902),
        (904, "v1", 3, 903),
        (905, "v2", 3, 903),
    ];
    let mut units: Vec<Unit> = high.map(|(n, code, level, parent)| unit(n, code, level, parent)).to_vec();
    let mut grids: Vec<u64> = shapes.iter().filter(|s| !s.1.is_empty()).map(|s| s.0.get()).collect();
    grids.sort_unstable();
    grids.dedup();
    units.extend(grids.into_iter().map(|n| unit(n, &format!("g{n}"), 4, 904 + n % 2)));
    let outline = Some(Coverage::assemble(&shapes).unwrap().outline());
    LayerSource { layer: Layer::land(), outline, units, shapes }
}

impl World {
    pub fn new(sources: Vec<LayerSource>) -> Self {
        let layer = |s: LayerSource| {
            let units = Units::new(&s.layer, s.units).unwrap();
            let coverage = Coverage::assemble(&s.shapes).unwrap();
            (s.layer, s.outline, units, coverage)
        };
        Self { layers: sources.into_iter().map(layer).collect() }
    }

    pub fn state(&self) -> State<'_> {
        let grounds = self.layers.iter().map(|(layer, outline, units, coverage)| Ground {
            layer,
            outline: outline.as_ref(),
            units,
            coverage,
        });
        State::new(grounds.collect())
    }
}

/// The terms of a test: ids from 1000 on, any size of part.
pub fn terms(first: u64) -> Terms {
    Terms { ids: (first..first + 4).map(id).collect(), min_area_m2: 0.0 }
}

pub fn on(layer: &str, kind: Kind) -> Operation {
    Operation { layer: layer.into(), kind }
}

pub fn hash(state: &State) -> StateHash {
    StateHash::of(&state.sources())
}

/// Who holds what, by unit: the shapes of a layer.
pub fn shapes(state: &State, layer: &str) -> BTreeMap<UnitId, Shape> {
    let source = state.sources().into_iter().find(|s| s.layer.name == layer).unwrap();
    source.shapes.into_iter().map(|(id, shape)| (id, shape.canonical())).collect()
}

/// A layer of any name whose outside is nobody's business.
pub fn free(name: &str, shapes: Vec<(UnitId, Shape)>) -> LayerSource {
    let mut source = land(shapes);
    source.layer.name = name.into();
    source.layer.outline = Outline::None;
    source.outline = None;
    source
}
