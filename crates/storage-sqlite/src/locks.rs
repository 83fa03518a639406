//! Locks that functions take.

use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::Timestamp;
use bowline_domain::id::{EnvironmentId, LockKey};
use bowline_domain::storage::{EXPIRED_LOCKS_REMOVED_MAX, LockStore, StorageResult};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::SqliteStorage;

#[async_trait]
impl LockStore for SqliteStorage {
    async fn acquire_lock(
        &self,
        environment: EnvironmentId,
        key: &LockKey,
        owner: Uuid,
        now: Timestamp,
        ttl: Duration,
    ) -> StorageResult<bool> {
        let key = key.clone();
        self.write("taking a function's lock", move |write| {
            Box::pin(async move {
                remove_expired(&mut *write.conn, now).await?;
                let done = sqlx::query(
                    "INSERT INTO function_locks (environment_id, key, owner, locked_until)
                     SELECT id, ?2, ?3, ?4 FROM environments WHERE id = ?1 AND deleted_at IS NULL
                     ON CONFLICT (environment_id, key) DO UPDATE
                         SET owner = excluded.owner, locked_until = excluded.locked_until
                         WHERE owner = excluded.owner OR locked_until <= ?5",
                )
                .bind(environment.0)
                .bind(key.as_str().to_owned())
                .bind(owner.as_bytes().to_vec())
                .bind(now.plus(ttl).as_micros())
                .bind(now.as_micros())
                .execute(write.conn)
                .await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }

    async fn release_lock(
        &self,
        environment: EnvironmentId,
        key: &LockKey,
        owner: Uuid,
    ) -> StorageResult<bool> {
        let key = key.clone();
        self.write("freeing a function's lock", move |write| {
            Box::pin(async move {
                sqlx::query("DELETE FROM function_locks WHERE environment_id = ? AND key = ? AND owner = ?")
                    .bind(environment.0)
                    .bind(key.as_str().to_owned())
                    .bind(owner.as_bytes().to_vec())
                    .execute(write.conn)
                    .await
                    .map(|done| done.rows_affected() > 0)
            })
        })
        .await
    }

    async fn release_locks(&self, environment: EnvironmentId, owner: Uuid) -> StorageResult<u64> {
        self.write("freeing a function's locks", move |write| {
            Box::pin(async move {
                sqlx::query("DELETE FROM function_locks WHERE environment_id = ? AND owner = ?")
                    .bind(environment.0)
                    .bind(owner.as_bytes().to_vec())
                    .execute(write.conn)
                    .await
                    .map(|done| done.rows_affected())
            })
        })
        .await
    }
}

async fn remove_expired(conn: &mut SqliteConnection, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM function_locks WHERE (environment_id, key) IN
             (SELECT environment_id, key FROM function_locks WHERE locked_until <= ? LIMIT ?)",
    )
    .bind(now.as_micros())
    .bind(EXPIRED_LOCKS_REMOVED_MAX)
    .execute(conn)
    .await
    .map(|_| ())
}

/// Deletes the locks of an environment that goes.
pub(crate) async fn delete_of_environment(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM function_locks WHERE environment_id = ?")
        .bind(environment.0)
        .execute(conn)
        .await
        .map(|_| ())
}
