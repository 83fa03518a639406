//! Obtains credentials from what a user typed, for the modes whose token is fetched or signed at once.

use bowline_domain::Timestamp;
use bowline_domain::provider::{AuthMode, Provider};
use serde_json::{Map, Value};

use super::{aws, bill, client_credentials, introspection, signed_token, two_step, wsse};
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
    let fetched = match creation.provider.auth_mode {
        AuthMode::OAuth2Cc => client_credentials::create(outbound, creation).await,
        AuthMode::Jwt => signed_token::create(creation),
        AuthMode::TwoStep => two_step::create(outbound, creation).await,
        AuthMode::Bill => bill::create(outbound, creation).await,
        AuthMode::Signature => wsse::create(creation),
        AuthMode::AwsSigV4 => aws::create(outbound, creation).await,
        other => Err(TokenError::Unbuildable {
            code: "unsupported_auth",
            message: format!("accounts of the mode {other} are not connected by typed credentials"),
        }),
    }?;
    let TokenCreation { provider, integration, now, .. } = creation;
    Ok(introspection::with_end(outbound, provider, integration, fetched, *now).await)
}
