//! Claiming: whose turn it is, and which of its tasks.

use std::time::Duration;

use bowline_domain::Timestamp;
use bowline_domain::id::EnvironmentId;
use bowline_domain::task::ClaimedTask;
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::rows::one;
use crate::task_rows::{ClaimedRow, task_columns};

/// Whether the action that runs in the environment `$environment` still has its lease, or must not run again.
macro_rules! action_runs {
    ($environment:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM tasks r WHERE r.environment_id = ",
            $environment,
            " AND r.kind = 'action' AND r.state = 'started' AND (r.due_at IS NULL OR r.due_at > ?2))"
        )
    };
}

/// The environment whose turn it is. `?1` are the kinds, `?2` is the time.
///
/// Environments with open tasks are found by steps over the index `tasks_due`, and actions of an environment where
/// one runs are passed over before any of them is looked at: thousands may wait.
const WHOSE_TURN: &str = concat!(
    "WITH RECURSIVE open (environment_id) AS (
         SELECT min(environment_id) FROM tasks WHERE due_at IS NOT NULL
         UNION ALL
         SELECT (SELECT min(t.environment_id) FROM tasks t
                 WHERE t.due_at IS NOT NULL AND t.environment_id > open.environment_id)
         FROM open WHERE open.environment_id IS NOT NULL)
     SELECT q.environment_id FROM open JOIN task_turns q ON q.environment_id = open.environment_id
     WHERE EXISTS (
         SELECT 1 FROM json_each(?1) k WHERE NOT (k.value = 'action' AND ",
    action_runs!("q.environment_id"),
    ") AND EXISTS (SELECT 1 FROM tasks t WHERE t.environment_id = q.environment_id AND t.kind = k.value
             AND t.due_at <= ?2 AND (t.attempts > 0 OR t.start_by > ?2)))
     ORDER BY q.last_claim, q.environment_id LIMIT 1"
);

/// The task of the environment `?3` that has been due the longest. An action that is started but whose lease ran
/// out comes before those that wait.
const WHICH_TASK: &str = concat!(
    "SELECT seq FROM tasks WHERE seq IN (
         SELECT (SELECT t.seq FROM tasks t WHERE t.environment_id = ?3 AND t.kind = k.value AND t.due_at <= ?2
                     AND (t.attempts > 0 OR t.start_by > ?2)
                     AND (k.value <> 'action' OR t.state = 'started' OR NOT EXISTS (SELECT 1 FROM tasks r
                         WHERE r.environment_id = ?3 AND r.kind = 'action' AND r.state = 'started'))
                 ORDER BY t.due_at, t.seq LIMIT 1)
         FROM json_each(?1) k WHERE NOT (k.value = 'action' AND ",
    action_runs!("?3"),
    "))
     ORDER BY due_at, seq LIMIT 1"
);

const START: &str = concat!(
    "UPDATE tasks SET state = 'started', attempts = attempts + 1, epoch = epoch + 1, holder = ?2, started_at = ?3,
         lease_until = ?4, due_at = CASE WHEN lost_lease = 'run-again' AND attempts < retries_max THEN ?4 END,
         error = NULL
     WHERE seq = ?1 RETURNING payload, epoch, ",
    task_columns!()
);

/// A claim that someone makes.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    /// The names of the kinds, as a JSON array.
    pub kinds: String,
    pub holder: Uuid,
    pub now: Timestamp,
    pub lease_for: Duration,
}

/// The environment whose turn it is, if there is anything to do.
pub(super) async fn find_turn<'c, E>(executor: E, claim: &Claim) -> Result<Option<EnvironmentId>, sqlx::Error>
where
    E: sqlx::Executor<'c, Database = sqlx::Sqlite>,
{
    let environment = sqlx::query_scalar(WHOSE_TURN)
        .bind(claim.kinds.clone())
        .bind(claim.now.as_micros())
        .fetch_optional(executor)
        .await?;
    Ok(environment.map(EnvironmentId))
}

/// Starts the task whose turn it is.
pub(super) async fn claim(
    conn: &mut SqliteConnection,
    claim: &Claim,
) -> Result<Option<ClaimedTask>, sqlx::Error> {
    let Some(environment) = find_turn(&mut *conn, claim).await? else { return Ok(None) };
    let seq: i64 = sqlx::query_scalar(WHICH_TASK)
        .bind(claim.kinds.clone())
        .bind(claim.now.as_micros())
        .bind(environment.0)
        .fetch_one(&mut *conn)
        .await?;
    sqlx::query(
        "UPDATE task_turns SET last_claim = (SELECT max(last_claim) + 1 FROM task_turns) WHERE environment_id = ?",
    )
    .bind(environment.0)
    .execute(&mut *conn)
    .await?;
    let row = sqlx::query_as::<_, ClaimedRow>(START)
        .bind(seq)
        .bind(claim.holder.as_bytes().to_vec())
        .bind(claim.now.as_micros())
        .bind(claim.now.plus(claim.lease_for).as_micros())
        .fetch_optional(conn)
        .await?;
    one(row)
}
