//! When keys were last used: noted at most once a minute per key, written in batches.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bowline_domain::Timestamp;
use bowline_domain::id::ApiKeyId;
use parking_lot::Mutex;

use super::principals::Known;

/// A key used all the time is noted this often.
const NOTE_EVERY: Duration = Duration::from_secs(60);
/// Notes wait in memory this long at most.
pub(super) const FLUSH_EVERY: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(super) struct LastUsed {
    pending: Mutex<HashMap<ApiKeyId, Timestamp>>,
}

impl LastUsed {
    pub fn note(&self, known: &Known, now: Timestamp) {
        let last = known.last_noted_micros.load(Ordering::Relaxed);
        let due = last == i64::MIN || now.since(Timestamp::from_micros(last)) >= NOTE_EVERY;
        if !due {
            return;
        }
        known.last_noted_micros.store(now.as_micros(), Ordering::Relaxed);
        self.pending.lock().entry(known.principal.key_id).or_insert(now);
    }

    pub fn take(&self) -> Vec<(ApiKeyId, Timestamp)> {
        self.pending.lock().drain().collect()
    }
}
