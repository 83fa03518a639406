//! Reads a connection with credentials that are good to use.

use std::sync::Arc;

use bowline_domain::connection::Connection;
use bowline_domain::environment::Environment;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::storage::StorageError;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::Engine;
use crate::credential::refresh::RefreshError;
use crate::credential::vault::VaultError;
use crate::credential::{CredentialKind, Credentials, open_config, open_credentials};

/// A connection with opened credentials and config.
pub struct OpenConnection {
    /// As stored.
    pub connection: Arc<Connection>,
    /// In the clear.
    pub credentials: Credentials,
    /// In the clear; may hold tokens too.
    pub config: Map<String, Value>,
}

/// Which connection is wanted, and how fresh.
#[derive(Debug, Clone, Copy)]
pub struct GetConnection<'a> {
    /// The integration's key.
    pub integration: &'a IntegrationKey,
    /// The connection's key.
    pub connection: &'a ConnectionKey,
    /// Refresh even if it is not due.
    pub force_refresh: bool,
    /// Renew the tokens of a GitHub App even if they are not due; nothing for other kinds.
    pub renew_app_token: bool,
}

/// Why a connection could not be given.
#[derive(Debug, Error)]
pub enum GetConnectionError {
    /// The integration does not exist.
    #[error("the integration does not exist")]
    UnknownIntegration,
    /// The connection does not exist.
    #[error("the connection does not exist")]
    UnknownConnection,
    /// The credentials are due for a refresh that did not succeed.
    #[error("{error}")]
    Refresh {
        /// Why.
        #[source]
        error: RefreshError,
        /// The connection as it is stored now.
        connection: Arc<Connection>,
    },
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl Engine {
    /// The connection as stored, without opening anything.
    pub async fn find_connection(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
        connection: &ConnectionKey,
    ) -> Result<Arc<Connection>, GetConnectionError> {
        match self.storage.find_connection(environment.id, integration, connection).await? {
            Some(found) => Ok(found),
            None if self.storage.find_integration(environment.id, integration).await?.is_none() => {
                Err(GetConnectionError::UnknownIntegration)
            }
            None => Err(GetConnectionError::UnknownConnection),
        }
    }

    /// The connection with fresh credentials; notes that it was asked for.
    pub async fn get_connection(
        &self,
        environment: &Arc<Environment>,
        wanted: GetConnection<'_>,
    ) -> Result<OpenConnection, GetConnectionError> {
        let found = self.find_connection(environment, wanted.integration, wanted.connection).await?;
        self.fetch_log.note(found.id, self.clock.now());
        let renews = wanted.renew_app_token && self.is_app(environment, &found)?;
        self.open_fresh(environment, found, wanted.force_refresh || renews).await
    }

    fn is_app(&self, environment: &Environment, connection: &Connection) -> Result<bool, VaultError> {
        Ok(open_credentials(&self.vault, environment, connection)?.kind() == CredentialKind::App)
    }

    /// Opens a connection, refreshing its credentials first if that is due or forced.
    pub async fn open_fresh(
        &self,
        environment: &Arc<Environment>,
        found: Arc<Connection>,
        forced: bool,
    ) -> Result<OpenConnection, GetConnectionError> {
        let opened = self.open_connection(environment, found)?;
        let Some(provider) = self.catalog.find(opened.connection.provider.as_str()) else {
            return Ok(opened);
        };
        let before = Arc::clone(&opened.connection);
        let refreshed = self
            .refresher
            .ensure_fresh(environment, Arc::clone(&before), &opened.credentials, &provider, forced)
            .await;
        match refreshed {
            Ok(same) if Arc::ptr_eq(&same, &before) => Ok(opened),
            Ok(new) => Ok(self.open_connection(environment, new)?),
            Err(RefreshError::Gone) => Err(GetConnectionError::UnknownConnection),
            Err(error) => {
                let stored = self.storage.find_connection_by_id(environment.id, before.id).await?;
                Err(GetConnectionError::Refresh { error, connection: stored.unwrap_or(before) })
            }
        }
    }

    /// Opens a connection as it is.
    pub fn open_connection(
        &self,
        environment: &Environment,
        connection: Arc<Connection>,
    ) -> Result<OpenConnection, VaultError> {
        let credentials = open_credentials(&self.vault, environment, &connection)?;
        let config = open_config(&self.vault, environment, &connection)?;
        Ok(OpenConnection { connection, credentials, config })
    }
}
