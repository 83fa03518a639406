//! Claiming: whose turn it is, and which of its tasks.
//!
//! A claim first locks the row of the environment whose turn it is and only then looks for the task, with a statement
//! that sees what earlier claims of this environment committed. So claims of one environment take turns, and those of
//! several do not wait for each other.

use std::time::Duration;

use bowline_domain::Timestamp;
use bowline_domain::id::EnvironmentId;
use bowline_domain::task::ClaimedTask;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::PostgresStorage;
use crate::task_rows::{ClaimedRow, task_columns};

/// How often a claim that came too late for an environment's last task looks for another.
const CLAIM_TRIES: u32 = 8;

/// Whether the action that runs in the environment `$environment` still has its lease, or must not run again.
macro_rules! action_runs {
    ($environment:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM tasks r WHERE r.environment_id = ",
            $environment,
            " AND r.kind = 'action' AND r.state = 'started' AND (r.due_at IS NULL OR r.due_at > $2))"
        )
    };
}

/// Locks the environment whose turn it is. `$1` are the kinds, `$2` is the time.
///
/// Environments with open tasks are found by steps over the index `tasks_due`, and actions of an environment where
/// one runs are passed over before any of them is looked at: thousands may wait. The limits keep the subqueries
/// from being turned into joins with all that is due.
macro_rules! whose_turn {
    ($lock:literal) => {
        concat!(
            "WITH RECURSIVE open (environment_id) AS ( \
                 SELECT min(environment_id) FROM tasks WHERE due_at IS NOT NULL \
                 UNION ALL \
                 SELECT (SELECT min(t.environment_id) FROM tasks t \
                         WHERE t.due_at IS NOT NULL AND t.environment_id > open.environment_id) \
                 FROM open WHERE open.environment_id IS NOT NULL) \
             SELECT q.environment_id FROM open JOIN task_turns q ON q.environment_id = open.environment_id \
             WHERE (SELECT TRUE FROM unnest($1::text[]) AS k (kind) WHERE NOT (k.kind = 'action' AND ",
            action_runs!("q.environment_id"),
            ") AND (SELECT TRUE FROM tasks t WHERE t.environment_id = q.environment_id AND t.kind = k.kind \
                        AND t.due_at <= $2 AND (t.attempts > 0 OR t.start_by > $2) LIMIT 1) LIMIT 1) \
             ORDER BY q.last_claim, q.environment_id LIMIT 1 ",
            $lock
        )
    };
}

/// Passes over environments that are being claimed from.
const WHOSE_TURN: &str = whose_turn!("FOR UPDATE OF q SKIP LOCKED");

/// Waits for an environment that is being claimed from.
const WHOSE_TURN_AFTER_WAITING: &str = whose_turn!("FOR UPDATE OF q");

/// Starts the task of the locked environment `$3` that has been due the longest. An action that is started but whose
/// lease ran out comes before those that wait. The time is compared once more with the row as its lock found it: its
/// holder may have come back, or it may have been cancelled.
const START: &str = concat!(
    "UPDATE tasks SET state = 'started', attempts = attempts + 1, epoch = epoch + 1, holder = $4, started_at = $2, \
         lease_until = $5, due_at = CASE WHEN lost_lease = 'run-again' AND attempts < retries_max THEN $5 END, \
         error = NULL \
     WHERE due_at <= $2 AND seq = ( \
         SELECT head.seq FROM unnest($1::text[]) AS k (kind) CROSS JOIN LATERAL ( \
             SELECT t.seq, t.due_at FROM tasks t WHERE t.environment_id = $3 AND t.kind = k.kind AND t.due_at <= $2 \
                 AND (t.attempts > 0 OR t.start_by > $2) \
                 AND (k.kind <> 'action' OR t.state = 'started' OR NOT EXISTS (SELECT 1 FROM tasks r \
                     WHERE r.environment_id = $3 AND r.kind = 'action' AND r.state = 'started')) \
             ORDER BY t.due_at, t.seq LIMIT 1) head \
         WHERE NOT (k.kind = 'action' AND ",
    action_runs!("$3"),
    ") \
         ORDER BY head.due_at, head.seq LIMIT 1) \
     RETURNING payload, epoch, ",
    task_columns!()
);

/// A claim that someone makes.
#[derive(Debug)]
pub(super) struct Claim {
    pub kinds: Vec<&'static str>,
    pub holder: Uuid,
    pub now: Timestamp,
    pub lease_for: Duration,
}

/// What became of one try.
enum Try {
    Claimed(Box<ClaimedTask>),
    TooLate,
    NothingDue,
}

impl PostgresStorage {
    pub(super) async fn try_claim_task(&self, claim: &Claim) -> sqlx::Result<Option<ClaimedTask>> {
        for _ in 0..CLAIM_TRIES {
            match self.try_claim_once(claim).await? {
                Try::Claimed(task) => return Ok(Some(*task)),
                Try::NothingDue => break,
                Try::TooLate => {}
            }
        }
        Ok(None)
    }

    /// A try that came too late ends its transaction, so that nobody holds one turn while waiting for another.
    async fn try_claim_once(&self, claim: &Claim) -> sqlx::Result<Try> {
        let mut transaction = self.begin().await?;
        let Some(environment) = self.lock_turn(&mut transaction, claim).await? else {
            transaction.commit().await?;
            return Ok(Try::NothingDue);
        };
        let row: Option<ClaimedRow> = self
            .query_as(START)
            .bind(&claim.kinds)
            .bind(claim.now.as_micros())
            .bind(environment.0)
            .bind(claim.holder)
            .bind(claim.now.plus(claim.lease_for).as_micros())
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else {
            transaction.rollback().await?;
            return Ok(Try::TooLate);
        };
        self.query("UPDATE task_turns SET last_claim = nextval('task_claims') WHERE environment_id = $1")
            .bind(environment.0)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        row.into_claimed().map(|task| Try::Claimed(Box::new(task)))
    }

    async fn lock_turn(
        &self,
        connection: &mut PgConnection,
        claim: &Claim,
    ) -> sqlx::Result<Option<EnvironmentId>> {
        for sql in [WHOSE_TURN, WHOSE_TURN_AFTER_WAITING] {
            let environment: Option<i64> = self
                .scalar(sql)
                .bind(&claim.kinds)
                .bind(claim.now.as_micros())
                .fetch_optional(&mut *connection)
                .await?;
            if environment.is_some() {
                return Ok(environment.map(EnvironmentId));
            }
        }
        Ok(None)
    }
}
