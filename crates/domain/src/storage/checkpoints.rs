//! Checkpoints, written by compare-and-set on their version.

use async_trait::async_trait;

use super::StorageResult;
use crate::checkpoint::Checkpoint;
use crate::id::{CheckpointKey, ConnectionId, EnvironmentId};
use crate::{SealedBytes, Timestamp};

/// Outcome of [`CheckpointStore::save_checkpoint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveCheckpoint {
    /// Saved under this version.
    Saved(i64),
    /// The checkpoint is not of the expected version.
    Conflict,
    /// The connection is not a live one of this environment.
    NoConnection,
}

/// Outcome of [`CheckpointStore::delete_checkpoint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteCheckpoint {
    /// It is gone.
    Deleted,
    /// There is none.
    Missing,
    /// The checkpoint is not of the expected version.
    Conflict,
}

/// Checkpoints of connections. They go with their connection.
#[async_trait]
pub trait CheckpointStore: Send + Sync + 'static {
    /// The checkpoint.
    async fn find_checkpoint(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        key: &CheckpointKey,
    ) -> StorageResult<Option<Checkpoint>>;

    /// Saves a checkpoint in place of the one of version `expected`, or where there is none.
    async fn save_checkpoint(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        key: &CheckpointKey,
        expected: Option<i64>,
        value: SealedBytes,
        now: Timestamp,
    ) -> StorageResult<SaveCheckpoint>;

    /// Deletes the checkpoint of version `expected`.
    async fn delete_checkpoint(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        key: &CheckpointKey,
        expected: i64,
    ) -> StorageResult<DeleteCheckpoint>;

    /// Deletes all checkpoints of the connection whose keys start with `prefix`, of whatever version; how many.
    async fn delete_checkpoints(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        prefix: &str,
    ) -> StorageResult<u64>;
}
