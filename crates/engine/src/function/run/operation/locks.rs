//! Locks of functions: one owner at a time in an environment; the owner is the run.

use std::time::Duration;

use bowline_domain::id::LockKey;
use bowline_runtime::{HostAnswer, HostError};
use serde::Deserialize;

use super::super::host::RunScope;
use super::{internal, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Acquire {
    key: String,
    ttl_ms: f64,
}

/// Takes a lock, or renews the run's own; `false` when another run has it.
pub(super) async fn acquire(scope: &RunScope, wanted: Acquire) -> Result<HostAnswer, HostError> {
    let ttl = Duration::try_from_secs_f64(wanted.ttl_ms / 1000.0).ok().filter(|ttl| !ttl.is_zero());
    let ttl = ttl.ok_or_else(|| HostError::new("invalid_lock", "`ttlMs` must be a number above 0"))?;
    let (engine, environment) = (&scope.engine, scope.environment.id);
    let (key, now) = (lock_key(&wanted.key)?, engine.clock.now());
    let is_taken = engine.storage.acquire_lock(environment, &key, scope.run, now, ttl).await;
    json(&is_taken.map_err(internal)?)
}

#[derive(Deserialize)]
pub(super) struct Release {
    key: String,
}

/// Frees a lock; `false` when it is not this run's.
pub(super) async fn release(scope: &RunScope, wanted: Release) -> Result<HostAnswer, HostError> {
    let key = lock_key(&wanted.key)?;
    let is_freed = scope.engine.storage.release_lock(scope.environment.id, &key, scope.run).await;
    json(&is_freed.map_err(internal)?)
}

/// Frees all locks of this run.
pub(super) async fn release_all(scope: &RunScope) -> Result<HostAnswer, HostError> {
    let freed = scope.engine.storage.release_locks(scope.environment.id, scope.run).await;
    json(&(freed.map_err(internal)? > 0))
}

fn lock_key(key: &str) -> Result<LockKey, HostError> {
    LockKey::parse(key)
        .map_err(|problem| HostError::new("invalid_lock", format!("the lock's key is refused: {problem}")))
}
