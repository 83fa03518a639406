//! A map that forgets its oldest entry when it is full, so that nothing in the simulator grows for ever.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

pub(crate) struct BoundedMap<K, V> {
    entries: HashMap<K, V>,
    order: VecDeque<K>,
    entries_max: usize,
}

impl<K: Clone + Eq + Hash, V> BoundedMap<K, V> {
    pub(crate) fn new(entries_max: usize) -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new(), entries_max }
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        if self.entries.insert(key.clone(), value).is_some() {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > self.entries_max
            && let Some(oldest) = self.order.pop_front()
        {
            self.entries.remove(&oldest);
        }
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    /// Entries in the order in which they first came.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.order.iter().filter_map(|key| self.entries.get_key_value(key))
    }
}

impl<K: Clone + Eq + Hash> BoundedMap<K, u64> {
    /// Counts one more for `key` and returns the new count.
    pub(crate) fn count(&mut self, key: K) -> u64 {
        if let Some(count) = self.get_mut(&key) {
            *count += 1;
            return *count;
        }
        self.insert(key, 1);
        1
    }
}

#[cfg(test)]
mod tests {
    use super::BoundedMap;

    #[test]
    fn the_oldest_entry_is_forgotten_when_the_map_is_full() {
        let mut map = BoundedMap::new(2);
        for key in ["a", "b", "a", "c"] {
            map.count(key);
        }
        let kept: Vec<_> = map.iter().map(|(key, count)| (*key, *count)).collect();
        assert_eq!(kept, [("b", 1), ("c", 1)]);
    }
}
