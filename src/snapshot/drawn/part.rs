//! A part of a drawing: what the window of one tile shows, without drawing the layer.
//!
//! For a layer of so many grids that drawing all of them takes too long and too much memory. The arcs about the window are
//! thinned as the whole would thin them, or more of them are taken until that is certain ([`generalise_within`]). Units
//! that reach out of the part are closed around it, far from the window ([`Outside`]). So what a tile shows is the same as
//! from the whole, and neighbouring tiles fit together whatever was drawn for each.

use super::borders::{border, dots, in_order};
use super::generalise::generalise_within;
use super::labels::{Label, Labels};
use super::levels::Zooms;
use super::outside::{Line, Outside, Place, Run, closed};
use super::plate::{Drawn, DrawnLevel, DrawnUnit};
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
    holder: Face,
}

impl Drawn {
    /// What a window from `min` to `max` shows of a layer at a zoom that shows its grids; `None` at any other zoom. A tile
    /// whose window lies in it is the same as from [`Drawn::of`], but nothing else of it may be looked at.
    ///
    /// Costs what thinning the arcs about the window costs, and a search for the pole of each unit there that has no label yet.
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
        let window = lattice(min, max, zoom);
        let level = |&level: &Level| {
            let runs = part.runs(level);
            let is_named = zooms.named(&state.layer, level, zoom);
            let named = runs.iter().filter(|(unit, _)| is_named && part.meets(level, *unit, window));
            let placed: Vec<Label> = named.filter_map(|(unit, _)| labels.get(state, *unit)).collect();
            DrawnLevel::with(level, part.units(level, &runs, tints), &placed, zoom)
        };
        let levels = shown.iter().map(level).collect();
        let lineage = state.lineage();
        let borders = part.arcs.iter().filter_map(|Arc { arc, dots }| {
            border(&state.coverage, arc, dots, |_, _| lineage.border_level(arc.left, arc.right))
        });
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
        Self { state, arcs, outside, known, place, holder }
    }

    /// The unit of a level that holds the place.
    fn around(&self, level: Level) -> Option<UnitId> {
        self.state.lineage().unit(&self.state.units, self.holder, level).map(|unit| unit.id)
    }

    /// Whether the box of a unit meets another.
    fn meets(&self, level: Level, unit: UnitId, window: Bbox) -> bool {
        self.state.derived(level).measure(unit).is_some_and(|m| m.bbox.intersects(&window))
    }

    /// The units of a level from the runs of their borders, by id.
    fn units(&self, level: Level, runs: &[(UnitId, Vec<Run<'_>>)], tints: &Tints) -> Vec<DrawnUnit> {
        let around = self.around(level);
        let is_inside =
            |unit| self.state.derived(level).measure(unit).is_some_and(|m| self.known.holds(&m.bbox));
        let drawn = |(unit, runs): &(UnitId, Vec<Run<'_>>)| {
            let (unit, tint) = (*unit, tints.get(*unit));
            if is_inside(unit) {
                return Some(DrawnUnit::of(unit, closed(runs), tint));
            }
            let polygons = self.outside.close(runs, self.place, Some(unit) == around);
            (!polygons.is_empty()).then_some(DrawnUnit { unit, polygons, vanished: false, tint })
        };
        runs.iter().filter_map(drawn).collect()
    }

    /// The units of a level that have border in the part, and the one around it, by id; each with the runs of its
    /// border, the unit on the right as one looks at the screen.
    fn runs(&self, level: Level) -> Vec<(UnitId, Vec<Run<'_>>)> {
        let lineage = self.state.lineage();
        let side = |face: Face| lineage.unit(&self.state.units, face, level).map(|unit| unit.id);
        let mut sides: Vec<(UnitId, Run<'_>)> = Vec::new();
        for Arc { arc, dots } in &self.arcs {
            if !lineage.is_one(arc.left, arc.right, level) {
                sides.extend(side(arc.right).map(|unit| (unit, Run { dots, reversed: false })));
                sides.extend(side(arc.left).map(|unit| (unit, Run { dots, reversed: true })));
            }
        }
        sides.sort_by_key(|&(unit, _)| unit);
        let by_unit = sides.chunk_by(|a, b| a.0 == b.0);
        let mut runs: Vec<(UnitId, Vec<Run<'_>>)> =
            by_unit.map(|same| (same[0].0, same.iter().map(|side| side.1).collect())).collect();
        if let Some(unit) = self.around(level)
            && let Err(at) = runs.binary_search_by_key(&unit, |&(unit, _)| unit)
        {
            runs.insert(at, (unit, Vec::new()));
        }
        runs
    }
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
