//! One layer at one zoom, ready to be cut into tiles.

use super::borders::{Border, arc_dots, borders};
use super::generalise::generalise;
use super::labels::{Label, Labels};
use super::levels::{Zooms, raise};
use super::rings::{DotPolygon, sound};
use super::tint::Tints;
use super::world::Dot;
use crate::coverage::{Coverage, Face, HalfArc};
use crate::geom::Point;
use crate::snapshot::LayerState;
use crate::unit::{Level, UnitId};
use rayon::prelude::*;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// A layer at one zoom: the units of each level that is shown, and the borders between them.
#[derive(Debug, Default)]
pub struct Drawn {
    levels: Vec<DrawnLevel>,
    borders: Vec<Border>,
    /// Where the borders are; known at the first question.
    boxes: OnceLock<Boxes>,
    /// What the arcs of the lowest level were thinned to; nothing of a part.
    ground: Runs,
}

/// The points of the arcs of a coverage as they were thinned, by number.
#[derive(Debug, Default)]
pub(super) struct Runs {
    points: Vec<Point>,
    ends: Vec<usize>,
}

impl Runs {
    /// The points that thinning left of each arc.
    pub fn of(thinned: &Coverage) -> Self {
        let mut runs = Self::default();
        thinned.arcs().for_each(|arc| runs.push(&arc.points));
        runs
    }

    /// Adds those of the next arc.
    pub fn push(&mut self, points: &[Point]) {
        self.points.extend_from_slice(points);
        self.ends.push(self.points.len());
    }

    /// The points of an arc.
    pub fn get(&self, arc: u32) -> &[Point] {
        let arc = arc as usize;
        let from = arc.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.points[from..self.ends[arc]]
    }
}

/// The units of one level at one zoom.
#[derive(Debug)]
pub struct DrawnLevel {
    /// The level.
    pub level: Level,
    units: Vec<Arc<DrawnUnit>>,
    /// Where the units are; known at the first question.
    boxes: OnceLock<Boxes>,
    labels: Vec<DrawnLabel>,
}

/// One unit at one zoom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnUnit {
    /// The unit.
    pub unit: UnitId,
    /// Its ground, at least one polygon.
    pub polygons: Vec<DotPolygon>,
    /// Whether rounding left it no area, so that its polygon is the smallest triangle instead.
    pub vanished: bool,
    /// Its tint, when its level is tinted.
    pub tint: Option<u8>,
}

/// A label at one zoom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DrawnLabel {
    /// Column and row of the tile that holds it.
    pub tile: (u32, u32),
    /// How important it is among its level's: 0 is the most.
    pub rank: u8,
    /// The unit.
    pub unit: UnitId,
    /// Where it stands.
    pub at: Dot,
}

impl Drawn {
    /// Draws a layer at a zoom; empty at a zoom that shows none of its levels.
    ///
    /// Costs what generalising the lowest level shown costs, and a sort of its segments per level.
    pub fn of(state: &LayerState, labels: &Labels, tints: &Tints, zooms: &Zooms, zoom: u8) -> Self {
        let shown = zooms.shown(&state.layer, zoom);
        let Some((&lowest, above)) = shown.split_last() else { return Self::default() };
        let ground = generalise(state.level_coverage(lowest), zooms.tolerance(&state.layer, lowest, zoom));
        let arcs = arc_dots(&ground, zoom);
        let labels = |level| zooms.labels(state, labels, level, zoom);
        // Each level is read off the one below it, which has fewer borders than the ground.
        let mut raised: Vec<(Level, Coverage)> = Vec::new();
        for &level in above.iter().rev() {
            let below = raised.last().map_or(&ground, |(_, coverage)| coverage);
            raised.push((level, raise(below, &state.units, level)));
        }
        let drawn = |(level, coverage): &(Level, Coverage)| {
            DrawnLevel::of(*level, coverage, &arc_dots(coverage, zoom), &labels(*level), tints, zoom)
        };
        let mut levels: Vec<DrawnLevel> = raised.par_iter().rev().map(drawn).collect();
        levels.push(DrawnLevel::of(lowest, &ground, &arcs, &labels(lowest), tints, zoom));
        Self::with(levels, borders(&ground, &state.units, &arcs)).on(Runs::of(&ground))
    }

    pub(super) fn with(levels: Vec<DrawnLevel>, borders: Vec<Border>) -> Self {
        Self { levels, borders, boxes: OnceLock::new(), ground: Runs::default() }
    }

    /// The same with what the arcs of the lowest level were thinned to.
    pub(super) fn on(self, ground: Runs) -> Self {
        Self { ground, ..self }
    }

    /// What the arcs of the lowest level were thinned to.
    pub(super) fn ground(&self) -> &Runs {
        &self.ground
    }

    /// The levels, top to bottom.
    pub fn levels(&self) -> &[DrawnLevel] {
        &self.levels
    }

    /// All borders, by level and unit.
    pub fn borders(&self) -> &[Border] {
        &self.borders
    }

    /// The borders whose boxes meet the box from `min` to `max`, in order.
    pub fn borders_in(&self, min: Dot, max: Dot) -> impl Iterator<Item = &Border> {
        let boxes = || Boxes::of(self.borders.iter().map(|border| &*border.dots));
        self.boxes.get_or_init(boxes).meeting(min, max).map(|i| &self.borders[i])
    }

    /// How many units rounding left without an area; each is drawn as the smallest triangle.
    pub fn vanished(&self) -> usize {
        self.levels.iter().flat_map(|level| &level.units).filter(|unit| unit.vanished).count()
    }
}

impl DrawnLevel {
    fn of(
        level: Level,
        coverage: &Coverage,
        arcs: &[Vec<Dot>],
        labels: &[Label],
        tints: &Tints,
        zoom: u8,
    ) -> Self {
        let faces: Vec<_> = coverage.faces().collect();
        let units = faces
            .par_iter()
            .map(|&face| {
                let unit = coverage.unit(face).expect("only the outside has no unit");
                let runs = runs(coverage, face, |arc| Cow::Borrowed(&arcs[arc as usize]));
                Arc::new(DrawnUnit::of(unit, runs, tints.get(unit)))
            })
            .collect();
        Self::shared(level, units, labels, zoom)
    }

    /// Units by id, and labels in any order.
    pub(super) fn with(level: Level, units: Vec<DrawnUnit>, labels: &[Label], zoom: u8) -> Self {
        Self::shared(level, units.into_iter().map(Arc::new).collect(), labels, zoom)
    }

    /// The same with units that another drawing may have as well.
    pub(super) fn shared(level: Level, units: Vec<Arc<DrawnUnit>>, labels: &[Label], zoom: u8) -> Self {
        let mut labels: Vec<DrawnLabel> = labels
            .iter()
            .map(|label| {
                let at = Dot::of(label.point, zoom);
                DrawnLabel { tile: at.tile(), rank: label.rank, unit: label.unit, at }
            })
            .collect();
        labels.sort_unstable();
        Self { level, units, boxes: OnceLock::new(), labels }
    }

    /// All units, by id.
    pub fn units(&self) -> &[Arc<DrawnUnit>] {
        &self.units
    }

    /// All labels, by tile and rank.
    pub fn labels(&self) -> &[DrawnLabel] {
        &self.labels
    }

    /// The units whose boxes meet the box from `min` to `max`, by id.
    pub fn units_in(&self, min: Dot, max: Dot) -> impl Iterator<Item = &DrawnUnit> {
        let boxes = || {
            let polygons = self.units.iter().map(|unit| unit.polygons.iter());
            Boxes::of_parts(polygons.map(|all| all.flat_map(|p| p.rings.iter().map(Vec::as_slice))))
        };
        self.boxes.get_or_init(boxes).meeting(min, max).map(|i| &*self.units[i])
    }

    /// The labels that a tile holds, the most important first.
    pub fn labels_in(&self, tile: (u32, u32)) -> &[DrawnLabel] {
        let from = self.labels.partition_point(|label| label.tile < tile);
        let to = self.labels.partition_point(|label| label.tile <= tile);
        &self.labels[from..to]
    }
}

impl DrawnUnit {
    /// From the runs of its border.
    pub(super) fn of(unit: UnitId, runs: Vec<Vec<Dot>>, tint: Option<u8>) -> Self {
        let least = runs.iter().flatten().min().copied();
        let polygons = sound(runs);
        match least {
            Some(dot) if polygons.is_empty() => {
                let (right, below) = (Dot::new(dot.x + 1, dot.y), Dot::new(dot.x, dot.y + 1));
                let triangle = DotPolygon { rings: vec![vec![dot, right, below]] };
                Self { unit, polygons: vec![triangle], vanished: true, tint }
            }
            _ => Self { unit, polygons, vanished: false, tint },
        }
    }
}

/// The rings of a face of a coverage as dots, from the dots of its arcs.
pub(super) fn runs<'a>(
    coverage: &Coverage,
    face: Face,
    arcs: impl Fn(u32) -> Cow<'a, [Dot]>,
) -> Vec<Vec<Dot>> {
    let rings = coverage.patches(face).iter().flat_map(|p| std::iter::once(&p.outer).chain(&p.holes));
    rings.map(|ring| run(ring, &arcs)).collect()
}

/// The dots of a ring of half-arcs, turned so that an outer ring runs clockwise on the screen.
fn run<'a>(ring: &[HalfArc], arcs: &impl Fn(u32) -> Cow<'a, [Dot]>) -> Vec<Dot> {
    let mut run = Vec::new();
    for half in ring.iter().rev() {
        let dots = arcs(half.arc());
        if half.is_reversed() {
            run.extend_from_slice(&dots);
        } else {
            run.extend(dots.iter().rev());
        }
        run.pop();
    }
    if run.is_empty() {
        // Every arc shrank to one dot.
        run.extend(ring.first().map(|half| arcs(half.arc())[0]));
    }
    run
}

/// Boxes with the numbers of their items, ascending: west, north, east, south.
///
/// A tile looks at each: a microsecond for some thousand, which is less than a tree of them costs to make for one tile.
#[derive(Debug, Default)]
struct Boxes(Vec<([i32; 4], u32)>);

impl Boxes {
    fn of<'a>(runs: impl Iterator<Item = &'a [Dot]>) -> Self {
        Self::of_parts(runs.map(std::iter::once))
    }

    /// One box for each part of each item, all with the item's number.
    fn of_parts<'a>(items: impl Iterator<Item = impl Iterator<Item = &'a [Dot]>>) -> Self {
        let around = |run: &[Dot]| {
            let grown = |[w, n, e, s]: [i32; 4], d: &Dot| [w.min(d.x), n.min(d.y), e.max(d.x), s.max(d.y)];
            run.iter().fold([i32::MAX, i32::MAX, i32::MIN, i32::MIN], grown)
        };
        let numbered = |(i, parts)| Iterator::map(parts, move |run| (around(run), i as u32));
        Self(items.enumerate().flat_map(numbered).collect())
    }

    /// The numbers of the boxes that meet one, ascending, each once.
    fn meeting(&self, min: Dot, max: Dot) -> impl Iterator<Item = usize> + use<> {
        let meets = |[w, n, e, s]: [i32; 4]| w <= max.x && e >= min.x && n <= max.y && s >= min.y;
        let mut found: Vec<usize> = self.0.iter().filter(|b| meets(b.0)).map(|b| b.1 as usize).collect();
        found.dedup();
        found.into_iter()
    }
}
