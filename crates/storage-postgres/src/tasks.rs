//! The durable queue of tasks: making and finding them, and what sweeps do. Claiming is in [`claim`], what holders
//! write in [`hold`].

mod claim;
mod hold;

use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::id::{EnvironmentId, TaskId};
use bowline_domain::storage::{CreateTask, StorageResult, TaskStore};
use bowline_domain::task::{ClaimedTask, NewTask, Task, TaskKind, TaskResult};
use bowline_domain::{SealedBytes, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::PostgresStorage;
use crate::session::retrying;
use crate::task_rows::{TaskRow, task_columns};
use crate::tasks::claim::Claim;

/// What is cleared when a task is over: it has no holder and is never due.
macro_rules! without_holder {
    () => {
        "holder = NULL, lease_until = NULL, due_at = NULL"
    };
}
use without_holder;

#[async_trait]
impl TaskStore for PostgresStorage {
    async fn create_task(
        &self,
        environment: EnvironmentId,
        new: NewTask,
        waiting_max: u32,
    ) -> StorageResult<CreateTask> {
        retrying("writing a task", || self.try_create_task(environment, &new, waiting_max)).await
    }

    async fn claim_task(
        &self,
        kinds: &[TaskKind],
        holder: Uuid,
        now: Timestamp,
        lease_for: Duration,
    ) -> StorageResult<Option<ClaimedTask>> {
        let kinds = kinds.iter().map(|kind| kind.as_str()).collect();
        let claim = Claim { kinds, holder, now, lease_for };
        retrying("claiming a task", || self.try_claim_task(&claim)).await
    }

    async fn extend_task(
        &self,
        id: TaskId,
        epoch: i64,
        now: Timestamp,
        lease_for: Duration,
    ) -> StorageResult<bool> {
        let lease_until = now.plus(lease_for);
        retrying("extending a task's lease", || self.try_extend_task(id, epoch, lease_until)).await
    }

    async fn finish_task(
        &self,
        id: TaskId,
        epoch: i64,
        result: TaskResult,
        now: Timestamp,
    ) -> StorageResult<bool> {
        retrying("storing a task's result", || self.try_finish_task(id, epoch, &result, now)).await
    }

    async fn retry_task(
        &self,
        id: TaskId,
        epoch: i64,
        not_before: Timestamp,
        error: SealedBytes,
    ) -> StorageResult<bool> {
        let doing = "letting a task wait for its next attempt";
        retrying(doing, || self.try_retry_task(id, epoch, not_before, &error)).await
    }

    async fn expire_tasks(&self, now: Timestamp, limit: u32) -> StorageResult<Vec<Task>> {
        retrying("ending tasks that nobody will run", || self.try_expire_tasks(now, limit)).await
    }

    async fn find_task(&self, environment: EnvironmentId, id: TaskId) -> StorageResult<Option<Task>> {
        retrying("finding a task", || self.try_find_task(environment, id)).await
    }

    async fn cancel_task(
        &self,
        environment: EnvironmentId,
        id: TaskId,
        now: Timestamp,
    ) -> StorageResult<bool> {
        retrying("cancelling a task", || self.try_cancel_task(environment, id, now)).await
    }

    async fn delete_finished_tasks(&self, before: Timestamp, limit: u32) -> StorageResult<u64> {
        retrying("deleting finished tasks", || self.try_delete_finished_tasks(before, limit)).await
    }
}

/// The share locks keep the environment and the connection from being deleted before the task is written.
const LOCK_CONNECTION: &str = "SELECT TRUE FROM environments e JOIN connections c ON c.environment_id = e.id \
    WHERE e.id = $1 AND e.deleted_at IS NULL AND c.id = $2 AND c.integration_id = $3 AND c.deleted_at IS NULL \
    FOR SHARE OF e, c";

const LOCK_TURN: &str = "SELECT TRUE FROM task_turns WHERE environment_id = $1 FOR UPDATE";

const ADD_TURN: &str =
    "INSERT INTO task_turns (environment_id, last_claim) VALUES ($1, 0) ON CONFLICT DO NOTHING";

/// Only if not enough wait.
const INSERT: &str = "INSERT INTO tasks (id, environment_id, kind, name, integration_id, connection_id, state, payload, \
        retries_max, attempts, lost_lease, epoch, due_at, start_by, created_at) \
    SELECT $2, $1, $3, $4, $5, $6, 'created', $7, $8, 0, $9, 0, $11, $10, $11 \
    WHERE $12 > (SELECT count(*) FROM (SELECT 1 FROM tasks WHERE environment_id = $1 AND kind = $3 \
        AND state = 'created' LIMIT $12) waiting)";

const EXPIRE: &str = concat!(
    "WITH unstarted AS (SELECT seq FROM tasks WHERE state = 'created' AND attempts = 0 AND start_by <= $1 \
         LIMIT $2 FOR UPDATE SKIP LOCKED), \
     lost AS (SELECT seq FROM tasks WHERE state = 'started' AND lease_until <= $1 AND due_at IS NULL \
         LIMIT $2 FOR UPDATE SKIP LOCKED) \
     UPDATE tasks SET state = CASE state WHEN 'created' THEN 'expired' ELSE 'failed' END, finished_at = $1, ",
    without_holder!(),
    " WHERE seq IN (SELECT seq FROM unstarted UNION ALL SELECT seq FROM lost LIMIT $2) RETURNING ",
    task_columns!()
);

impl PostgresStorage {
    async fn try_create_task(
        &self,
        environment: EnvironmentId,
        new: &NewTask,
        waiting_max: u32,
    ) -> sqlx::Result<CreateTask> {
        let mut transaction = self.begin().await?;
        let is_live: Option<bool> = self
            .scalar(LOCK_CONNECTION)
            .bind(environment.0)
            .bind(new.connection_id.0)
            .bind(new.integration_id.0)
            .fetch_optional(&mut *transaction)
            .await?;
        if is_live.is_none() {
            return Ok(CreateTask::NoConnection);
        }
        self.lock_turn_of(&mut transaction, environment).await?;
        if !self.insert_task(&mut transaction, environment, new, waiting_max).await? {
            return Ok(CreateTask::QueueFull);
        }
        transaction.commit().await?;
        Ok(CreateTask::Created)
    }

    /// Makes the environment's turn where there is none yet. Whoever holds its lock counts what waits exactly.
    async fn lock_turn_of(
        &self,
        connection: &mut PgConnection,
        environment: EnvironmentId,
    ) -> sqlx::Result<()> {
        let locked: Option<bool> =
            self.scalar(LOCK_TURN).bind(environment.0).fetch_optional(&mut *connection).await?;
        if locked.is_none() {
            self.query(ADD_TURN).bind(environment.0).execute(&mut *connection).await?;
            self.query(LOCK_TURN).bind(environment.0).execute(connection).await?;
        }
        Ok(())
    }

    async fn insert_task(
        &self,
        connection: &mut PgConnection,
        environment: EnvironmentId,
        new: &NewTask,
        waiting_max: u32,
    ) -> sqlx::Result<bool> {
        let done = self
            .query(INSERT)
            .bind(environment.0)
            .bind(new.id.0)
            .bind(new.kind.as_str())
            .bind(new.name.as_str())
            .bind(new.integration_id.0)
            .bind(new.connection_id.0)
            .bind(&new.payload.0)
            .bind(i32::from(new.retries_max.get()))
            .bind(new.lost_lease.as_str())
            .bind(new.start_by.as_micros())
            .bind(new.created_at.as_micros())
            .bind(i64::from(waiting_max))
            .execute(connection)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Tasks that someone else writes at this moment are left to it.
    async fn try_expire_tasks(&self, now: Timestamp, limit: u32) -> sqlx::Result<Vec<Task>> {
        let mut single = self.single().await?;
        let rows: Vec<TaskRow> = self
            .query_as(EXPIRE)
            .bind(now.as_micros())
            .bind(i64::from(limit))
            .fetch_all(&mut *single)
            .await?;
        single.finish().await?;
        rows.into_iter().map(TaskRow::into_task).collect()
    }

    async fn try_find_task(&self, environment: EnvironmentId, id: TaskId) -> sqlx::Result<Option<Task>> {
        let mut single = self.single().await?;
        let row: Option<TaskRow> = self
            .query_as(concat!(
                "SELECT ",
                task_columns!(),
                " FROM tasks WHERE id = $1 AND environment_id = $2"
            ))
            .bind(id.0)
            .bind(environment.0)
            .fetch_optional(&mut *single)
            .await?;
        single.finish().await?;
        row.map(TaskRow::into_task).transpose()
    }

    async fn try_cancel_task(
        &self,
        environment: EnvironmentId,
        id: TaskId,
        now: Timestamp,
    ) -> sqlx::Result<bool> {
        let mut single = self.single().await?;
        let done = self
            .query(concat!(
                "UPDATE tasks SET state = 'cancelled', error = NULL, finished_at = $3, ",
                without_holder!(),
                " WHERE id = $1 AND environment_id = $2 AND state IN ('created', 'started')"
            ))
            .bind(id.0)
            .bind(environment.0)
            .bind(now.as_micros())
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected() > 0)
    }

    async fn try_delete_finished_tasks(&self, before: Timestamp, limit: u32) -> sqlx::Result<u64> {
        let mut single = self.single().await?;
        let done = self
            .query(
                "DELETE FROM tasks WHERE seq IN (SELECT seq FROM tasks WHERE finished_at < $1 \
                 ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
            )
            .bind(before.as_micros())
            .bind(i64::from(limit))
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected())
    }
}
