//! The fenced lease under which a connection's credentials are refreshed (guarantees G2 and G3).
//!
//! One row per connection holds an epoch, the holder, the lease's end and the moment the holder declared
//! its intent to call the provider. Taking the lease and declaring the intent are one write. Lease times are
//! judged by the database's clock where several nodes share it, so skewed nodes cannot steal a live lease.

use std::time::Duration;

use async_trait::async_trait;

use super::StorageResult;
use crate::connection::RefreshState;
use crate::id::{ConnectionId, EnvironmentId};
use crate::{SealedBytes, Timestamp};

/// A lease that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Fences every later write of the holder.
    pub epoch: i64,
    /// When the previous holder declared an intent that never got an outcome: it crashed after perhaps
    /// having called the provider.
    pub abandoned_at: Option<Timestamp>,
}

/// Outcome of [`RefreshStore::acquire_refresh_lease`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AcquireLease {
    /// The caller may call the provider, once.
    Acquired(Lease),
    /// Someone else is calling; at the latest then the lease is free or renewed.
    Held {
        /// Until the lease ends unless it is extended.
        remaining: Duration,
    },
    /// The credentials are not of the expected version any more: read them again.
    VersionMoved,
    /// The connection is gone.
    Gone,
}

/// What a refresh came to; written with the lease's release.
#[derive(Debug, Clone)]
pub enum RefreshOutcome {
    /// New credentials. Their version counts up, the failure state is cleared.
    Refreshed {
        /// Sealed credentials.
        credentials: SealedBytes,
        /// When they expire, if they do.
        expires_at: Option<Timestamp>,
        /// Sealed connection config, if the refresh changed it.
        config: Option<SealedBytes>,
        /// When the provider answered.
        at: Timestamp,
    },
    /// No new credentials; the state to store (attempts, exhausted, failure).
    Failed(RefreshState),
    /// The provider was not called after all; nothing to store.
    NotNeeded,
}

/// A connection whose refresh should be looked at in the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueRefresh {
    /// Its environment.
    pub environment_id: EnvironmentId,
    /// The connection.
    pub connection_id: ConnectionId,
    /// When the credentials expire.
    pub expires_at: Option<Timestamp>,
}

/// Leases and results of refreshes.
#[async_trait]
pub trait RefreshStore: Send + Sync + 'static {
    /// Takes the lease if it is free or its time is over, the connection is live, and its credentials are of
    /// `expected_version`. The epoch counts up with each lease taken and never falls back.
    async fn acquire_refresh_lease(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        holder: &str,
        lease_for: Duration,
        expected_version: i64,
    ) -> StorageResult<AcquireLease>;

    /// Extends the lease from now; false when it is lost (another epoch, or released).
    async fn extend_refresh_lease(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        epoch: i64,
        lease_for: Duration,
    ) -> StorageResult<bool>;

    /// Stores the outcome and releases the lease, if the lease is still of this epoch and, for new
    /// credentials, their version is still the one at acquisition; false (nothing written) otherwise.
    async fn finish_refresh(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        epoch: i64,
        outcome: RefreshOutcome,
    ) -> StorageResult<bool>;

    /// Connections of all environments whose lease ran out without an outcome, for recovery.
    async fn list_abandoned_refreshes(&self, limit: u32) -> StorageResult<Vec<DueRefresh>>;

    /// Live connections of all environments, not exhausted, whose credentials expire before `before`, by
    /// `(expires_at, connection_id)` after `after`, for proactive refresh.
    async fn list_due_refreshes(
        &self,
        before: Timestamp,
        after: Option<(Timestamp, ConnectionId)>,
        limit: u32,
    ) -> StorageResult<Vec<DueRefresh>>;
}
