//! The state of one revision: units, coverages, indexes.

use super::derived::Derived;
use super::drawn::{Series, Zooms};
use super::lineage::Lineage;
use super::{LayerSource, Revision};
use crate::coverage::{Borders, Coverage, Defect, DefectKind, Face, Index, KeepPoints, ReadPoints};
use crate::edit::{Ground, UnitDigest};
use crate::geom::{Point, Shape};
use crate::unit::search::SearchIndex;
use crate::unit::{Layer, Level, TreeError, Unit, UnitId, Units};
use rayon::prelude::*;
use std::sync::{Arc, OnceLock};

/// Everything that a lookup needs of one revision. Never changes once built.
#[derive(Debug)]
pub struct Base {
    /// The revision.
    pub revision: Revision,
    layers: Vec<Arc<LayerState>>,
    search: OnceLock<SearchIndex>,
    /// Who keeps the points of its arcs, and of those of the states that follow; `None` for memory.
    pub(super) keep: Option<Arc<dyn KeepPoints>>,
}

/// One layer of a revision.
#[derive(Debug)]
pub struct LayerState {
    /// Its name, levels and bounds.
    pub layer: Layer,
    /// The outline, in a layer that has one of its own.
    pub outline: Option<Shape>,
    /// The units of all levels.
    pub units: Arc<Units>,
    /// The grids as a partition.
    pub coverage: Arc<Coverage>,
    /// Which grid owns a point.
    pub index: Arc<Index>,
    /// How far the borders are.
    pub borders: Arc<Borders>,
    pub(super) levels: Vec<OnceLock<Derived>>,
    lineage: OnceLock<Lineage>,
    pub(super) series: Series,
    pub(super) digests: OnceLock<Vec<UnitDigest>>,
}

impl Base {
    /// Builds the state from layers that were valid when they were stored.
    ///
    /// Layers are built side by side; breaches of all layers are reported together. Crossings are not
    /// looked for (see [`Coverage::assemble`]): whatever comes from outside goes through the builder.
    pub fn new(revision: Revision, sources: Vec<LayerSource>) -> Result<Self, Vec<Defect>> {
        let layer = |source| LayerState::new(source).map(Arc::new);
        Self::together(revision, sources.into_par_iter().map(layer).collect(), None)
    }

    /// The state that follows: the layers of a changed name are built from their sources, the others are shared
    /// with this one, drawings and all. `sources` are all layers, in their order.
    ///
    /// Of a layer that is built, what depends on the shapes only is shared when those are the same.
    pub fn next(
        &self,
        revision: Revision,
        sources: &[LayerSource],
        changed: impl Fn(&LayerSource) -> bool + Sync,
    ) -> Result<Self, Vec<Defect>> {
        let layer = |source: &LayerSource| {
            let before = self.layers.iter().find(|l| l.layer.name == source.layer.name);
            match before {
                Some(before) if !changed(source) => Ok(before.clone()),
                before => LayerState::after(source, source.units.clone(), before.map(|l| &**l)).map(Arc::new),
            }
        };
        Self::together(revision, sources.par_iter().map(layer).collect(), self.keep.clone())
    }

    /// The same when nobody knows which layers have changed: each is compared with its source.
    pub fn after(&self, revision: Revision, sources: &[LayerSource]) -> Result<Self, Vec<Defect>> {
        self.next(revision, sources, |source| {
            self.layer(&source.layer.name).is_none_or(|layer| !layer.is_of(source))
        })
    }

    /// Places the names of all layers now; those of units with the shape that they had in `before` keep their places.
    pub fn place_labels_after(&self, before: &Self) {
        for layer in &self.layers {
            match before.layer(&layer.layer.name) {
                Some(before) => layer.place_labels_after(before),
                None => layer.labels().place(layer),
            }
        }
    }

    pub(super) fn together(
        revision: Revision,
        built: Vec<Result<Arc<LayerState>, Vec<Defect>>>,
        keep: Option<Arc<dyn KeepPoints>>,
    ) -> Result<Self, Vec<Defect>> {
        let mut layers = Vec::new();
        let mut defects = Vec::new();
        for result in built {
            match result {
                Ok(layer) => layers.push(layer),
                Err(found) => defects.extend(found),
            }
        }
        if !defects.is_empty() {
            return Err(defects);
        }
        let base = Self { revision, layers, search: OnceLock::new(), keep: None };
        Ok(match keep {
            Some(keep) => base.keeping(keep),
            None => base,
        })
    }

    /// The same state with the points of its arcs kept by somebody, as those of all states that follow it. Before
    /// anything is derived from it.
    #[must_use]
    pub fn keeping(self, keep: Arc<dyn KeepPoints>) -> Self {
        let put = |layer| match Arc::try_unwrap(layer) {
            Ok(own) => Arc::new(LayerState::keeping(own, &*keep)),
            Err(shared) => shared,
        };
        let layers = self.layers.into_iter().map(put).collect();
        Self { layers, keep: Some(keep), ..self }
    }

    /// The same state with the points of its arcs where `keep` puts those of each layer, by its name; layers that
    /// another state shares stay as they are. Before anything is derived from it.
    pub fn reading<E>(
        self,
        keep: impl Fn(&str, &[Point]) -> Result<Arc<dyn ReadPoints>, E>,
    ) -> Result<Self, E> {
        let put = |layer| match Arc::try_unwrap(layer) {
            Ok(own) => LayerState::reading(own, &keep).map(Arc::new),
            Err(shared) => Ok(shared),
        };
        let layers = self.layers.into_iter().map(put).collect::<Result<_, E>>()?;
        Ok(Self { layers, ..self })
    }

    /// What edits of this state start from.
    pub fn grounds(&self) -> Vec<Ground<'_>> {
        self.layers.iter().map(|layer| layer.ground()).collect()
    }

    /// The layers, in their order of drawing and listing.
    pub fn layers(&self) -> &[Arc<LayerState>] {
        &self.layers
    }

    /// The layer of that name.
    pub fn layer(&self, name: &str) -> Option<&LayerState> {
        self.layers.iter().find(|l| l.layer.name == name).map(|l| &**l)
    }

    /// The unit with that id and its layer. Ids are unique over all layers.
    pub fn unit(&self, id: UnitId) -> Option<(&LayerState, &Unit)> {
        self.layers.iter().find_map(|l| l.units.get(id).map(|u| (&**l, u)))
    }

    /// The layers as a store gives them: units by id, the shapes of grids, outlines.
    pub fn sources(&self) -> Vec<LayerSource> {
        self.layers.iter().map(|layer| layer.source()).collect()
    }

    /// The names of all units of all layers, ready to be searched; read at the first call.
    pub fn search(&self) -> &SearchIndex {
        self.search.get_or_init(|| SearchIndex::new(self.layers.iter().flat_map(|l| l.units.all())))
    }
}

impl LayerState {
    /// Builds one layer from what was valid when it was stored.
    pub fn new(mut source: LayerSource) -> Result<Self, Vec<Defect>> {
        let units = std::mem::take(&mut source.units);
        Self::after(&source, units, None)
    }

    /// The same from a source and its units. With the same shapes as `before` it shares the partition and the indexes
    /// with it.
    fn after(source: &LayerSource, units: Vec<Unit>, before: Option<&Self>) -> Result<Self, Vec<Defect>> {
        let units = Units::new(&source.layer, units);
        let same = before.filter(|before| before.has_shapes(&source.shapes));
        let coverage = match same {
            Some(before) => Ok(before.coverage.clone()),
            None => Coverage::assemble(&source.shapes).map(Arc::new),
        };
        let (units, coverage) = match (units, coverage) {
            (Ok(units), Ok(coverage)) => (units, coverage),
            (units, coverage) => {
                let rows = units.err().unwrap_or_default();
                let mut defects: Vec<Defect> = rows.into_iter().map(Defect::from).collect();
                defects.extend(coverage.err().unwrap_or_default());
                return Err(defects);
            }
        };
        let (index, borders) = if let Some(before) = same {
            (before.index.clone(), before.borders.clone())
        } else {
            let (index, borders) = rayon::join(|| Index::build(&coverage), || Borders::build(&coverage));
            (Arc::new(index), Arc::new(borders))
        };
        let levels = source.layer.levels.iter().map(|_| OnceLock::new()).collect();
        let (layer, outline) = (source.layer.clone(), source.outline.clone());
        let (series, digests, units) = (Series::new(Zooms::default()), OnceLock::new(), Arc::new(units));
        Ok(Self {
            layer,
            outline,
            units,
            coverage,
            index,
            borders,
            levels,
            lineage: OnceLock::new(),
            series,
            digests,
        })
    }

    /// The same layer with other units and nothing derived from it.
    pub(super) fn with_units(&self, units: Arc<Units>) -> Self {
        Self {
            units,
            layer: self.layer.clone(),
            outline: self.outline.clone(),
            coverage: self.coverage.clone(),
            index: self.index.clone(),
            borders: self.borders.clone(),
            levels: self.levels.iter().map(|_| OnceLock::new()).collect(),
            lineage: OnceLock::new(),
            series: Series::new(Zooms::default()),
            digests: OnceLock::new(),
        }
    }

    /// Whether the layer is what would be built from the source.
    fn is_of(&self, source: &LayerSource) -> bool {
        let rest = self.layer == source.layer && self.outline == source.outline;
        rest && self.units.all() == source.units && self.has_shapes(&source.shapes)
    }

    fn has_shapes(&self, shapes: &[(UnitId, Shape)]) -> bool {
        let is_same = |(id, shape): &(UnitId, Shape)| {
            self.coverage.face(*id).is_some_and(|face| self.coverage.shape(face) == *shape)
        };
        shapes.len() == self.coverage.units().len() && shapes.par_iter().all(is_same)
    }

    /// The same layer with the points of its arcs where `keep` puts them. Lookups read few of them, and the owner of
    /// a point none; before anything is derived from it.
    pub fn reading<E>(
        self,
        keep: impl Fn(&str, &[Point]) -> Result<Arc<dyn ReadPoints>, E>,
    ) -> Result<Self, E> {
        let from = keep(&self.layer.name, &self.coverage.points())?;
        let coverage = Arc::unwrap_or_clone(self.coverage).reading(from);
        Ok(Self { coverage: Arc::new(coverage), ..self })
    }

    fn keeping(self, keep: &dyn KeepPoints) -> Self {
        // The coverage of the state before has its points there already.
        let from =
            if self.coverage.is_read() { None } else { keep.keep(&self.layer.name, &self.coverage.points()) };
        let Some(from) = from else { return self };
        let coverage = Arc::unwrap_or_clone(self.coverage).reading(from);
        Self { coverage: Arc::new(coverage), ..self }
    }

    fn source(&self) -> LayerSource {
        self.source_with(self.coverage.faces())
    }

    /// The layer as a store takes it, with the shapes of some faces.
    pub(super) fn source_with(&self, faces: impl Iterator<Item = Face>) -> LayerSource {
        let shape = |face| Some((self.coverage.unit(face)?, self.coverage.shape(face)));
        LayerSource {
            layer: self.layer.clone(),
            outline: self.outline.clone(),
            units: self.units.all().to_vec(),
            shapes: faces.filter_map(shape).collect(),
        }
    }

    /// What edits of this layer start from.
    pub fn ground(&self) -> Ground<'_> {
        Ground {
            layer: &self.layer,
            outline: self.outline.as_ref(),
            units: &self.units,
            coverage: &self.coverage,
        }
    }

    /// What follows from the grids at one level: shapes, areas, boxes, neighbours. Derived at the first
    /// call for a level and kept.
    pub fn derived(&self, level: Level) -> &Derived {
        self.levels[usize::from(level.0)].get_or_init(|| Derived::new(self, level))
    }

    /// The units of a level as a coverage: the grids themselves, or what is derived from them.
    pub fn level_coverage(&self, level: Level) -> &Coverage {
        if level == self.layer.grid_level() { &self.coverage } else { &self.derived(level).coverage }
    }

    /// The same, shared.
    pub fn shared_coverage(&self, level: Level) -> Arc<Coverage> {
        if level == self.layer.grid_level() {
            self.coverage.clone()
        } else {
            self.derived(level).coverage.clone()
        }
    }

    /// Which units each grid belongs to. Looked up at the first call and kept.
    pub fn lineage(&self) -> &Lineage {
        self.lineage.get_or_init(|| Lineage::of(&self.units, &self.coverage, self.levels.len()))
    }

    /// Which face of [`Self::level_coverage`] owns a point: that of the owning grid's unit at that level.
    pub fn owner_at(&self, level: Level, point: Point) -> Face {
        let face = self.index.owner(point);
        if level == self.layer.grid_level() {
            return face;
        }
        let unit = self.coverage.unit(face).and_then(|grid| self.units.ancestor(grid, level));
        unit.and_then(|unit| self.level_coverage(level).face(unit.id)).unwrap_or(Face::OUTSIDE)
    }

    /// Households under a unit: its own attribute, or the sum over its grids; `None` when nobody said.
    pub fn households(&self, unit: &Unit) -> Option<u64> {
        let own = |u: &Unit| u.attributes.get("households").and_then(serde_json::Value::as_u64);
        own(unit).or_else(|| {
            let grids = self.units.grids_under(unit.id, self.layer.grid_level());
            grids.into_iter().filter_map(|id| self.units.get(id).and_then(own)).reduce(|a, b| a + b)
        })
    }
}

impl From<TreeError> for Defect {
    fn from(error: TreeError) -> Self {
        let (kind, units) = match &error {
            TreeError::DuplicateId(id) => (DefectKind::DuplicateId, vec![*id]),
            TreeError::DuplicateCode { first, second, .. } => {
                (DefectKind::DuplicateCode, vec![*first, *second])
            }
            TreeError::WrongParent { unit, .. } => (DefectKind::WrongParent, vec![*unit]),
        };
        Self { kind, at: None, units, area_m2: None, shape: None, detail: error.to_string() }
    }
}
