//! The units of one layer as a tree.

use super::{Code, Layer, Level, UnitId};
use std::collections::HashMap;

/// Free attributes of a unit, by column name, in the order they came.
pub type Attributes = serde_json::Map<String, serde_json::Value>;

/// A responsibility area at some level of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Immutable identity.
    pub id: UnitId,
    /// Public code.
    pub code: Code,
    /// Name as shown.
    pub name: String,
    /// Its level in the layer.
    pub level: Level,
    /// The unit one level up; `None` only at the top.
    pub parent: Option<UnitId>,
    /// Everything else that came with it (`households`, `name_en`, a county's `pinyin` …).
    pub attributes: Attributes,
}

/// A breach of the rules that hold among the units of a layer, whatever their shapes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Two units have one id.
    #[error("unit id {0} is given twice")]
    DuplicateId(UnitId),
    /// Two current units have one code.
    #[error("code {code} is given to the units {first} and {second}")]
    DuplicateCode {
        /// The code.
        code: Code,
        /// One bearer.
        first: UnitId,
        /// The other one.
        second: UnitId,
    },
    /// The parent is missing, is not in the layer or is not one level up.
    #[error("unit {code} ({level}) must have a parent of level {expected}, got {got}")]
    WrongParent {
        /// The unit.
        unit: UnitId,
        /// Its code.
        code: Code,
        /// Its level's name.
        level: String,
        /// The level one up, or `none` at the top.
        expected: String,
        /// What stands there.
        got: String,
    },
}

/// The units of one layer: by id, by code, and as a tree. Never changes once built.
#[derive(Clone, Debug, Default)]
pub struct Units {
    all: Vec<Unit>,
    by_code: HashMap<Code, u32>,
    children: HashMap<UnitId, Vec<u32>>,
}

impl Units {
    /// Builds the tree, or reports every breach.
    ///
    /// A parent stands exactly one level up; only units of the top level have none.
    pub fn new(layer: &Layer, mut units: Vec<Unit>) -> Result<Self, Vec<TreeError>> {
        units.sort_by_key(|u| u.id);
        let mut errors: Vec<TreeError> = units
            .windows(2)
            .filter(|w| w[0].id == w[1].id)
            .map(|w| TreeError::DuplicateId(w[0].id))
            .collect();
        let mut by_code: HashMap<Code, u32> = HashMap::with_capacity(units.len());
        for (i, unit) in units.iter().enumerate() {
            if let Some(other) = by_code.insert(unit.code.clone(), i as u32) {
                let (first, second) = (units[other as usize].id, unit.id);
                errors.push(TreeError::DuplicateCode { code: unit.code.clone(), first, second });
            }
        }
        let mut tree = Self { all: units, by_code, children: HashMap::new() };
        errors.extend(tree.all.iter().filter_map(|u| tree.parent_error(layer, u)));
        if !errors.is_empty() {
            return Err(errors);
        }
        for (i, unit) in tree.all.iter().enumerate() {
            if let Some(parent) = unit.parent {
                tree.children.entry(parent).or_default().push(i as u32);
            }
        }
        for list in tree.children.values_mut() {
            list.sort_by(|&a, &b| tree.all[a as usize].code.cmp(&tree.all[b as usize].code));
        }
        Ok(tree)
    }

    fn parent_error(&self, layer: &Layer, unit: &Unit) -> Option<TreeError> {
        let expected = unit.level.0.checked_sub(1).map(Level);
        let found = unit.parent.map(|id| self.get(id));
        let right = match (expected, &found) {
            (None, None) => true,
            (Some(level), Some(Some(parent))) => parent.level == level,
            _ => false,
        };
        let got = match found {
            None => "none".to_owned(),
            Some(None) => format!("unknown unit {}", unit.parent?),
            Some(Some(p)) => format!("{} ({})", p.code, layer.level_name(p.level)),
        };
        (!right).then(|| TreeError::WrongParent {
            unit: unit.id,
            code: unit.code.clone(),
            level: layer.level_name(unit.level).into(),
            expected: expected.map_or("none", |l| layer.level_name(l)).into(),
            got,
        })
    }

    /// All units, by id.
    pub fn all(&self) -> &[Unit] {
        &self.all
    }

    /// The unit with that id. Costs a binary search.
    pub fn get(&self, id: UnitId) -> Option<&Unit> {
        self.place(id).map(|i| &self.all[i])
    }

    /// Where the unit with that id stands in [`Units::all`]. Costs a binary search.
    pub fn place(&self, id: UnitId) -> Option<usize> {
        self.all.binary_search_by_key(&id, |u| u.id).ok()
    }

    /// The current unit with that code.
    pub fn by_code(&self, code: &Code) -> Option<&Unit> {
        self.by_code.get(code).map(|&i| &self.all[i as usize])
    }

    /// The units directly under one, by code.
    pub fn children(&self, id: UnitId) -> impl Iterator<Item = &Unit> {
        self.children.get(&id).into_iter().flatten().map(|&i| &self.all[i as usize])
    }

    /// The unit itself and everything above it, bottom up.
    pub fn chain(&self, id: UnitId) -> impl Iterator<Item = &Unit> {
        std::iter::successors(self.get(id), |u| u.parent.and_then(|p| self.get(p)))
    }

    /// The unit of a level at or above `id`; `None` when `id` stands above that level.
    pub fn ancestor(&self, id: UnitId, level: Level) -> Option<&Unit> {
        self.chain(id).find(|u| u.level == level)
    }

    /// All grids under a unit (itself, when it is one), by code along the tree.
    pub fn grids_under(&self, id: UnitId, grid: Level) -> Vec<UnitId> {
        let mut found = Vec::new();
        let mut open: Vec<&Unit> = self.get(id).into_iter().collect();
        while let Some(unit) = open.pop() {
            if unit.level == grid {
                found.push(unit.id);
            }
            let at = open.len();
            open.extend(self.children(unit.id));
            open[at..].reverse();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: u64, code: &str, level: u8, parent: u64) -> Unit {
        Unit {
            id: UnitId::try_from(id).unwrap(),
            code: Code::try_from(code).unwrap(),
            name: code.into(),
            level: Level(level),
            parent: UnitId::try_from(parent).ok(),
            attributes: Attributes::new(),
        }
    }

    #[test]
    fn a_tree_answers_up_and_down() {
        let units = vec![unit(3, "w2", 2, 2), unit(1, "c", 0, 0), unit(2, "r", 1, 1), unit(4, "w1", 2, 2)];
        let tree = Units::new(&Layer::water(), units).unwrap();
        let id = |n| UnitId::try_from(n).unwrap();
        let chain: Vec<_> = tree.chain(id(3)).map(|u| u.code.as_str()).collect();
        assert_eq!(chain, ["w2", "r", "c"]);
        assert_eq!(tree.grids_under(id(1), Level(2)), [id(4), id(3)]);
        assert_eq!(tree.ancestor(id(3), Level(0)).unwrap().id, id(1));
    }

    #[test]
    fn every_breach_is_reported_at_once() {
        let units = vec![unit(1, "c", 0, 0), unit(2, "c", 1, 1), unit(3, "x", 2, 1), unit(4, "y", 1, 9)];
        let errors = Units::new(&Layer::water(), units).unwrap_err();
        assert_eq!(errors.len(), 3, "{errors:?}");
    }
}
