//! A connection as the wire has it.

use std::collections::BTreeMap;

use bowline_api::connection::{
    ConnectionError, ConnectionResponse, ConnectionSummaryResponse, EndUserResponse, OrganizationResponse,
};
use bowline_domain::Timestamp;
use bowline_domain::connection::{Connection, ConnectionSummary, EndUser, RefreshFailure};
use bowline_domain::provider::Provider;
use bowline_domain::tags::Tags;
use bowline_engine::connection::OpenConnection;
use serde_json::{Map, Value};

/// How the moments of a connection are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moments {
    /// `…+00:00`, as a read answers.
    Offset,
    /// `…Z`, as an import answers.
    Zulu,
}

impl Moments {
    fn write(self, at: Timestamp) -> String {
        match self {
            Self::Offset => at.iso_millis_offset(),
            Self::Zulu => at.iso_millis_z(),
        }
    }
}

/// The connection with its credentials; refresh tokens only if asked for.
pub(crate) fn open_response(open: OpenConnection, with_refresh_token: bool) -> ConnectionResponse {
    let OpenConnection { connection, credentials, mut config } = open;
    let mut credentials = credentials.into_exposed();
    if !with_refresh_token {
        hide_refresh_tokens(&mut credentials);
        hide_refresh_tokens(&mut config);
    }
    connection_response(&connection, credentials, config, Moments::Offset)
}

/// The connection with what of its secrets the caller may see.
pub(super) fn connection_response(
    connection: &Connection,
    credentials: Map<String, Value>,
    config: Map<String, Value>,
    moments: Moments,
) -> ConnectionResponse {
    ConnectionResponse {
        id: connection.id.0,
        connection_id: connection.key.as_str().to_owned(),
        provider_config_key: connection.integration_key.as_str().to_owned(),
        provider: connection.provider.as_str().to_owned(),
        errors: errors(connection.refresh.failure.as_ref()),
        end_user: connection.end_user.as_ref().map(end_user),
        tags: tags(&connection.tags),
        metadata: connection.metadata.clone(),
        connection_config: config,
        webhook_url_override: connection.webhook_url_override.clone(),
        created_at: moments.write(connection.created_at),
        updated_at: moments.write(connection.updated_at),
        last_fetched_at: connection.last_fetched_at.map(|at| moments.write(at)),
        credentials,
        account_id: None,
        environment_id: None,
    }
}

/// One line of a list.
pub(super) fn summary_response(summary: ConnectionSummary) -> ConnectionSummaryResponse {
    ConnectionSummaryResponse {
        id: summary.id.0,
        connection_id: summary.key.as_str().to_owned(),
        provider_config_key: summary.integration_key.as_str().to_owned(),
        provider: summary.provider.as_str().to_owned(),
        errors: errors(summary.failure.as_ref()),
        end_user: summary.end_user.as_ref().map(end_user),
        tags: tags(&summary.tags),
        metadata: summary.metadata,
        created: summary.created_at.iso_micros_offset(),
    }
}

/// Removes every key that reads `refreshtoken` when only its letters count, at any depth.
fn hide_refresh_tokens(object: &mut Map<String, Value>) {
    object.retain(|key, _| !is_refresh_token(key));
    object.values_mut().for_each(hide_in);
}

fn hide_in(value: &mut Value) {
    match value {
        Value::Object(object) => hide_refresh_tokens(object),
        Value::Array(items) => items.iter_mut().for_each(hide_in),
        _ => {}
    }
}

fn is_refresh_token(key: &str) -> bool {
    let letters = key.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase());
    letters.eq("refreshtoken".chars())
}

/// Removes what a key without the right to credentials must not see: refresh tokens, fields that the provider's
/// definition declares secret, and whatever is named like a secret, such as an app's signed token.
pub(super) fn hide_secrets(object: &mut Map<String, Value>, provider: Option<&Provider>) {
    let is_declared = |key: &str| {
        provider.and_then(|provider| provider.connection_config.get(key)).is_some_and(|field| field.secret)
    };
    object.retain(|key, _| !is_declared(key));
    hide_named_secrets(object);
}

fn hide_named_secrets(object: &mut Map<String, Value>) {
    object.retain(|key, _| !is_named_secret(key));
    object.values_mut().for_each(hide_named_in);
}

fn hide_named_in(value: &mut Value) {
    match value {
        Value::Object(object) => hide_named_secrets(object),
        Value::Array(items) => items.iter_mut().for_each(hide_named_in),
        _ => {}
    }
}

fn is_named_secret(key: &str) -> bool {
    const PARTS: [&str; 7] = ["token", "secret", "password", "jwt", "assertion", "privatekey", "apikey"];
    let letters: String =
        key.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    PARTS.iter().any(|part| letters.contains(part))
}

fn errors(failure: Option<&RefreshFailure>) -> Vec<ConnectionError> {
    failure
        .map(|failure| ConnectionError { kind: "auth", log_id: failure.log_id.clone() })
        .into_iter()
        .collect()
}

fn tags(tags: &Tags) -> BTreeMap<String, String> {
    tags.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn end_user(end_user: &EndUser) -> EndUserResponse {
    EndUserResponse {
        id: end_user.id.clone(),
        display_name: end_user.display_name.clone(),
        email: end_user.email.clone(),
        tags: end_user.tags.clone(),
        organization: end_user.organization.as_ref().map(|organization| OrganizationResponse {
            id: organization.id.clone(),
            display_name: organization.display_name.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn refresh_tokens_are_hidden_in_every_spelling_and_at_every_depth() {
        let mut object = json!({
            "access_token": "a", "refresh_token": "r", "refreshToken": "r", "Refresh-Token2": "r",
            "raw": {"refresh_token": "r", "list": [{"REFRESH_TOKEN": "r", "keep": 1}]},
            "refresh_token_expires_in": 5
        });
        hide_refresh_tokens(object.as_object_mut().unwrap());
        let expected = json!({
            "access_token": "a", "raw": {"list": [{"keep": 1}]}, "refresh_token_expires_in": 5
        });
        assert_eq!(object, expected);
    }

    #[test]
    fn whatever_is_named_like_a_secret_is_hidden_from_keys_without_the_right() {
        let mut config = json!({
            "jwtToken": "j", "oauth_client_secret": "s", "subdomain": "acme", "app_id": "1",
            "nested": {"api_key": "k", "list": [{"Private-Key": "p", "keep": 1}]}
        });
        hide_secrets(config.as_object_mut().unwrap(), None);
        let expected = json!({"subdomain": "acme", "app_id": "1", "nested": {"list": [{"keep": 1}]}});
        assert_eq!(config, expected);
    }

    #[test]
    fn fields_declared_secret_are_hidden_from_keys_without_the_right() {
        let definition = json!({
            "display_name": "X", "categories": [], "auth_mode": "NONE",
            "connection_config": {"pin": {"type": "string", "title": "Pin", "secret": true}}
        });
        let provider: Provider = serde_json::from_value(definition).unwrap();
        let mut config = json!({"pin": "1234", "region": "eu"});
        hide_secrets(config.as_object_mut().unwrap(), Some(&provider));
        assert_eq!(config, json!({"region": "eu"}));
    }
}
