//! An end user's own connections, which a session may let them see, authorize again and end.

use std::sync::Arc;

use bowline_domain::connection::{Connection, ConnectionFilter, ConnectionSummary};
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::storage::StorageError;
use thiserror::Error;

use super::{ConnectSession, OpenSessionError, OpenedSession, SessionContent};
use crate::Engine;

/// A page shows no more; an end user has a few.
const SHOWN_MAX: u32 = 200;

/// Why a session may not touch a connection.
#[derive(Debug, Error)]
pub enum OwnConnectionError {
    /// The application did not give this session that right.
    #[error("this session does not manage connections; open it with manage_connections and an end user")]
    NotManaging,
    /// It is gone, or somebody else's.
    #[error("the end user has no such connection")]
    Unknown,
    /// The reconnect session could not be opened.
    #[error(transparent)]
    Session(#[from] OpenSessionError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Engine {
    /// The end user's connections of the integrations that the session allows, newest first.
    pub async fn own_connections(
        &self,
        session: &ConnectSession,
    ) -> Result<Vec<ConnectionSummary>, OwnConnectionError> {
        let filter = ConnectionFilter {
            end_user_id: Some(managing(session)?.to_owned()),
            integration_keys: session.content.allowed_integrations.clone().unwrap_or_default(),
            limit: SHOWN_MAX,
            ..ConnectionFilter::default()
        };
        Ok(self.storage.list_connections(session.environment.id, &filter).await?)
    }

    /// Ends one of them, after its tokens were given back.
    pub async fn delete_own_connection(
        &self,
        session: &ConnectSession,
        integration: &IntegrationKey,
        key: &ConnectionKey,
    ) -> Result<(), OwnConnectionError> {
        self.own_connection(session, integration, key).await?;
        match self.delete_connection(&session.environment, integration, key).await? {
            true => Ok(()),
            false => Err(OwnConnectionError::Unknown),
        }
    }

    /// Opens a session that authorizes one of them again. It keeps its labels, and its account.
    pub async fn reconnect_own_connection(
        &self,
        session: &ConnectSession,
        integration: &IntegrationKey,
        key: &ConnectionKey,
    ) -> Result<OpenedSession, OwnConnectionError> {
        let connection = self.own_connection(session, integration, key).await?;
        let content = SessionContent {
            end_user: connection.end_user.clone(),
            tags: connection.tags.clone(),
            webhook_url_override: connection.webhook_url_override.clone(),
            defaults: session.content.defaults.clone(),
            overrides: session.content.overrides.clone(),
            asks: session.content.asks,
            ..SessionContent::default()
        };
        Ok(self.open_reconnect_session(&session.environment, integration, key, content).await?)
    }

    async fn own_connection(
        &self,
        session: &ConnectSession,
        integration: &IntegrationKey,
        key: &ConnectionKey,
    ) -> Result<Arc<Connection>, OwnConnectionError> {
        let owner = managing(session)?;
        let found = self.storage.find_connection(session.environment.id, integration, key).await?;
        let is_own = |connection: &Arc<Connection>| {
            connection.end_user.as_ref().is_some_and(|end_user| end_user.id == owner)
        };
        let found = found.filter(is_own).filter(|_| session.allows(integration));
        found.ok_or(OwnConnectionError::Unknown)
    }
}

/// The end user whose connections the session manages.
fn managing(session: &ConnectSession) -> Result<&str, OwnConnectionError> {
    let content = &session.content;
    let owner = content.end_user.as_ref().filter(|_| content.manages && content.reconnects.is_none());
    owner.map(|end_user| end_user.id.as_str()).ok_or(OwnConnectionError::NotManaging)
}
