//! The algebra of changes, for anything that is a map: what stood under each key, and what stands now.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// What stood under one key before, and what stands there after; the two differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<V> {
    /// What stood there; `None` when nothing did.
    pub old: Option<V>,
    /// What stands there now.
    pub new: Option<V>,
}

/// The net difference of two maps, by key. Holds nothing that is the same before and after.
///
/// It is a partial group: [`Delta::inverted`] undoes it, [`Delta::then`] puts two together, and the empty one
/// does nothing. Equal deltas are equal values, so a hash over one names the change itself and not the way
/// by which it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta<K, V>(BTreeMap<K, Step<V>>);

impl<K, V> Default for Delta<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Clone, V: PartialEq + Clone> Delta<K, V> {
    /// What leads from one map to the other.
    pub fn between(before: &BTreeMap<K, V>, after: &BTreeMap<K, V>) -> Self {
        let mut delta = Self::default();
        for (key, old) in before {
            delta.put(key.clone(), Some(old.clone()), after.get(key).cloned());
        }
        for (key, new) in after.iter().filter(|(key, _)| !before.contains_key(key)) {
            delta.put(key.clone(), None, Some(new.clone()));
        }
        delta
    }

    /// Says what stood and what stands under a key; forgets the key when that is the same.
    pub fn put(&mut self, key: K, old: Option<V>, new: Option<V>) {
        if old == new {
            self.0.remove(&key);
        } else {
            self.0.insert(key, Step { old, new });
        }
    }

    /// The steps, by key.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = (&K, &Step<V>)> {
        self.0.iter()
    }

    /// The step under a key.
    pub fn get(&self, key: &K) -> Option<&Step<V>> {
        self.0.get(key)
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The way back.
    #[must_use]
    pub fn inverted(&self) -> Self {
        let turned = |(k, s): (&K, &Step<V>)| (k.clone(), Step { old: s.new.clone(), new: s.old.clone() });
        Self(self.0.iter().map(turned).collect())
    }

    /// This change and then the next as one. The keys where the next does not begin at what this one left
    /// are the error.
    pub fn then(&self, next: &Self) -> Result<Self, Vec<K>> {
        let mut whole = self.0.clone();
        let mut misfits = Vec::new();
        for (key, step) in &next.0 {
            match whole.entry(key.clone()) {
                Entry::Vacant(place) => drop(place.insert(step.clone())),
                Entry::Occupied(place) if place.get().new != step.old => misfits.push(key.clone()),
                Entry::Occupied(place) if place.get().old == step.new => drop(place.remove()),
                Entry::Occupied(mut place) => place.get_mut().new.clone_from(&step.new),
            }
        }
        if misfits.is_empty() { Ok(Self(whole)) } else { Err(misfits) }
    }

    /// What stands under a key after this change, when `before` stood there.
    pub fn after(&self, key: &K, before: Option<V>) -> Option<V> {
        self.0.get(key).map_or(before, |step| step.new.clone())
    }
}

impl<K: Ord + Clone, V: PartialEq + Clone> FromIterator<(K, Option<V>, Option<V>)> for Delta<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, Option<V>, Option<V>)>>(steps: I) -> Self {
        let mut delta = Self::default();
        steps.into_iter().for_each(|(key, old, new)| delta.put(key, old, new));
        delta
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(steps: &[(u8, Option<u8>, Option<u8>)]) -> Delta<u8, u8> {
        steps.iter().copied().collect()
    }

    #[test]
    fn a_change_and_its_inverse_are_nothing() {
        let change =
            delta(&[(1, None, Some(5)), (2, Some(3), None), (3, Some(1), Some(2)), (4, Some(9), Some(9))]);
        assert_eq!(change.steps().count(), 3);
        assert!(change.then(&change.inverted()).unwrap().is_empty());
        assert_eq!(change.inverted().inverted(), change);
    }

    #[test]
    fn two_changes_become_their_net_one() {
        let (a, b) = (
            delta(&[(1, Some(1), Some(2)), (2, None, Some(7))]),
            delta(&[(1, Some(2), Some(3)), (2, Some(7), None)]),
        );
        assert_eq!(a.then(&b).unwrap(), delta(&[(1, Some(1), Some(3))]));
        assert_eq!(b.then(&a), Err(vec![1]), "key 2 fits by chance, key 1 does not");
        assert_eq!(a.after(&1, Some(1)), Some(2));
    }
}
