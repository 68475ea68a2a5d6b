//! Rows of `unit_version`, and the way between them and the core's values. The same on every backend; only
//! the bytes around a geometry differ.

use super::StoreError;
use crate::geom::Shape;
use crate::geom::wkb::WkbError;
use crate::snapshot::{LayerSource, StateHash};
use crate::unit::{Attributes, Code, Layer, Outline, Unit, UnitId};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// The reference system of every stored geometry: CGCS2000, longitude and latitude.
pub(super) const SRS_ID: i32 = 4490;

/// How a backend writes and reads the bytes of a geometry.
#[derive(Clone, Copy)]
pub(super) struct Codec {
    pub write: fn(&Shape) -> Vec<u8>,
    pub read: fn(&[u8]) -> Result<Shape, WkbError>,
}

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

impl Version {
    /// The rows of a layer, of some units or of all, shapes in canonical form; encoded on all cores.
    pub(super) fn of_layer(
        source: &LayerSource,
        among: Option<&BTreeSet<UnitId>>,
        codec: Codec,
    ) -> Vec<Self> {
        let wanted = |id| among.is_none_or(|among| among.contains(&id));
        let shapes = source.shapes.iter().filter(|(id, _)| wanted(*id));
        let shapes: HashMap<UnitId, &Shape> = shapes.map(|(id, s)| (*id, s)).collect();
        let shape = |id| shapes.get(&id).copied();
        let units = source.units.par_iter().filter(|u| wanted(u.id));
        units.map(|u| Self::of_unit(&source.layer, u, shape(u.id), codec)).collect()
    }

    fn of_unit(layer: &Layer, unit: &Unit, shape: Option<&Shape>, codec: Codec) -> Self {
        Self {
            unit: unit.id.get() as i64,
            layer: layer.name.clone(),
            level: layer.level_name(unit.level).into(),
            code: unit.code.as_str().into(),
            name: unit.name.clone(),
            parent: unit.parent.map(|p| p.get() as i64),
            attributes: write_attributes(&unit.attributes),
            geom: shape.filter(|s| !s.is_empty()).map(|s| (codec.write)(&s.in_canonical_form())),
        }
    }
}

/// A row while it is read: borrowed from the database's answer, so that no blob is copied.
pub(super) struct Fields<'a> {
    pub unit: i64,
    pub layer: &'a str,
    pub level: &'a str,
    pub code: &'a str,
    pub name: &'a str,
    pub parent: Option<i64>,
    pub attributes: &'a str,
    pub geom: Option<&'a [u8]>,
}

impl Fields<'_> {
    /// The unit and its shape.
    pub(super) fn unit(&self, layer: &Layer, codec: Codec) -> Result<(Unit, Option<Shape>), StoreError> {
        let damaged =
            |what: String| StoreError::Damaged(format!("unit {} of {}: {what}", self.code, layer.name));
        let level = layer.level(self.level);
        let unit = Unit {
            id: unit_id(self.unit)?,
            code: Code::try_from(self.code).map_err(|e| damaged(e.to_string()))?,
            name: self.name.into(),
            level: level.ok_or_else(|| damaged(format!("unknown level {}", self.level)))?,
            parent: self.parent.map(unit_id).transpose()?,
            attributes: parse_attributes(self.attributes).map_err(|e| damaged(e.to_string()))?,
        };
        let shape = self.geom.map(codec.read).transpose();
        Ok((unit, shape.map_err(|e| damaged(e.to_string()))?))
    }
}

impl From<Fields<'_>> for Version {
    fn from(row: Fields<'_>) -> Self {
        Self {
            unit: row.unit,
            layer: row.layer.into(),
            level: row.level.into(),
            code: row.code.into(),
            name: row.name.into(),
            parent: row.parent,
            attributes: row.attributes.into(),
            geom: row.geom.map(Into::into),
        }
    }
}

/// The layers that have something in a revision; rows ascend by unit and are decoded on all cores.
pub(super) fn sources<R: Sync>(
    layers: &[Layer],
    mut outlines: HashMap<String, Shape>,
    rows: &[R],
    fields: impl Fn(&R) -> Result<Fields<'_>, StoreError> + Sync,
    codec: Codec,
) -> Result<Vec<LayerSource>, StoreError> {
    let places: HashMap<&str, usize> = layers.iter().enumerate().map(|(i, l)| (l.name.as_str(), i)).collect();
    let decoded: Vec<(usize, Unit, Option<Shape>)> = rows
        .par_iter()
        .map(|row| {
            let row = fields(row)?;
            let place = places.get(row.layer).copied();
            let place = place.ok_or_else(|| StoreError::Damaged(format!("layer {}", row.layer)))?;
            row.unit(&layers[place], codec).map(|(unit, shape)| (place, unit, shape))
        })
        .collect::<Result<_, StoreError>>()?;
    let empty = |layer: &Layer| LayerSource {
        layer: layer.clone(),
        outline: outlines.remove(&layer.name),
        units: Vec::new(),
        shapes: Vec::new(),
    };
    let mut sources: Vec<LayerSource> = layers.iter().map(empty).collect();
    for (place, unit, shape) in decoded {
        sources[place].shapes.extend(shape.map(|shape| (unit.id, shape)));
        sources[place].units.push(unit);
    }
    sources.retain(|s| !s.units.is_empty() || s.outline.is_some());
    Ok(sources)
}

/// The stored outline of a layer.
pub(super) fn outline(layer: &str, bytes: &[u8], codec: Codec) -> Result<Shape, StoreError> {
    (codec.read)(bytes).map_err(|error| StoreError::Damaged(format!("the outline of {layer}: {error}")))
}

/// What bounds a layer, as its two columns say it.
pub(super) fn write_outline_kind(outline: &Outline) -> (&'static str, Option<&str>) {
    match outline {
        Outline::Own => ("own", None),
        Outline::Of(other) => ("of", Some(other)),
        Outline::None => ("none", None),
    }
}

/// What bounds a layer, from its two columns.
pub(super) fn read_outline_kind(kind: &str, of: Option<String>) -> Outline {
    match (kind, of) {
        ("own", _) => Outline::Own,
        ("of", Some(other)) => Outline::Of(other),
        _ => Outline::None,
    }
}

/// Attributes as JSON text, in the order in which they came.
pub(super) fn write_attributes(attributes: &Attributes) -> String {
    serde_json::Value::Object(attributes.clone()).to_string()
}

/// A JSON object; the empty one, which most rows have, without a parser.
pub(super) fn parse_attributes(text: &str) -> Result<Attributes, serde_json::Error> {
    if text == "{}" { Ok(Attributes::new()) } else { serde_json::from_str(text) }
}

/// Stored bytes as the hash of a state.
pub(super) fn state_hash(bytes: &[u8]) -> Result<StateHash, StoreError> {
    let hash = bytes.try_into().map_err(|_length| StoreError::Damaged("a state hash".into()));
    hash.map(StateHash)
}

/// A stored number as an id.
pub(super) fn unit_id(number: i64) -> Result<UnitId, StoreError> {
    let id = u64::try_from(number).ok().and_then(|n| UnitId::try_from(n).ok());
    id.ok_or_else(|| StoreError::Damaged(format!("unit id {number}")))
}
