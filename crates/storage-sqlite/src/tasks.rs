//! The durable queue of tasks. Claiming is in [`claim`].

mod claim;

use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::id::{EnvironmentId, TaskId};
use bowline_domain::storage::{CreateTask, StorageResult, TaskStore};
use bowline_domain::task::{ClaimedTask, NewTask, Task, TaskKind, TaskResult};
use bowline_domain::{SealedBytes, Timestamp};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::rows::{all, one, to_json};
use crate::task_rows::{TaskRow, task_columns};
use crate::tasks::claim::{Claim, find_turn};
use crate::{SqliteStorage, failed};

/// What is cleared when a task is over or waits again: it has no holder.
macro_rules! without_holder {
    () => {
        "holder = NULL, lease_until = NULL, due_at = NULL"
    };
}

#[async_trait]
impl TaskStore for SqliteStorage {
    async fn create_task(
        &self,
        environment: EnvironmentId,
        new: NewTask,
        waiting_max: u32,
    ) -> StorageResult<CreateTask> {
        self.write("writing a task", move |write| {
            Box::pin(async move { create(write.conn, environment, new, waiting_max).await })
        })
        .await
    }

    async fn claim_task(
        &self,
        kinds: &[TaskKind],
        holder: Uuid,
        now: Timestamp,
        lease_for: Duration,
    ) -> StorageResult<Option<ClaimedTask>> {
        let context = "claiming a task";
        let claim = Claim { kinds: to_json(&kinds), holder, now, lease_for };
        // Most of the time there is nothing to do, which needs no writer to find out.
        if find_turn(&self.readers, &claim).await.map_err(failed(context))?.is_none() {
            return Ok(None);
        }
        self.write(context, move |write| Box::pin(async move { claim::claim(write.conn, &claim).await }))
            .await
    }

    async fn extend_task(
        &self,
        id: TaskId,
        epoch: i64,
        now: Timestamp,
        lease_for: Duration,
    ) -> StorageResult<bool> {
        self.write("extending a task's lease", move |write| {
            Box::pin(async move {
                sqlx::query(
                    "UPDATE tasks SET lease_until = ?3, due_at = CASE WHEN due_at IS NOT NULL THEN ?3 END
                     WHERE id = ?1 AND epoch = ?2 AND state = 'started'",
                )
                .bind(id.0.as_bytes().to_vec())
                .bind(epoch)
                .bind(now.plus(lease_for).as_micros())
                .execute(write.conn)
                .await
                .map(|done| done.rows_affected() > 0)
            })
        })
        .await
    }

    async fn finish_task(
        &self,
        id: TaskId,
        epoch: i64,
        result: TaskResult,
        now: Timestamp,
    ) -> StorageResult<bool> {
        self.write("storing a task's result", move |write| {
            Box::pin(async move {
                let (state, output, error) = match result {
                    TaskResult::Succeeded(output) => ("succeeded", Some(output.0), None),
                    TaskResult::Failed(error) => ("failed", None, Some(error.0)),
                };
                sqlx::query(concat!(
                    "UPDATE tasks SET state = ?3, output = ?4, error = ?5, finished_at = ?6, ",
                    without_holder!(),
                    " WHERE id = ?1 AND epoch = ?2 AND state = 'started'"
                ))
                .bind(id.0.as_bytes().to_vec())
                .bind(epoch)
                .bind(state)
                .bind(output)
                .bind(error)
                .bind(now.as_micros())
                .execute(write.conn)
                .await
                .map(|done| done.rows_affected() > 0)
            })
        })
        .await
    }

    async fn retry_task(
        &self,
        id: TaskId,
        epoch: i64,
        not_before: Timestamp,
        error: SealedBytes,
    ) -> StorageResult<bool> {
        self.write("letting a task wait for its next attempt", move |write| {
            Box::pin(async move {
                sqlx::query(
                    "UPDATE tasks SET state = 'created', error = ?3, holder = NULL, lease_until = NULL, due_at = ?4
                     WHERE id = ?1 AND epoch = ?2 AND state = 'started' AND attempts <= retries_max",
                )
                .bind(id.0.as_bytes().to_vec())
                .bind(epoch)
                .bind(error.0)
                .bind(not_before.as_micros())
                .execute(write.conn)
                .await
                .map(|done| done.rows_affected() > 0)
            })
        })
        .await
    }

    async fn expire_tasks(&self, now: Timestamp, limit: u32) -> StorageResult<Vec<Task>> {
        self.write("ending tasks that nobody will run", move |write| {
            Box::pin(async move { expire(write.conn, now, limit).await })
        })
        .await
    }

    async fn find_task(&self, environment: EnvironmentId, id: TaskId) -> StorageResult<Option<Task>> {
        sqlx::query_as::<_, TaskRow>(concat!(
            "SELECT ",
            task_columns!(),
            " FROM tasks WHERE id = ? AND environment_id = ?"
        ))
        .bind(id.0.as_bytes().to_vec())
        .bind(environment.0)
        .fetch_optional(&self.readers)
        .await
        .and_then(one)
        .map_err(failed("finding a task"))
    }

    async fn cancel_task(
        &self,
        environment: EnvironmentId,
        id: TaskId,
        now: Timestamp,
    ) -> StorageResult<bool> {
        self.write("cancelling a task", move |write| {
            Box::pin(async move {
                sqlx::query(concat!(
                    "UPDATE tasks SET state = 'cancelled', error = NULL, finished_at = ?3, ",
                    without_holder!(),
                    " WHERE id = ?1 AND environment_id = ?2 AND state IN ('created', 'started')"
                ))
                .bind(id.0.as_bytes().to_vec())
                .bind(environment.0)
                .bind(now.as_micros())
                .execute(write.conn)
                .await
                .map(|done| done.rows_affected() > 0)
            })
        })
        .await
    }

    async fn delete_finished_tasks(&self, before: Timestamp, limit: u32) -> StorageResult<u64> {
        self.write("deleting finished tasks", move |write| {
            Box::pin(async move {
                sqlx::query(
                    "DELETE FROM tasks WHERE seq IN
                         (SELECT seq FROM tasks WHERE finished_at < ? ORDER BY finished_at LIMIT ?)",
                )
                .bind(before.as_micros())
                .bind(limit)
                .execute(write.conn)
                .await
                .map(|done| done.rows_affected())
            })
        })
        .await
    }
}

async fn create(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    new: NewTask,
    waiting_max: u32,
) -> Result<CreateTask, sqlx::Error> {
    let connection_is_live: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM connections
             WHERE id = ? AND environment_id = ? AND integration_id = ? AND deleted_at IS NULL)",
    )
    .bind(new.connection_id.0)
    .bind(environment.0)
    .bind(new.integration_id.0)
    .fetch_one(&mut *conn)
    .await?;
    if !connection_is_live {
        return Ok(CreateTask::NoConnection);
    }
    if count_waiting(&mut *conn, environment, new.kind, waiting_max).await? >= waiting_max {
        return Ok(CreateTask::QueueFull);
    }
    sqlx::query("INSERT INTO task_turns (environment_id, last_claim) VALUES (?, 0) ON CONFLICT DO NOTHING")
        .bind(environment.0)
        .execute(&mut *conn)
        .await?;
    insert(conn, environment, new).await?;
    Ok(CreateTask::Created)
}

/// How many tasks of the kind wait, counted up to `enough`.
async fn count_waiting(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    kind: TaskKind,
    enough: u32,
) -> Result<u32, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT count(*) FROM
             (SELECT 1 FROM tasks WHERE environment_id = ? AND kind = ? AND state = 'created' LIMIT ?)",
    )
    .bind(environment.0)
    .bind(kind.as_str())
    .bind(enough)
    .fetch_one(conn)
    .await
}

async fn insert(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    new: NewTask,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO tasks (id, environment_id, kind, name, integration_id, connection_id, state, payload,
             retries_max, attempts, lost_lease, epoch, due_at, start_by, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'created', ?7, ?8, 0, ?9, 0, ?11, ?10, ?11)",
    )
    .bind(new.id.0.as_bytes().to_vec())
    .bind(environment.0)
    .bind(new.kind.as_str())
    .bind(new.name.as_str().to_owned())
    .bind(new.integration_id.0)
    .bind(new.connection_id.0)
    .bind(new.payload.0)
    .bind(new.retries_max.get())
    .bind(new.lost_lease.as_str())
    .bind(new.start_by.as_micros())
    .bind(new.created_at.as_micros())
    .execute(conn)
    .await
    .map(|_| ())
}

async fn expire(conn: &mut SqliteConnection, now: Timestamp, limit: u32) -> Result<Vec<Task>, sqlx::Error> {
    let rows = sqlx::query_as::<_, TaskRow>(concat!(
        "UPDATE tasks SET state = CASE state WHEN 'created' THEN 'expired' ELSE 'failed' END, finished_at = ?1, ",
        without_holder!(),
        " WHERE seq IN (
             SELECT seq FROM tasks WHERE state = 'created' AND attempts = 0 AND start_by <= ?1
             UNION ALL
             SELECT seq FROM tasks WHERE state = 'started' AND lease_until <= ?1 AND due_at IS NULL
             LIMIT ?2)
         RETURNING ",
        task_columns!()
    ))
    .bind(now.as_micros())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    all(rows)
}

/// Forgets the turn of an environment that goes; its tasks go with their connections.
pub(crate) async fn delete_of_environment(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM task_turns WHERE environment_id = ?")
        .bind(environment.0)
        .execute(conn)
        .await
        .map(|_| ())
}
