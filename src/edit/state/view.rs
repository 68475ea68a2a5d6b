//! Questions to one layer: its borders and its units, as they stand.

use super::Ground;
use crate::edit::change::LayerChange;
use crate::edit::delta::Delta;
use crate::edit::fields::{self, Field, Row};
use crate::edit::side::{Place, Side, Sides, placed};
use crate::geom::{Bbox, Point, Shape, predicate};
use crate::unit::{Code, Layer, Outline, Unit, UnitId};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Segments by place, with what lies beside them.
pub type Segments = BTreeMap<Place, Sides>;

/// One layer of a [`super::State`].
#[derive(Clone, Copy, Debug)]
pub struct LayerView<'s> {
    pub(super) ground: &'s Ground<'s>,
    /// The boxes of the coverage's arcs, by number: what is far is passed over whole.
    pub(super) boxes: &'s [Bbox],
    pub(super) change: Option<&'s LayerChange>,
}

impl<'s> LayerView<'s> {
    /// The layer's name and levels.
    pub fn layer(&self) -> &'s Layer {
        self.ground.layer
    }

    /// What ground is called that no unit holds: a gap in a layer that must fill an outline.
    pub(in crate::edit) fn void(&self) -> Side {
        if self.layer().outline == Outline::None { Side::Outside } else { Side::Gap }
    }

    /// What the layer's borders and units become; `None` when nothing does.
    pub fn change(&self) -> Option<&'s LayerChange> {
        self.change
    }

    /// The shapes of some units of the lowest level as they stand; those that hold nothing are not among them.
    pub fn shapes_of(&self, units: &BTreeSet<UnitId>) -> BTreeMap<UnitId, Shape> {
        let of = units.iter().map(|&unit| Side::Unit(unit)).collect();
        let shapes = super::ground::shapes(self, &of).into_iter();
        shapes.filter_map(|(side, shape)| Some((side.unit()?, shape))).collect()
    }

    /// Shows every segment, in no order.
    pub(in crate::edit) fn each(&self, visit: impl FnMut(Place, Sides)) {
        self.each_of(|_, _| true, visit);
    }

    /// Shows the segments of arcs that `wanted` says yes to, by their sides and box, and all that changed. Costs
    /// one pass over the layer's arcs and the segments shown.
    fn each_of(&self, wanted: impl Fn(Sides, &Bbox) -> bool, mut visit: impl FnMut(Place, Sides)) {
        let coverage = self.ground.coverage;
        let changed = self.change.map(|c| &c.borders).filter(|b| !b.is_empty());
        let around = self.change.and_then(LayerChange::bbox);
        for (arc, bbox) in coverage.arcs().zip(self.boxes) {
            let sides = (Side::held_by(coverage.unit(arc.left)), Side::held_by(coverage.unit(arc.right)));
            if !wanted(sides, bbox) {
                continue;
            }
            for (p, q) in arc.segments() {
                let (place, sides) = placed(p, q, sides);
                let near = around.is_some_and(|b| b.contains(p) && b.contains(q));
                if !near || changed.is_none_or(|c| c.get(&place).is_none()) {
                    visit(place, sides);
                }
            }
        }
        for (&place, step) in changed.into_iter().flat_map(Delta::steps) {
            if let Some(sides) = step.new {
                visit(place, sides);
            }
        }
    }

    /// The segments that have one of these on a side.
    pub(in crate::edit) fn beside(&self, wanted: &BTreeSet<Side>) -> Segments {
        let has = |(left, right): Sides| wanted.contains(&left) || wanted.contains(&right);
        let mut found = Segments::new();
        self.each_of(
            |sides, _| has(sides),
            |place, sides| {
                if has(sides) {
                    found.insert(place, sides);
                }
            },
        );
        found
    }

    /// The segments whose boxes meet a box.
    pub(in crate::edit) fn near(&self, bbox: Bbox) -> Segments {
        let mut found = Segments::new();
        self.each_of(
            |_, arc| arc.intersects(&bbox),
            |(a, b), sides| {
                if bbox.intersects(&Bbox::between(a, b)) {
                    found.insert((a, b), sides);
                }
            },
        );
        found
    }

    /// What lies beside the segments near a box, the outside not counted.
    pub(in crate::edit) fn around(&self, bbox: Bbox) -> BTreeSet<Side> {
        let sides = self.near(bbox).into_values().flat_map(|(left, right)| [left, right]);
        sides.filter(|&side| side != Side::Outside).collect()
    }

    /// Who holds the ground at `p`, by the half-open rule. Costs one pass over the layer's arcs.
    pub fn owner(&self, p: Point) -> Side {
        let mut count: BTreeMap<Side, i32> = BTreeMap::from([(Side::Outside, 1)]);
        let crossed = |_: Sides, arc: &Bbox| arc.min.y <= p.y && arc.max.y >= p.y && arc.min.x <= p.x;
        self.each_of(crossed, |(a, b), (left, right)| {
            if (a.y <= p.y) == (b.y <= p.y) {
                return;
            }
            let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
            if predicate::side(low, high, p) != Ordering::Greater {
                let (inner, outer) = if a.y > b.y { (left, right) } else { (right, left) };
                *count.entry(inner).or_default() += 1;
                *count.entry(outer).or_default() -= 1;
            }
        });
        count.into_iter().find(|c| c.1 > 0).map_or(Side::Outside, |c| c.0)
    }

    /// The unit with that id, as it stands.
    pub fn unit(&self, id: UnitId) -> Option<Cow<'s, Unit>> {
        let base = self.ground.units.get(id);
        if !self.changes_of(id).any(|_| true) {
            return base.map(Cow::Borrowed);
        }
        fields::unit(id, &self.row(id)).ok().map(Cow::Owned)
    }

    /// The fields of a unit, as they stand; none when there is no such unit.
    pub(in crate::edit) fn row(&self, id: UnitId) -> Row {
        let mut row = self.ground.units.get(id).map(fields::row).unwrap_or_default();
        for (field, new) in self.changes_of(id) {
            match new {
                Some(value) => drop(row.insert(field.clone(), value.clone())),
                None => drop(row.remove(field)),
            }
        }
        row
    }

    fn changes_of(&self, id: UnitId) -> impl Iterator<Item = (&'s Field, Option<&'s serde_json::Value>)> {
        let steps = self.change.into_iter().flat_map(|c| c.fields.steps());
        steps.filter(move |((unit, _), _)| *unit == id).map(|((_, field), step)| (field, step.new.as_ref()))
    }

    /// The ids of units whose fields change.
    pub(in crate::edit) fn changed_units(&self) -> BTreeSet<UnitId> {
        self.change.into_iter().flat_map(|c| c.fields.steps()).map(|((id, _), _)| *id).collect()
    }

    /// The units that bear a code; more than one is a breach.
    pub(in crate::edit) fn bearers(&self, code: &Code) -> BTreeSet<UnitId> {
        let base = self.ground.units.by_code(code).map(|u| u.id);
        let candidates = self.changed_units().into_iter().chain(base);
        candidates.filter(|&id| self.unit(id).is_some_and(|u| u.code == *code)).collect()
    }

    /// The unit with that code, as it stands.
    pub fn by_code(&self, code: &Code) -> Option<Cow<'s, Unit>> {
        self.bearers(code).first().and_then(|&id| self.unit(id))
    }

    /// The units directly under one, as they stand.
    pub(in crate::edit) fn children(&self, id: UnitId) -> BTreeSet<UnitId> {
        let candidates = self.ground.units.children(id).map(|u| u.id).chain(self.changed_units());
        candidates.filter(|&child| self.unit(child).is_some_and(|u| u.parent == Some(id))).collect()
    }

    /// All units as they stand, by id.
    pub fn units(&self) -> Vec<Cow<'s, Unit>> {
        let ids =
            self.ground.units.all().iter().map(|u| u.id).chain(self.changed_units()).collect::<BTreeSet<_>>();
        let changed = self.changed_units();
        let unit = |id| {
            if changed.contains(&id) { self.unit(id) } else { self.ground.units.get(id).map(Cow::Borrowed) }
        };
        ids.into_iter().filter_map(unit).collect()
    }
}
