//! What a task's holder writes. Each write names the epoch and finds nothing when someone else took the task.

use bowline_domain::id::TaskId;
use bowline_domain::task::TaskResult;
use bowline_domain::{SealedBytes, Timestamp};

use super::without_holder;
use crate::PostgresStorage;

const EXTEND: &str = "UPDATE tasks SET lease_until = $3, due_at = CASE WHEN due_at IS NOT NULL THEN $3 END \
    WHERE id = $1 AND epoch = $2 AND state = 'started'";

const FINISH: &str = concat!(
    "UPDATE tasks SET state = $3, output = $4, error = $5, finished_at = $6, ",
    without_holder!(),
    " WHERE id = $1 AND epoch = $2 AND state = 'started'"
);

const RETRY: &str = "UPDATE tasks SET state = 'created', error = $3, holder = NULL, lease_until = NULL, due_at = $4 \
    WHERE id = $1 AND epoch = $2 AND state = 'started' AND attempts <= retries_max";

impl PostgresStorage {
    pub(super) async fn try_extend_task(
        &self,
        id: TaskId,
        epoch: i64,
        lease_until: Timestamp,
    ) -> sqlx::Result<bool> {
        let mut single = self.single().await?;
        let done = self
            .query(EXTEND)
            .bind(id.0)
            .bind(epoch)
            .bind(lease_until.as_micros())
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected() > 0)
    }

    pub(super) async fn try_finish_task(
        &self,
        id: TaskId,
        epoch: i64,
        result: &TaskResult,
        now: Timestamp,
    ) -> sqlx::Result<bool> {
        let (state, output, error) = match result {
            TaskResult::Succeeded(output) => ("succeeded", Some(&output.0), None),
            TaskResult::Failed(error) => ("failed", None, Some(&error.0)),
        };
        let mut single = self.single().await?;
        let done = self
            .query(FINISH)
            .bind(id.0)
            .bind(epoch)
            .bind(state)
            .bind(output)
            .bind(error)
            .bind(now.as_micros())
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected() > 0)
    }

    pub(super) async fn try_retry_task(
        &self,
        id: TaskId,
        epoch: i64,
        not_before: Timestamp,
        error: &SealedBytes,
    ) -> sqlx::Result<bool> {
        let mut single = self.single().await?;
        let done = self
            .query(RETRY)
            .bind(id.0)
            .bind(epoch)
            .bind(&error.0)
            .bind(not_before.as_micros())
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected() > 0)
    }
}
