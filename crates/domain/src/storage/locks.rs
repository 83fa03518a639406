//! Locks that functions take (spec `runtime.md` §3.9).

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::StorageResult;
use crate::Timestamp;
use crate::id::{EnvironmentId, LockKey};

/// Most locks that ran out which taking one removes.
pub const EXPIRED_LOCKS_REMOVED_MAX: u32 = 100;

/// Locks, each known by its key in its environment.
///
/// Times come from the callers: the clocks of nodes that share a database must agree to well within the locks' times.
#[async_trait]
pub trait LockStore: Send + Sync + 'static {
    /// Takes a lock that is free, has run out or is the owner's own, until `ttl` after `now`; false when another owns
    /// it or the environment is not a live one. Some other locks that have run out are removed.
    async fn acquire_lock(
        &self,
        environment: EnvironmentId,
        key: &LockKey,
        owner: Uuid,
        now: Timestamp,
        ttl: Duration,
    ) -> StorageResult<bool>;

    /// Frees the owner's lock; false when it is not the owner's.
    async fn release_lock(
        &self,
        environment: EnvironmentId,
        key: &LockKey,
        owner: Uuid,
    ) -> StorageResult<bool>;

    /// Frees all locks of the owner; how many.
    async fn release_locks(&self, environment: EnvironmentId, owner: Uuid) -> StorageResult<u64>;
}
