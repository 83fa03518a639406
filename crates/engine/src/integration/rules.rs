//! What credentials an integration may have, by its provider's auth mode (spec `api.md` §8.4). Pure.

use bowline_domain::Secret;
use bowline_domain::provider::{AuthMode, Provider};
use bowline_domain::storage::StorageError;
use thiserror::Error;

use super::IntegrationCredentials;
use crate::credential::vault::VaultError;

/// Why an integration could not be written or read.
#[derive(Debug, Error)]
pub enum IntegrationError {
    /// The provider is not in the catalogue.
    #[error("Invalid provider")]
    UnknownProvider,
    /// Another live integration has the key.
    #[error("an integration with this unique_key exists")]
    KeyTaken,
    /// No such integration.
    #[error("the integration does not exist")]
    NotFound,
    /// A renamed integration would orphan its connections' key.
    #[error("the unique_key of an integration with active connections cannot be changed")]
    HasConnections,
    /// Credentials of another kind than the provider's.
    #[error("incompatible credentials auth type and provider auth: the provider uses {expected}")]
    WrongCredentialsType {
        /// The provider's auth mode.
        expected: &'static str,
    },
    /// The provider's auth mode needs the application's credentials.
    #[error("missing credentials: the provider uses {expected}")]
    MissingCredentials {
        /// The provider's auth mode.
        expected: &'static str,
    },
    /// Integration-level fields that do not fit the provider's schema.
    #[error("{}", .0.join(", "))]
    BadConfig(Vec<String>),
    /// `custom` beside a schema of fields.
    #[error("custom is not accepted for a provider with integration_config; use integration_config")]
    CustomNotAllowed,
    /// Other writers kept changing the integration.
    #[error("the integration is being changed by others; try again")]
    Busy,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Application credentials from outside, already checked for form.
pub enum CredentialsInput {
    /// `OAUTH1`, `OAUTH2` or `TBA`.
    OauthClient {
        /// Which of the three.
        mode: AuthMode,
        /// Client id.
        client_id: String,
        /// Client secret.
        client_secret: Secret,
        /// Comma-separated scopes.
        scopes: Option<String>,
        /// The provider's webhook secret; empty removes it.
        webhook_secret: Option<String>,
    },
    /// `APP`: a GitHub App.
    App {
        /// The app's id.
        app_id: String,
        /// Where it is installed from.
        app_link: String,
        /// PEM.
        private_key: Secret,
    },
    /// `CUSTOM`: a GitHub App with a user's OAuth.
    Custom {
        /// Client id.
        client_id: String,
        /// Client secret.
        client_secret: Secret,
        /// The app's id.
        app_id: String,
        /// Where it is installed from.
        app_link: String,
        /// PEM.
        private_key: Secret,
    },
}

impl CredentialsInput {
    /// The auth mode these credentials are for.
    pub fn mode(&self) -> AuthMode {
        match self {
            Self::OauthClient { mode, .. } => *mode,
            Self::App { .. } => AuthMode::App,
            Self::Custom { .. } => AuthMode::Custom,
        }
    }

    fn apply(self, credentials: &mut IntegrationCredentials) {
        match self {
            Self::OauthClient { client_id, client_secret, scopes, webhook_secret, .. } => {
                credentials.client_id = Some(client_id);
                credentials.client_secret = Some(client_secret);
                if let Some(scopes) = scopes {
                    credentials.scopes = Some(scopes);
                }
                match webhook_secret {
                    Some(secret) if secret.is_empty() => credentials.webhook_secret = None,
                    Some(secret) => credentials.webhook_secret = Some(Secret::new(secret)),
                    None => {}
                }
            }
            Self::App { app_id, app_link, private_key } => {
                credentials.client_id = Some(app_id);
                credentials.client_secret = Some(private_key);
                credentials.app_link = Some(app_link);
            }
            Self::Custom { client_id, client_secret, app_id, app_link, private_key } => {
                credentials.client_id = Some(client_id);
                credentials.client_secret = Some(client_secret);
                credentials.app_link = Some(app_link);
                credentials.custom.insert("app_id".to_owned(), app_id.into());
                credentials.custom.insert("private_key".to_owned(), private_key.expose().as_str().into());
            }
        }
    }
}

/// Checks credentials against the provider's mode and lays them over what is stored.
pub(super) fn apply_credentials(
    provider: &Provider,
    input: Option<CredentialsInput>,
    credentials: &mut IntegrationCredentials,
) -> Result<(), IntegrationError> {
    let Some(input) = input else { return Ok(()) };
    // An MCP server that registers no clients has one made by hand, as everywhere in OAuth 2.
    let is_own_client = input.mode() == AuthMode::OAuth2 && has_static_client(provider);
    if input.mode() != provider.auth_mode && !is_own_client {
        return Err(IntegrationError::WrongCredentialsType { expected: provider.auth_mode.as_str() });
    }
    input.apply(credentials);
    Ok(())
}

/// Whether a client of this MCP server is made by hand.
pub fn has_static_client(provider: &Provider) -> bool {
    provider.auth_mode == AuthMode::McpOAuth2 && provider.client_registration.as_deref() == Some("static")
}

/// Whether an integration of this provider is useless without the application's credentials.
pub(super) fn needs_credentials(provider: &Provider) -> bool {
    matches!(provider.auth_mode, AuthMode::OAuth1 | AuthMode::OAuth2 | AuthMode::App | AuthMode::Custom)
}
