//! The durable queue of tasks.
//!
//! Whoever claims a task holds it under a lease and must extend that until the task is finished. Each claim counts
//! the task's epoch up, and every write of a holder names its epoch: who was replaced writes nothing any more. A
//! lease that ran out is lost only when the task was claimed again or swept up; until then its holder may still
//! extend or finish it.
//!
//! Times come from the callers: the clocks of nodes that share a database must agree to well within a lease.

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::StorageResult;
use crate::id::{EnvironmentId, TaskId};
use crate::task::{ClaimedTask, NewTask, Task, TaskKind, TaskResult};
use crate::{SealedBytes, Timestamp};

/// Outcome of [`TaskStore::create_task`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateTask {
    /// It waits.
    Created,
    /// As many of its kind as may wait in an environment do so already.
    QueueFull,
    /// The connection is not a live one of this environment and integration.
    NoConnection,
}

/// Tasks. They go with their connection, whatever their state.
#[async_trait]
pub trait TaskStore: Send + Sync + 'static {
    /// Lets a task wait, unless `waiting_max` tasks of its kind already wait in the environment. A second task with the
    /// same id is an error.
    async fn create_task(
        &self,
        environment: EnvironmentId,
        new: NewTask,
        waiting_max: u32,
    ) -> StorageResult<CreateTask>;

    /// Takes a task of one of these kinds, of any environment, for `holder`.
    ///
    /// A task is due when it waits and its time has come, or when its lease ran out and it may run again. Of the
    /// environments with a due task, the one whose last claim is the longest ago has its turn, and of its tasks the
    /// one that has been due the longest. While an action of an environment is started, no other action of it is due.
    async fn claim_task(
        &self,
        kinds: &[TaskKind],
        holder: Uuid,
        now: Timestamp,
        lease_for: Duration,
    ) -> StorageResult<Option<ClaimedTask>>;

    /// Extends the lease from `now`; false when it is lost: the holder must stop.
    async fn extend_task(
        &self,
        id: TaskId,
        epoch: i64,
        now: Timestamp,
        lease_for: Duration,
    ) -> StorageResult<bool>;

    /// Stores the result; false (nothing written) when the lease is lost.
    async fn finish_task(
        &self,
        id: TaskId,
        epoch: i64,
        result: TaskResult,
        now: Timestamp,
    ) -> StorageResult<bool>;

    /// Lets the task wait for its next attempt, which is due at `not_before`, and keeps the error of this one; false
    /// (nothing written) when the lease is lost or the task has no attempts left.
    async fn retry_task(
        &self,
        id: TaskId,
        epoch: i64,
        not_before: Timestamp,
        error: SealedBytes,
    ) -> StorageResult<bool>;

    /// Ends up to `limit` tasks of all environments that nobody will run any more, as they are afterwards: expired
    /// when their first attempt did not start in time, failed when their lease ran out and they must not run again.
    async fn expire_tasks(&self, now: Timestamp, limit: u32) -> StorageResult<Vec<Task>>;

    /// The task.
    async fn find_task(&self, environment: EnvironmentId, id: TaskId) -> StorageResult<Option<Task>>;

    /// Calls a task off that waits or is started; false when there is none. A holder's lease is lost.
    async fn cancel_task(
        &self,
        environment: EnvironmentId,
        id: TaskId,
        now: Timestamp,
    ) -> StorageResult<bool>;

    /// Deletes up to `limit` tasks of all environments that were over before `before`; how many it deleted.
    async fn delete_finished_tasks(&self, before: Timestamp, limit: u32) -> StorageResult<u64>;
}
