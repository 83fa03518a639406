//! Rows of tasks.

use bowline_domain::id::{ConnectionId, EnvironmentId, FunctionName, IntegrationId, TaskId};
use bowline_domain::task::{ClaimedTask, LostLease, RetriesMax, Task, TaskKind, TaskState};
use bowline_domain::{SealedBytes, Timestamp};
use uuid::Uuid;

use crate::rows::{IntoDomain, unreadable};

/// The columns of a [`TaskRow`].
macro_rules! task_columns {
    () => {
        "id, environment_id, kind, name, integration_id, connection_id, state, output, error, retries_max, attempts,
         lost_lease, start_by, created_at, started_at, finished_at"
    };
}

row! {
    pub(crate) struct TaskRow {
        id: Vec<u8>,
        environment_id: i64,
        kind: String,
        name: String,
        integration_id: i64,
        connection_id: i64,
        state: String,
        output: Option<Vec<u8>>,
        error: Option<Vec<u8>>,
        retries_max: u8,
        attempts: u32,
        lost_lease: String,
        start_by: i64,
        created_at: i64,
        started_at: Option<i64>,
        finished_at: Option<i64>,
    }
}

impl IntoDomain for TaskRow {
    type Domain = Task;

    fn into_domain(self) -> Result<Task, sqlx::Error> {
        Ok(Task {
            id: TaskId(Uuid::from_slice(&self.id).map_err(unreadable)?),
            environment_id: EnvironmentId(self.environment_id),
            kind: word(&self.kind, TaskKind::parse)?,
            name: FunctionName::from_stored(self.name),
            integration_id: IntegrationId(self.integration_id),
            connection_id: ConnectionId(self.connection_id),
            state: word(&self.state, TaskState::parse)?,
            output: self.output.map(SealedBytes),
            error: self.error.map(SealedBytes),
            retries_max: RetriesMax::new(self.retries_max).unwrap_or(RetriesMax::MAX),
            attempts: self.attempts,
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

impl<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> for ClaimedRow {
    fn from_row(row: &'r sqlx::sqlite::SqliteRow) -> sqlx::Result<Self> {
        let (payload, epoch) = (sqlx::Row::try_get(row, "payload")?, sqlx::Row::try_get(row, "epoch")?);
        Ok(Self { task: TaskRow::from_row(row)?, payload, epoch })
    }
}

impl IntoDomain for ClaimedRow {
    type Domain = ClaimedTask;

    fn into_domain(self) -> Result<ClaimedTask, sqlx::Error> {
        Ok(ClaimedTask {
            task: self.task.into_domain()?,
            payload: SealedBytes(self.payload),
            epoch: self.epoch,
        })
    }
}

fn word<T>(name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, sqlx::Error> {
    parse(name).ok_or_else(|| sqlx::Error::Decode(format!("a task cannot be {name:?}").into()))
}

pub(crate) use task_columns;
