//! The fenced lease of token refreshes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::Timestamp;
use bowline_domain::connection::{Connection, RefreshState};
use bowline_domain::id::{ConnectionId, EnvironmentId};
use bowline_domain::storage::{AcquireLease, DueRefresh, Lease, RefreshOutcome, RefreshStore, StorageResult};
use sqlx::SqliteConnection;

use crate::rows::{DueRow, all};
use crate::{SqliteStorage, connections, failed};

row! {
    /// What is known of a live connection's lease.
    struct LeaseRow {
        current_version: i64,
        holder: Option<String>,
        lease_until: Option<i64>,
        intent_at: Option<i64>,
    }
}

/// Who wants the lease, and for how long.
struct Claim {
    environment: EnvironmentId,
    connection: ConnectionId,
    holder: String,
    lease_for: Duration,
    expected_version: i64,
}

#[async_trait]
impl RefreshStore for SqliteStorage {
    async fn acquire_refresh_lease(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        holder: &str,
        lease_for: Duration,
        expected_version: i64,
    ) -> StorageResult<AcquireLease> {
        let claim = Claim { environment, connection, holder: holder.to_owned(), lease_for, expected_version };
        let clock = Arc::clone(&self.clock);
        self.write("acquiring a refresh lease", move |write| {
            // The time is read in the transaction: the job may have waited in the queue.
            Box::pin(async move { acquire(write.conn, claim, clock.now()).await })
        })
        .await
    }

    async fn extend_refresh_lease(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        epoch: i64,
        lease_for: Duration,
    ) -> StorageResult<bool> {
        let clock = Arc::clone(&self.clock);
        self.write("extending a refresh lease", move |write| {
            Box::pin(async move {
                let done = sqlx::query(
                    "UPDATE refresh_leases SET lease_until = ?
                     WHERE connection_id = ? AND epoch = ? AND holder IS NOT NULL AND EXISTS (
                         SELECT 1 FROM connections WHERE id = connection_id AND environment_id = ?
                     )",
                )
                .bind(clock.now().plus(lease_for).as_micros())
                .bind(connection.0)
                .bind(epoch)
                .bind(environment.0)
                .execute(write.conn)
                .await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }

    async fn finish_refresh(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        epoch: i64,
        outcome: RefreshOutcome,
    ) -> StorageResult<bool> {
        self.write("finishing a refresh", move |write| {
            Box::pin(async move {
                let finished = finish(write.conn, environment, connection, epoch, outcome).await?;
                if finished {
                    write.touched.connections.push(connection);
                }
                Ok(finished)
            })
        })
        .await
    }

    async fn list_abandoned_refreshes(&self, limit: u32) -> StorageResult<Vec<DueRefresh>> {
        sqlx::query_as::<_, DueRow>(
            "SELECT c.environment_id, c.id AS connection_id, c.credentials_expire_at
             FROM refresh_leases l JOIN connections c ON c.id = l.connection_id
             WHERE l.holder IS NOT NULL AND l.lease_until <= ? AND c.deleted_at IS NULL
             ORDER BY l.lease_until, c.id LIMIT ?",
        )
        .bind(self.now().as_micros())
        .bind(limit)
        .fetch_all(&self.readers)
        .await
        .and_then(all)
        .map_err(failed("listing abandoned refreshes"))
    }

    async fn list_due_refreshes(
        &self,
        before: Timestamp,
        after: Option<(Timestamp, ConnectionId)>,
        limit: u32,
    ) -> StorageResult<Vec<DueRefresh>> {
        let (after_at, after_id) = after.map_or((i64::MIN, i64::MIN), |(at, id)| (at.as_micros(), id.0));
        sqlx::query_as::<_, DueRow>(
            "SELECT environment_id, id AS connection_id, credentials_expire_at FROM connections
             WHERE deleted_at IS NULL AND exhausted = 0 AND credentials_expire_at IS NOT NULL
               AND credentials_expire_at < ? AND (credentials_expire_at, id) > (?, ?)
             ORDER BY credentials_expire_at, id LIMIT ?",
        )
        .bind(before.as_micros())
        .bind(after_at)
        .bind(after_id)
        .bind(limit)
        .fetch_all(&self.readers)
        .await
        .and_then(all)
        .map_err(failed("listing due refreshes"))
    }
}

async fn acquire(
    conn: &mut SqliteConnection,
    claim: Claim,
    now: Timestamp,
) -> Result<AcquireLease, sqlx::Error> {
    let row = sqlx::query_as::<_, LeaseRow>(
        "SELECT c.credentials_version AS current_version, l.holder, l.lease_until, l.intent_at
         FROM connections c LEFT JOIN refresh_leases l ON l.connection_id = c.id
         WHERE c.id = ? AND c.environment_id = ? AND c.deleted_at IS NULL",
    )
    .bind(claim.connection.0)
    .bind(claim.environment.0)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(AcquireLease::Gone) };
    if row.current_version != claim.expected_version {
        return Ok(AcquireLease::VersionMoved);
    }
    let held_until = row.lease_until.filter(|_| row.holder.is_some()).map(Timestamp::from_micros);
    if let Some(until) = held_until.filter(|&until| until > now) {
        return Ok(AcquireLease::Held { remaining: until.since(now) });
    }
    // A holder that is still noted never came back with an outcome.
    let abandoned_at = row.intent_at.filter(|_| row.holder.is_some()).map(Timestamp::from_micros);
    let epoch = take(conn, claim, now).await?;
    Ok(AcquireLease::Acquired(Lease { epoch, abandoned_at }))
}

/// Takes the lease, declares the intent and answers the new epoch.
async fn take(conn: &mut SqliteConnection, claim: Claim, now: Timestamp) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO refresh_leases (connection_id, epoch, holder, lease_until, intent_at, credentials_version)
         VALUES (?, 1, ?, ?, ?, ?)
         ON CONFLICT (connection_id) DO UPDATE SET epoch = epoch + 1, holder = excluded.holder,
             lease_until = excluded.lease_until, intent_at = excluded.intent_at,
             credentials_version = excluded.credentials_version
         RETURNING epoch",
    )
    .bind(claim.connection.0)
    .bind(claim.holder)
    .bind(now.plus(claim.lease_for).as_micros())
    .bind(now.as_micros())
    .bind(claim.expected_version)
    .fetch_one(conn)
    .await
}

async fn finish(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    id: ConnectionId,
    epoch: i64,
    outcome: RefreshOutcome,
) -> Result<bool, sqlx::Error> {
    let leased_version: Option<i64> = sqlx::query_scalar(
        "SELECT credentials_version FROM refresh_leases
         WHERE connection_id = ? AND epoch = ? AND holder IS NOT NULL",
    )
    .bind(id.0)
    .bind(epoch)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(leased_version) = leased_version else { return Ok(false) };
    let Some(old) = connections::find_by_id(&mut *conn, environment, id).await? else { return Ok(false) };
    if matches!(outcome, RefreshOutcome::Refreshed { .. }) && old.credentials_version != leased_version {
        return Ok(false);
    }
    if let Some(new) = apply(Arc::unwrap_or_clone(old), outcome) {
        connections::save(&mut *conn, &new).await?;
    }
    sqlx::query("UPDATE refresh_leases SET holder = NULL, intent_at = NULL WHERE connection_id = ?")
        .bind(id.0)
        .execute(conn)
        .await?;
    Ok(true)
}

/// The connection after the outcome; `None` when it stays as it is.
fn apply(mut connection: Connection, outcome: RefreshOutcome) -> Option<Connection> {
    match outcome {
        RefreshOutcome::Refreshed { credentials, expires_at, config, at } => {
            connection.credentials = credentials;
            connection.credentials_version += 1;
            connection.credentials_expire_at = expires_at;
            connection.config = config.unwrap_or(connection.config);
            connection.refresh = RefreshState { last_success_at: Some(at), ..RefreshState::default() };
            connection.updated_at = at;
        }
        RefreshOutcome::Failed(state) => connection.refresh = state,
        RefreshOutcome::NotNeeded => return None,
    }
    Some(connection)
}

/// Takes a connection's lease away from its holder: what it refreshes was replaced.
pub(crate) async fn revoke_lease(conn: &mut SqliteConnection, id: ConnectionId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE refresh_leases SET epoch = epoch + 1, holder = NULL, intent_at = NULL WHERE connection_id = ?",
    )
    .bind(id.0)
    .execute(conn)
    .await
    .map(|_| ())
}
