//! Obtains credentials from what a user typed, for the modes whose token is fetched or signed at once.

use bowline_domain::Timestamp;
use bowline_domain::provider::{AuthMode, Provider};
use serde_json::{Map, Value};

use super::client_credentials;
use crate::credential::refresh::{Refreshed, TokenError};
use crate::integration::IntegrationCredentials;
use crate::outbound::Outbound;

/// All that obtaining credentials needs.
pub struct TokenCreation<'a> {
    /// The provider's definition.
    pub provider: &'a Provider,
    /// The application's own credentials.
    pub integration: &'a IntegrationCredentials,
    /// The user's credential fields.
    pub input: &'a Map<String, Value>,
    /// Inputs that are used once and never stored.
    pub assertion_option: &'a Map<String, Value>,
    /// The connection config, for templates.
    pub config: &'a Map<String, Value>,
    /// The present moment.
    pub now: Timestamp,
}

/// Obtains credentials by the provider's auth mode.
pub async fn create(outbound: &Outbound, creation: &TokenCreation<'_>) -> Result<Refreshed, TokenError> {
    match creation.provider.auth_mode {
        AuthMode::OAuth2Cc => client_credentials::create(outbound, creation).await,
        other => Err(TokenError::Unbuildable {
            code: "unsupported_auth",
            message: format!("accounts of the mode {other} cannot be connected yet"),
        }),
    }
}
