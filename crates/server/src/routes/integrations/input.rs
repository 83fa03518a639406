//! Fields that creating and changing an integration have in common.

use bowline_domain::Secret;
use bowline_domain::provider::AuthMode;
use bowline_domain::text;
use bowline_engine::integration::CredentialsInput;
use indexmap::IndexMap;

use crate::validate::{Fields, Refusal, any_text, length};

const UNION_MESSAGE: &str = "invalid credentials object";
const CONFIG_VALUE_MAX: usize = 8192;

/// The union `credentials`.
pub(super) fn credentials(fields: &mut Fields) -> Option<CredentialsInput> {
    fields.optional_tagged("credentials", UNION_MESSAGE, |kind, fields| match kind {
        "OAUTH1" => Some(oauth_client(AuthMode::OAuth1, fields)),
        "OAUTH2" => Some(oauth_client(AuthMode::OAuth2, fields)),
        "TBA" => Some(oauth_client(AuthMode::Tba, fields)),
        "APP" => Some(CredentialsInput::App {
            app_id: fields.required_text("app_id", length(1, 255)),
            app_link: fields.required_text("app_link", length(1, 2048)),
            private_key: private_key(fields),
        }),
        "CUSTOM" => Some(CredentialsInput::Custom {
            client_id: fields.required_text("client_id", length(1, 255)),
            client_secret: Secret::new(fields.required_text("client_secret", length(1, 8192))),
            app_id: fields.required_text("app_id", length(1, 255)),
            app_link: fields.required_text("app_link", length(1, 2048)),
            private_key: private_key(fields),
        }),
        _ => None,
    })
}

/// `integration_config`.
pub(super) fn integration_config(fields: &mut Fields) -> Option<IndexMap<String, String>> {
    fields.optional_text_map("integration_config", length(0, CONFIG_VALUE_MAX))
}

/// `custom`.
pub(super) fn custom(fields: &mut Fields) -> Option<IndexMap<String, String>> {
    fields.optional_text_map("custom", any_text)
}

/// `display_name`.
pub(super) fn display_name(fields: &mut Fields) -> Option<String> {
    fields.optional_text("display_name", length(1, 255))
}

/// `unique_key`, when it may be left out.
pub(super) fn new_key(fields: &mut Fields) -> Option<String> {
    fields.optional_text("unique_key", text::check_integration_key)
}

fn oauth_client(mode: AuthMode, fields: &mut Fields) -> CredentialsInput {
    CredentialsInput::OauthClient {
        mode,
        client_id: fields.required_text("client_id", length(1, 255)),
        client_secret: Secret::new(fields.required_text("client_secret", length(1, 8192))),
        scopes: fields.optional_text("scopes", check_scopes),
        webhook_secret: fields.optional_text("webhook_secret", length(0, 255)),
    }
}

fn private_key(fields: &mut Fields) -> Secret {
    Secret::new(fields.required_text("private_key", check_private_key))
}

/// A comma list of scopes, or nothing.
fn check_scopes(scopes: &str) -> Result<(), Refusal> {
    let is_scope = |scope: &str| {
        !scope.is_empty() && scope.chars().all(|c| c.is_ascii_alphanumeric() || ":/_.*-".contains(c))
    };
    if scopes.is_empty() || scopes.split(',').all(is_scope) {
        Ok(())
    } else {
        Err(Refusal::format("Invalid string: must be a comma-separated list of scopes"))
    }
}

fn check_private_key(key: &str) -> Result<(), Refusal> {
    let is_pem =
        key.starts_with("-----BEGIN RSA PRIVATE KEY----") && key.ends_with("-----END RSA PRIVATE KEY-----");
    if is_pem {
        Ok(())
    } else {
        Err(Refusal::format(
            "Invalid string: must be an RSA private key in PEM form, without a line break at its end",
        ))
    }
}
