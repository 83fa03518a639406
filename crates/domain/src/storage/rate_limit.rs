//! Counters of the fixed-window rate limit.

use std::time::Duration;

use async_trait::async_trait;

use super::StorageResult;

/// How far a window is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitUse {
    /// Units counted in the window, the ones just taken included.
    pub used: u64,
    /// Until the window ends and the count starts anew.
    pub resets_in: Duration,
}

/// Counters shared by all nodes.
#[async_trait]
pub trait RateLimitStore: Send + Sync + 'static {
    /// Counts `units` in the key's window; a key without a running window starts one of `window`.
    /// Counters may be lost in a crash.
    async fn count_rate_limit(&self, key: &str, units: u64, window: Duration) -> StorageResult<RateLimitUse>;
}
