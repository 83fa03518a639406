//! Checkpoints of connections. They are deleted with their connection in `connections.rs`.

use async_trait::async_trait;
use bowline_domain::checkpoint::Checkpoint;
use bowline_domain::id::{CheckpointKey, ConnectionId, EnvironmentId};
use bowline_domain::storage::{CheckpointStore, DeleteCheckpoint, SaveCheckpoint, StorageResult};
use bowline_domain::{SealedBytes, Timestamp};
use sqlx::PgConnection;

use crate::PostgresStorage;
use crate::session::retrying;

row! {
    struct CheckpointRow {
        value: Vec<u8>,
        version: i64,
        saved_at: i64,
    }
}

impl From<CheckpointRow> for Checkpoint {
    fn from(row: CheckpointRow) -> Self {
        Self {
            value: SealedBytes(row.value),
            version: row.version,
            saved_at: Timestamp::from_micros(row.saved_at),
        }
    }
}

/// A checkpoint's place.
#[derive(Clone, Copy)]
struct Place<'a> {
    environment: EnvironmentId,
    connection: ConnectionId,
    key: &'a CheckpointKey,
}

#[async_trait]
impl CheckpointStore for PostgresStorage {
    async fn find_checkpoint(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        key: &CheckpointKey,
    ) -> StorageResult<Option<Checkpoint>> {
        let place = Place { environment, connection, key };
        retrying("finding a checkpoint", || self.try_find_checkpoint(place)).await
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
        let place = Place { environment, connection, key };
        retrying("saving a checkpoint", || self.try_save_checkpoint(place, expected, &value, now)).await
    }

    async fn delete_checkpoint(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        key: &CheckpointKey,
        expected: i64,
    ) -> StorageResult<DeleteCheckpoint> {
        let place = Place { environment, connection, key };
        retrying("deleting a checkpoint", || self.try_delete_checkpoint(place, expected)).await
    }

    async fn delete_checkpoints(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        prefix: &str,
    ) -> StorageResult<u64> {
        retrying("deleting checkpoints", || self.try_delete_checkpoints(environment, connection, prefix))
            .await
    }
}

const FIND: &str = "SELECT value, version, saved_at FROM checkpoints \
    WHERE environment_id = $1 AND connection_id = $2 AND key = $3 AND value IS NOT NULL";

/// The share lock keeps the connection from being deleted before its checkpoint is written.
const LOCK_CONNECTION: &str = "SELECT TRUE FROM connections WHERE environment_id = $1 AND id = $2 \
    AND deleted_at IS NULL FOR SHARE";

/// Where there is none: the key is new, or has no value now.
const SAVE_FIRST: &str = "INSERT INTO checkpoints AS c (environment_id, connection_id, key, value, version, saved_at) \
    VALUES ($1, $2, $3, $4, 1, $5) \
    ON CONFLICT (connection_id, key) DO UPDATE \
    SET value = EXCLUDED.value, version = c.version + 1, saved_at = EXCLUDED.saved_at WHERE c.value IS NULL \
    RETURNING version";

const SAVE_NEXT: &str = "UPDATE checkpoints SET value = $4, version = version + 1, saved_at = $5 \
    WHERE environment_id = $1 AND connection_id = $2 AND key = $3 AND version = $6 AND value IS NOT NULL \
    RETURNING version";

const DELETE: &str = "UPDATE checkpoints SET value = NULL, version = version + 1 \
    WHERE environment_id = $1 AND connection_id = $2 AND key = $3 AND version = $4 AND value IS NOT NULL";

const DELETE_PREFIX: &str = "UPDATE checkpoints SET value = NULL, version = version + 1 \
    WHERE environment_id = $1 AND connection_id = $2 AND value IS NOT NULL AND starts_with(key, $3)";

impl PostgresStorage {
    async fn try_find_checkpoint(&self, place: Place<'_>) -> sqlx::Result<Option<Checkpoint>> {
        let mut single = self.single().await?;
        let found = self.read_checkpoint(&mut single, place).await?;
        single.finish().await?;
        Ok(found)
    }

    async fn read_checkpoint(
        &self,
        connection: &mut PgConnection,
        place: Place<'_>,
    ) -> sqlx::Result<Option<Checkpoint>> {
        let row: Option<CheckpointRow> = self
            .query_as(FIND)
            .bind(place.environment.0)
            .bind(place.connection.0)
            .bind(place.key.as_str())
            .fetch_optional(connection)
            .await?;
        Ok(row.map(Checkpoint::from))
    }

    async fn try_save_checkpoint(
        &self,
        place: Place<'_>,
        expected: Option<i64>,
        value: &SealedBytes,
        now: Timestamp,
    ) -> sqlx::Result<SaveCheckpoint> {
        let mut transaction = self.begin().await?;
        let is_live: Option<bool> = self
            .scalar(LOCK_CONNECTION)
            .bind(place.environment.0)
            .bind(place.connection.0)
            .fetch_optional(&mut *transaction)
            .await?;
        if is_live.is_none() {
            return Ok(SaveCheckpoint::NoConnection);
        }
        let save = self
            .scalar::<i64>(if expected.is_none() { SAVE_FIRST } else { SAVE_NEXT })
            .bind(place.environment.0)
            .bind(place.connection.0)
            .bind(place.key.as_str())
            .bind(&value.0)
            .bind(now.as_micros());
        let save = match expected {
            Some(version) => save.bind(version),
            None => save,
        };
        let saved = save.fetch_optional(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(saved.map_or(SaveCheckpoint::Conflict, SaveCheckpoint::Saved))
    }

    async fn try_delete_checkpoint(&self, place: Place<'_>, expected: i64) -> sqlx::Result<DeleteCheckpoint> {
        let mut transaction = self.begin().await?;
        let done = self
            .query(DELETE)
            .bind(place.environment.0)
            .bind(place.connection.0)
            .bind(place.key.as_str())
            .bind(expected)
            .execute(&mut *transaction)
            .await?;
        let is_deleted = done.rows_affected() > 0;
        let is_there = !is_deleted && self.read_checkpoint(&mut transaction, place).await?.is_some();
        transaction.commit().await?;
        Ok(match (is_deleted, is_there) {
            (true, _) => DeleteCheckpoint::Deleted,
            (false, true) => DeleteCheckpoint::Conflict,
            (false, false) => DeleteCheckpoint::Missing,
        })
    }

    async fn try_delete_checkpoints(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        prefix: &str,
    ) -> sqlx::Result<u64> {
        let mut single = self.single().await?;
        let done = self
            .query(DELETE_PREFIX)
            .bind(environment.0)
            .bind(connection.0)
            .bind(prefix)
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected())
    }
}
