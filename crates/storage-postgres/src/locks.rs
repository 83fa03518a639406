//! Locks that functions take.

use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::Timestamp;
use bowline_domain::id::{EnvironmentId, LockKey};
use bowline_domain::storage::{EXPIRED_LOCKS_REMOVED_MAX, LockStore, StorageResult};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::PostgresStorage;
use crate::session::retrying;

#[async_trait]
impl LockStore for PostgresStorage {
    async fn acquire_lock(
        &self,
        environment: EnvironmentId,
        key: &LockKey,
        owner: Uuid,
        now: Timestamp,
        ttl: Duration,
    ) -> StorageResult<bool> {
        let until = now.plus(ttl);
        retrying("taking a function's lock", || self.try_acquire_lock(environment, key, owner, now, until))
            .await
    }

    async fn release_lock(
        &self,
        environment: EnvironmentId,
        key: &LockKey,
        owner: Uuid,
    ) -> StorageResult<bool> {
        retrying("freeing a function's lock", || self.try_release_lock(environment, key, owner)).await
    }

    async fn release_locks(&self, environment: EnvironmentId, owner: Uuid) -> StorageResult<u64> {
        retrying("freeing a function's locks", || self.try_release_locks(environment, owner)).await
    }
}

/// The share lock keeps the environment from being deleted before this is written.
const ACQUIRE: &str = "INSERT INTO function_locks AS l (environment_id, key, owner, locked_until) \
    SELECT id, $2, $3, $5 FROM environments WHERE id = $1 AND deleted_at IS NULL FOR SHARE \
    ON CONFLICT (environment_id, key) DO UPDATE \
    SET owner = EXCLUDED.owner, locked_until = EXCLUDED.locked_until \
    WHERE l.owner = EXCLUDED.owner OR l.locked_until <= $4";

/// Rows that someone else writes at this moment are left to it.
const REMOVE_EXPIRED: &str = "DELETE FROM function_locks WHERE (environment_id, key) IN \
    (SELECT environment_id, key FROM function_locks WHERE locked_until <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)";

impl PostgresStorage {
    async fn try_acquire_lock(
        &self,
        environment: EnvironmentId,
        key: &LockKey,
        owner: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        let done = self
            .query(ACQUIRE)
            .bind(environment.0)
            .bind(key.as_str())
            .bind(owner)
            .bind(now.as_micros())
            .bind(until.as_micros())
            .execute(&mut *transaction)
            .await?;
        self.remove_expired_locks(&mut transaction, now).await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    async fn remove_expired_locks(&self, connection: &mut PgConnection, now: Timestamp) -> sqlx::Result<()> {
        self.query(REMOVE_EXPIRED)
            .bind(now.as_micros())
            .bind(i64::from(EXPIRED_LOCKS_REMOVED_MAX))
            .execute(connection)
            .await
            .map(|_| ())
    }

    async fn try_release_lock(
        &self,
        environment: EnvironmentId,
        key: &LockKey,
        owner: Uuid,
    ) -> sqlx::Result<bool> {
        let mut single = self.single().await?;
        let done = self
            .query("DELETE FROM function_locks WHERE environment_id = $1 AND key = $2 AND owner = $3")
            .bind(environment.0)
            .bind(key.as_str())
            .bind(owner)
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected() > 0)
    }

    async fn try_release_locks(&self, environment: EnvironmentId, owner: Uuid) -> sqlx::Result<u64> {
        let mut single = self.single().await?;
        let done = self
            .query("DELETE FROM function_locks WHERE environment_id = $1 AND owner = $2")
            .bind(environment.0)
            .bind(owner)
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected())
    }
}
