//! `set_attributes`, `reassign_parent`, `replace_units`: operations on rows.

use super::give::{born, gone};
use super::{Proposal, Refused, Terms, code, defect, grid, refusal, unit};
use crate::coverage::DefectKind;
use crate::edit::change::LayerChange;
use crate::edit::delta::Delta;
use crate::edit::draw::{Faces, Sheet, places};
use crate::edit::fields::{Field, UnitField};
use crate::edit::operation::{Replacement, Setting};
use crate::edit::runs::Borders;
use crate::edit::side::{Place, Side};
use crate::edit::state::LayerView;
use crate::geom::{Point, Ring, Shape};
use crate::unit::{Code, Unit, UnitId};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Sets fields, each only if it is what was expected.
pub(super) fn set_attributes(
    view: &LayerView,
    code: &Code,
    set: &BTreeMap<Field, Setting>,
) -> Result<Proposal, Refused> {
    let unit = unit(view, code)?;
    let row = view.row(unit.id);
    let there = |value: &Value| Some(value.clone()).filter(|v| !v.is_null());
    let mut fields = Delta::default();
    let mut refused = Vec::new();
    for (field, setting) in set {
        let stands = row.get(field).cloned();
        if let Some((kind, detail)) = refusal_of(field, setting, stands.as_ref()) {
            refused.push(defect(kind, None, [Side::Unit(unit.id)], format!("unit {code}: {detail}")));
        }
        fields.put((unit.id, field.clone()), stands, there(&setting.new));
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    Ok(Proposal::of(&view.layer().name, LayerChange { fields, ..LayerChange::default() }))
}

/// Why a field cannot be set.
fn refusal_of(field: &Field, setting: &Setting, stands: Option<&Value>) -> Option<(DefectKind, String)> {
    let text = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
    match field {
        Field::Level | Field::Parent => {
            Some((DefectKind::NotAllowed, format!("{field} is not set like this; use reassign_parent")))
        }
        Field::Name if !text(&setting.new) => Some((DefectKind::BadValue, "a name must be a text".into())),
        Field::Code if setting.new.as_str().is_none_or(|c| Code::try_from(c).is_err()) => {
            Some((DefectKind::BadValue, "a code must have 1 to 64 characters without white space".into()))
        }
        _ if stands.unwrap_or(&Value::Null) != &setting.old => {
            let now = stands.map_or("nothing".into(), ToString::to_string);
            Some((DefectKind::Stale, format!("{field} must be {} to be set, got {now}", setting.old)))
        }
        _ => None,
    }
}

/// Puts units under another parent, and proposes codes for them.
pub(super) fn reassign_parent(view: &LayerView, codes: &[Code], parent: &Code) -> Result<Proposal, Refused> {
    let parent = unit(view, parent)?;
    let mut refused = Vec::new();
    let mut fields = Delta::default();
    let mut moved = Vec::new();
    for code in codes {
        match unit(view, code) {
            Ok(child) if child.level.0 == parent.level.0 + 1 => {
                let old = child.parent.map(|p| p.get().into());
                fields.put((child.id, Field::Parent), old, Some(parent.id.get().into()));
                moved.extend((child.parent != Some(parent.id)).then_some(child.id));
            }
            Ok(child) => {
                let [is, wants] = [child.level, parent.level].map(|l| view.layer().level_name(l));
                let detail =
                    format!("a parent must stand one level up: {code} is a {is}, {} a {wants}", parent.code);
                refused.push(defect(DefectKind::WrongParent, None, [Side::Unit(child.id)], detail));
            }
            Err(defects) => refused.extend(defects),
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let proposed = moved.iter().copied().zip(code::next(view, &parent, moved.len())).collect();
    let change = LayerChange { fields, ..LayerChange::default() };
    Ok(Proposal { codes: proposed, ..Proposal::of(&view.layer().name, change) })
}

/// Replaces units by those of an import; what is not named stays as it is.
pub(super) fn replace_units(
    view: &LayerView,
    units: &[Replacement],
    retire: &[Code],
    terms: &Terms,
) -> Result<Proposal, Refused> {
    let mut fresh = terms.ids.iter().copied();
    let mut fields: Vec<(UnitField, Option<Value>, Option<Value>)> = Vec::new();
    let mut ground: BTreeMap<UnitId, Shape> = BTreeMap::new();
    let mut refused = Vec::new();
    for replacement in units {
        match replacing(view, replacement, &mut fresh) {
            Ok((id, steps)) => {
                fields.extend(steps);
                ground.insert(id, replacement.shape.clone());
            }
            Err(defects) => refused.extend(defects),
        }
    }
    let mut ended = BTreeSet::new();
    for code in retire {
        match grid(view, code) {
            Ok(id) => drop(ended.insert(id)),
            Err(defects) => refused.extend(defects),
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    fields.extend(ended.iter().flat_map(|&id| gone(id, view.row(id))));
    let borders = regrounded(view, &ground, &ended)?;
    let change = LayerChange { borders, fields: fields.into_iter().collect(), ..LayerChange::default() };
    Ok(Proposal { parts: true, ..Proposal::of(&view.layer().name, change) })
}

type Steps = Vec<(UnitField, Option<Value>, Option<Value>)>;

/// The fields of one unit of an import.
fn replacing(
    view: &LayerView,
    replacement: &Replacement,
    fresh: &mut impl Iterator<Item = UnitId>,
) -> Result<(UnitId, Steps), Refused> {
    let Replacement { unit: was, code, name, parent, attributes, .. } = replacement;
    let parent = Some(unit(view, parent)?.id);
    let id = match was {
        Some(code) => grid(view, code)?,
        None => {
            fresh.next().ok_or_else(|| vec![refusal(DefectKind::Unknown, "a new unit needs an id".into())])?
        }
    };
    let before = view.row(id);
    let mut kept = view.unit(id).map(|u| u.attributes.clone()).unwrap_or_default();
    kept.extend(attributes.clone());
    let level = view.layer().grid_level();
    let unit = Unit { id, code: code.clone(), name: name.clone(), level, parent, attributes: kept };
    let born = born(&unit);
    let steps = born.steps().map(|(key, step)| (key.clone(), before.get(&key.1).cloned(), step.new.clone()));
    Ok((id, steps.filter(|(_, old, new)| old != new).collect()))
}

/// The borders when some units hold other ground: their rings are drawn, and each face goes to whoever rings it in.
/// What the named units held and hold no more is nobody's; a unit that is not named keeps all its ground.
fn regrounded(
    view: &LayerView,
    ground: &BTreeMap<UnitId, Shape>,
    ended: &BTreeSet<UnitId>,
) -> Result<Borders, Refused> {
    let named: BTreeSet<Side> = ground.keys().chain(ended).copied().map(Side::Unit).collect();
    let closed = |ring: &Ring| ring.points().iter().chain(ring.points().first()).copied().collect::<Vec<_>>();
    let rings: Vec<Vec<Point>> = ground.values().flat_map(Shape::rings).map(closed).collect();
    let at_hand: Vec<Side> = named.iter().copied().chain([view.void()]).collect();
    let mut sheet = Sheet::around(view, &rings, &at_hand);
    let mut walls: BTreeMap<UnitId, BTreeSet<Place>> = BTreeMap::new();
    for (&id, shape) in ground {
        let first = sheet.drawn.len();
        for ring in shape.rings() {
            sheet.draw(&closed(ring)).map_err(|d| vec![d])?;
        }
        walls.insert(id, places(&sheet.drawn[first..]));
    }
    let faces = Faces::of(&sheet);
    let mut heirs: BTreeMap<u32, Side> =
        named.iter().flat_map(|&side| faces.held_by(side)).map(|face| (face, view.void())).collect();
    let mut refused = Vec::new();
    for (&id, walls) in &walls {
        for face in faces.inside(walls) {
            let held = faces.label(face);
            let rival = heirs.insert(face, Side::Unit(id)).filter(|heir| *heir != view.void());
            let rival = rival.or_else(|| (held != view.void() && !named.contains(&held)).then_some(held));
            refused.extend(rival.map(|rival| {
                let at = ground[&id].rings().next().map(|r| r.points()[0]);
                let detail = format!("ground of unit {id} would be that of {rival}, too");
                defect(DefectKind::Overlap, at, [Side::Unit(id), rival], detail)
            }));
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    faces.give(&mut sheet, &heirs);
    Ok(sheet.difference())
}
