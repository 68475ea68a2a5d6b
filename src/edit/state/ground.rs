//! Coverages of a state: of the units near a change, to check it, and of a whole layer.

use super::LayerView;
use crate::coverage::{Coverage, Flaw, check_invariants};
use crate::edit::change::LayerChange;
use crate::edit::conflict::{Conflict, ConflictKind};
use crate::edit::side::{Place, Side, Sides};
use crate::edit::source::LayerSource;
use crate::geom::{Bbox, Shape};
use crate::unit::UnitId;
use std::collections::{BTreeMap, BTreeSet};

/// The coverage of some of the grounds, everything else taken as outside.
pub(in crate::edit) fn coverage_of<'a>(
    segments: impl IntoIterator<Item = (&'a Place, &'a Sides)>,
    of: &BTreeSet<Side>,
) -> Coverage {
    let holder = |side: &Side| side.holder().filter(|_| of.contains(side));
    Coverage::from_sides(segments.into_iter().map(|(&place, (l, r))| (place, (holder(l), holder(r)))))
}

/// The shapes of some grounds as they stand; those that hold nothing are not among them.
pub(in crate::edit) fn shapes(view: &LayerView, of: &BTreeSet<Side>) -> BTreeMap<Side, Shape> {
    let coverage = coverage_of(&view.beside(of), of);
    coverage.faces().map(|face| (Side::held_by(coverage.unit(face)), coverage.shape(face))).collect()
}

/// What is wrong with the ground around a change that was just made.
///
/// A new border crosses another one only where their boxes meet, and jumps over an island only in ground that
/// changes hands. So the units beside the change and those near its new segments are put together and checked
/// whole: all rules of a coverage, exactly.
pub(super) fn flaws(after: &LayerView, change: &LayerChange) -> Vec<Conflict> {
    if change.borders.is_empty() {
        return Vec::new();
    }
    let drawn = change.borders.steps().filter(|(_, step)| step.new.is_some());
    let mut of = change.sides();
    of.extend(
        Bbox::of(drawn.flat_map(|(&(a, b), _)| [a, b])).map(|bbox| after.around(bbox)).unwrap_or_default(),
    );
    of.remove(&Side::Outside);
    let segments = after.beside(&of);
    let flaws = check_invariants(&coverage_of(&segments, &of)).err().unwrap_or_default();
    let units = |flaw: &Flaw| {
        let here = segments.iter().filter(|((a, b), _)| flaw.at.is_some_and(|at| at == *a || at == *b));
        here.flat_map(|(_, (l, r))| [l.unit(), r.unit()]).flatten().collect::<BTreeSet<_>>()
    };
    let conflict = |flaw: Flaw| Conflict {
        kind: ConflictKind::Crossing,
        layer: after.layer().name.clone(),
        units: units(&flaw).into_iter().collect(),
        at: flaw.at,
        segments: 0,
        field: None,
        detail: flaw.detail,
    };
    flaws.into_iter().map(conflict).collect()
}

/// The gaps of a layer.
pub(super) fn gap(view: &LayerView) -> Shape {
    shapes(view, &BTreeSet::from([Side::Gap])).remove(&Side::Gap).unwrap_or_default()
}

/// A layer as a store takes it.
pub(super) fn source(view: &LayerView) -> LayerSource {
    let ground = view.ground;
    let units = view.units().into_iter().map(std::borrow::Cow::into_owned).collect();
    let changed = view.change.filter(|c| !c.borders.is_empty());
    let mut source = LayerSource {
        layer: ground.layer.clone(),
        outline: ground.outline.cloned(),
        units,
        shapes: Vec::new(),
    };
    let shapes = |coverage: &Coverage| -> Vec<(Side, Shape)> {
        coverage.faces().map(|f| (Side::held_by(coverage.unit(f)), coverage.shape(f))).collect()
    };
    let unit = |(side, shape): (Side, Shape)| -> Option<(UnitId, Shape)> { Some((side.unit()?, shape)) };
    let Some(change) = changed else {
        source.shapes = shapes(ground.coverage).into_iter().filter_map(unit).collect();
        return source;
    };
    let mut sided = Vec::with_capacity(ground.coverage.segment_count());
    view.each(|place, (left, right)| sided.push((place, (left.holder(), right.holder()))));
    let coverage = Coverage::from_sides(sided);
    if ground.outline.is_some() && change.sides().contains(&Side::Outside) {
        source.outline = Some(coverage.outline());
    }
    source.shapes = shapes(&coverage).into_iter().filter_map(unit).collect();
    source
}
