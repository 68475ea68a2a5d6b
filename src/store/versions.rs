//! The door to what units were: their versions over the revisions, and what was said of the revisions.

use super::rows::{Codec, Fields};
use super::{Store, StoreError};
use crate::geom::Shape;
use crate::unit::{Attributes, Code, Layer, Unit, UnitId};
use std::collections::BTreeMap;

/// What a unit was over a span of revisions.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitVersion {
    /// The first revision in which it was so.
    pub from: u64,
    /// The first in which it no longer was; `None`: it still is.
    pub to: Option<u64>,
    /// Its layer.
    pub layer: String,
    /// The name of its level.
    pub level: String,
    /// Its fields.
    pub unit: Unit,
    /// Its ground; `None` above the grids.
    pub shape: Option<Shape>,
}

impl UnitVersion {
    /// From a row and its span.
    pub(super) fn of(
        row: &Fields<'_>,
        (from, to): (i64, Option<i64>),
        layers: &[Layer],
        codec: Codec,
    ) -> Result<Self, StoreError> {
        let layer = layers.iter().find(|l| l.name == row.layer);
        let layer = layer.ok_or_else(|| StoreError::Damaged(format!("layer {}", row.layer)))?;
        let (unit, shape) = row.unit(layer, codec)?;
        let (layer, level) = (layer.name.clone(), row.level.to_owned());
        Ok(Self { from: from as u64, to: to.map(|n| n as u64), layer, level, unit, shape })
    }
}

impl Store {
    /// The versions of some units, by unit and then oldest first.
    pub async fn unit_versions(&self, units: &[UnitId]) -> Result<Vec<UnitVersion>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.unit_versions(units).await,
            Self::PostGis(postgis) => postgis.unit_versions(units).await,
        }
    }

    /// The units of a layer that once bore a code and no longer do, or are no more: each with the first revision in
    /// which it no longer bore it; the last one first.
    pub async fn former_bearers(&self, layer: &str, code: &Code) -> Result<Vec<(UnitId, u64)>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.former_bearers(layer, code).await,
            Self::PostGis(postgis) => postgis.former_bearers(layer, code).await,
        }
    }

    /// What was said of each revision: the draft, its title and author, the document …
    pub async fn revision_words(&self) -> Result<BTreeMap<u64, Attributes>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.revision_words().await,
            Self::PostGis(postgis) => postgis.revision_words().await,
        }
    }
}
