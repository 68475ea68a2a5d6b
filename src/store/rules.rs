//! What every backend asks of a publication, and what it has to write. Values in, values out: no SQL.

use super::rows::{Codec, Version};
use super::{Publication, StoreError};
use crate::geom::Shape;
use crate::snapshot::{LayerSource, Revision};
use crate::unit::{Code, Layer, Post, Unit, UnitId};
use chrono::SubsecRound;
use std::collections::{BTreeSet, HashMap, HashSet};

/// What no backend could store: an id or a current code given twice, a shape or a parent that is nobody, a
/// level that is not the layer's, a text that not every database can hold.
pub(super) fn refuse_broken_identities(layers: &[LayerSource]) -> Result<(), StoreError> {
    let mut refused = Vec::new();
    let mut names = HashSet::new();
    let mut ids: HashMap<UnitId, &str> = HashMap::new();
    for source in layers {
        let name = source.layer.name.as_str();
        if !names.insert(name) {
            refused.push(format!("layer {name} is given twice"));
        }
        for unit in &source.units {
            if let Some(other) = ids.insert(unit.id, name) {
                refused.push(format!("unit id {} is given twice, in {other} and {name}", unit.id));
            }
        }
        refused.extend(repeated_codes(source));
        refused.extend(source.units.iter().filter_map(|unit| broken_unit(&source.layer, unit)));
        let mut shaped = HashSet::new();
        for (id, _) in &source.shapes {
            if ids.get(id) != Some(&name) || !shaped.insert(id) {
                refused.push(format!("a shape of {name} belongs to no unit, or is a second one: id {id}"));
            }
        }
    }
    let orphans = layers.iter().flat_map(|s| &s.units);
    let orphans = orphans.filter(|u| u.parent.is_some_and(|p| !ids.contains_key(&p)));
    refused.extend(orphans.map(|u| format!("the parent of unit {} is not among the units", u.code)));
    if refused.is_empty() { Ok(()) } else { Err(StoreError::Refused(refused)) }
}

fn repeated_codes(source: &LayerSource) -> Vec<String> {
    let mut seen: HashSet<&Code> = HashSet::new();
    let twice = source.units.iter().filter(|unit| !seen.insert(&unit.code));
    twice.map(|unit| format!("code {} of {} is given twice", unit.code, source.layer.name)).collect()
}

/// PostgreSQL holds no NUL character in a text; so no store does.
fn broken_unit(layer: &Layer, unit: &Unit) -> Option<String> {
    let of = |what| Some(format!("unit {} of {} has {what}", unit.code, layer.name));
    if unit.level > layer.grid_level() {
        return of("a level that the layer has not");
    }
    if unit.name.contains('\0') { of("a NUL character in its name") } else { None }
}

/// The revision that a publication makes, when it follows the head.
pub(super) fn follow(head: Option<Revision>, next: &Publication<'_>) -> Result<Revision, StoreError> {
    let (at, wanted) = (head.map_or(0, |r| r.number), next.prev.unwrap_or(0));
    if at != wanted {
        return Err(StoreError::Conflict { head: at, got: wanted });
    }
    if next.note.as_ref().is_some_and(|note| note.contains('\0')) {
        return Err(StoreError::Refused(vec!["the note has a NUL character".into()]));
    }
    let effective_from = next.effective_from.trunc_subsecs(6);
    if let Some(head) = head.filter(|head| head.effective_from >= effective_from) {
        return Err(StoreError::NotLater { head: head.effective_from, got: effective_from });
    }
    Ok(Revision { number: at + 1, effective_from })
}

/// The layers that are new. One that is known keeps its levels: old versions name them.
pub(super) fn new_layers<'a>(
    known: &[Layer],
    sources: &'a [LayerSource],
) -> Result<Vec<&'a Layer>, StoreError> {
    let mut new = Vec::new();
    for layer in sources.iter().map(|s| &s.layer) {
        match known.iter().find(|k| k.name == layer.name) {
            None => new.push(layer),
            Some(same) if same == layer => {}
            Some(_) => {
                let refused = format!("layer {} is stored with another title, outline or levels", layer.name);
                return Err(StoreError::Refused(vec![refused]));
            }
        }
    }
    Ok(new)
}

/// Which outlines end with the revision before, and which begin.
pub(super) struct OutlineChange {
    pub ended: Vec<String>,
    pub new: Vec<(String, Shape)>,
}

impl OutlineChange {
    /// From those that hold to those that shall hold; equal ones stay.
    pub(super) fn between(mut old: HashMap<String, Shape>, sources: &[LayerSource]) -> Self {
        let mut change = Self { ended: Vec::new(), new: Vec::new() };
        for source in sources {
            let name = &source.layer.name;
            let (before, after) = (old.remove(name), source.outline.as_ref().map(Shape::canonical));
            if before == after {
                continue;
            }
            change.ended.extend(before.map(|_| name.clone()));
            change.new.extend(after.map(|shape| (name.clone(), shape)));
        }
        change.ended.extend(old.into_keys());
        change
    }
}

/// Which versions end with the revision before, and which begin; both by unit.
pub(super) struct UnitChange {
    pub ended: Vec<i64>,
    pub new: Vec<Version>,
}

impl UnitChange {
    /// From those that hold to those that shall hold, of some units or of all; equal ones stay.
    pub(super) fn between(
        old: Vec<Version>,
        sources: &[LayerSource],
        among: Option<&BTreeSet<UnitId>>,
        codec: Codec,
    ) -> Self {
        let mut old: HashMap<i64, Version> = old.into_iter().map(|v| (v.unit, v)).collect();
        let mut new: Vec<Version> = sources.iter().flat_map(|s| Version::of_layer(s, among, codec)).collect();
        new.retain(|version| {
            let same = old.get(&version.unit) == Some(version);
            if same {
                old.remove(&version.unit);
            }
            !same
        });
        let mut ended: Vec<i64> = old.into_keys().collect();
        ended.sort_unstable();
        new.sort_by_key(|version| version.unit);
        Self { ended, new }
    }
}

/// Refuses new units whose ids drafts have taken; `taken` are the ids that no unit has yet, with the drafts. The draft
/// that is being published has its own.
pub(super) fn refuse_taken(
    taken: &HashMap<i64, i64>,
    new: &[Version],
    draft: Option<u64>,
) -> Result<(), StoreError> {
    let others = |version: &&Version| {
        taken.get(&version.unit).is_some_and(|holder| draft.is_none_or(|own| own as i64 != *holder))
    };
    let refused: Vec<String> = new
        .iter()
        .filter(others)
        .map(|version| format!("unit id {} is taken by draft {}", version.unit, taken[&version.unit]))
        .collect();
    if refused.is_empty() { Ok(()) } else { Err(StoreError::Refused(refused)) }
}

/// Refuses posts of units that are not in `known`, which ascends.
pub(super) fn refuse_unknown_units(known: &[i64], posts: &[Post]) -> Result<(), StoreError> {
    let unknown = |p: &&Post| known.binary_search(&(p.unit.get() as i64)).is_err();
    let mut refused: Vec<String> = posts
        .iter()
        .filter(unknown)
        .map(|p| format!("expected the unit of the post {} to exist, got {}", p.title, p.unit))
        .collect();
    let texts = |p: &Post| {
        let person = p.person.iter().flat_map(|p| p.phone.iter().chain([&p.holder]).cloned());
        person.chain([p.title.clone()]).any(|text| text.contains('\0'))
    };
    let nul: BTreeSet<UnitId> = posts.iter().filter(|p| texts(p)).map(|p| p.unit).collect();
    refused.extend(nul.iter().map(|unit| format!("a post of unit {unit} has a NUL character")));
    if refused.is_empty() { Ok(()) } else { Err(StoreError::Refused(refused)) }
}
