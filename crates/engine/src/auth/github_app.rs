//! APP and CUSTOM: tokens of an installed GitHub App.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_domain::Timestamp;
use bowline_domain::provider::AuthMode;
use http::HeaderValue;
use serde_json::{Map, Value, json};

use super::jwt::SigningKey;
use super::oauth2;
use super::token_call::{BodyFormat, TokenCall, token_url};
use super::token_response;
use crate::credential::refresh::{Refreshed, TokenError, TokenRefresh};
use crate::credential::{CredentialKind, Credentials};
use crate::integration::{IntegrationCredentials, OpenIntegration};
use crate::outbound::Outbound;

/// The longest life GitHub allows for an app's token.
const APP_TOKEN_SECONDS: i64 = 600;

/// Setting with the token of the user who installed the app.
const USER: &str = "userCredentials";
/// An installation's token lives for an hour, and is renewed a while before.
const USER_MARGIN: Duration = Duration::from_secs(75 * 60);

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
    let mut config_changes = credentials
        .text("jwtToken")
        .map(|jwt| Map::from_iter([("jwtToken".to_owned(), jwt.into())]))
        .unwrap_or_default();
    if let Some(user) = renewed_user(outbound, request).await {
        config_changes.insert(USER.to_owned(), user.into());
    }
    Ok(Refreshed { credentials, config_changes })
}

/// CUSTOM: the token of the user who installed the app, if it would end before the app's own next one. Without it the
/// app's token is still good.
async fn renewed_user(outbound: &Outbound, request: &TokenRefresh<'_>) -> Option<Map<String, Value>> {
    let held = request.config.get(USER).and_then(Value::as_object)?;
    let user = Credentials::new(CredentialKind::Oauth2, held.clone());
    let ends_soon = user.expires_at().is_some_and(|at| at <= request.now.plus(USER_MARGIN));
    if request.provider.auth_mode != AuthMode::Custom || !ends_soon || !user.can_refresh() {
        return None;
    }
    match oauth2::refresh(outbound, &TokenRefresh { credentials: &user, ..*request }).await {
        Ok(renewed) => Some(renewed.credentials.into_exposed()),
        Err(error) => {
            tracing::warn!(provider = request.provider.name, %error, "the user's token was not renewed");
            None
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::tests::{local, text, upstream};
    use bowline_domain::Secret;
    use bowline_domain::provider::Provider;

    const KEY: &str = include_str!("../../tests/data/rsa-2048.pem");
    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

    async fn renewed(user: Value, answer: &'static str) -> Map<String, Value> {
        let (port, _) = upstream(move |seen| match seen.uri.as_str() {
            "/app" => text(201, r#"{"token": "it", "expires_at": "2023-11-14T23:13:20Z"}"#),
            _ => text(200, answer),
        })
        .await;
        let base = format!("http://127.0.0.1:{port}");
        let wire = json!({
            "display_name": "X", "auth_mode": "CUSTOM",
            "token_url": {"APP": format!("{base}/app"), "OAUTH2": format!("{base}/user")},
        });
        let provider = Provider::from_wire("x", wire.as_object().unwrap()).unwrap();
        let custom = json!({"app_id": "1", "private_key": KEY});
        let integration = IntegrationCredentials {
            client_id: Some("id".to_owned()),
            client_secret: Some(Secret::new("s".to_owned())),
            custom: custom.as_object().unwrap().clone(),
            ..IntegrationCredentials::default()
        };
        let config = Map::from_iter([(USER.to_owned(), user)]);
        let held = Credentials::new(CredentialKind::App, Map::new());
        let request = TokenRefresh {
            provider: &provider,
            integration: &integration,
            credentials: &held,
            config: &config,
            now: NOW,
        };
        let refreshed = refresh(&local(), &request).await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(refreshed.credentials.text("access_token"), Some("it"));
        refreshed.config_changes
    }

    fn user(ends: &str) -> Value {
        json!({"type": "OAUTH2", "access_token": "ut", "refresh_token": "ur", "expires_at": ends})
    }

    #[tokio::test]
    async fn a_users_token_that_ends_before_the_next_app_token_is_renewed_with_it() {
        let answer = r#"{"access_token": "ut-2", "refresh_token": "ur-2", "expires_in": 28800}"#;
        let changes = renewed(user("2023-11-14T22:43:20Z"), answer).await;
        assert_eq!(changes[USER]["access_token"], "ut-2");
        assert_eq!(changes[USER]["refresh_token"], "ur-2");
        assert!(!renewed(user("2023-11-15T06:13:20Z"), answer).await.contains_key(USER));
    }

    #[tokio::test]
    async fn the_app_goes_on_when_the_users_token_cannot_be_renewed() {
        let refused = r#"{"error": "bad_refresh_token"}"#;
        assert!(!renewed(user("2023-11-14T22:43:20Z"), refused).await.contains_key(USER));
        assert!(!renewed(json!({"access_token": "ut"}), refused).await.contains_key(USER));
    }
}
