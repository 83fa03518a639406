//! What both ways to open a session read.

use bowline_api::connect::ConnectSessionResponse;
use bowline_domain::connection::Organization;
use bowline_domain::text;
use bowline_engine::connect::{IntegrationDefaults, IntegrationOverrides, OpenedSession, SessionContent};
use indexmap::IndexMap;
use serde_json::Value;

use crate::error::ApiError;
use crate::routes::connections::input as shared;
use crate::settings::ServerSettings;
use crate::state::AppState;
use crate::validate::{Fields, Refusal, any_text, length};

/// Most integrations a session names in one field.
const INTEGRATIONS_MAX: usize = 1_000;

/// The fields that new and reconnect sessions share. Tags are the explicit ones.
pub(super) fn content(fields: &mut Fields) -> SessionContent {
    let mut end_user = shared::end_user(fields);
    let organization = organization(fields);
    if let Some(end_user) = &mut end_user {
        end_user.organization = organization;
    }
    let mut defaults = fields.optional_object_map("integrations_config_defaults", defaults);
    let webhook_url = hoisted_webhook_url(fields, defaults.as_mut());
    SessionContent {
        end_user,
        tags: fields.optional_tags("tags").unwrap_or_default(),
        allowed_integrations: None,
        defaults,
        overrides: fields.optional_object_map("overrides", overrides),
        webhook_url_override: shared::webhook_url_override(fields).or(webhook_url),
        reconnects: None,
        allows_other_account: false,
        asks: fields.optional_bool("confirm_account").unwrap_or_default(),
        manages: false,
    }
}

/// `allowed_integrations`: all when absent or empty.
pub(super) fn allowed_integrations(fields: &mut Fields) -> Option<Vec<String>> {
    fields.optional_texts("allowed_integrations", INTEGRATIONS_MAX, text::check_integration_key)
}

fn organization(fields: &mut Fields) -> Option<Organization> {
    fields.optional_object("organization", |fields| Organization {
        id: fields.required_text("id", length(0, 255)),
        display_name: fields.optional_text("display_name", length(0, 255)),
    })
}

fn defaults(fields: &mut Fields) -> IntegrationDefaults {
    let user_scopes = fields.optional_text("user_scopes", any_text);
    let authorization_params = fields.optional_text_map("authorization_params", any_text);
    let connection_config = fields.optional_json_object("connection_config");
    let scopes = connection_config.as_ref().and_then(|config| config.get("oauth_scopes_override"));
    if scopes.is_some_and(|scopes| !scopes.is_string()) {
        let message = "Invalid input: expected string";
        fields.refuse(&["connection_config", "oauth_scopes_override"], Refusal::custom(message));
    }
    IntegrationDefaults { user_scopes, authorization_params, connection_config }
}

fn overrides(fields: &mut Fields) -> IntegrationOverrides {
    let docs_connect = fields.optional_text("docs_connect", any_text);
    fields.ignore_rest();
    IntegrationOverrides { docs_connect }
}

/// Older clients put the address into each integration's config; there can be only one for the session.
fn hoisted_webhook_url(
    fields: &mut Fields,
    defaults: Option<&mut IndexMap<String, IntegrationDefaults>>,
) -> Option<String> {
    let configs = defaults?.values_mut().filter_map(|defaults| defaults.connection_config.as_mut());
    let mut urls = configs.filter_map(|config| match config.shift_remove("webhook_url")? {
        Value::String(url) => Some(url),
        _ => None,
    });
    let first = urls.next()?;
    if urls.any(|url| url != first) {
        let message = "webhook_url must be the same for all integrations; use webhook_url_override";
        fields.refuse(&["integrations_config_defaults"], Refusal::custom(message));
    }
    Some(first)
}

/// Refuses an address that webhooks could never be sent to.
pub(super) fn check_webhook_target(state: &AppState, content: &SessionContent) -> Result<(), ApiError> {
    shared::check_webhook_target(&state.engine, content.webhook_url_override.as_deref())
}

/// The session as its creator gets it.
pub(super) fn response(settings: &ServerSettings, opened: &OpenedSession) -> ConnectSessionResponse {
    let token = opened.token.expose();
    ConnectSessionResponse {
        token: token.clone(),
        connect_link: format!("{}/?session_token={token}", settings.connect_url),
        expires_at: opened.expires_at.iso_millis_z(),
    }
}
