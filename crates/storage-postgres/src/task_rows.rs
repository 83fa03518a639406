//! Rows of tasks.

use bowline_domain::id::{ConnectionId, EnvironmentId, FunctionName, IntegrationId, TaskId};
use bowline_domain::task::{ClaimedTask, LostLease, RetriesMax, Task, TaskKind, TaskState};
use bowline_domain::{SealedBytes, Timestamp};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row};
use uuid::Uuid;

/// The columns of a [`TaskRow`].
macro_rules! task_columns {
    () => {
        "id, environment_id, kind, name, integration_id, connection_id, state, output, error, retries_max, attempts, \
         lost_lease, start_by, created_at, started_at, finished_at"
    };
}

row! {
    pub(crate) struct TaskRow {
        id: Uuid,
        environment_id: i64,
        kind: String,
        name: String,
        integration_id: i64,
        connection_id: i64,
        state: String,
        output: Option<Vec<u8>>,
        error: Option<Vec<u8>>,
        retries_max: i32,
        attempts: i32,
        lost_lease: String,
        start_by: i64,
        created_at: i64,
        started_at: Option<i64>,
        finished_at: Option<i64>,
    }
}

impl TaskRow {
    pub(crate) fn into_task(self) -> sqlx::Result<Task> {
        let retries_max = u8::try_from(self.retries_max).ok().and_then(RetriesMax::new);
        Ok(Task {
            id: TaskId(self.id),
            environment_id: EnvironmentId(self.environment_id),
            kind: word(&self.kind, TaskKind::parse)?,
            name: FunctionName::from_stored(self.name),
            integration_id: IntegrationId(self.integration_id),
            connection_id: ConnectionId(self.connection_id),
            state: word(&self.state, TaskState::parse)?,
            output: self.output.map(SealedBytes),
            error: self.error.map(SealedBytes),
            retries_max: retries_max.unwrap_or(RetriesMax::MAX),
            attempts: u32::try_from(self.attempts).unwrap_or(0),
            lost_lease: word(&self.lost_lease, LostLease::parse)?,
            start_by: Timestamp::from_micros(self.start_by),
            created_at: Timestamp::from_micros(self.created_at),
            started_at: self.started_at.map(Timestamp::from_micros),
            finished_at: self.finished_at.map(Timestamp::from_micros),
        })
    }
}

/// A task, its payload and its epoch.
pub(crate) struct ClaimedRow {
    task: TaskRow,
    payload: Vec<u8>,
    epoch: i64,
}

impl<'r> FromRow<'r, PgRow> for ClaimedRow {
    fn from_row(row: &'r PgRow) -> sqlx::Result<Self> {
        let (payload, epoch) = (row.try_get("payload")?, row.try_get("epoch")?);
        Ok(Self { task: TaskRow::from_row(row)?, payload, epoch })
    }
}

impl ClaimedRow {
    pub(crate) fn into_claimed(self) -> sqlx::Result<ClaimedTask> {
        Ok(ClaimedTask {
            task: self.task.into_task()?,
            payload: SealedBytes(self.payload),
            epoch: self.epoch,
        })
    }
}

fn word<T>(name: &str, parse: impl Fn(&str) -> Option<T>) -> sqlx::Result<T> {
    parse(name).ok_or_else(|| sqlx::Error::Decode(format!("a task cannot be {name:?}").into()))
}

pub(crate) use task_columns;
