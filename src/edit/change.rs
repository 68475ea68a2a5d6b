//! The change: the net edit of layers as a value.

use super::delta::Delta;
use super::fields::{Field, UnitField};
use super::lineage::{self, Lineage, Lives};
use super::runs::{Borders, Run, from_runs, runs};
use super::side::{Place, Side};
use crate::geom::{Bbox, Point, predicate};
use crate::unit::UnitId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// The net change of one layer.
///
/// Borders are kept segment by segment: what lay and what lies on its two sides. Ground that changes hands
/// needs no words of its own, because a labelled set of segments is the partition. So a change is applied by
/// replacing, undone by turning round and put together with another by key, exactly and on integers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct LayerChange {
    /// The segments that differ. An outline is what has [`Side::Outside`] on one side, and changes with them.
    pub borders: Borders,
    /// The fields of units that differ.
    pub fields: Delta<UnitField, Value>,
    /// Parents of created units, successors of retired ones.
    pub lineage: Lineage,
}

/// The net change of a state, by the names of its layers. A layer that does not change is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    layers: BTreeMap<String, LayerChange>,
}

/// Why two changes cannot follow each other: the second does not begin where the first ends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the second change of layer {layer} must begin where the first ends; {borders} segments and {fields} fields do not"
)]
pub struct Misfit {
    /// The layer.
    pub layer: String,
    /// The segments that do not fit.
    pub borders: usize,
    /// The fields that do not fit.
    pub fields: usize,
}

impl Change {
    /// A change of one layer.
    pub fn of(layer: &str, change: LayerChange) -> Self {
        let mut whole = Self::default();
        whole.put(layer, change);
        whole
    }

    pub(super) fn put(&mut self, layer: &str, change: LayerChange) {
        if change.is_empty() {
            self.layers.remove(layer);
        } else {
            self.layers.insert(layer.into(), change);
        }
    }

    /// The layers that change, by name.
    pub fn layers(&self) -> impl ExactSizeIterator<Item = (&str, &LayerChange)> {
        self.layers.iter().map(|(name, change)| (name.as_str(), change))
    }

    /// What changes in a layer.
    pub fn layer(&self, name: &str) -> Option<&LayerChange> {
        self.layers.get(name)
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// The change that undoes this one.
    #[must_use]
    pub fn invert(&self) -> Self {
        Self { layers: self.layers.iter().map(|(name, change)| (name.clone(), change.invert())).collect() }
    }

    /// This change and then the next as one net change.
    pub fn then(&self, next: &Self) -> Result<Self, Misfit> {
        let mut whole = self.clone();
        for (name, change) in &next.layers {
            let before = self.layers.get(name).cloned().unwrap_or_default();
            whole.put(name, before.then(name, change)?);
        }
        Ok(whole)
    }
}

impl LayerChange {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.borders.is_empty() && self.fields.is_empty()
    }

    /// The change that undoes this one.
    #[must_use]
    pub fn invert(&self) -> Self {
        let (borders, fields) = (self.borders.inverted(), self.fields.inverted());
        Self { borders, fields, lineage: lineage::inverted(&self.lineage) }
    }

    fn then(&self, layer: &str, next: &Self) -> Result<Self, Misfit> {
        let (borders, fields) = (self.borders.then(&next.borders), self.fields.then(&next.fields));
        let (borders, fields) = match (borders, fields) {
            (Ok(borders), Ok(fields)) => (borders, fields),
            (borders, fields) => {
                let (borders, fields) =
                    (borders.err().map_or(0, |e| e.len()), fields.err().map_or(0, |e| e.len()));
                return Err(Misfit { layer: layer.into(), borders, fields });
            }
        };
        let mut whole = Self { borders, fields, lineage: Lineage::new() };
        let (first, second) = ((&self.lineage, &self.lives()), (&next.lineage, &next.lives()));
        whole.lineage = lineage::then(first, second, &whole.lives());
        Ok(whole)
    }

    /// The border runs, in the one order that a change has.
    pub fn runs(&self) -> Vec<Run> {
        runs(&self.borders)
    }

    /// The units whose ground, border or fields change, ascending; created and retired ones among them. A
    /// unit of a higher level is here for its fields only.
    pub fn touched(&self) -> BTreeSet<UnitId> {
        let sides = self.sides().into_iter().filter_map(Side::unit);
        sides.chain(self.fields.steps().map(|((id, _), _)| *id)).collect()
    }

    /// Whether the ground of all units together changes.
    pub fn moves_outline(&self) -> bool {
        self.sides().contains(&Side::Outside)
    }

    /// What lies or lay beside the segments that differ.
    pub(super) fn sides(&self) -> BTreeSet<Side> {
        let sides = self.borders.steps().flat_map(|(_, step)| [step.old, step.new]);
        sides.flatten().flat_map(|(left, right)| [left, right]).collect()
    }

    pub(super) fn lives(&self) -> Lives {
        let mut lives = Lives::default();
        for ((id, field), step) in self.fields.steps() {
            match (field, &step.old, &step.new) {
                (Field::Code, None, Some(_)) => drop(lives.created.insert(*id)),
                (Field::Code, Some(_), None) => drop(lives.retired.insert(*id)),
                _ => {}
            }
        }
        lives
    }

    /// The units that exist only after.
    pub fn created(&self) -> BTreeSet<UnitId> {
        self.lives().created
    }

    /// The units that exist only before.
    pub fn retired(&self) -> BTreeSet<UnitId> {
        self.lives().retired
    }

    /// The box around all ground whose owner or border changes; `None` when none does.
    pub fn bbox(&self) -> Option<Bbox> {
        Bbox::of(self.borders.steps().flat_map(|(&(a, b), _)| [a, b]))
    }

    /// Whether the ground at `p` changes hands, and between whom; `None` where it does not. Borders follow
    /// the half-open rule of the whole program.
    ///
    /// The swept area as a question, which is how it is used: which reports move, which tiles are stale. What
    /// does not change lies on both sides of the comparison and cancels, so only the segments of the change are
    /// asked; costs their number.
    pub fn swept(&self, p: Point) -> Option<(Side, Side)> {
        let mut gained: BTreeMap<Side, i32> = BTreeMap::new();
        for (&place, step) in self.borders.steps() {
            let Some(east) = crossing(place, p) else { continue };
            for (sides, sign) in [(step.old, -1), (step.new, 1)] {
                let Some((left, right)) = sides else { continue };
                let (inner, outer) = if east { (left, right) } else { (right, left) };
                *gained.entry(inner).or_default() += sign;
                *gained.entry(outer).or_default() -= sign;
            }
        }
        let of = |count: i32| gained.iter().find(|g| *g.1 == count).map(|g| *g.0);
        of(-1).zip(of(1))
    }

    /// By how much the ground of each side grows, as twice the area in square lattice units, exact. The
    /// sums of a change are zero over all sides, the outside included.
    pub fn twice_areas(&self) -> BTreeMap<Side, i128> {
        let mut grown = BTreeMap::new();
        for (&(a, b), step) in self.borders.steps() {
            let (ax, ay, bx, by) = (i128::from(a.x), i128::from(a.y), i128::from(b.x), i128::from(b.y));
            let doubled = ax * by - bx * ay;
            for (sides, sign) in [(step.old, -1), (step.new, 1)] {
                let Some((left, right)) = sides else { continue };
                *grown.entry(left).or_insert(0) += sign * doubled;
                *grown.entry(right).or_insert(0) -= sign * doubled;
            }
        }
        grown
    }
}

/// Whether the ray from `p` to the west, moved by the half-open rule, crosses a segment; and then whether the
/// ground at `p` is on the segment's left.
fn crossing((a, b): Place, p: Point) -> Option<bool> {
    if (a.y <= p.y) == (b.y <= p.y) {
        return None;
    }
    let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
    // East of the segment, or on it: the half-open rule.
    (predicate::side(low, high, p) != Ordering::Greater).then_some(a.y > b.y)
}

/// A layer's change as it is written: runs, and the fields by unit.
#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    runs: Vec<Run>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    units: Vec<WrittenUnit>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    lineage: Lineage,
}

#[derive(Serialize, Deserialize)]
struct WrittenUnit {
    id: UnitId,
    fields: BTreeMap<Field, WrittenStep>,
}

/// A field that is not there is left out, so that it is told from one that is `null`.
#[derive(Serialize, Deserialize)]
struct WrittenStep {
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "there")]
    old: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "there")]
    new: Option<Value>,
}

fn there<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl From<LayerChange> for Written {
    fn from(change: LayerChange) -> Self {
        let mut units: BTreeMap<UnitId, BTreeMap<Field, WrittenStep>> = BTreeMap::new();
        for ((id, field), step) in change.fields.steps() {
            let written = WrittenStep { old: step.old.clone(), new: step.new.clone() };
            units.entry(*id).or_default().insert(field.clone(), written);
        }
        let units = units.into_iter().map(|(id, fields)| WrittenUnit { id, fields }).collect();
        Self { runs: change.runs(), units, lineage: change.lineage }
    }
}

/// A change whose runs are no runs: one segment stands twice in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("each segment must stand once before and once after, {0:?} does not")]
pub struct RunsError(Place);

impl TryFrom<Written> for LayerChange {
    type Error = RunsError;

    fn try_from(written: Written) -> Result<Self, RunsError> {
        let borders = from_runs(&written.runs).map_err(RunsError)?;
        let steps = written.units.into_iter().flat_map(|WrittenUnit { id, fields }| {
            fields.into_iter().map(move |(field, step)| ((id, field), step.old, step.new))
        });
        Ok(Self { borders, fields: steps.collect(), lineage: written.lineage })
    }
}
