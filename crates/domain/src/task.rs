//! Tasks: runs of functions that wait in the durable queue, run under a lease, and leave a result.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::function::words;
use crate::id::{ConnectionId, EnvironmentId, FunctionName, IntegrationId, TaskId};
use crate::{SealedBytes, Timestamp};

/// How many tasks of one kind may wait in one environment (spec `functions.md` §6.3).
pub const WAITING_TASKS_MAX: u32 = 10_000;

words! {
    /// What a task runs.
    TaskKind {
        /// An asynchronous action. Of these, one at a time runs in an environment.
        Action = "action",
        /// A function of a connection's event.
        OnEvent = "on-event",
        /// A sync.
        Sync = "sync",
        /// A sync's function for webhooks.
        Webhook = "webhook",
    }
}

words! {
    /// Where a task stands. From the last four it never moves on.
    TaskState {
        /// It waits for its first start, or after a failed attempt for the next.
        Created = "created",
        /// Someone holds its lease and runs it.
        Started = "started",
        /// It left an output.
        Succeeded = "succeeded",
        /// Its last attempt failed, or its holder was lost and it must not run again.
        Failed = "failed",
        /// Nobody started it in time.
        Expired = "expired",
        /// It was called off.
        Cancelled = "cancelled",
    }
}

impl TaskState {
    /// Whether the task is over.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Created | Self::Started)
    }
}

words! {
    /// What becomes of a task whose lease ran out: its holder is gone, and nobody knows how much it had done.
    LostLease {
        /// It fails. For what must not be done twice.
        Fail = "fail",
        /// It runs again while it has attempts left. For what can be repeated, or goes on from a checkpoint.
        RunAgain = "run-again",
    }
}

/// How often a task may start again after its first attempt: 0 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RetriesMax(u8);

impl RetriesMax {
    /// No second attempt.
    pub const NONE: Self = Self(0);
    /// The most that anyone may ask for.
    pub const MAX: Self = Self(5);

    /// `None` above [`RetriesMax::MAX`].
    pub fn new(count: u8) -> Option<Self> {
        (count <= Self::MAX.0).then_some(Self(count))
    }

    /// The number.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// A task to be written.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// Its id.
    pub id: TaskId,
    /// What it runs.
    pub kind: TaskKind,
    /// The function's name.
    pub name: FunctionName,
    /// The function's integration.
    pub integration_id: IntegrationId,
    /// The connection it runs for.
    pub connection_id: ConnectionId,
    /// Sealed input.
    pub payload: SealedBytes,
    /// How often it may start again.
    pub retries_max: RetriesMax,
    /// What becomes of it when its holder is lost.
    pub lost_lease: LostLease,
    /// When it expires unless its first attempt has started.
    pub start_by: Timestamp,
    /// When it is made; from then on it may start.
    pub created_at: Timestamp,
}

/// A task as it is stored, without its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The environment it belongs to.
    pub environment_id: EnvironmentId,
    /// What it runs.
    pub kind: TaskKind,
    /// The function's name.
    pub name: FunctionName,
    /// The function's integration.
    pub integration_id: IntegrationId,
    /// The connection it runs for.
    pub connection_id: ConnectionId,
    /// Where it stands.
    pub state: TaskState,
    /// Sealed output, exactly of a task that succeeded.
    pub output: Option<SealedBytes>,
    /// Sealed error of the last attempt: of a task that failed, or that waits for its next attempt. A failed task
    /// without one lost its holder.
    pub error: Option<SealedBytes>,
    /// How often it may start again.
    pub retries_max: RetriesMax,
    /// How often it has started.
    pub attempts: u32,
    /// What becomes of it when its holder is lost.
    pub lost_lease: LostLease,
    /// When it expires unless its first attempt has started.
    pub start_by: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its last attempt started, if one did.
    pub started_at: Option<Timestamp>,
    /// When it was over.
    pub finished_at: Option<Timestamp>,
}

impl Task {
    /// Whether another attempt may follow the last one.
    pub fn has_attempts_left(&self) -> bool {
        self.attempts <= u32::from(self.retries_max.get())
    }
}

/// A task that the caller now holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedTask {
    /// The task, started; its attempts count this one.
    pub task: Task,
    /// Sealed input.
    pub payload: SealedBytes,
    /// Fences every later write of the holder.
    pub epoch: i64,
}

/// What a task came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskResult {
    /// Sealed output.
    Succeeded(SealedBytes),
    /// Sealed error.
    Failed(SealedBytes),
}
