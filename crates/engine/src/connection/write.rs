//! Writes a connection that was imported or authorized: a new one, or in place of the one with its key.

use std::sync::Arc;

use bowline_domain::connection::{Connection, ConnectionContent, EndUser, NewConnection};
use bowline_domain::environment::Environment;
use bowline_domain::id::{ConnectionKey, RowUid};
use bowline_domain::metadata::Metadata;
use bowline_domain::storage::{CreateConnection, StorageError};
use bowline_domain::tags::Tags;
use serde_json::{Map, Value};
use thiserror::Error;
use uuid::Uuid;

use crate::Engine;
use crate::credential::refresh::due_at;
use crate::credential::vault::VaultError;
use crate::credential::{CredentialKind, Credentials, seal_config, seal_credentials};
use crate::function::ValidationError;
use crate::integration::OpenIntegration;

/// Another writer can win between our look and our write this often.
const WRITE_ATTEMPTS: u32 = 8;

/// Everything about the connection to be written but its row.
pub(crate) struct Draft<'a> {
    pub integration: &'a OpenIntegration,
    pub key: ConnectionKey,
    pub credentials: &'a Credentials,
    pub config: &'a Map<String, Value>,
    /// An existing connection keeps its own when absent.
    pub metadata: Option<Metadata>,
    /// What a new connection's metadata is when absent.
    pub metadata_when_new: Option<Metadata>,
    pub labels: Labels,
}

/// What says whose a connection is.
pub(crate) enum Labels {
    /// These, in place of an existing connection's; an end user only when there is one.
    Given { end_user: Option<EndUser>, tags: Tags, webhook_url_override: Option<String> },
    /// An existing connection's own.
    Kept,
}

/// Why a connection was not written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The integration does not exist any more.
    #[error("the integration does not exist")]
    UnknownIntegration,
    /// Other writers kept changing the connection.
    #[error("the connection is being changed by others; try again")]
    Busy,
    /// A function of the application refused the connection, in these words.
    #[error("{0}")]
    Refused(String),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// A key for a connection whose creator names none.
pub(crate) fn random_key() -> ConnectionKey {
    ConnectionKey::from_stored(Uuid::new_v4().to_string())
}

impl Engine {
    /// Writes a connection and lets the application's functions accept it. A new one that they refuse is gone again.
    pub(crate) async fn upsert_connection(
        &self,
        environment: &Environment,
        draft: &Draft<'_>,
    ) -> Result<Arc<Connection>, WriteError> {
        let (connection, is_new) = self.write_connection(environment, draft).await?;
        match self.validate_connection(environment, &connection).await {
            Ok(()) => {}
            Err(ValidationError::Storage(error)) => return Err(error.into()),
            Err(ValidationError::Refused(message)) => {
                if is_new {
                    let (integration, key) = (&connection.integration_key, &connection.key);
                    self.storage
                        .delete_connection(environment.id, integration, key, self.clock.now())
                        .await?;
                }
                return Err(WriteError::Refused(message));
            }
        }
        if is_new {
            self.after_connection_creation(environment, &connection);
        }
        Ok(connection)
    }

    /// The connection, and whether it was not there before.
    async fn write_connection(
        &self,
        environment: &Environment,
        draft: &Draft<'_>,
    ) -> Result<(Arc<Connection>, bool), WriteError> {
        let integration = &draft.integration.integration;
        for _ in 0..WRITE_ATTEMPTS {
            let existing = self.storage.find_connection(environment.id, &integration.key, &draft.key).await?;
            let now = self.clock.now();
            match existing {
                Some(existing) => {
                    let content = self.seal_draft(environment, draft, existing.uid, Some(&existing))?;
                    let replaced =
                        self.storage.replace_connection(environment.id, existing.id, content, now).await?;
                    if let Some(connection) = replaced {
                        return Ok((connection, false));
                    }
                }
                None => {
                    let uid = RowUid(Uuid::now_v7());
                    let new = NewConnection {
                        uid,
                        integration_id: integration.id,
                        key: draft.key.clone(),
                        content: self.seal_draft(environment, draft, uid, None)?,
                        created_at: now,
                    };
                    match self.storage.create_connection(environment.id, new).await? {
                        CreateConnection::Created(connection) => return Ok((connection, true)),
                        CreateConnection::KeyTaken => {}
                        CreateConnection::NoIntegration => return Err(WriteError::UnknownIntegration),
                    }
                }
            }
        }
        Err(WriteError::Busy)
    }

    fn seal_draft(
        &self,
        environment: &Environment,
        draft: &Draft<'_>,
        uid: RowUid,
        existing: Option<&Connection>,
    ) -> Result<ConnectionContent, VaultError> {
        let has_credentials = draft.credentials.kind() != CredentialKind::None;
        let when_new = || draft.metadata_when_new.clone().filter(|_| existing.is_none());
        let (end_user, tags, webhook_url_override) = match &draft.labels {
            Labels::Given { end_user, tags, webhook_url_override } => {
                (end_user.clone(), tags.clone(), webhook_url_override.clone())
            }
            Labels::Kept => (
                None,
                existing.map(|existing| existing.tags.clone()).unwrap_or_default(),
                existing.and_then(|existing| existing.webhook_url_override.clone()),
            ),
        };
        Ok(ConnectionContent {
            credentials: seal_credentials(&self.vault, environment, uid, draft.credentials)?,
            credentials_expire_at: due_at(draft.credentials, &draft.integration.provider),
            config: seal_config(&self.vault, environment, uid, draft.config)?,
            metadata: draft.metadata.clone().or_else(when_new),
            tags,
            end_user,
            webhook_url_override,
            last_fetched_at: has_credentials.then(|| self.clock.now()),
        })
    }
}
