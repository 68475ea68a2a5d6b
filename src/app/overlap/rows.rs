//! What an overlap says: the cells, the ground that is not with the majority, the measures.

use super::{Overlap, OverlapError};
use crate::geom::Bbox;
use crate::geom::LATTICE_PER_DEGREE;
use crate::overlay::{
    ALIGNED_WITHIN_M, Aligned, Cell, Crosswalk, Ground, Measures, Position, Row, SliverRule,
};
use crate::unit::{Code, Level, Unit, UnitId};
use std::collections::{BTreeMap, BTreeSet};

/// Which rows: those of units of the first layer.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// `None` takes all.
    units: Option<BTreeSet<UnitId>>,
}

/// What a unit of the first layer and one of the second have in common.
#[derive(Clone, Copy, Debug)]
pub struct CommonRow<'a> {
    /// The unit of the first layer; `None` is the outside.
    pub a: Option<&'a Unit>,
    /// The unit of the second.
    pub b: Option<&'a Unit>,
    /// Square metres, slivers included.
    pub area_m2: f64,
    /// The share of `a` that it is, from 0 to 1; `None` for the outside.
    pub share_a: Option<f64>,
    /// The share of `b`.
    pub share_b: Option<f64>,
    /// Pieces that are no slivers.
    pub pieces: u32,
    /// Slivers.
    pub slivers: u32,
    /// Households of `a` by its share, an estimate; `None` when nobody said how many `a` has.
    pub households: Option<f64>,
    /// Reports that lie on it; `None` when nobody counted.
    pub reports: Option<u64>,
}

/// A piece of a unit of the first layer that does not lie in the unit of the second that has most of it.
#[derive(Clone, Debug)]
pub struct Mismatch<'a> {
    /// The unit of the first layer.
    pub a: &'a Unit,
    /// The unit of the second that has this piece; `None` is the outside.
    pub b: Option<&'a Unit>,
    /// The unit of the second that has most of `a`.
    pub majority: Option<&'a Unit>,
    /// Square metres.
    pub area_m2: f64,
    /// The share of `a` that it is.
    pub share_a: f64,
    /// Mean width in metres, `2 · area / perimeter`.
    pub width_m: f64,
    /// Whether it is a sliver.
    pub is_sliver: bool,
    /// Households of `a` by its share, an estimate.
    pub households: Option<f64>,
    /// The box around it, in degrees: west, south, east, north.
    pub bbox: [f64; 4],
    /// Its rings, closed: outer, then holes.
    pub outline: Vec<Vec<Position>>,
}

/// The measures of a scope.
#[derive(Clone, Debug)]
pub struct Summary {
    /// What the crosswalk says.
    pub measures: Measures,
    /// Square metres of units of the second layer that the first does not cover; only without a scope.
    pub outside_a_m2: f64,
    /// Square metres of the scope that the second layer does not cover.
    pub outside_b_m2: f64,
    /// Slivers in the scope.
    pub slivers: u32,
    /// Real pieces off the majority in the scope.
    pub mismatches: u32,
    /// Households off the majority, an estimate.
    pub households: Option<f64>,
    /// Reports off the majority; `None` when nobody counted.
    pub reports: Option<u64>,
    /// How far inner borders of the second layer's units, those that have most of a unit of the scope, run along those
    /// of the first within [`ALIGNED_WITHIN_M`].
    pub aligned: Aligned<3>,
}

impl Summary {
    /// Distances and shares within them.
    pub fn alignment(&self) -> impl Iterator<Item = (f64, f64)> {
        ALIGNED_WITHIN_M.into_iter().zip(self.aligned.shares())
    }
}

impl Scope {
    pub(super) fn takes(&self, unit: UnitId) -> bool {
        self.units.as_ref().is_none_or(|units| units.contains(&unit))
    }

    /// Whether it is everything.
    fn is_all(&self) -> bool {
        self.units.is_none()
    }
}

impl Overlap {
    /// The crosswalk by a rule for slivers.
    pub fn crosswalk(&self, rule: SliverRule) -> Crosswalk {
        Crosswalk::of(&self.pair.laid, rule)
    }

    /// The units of the first layer under a unit of it, or that lie mostly in units under one of the second layer.
    pub fn scope(&self, crosswalk: &Crosswalk, under: Option<&str>) -> Result<Scope, OverlapError> {
        let Some(code) = under else { return Ok(Scope::default()) };
        let unknown = || OverlapError::UnknownScope(code.to_owned());
        let wanted = Code::try_from(code).map_err(|_no_code| unknown())?;
        let units = if let Some(unit) = self.state(0).units.by_code(&wanted) {
            self.rows_where(|row| self.is_under(0, row, unit.id))
        } else {
            let unit = self.state(1).units.by_code(&wanted).ok_or_else(unknown)?;
            let most = |row| crosswalk.row(row).and_then(|row| row.most);
            self.rows_where(|row| most(row).is_some_and(|most| self.is_under(1, most, unit.id)))
        };
        Ok(Scope { units: Some(units) })
    }

    fn rows_where(&self, keep: impl Fn(UnitId) -> bool) -> BTreeSet<UnitId> {
        self.pair.coverages[0].units().iter().copied().filter(|&unit| keep(unit)).collect()
    }

    fn is_under(&self, side: usize, unit: UnitId, above: UnitId) -> bool {
        self.state(side).units.chain(unit).any(|link| link.id == above)
    }

    /// The cells of a scope, those of the outside of the first layer too when it is everything.
    pub fn rows(&self, crosswalk: &Crosswalk, scope: &Scope) -> Vec<CommonRow<'_>> {
        let areas = [crosswalk.areas(), crosswalk.transposed().areas()];
        let in_scope = |a: Option<UnitId>| a.map_or(scope.is_all(), |a| scope.takes(a));
        let cells = crosswalk.cells().filter(|([a, _], _)| in_scope(*a));
        let row = |([a, b], cell): ([Option<UnitId>; 2], &Cell)| {
            let share = |side: usize, unit: Option<UnitId>| Some(cell.area_m2 / areas[side][&unit?]);
            let unit = self.unit(0, a);
            let share_a = share(0, a);
            CommonRow {
                a: unit,
                b: self.unit(1, b),
                area_m2: cell.area_m2,
                share_a,
                share_b: share(1, b),
                pieces: cell.pieces,
                slivers: cell.slivers,
                households: self.households(unit).zip(share_a).map(|(all, share)| all * share),
                reports: self.reports([a, b]),
            }
        };
        cells.map(row).collect()
    }

    fn households(&self, unit: Option<&Unit>) -> Option<f64> {
        self.state(0).households(unit?).map(|households| households as f64)
    }

    /// The pieces of a scope that are not with the majority of their unit, the largest first.
    pub fn mismatches(&self, crosswalk: &Crosswalk, scope: &Scope, rule: SliverRule) -> Vec<Mismatch<'_>> {
        let mut rows: BTreeMap<UnitId, Row> = BTreeMap::new();
        let mut found = Vec::new();
        for piece in self.pair.laid.pieces() {
            let Some(id) = piece.units[0].filter(|&id| scope.takes(id)) else { continue };
            if !rows.contains_key(&id)
                && let Some(row) = crosswalk.row(id)
            {
                rows.insert(id, row);
            }
            let row = rows[&id];
            if row.most != piece.units[1] {
                found.extend(self.mismatch(id, row, piece, rule));
            }
        }
        found.sort_by(|p, q| q.area_m2.total_cmp(&p.area_m2));
        found
    }

    fn mismatch(&self, id: UnitId, row: Row, piece: &Ground, rule: SliverRule) -> Option<Mismatch<'_>> {
        let a = self.unit(0, Some(id))?;
        let share_a = piece.area_m2 / row.area_m2;
        Some(Mismatch {
            a,
            b: self.unit(1, piece.units[1]),
            majority: self.unit(1, row.most),
            area_m2: piece.area_m2,
            share_a,
            width_m: 2.0 * piece.area_m2 / piece.perimeter_m,
            is_sliver: rule.takes(piece.area_m2, piece.perimeter_m),
            households: self.households(Some(a)).map(|all| all * share_a),
            bbox: self.bbox(id, piece),
            outline: self.outline(id, piece),
        })
    }

    fn outline(&self, id: UnitId, piece: &Ground) -> Vec<Vec<Position>> {
        if !piece.outline.is_empty() {
            return piece.outline.clone();
        }
        let face = self.pair.coverages[0].face(id);
        let shape = face.map(|face| self.pair.coverages[0].shape(face)).unwrap_or_default();
        let closed = |ring: &crate::geom::Ring| {
            let points = ring.points();
            points.iter().chain(&points[..1]).map(|p| (p.lon(), p.lat())).collect()
        };
        shape.polygons().iter().flat_map(|p| std::iter::once(&p.outer).chain(&p.holes)).map(closed).collect()
    }

    fn bbox(&self, id: UnitId, piece: &Ground) -> [f64; 4] {
        let whole =
            || self.pair.coverages[0].face(id).and_then(|face| self.pair.coverages[0].face_bbox(face));
        let Some(outer) = piece.outline.first() else {
            return whole().map_or([0.0; 4], |bbox: Bbox| bbox.degrees());
        };
        let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        outer.iter().fold(start, |[w, s, e, n], &(x, y)| [w.min(x), s.min(y), e.max(x), n.max(y)])
    }

    /// The measures of a scope.
    pub fn summary(&self, crosswalk: &Crosswalk, scope: &Scope) -> Summary {
        let Some(units) = &scope.units else { return self.summed(crosswalk, true) };
        self.summed(&crosswalk.of_rows(units), false)
    }

    fn summed(&self, crosswalk: &Crosswalk, is_all: bool) -> Summary {
        let mut summary = Summary {
            measures: crosswalk.measures(),
            outside_a_m2: 0.0,
            outside_b_m2: 0.0,
            slivers: 0,
            mismatches: 0,
            households: None,
            reports: None,
            aligned: Aligned::NONE,
        };
        let mut majorities: BTreeSet<UnitId> = BTreeSet::new();
        let mut rows: BTreeMap<UnitId, Option<Row>> = BTreeMap::new();
        for ([a, b], cell) in crosswalk.cells() {
            let Some(a) = a else {
                summary.outside_a_m2 += cell.area_m2;
                continue;
            };
            let Some(row) = *rows.entry(a).or_insert_with(|| crosswalk.row(a)) else { continue };
            majorities.extend(row.most);
            summary.slivers += cell.slivers;
            if b.is_none() {
                summary.outside_b_m2 += cell.area_m2;
            }
            if b != row.most {
                summary.mismatches += cell.pieces;
                if let Some(reports) = self.reports([Some(a), b]) {
                    summary.reports = Some(summary.reports.unwrap_or(0) + reports);
                }
                if let Some(all) = self.households(self.unit(0, Some(a))) {
                    let moved = all * cell.area_m2 / row.area_m2;
                    summary.households = Some(summary.households.unwrap_or(0.0) + moved);
                }
            }
        }
        let aligned = self.pair.laid.aligned();
        summary.aligned = if is_all {
            aligned.values().fold(Aligned::NONE, Aligned::plus)
        } else {
            majorities.iter().filter_map(|unit| aligned.get(unit)).fold(Aligned::NONE, Aligned::plus)
        };
        summary
    }

    /// The measures of each unit of a level: of one above the first layer's, of its rows; of one above the second's, of
    /// the rows that lie mostly in it.
    pub fn parts(&self, crosswalk: &Crosswalk, scope: &Scope, level: &str) -> Option<Vec<(&Unit, Summary)>> {
        let above = |side: usize| Some((side, self.state(side).layer.level(level)?));
        let (side, level) = above(0).or_else(|| above(1))?;
        let mut parts: BTreeMap<UnitId, BTreeSet<UnitId>> = BTreeMap::new();
        for &row in self.pair.coverages[0].units().iter().filter(|&&row| scope.takes(row)) {
            let unit = if side == 0 { Some(row) } else { crosswalk.row(row).and_then(|row| row.most) };
            if let Some(part) = unit.and_then(|unit| self.above(side, unit, level)) {
                parts.entry(part).or_default().insert(row);
            }
        }
        let part = |(id, units)| {
            let unit = self.unit(side, Some(id))?;
            Some((unit, self.summary(crosswalk, &Scope { units: Some(units) })))
        };
        let mut parts: Vec<_> = parts.into_iter().filter_map(part).collect();
        parts.sort_by(|p, q| p.0.code.cmp(&q.0.code));
        Some(parts)
    }

    fn above(&self, side: usize, unit: UnitId, level: Level) -> Option<UnitId> {
        self.state(side).units.ancestor(unit, level).map(|unit| unit.id)
    }
}

/// A position on a map, with digits enough for a tenth of a lattice unit.
pub(super) fn rounded((lon, lat): Position) -> [f64; 2] {
    let round = |x: f64| (x * LATTICE_PER_DEGREE * 10.0).round() / (LATTICE_PER_DEGREE * 10.0);
    [round(lon), round(lat)]
}
