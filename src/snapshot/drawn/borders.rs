//! Border lines on the world grid.

use super::levels::border_level;
use super::world::Dot;
use crate::coverage::Coverage;
use crate::unit::{Level, UnitId, Units};

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
    pub dots: Vec<Dot>,
}

/// The dots of each arc of a coverage, in the arc's direction, neighbours different.
pub(super) fn arc_dots(coverage: &Coverage, zoom: u8) -> Vec<Vec<Dot>> {
    let dots = |points: &[crate::geom::Point]| {
        let mut dots: Vec<Dot> = points.iter().map(|&p| Dot::of(p, zoom)).collect();
        dots.dedup();
        dots
    };
    coverage.arcs().map(|arc| dots(&arc.points)).collect()
}

/// The borders of a coverage, one per arc that has a length at this zoom; by level, then by unit.
///
/// In this order the fields of neighbouring features are alike, which makes a tile smaller.
pub(super) fn borders(coverage: &Coverage, units: &Units, arcs: &[Vec<Dot>]) -> Vec<Border> {
    let border = |(arc, dots): (crate::coverage::ArcRef<'_>, &Vec<Dot>)| {
        let (left, right) = (coverage.unit(arc.left), coverage.unit(arc.right));
        Border { level: border_level(units, left, right), left, right, dots: dots.clone() }
    };
    let mut borders: Vec<Border> =
        coverage.arcs().zip(arcs).filter(|(_, dots)| dots.len() > 1).map(border).collect();
    let key = |border: &Border| (border.level, border.left, border.right, border.dots[0]);
    borders.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.dots.cmp(&b.dots)));
    borders
}
