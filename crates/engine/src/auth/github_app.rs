//! APP and CUSTOM: tokens of an installed GitHub App.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_domain::Timestamp;
use bowline_domain::provider::AuthMode;
use http::HeaderValue;
use serde_json::{Map, Value, json};

use super::jwt::SigningKey;
use super::token_call::{BodyFormat, TokenCall, token_url};
use super::token_response;
use crate::credential::refresh::{Refreshed, TokenError, TokenRefresh};
use crate::credential::{CredentialKind, Credentials};
use crate::integration::{IntegrationCredentials, OpenIntegration};
use crate::outbound::Outbound;

/// The longest life GitHub allows for an app's token.
const APP_TOKEN_SECONDS: i64 = 600;

/// A request for an installation's token.
pub struct InstallationToken<'a> {
    /// The app.
    pub integration: &'a OpenIntegration,
    /// The installation; names `app_id` and `installation_id`.
    pub config: &'a Map<String, Value>,
    /// The present moment.
    pub now: Timestamp,
}

impl InstallationToken<'_> {
    /// Signs in as the app and fetches the installation's token.
    pub async fn fetch(&self, outbound: &Outbound) -> Result<Credentials, TokenError> {
        let app = App { credentials: &self.integration.credentials, config: self.config, now: self.now };
        let provider = &self.integration.provider;
        let url = token_url(
            provider.token_url_for(AuthMode::App).or(provider.token_url()),
            provider,
            self.config,
            self.now,
        )?;
        app.fetch(outbound, url).await
    }
}

/// Renews an installation's token.
pub async fn refresh(outbound: &Outbound, request: &TokenRefresh<'_>) -> Result<Refreshed, TokenError> {
    let provider = request.provider;
    let app = App { credentials: request.integration, config: request.config, now: request.now };
    let url = token_url(
        provider.token_url_for(AuthMode::App).or(provider.token_url()),
        provider,
        request.config,
        request.now,
    )?;
    let credentials = app.fetch(outbound, url).await?;
    let config_changes = credentials
        .text("jwtToken")
        .map(|jwt| Map::from_iter([("jwtToken".to_owned(), jwt.into())]))
        .unwrap_or_default();
    Ok(Refreshed { credentials, config_changes })
}

struct App<'a> {
    credentials: &'a IntegrationCredentials,
    config: &'a Map<String, Value>,
    now: Timestamp,
}

impl App<'_> {
    async fn fetch(&self, outbound: &Outbound, url: url::Url) -> Result<Credentials, TokenError> {
        let jwt = self.sign()?;
        let mut authorization = HeaderValue::from_str(&format!("Bearer {jwt}"))
            .map_err(|_| unbuildable("missing_app_id", "the app's token is not a header value".to_owned()))?;
        authorization.set_sensitive(true);
        let call = TokenCall {
            url,
            params: Map::new(),
            format: BodyFormat::Json,
            authorization: Some(authorization),
            identity: None,
            secrets: vec![jwt.clone()],
        };
        let response = call.send(outbound).await?;
        let token = response.get("token").and_then(Value::as_str);
        let token = token.ok_or_else(|| TokenError::Unreadable("the answer has no token".to_owned()))?;
        let mut fields = Map::new();
        fields.insert("access_token".to_owned(), token.into());
        if let Some(at) = token_response::expires_at(&response, false, self.now) {
            fields.insert("expires_at".to_owned(), at.iso_millis_z().into());
        }
        fields.insert("jwtToken".to_owned(), jwt.into());
        fields.insert("raw".to_owned(), response.into());
        Ok(Credentials::new(CredentialKind::App, fields))
    }

    fn sign(&self) -> Result<String, TokenError> {
        let app_id = self
            .credentials
            .custom_text("app_id")
            .or(self.credentials.client_id.as_deref())
            .or(self.config.get("app_id").and_then(Value::as_str))
            .ok_or_else(|| unbuildable("missing_app_id", "the integration has no app id".to_owned()))?;
        let key = self
            .credentials
            .custom_text("private_key")
            .or(self.credentials.client_secret.as_ref().map(|secret| secret.expose().as_str()))
            .ok_or_else(|| {
                unbuildable("missing_app_secret", "the integration has no private key".to_owned())
            })?;
        let now = self.now.as_seconds();
        // A minute back, for a provider whose clock is behind.
        let claims = json!({"iat": now - 60, "exp": now - 60 + APP_TOKEN_SECONDS, "iss": app_id});
        SigningKey::from_pem(&pem_of(key))
            .and_then(|key| key.sign(&claims))
            .map_err(|error| unbuildable("invalid_app_secret", error.to_string()))
    }
}

/// Keys arrive as PEM or as base64 of a PEM.
fn pem_of(key: &str) -> String {
    if key.contains("PRIVATE KEY") {
        return key.to_owned();
    }
    let decoded = STANDARD.decode(key.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.unwrap_or_else(|| key.to_owned())
}

fn unbuildable(code: &'static str, message: String) -> TokenError {
    TokenError::Unbuildable { code, message }
}
