//! Checkpoints of connections. They are deleted with their connection in `connections/write.rs`.

use async_trait::async_trait;
use bowline_domain::checkpoint::Checkpoint;
use bowline_domain::id::{CheckpointKey, ConnectionId, EnvironmentId};
use bowline_domain::storage::{CheckpointStore, DeleteCheckpoint, SaveCheckpoint, StorageResult};
use bowline_domain::{SealedBytes, Timestamp};
use sqlx::SqliteConnection;

use crate::rows::{IntoDomain, one};
use crate::{SqliteStorage, failed};

row! {
    struct CheckpointRow {
        value: Vec<u8>,
        version: i64,
        saved_at: i64,
    }
}

impl IntoDomain for CheckpointRow {
    type Domain = Checkpoint;

    fn into_domain(self) -> Result<Checkpoint, sqlx::Error> {
        Ok(Checkpoint {
            value: SealedBytes(self.value),
            version: self.version,
            saved_at: Timestamp::from_micros(self.saved_at),
        })
    }
}

const FIND: &str = "SELECT value, version, saved_at FROM checkpoints
     WHERE connection_id = ? AND key = ? AND environment_id = ? AND value IS NOT NULL";

/// A key that never had a value, or has none now, is of version NULL.
const SAVE: &str = "INSERT INTO checkpoints (connection_id, key, environment_id, value, version, saved_at)
     SELECT id, ?2, environment_id, ?4, 1, ?5 FROM connections
     WHERE id = ?1 AND environment_id = ?6 AND deleted_at IS NULL
         AND (?3 IS NULL OR EXISTS (SELECT 1 FROM checkpoints WHERE connection_id = ?1 AND key = ?2))
     ON CONFLICT (connection_id, key) DO UPDATE
         SET value = excluded.value, version = version + 1, saved_at = excluded.saved_at
         WHERE CASE WHEN value IS NOT NULL THEN version END IS ?3
     RETURNING version";

#[async_trait]
impl CheckpointStore for SqliteStorage {
    async fn find_checkpoint(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        key: &CheckpointKey,
    ) -> StorageResult<Option<Checkpoint>> {
        sqlx::query_as::<_, CheckpointRow>(FIND)
            .bind(connection.0)
            .bind(key.as_str().to_owned())
            .bind(environment.0)
            .fetch_optional(&self.readers)
            .await
            .and_then(one)
            .map_err(failed("finding a checkpoint"))
    }

    async fn save_checkpoint(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        key: &CheckpointKey,
        expected: Option<i64>,
        value: SealedBytes,
        now: Timestamp,
    ) -> StorageResult<SaveCheckpoint> {
        let key = key.clone();
        self.write("saving a checkpoint", move |write| {
            Box::pin(async move {
                let saved: Option<i64> = sqlx::query_scalar(SAVE)
                    .bind(connection.0)
                    .bind(key.as_str().to_owned())
                    .bind(expected)
                    .bind(value.0)
                    .bind(now.as_micros())
                    .bind(environment.0)
                    .fetch_optional(&mut *write.conn)
                    .await?;
                if let Some(version) = saved {
                    return Ok(SaveCheckpoint::Saved(version));
                }
                let is_live = connection_is_live(write.conn, environment, connection).await?;
                Ok(if is_live { SaveCheckpoint::Conflict } else { SaveCheckpoint::NoConnection })
            })
        })
        .await
    }

    async fn delete_checkpoint(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        key: &CheckpointKey,
        expected: i64,
    ) -> StorageResult<DeleteCheckpoint> {
        let key = key.clone();
        self.write("deleting a checkpoint", move |write| {
            Box::pin(async move {
                let found = sqlx::query_as::<_, CheckpointRow>(FIND)
                    .bind(connection.0)
                    .bind(key.as_str().to_owned())
                    .bind(environment.0)
                    .fetch_optional(&mut *write.conn)
                    .await?;
                match found {
                    None => return Ok(DeleteCheckpoint::Missing),
                    Some(found) if found.version != expected => return Ok(DeleteCheckpoint::Conflict),
                    Some(_) => {}
                }
                sqlx::query(
                    "UPDATE checkpoints SET value = NULL, version = version + 1 WHERE connection_id = ? AND key = ?",
                )
                .bind(connection.0)
                .bind(key.as_str().to_owned())
                .execute(write.conn)
                .await?;
                Ok(DeleteCheckpoint::Deleted)
            })
        })
        .await
    }

    async fn delete_checkpoints(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        prefix: &str,
    ) -> StorageResult<u64> {
        let prefix = prefix.to_owned();
        self.write("deleting checkpoints", move |write| {
            Box::pin(async move {
                sqlx::query(
                    "UPDATE checkpoints SET value = NULL, version = version + 1
                     WHERE connection_id = ?1 AND environment_id = ?2 AND value IS NOT NULL
                         AND substr(key, 1, length(?3)) = ?3",
                )
                .bind(connection.0)
                .bind(environment.0)
                .bind(prefix)
                .execute(write.conn)
                .await
                .map(|done| done.rows_affected())
            })
        })
        .await
    }
}

async fn connection_is_live(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    connection: ConnectionId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM connections WHERE id = ? AND environment_id = ? AND deleted_at IS NULL)",
    )
    .bind(connection.0)
    .bind(environment.0)
    .fetch_one(conn)
    .await
}
