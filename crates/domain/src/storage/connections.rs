//! Connections and their metadata.

use std::sync::Arc;

use async_trait::async_trait;

use super::StorageResult;
use crate::Timestamp;
use crate::connection::{
    Connection, ConnectionContent, ConnectionFilter, ConnectionPatch, ConnectionSummary, NewConnection,
};
use crate::id::{ConnectionId, ConnectionKey, EnvironmentId, IntegrationKey};
use crate::metadata::MetadataWrite;

/// Outcome of [`ConnectionStore::create_connection`].
#[derive(Debug)]
pub enum CreateConnection {
    /// Written.
    Created(Arc<Connection>),
    /// A live connection of the integration has this key.
    KeyTaken,
    /// The integration is not (or no longer) a live one of the environment.
    NoIntegration,
}

/// Outcome of [`ConnectionStore::set_metadata`].
#[derive(Debug, PartialEq, Eq)]
pub enum SetMetadata {
    /// All written.
    Done,
    /// This connection does not exist; nothing was written.
    Unknown(ConnectionKey),
    /// This connection would hold more than [`METADATA_BYTES_MAX`](crate::metadata::METADATA_BYTES_MAX); nothing
    /// was written.
    TooLarge(ConnectionKey),
}

/// Connections of an environment.
#[async_trait]
pub trait ConnectionStore: Send + Sync + 'static {
    /// Writes a new connection.
    async fn create_connection(
        &self,
        environment: EnvironmentId,
        new: NewConnection,
    ) -> StorageResult<CreateConnection>;

    /// Replaces a live connection's content: credentials (their version counts up), config, tags and override
    /// address always, metadata and end user where given; the refresh state is cleared and a running refresh
    /// loses its lease (its epoch counts up). `None` when the connection is gone.
    async fn replace_connection(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
        content: ConnectionContent,
        at: Timestamp,
    ) -> StorageResult<Option<Arc<Connection>>>;

    /// A live connection by its integration's key and its own.
    async fn find_connection(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        key: &ConnectionKey,
    ) -> StorageResult<Option<Arc<Connection>>>;

    /// A live connection by number.
    async fn find_connection_by_id(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
    ) -> StorageResult<Option<Arc<Connection>>>;

    /// The environment's connections, newest first, then by falling number.
    async fn list_connections(
        &self,
        environment: EnvironmentId,
        filter: &ConnectionFilter,
    ) -> StorageResult<Vec<ConnectionSummary>>;

    /// Changes labels; `None` when the connection is gone.
    async fn update_connection(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
        patch: ConnectionPatch,
        at: Timestamp,
    ) -> StorageResult<Option<Arc<Connection>>>;

    /// Writes metadata of all named connections, or of none if one does not exist or would hold too much.
    async fn set_metadata(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        keys: &[ConnectionKey],
        write: &MetadataWrite,
        at: Timestamp,
    ) -> StorageResult<SetMetadata>;

    /// Deletes a connection; false when there is none. What its row holds of the
    /// user's (credentials, config, metadata, labels, override address) is overwritten with empty values, so that
    /// nothing outlives the connection; so too when it goes with its integration or environment.
    async fn delete_connection(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        key: &ConnectionKey,
        at: Timestamp,
    ) -> StorageResult<bool>;

    /// Notes when connections were last asked for (never moving the time back), of any environment.
    /// Losing such notes in a crash is acceptable.
    async fn touch_fetched(&self, fetches: &[(ConnectionId, Timestamp)]) -> StorageResult<()>;
}
