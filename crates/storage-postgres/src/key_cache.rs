//! Recently found API keys, kept for two seconds so that not every request asks the database for its key.
//!
//! A key that this node deletes or changes is forgotten at once; what another node does is seen within
//! [`KEPT_FOR`]. Absent keys are never remembered.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bowline_domain::api_key::{ApiKey, KeyDigest};
use bowline_domain::environment::Environment;
use bowline_domain::id::ApiKeyId;
use bowline_domain::{Clock, Timestamp};
use parking_lot::Mutex;

/// How long a revoked key may go on working on other nodes.
pub(crate) const KEPT_FOR: Duration = Duration::from_secs(2);
const KEYS_MAX: usize = 4_096;

pub(crate) type FoundKey = (ApiKey, Option<Environment>);

pub(crate) struct KeyCache {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    generation: u64,
    found: HashMap<KeyDigest, (Timestamp, FoundKey)>,
}

/// Names the state of the cache before a query, so that an answer older than a change is not kept.
#[derive(Clone, Copy)]
pub(crate) struct Generation(u64);

impl KeyCache {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default() }
    }

    /// A remembered key, or what to hand to [`remember`](Self::remember) after asking the database.
    pub(crate) fn recall(&self, digest: &KeyDigest) -> Result<FoundKey, Generation> {
        let now = self.clock.now();
        let state = self.state.lock();
        match state.found.get(digest) {
            Some((at, found)) if is_fresh(*at, now) => Ok(found.clone()),
            _ => Err(Generation(state.generation)),
        }
    }

    /// Keeps an answer unless something changed since it was asked for.
    pub(crate) fn remember(
        &self,
        asked: Generation,
        asked_at: Timestamp,
        digest: KeyDigest,
        found: FoundKey,
    ) {
        let mut state = self.state.lock();
        if state.generation != asked.0 {
            return;
        }
        if state.found.len() >= KEYS_MAX {
            state.found.retain(|_, (at, _)| is_fresh(*at, asked_at));
        }
        if state.found.len() >= KEYS_MAX {
            state.found.clear();
        }
        state.found.insert(digest, (asked_at, found));
    }

    /// Shows noted uses in what is remembered, without forgetting it.
    pub(crate) fn note_uses(&self, uses: &[(ApiKeyId, Timestamp)]) {
        let uses: HashMap<ApiKeyId, Timestamp> = uses.iter().copied().collect();
        for (_, (key, _)) in self.state.lock().found.values_mut() {
            key.last_used_at = key.last_used_at.max(uses.get(&key.id).copied());
        }
    }

    /// Forgets everything; called after each change of a key or an environment.
    pub(crate) fn forget_all(&self) {
        let mut state = self.state.lock();
        state.generation += 1;
        state.found.clear();
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// An entry from the future (the clock was set back) is not fresh.
fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now.since(at) < KEPT_FOR
}

#[cfg(test)]
mod tests {
    use bowline_domain::id::{AccountId, RowUid};
    use bowline_domain::scope::ScopeSet;
    use bowline_domain::{ManualClock, SealedBytes};
    use uuid::Uuid;

    use super::*;

    fn found() -> FoundKey {
        let key = ApiKey {
            id: ApiKeyId(1),
            uid: RowUid(Uuid::nil()),
            account_id: AccountId(1),
            environment_id: None,
            display_name: "default".to_owned(),
            scopes: ScopeSet::default(),
            secret: SealedBytes(Vec::new()),
            last_used_at: None,
            created_at: Timestamp::default(),
        };
        (key, None)
    }

    fn cache() -> (ManualClock, KeyCache) {
        let clock = ManualClock::new(Timestamp::from_seconds(100));
        (clock.clone(), KeyCache::new(Arc::new(clock)))
    }

    fn numbered(number: u64) -> KeyDigest {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&number.to_be_bytes());
        KeyDigest(digest)
    }

    #[test]
    fn a_key_is_remembered_for_less_than_two_seconds() {
        let (clock, cache) = cache();
        let Err(generation) = cache.recall(&numbered(1)) else { panic!("nothing is remembered yet") };
        cache.remember(generation, cache.now(), numbered(1), found());
        clock.advance(Duration::from_millis(1_999));
        assert!(cache.recall(&numbered(1)).is_ok());
        clock.advance(Duration::from_millis(1));
        assert!(cache.recall(&numbered(1)).is_err());
    }

    #[test]
    fn an_answer_asked_for_before_a_change_is_not_kept() {
        let (_, cache) = cache();
        let Err(generation) = cache.recall(&numbered(1)) else { panic!("nothing is remembered yet") };
        cache.forget_all();
        cache.remember(generation, cache.now(), numbered(1), found());
        assert!(cache.recall(&numbered(1)).is_err());
    }

    #[test]
    fn the_number_of_remembered_keys_is_bounded() {
        let (_, cache) = cache();
        for number in 0..10_000 {
            let Err(generation) = cache.recall(&numbered(number)) else { panic!("each digest is new") };
            cache.remember(generation, cache.now(), numbered(number), found());
            assert!(cache.state.lock().found.len() <= KEYS_MAX);
        }
    }
}
