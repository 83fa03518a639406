//! A bounded read-through cache of rows that are read on each request.
//!
//! It is exact by construction. A write removes the rows it changes before its commit and, until the commit is
//! known, nothing is put in; then the generation counts up. A reader draws a ticket with the generation before
//! it asks the database, and its row is taken only if no write ran since: a row read before a write can
//! therefore never be put in after it. Absence is not cached.

use std::collections::HashMap;
use std::hash::Hash;

use parking_lot::RwLock;

/// What a row in a cache tells about itself.
pub(crate) trait Cached: Clone {
    /// The row's number, by which writes name it.
    fn row_id(&self) -> i64;

    /// About how many bytes it takes in memory.
    fn weight(&self) -> usize;
}

/// The generation a reader saw before it read.
#[derive(Clone, Copy)]
pub(crate) struct Ticket(u64);

pub(crate) struct Cache<K, V> {
    state: RwLock<State<K, V>>,
    /// Bytes; zero switches the cache off.
    weight_max: usize,
}

struct State<K, V> {
    rows: HashMap<K, V>,
    keys: HashMap<i64, K>,
    weight: usize,
    generation: u64,
    writes_running: u32,
}

impl<K: Clone + Eq + Hash, V: Cached> Cache<K, V> {
    pub fn new(weight_max: usize) -> Self {
        let state =
            State { rows: HashMap::new(), keys: HashMap::new(), weight: 0, generation: 0, writes_running: 0 };
        Self { state: RwLock::new(state), weight_max }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.state.read().rows.get(key).cloned()
    }

    /// To be drawn before the database is asked.
    pub fn ticket(&self) -> Ticket {
        Ticket(self.state.read().generation)
    }

    /// Takes a row unless a write ran since the ticket was drawn.
    pub fn insert(&self, ticket: Ticket, key: K, value: V) {
        let weight = value.weight();
        // One huge row must not push out all others.
        if weight > self.weight_max / 16 {
            return;
        }
        let mut state = self.state.write();
        if state.generation != ticket.0 || state.writes_running > 0 {
            return;
        }
        state.make_room(self.weight_max.saturating_sub(weight));
        // Under another key only after the row was renamed, which clears the cache; the old one goes anyway.
        state.remove(value.row_id());
        state.weight += weight;
        state.keys.insert(value.row_id(), key.clone());
        if let Some(old) = state.rows.insert(key, value) {
            state.weight -= old.weight();
        }
    }

    /// A write is about to commit that changes these rows, or perhaps any row.
    pub fn begin_write(&self, rows: &[i64], everything: bool) {
        let mut state = self.state.write();
        state.writes_running += 1;
        if everything {
            state.clear();
        } else {
            rows.iter().for_each(|&row| state.remove(row));
        }
    }

    /// The write is over.
    pub fn end_write(&self) {
        let mut state = self.state.write();
        state.writes_running = state.writes_running.saturating_sub(1);
        state.generation += 1;
    }

    /// Changes a row in place, as a write did in the database. The weight must stay what it was.
    pub fn patch(&self, row: i64, change: impl FnOnce(&mut V)) {
        let mut state = self.state.write();
        let State { rows, keys, .. } = &mut *state;
        if let Some(value) = keys.get(&row).and_then(|key| rows.get_mut(key)) {
            change(value);
        }
    }

    pub fn clear(&self) {
        let mut state = self.state.write();
        state.generation += 1;
        state.clear();
    }

    /// Forgets all rows and takes none any more: a write that never ends.
    pub fn switch_off(&self) {
        self.begin_write(&[], true);
    }

    pub fn is_empty(&self) -> bool {
        self.state.read().rows.is_empty()
    }
}

impl<K: Clone + Eq + Hash, V: Cached> State<K, V> {
    fn remove(&mut self, row: i64) {
        if let Some(key) = self.keys.remove(&row)
            && let Some(value) = self.rows.remove(&key)
        {
            self.weight -= value.weight();
        }
    }

    fn clear(&mut self) {
        self.rows = HashMap::new();
        self.keys = HashMap::new();
        self.weight = 0;
    }

    /// Drops rows until at most `weight_max` is left, in the map's own order, which is as good as random.
    /// A quarter goes at once, so that a full cache does not do this at each insertion.
    fn make_room(&mut self, weight_max: usize) {
        if self.weight <= weight_max {
            return;
        }
        let (mut kept, target) = (0, weight_max / 4 * 3);
        self.rows.retain(|_, value| {
            let weight = value.weight();
            let keep = kept + weight <= target;
            kept += if keep { weight } else { 0 };
            keep
        });
        let rows = &self.rows;
        self.keys.retain(|_, key| rows.contains_key(key));
        self.weight = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Row(i64, &'static str);

    impl Cached for Row {
        fn row_id(&self) -> i64 {
            self.0
        }

        fn weight(&self) -> usize {
            10
        }
    }

    fn cache() -> Cache<i64, Row> {
        Cache::new(1_000)
    }

    #[test]
    fn a_row_read_before_a_write_is_not_put_in_after_it() {
        let cache = cache();
        let before = cache.ticket();
        cache.begin_write(&[1], false);
        let during = cache.ticket();
        cache.insert(during, 1, Row(1, "old"));
        assert_eq!(cache.get(&1), None);
        cache.end_write();
        cache.insert(before, 1, Row(1, "old"));
        cache.insert(during, 1, Row(1, "old"));
        assert_eq!(cache.get(&1), None);
        cache.insert(cache.ticket(), 1, Row(1, "new"));
        assert_eq!(cache.get(&1), Some(Row(1, "new")));
    }

    #[test]
    fn a_write_removes_only_the_rows_it_names() {
        let cache = cache();
        cache.insert(cache.ticket(), 1, Row(1, "a"));
        cache.insert(cache.ticket(), 2, Row(2, "b"));
        cache.begin_write(&[1], false);
        cache.end_write();
        assert_eq!((cache.get(&1), cache.get(&2)), (None, Some(Row(2, "b"))));
    }

    #[test]
    fn the_weight_stays_within_its_bound() {
        let cache = cache();
        for n in 0..10_000 {
            cache.insert(cache.ticket(), n, Row(n, "x"));
            assert!(cache.state.read().rows.len() <= 100);
            assert!(cache.get(&n).is_some());
        }
        assert_eq!(cache.state.read().rows.len(), cache.state.read().keys.len());
    }

    #[test]
    fn a_cache_without_room_takes_nothing() {
        let cache = Cache::new(0);
        cache.insert(cache.ticket(), 1, Row(1, "a"));
        assert!(cache.is_empty());
    }
}
