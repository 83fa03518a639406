//! Lists, labels, metadata and deletion.

use std::sync::Arc;

use bowline_domain::connection::{Connection, ConnectionFilter, ConnectionPatch, ConnectionSummary, EndUser};
use bowline_domain::environment::Environment;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::metadata::{METADATA_BYTES_MAX, MetadataWrite};
use bowline_domain::storage::{SetMetadata, StorageError};
use bowline_domain::tags::Tags;
use thiserror::Error;

use super::{GetConnectionError, tags_for};
use crate::Engine;

/// Why a connection was not changed.
#[derive(Debug, Error)]
pub enum ChangeConnectionError {
    /// The integration does not exist.
    #[error("the integration does not exist")]
    UnknownIntegration,
    /// The connection does not exist.
    #[error("the connection does not exist")]
    UnknownConnection,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The connection could not be read.
    #[error("the connection could not be read")]
    Unreadable(#[source] GetConnectionError),
}

impl From<GetConnectionError> for ChangeConnectionError {
    fn from(error: GetConnectionError) -> Self {
        match error {
            GetConnectionError::UnknownIntegration => Self::UnknownIntegration,
            GetConnectionError::UnknownConnection => Self::UnknownConnection,
            GetConnectionError::Storage(error) => Self::Storage(error),
            other => Self::Unreadable(other),
        }
    }
}

/// Why metadata was not written. Nothing was.
#[derive(Debug, Error)]
pub enum MetadataError {
    /// This connection does not exist.
    #[error("the connection {0} does not exist")]
    UnknownConnection(ConnectionKey),
    /// This connection would hold more than [`METADATA_BYTES_MAX`].
    #[error("the connection {0} would hold more than {METADATA_BYTES_MAX} bytes of metadata")]
    TooLarge(ConnectionKey),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Engine {
    /// The connections a filter lets through.
    pub async fn list_connections(
        &self,
        environment: &Environment,
        filter: &ConnectionFilter,
    ) -> Result<Vec<ConnectionSummary>, StorageError> {
        self.storage.list_connections(environment.id, filter).await
    }

    /// Changes labels. A new end user or new tags replace all tags by those that follow from both.
    pub async fn update_connection(
        &self,
        environment: &Environment,
        (integration, key): (&IntegrationKey, &ConnectionKey),
        end_user: Option<EndUser>,
        tags: Option<Tags>,
        webhook_url_override: Option<Option<String>>,
    ) -> Result<Arc<Connection>, ChangeConnectionError> {
        let found = self.find_connection(environment, integration, key).await?;
        let tags = match (&end_user, tags) {
            (None, None) => None,
            (end_user, tags) => Some(tags_for(end_user.as_ref(), &tags.unwrap_or_default())),
        };
        let patch = ConnectionPatch { end_user, tags, webhook_url_override };
        let changed =
            self.storage.update_connection(environment.id, found.id, patch, self.clock.now()).await?;
        changed.ok_or(ChangeConnectionError::UnknownConnection)
    }

    /// Deletes a connection, after its tokens were given back where the provider takes them; false when there is none.
    pub async fn delete_connection(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
        key: &ConnectionKey,
    ) -> Result<bool, StorageError> {
        if let Some(found) = self.storage.find_connection(environment.id, integration, key).await? {
            self.before_connection_deletion(environment, &found).await;
            self.release_connection(environment, found).await;
        }
        self.storage.delete_connection(environment.id, integration, key, self.clock.now()).await
    }

    /// Writes metadata of all named connections, or of none.
    pub async fn set_metadata(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
        keys: &[ConnectionKey],
        write: &MetadataWrite,
    ) -> Result<(), MetadataError> {
        let now = self.clock.now();
        match self.storage.set_metadata(environment.id, integration, keys, write, now).await? {
            SetMetadata::Done => Ok(()),
            SetMetadata::Unknown(key) => Err(MetadataError::UnknownConnection(key)),
            SetMetadata::TooLarge(key) => Err(MetadataError::TooLarge(key)),
        }
    }
}
