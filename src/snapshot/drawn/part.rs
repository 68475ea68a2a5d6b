//! A part of a drawing: what the window of one tile shows, without drawing the layer.
//!
//! For a layer of so many grids that drawing all of them takes too long and too much memory. The arcs about the window are
//! thinned as the whole would thin them, or more of them are taken until that is certain ([`generalise_within`]). Units
//! that reach out of the part are closed around it, far from the window ([`Outside`]). So what a tile shows is the same as
//! from the whole, and neighbouring tiles fit together whatever was drawn for each.

use super::borders::{border, dots, in_order};
use super::generalise::generalise_within;
use super::levels::Zooms;
use super::outside::{Line, Outside, Place, closed};
use super::plate::{Drawn, DrawnLevel, DrawnUnit};
use super::series::Labels;
use super::tint::Tints;
use super::world::Dot;
use crate::coverage::{ArcRef, Coverage, Face};
use crate::geom::{Bbox, Point};
use crate::snapshot::LayerState;
use crate::unit::{Level, UnitId};
use std::collections::BTreeMap;

/// How far the part reaches over its window, in tile units: more than thinning moves a border.
const MARGIN: i32 = 256;
/// How far thinning looks over the arcs that it must be certain of, in tile units, at first.
const HALO: i32 = 256;
/// How often it looks twice as far before it takes the whole layer.
const TRIES: u32 = 6;

/// An arc of the lowest level shown as it is drawn.
struct Arc<'a> {
    arc: &'a ArcRef<'a>,
    dots: Vec<Dot>,
}

/// The arcs about a window, and a place by which it is known what holds the rest of it.
struct Part<'a> {
    state: &'a LayerState,
    arcs: Vec<Arc<'a>>,
    outside: Outside,
    /// The box of the part on the lattice.
    known: Bbox,
    place: Place,
    /// The grid that holds the place.
    holder: Option<UnitId>,
}

impl Drawn {
    /// What a window from `min` to `max` shows of a layer at a zoom that shows its grids; `None` at any other zoom. A tile
    /// whose window lies in it is the same as from [`Drawn::of`], but nothing else of it may be looked at.
    ///
    /// Costs what thinning the arcs about the window costs, and a look at all labels.
    pub fn part(
        state: &LayerState,
        (labels, tints, zooms): (&Labels, &Tints, &Zooms),
        zoom: u8,
        (min, max): (Dot, Dot),
    ) -> Option<Self> {
        let shown = zooms.shown(&state.layer, zoom);
        let lowest = shown.last().copied().filter(|&lowest| lowest == state.layer.grid_level())?;
        let outside = Outside::of(min, max, MARGIN);
        let known = lattice(outside.min, outside.max, zoom);
        let refs = arcs(&state.coverage, &state.borders.arcs_near(known));
        let thinned = thinned(state, &refs, known, zooms.tolerance(&state.layer, lowest, zoom), zoom);
        let arcs =
            refs.iter().zip(&thinned).map(|(arc, points)| Arc { arc, dots: dots(points, zoom) }).collect();
        let part = Part::of(state, arcs, (outside, known), zoom);
        let named = labels.within(known);
        let level = |&level: &Level| {
            let is_named = zooms.named(&state.layer, level, zoom);
            let labels = named.iter().filter(|label| is_named && label.level == level);
            DrawnLevel::with(level, part.units(level, tints), labels, zoom)
        };
        let levels = shown.iter().map(level).collect();
        let borders = part.arcs.iter().filter_map(|a| border(&state.coverage, &state.units, a.arc, &a.dots));
        Some(Self::with(levels, in_order(borders.collect())))
    }
}

impl<'a> Part<'a> {
    fn of(state: &'a LayerState, arcs: Vec<Arc<'a>>, (outside, known): (Outside, Bbox), zoom: u8) -> Self {
        let lines: Vec<Line> = arcs.iter().flat_map(|arc| Line::along(&arc.dots, arc.arc.right)).collect();
        let (place, holder) = outside.reference(&lines).unwrap_or_else(|| {
            let middle = outside.middle();
            (middle.into(), state.index.owner(middle.point(zoom)))
        });
        Self { state, arcs, outside, known, place, holder: state.coverage.unit(holder) }
    }

    /// The units of a level, by id.
    fn units(&self, level: Level, tints: &Tints) -> Vec<DrawnUnit> {
        let around = self.holder.and_then(|grid| above(self.state, grid, level));
        let is_inside =
            |unit| self.state.derived(level).measure(unit).is_some_and(|m| self.known.holds(&m.bbox));
        let drawn = |(unit, runs): (UnitId, Vec<Vec<Dot>>)| {
            let tint = tints.get(unit);
            if is_inside(unit) {
                return Some(DrawnUnit::of(unit, closed(&runs), tint));
            }
            let polygons = self.outside.close(&runs, self.place, Some(unit) == around);
            (!polygons.is_empty()).then_some(DrawnUnit { unit, polygons, vanished: false, tint })
        };
        self.runs(level, around).into_iter().filter_map(drawn).collect()
    }

    /// The units of a level that have border in the part, and the one around it, by id; each with the runs of its
    /// border, the unit on the right as one looks at the screen.
    fn runs(&self, level: Level, around: Option<UnitId>) -> BTreeMap<UnitId, Vec<Vec<Dot>>> {
        let side =
            |face: Face| self.state.coverage.unit(face).and_then(|grid| above(self.state, grid, level));
        let mut runs: BTreeMap<UnitId, Vec<Vec<Dot>>> = BTreeMap::new();
        runs.extend(around.map(|unit| (unit, Vec::new())));
        for arc in &self.arcs {
            let (left, right) = (side(arc.arc.left), side(arc.arc.right));
            if left == right {
                continue;
            }
            if let Some(unit) = right {
                runs.entry(unit).or_default().push(arc.dots.clone());
            }
            if let Some(unit) = left {
                runs.entry(unit).or_default().push(arc.dots.iter().rev().copied().collect());
            }
        }
        runs
    }
}

/// The unit of a level that a grid belongs to.
fn above(state: &LayerState, grid: UnitId, level: Level) -> Option<UnitId> {
    state.units.ancestor(grid, level).map(|unit| unit.id)
}

/// The box on the lattice of what is drawn between two dots, and a little more.
fn lattice(min: Dot, max: Dot, zoom: u8) -> Bbox {
    let (west, south) = (min.x.saturating_sub(2).max(0), max.y.saturating_add(2));
    let (east, north) = (max.x.saturating_add(2), min.y.saturating_sub(2).max(0));
    Bbox::between(Dot::new(west, south).point(zoom), Dot::new(east, north).point(zoom))
}

fn arcs<'a>(coverage: &'a Coverage, numbers: &[u32]) -> Vec<ArcRef<'a>> {
    numbers.iter().map(|&number| coverage.arc(number)).collect()
}

/// The points of some arcs, those that reach into `known`, as the whole would thin them.
fn thinned(
    state: &LayerState,
    wanted: &[ArcRef<'_>],
    known: Bbox,
    tolerance: u64,
    zoom: u8,
) -> Vec<Vec<Point>> {
    let all = wanted.iter().map(ArcRef::bbox).fold(known, Bbox::union);
    let unit = super::world::lattice_per_unit(zoom).ceil() as i32;
    for halo in (0..TRIES).map(|n| (HALO << n).saturating_mul(unit)) {
        let within = all.grown(halo);
        let near = arcs(&state.coverage, &state.borders.arcs_near(within));
        let thinned = generalise_within(&near, within, tolerance);
        let mut found = BTreeMap::new();
        for (arc, points) in near.iter().zip(thinned) {
            found.extend(points.map(|points| (arc.number, points)));
        }
        let certain: Option<Vec<_>> = wanted.iter().map(|arc| found.remove(&arc.number)).collect();
        if let Some(certain) = certain {
            return certain;
        }
    }
    let whole = super::generalise(&state.coverage, tolerance);
    wanted.iter().map(|arc| whole.arc(arc.number).points.into_owned()).collect()
}
