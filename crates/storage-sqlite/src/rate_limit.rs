//! Rate-limit windows, in memory: only one process serves an embedded database, and counters may be lost.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::Timestamp;
use bowline_domain::storage::{RateLimitStore, RateLimitUse, StorageResult};

use crate::SqliteStorage;

/// Below this many windows nothing is swept out.
const SWEEP_FROM: usize = 1_024;

struct Window {
    used: u64,
    ends_at: Timestamp,
}

#[derive(Default)]
pub(crate) struct Windows {
    by_key: HashMap<String, Window>,
    /// How many windows there may be before the next sweep.
    sweep_at: usize,
}

impl Windows {
    fn count(&mut self, key: &str, units: u64, window: Duration, now: Timestamp) -> RateLimitUse {
        if let Some(running) = self.by_key.get_mut(key)
            && running.ends_at > now
        {
            running.used = running.used.saturating_add(units);
            return RateLimitUse { used: running.used, resets_in: running.ends_at.since(now) };
        }
        self.sweep(now);
        self.by_key.insert(key.to_owned(), Window { used: units, ends_at: now.plus(window) });
        RateLimitUse { used: units, resets_in: window }
    }

    /// Forgets windows that are over. The bound doubles with what is left, so that sweeping stays cheap.
    fn sweep(&mut self, now: Timestamp) {
        if self.by_key.len() < self.sweep_at.max(SWEEP_FROM) {
            return;
        }
        self.by_key.retain(|_, window| window.ends_at > now);
        self.sweep_at = self.by_key.len() * 2;
    }
}

#[async_trait]
impl RateLimitStore for SqliteStorage {
    async fn count_rate_limit(&self, key: &str, units: u64, window: Duration) -> StorageResult<RateLimitUse> {
        let now = self.now();
        Ok(self.windows.lock().count(key, units, window, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_that_are_over_are_forgotten() {
        let mut windows = Windows::default();
        for n in 0..100_000 {
            windows.count(&n.to_string(), 1, Duration::from_secs(1), Timestamp::from_millis(n));
        }
        assert!(windows.by_key.len() <= 3_000);
    }
}
