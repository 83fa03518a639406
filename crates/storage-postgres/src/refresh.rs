//! The fenced lease under which a connection's credentials are refreshed.
//!
//! Every writer locks the connection's row before the lease's, so a check of the credentials' version and the
//! lease that rests on it cannot be torn apart. All lease times are of the database's clock.

use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::connection::RefreshState;
use bowline_domain::id::{ConnectionId, EnvironmentId};
use bowline_domain::storage::{AcquireLease, DueRefresh, Lease, RefreshOutcome, RefreshStore, StorageResult};
use bowline_domain::{SealedBytes, Timestamp};
use sqlx::PgConnection;

use crate::PostgresStorage;
use crate::rate_limit::micros;
use crate::rows::to_json;
use crate::session::retrying;

/// How often a lease that turns out free after a lost try is tried for again.
const ACQUIRE_TRIES: u32 = 5;

#[async_trait]
impl RefreshStore for PostgresStorage {
    async fn acquire_refresh_lease(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        holder: &str,
        lease_for: Duration,
        expected_version: i64,
    ) -> StorageResult<AcquireLease> {
        let claim = Claim { environment, connection, holder, lease_for, expected_version };
        retrying("acquiring a refresh lease", || self.try_acquire(&claim)).await
    }

    async fn extend_refresh_lease(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        epoch: i64,
        lease_for: Duration,
    ) -> StorageResult<bool> {
        retrying("extending a refresh lease", || self.try_extend(environment, connection, epoch, lease_for))
            .await
    }

    async fn finish_refresh(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        epoch: i64,
        outcome: RefreshOutcome,
    ) -> StorageResult<bool> {
        retrying("storing a refresh", || self.try_finish(environment, connection, epoch, &outcome)).await
    }

    async fn list_abandoned_refreshes(&self, limit: u32) -> StorageResult<Vec<DueRefresh>> {
        retrying("listing abandoned refreshes", || self.try_list_abandoned(limit)).await
    }

    async fn list_due_refreshes(
        &self,
        before: Timestamp,
        after: Option<(Timestamp, ConnectionId)>,
        limit: u32,
    ) -> StorageResult<Vec<DueRefresh>> {
        retrying("listing due refreshes", || self.try_list_due(before, after, limit)).await
    }
}

struct Claim<'a> {
    environment: EnvironmentId,
    connection: ConnectionId,
    holder: &'a str,
    lease_for: Duration,
    expected_version: i64,
}

/// The connection is locked first; its conditions are judged again when the lock had to be waited for. The
/// clock is read after the lease's row is locked, so that waiting cannot make it stale.
const ACQUIRE: &str = "INSERT INTO refresh_leases AS l (connection_id, epoch, holder, lease_until, intent_at, \
    credentials_version) \
    SELECT c.id, 1, $3, now_micros() + $4, now_micros(), c.credentials_version FROM connections c \
    WHERE c.id = $2 AND c.environment_id = $1 AND c.deleted_at IS NULL AND c.credentials_version = $5 \
    FOR NO KEY UPDATE \
    ON CONFLICT (connection_id) DO UPDATE SET epoch = l.epoch + 1, holder = EXCLUDED.holder, \
    lease_until = now_micros() + $4, intent_at = now_micros(), \
    abandoned_at = CASE WHEN l.holder IS NOT NULL THEN l.intent_at END, \
    credentials_version = EXCLUDED.credentials_version \
    WHERE l.holder IS NULL OR l.lease_until <= now_micros() \
    RETURNING epoch, abandoned_at";

const WHY_NOT: &str = "SELECT c.credentials_version, l.lease_until - now_micros() FROM connections c \
    LEFT JOIN refresh_leases l ON l.connection_id = c.id AND l.holder IS NOT NULL \
    WHERE c.id = $2 AND c.environment_id = $1 AND c.deleted_at IS NULL";

const FINISH_REFRESHED: &str = "UPDATE connections SET credentials = $2, credentials_expire_at = $3, \
    config = COALESCE($4, config), credentials_version = credentials_version + 1, last_success_at = $5, \
    last_failure_at = NULL, attempts = 0, exhausted = FALSE, failure = NULL, updated_at = $5 \
    WHERE id = $1";

const FINISH_FAILED: &str = "UPDATE connections SET last_success_at = $2, last_failure_at = $3, \
    attempts = $4, exhausted = $5, failure = $6 WHERE id = $1";

impl PostgresStorage {
    async fn try_acquire(&self, claim: &Claim<'_>) -> sqlx::Result<AcquireLease> {
        let mut single = self.single().await?;
        for _ in 0..ACQUIRE_TRIES {
            if let Some(lease) = self.take_lease(&mut single, claim).await? {
                single.finish().await?;
                return Ok(AcquireLease::Acquired(lease));
            }
            if let Some(refusal) = self.find_refusal(&mut single, claim).await? {
                return Ok(refusal);
            }
            // It became free in between.
        }
        Ok(AcquireLease::Held { remaining: Duration::ZERO })
    }

    async fn take_lease(
        &self,
        connection: &mut PgConnection,
        claim: &Claim<'_>,
    ) -> sqlx::Result<Option<Lease>> {
        let taken: Option<(i64, Option<i64>)> = self
            .query_as(ACQUIRE)
            .bind(claim.environment.0)
            .bind(claim.connection.0)
            .bind(claim.holder)
            .bind(micros(claim.lease_for))
            .bind(claim.expected_version)
            .fetch_optional(connection)
            .await?;
        Ok(taken
            .map(|(epoch, abandoned)| Lease { epoch, abandoned_at: abandoned.map(Timestamp::from_micros) }))
    }

    async fn find_refusal(
        &self,
        connection: &mut PgConnection,
        claim: &Claim<'_>,
    ) -> sqlx::Result<Option<AcquireLease>> {
        let state: Option<(i64, Option<i64>)> = self
            .query_as(WHY_NOT)
            .bind(claim.environment.0)
            .bind(claim.connection.0)
            .fetch_optional(connection)
            .await?;
        let Some((version, remaining)) = state else { return Ok(Some(AcquireLease::Gone)) };
        if version != claim.expected_version {
            return Ok(Some(AcquireLease::VersionMoved));
        }
        let remaining = remaining.and_then(|micros| u64::try_from(micros).ok()).filter(|micros| *micros > 0);
        Ok(remaining.map(|micros| AcquireLease::Held { remaining: Duration::from_micros(micros) }))
    }

    async fn try_extend(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        epoch: i64,
        lease_for: Duration,
    ) -> sqlx::Result<bool> {
        let mut single = self.single().await?;
        let done = self
            .query(
                "UPDATE refresh_leases l SET lease_until = now_micros() + $4 FROM connections c \
                 WHERE l.connection_id = $2 AND l.epoch = $3 AND l.holder IS NOT NULL \
                 AND c.id = l.connection_id AND c.environment_id = $1 AND c.deleted_at IS NULL",
            )
            .bind(environment.0)
            .bind(connection.0)
            .bind(epoch)
            .bind(micros(lease_for))
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected() > 0)
    }

    async fn try_finish(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        epoch: i64,
        outcome: &RefreshOutcome,
    ) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        let version: Option<i64> = self
            .scalar(
                "SELECT credentials_version FROM connections \
                 WHERE id = $2 AND environment_id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE",
            )
            .bind(environment.0)
            .bind(connection.0)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(version) = version else { return Ok(false) };
        let must_match = matches!(outcome, RefreshOutcome::Refreshed { .. }).then_some(version);
        if !self.release_lease(&mut transaction, connection, epoch, must_match).await? {
            return Ok(false);
        }
        match outcome {
            RefreshOutcome::Refreshed { credentials, expires_at, config, at } => {
                let new =
                    Refreshed { credentials, expires_at: *expires_at, config: config.as_ref(), at: *at };
                self.write_refreshed(&mut transaction, connection, new).await?;
            }
            RefreshOutcome::Failed(state) => self.write_failed(&mut transaction, connection, state).await?,
            RefreshOutcome::NotNeeded => {}
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Releases the lease if it is of this epoch and, where given, was taken for this version.
    async fn release_lease(
        &self,
        transaction: &mut PgConnection,
        connection: ConnectionId,
        epoch: i64,
        version: Option<i64>,
    ) -> sqlx::Result<bool> {
        let done = self
            .query(
                "UPDATE refresh_leases SET holder = NULL, intent_at = NULL WHERE connection_id = $1 AND epoch = $2 \
                 AND holder IS NOT NULL AND credentials_version = COALESCE($3, credentials_version)",
            )
            .bind(connection.0)
            .bind(epoch)
            .bind(version)
            .execute(transaction)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn write_refreshed(
        &self,
        transaction: &mut PgConnection,
        connection: ConnectionId,
        new: Refreshed<'_>,
    ) -> sqlx::Result<()> {
        self.query(FINISH_REFRESHED)
            .bind(connection.0)
            .bind(&new.credentials.0)
            .bind(new.expires_at.map(Timestamp::as_micros))
            .bind(new.config.map(|config| &config.0))
            .bind(new.at.as_micros())
            .execute(transaction)
            .await?;
        Ok(())
    }

    async fn write_failed(
        &self,
        transaction: &mut PgConnection,
        connection: ConnectionId,
        state: &RefreshState,
    ) -> sqlx::Result<()> {
        self.query(FINISH_FAILED)
            .bind(connection.0)
            .bind(state.last_success_at.map(Timestamp::as_micros))
            .bind(state.last_failure_at.map(Timestamp::as_micros))
            .bind(state.attempts)
            .bind(state.exhausted)
            .bind(state.failure.as_ref().map(to_json).transpose()?)
            .execute(transaction)
            .await?;
        Ok(())
    }

    async fn try_list_abandoned(&self, limit: u32) -> sqlx::Result<Vec<DueRefresh>> {
        let mut single = self.single().await?;
        let rows: Vec<DueRow> = self
            .query_as(
                "SELECT c.environment_id, c.id, c.credentials_expire_at FROM refresh_leases l \
                 JOIN connections c ON c.id = l.connection_id AND c.deleted_at IS NULL \
                 WHERE l.holder IS NOT NULL AND l.lease_until <= now_micros() \
                 ORDER BY l.lease_until, c.id LIMIT $1",
            )
            .bind(i64::from(limit))
            .fetch_all(&mut *single)
            .await?;
        single.finish().await?;
        Ok(rows.into_iter().map(due).collect())
    }

    async fn try_list_due(
        &self,
        before: Timestamp,
        after: Option<(Timestamp, ConnectionId)>,
        limit: u32,
    ) -> sqlx::Result<Vec<DueRefresh>> {
        let (after_time, after_id) =
            after.map_or((i64::MIN, i64::MIN), |(time, id)| (time.as_micros(), id.0));
        let mut single = self.single().await?;
        let rows: Vec<DueRow> = self
            .query_as(
                "SELECT environment_id, id, credentials_expire_at FROM connections \
                 WHERE deleted_at IS NULL AND NOT exhausted AND credentials_expire_at IS NOT NULL \
                 AND credentials_expire_at < $1 AND (credentials_expire_at, id) > ($2, $3) \
                 ORDER BY credentials_expire_at, id LIMIT $4",
            )
            .bind(before.as_micros())
            .bind(after_time)
            .bind(after_id)
            .bind(i64::from(limit))
            .fetch_all(&mut *single)
            .await?;
        single.finish().await?;
        Ok(rows.into_iter().map(due).collect())
    }
}

/// New credentials to be written.
struct Refreshed<'a> {
    credentials: &'a SealedBytes,
    expires_at: Option<Timestamp>,
    config: Option<&'a SealedBytes>,
    at: Timestamp,
}

type DueRow = (i64, i64, Option<i64>);

fn due((environment, connection, expires_at): DueRow) -> DueRefresh {
    DueRefresh {
        environment_id: EnvironmentId(environment),
        connection_id: ConnectionId(connection),
        expires_at: expires_at.map(Timestamp::from_micros),
    }
}
