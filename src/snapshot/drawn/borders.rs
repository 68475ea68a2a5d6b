//! Border lines on the world grid.

use super::levels::border_level;
use super::world::Dot;
use crate::coverage::{ArcRef, Coverage};
use crate::geom::Point;
use crate::unit::{Level, UnitId, Units};
use std::cmp::Ordering;
use std::sync::Arc;

/// One shared run of border at a zoom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Border {
    /// The highest level at which its sides differ; the top level where one side is the outside.
    pub level: Level,
    /// The unit on the left of the run's direction, of the lowest level drawn; `None` is the outside.
    pub left: Option<UnitId>,
    /// The unit on the right.
    pub right: Option<UnitId>,
    /// At least two dots, neighbours different; a closed run ends where it starts.
    pub dots: Arc<[Dot]>,
}

/// The dots of each arc of a coverage, in the arc's direction, neighbours different.
pub(super) fn arc_dots(coverage: &Coverage, zoom: u8) -> Vec<Vec<Dot>> {
    coverage.arcs().map(|arc| dots(&arc.points, zoom)).collect()
}

/// The dots of points in a row, neighbours different.
pub(super) fn dots(points: &[Point], zoom: u8) -> Vec<Dot> {
    let mut dots: Vec<Dot> = points.iter().map(|&p| Dot::of(p, zoom)).collect();
    dots.dedup();
    dots
}

/// The borders of a coverage, one per arc that has a length at this zoom; by level, then by unit.
pub(super) fn borders(coverage: &Coverage, units: &Units, arcs: &[Vec<Dot>]) -> Vec<Border> {
    in_order(
        coverage
            .arcs()
            .zip(arcs)
            .filter_map(|(arc, dots)| {
                let level = |left, right| border_level(units, left, right);
                border(coverage, &arc, dots, level)
            })
            .collect(),
    )
}

/// One arc as a border; `None` when it has no length.
pub(super) fn border(
    coverage: &Coverage,
    arc: &ArcRef<'_>,
    dots: &[Dot],
    level: impl Fn(Option<UnitId>, Option<UnitId>) -> Level,
) -> Option<Border> {
    let (left, right) = (coverage.unit(arc.left), coverage.unit(arc.right));
    (dots.len() > 1).then(|| Border { level: level(left, right), left, right, dots: dots.into() })
}

/// Borders by level, then by unit: in this order the fields of neighbouring features are alike, which makes a tile
/// smaller.
pub(super) fn in_order(mut borders: Vec<Border>) -> Vec<Border> {
    borders.sort_by(order);
    borders
}

/// That order; two are the same only in all that is drawn of them.
pub(super) fn order(a: &Border, b: &Border) -> Ordering {
    let sides = |border: &Border| (border.level, border.left, border.right);
    sides(a).cmp(&sides(b)).then_with(|| a.dots.cmp(&b.dots))
}
