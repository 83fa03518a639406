//! Connect sessions: what lets an end user connect accounts without an API key (spec `auth.md` §3).

use std::sync::Arc;
use std::time::Duration;

use bowline_domain::connection::EndUser;
use bowline_domain::environment::Environment;
use bowline_domain::id::{ConnectionId, ConnectionKey, IntegrationKey, RowUid};
use bowline_domain::storage::StorageError;
use bowline_domain::tags::Tags;
use bowline_domain::ticket::TicketKind;
use bowline_domain::{Secret, Timestamp};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use super::ticket::{TicketError, digest_of, random_hex};
use crate::Engine;
use crate::connection::tags_for;
use crate::credential::vault::VaultError;

/// How long a session lives; it is not renewed by use.
pub const SESSION_LIVES: Duration = Duration::from_secs(30 * 60);
/// What every session token starts with.
pub const SESSION_TOKEN_PREFIX: &str = "nango_connect_session_";
const TOKEN_HEX_CHARS: usize = 64;

/// What the application decides for the connections of one integration.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct IntegrationDefaults {
    /// Scopes of the user's own token, where the provider knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_scopes: Option<String>,
    /// Parameters of the authorization URL, in place of the page's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_params: Option<IndexMap<String, String>>,
    /// Values of the connection config, over the page's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_config: Option<Map<String, Value>>,
}

/// What the application changes about how one integration is shown.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct IntegrationOverrides {
    /// Help for the end user in place of the provider's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs_connect: Option<String>,
}

/// What a session is made from, and what it holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SessionContent {
    /// Whose accounts are connected.
    pub end_user: Option<EndUser>,
    /// The tags its connections get.
    pub tags: Tags,
    /// The integrations that may be connected; all when absent.
    pub allowed_integrations: Option<Vec<String>>,
    /// Decisions per integration.
    #[serde(default)]
    pub defaults: Option<IndexMap<String, IntegrationDefaults>>,
    /// Appearance per integration.
    #[serde(default)]
    pub overrides: Option<IndexMap<String, IntegrationOverrides>>,
    /// Where events of its connections go.
    pub webhook_url_override: Option<String>,
    /// The connection to authorize again.
    pub reconnects: Option<ConnectionId>,
    /// Whether another account may take that connection over.
    #[serde(default)]
    pub allows_other_account: bool,
    /// Whether its user is asked, before an account is connected, whether it may become this end user's.
    #[serde(default)]
    pub asks: bool,
    /// Whether its user may see, authorize again and end the connections they have.
    #[serde(default)]
    pub manages: bool,
}

/// A live session.
#[derive(Debug, Clone)]
pub struct ConnectSession {
    /// Its row.
    pub uid: RowUid,
    /// Its environment.
    pub environment: Arc<Environment>,
    /// What it holds.
    pub content: SessionContent,
}

impl ConnectSession {
    /// Whether an integration may be connected.
    pub fn allows(&self, integration: &IntegrationKey) -> bool {
        let allowed = self.content.allowed_integrations.as_ref();
        allowed.is_none_or(|allowed| allowed.iter().any(|key| key == integration.as_str()))
    }

    /// The application's decisions for an integration.
    pub fn defaults_for(&self, integration: &IntegrationKey) -> Option<&IntegrationDefaults> {
        self.content.defaults.as_ref()?.get(integration.as_str())
    }
}

/// A session as its creator gets it.
pub struct OpenedSession {
    /// The only copy of its token.
    pub token: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Why a session could not be opened.
#[derive(Debug, Error)]
pub enum OpenSessionError {
    /// These fields name integrations that do not exist, by their path in the request.
    #[error("Integration does not exist")]
    UnknownIntegrations(Vec<Vec<String>>),
    /// The connection to authorize again does not exist.
    #[error("the connection does not exist in this integration")]
    UnknownConnection,
    /// The session could not be written.
    #[error(transparent)]
    Ticket(#[from] TicketError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why a token opens no session.
#[derive(Debug, Error)]
pub enum FindSessionError {
    /// The text is no session token.
    #[error("not a connect session token")]
    BadFormat,
    /// No live session has this token.
    #[error("unknown connect session token")]
    Unknown,
    /// The lookup itself failed.
    #[error("could not look up a connect session")]
    Storage(#[from] StorageError),
    /// The session could not be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl Engine {
    /// Opens a session. `content.tags` are the explicit ones; the end user's are added.
    pub async fn open_connect_session(
        &self,
        environment: &Environment,
        mut content: SessionContent,
    ) -> Result<OpenedSession, OpenSessionError> {
        let unknown = self.unknown_integrations(environment, &content).await?;
        if !unknown.is_empty() {
            return Err(OpenSessionError::UnknownIntegrations(unknown));
        }
        content.tags = tags_for(content.end_user.as_ref(), &content.tags);
        content.allowed_integrations = content.allowed_integrations.filter(|allowed| !allowed.is_empty());
        let token = format!("{SESSION_TOKEN_PREFIX}{}", random_hex().map_err(TicketError::Vault)?);
        let kind = TicketKind::ConnectSession;
        let (_, expires_at) = self.write_ticket(environment, kind, &token, &content, SESSION_LIVES).await?;
        Ok(OpenedSession { token: Secret::new(token), expires_at })
    }

    /// Opens a session that authorizes an existing connection again.
    pub async fn open_reconnect_session(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
        connection: &ConnectionKey,
        mut content: SessionContent,
    ) -> Result<OpenedSession, OpenSessionError> {
        let found = self.storage.find_connection(environment.id, integration, connection).await?;
        let found = found.ok_or(OpenSessionError::UnknownConnection)?;
        content.reconnects = Some(found.id);
        content.allowed_integrations = Some(vec![integration.as_str().to_owned()]);
        self.open_connect_session(environment, content).await
    }

    /// The live session with this token.
    pub async fn find_connect_session(&self, token: &str) -> Result<ConnectSession, FindSessionError> {
        if !is_session_token(token) {
            return Err(FindSessionError::BadFormat);
        }
        let (kind, now) = (TicketKind::ConnectSession, self.clock.now());
        let found = self.storage.find_ticket(kind, &digest_of(token), now).await?;
        let (ticket, environment) = found.ok_or(FindSessionError::Unknown)?;
        let content = self.open_ticket(&environment, &ticket)?;
        Ok(ConnectSession { uid: ticket.uid, environment: Arc::new(environment), content })
    }

    /// Ends a session at once.
    pub async fn close_connect_session(&self, session: &ConnectSession) -> Result<(), StorageError> {
        self.storage.delete_ticket(session.environment.id, session.uid).await.map(|_| ())
    }

    /// Whose accounts the session connects: of a connection to authorize again its own end user, as it is now.
    /// `None` when that connection is gone.
    pub async fn session_end_user(
        &self,
        session: &ConnectSession,
    ) -> Result<Option<Option<EndUser>>, StorageError> {
        let Some(id) = session.content.reconnects else { return Ok(Some(session.content.end_user.clone())) };
        let connection = self.storage.find_connection_by_id(session.environment.id, id).await?;
        Ok(connection.map(|found| found.end_user.clone().or_else(|| session.content.end_user.clone())))
    }

    /// Where in the request integrations are named that do not exist.
    async fn unknown_integrations(
        &self,
        environment: &Environment,
        content: &SessionContent,
    ) -> Result<Vec<Vec<String>>, StorageError> {
        let known = self.storage.list_integrations(environment.id).await?;
        let is_known = |key: &str| known.iter().any(|integration| integration.key.as_str() == key);
        let allowed = content.allowed_integrations.iter().flatten().enumerate();
        let allowed = allowed.map(|(at, key)| (["allowed_integrations".to_owned(), at.to_string()], key));
        let under = |name: &str, key: &String| [name.to_owned(), key.clone()];
        let defaults = content.defaults.iter().flat_map(IndexMap::keys);
        let defaults = defaults.map(|key| (under("integrations_config_defaults", key), key));
        let overrides = content.overrides.iter().flat_map(IndexMap::keys);
        let overrides = overrides.map(|key| (under("overrides", key), key));
        let named = allowed.chain(defaults).chain(overrides);
        Ok(named.filter(|(_, key)| !is_known(key)).map(|(path, _)| path.to_vec()).collect())
    }
}

/// Whether a text has the form of a session token.
fn is_session_token(text: &str) -> bool {
    text.strip_prefix(SESSION_TOKEN_PREFIX).is_some_and(|hex| {
        hex.len() == TOKEN_HEX_CHARS && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_prefix_with_64_lower_case_hex_digits_is_a_session_token() {
        let good = format!("{SESSION_TOKEN_PREFIX}{}", "a1".repeat(32));
        assert!(is_session_token(&good));
        for bad in ["", SESSION_TOKEN_PREFIX, &good[1..], &good[..good.len() - 1], &good.to_uppercase()] {
            assert!(!is_session_token(bad), "{bad}");
        }
    }
}
