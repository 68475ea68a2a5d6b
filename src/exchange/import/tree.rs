//! Rows into units: ids, units above the grids, parents.

use super::super::read::Broken;
use super::rows::Row;
use super::{Stored, defect};
use crate::coverage::{Defect, DefectKind};
use crate::geom::Shape;
use crate::snapshot::LayerSource;
use crate::unit::{Attributes, Code, Layer, Level, TreeError, Unit, UnitId, Units};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Where a unit is found: its level and its code.
type Key = (Level, Code);

/// A unit whose id and parent are not yet known.
struct Planned {
    key: Key,
    name: String,
    parent: Option<Code>,
    attributes: Attributes,
    shape: Option<Shape>,
    broken: Option<Broken>,
}

/// Grows the tree of a layer from its rows. Breaches are added to `defects`; units that have one are in
/// the layer all the same, so that everything else about them is found too.
pub(super) fn grow(
    layer: &Layer,
    rows: Vec<Row>,
    stored: Stored<'_>,
    defects: &mut Vec<Defect>,
) -> LayerSource {
    let current = stored.layer(&layer.name);
    let mut planned = units_above(&rows, current, defects);
    planned.extend(rows.into_iter().map(Planned::of_row));
    planned.sort_by_key(|p| p.key.0);
    let ids = identify(&planned, current, stored.free_id());
    let mut places: HashMap<&Key, UnitId> = HashMap::new();
    for (plan, id) in planned.iter().zip(&ids) {
        places.entry(&plan.key).or_insert(*id);
    }
    let parents: Vec<Option<UnitId>> = planned
        .iter()
        .zip(&ids)
        .map(|(plan, id)| match plan.find_parent(layer, &places) {
            Ok(parent) => parent,
            Err(detail) => {
                defects.push(defect(DefectKind::WrongParent, [*id], detail));
                None
            }
        })
        .collect();
    let mut source =
        LayerSource { layer: layer.clone(), outline: None, units: Vec::new(), shapes: Vec::new() };
    for ((plan, id), parent) in planned.into_iter().zip(ids).zip(parents) {
        plan.into_layer(id, parent, &mut source, defects);
    }
    source.units.sort_by_key(|u| u.id);
    source.shapes.sort_by_key(|(id, _)| *id);
    let breaches = Units::new(layer, source.units.clone()).err().unwrap_or_default();
    let told = |e: &TreeError| matches!(e, TreeError::WrongParent { .. });
    defects.extend(breaches.into_iter().filter(|e| !told(e)).map(Defect::from));
    source
}

/// Units above that rows name and the file does not describe: from the stored layer, or made from the
/// mapped columns. Ordered by level and code.
fn units_above(rows: &[Row], current: Option<&LayerSource>, defects: &mut Vec<Defect>) -> Vec<Planned> {
    let described: HashSet<Key> = rows.iter().map(|r| (r.level, r.code.clone())).collect();
    let stored: HashMap<Key, &Unit> = current.map(keys).unwrap_or_default();
    let columns = columns_above(rows, defects);
    let mut open: Vec<Key> = columns.keys().cloned().collect();
    open.extend(rows.iter().filter_map(|r| key_above(r.level, r.parent.as_ref())));
    let mut found: BTreeMap<Key, Planned> = BTreeMap::new();
    while let Some(key) = open.pop() {
        if described.contains(&key) || found.contains_key(&key) {
            continue;
        }
        let Some(planned) = above(&key, columns.get(&key), stored.get(&key).copied(), current) else {
            continue;
        };
        open.extend(key_above(key.0, planned.parent.as_ref()));
        found.insert(key, planned);
    }
    found.into_values().collect()
}

/// A unit above: as it is stored, with what the columns say of it on top; `None` when nobody knows it.
fn above(
    key: &Key,
    columns: Option<&(Option<String>, Option<Code>)>,
    stored: Option<&Unit>,
    current: Option<&LayerSource>,
) -> Option<Planned> {
    if columns.is_none() && stored.is_none() {
        return None;
    }
    let (name, parent) = columns.cloned().unwrap_or_default();
    let stored_parent = || {
        let parent = stored?.parent?;
        current?.units.iter().find(|u| u.id == parent).map(|u| u.code.clone())
    };
    Some(Planned {
        key: key.clone(),
        name: name.or_else(|| stored.map(|u| u.name.clone())).unwrap_or_else(|| key.1.as_str().into()),
        parent: parent.or_else(stored_parent),
        attributes: stored.map(|u| u.attributes.clone()).unwrap_or_default(),
        shape: None,
        broken: None,
    })
}

/// What the mapped columns say of units above: a name and the code of the next one up.
fn columns_above(rows: &[Row], defects: &mut Vec<Defect>) -> BTreeMap<Key, (Option<String>, Option<Code>)> {
    let mut columns: BTreeMap<Key, (Option<String>, Option<Code>)> = BTreeMap::new();
    for row in rows {
        for (i, cell) in row.above.iter().enumerate() {
            let Some((code, name)) = cell else { continue };
            let next = i.checked_sub(1).and_then(|i| row.above[i].as_ref()).map(|(code, _)| code.clone());
            let key = (Level(i as u8), code.clone());
            let entry = columns.entry(key).or_insert_with(|| (name.clone(), next.clone()));
            if entry.1 != next {
                let (a, b) = (shown(entry.1.as_ref()), shown(next.as_ref()));
                let detail = format!("unit {code} must have one parent, got {a} and, at {}, {b}", row.code);
                defects.push(defect(DefectKind::WrongParent, [], detail));
            }
        }
    }
    columns
}

fn shown(code: Option<&Code>) -> String {
    code.map_or_else(|| "none".into(), ToString::to_string)
}

fn key_above(level: Level, parent: Option<&Code>) -> Option<Key> {
    Some((Level(level.0.checked_sub(1)?), parent?.clone()))
}

fn keys(source: &LayerSource) -> HashMap<Key, &Unit> {
    source.units.iter().map(|u| ((u.level, u.code.clone()), u)).collect()
}

/// The stored id where the stored layer has the key, a new one otherwise; none twice.
fn identify(planned: &[Planned], current: Option<&LayerSource>, free: u64) -> Vec<UnitId> {
    let stored = current.map(keys).unwrap_or_default();
    let mut taken = HashSet::new();
    let mut next = free;
    let mut fresh = || {
        next += 1;
        UnitId::try_from(next - 1).expect("fewer than 2^53 units were ever made")
    };
    planned
        .iter()
        .map(|plan| match stored.get(&plan.key) {
            Some(unit) if taken.insert(unit.id) => unit.id,
            _ => fresh(),
        })
        .collect()
}

impl Planned {
    fn of_row(row: Row) -> Self {
        let Row { code, name, level, parent, attributes, shape, broken, .. } = row;
        Self { key: (level, code), name, parent, attributes, shape, broken }
    }

    fn find_parent(&self, layer: &Layer, places: &HashMap<&Key, UnitId>) -> Result<Option<UnitId>, String> {
        let (level, code) = &self.key;
        let who = || format!("unit {code} {} ({})", self.name, layer.level_name(*level));
        let Some(above) = level.0.checked_sub(1).map(Level) else {
            return match &self.parent {
                None => Ok(None),
                Some(parent) => Err(format!("{} must have no parent, got {parent}", who())),
            };
        };
        let found = self.parent.as_ref().and_then(|parent| places.get(&(above, parent.clone())));
        found.copied().map(Some).ok_or_else(|| {
            let got = self.parent.as_ref().map_or_else(|| "none".into(), |p| format!("the unknown code {p}"));
            format!("{} must have a parent of level {}, got {got}", who(), layer.level_name(above))
        })
    }

    fn into_layer(
        self,
        id: UnitId,
        parent: Option<UnitId>,
        source: &mut LayerSource,
        defects: &mut Vec<Defect>,
    ) {
        let (level, code) = self.key;
        let name = source.layer.level_name(level);
        if let Some(broken) = self.broken {
            let kind = if broken.collapsed { DefectKind::DegenerateRing } else { DefectKind::BadValue };
            let detail = format!("{name} {code} {}: {}", self.name, broken.detail);
            defects.push(Defect { at: broken.at, ..defect(kind, [id], detail) });
        }
        match self.shape {
            Some(shape) if level == source.layer.grid_level() => source.shapes.push((id, shape)),
            Some(shape) if !shape.is_empty() => {
                let detail =
                    format!("{name} {code} {} must have no shape: it is the union of its grids", self.name);
                let at = shape.bbox().map(|b| b.min);
                defects.push(Defect { at, ..defect(DefectKind::MisplacedShape, [id], detail) });
            }
            _ => {}
        }
        source.units.push(Unit { id, code, name: self.name, level, parent, attributes: self.attributes });
    }
}
