//! What a change does to each unit, and the rules that hold for new edits only.

use super::{Proposal, Refused, Terms, defect, from_conflict, refusal};
use crate::coverage::DefectKind;
use crate::edit::chain::opened;
use crate::edit::change::{Change, LayerChange};
use crate::edit::side::{Side, Sides, placed};
use crate::edit::state::{Ground, State, shapes};
use crate::geom::{Bbox, Polygon, Shape, area};
use crate::unit::{Code, Outline, UnitId};
use std::collections::{BTreeMap, BTreeSet};

/// An operation resolved: its change and what that does.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// The net change.
    pub change: Change,
    /// The ground of each grid that gets another shape, before; none of one that is created. By id.
    pub before: BTreeMap<UnitId, Shape>,
    /// The same after; none of one that is retired.
    pub after: BTreeMap<UnitId, Shape>,
    /// The areas before and after, by id.
    pub areas: Vec<AreaChange>,
    /// Codes that are proposed and not set: of units under a new parent.
    pub codes: Vec<(UnitId, Code)>,
    /// The other way in which the operation can be read.
    pub other: Option<Box<Resolved>>,
}

/// The area of a unit before and after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AreaChange {
    /// The unit.
    pub unit: UnitId,
    /// In m², 0 when it had no ground.
    pub before_m2: f64,
    /// In m², 0 when it has none.
    pub after_m2: f64,
}

/// Puts a proposal through the gate and measures it.
pub(super) fn settled(state: &State, proposal: Proposal, terms: &Terms) -> Result<Resolved, Refused> {
    let Proposal { change, parts, stored, codes } = proposal;
    if change.is_empty() {
        return Err(vec![refusal(DefectKind::BadPath, "the operation changes nothing".into())]);
    }
    let change = if stored { change } else { shared(state, change) };
    let next = state.after(&change).map_err(|c| c.into_iter().map(from_conflict).collect::<Vec<_>>())?;
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    let mut defects = Vec::new();
    for (name, layer) in change.layers() {
        let sides: BTreeSet<Side> = layer.sides().into_iter().filter(|s| s.unit().is_some()).collect();
        let ground = |state: &State| -> BTreeMap<UnitId, Shape> {
            let shapes = state.layer(name).filter(|_| !sides.is_empty()).map(|view| shapes(&view, &sides));
            shapes.into_iter().flatten().filter_map(|(side, shape)| Some((side.unit()?, shape))).collect()
        };
        let (was, is) = (ground(state), ground(&next));
        if !stored {
            let retired = layer.retired();
            for side in &sides {
                let Some(id) = side.unit().filter(|id| !retired.contains(id)) else { continue };
                defects.extend(broken(id, (was.get(&id), is.get(&id)), parts, terms));
            }
        }
        before.extend(was);
        after.extend(is);
    }
    if !defects.is_empty() {
        return Err(defects);
    }
    let mut ids: BTreeSet<UnitId> = before.keys().chain(after.keys()).copied().collect();
    ids.retain(|id| before.get(id) != after.get(id));
    before.retain(|id, _| ids.contains(id));
    after.retain(|id, _| ids.contains(id));
    let m2 = |shapes: &BTreeMap<UnitId, Shape>, id| shapes.get(&id).map_or(0.0, area::shape_m2);
    let areas = ids.into_iter().map(|unit| AreaChange {
        unit,
        before_m2: m2(&before, unit),
        after_m2: m2(&after, unit),
    });
    let areas = areas.collect();
    Ok(Resolved { change, before, after, areas, codes, other: None })
}

/// The change with the vertices that it puts into the outline put into the other layers, too, that fill the same
/// outline: so that it stays one, vertex for vertex.
fn shared(state: &State, mut change: Change) -> Change {
    let fills = |g: &Ground| match &g.layer.outline {
        Outline::Own => Some(g.layer.name.clone()),
        Outline::Of(name) => Some(name.clone()),
        Outline::None => None,
    };
    let layers: Vec<(String, LayerChange)> =
        change.layers().map(|(n, c)| (n.to_owned(), c.clone())).collect();
    for (name, layer) in layers {
        let outer = |s: &Sides| s.0 == Side::Outside || s.1 == Side::Outside;
        let put: Vec<_> = opened(&layer).into_iter().filter(|o| outer(&o.1)).collect();
        let Some(filled) = state.grounds().iter().find(|g| g.layer.name == name).and_then(fills) else {
            continue;
        };
        let others =
            state.grounds().iter().filter(|g| g.layer.name != name && fills(g).as_ref() == Some(&filled));
        for other in others.filter(|_| !put.is_empty()) {
            let Some(view) = state.layer(&other.layer.name) else { continue };
            let mut theirs = change.layer(&other.layer.name).cloned().unwrap_or_default();
            for (place, _, chain) in &put {
                let stands = view.near(Bbox::between(place.0, place.1)).get(place).copied();
                let Some(sides) = stands.filter(|_| theirs.borders.get(place).is_none()) else { continue };
                theirs.borders.put(*place, Some(sides), None);
                for w in chain.windows(2) {
                    let (piece, sides) = placed(w[0], w[1], sides);
                    theirs.borders.put(piece, None, Some(sides));
                }
            }
            change.put(&other.layer.name, theirs);
        }
    }
    change
}

/// The rules for new edits: no unit loses all its ground, no separate part comes unasked, no part is too small.
fn broken(
    id: UnitId,
    (was, is): (Option<&Shape>, Option<&Shape>),
    parts: bool,
    terms: &Terms,
) -> Vec<crate::coverage::Defect> {
    let Some(is) = is else {
        let at = was.and_then(|s| s.polygons().first()).map(|p| p.outer.points()[0]);
        let detail = format!("unit {id} would lose all its ground; merge or retire it");
        return vec![defect(DefectKind::TooSmall, at, [Side::Unit(id)], detail)];
    };
    let before: &[Polygon] = was.map_or(&[], Shape::polygons);
    let size = |p: &Polygon| area::shape_m2(&Shape(vec![p.clone()]));
    let least = before.iter().map(size).fold(terms.min_area_m2, f64::min);
    let mut defects = Vec::new();
    for part in is.polygons().iter().filter(|p| !before.contains(p)) {
        let m2 = size(part);
        if m2 < least {
            let detail =
                format!("a part of unit {id} must have at least {} m², got {m2:.1}", terms.min_area_m2);
            let mut found =
                defect(DefectKind::TooSmall, Some(part.outer.points()[0]), [Side::Unit(id)], detail);
            found.area_m2 = Some(m2);
            defects.push(found);
        }
    }
    if !parts && is.polygons().len() > before.len().max(1) {
        let new =
            is.polygons().iter().filter(|p| !before.contains(p)).min_by(|p, q| size(p).total_cmp(&size(q)));
        let at = new.map(|p| p.outer.points()[0]);
        let (old, new) = (before.len().max(1), is.polygons().len());
        let detail = format!(
            "unit {id} would have {new} separate parts instead of {old}; say `parts: true` if that is meant"
        );
        defects.push(defect(DefectKind::NewPart, at, [Side::Unit(id)], detail));
    }
    defects
}
