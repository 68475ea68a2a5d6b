//! A row of `unit_version`, and the way between it and the core's values.

use super::StoreError;
use crate::geom::Shape;
use crate::geom::wkb;
use crate::snapshot::LayerSource;
use crate::unit::{Attributes, Code, Layer, Unit, UnitId};
use rayon::prelude::*;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::collections::HashMap;

/// The reference system of every stored geometry: CGCS2000, longitude and latitude.
pub(super) const SRS_ID: i32 = 4490;

/// What a unit is, as its row says it. Two equal values need one row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Version {
    pub unit: i64,
    pub layer: String,
    pub level: String,
    pub code: String,
    pub name: String,
    pub parent: Option<i64>,
    pub attributes: String,
    pub geom: Option<Vec<u8>>,
}

/// The columns that [`Version::of_row`] and [`unit_of_row`] read, in their order.
macro_rules! columns {
    () => {
        "unit, layer, level, code, name, parent, attributes, geom"
    };
}
pub(super) use columns;

impl Version {
    /// The rows of a layer, shapes in canonical form; encoded on all cores.
    pub(super) fn of_layer(source: &LayerSource) -> Vec<Self> {
        let shapes: HashMap<UnitId, &Shape> = source.shapes.iter().map(|(id, s)| (*id, s)).collect();
        source.units.par_iter().map(|u| Self::of_unit(&source.layer, u, shapes.get(&u.id).copied())).collect()
    }

    fn of_unit(layer: &Layer, unit: &Unit, shape: Option<&Shape>) -> Self {
        Self {
            unit: unit.id.get() as i64,
            layer: layer.name.clone(),
            level: layer.level_name(unit.level).into(),
            code: unit.code.as_str().into(),
            name: unit.name.clone(),
            parent: unit.parent.map(|p| p.get() as i64),
            attributes: serde_json::Value::Object(unit.attributes.clone()).to_string(),
            geom: shape.filter(|s| !s.is_empty()).map(|s| wkb::write_degrees(&s.canonical(), SRS_ID)),
        }
    }

    pub(super) fn of_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            unit: row.try_get(0)?,
            layer: row.try_get(1)?,
            level: row.try_get(2)?,
            code: row.try_get(3)?,
            name: row.try_get(4)?,
            parent: row.try_get(5)?,
            attributes: row.try_get(6)?,
            geom: row.try_get(7)?,
        })
    }
}

/// The unit and the shape of a row, without a copy of the blob.
pub(super) fn unit_of_row(layer: &Layer, row: &SqliteRow) -> Result<(Unit, Option<Shape>), StoreError> {
    let failed = || StoreError::database("reading a unit");
    let code: &str = row.try_get(3).map_err(failed())?;
    let damaged = |what: String| StoreError::Damaged(format!("unit {code} of {}: {what}", layer.name));
    let level: &str = row.try_get(2).map_err(failed())?;
    let attributes: &str = row.try_get(6).map_err(failed())?;
    let blob: Option<&[u8]> = row.try_get(7).map_err(failed())?;
    let unit = Unit {
        id: unit_id(row.try_get(0).map_err(failed())?)?,
        code: Code::try_from(code).map_err(|e| damaged(e.to_string()))?,
        name: row.try_get(4).map_err(failed())?,
        level: layer.level(level).ok_or_else(|| damaged(format!("unknown level {level}")))?,
        parent: row.try_get::<Option<i64>, _>(5).map_err(failed())?.map(unit_id).transpose()?,
        attributes: parse_attributes(attributes).map_err(|e| damaged(e.to_string()))?,
    };
    let shape = blob.map(wkb::read_degrees).transpose();
    Ok((unit, shape.map_err(|e| damaged(e.to_string()))?))
}

/// A JSON object; the empty one, which most rows have, without a parser.
pub(super) fn parse_attributes(text: &str) -> Result<Attributes, serde_json::Error> {
    if text == "{}" { Ok(Attributes::new()) } else { serde_json::from_str(text) }
}

/// A stored number as an id.
pub(super) fn unit_id(number: i64) -> Result<UnitId, StoreError> {
    let id = u64::try_from(number).ok().and_then(|n| UnitId::try_from(n).ok());
    id.ok_or_else(|| StoreError::Damaged(format!("unit id {number}")))
}
