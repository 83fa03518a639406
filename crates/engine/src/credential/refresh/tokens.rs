//! The seam to the provider's token endpoint.

use async_trait::async_trait;
use bowline_domain::Timestamp;
use bowline_domain::provider::Provider;
use serde_json::{Map, Value};

use super::TokenError;
use crate::credential::Credentials;
use crate::integration::IntegrationCredentials;

/// All that a token request needs.
pub struct TokenRefresh<'a> {
    /// The provider's definition.
    pub provider: &'a Provider,
    /// The application's own credentials.
    pub integration: &'a IntegrationCredentials,
    /// The credentials to renew.
    pub credentials: &'a Credentials,
    /// The connection config, for templates.
    pub config: &'a Map<String, Value>,
    /// The present moment.
    pub now: Timestamp,
}

/// What the provider gave.
#[derive(Debug)]
pub struct Refreshed {
    /// The new credentials, complete.
    pub credentials: Credentials,
    /// Additions to the connection config.
    pub config_changes: Map<String, Value>,
}

/// Calls token endpoints. One implementation speaks HTTP; tests inject others.
#[async_trait]
pub trait TokenClient: Send + Sync + 'static {
    /// Renews credentials with one token request.
    async fn refresh(&self, request: TokenRefresh<'_>) -> Result<Refreshed, TokenError>;
}
