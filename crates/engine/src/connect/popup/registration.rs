//! MCP_OAUTH2: gets this application a client id at the provider when the first account is connected: registered
//! dynamically (RFC 7591), or the address of a document about the client.

use bowline_domain::environment::Environment;
use bowline_domain::provider::AuthMode;
use http::Method;
use serde_json::{Map, Value, json};
use url::Url;

use crate::Engine;
use crate::auth::step::Step;
use crate::connect::ConnectError;
use crate::integration::{IntegrationCredentials, OpenIntegration};
use bowline_domain::Secret;

/// The callback that a client was registered with; another one needs another registration.
const REGISTERED_FOR: &str = "registered_callback";

impl Engine {
    /// The integration with a client id.
    pub(super) async fn with_client(
        &self,
        environment: &Environment,
        integration: OpenIntegration,
        callback: &str,
        client_metadata_url: Option<&str>,
    ) -> Result<OpenIntegration, ConnectError> {
        let provider = &integration.provider;
        if provider.auth_mode != AuthMode::McpOAuth2 {
            return Ok(integration);
        }
        match provider.client_registration.as_deref() {
            Some("dynamic") => self.registered(environment, integration, callback).await,
            Some("cimd") => {
                let own = client_metadata_url.ok_or(ConnectError::NotConfigured("public https address"))?;
                let mut credentials = integration.credentials.clone();
                if credentials.client_id.as_deref() == Some(own) {
                    return Ok(integration);
                }
                // The code's exchange and every refresh need it, too.
                credentials.client_id = Some(own.to_owned());
                Ok(self.keep_client(environment, integration, credentials).await?)
            }
            _ => Ok(integration),
        }
    }

    async fn registered(
        &self,
        environment: &Environment,
        integration: OpenIntegration,
        callback: &str,
    ) -> Result<OpenIntegration, ConnectError> {
        let own = &integration.credentials;
        let is_ours = own.custom_text(REGISTERED_FOR).is_none_or(|registered| registered == callback);
        if own.client_id.as_ref().is_some_and(|id| !id.is_empty()) && is_ours {
            return Ok(integration);
        }
        let provider = &integration.provider;
        let url = provider.registration_url.as_deref().and_then(|url| Url::parse(url).ok());
        let url = url.ok_or(ConnectError::NotConfigured("registration address"))?;
        let client = self.register(url, client_metadata(environment, &integration, callback)).await?;
        let mut credentials = integration.credentials.clone();
        credentials.client_id = Some(client.id);
        credentials.client_secret = client.secret.map(Secret::new);
        credentials.custom.insert(REGISTERED_FOR.to_owned(), callback.into());
        Ok(self.keep_client(environment, integration, credentials).await?)
    }

    async fn keep_client(
        &self,
        environment: &Environment,
        integration: OpenIntegration,
        credentials: IntegrationCredentials,
    ) -> Result<OpenIntegration, crate::integration::IntegrationError> {
        let OpenIntegration { integration, provider, .. } = integration;
        self.replace_integration(environment, &integration.key, provider, credentials).await
    }

    /// Registers a client (RFC 7591 §3.1).
    pub(super) async fn register(
        &self,
        url: Url,
        params: Map<String, Value>,
    ) -> Result<RegisteredClient, ConnectError> {
        let step = Step {
            method: Method::POST,
            url,
            headers: Vec::new(),
            params,
            format: None,
            secrets: Vec::new(),
        };
        let answer = step.send(&self.outbound).await?;
        let text = |name: &str| answer.body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let id = text("client_id").ok_or(ConnectError::MissingInCallback("client_id"))?;
        Ok(RegisteredClient { id: id.to_owned(), secret: text("client_secret").map(str::to_owned) })
    }
}

/// A client as the server knows it. No `Debug`: it may have a secret.
pub(super) struct RegisteredClient {
    pub id: String,
    pub secret: Option<String>,
}

/// RFC 7591 §2; a public client, which PKCE protects.
pub(super) fn client_metadata(
    environment: &Environment,
    integration: &OpenIntegration,
    callback: &str,
) -> Map<String, Value> {
    let shown = integration.integration.display_name.as_ref().unwrap_or(&integration.provider.display_name);
    let metadata = json!({
        "redirect_uris": [callback],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "client_name": format!("Bowline - {} - {shown}", environment.name),
    });
    let mut metadata = metadata.as_object().cloned().unwrap_or_default();
    metadata.extend(integration.provider.registration_params.clone());
    metadata
}
