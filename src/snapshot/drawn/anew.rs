//! A drawing from that of the layer before: only what a change of borders reaches is drawn.
//!
//! The arcs that change, and those that thinning leaves otherwise because of them ([`thinned_anew`]), are put in the place
//! of what was drawn of them; units beside them are drawn, all others are shared with the drawing before. What comes out is
//! the same as from nothing, dot for dot.

use super::borders::{Border, border, dots, in_order};
use super::generalise::generalise;
use super::labels::Labels;
use super::levels::{Zooms, border_level};
use super::plate::{Drawn, DrawnLevel, DrawnUnit, Runs, runs};
use super::reach::{Pairing, thinned_anew};
use super::tint::Tints;
use super::world::Dot;
use crate::coverage::{ArcRef, Coverage, Face};
use crate::snapshot::LayerState;
use crate::unit::{Level, UnitId, Units};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Drawn {
    /// What [`Drawn::of`] makes of a layer, from the drawing of the layer before at the same zoom.
    ///
    /// Costs a pass over the arcs of both layers, and the drawing of what the change reaches.
    pub fn after(
        state: &LayerState,
        (labels, tints, zooms): (&Labels, &Tints, &Zooms),
        zoom: u8,
        (was, drawn): (&LayerState, &Self),
    ) -> Self {
        let shown = zooms.shown(&state.layer, zoom);
        let comparable = was.layer.levels == state.layer.levels
            && drawn.levels().iter().map(|drawn| drawn.level).eq(shown.iter().copied());
        let Some(&lowest) = shown.last().filter(|_| comparable) else {
            return Self::of(state, labels, tints, zooms, zoom);
        };
        let anew = Anew::of(state, (was, drawn), lowest, zooms.tolerance(&state.layer, lowest, zoom), zoom);
        let level = |&level: &Level| {
            let units = anew.units(level, tints);
            DrawnLevel::shared(level, units, &zooms.labels(state, labels, level, zoom), zoom)
        };
        let levels = shown.iter().map(level).collect();
        Self::with(levels, anew.borders()).on(anew.runs)
    }
}

/// The lowest level that is drawn, and what stands above each of its units.
struct Ground<'a> {
    coverage: &'a Coverage,
    units: &'a Units,
    levels: usize,
    /// For each face, the outside included, the unit of each level.
    above: Vec<Option<UnitId>>,
}

impl<'a> Ground<'a> {
    fn of(state: &'a LayerState, lowest: Level) -> Self {
        let (coverage, units) = (state.level_coverage(lowest), &state.units);
        let levels = state.layer.levels.len();
        let mut above = vec![None; levels * (coverage.units().len() + 1)];
        for (row, &unit) in above.chunks_exact_mut(levels).skip(1).zip(coverage.units()) {
            for unit in units.chain(unit) {
                row[usize::from(unit.level.0)] = Some(unit.id);
            }
        }
        Self { coverage, units, levels, above }
    }

    fn chain(&self, face: Face) -> &[Option<UnitId>] {
        &self.above[face.0 as usize * self.levels..][..self.levels]
    }

    fn chains(&self, arc: &ArcRef<'_>) -> [&[Option<UnitId>]; 2] {
        [self.chain(arc.left), self.chain(arc.right)]
    }

    fn border(&self, arc: u32, dots: &[Dot]) -> Option<Border> {
        let level = |left, right| border_level(self.units, left, right);
        border(self.coverage, &self.coverage.arc(arc), dots, level)
    }

    /// The units of a level beside an arc.
    fn sides(&self, arc: &ArcRef<'_>, level: Level) -> (Option<UnitId>, Option<UnitId>) {
        let unit = |face| self.chain(face)[usize::from(level.0)];
        (unit(arc.left), unit(arc.right))
    }
}

/// What of a drawing is no more, and what comes in its place.
struct Anew<'a> {
    zoom: u8,
    lowest: Level,
    state: &'a LayerState,
    drawn: &'a Drawn,
    old: Ground<'a>,
    new: Ground<'a>,
    /// What the arcs are thinned to.
    runs: Runs,
    /// The arcs of the layer before that are no longer drawn so.
    gone: Vec<u32>,
    /// The arcs that are drawn as none was before.
    fresh: Vec<u32>,
}

impl<'a> Anew<'a> {
    fn of(
        state: &'a LayerState,
        (was, drawn): (&'a LayerState, &'a Drawn),
        lowest: Level,
        tolerance: u64,
        zoom: u8,
    ) -> Self {
        let (old, new) = (Ground::of(was, lowest), Ground::of(state, lowest));
        let pairing = Pairing::of(old.coverage, new.coverage, |a, b| old.chains(a) == new.chains(b));
        let near = thinned_anew((old.coverage, new.coverage), &pairing, tolerance);
        let whole = near.is_none().then(|| generalise(new.coverage, tolerance));
        let near = near.unwrap_or_default();
        let (mut runs, mut fresh) = (Runs::default(), Vec::new());
        let mut gone: Vec<u32> = pairing.gone().collect();
        for (number, before) in (0..).zip(&pairing.before) {
            let was = before.map(|before| drawn.ground().get(before));
            let points = match (&whole, near.get(&number), was) {
                (Some(whole), ..) => whole.arc(number).points,
                (None, Some(points), _) => Cow::Borrowed(&points[..]),
                (None, None, was) => Cow::Borrowed(was.expect("a new arc is thinned")),
            };
            if was != Some(&points[..]) {
                fresh.push(number);
                gone.extend(before);
            }
            runs.push(&points);
        }
        Self { zoom, lowest, state, drawn, old, new, runs, gone, fresh }
    }

    /// The units of a level, by id.
    fn units(&self, level: Level, tints: &Tints) -> Vec<Arc<DrawnUnit>> {
        let before = self.drawn.levels().iter().find(|drawn| drawn.level == level);
        let before = before.map_or(&[][..], DrawnLevel::units);
        let kept = |unit: UnitId| before.binary_search_by_key(&unit, |drawn| drawn.unit).ok();
        let all = self.state.level_coverage(level).units();
        let mut differing = self.differing(level);
        differing.extend(all.iter().copied().filter(|&unit| kept(unit).is_none()));
        let mut anew = self.drawn_anew(level, &differing);
        let unit = |&unit: &UnitId| {
            let tint = tints.get(unit);
            if let Some(runs) = anew.remove(&unit) {
                return Arc::new(DrawnUnit::of(unit, runs, tint));
            }
            let same = &before[kept(unit).expect("what was not drawn is drawn anew")];
            if same.tint == tint { same.clone() } else { Arc::new(DrawnUnit { tint, ..(**same).clone() }) }
        };
        all.iter().map(unit).collect()
    }

    /// The units of a level that have or had a border that is not drawn so in both.
    fn differing(&self, level: Level) -> BTreeSet<UnitId> {
        let old = self.gone.iter().map(|&arc| self.old.sides(&self.old.coverage.arc(arc), level));
        let new = self.fresh.iter().map(|&arc| self.new.sides(&self.new.coverage.arc(arc), level));
        let borders = old.chain(new).filter(|(left, right)| left != right);
        borders.flat_map(|(left, right)| [left, right]).flatten().collect()
    }

    /// The rings of some units of a level as dots.
    fn drawn_anew(&self, level: Level, units: &BTreeSet<UnitId>) -> BTreeMap<UnitId, Vec<Vec<Dot>>> {
        if level == self.lowest {
            let coverage = self.new.coverage;
            let drawn = |&unit: &UnitId| {
                let dots = |arc| Cow::Owned(dots(self.runs.get(arc), self.zoom));
                Some((unit, runs(coverage, coverage.face(unit)?, dots)))
            };
            return units.iter().filter_map(drawn).collect();
        }
        let mut sided = Vec::new();
        for arc in self.new.coverage.arcs() {
            let (left, right) = self.new.sides(&arc, level);
            let (left, right) = (left.filter(|u| units.contains(u)), right.filter(|u| units.contains(u)));
            if left != right {
                let run = self.runs.get(arc.number);
                sided.extend(run.windows(2).map(|w| ((w[0], w[1]), (left, right))));
            }
        }
        let coverage = Coverage::from_sides(sided);
        let dots = |arc| Cow::Owned(dots(&coverage.arc(arc).points, self.zoom));
        let drawn = |face| Some((coverage.unit(face)?, runs(&coverage, face, dots)));
        coverage.faces().filter_map(drawn).collect()
    }

    /// The borders, in order.
    fn borders(&self) -> Vec<Border> {
        let old = |&arc: &u32| {
            let dots = dots(self.drawn.ground().get(arc), self.zoom);
            self.old.border(arc, &dots)
        };
        let new = |&arc: &u32| {
            let dots = dots(self.runs.get(arc), self.zoom);
            self.new.border(arc, &dots)
        };
        let mut gone = in_order(self.gone.iter().filter_map(old).collect()).into_iter().peekable();
        let stays = |border: &&Border| gone.next_if(|gone| gone == *border).is_none();
        let kept = self.drawn.borders().iter().filter(stays).cloned().collect::<Vec<_>>();
        let new: Vec<Border> = self.fresh.iter().filter_map(new).collect();
        in_order(kept.into_iter().chain(new).collect())
    }
}
