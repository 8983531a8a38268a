//! A map that is cheap to copy and to change while an older copy is still looked at.
//!
//! What is held in memory is shared by everybody who asks, and a change makes a copy where
//! somebody still looks at the older state. Split into parts that are shared one by one,
//! only the part that changes is copied.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::Arc;

/// Parts; a change copies about one in so many entries.
const PARTS: usize = 256;

/// A map in parts.
#[derive(Debug, Clone)]
pub(super) struct Sharded<K, V> {
    parts: Vec<Arc<HashMap<K, V>>>,
    hasher: RandomState,
}

impl<K, V> Default for Sharded<K, V> {
    fn default() -> Self {
        Self {
            parts: (0..PARTS).map(|_| Arc::default()).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Sharded<K, V> {
    fn part(&self, key: &(impl Hash + ?Sized)) -> usize {
        (self.hasher.hash_one(key) >> 32) as usize % PARTS
    }

    /// The value of a key.
    pub(super) fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.parts.get(self.part(key))?.get(key)
    }

    /// The key as it is kept, to be shared.
    pub(super) fn get_key<Q>(&self, key: &Q) -> Option<&K>
    where
        K: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let found = self.parts.get(self.part(key))?.get_key_value(key)?;
        Some(found.0)
    }

    /// The value of a key, made where there is none.
    pub(super) fn entry(&mut self, key: K) -> Option<&mut V>
    where
        V: Default,
    {
        let part = self.part(&key);
        let part = Arc::make_mut(self.parts.get_mut(part)?);
        Some(part.entry(key).or_default())
    }

    /// Sets the value of a key.
    pub(super) fn insert(&mut self, key: K, value: V) {
        let part = self.part(&key);
        if let Some(part) = self.parts.get_mut(part) {
            Arc::make_mut(part).insert(key, value);
        }
    }

    /// Every key with its value, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.parts.iter().flat_map(|part| part.iter())
    }

    /// Every key, in no order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &K> {
        self.parts.iter().flat_map(|part| part.keys())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_older_copy_stays_as_it_was() {
        let mut map: Sharded<Arc<str>, u32> = Sharded::default();
        for number in 0..2_000 {
            map.insert(number.to_string().into(), number);
        }
        let older = map.clone();
        *map.entry("7".into()).unwrap() = 70;
        map.insert("new".into(), 1);
        assert_eq!((older.get("7"), map.get("7")), (Some(&7), Some(&70)));
        assert_eq!((older.get("new"), map.get("new")), (None, Some(&1)));
        assert_eq!((older.keys().count(), map.keys().count()), (2_000, 2_001));
    }
}
