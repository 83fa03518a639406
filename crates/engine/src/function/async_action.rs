//! Actions that answer later: queued durably, run one at a time in an environment, kept for five days.

use std::sync::Arc;
use std::time::Duration;

use bowline_domain::environment::Environment;
use bowline_domain::id::{EnvironmentId, RowUid, TaskId};
use bowline_domain::storage::{CreateTask, StorageError};
use bowline_domain::task::{
    ClaimedTask, LostLease, NewTask, RetriesMax, Task, TaskKind, TaskResult, TaskState, WAITING_TASKS_MAX,
};
use bowline_domain::{SealedBytes, Timestamp};
use bowline_runtime::{Failure, FailureKind};
use thiserror::Error;
use uuid::Uuid;

use super::action::{ActionCall, ActionError, RunnableAction};
use super::run::RunError;
use crate::Engine;
use crate::credential::vault::{SealContext, VaultError};

/// How long an action may wait for its start (spec `functions.md` §6.3).
const START_WITHIN: Duration = Duration::from_secs(24 * 3600);
/// Between two attempts.
const RETRY_AFTER: Duration = Duration::from_secs(3);
const TABLE: &str = "tasks";

/// Why an action was not queued, or its result not read.
#[derive(Debug, Error)]
pub enum AsyncActionError {
    /// It could not be found.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// As many as may wait do so already.
    #[error(
        "{WAITING_TASKS_MAX} actions are waiting in this environment; try again when some of them are done"
    )]
    QueueFull,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// What became of an action.
pub enum AsyncResult {
    /// It is not over, or there is no such action.
    Pending,
    /// Its output, JSON.
    Succeeded(String),
    /// How its last attempt failed.
    Failed(Failure),
}

impl Engine {
    /// Lets an action run later. It runs again after a failure as often as `retries_max` says, and never after its
    /// node was lost in the middle of it unless retries were asked for.
    pub async fn enqueue_action(
        &self,
        environment: &Environment,
        call: ActionCall<'_>,
        input: Option<String>,
        retries_max: RetriesMax,
    ) -> Result<TaskId, AsyncActionError> {
        let RunnableAction { function, connection } = self.find_action(environment, call).await?;
        let id = TaskId(Uuid::new_v4());
        let created_at = self.clock.now();
        let payload =
            self.vault.seal(&place(environment.uuid, id, "payload"), input.unwrap_or_default().as_bytes())?;
        let new = NewTask {
            id,
            kind: TaskKind::Action,
            name: function.name,
            integration_id: function.integration_id,
            connection_id: connection.id,
            payload,
            retries_max,
            lost_lease: if retries_max == RetriesMax::NONE { LostLease::Fail } else { LostLease::RunAgain },
            start_by: created_at.plus(START_WITHIN),
            created_at,
        };
        match self.storage.create_task(environment.id, new, WAITING_TASKS_MAX).await? {
            CreateTask::Created => {
                self.tasks_wanted.notify_one();
                Ok(id)
            }
            CreateTask::QueueFull => Err(AsyncActionError::QueueFull),
            CreateTask::NoConnection => Err(ActionError::UnknownConnection.into()),
        }
    }

    /// What became of an action of this environment.
    pub async fn async_action_result(
        &self,
        environment: &Environment,
        id: TaskId,
    ) -> Result<AsyncResult, AsyncActionError> {
        let task = self.storage.find_task(environment.id, id).await?;
        let Some(task) = task.filter(|task| task.kind == TaskKind::Action) else {
            return Ok(AsyncResult::Pending);
        };
        Ok(match task.state {
            TaskState::Created | TaskState::Started => AsyncResult::Pending,
            TaskState::Succeeded => AsyncResult::Succeeded(self.open_text(
                environment.uuid,
                id,
                "output",
                task.output.as_ref(),
            )?),
            TaskState::Failed => AsyncResult::Failed(self.task_failure(environment.uuid, &task)?),
            TaskState::Expired => AsyncResult::Failed(Failure::new(
                FailureKind::ExecutionTimeout,
                "The action did not start in time: too many others were before it.",
            )),
            TaskState::Cancelled => {
                AsyncResult::Failed(Failure::new(FailureKind::ScriptAborted, "The action was called off."))
            }
        })
    }

    fn task_failure(&self, environment: Uuid, task: &Task) -> Result<Failure, VaultError> {
        let lost =
            || Failure::new(FailureKind::FunctionRuntimeOther, "The node that ran the action was lost.");
        if task.error.is_none() {
            return Ok(lost());
        }
        let text = self.open_text(environment, task.id, "error", task.error.as_ref())?;
        Ok(serde_json::from_str(&text).unwrap_or_else(|_| lost()))
    }

    fn open_text(
        &self,
        environment: Uuid,
        id: TaskId,
        column: &'static str,
        sealed: Option<&SealedBytes>,
    ) -> Result<String, VaultError> {
        let unreadable = || VaultError::Unreadable { table: TABLE, column };
        let plain =
            self.vault.open_sealed(&place(environment, id, column), sealed.ok_or_else(unreadable)?)?;
        String::from_utf8(plain.expose().clone()).map_err(|_| unreadable())
    }

    /// Runs a claimed action and stores what came of it. A lost lease changes nothing.
    pub(crate) async fn run_claimed_action(
        self: &Arc<Self>,
        claimed: ClaimedTask,
    ) -> Result<(), AsyncActionError> {
        let ClaimedTask { task, payload, epoch } = claimed;
        let Some(environment) = self.environment_of(task.environment_id).await? else { return Ok(()) };
        let sealed =
            |text: &str, column| self.vault.seal(&place(environment.uuid, task.id, column), text.as_bytes());
        let input = self.open_text(environment.uuid, task.id, "payload", Some(&payload))?;
        let input = Some(input).filter(|input| !input.is_empty());
        let outcome = self.run_task_action(&environment, &task, input).await?;
        let now = self.clock.now();
        match outcome {
            Ok(output) => {
                let result = TaskResult::Succeeded(sealed(&output, "output")?);
                self.storage.finish_task(task.id, epoch, result, now).await?;
            }
            Err(failure) => {
                let error = sealed(&serde_json::to_string(&failure).unwrap_or_default(), "error")?;
                let retried = task.has_attempts_left()
                    && self.storage.retry_task(task.id, epoch, now.plus(RETRY_AFTER), error.clone()).await?;
                if !retried {
                    self.storage.finish_task(task.id, epoch, TaskResult::Failed(error), now).await?;
                }
            }
        }
        Ok(())
    }

    async fn run_task_action(
        self: &Arc<Self>,
        environment: &Arc<Environment>,
        task: &Task,
        input: Option<String>,
    ) -> Result<Result<String, Failure>, AsyncActionError> {
        let gone = |message: &str| Ok(Err(Failure::new(FailureKind::ScriptInternalError, message)));
        let Some(connection) = self.storage.find_connection_by_id(environment.id, task.connection_id).await?
        else {
            return gone("The connection was deleted before the action ran.");
        };
        let (integration, connection) = (connection.integration_key.clone(), connection.key.clone());
        let call = ActionCall { integration: &integration, connection: &connection, name: &task.name };
        match self.trigger_action(environment, call, input).await {
            Ok(output) => Ok(Ok(output)),
            Err(ActionError::Run(RunError::Failed(failure))) => Ok(Err(failure)),
            Err(error @ (ActionError::UnknownConnection | ActionError::NotFound | ActionError::Disabled)) => {
                gone(&error.to_string())
            }
            Err(ActionError::Run(RunError::Refused(refusal))) => {
                Ok(Err(Failure::new(FailureKind::FunctionRuntimeOther, refusal.to_string())))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn environment_of(&self, id: EnvironmentId) -> Result<Option<Arc<Environment>>, StorageError> {
        Ok(self.storage.find_environment(id).await?.map(Arc::new))
    }
}

fn place(environment: Uuid, id: TaskId, column: &'static str) -> SealContext {
    SealContext { environment, table: TABLE, row: RowUid(id.0), column }
}

/// When a finished task of a moment is forgotten.
pub(crate) fn forget_before(now: Timestamp) -> Timestamp {
    const KEPT: Duration = Duration::from_secs(5 * 24 * 3600);
    now.minus(KEPT)
}
