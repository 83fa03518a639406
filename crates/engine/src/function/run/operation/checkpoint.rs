//! The function's checkpoint for its connection, written by compare-and-set.

use bowline_domain::id::{CheckpointKey, RowUid};
use bowline_domain::storage::{DeleteCheckpoint, SaveCheckpoint};
use bowline_runtime::{HostAnswer, HostError};
use ring::digest::{Context, SHA256};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::host::RunScope;
use super::{internal, json};
use crate::credential::vault::SealContext;
use crate::credential::{open_object, seal_object};

/// The checkpoint and its version, or null.
pub(super) async fn get(scope: &RunScope) -> Result<HostAnswer, HostError> {
    let key = key(scope)?;
    let engine = &scope.engine;
    let found = engine.storage.find_checkpoint(scope.environment.id, scope.connection.id, &key).await;
    let Some(found) = found.map_err(internal)? else { return json(&Value::Null) };
    let checkpoint = open_object(&engine.vault, &place(scope, &key), &found.value).map_err(internal)?;
    json(&json!({ "checkpoint": checkpoint, "version": found.version }))
}

#[derive(Deserialize)]
pub(super) struct Save {
    checkpoint: Map<String, Value>,
    version: Option<i64>,
}

/// Saves it in place of the version that the function read. One that it did not read is replaced.
pub(super) async fn save(scope: &RunScope, wanted: Save) -> Result<HostAnswer, HostError> {
    let key = key(scope)?;
    let expected = expected(scope, &key, wanted.version).await?;
    let engine = &scope.engine;
    let value = seal_object(&engine.vault, &place(scope, &key), &wanted.checkpoint).map_err(internal)?;
    let (environment, connection, now) = (scope.environment.id, scope.connection.id, engine.clock.now());
    let saved = engine.storage.save_checkpoint(environment, connection, &key, expected, value, now).await;
    match saved.map_err(internal)? {
        SaveCheckpoint::Saved(version) => json(&json!({ "version": version })),
        SaveCheckpoint::Conflict => Err(conflict()),
        SaveCheckpoint::NoConnection => {
            Err(HostError::new("unknown_connection", "the connection does not exist any more"))
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Clear {
    version: Option<i64>,
}

/// Deletes it; that there is none is an error, as the protocol has it.
pub(super) async fn clear(scope: &RunScope, wanted: Clear) -> Result<HostAnswer, HostError> {
    let missing = || HostError::new("checkpoint_not_found", "there is no checkpoint");
    let key = key(scope)?;
    let expected = expected(scope, &key, wanted.version).await?.ok_or_else(missing)?;
    let (environment, connection) = (scope.environment.id, scope.connection.id);
    let deleted = scope.engine.storage.delete_checkpoint(environment, connection, &key, expected).await;
    match deleted.map_err(internal)? {
        DeleteCheckpoint::Deleted => json(&Value::Null),
        DeleteCheckpoint::Missing => Err(missing()),
        DeleteCheckpoint::Conflict => Err(conflict()),
    }
}

async fn expected(
    scope: &RunScope,
    key: &CheckpointKey,
    read: Option<i64>,
) -> Result<Option<i64>, HostError> {
    if read.is_some() {
        return Ok(read);
    }
    let found = scope.engine.storage.find_checkpoint(scope.environment.id, scope.connection.id, key).await;
    Ok(found.map_err(internal)?.map(|checkpoint| checkpoint.version))
}

fn conflict() -> HostError {
    HostError::new("checkpoint_conflict", "another run changed the checkpoint since this run read it")
}

fn key(scope: &RunScope) -> Result<CheckpointKey, HostError> {
    CheckpointKey::parse(&scope.checkpoint_key).map_err(internal)
}

/// Bound to connection and key, so that no checkpoint can stand in another's place.
fn place(scope: &RunScope, key: &CheckpointKey) -> SealContext {
    let mut digest = Context::new(&SHA256);
    digest.update(scope.connection.uid.0.as_bytes());
    digest.update(key.as_str().as_bytes());
    let mut row = [0; 16];
    row.copy_from_slice(&digest.finish().as_ref()[..16]);
    SealContext {
        environment: scope.environment.uuid,
        table: "checkpoints",
        row: RowUid(Uuid::from_bytes(row)),
        column: "value",
    }
}
