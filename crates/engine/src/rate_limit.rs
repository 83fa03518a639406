//! The rate limit: so many units per account and bucket in fixed windows of a minute (spec `api.md` §4).
//!
//! The count is shared by all nodes through storage. To stay cheap at high rates a node reserves units in
//! chunks of one hundredth of the limit and spends them from memory, so the shared count is never exceeded;
//! limits below 200 reserve one unit at a time and are exact. When storage fails, requests pass.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bowline_domain::id::AccountId;
use bowline_domain::storage::{RateLimitStore, RateLimitUse};
use bowline_domain::{Clock, Timestamp};
use parking_lot::{Mutex, RwLock};

/// Length of a window.
pub const WINDOW: Duration = Duration::from_secs(60);
/// Most keys a node keeps counts of in memory; beyond it, counts are asked for again.
const KEYS_MAX: usize = 100_000;

/// Whose units are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RateLimitKey {
    /// An account's, in one bucket.
    Account(AccountId, Bucket),
    /// Those of an address, where no account is known.
    Address(IpAddr),
}

/// What an account's requests are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// Requests with an API key.
    Secret,
    /// Requests with an API key that scripts make.
    SecretScript,
    /// Requests of the account with something else than an API key.
    Global,
}

impl fmt::Display for RateLimitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(account, Bucket::Secret) => write!(f, "account:{account}:secret"),
            Self::Account(account, Bucket::SecretScript) => write!(f, "account:{account}:secret-script"),
            Self::Account(account, Bucket::Global) => write!(f, "account:{account}:global"),
            Self::Address(address) => write!(f, "address:{address}"),
        }
    }
}

/// What became of a counted request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitVerdict {
    /// Whether it is within the limit.
    pub allowed: bool,
    /// Units per window.
    pub limit: u64,
    /// Units left in the window.
    pub remaining: u64,
    /// When the window ends.
    pub resets_at: Timestamp,
    /// The span until then.
    pub resets_in: Duration,
}

/// Counts requests against the limit.
pub struct RateLimiter {
    store: Arc<dyn RateLimitStore>,
    clock: Arc<dyn Clock>,
    limit: u64,
    windows: RwLock<HashMap<RateLimitKey, Arc<Window>>>,
    store_is_down: AtomicBool,
}

impl RateLimiter {
    /// A limiter of `limit` units per window; 0 switches it off.
    pub fn new(store: Arc<dyn RateLimitStore>, clock: Arc<dyn Clock>, limit: u64) -> Self {
        Self { store, clock, limit, windows: RwLock::default(), store_is_down: AtomicBool::new(false) }
    }

    /// Counts one request of `cost` units; `None` when it is not limited at all.
    pub async fn count(&self, key: RateLimitKey, cost: u64) -> Option<RateLimitVerdict> {
        if self.limit == 0 {
            return None;
        }
        let window = self.window(key);
        let now = self.clock.now();
        if let Some(verdict) = window.state.lock().spend(cost, self.limit, now) {
            return Some(verdict);
        }
        let _one_at_a_time = window.reserving.lock().await;
        let units = match window.state.lock().try_spend(cost, self.limit, self.clock.now()) {
            Ok(verdict) => return Some(verdict),
            Err(missing) => missing.max(self.limit / 100).max(1),
        };
        let reserved = self.store.count_rate_limit(&key.to_string(), units, WINDOW).await;
        self.log_store_health(reserved.as_ref().err());
        let usage = reserved.ok()?;
        Some(window.state.lock().reserve(units, usage, cost, self.limit, self.clock.now()))
    }

    fn window(&self, key: RateLimitKey) -> Arc<Window> {
        if let Some(window) = self.windows.read().get(&key) {
            return Arc::clone(window);
        }
        let mut windows = self.windows.write();
        if windows.len() >= KEYS_MAX {
            let now = self.clock.now();
            windows.retain(|_, window| window.state.lock().is_running(now));
        }
        if windows.len() >= KEYS_MAX {
            windows.clear();
        }
        Arc::clone(windows.entry(key).or_default())
    }

    /// Logs when the store fails and when it is back, not every time in between.
    fn log_store_health(&self, error: Option<&bowline_domain::storage::StorageError>) {
        let was_down = self.store_is_down.swap(error.is_some(), Ordering::Relaxed);
        match error {
            Some(error) if !was_down => {
                tracing::warn!(?error, "rate limits cannot be counted; requests pass")
            }
            None if was_down => tracing::info!("rate limits are counted again"),
            _ => {}
        }
    }
}

#[derive(Default)]
struct Window {
    state: Mutex<WindowState>,
    /// Held while units are reserved, so that one caller asks storage and the others wait for its answer.
    reserving: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct WindowState {
    /// Reserved and not yet spent.
    available: u64,
    /// The shared count when units were last reserved.
    used: u64,
    ends_at: Timestamp,
}

impl WindowState {
    fn is_running(&self, now: Timestamp) -> bool {
        now < self.ends_at
    }

    fn spend(&mut self, cost: u64, limit: u64, now: Timestamp) -> Option<RateLimitVerdict> {
        self.try_spend(cost, limit, now).ok()
    }

    /// Decides from memory, or says how many units are missing for it.
    fn try_spend(&mut self, cost: u64, limit: u64, now: Timestamp) -> Result<RateLimitVerdict, u64> {
        if !self.is_running(now) {
            self.available = 0;
            self.used = 0;
            return Err(cost);
        }
        if self.available >= cost {
            self.available -= cost;
            return Ok(self.verdict(true, limit, now));
        }
        if self.used >= limit {
            return Ok(self.verdict(false, limit, now));
        }
        Err(cost - self.available)
    }

    /// Takes over `units` just counted in storage, as far as they are within the limit, and decides.
    fn reserve(
        &mut self,
        units: u64,
        usage: RateLimitUse,
        cost: u64,
        limit: u64,
        now: Timestamp,
    ) -> RateLimitVerdict {
        let ends_at = now.plus(usage.resets_in);
        let is_next_window = ends_at > self.ends_at.plus(Duration::from_secs(1));
        if is_next_window {
            self.available = 0;
        }
        let used_before = usage.used.saturating_sub(units);
        self.available += units.min(limit.saturating_sub(used_before));
        self.used = usage.used;
        self.ends_at = ends_at;
        let allowed = self.available >= cost;
        if allowed {
            self.available -= cost;
        }
        self.verdict(allowed, limit, now)
    }

    fn verdict(&self, allowed: bool, limit: u64, now: Timestamp) -> RateLimitVerdict {
        let left = limit.saturating_sub(self.used) + self.available;
        RateLimitVerdict {
            allowed,
            limit,
            remaining: if allowed { left.min(limit) } else { 0 },
            resets_at: self.ends_at,
            resets_in: self.ends_at.since(now),
        }
    }
}

#[cfg(test)]
mod tests;
