//! An integration as the wire has it.

use bowline_api::integration::{CredentialsLabel, IntegrationResponse};
use bowline_domain::Secret;
use bowline_domain::environment::Environment;
use bowline_domain::provider::AuthMode;
use bowline_engine::integration::{OpenIntegration, has_static_client};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::settings::ServerSettings;

/// What JavaScript's `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The integration without what must be asked for.
pub(crate) fn integration_response(settings: &ServerSettings, open: &OpenIntegration) -> IntegrationResponse {
    let OpenIntegration { integration, provider, credentials } = open;
    let has_fields = !provider.integration_config.is_empty();
    let label = credentials.custom_text("keyLabel").filter(|_| has_fields);
    let preconfigured: Vec<String> = match provider.auth_mode {
        AuthMode::TwoStep if has_fields => credentials.custom.keys().cloned().collect(),
        _ => Vec::new(),
    };
    IntegrationResponse {
        unique_key: integration.key.as_str().to_owned(),
        provider: integration.provider.as_str().to_owned(),
        display_name: integration.display_name.clone().unwrap_or_else(|| provider.display_name.clone()),
        logo: format!("{}/images/template-logos/{}.svg", settings.public_url, integration.provider),
        credentials_label: label.map(|label| CredentialsLabel { api_key: label.to_owned() }),
        preconfigured_credentials: (!preconfigured.is_empty()).then_some(preconfigured),
        webhook_url: None,
        credentials: None,
        forward_webhooks: integration.forward_webhooks,
        created_at: integration.created_at.iso_millis_z(),
        updated_at: integration.updated_at.iso_millis_z(),
    }
}

/// Where the provider sends webhooks, if Bowline can route them.
pub(crate) fn webhook_url(
    settings: &ServerSettings,
    environment: &Environment,
    open: &OpenIntegration,
) -> Option<String> {
    open.provider.webhook_router()?;
    let key = utf8_percent_encode(open.integration.key.as_str(), COMPONENT);
    Some(format!("{}/webhook/{}/{key}", settings.public_url, environment.uuid))
}

/// The application's credentials, by the provider's auth mode.
pub(crate) fn credentials(open: &OpenIntegration) -> Value {
    let OpenIntegration { provider, credentials, .. } = open;
    let secret = |value: &Option<Secret>| value.as_ref().map(|secret| secret.expose().clone());
    let mode = if has_static_client(provider) { AuthMode::OAuth2 } else { provider.auth_mode };
    match mode {
        AuthMode::OAuth1 | AuthMode::OAuth2 | AuthMode::Tba => json!({
            "type": mode.as_str(),
            "client_id": credentials.client_id,
            "client_secret": secret(&credentials.client_secret),
            "scopes": credentials.scopes,
            "webhook_secret": secret(&credentials.webhook_secret),
        }),
        AuthMode::App => json!({
            "type": mode.as_str(),
            "app_id": credentials.client_id,
            "private_key": secret(&credentials.client_secret),
            "app_link": credentials.app_link,
        }),
        AuthMode::Custom => json!({
            "type": mode.as_str(),
            "client_id": credentials.client_id,
            "client_secret": secret(&credentials.client_secret),
            "app_id": credentials.custom_text("app_id"),
            "app_link": credentials.app_link,
            "private_key": credentials.custom_text("private_key"),
        }),
        _ => Value::Null,
    }
}
