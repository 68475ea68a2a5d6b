//! `split`, `merge`, `transfer`, `create`, `retire`: ground that is given whole faces at a time.

use super::{Proposal, Refused, Terms, code, defect, grid, refusal, unit};
use crate::coverage::DefectKind;
use crate::edit::change::LayerChange;
use crate::edit::delta::Delta;
use crate::edit::draw::{Faces, Sheet, check_path, places};
use crate::edit::fields::{self, Field, Row, UnitField};
use crate::edit::operation::{Keep, NewUnit};
use crate::edit::side::Side;
use crate::edit::state::LayerView;
use crate::geom::Point;
use crate::unit::{Attributes, Code, Unit, UnitId};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Cuts a unit along a path; the piece that does not stay is the new unit's.
pub(super) fn split(
    view: &LayerView,
    (code, path): (&Code, &[Point]),
    (new, keep): (&NewUnit, Keep),
    terms: &Terms,
) -> Result<Proposal, Refused> {
    let id = grid(view, code)?;
    let own = Side::Unit(id);
    let path = check_path(path).map_err(|d| vec![d])?;
    let mut sheet = Sheet::around(view, std::slice::from_ref(&path), &[own]);
    sheet.draw(&path).map_err(|d| vec![d])?;
    let faces = Faces::of(&sheet);
    let beside = |side: usize| -> BTreeSet<u32> {
        let all = sheet.drawn.iter().map(|&way| faces.beside(way));
        all.filter(|[l, r]| l != r).map(|f| f[side]).filter(|&f| faces.label(f) == own).collect()
    };
    let (left, right) = (beside(0), beside(1));
    let at = Some(path[0]);
    let (&[l], &[r]) =
        (&left.iter().copied().collect::<Vec<_>>()[..], &right.iter().copied().collect::<Vec<_>>()[..])
    else {
        let detail = if left.is_empty() || right.is_empty() {
            format!("the path must cut unit {code} from border to border")
        } else {
            format!("the path must cut unit {code} in two, got {} pieces", left.union(&right).count())
        };
        return Err(vec![defect(DefectKind::BadPath, at, [own], detail)]);
    };
    let Some(stays) = staying(&faces, [l, r], keep) else {
        return Err(vec![defect(
            DefectKind::Unknown,
            at,
            [own],
            "neither piece holds the point given".into(),
        )]);
    };
    let goes = if stays == l { r } else { l };
    let parent = view.unit(id).and_then(|u| u.parent);
    let (born, fields) = created(view, new, parent, terms)?;
    faces.give(&mut sheet, &BTreeMap::from([(goes, Side::Unit(born))]));
    let change = LayerChange { borders: sheet.difference(), fields, lineage: BTreeSet::from([(id, born)]) };
    Ok(Proposal::of(&view.layer().name, change))
}

/// Which of the pieces left and right of a cut stays; `None` when neither holds the point that says so.
fn staying(faces: &Faces, [left, right]: [u32; 2], keep: Keep) -> Option<u32> {
    let areas = faces.twice_areas();
    match keep {
        Keep::Left => Some(left),
        Keep::Right => Some(right),
        Keep::Larger => Some(if areas[&left] >= areas[&right] { left } else { right }),
        Keep::Inside(p) => [left, right].into_iter().find(|&face| faces.holds(face, p)),
    }
}

/// The fields of a unit that is made, and its id.
fn created(
    view: &LayerView,
    new: &NewUnit,
    parent: Option<UnitId>,
    terms: &Terms,
) -> Result<(UnitId, Delta<UnitField, Value>), Refused> {
    let Some(&id) = terms.ids.first() else {
        return Err(vec![refusal(DefectKind::Unknown, "a new unit needs an id".into())]);
    };
    if !view.row(id).is_empty() {
        return Err(vec![refusal(DefectKind::DuplicateId, format!("id {id} is given already"))]);
    }
    let above = parent.and_then(|p| view.unit(p));
    let proposed = || above.as_ref().and_then(|above| code::next(view, above, 1).pop());
    let Some(code) = new.code.clone().or_else(proposed) else {
        return Err(vec![refusal(
            DefectKind::BadValue,
            "a new unit needs a code: all numbers here are in use".into(),
        )]);
    };
    let level = view.layer().grid_level();
    let unit = Unit { id, code, name: new.name.clone(), level, parent, attributes: Attributes::new() };
    Ok((id, born(&unit)))
}

/// All fields of a unit, coming from nothing.
pub(super) fn born(unit: &Unit) -> Delta<UnitField, Value> {
    fields::row(unit).into_iter().map(|(field, value)| ((unit.id, field), None, Some(value))).collect()
}

/// All fields of a unit, going.
pub(super) fn gone(id: UnitId, row: Row) -> impl Iterator<Item = (UnitField, Option<Value>, Option<Value>)> {
    row.into_iter().map(move |(field, value): (Field, Value)| ((id, field), Some(value), None))
}

/// Gives all ground of some units to one.
pub(super) fn merge(view: &LayerView, keep: &Code, drop: &[Code], parts: bool) -> Result<Proposal, Refused> {
    let heir = grid(view, keep)?;
    let dropped = drop.iter().map(|code| grid(view, code)).collect::<Result<BTreeSet<_>, _>>()?;
    if dropped.is_empty() || dropped.contains(&heir) {
        let detail = format!("at least one unit other than {keep} must be named to end in it");
        return Err(vec![defect(DefectKind::BadPath, None, [Side::Unit(heir)], detail)]);
    }
    let heirs = dropped.iter().map(|&id| (Side::Unit(id), Side::Unit(heir))).collect();
    let fields = dropped.iter().flat_map(|&id| gone(id, view.row(id))).collect();
    let lineage = dropped.iter().map(|&id| (id, heir)).collect();
    let change = LayerChange { borders: renamed(view, &heirs), fields, lineage };
    Ok(Proposal { parts, ..Proposal::of(&view.layer().name, change) })
}

/// Ends a unit. Its ground is nobody's.
pub(super) fn retire(view: &LayerView, code: &Code) -> Result<Proposal, Refused> {
    let unit = unit(view, code)?;
    let heirs = BTreeMap::from([(Side::Unit(unit.id), view.void())]);
    let fields = gone(unit.id, view.row(unit.id)).collect();
    let change = LayerChange { borders: renamed(view, &heirs), fields, ..LayerChange::default() };
    Ok(Proposal { parts: true, ..Proposal::of(&view.layer().name, change) })
}

/// The borders of units with others in their place; one between two of the same is gone.
fn renamed(view: &LayerView, heirs: &BTreeMap<Side, Side>) -> crate::edit::runs::Borders {
    let heir = |side: Side| heirs.get(&side).copied().unwrap_or(side);
    let segments = view.beside(&heirs.keys().copied().collect());
    let steps = segments.into_iter().map(|(place, old)| {
        let new = (heir(old.0), heir(old.1));
        (place, Some(old), (new.0 != new.1).then_some(new))
    });
    steps.collect()
}

/// Gives what of a drawn area is one unit's to another.
pub(super) fn transfer(
    view: &LayerView,
    (from, to): (&Code, &Code),
    area: &[Vec<Point>],
    parts: bool,
) -> Result<Proposal, Refused> {
    let (giver, heir) = (grid(view, from)?, grid(view, to)?);
    let borders = given(view, area, Side::Unit(giver), Side::Unit(heir), from.as_str())?;
    let change = LayerChange { borders, ..LayerChange::default() };
    Ok(Proposal { parts, ..Proposal::of(&view.layer().name, change) })
}

/// Makes a unit of what of a drawn area is nobody's.
pub(super) fn create(
    view: &LayerView,
    area: &[Vec<Point>],
    (new, parent): (&NewUnit, &Code),
    parts: bool,
    terms: &Terms,
) -> Result<Proposal, Refused> {
    let parent = unit(view, parent)?;
    let (id, fields) = created(view, new, Some(parent.id), terms)?;
    let borders = given(view, area, view.void(), Side::Unit(id), "nobody")?;
    Ok(Proposal {
        parts,
        ..Proposal::of(&view.layer().name, LayerChange { borders, fields, lineage: BTreeSet::new() })
    })
}

/// The faces of `from` inside drawn rings become those of `to`.
fn given(
    view: &LayerView,
    area: &[Vec<Point>],
    from: Side,
    to: Side,
    giver: &str,
) -> Result<crate::edit::runs::Borders, Refused> {
    let mut rings = Vec::new();
    for ring in area {
        let mut ring = ring.clone();
        ring.extend((ring.first() != ring.last()).then(|| ring.first().copied()).flatten());
        rings.push(check_path(&ring).map_err(|d| vec![d])?);
    }
    let mut sheet = Sheet::around(view, &rings, &[from, to]);
    for ring in &rings {
        sheet.draw(ring).map_err(|d| vec![d])?;
    }
    let faces = Faces::of(&sheet);
    let wall = places(&sheet.drawn);
    let inside = faces.inside(&wall);
    let given: BTreeMap<u32, Side> =
        inside.into_iter().filter(|&face| faces.label(face) == from).map(|face| (face, to)).collect();
    if given.is_empty() {
        let at = rings.first().and_then(|r| r.first()).copied();
        let detail = format!("the area must hold ground of {giver}");
        return Err(vec![defect(DefectKind::BadPath, at, [from], detail)]);
    }
    faces.give(&mut sheet, &given);
    Ok(sheet.difference())
}
