//! The many shapes of a token answer.

use serde_json::{Map, Value, json};

use crate::clock::to_iso;
use crate::config::{ExpiryStyle, OauthConfig};

use super::store::Grant;

/// The JSON of a successful token answer, shaped as configured.
pub(crate) fn token_answer(config: &OauthConfig, grant: &Grant) -> Value {
    let mut token = Map::new();
    token.insert("access_token".to_owned(), json!(grant.access_token));
    token.insert("token_type".to_owned(), json!("bearer"));
    if let Some((name, value)) = expiry(config.expiry_style, grant) {
        token.insert(name.to_owned(), value);
    }
    if let Some(refresh_token) = &grant.refresh_token {
        token.insert("refresh_token".to_owned(), json!(refresh_token));
    }
    if !grant.scope.is_empty() {
        token.insert("scope".to_owned(), json!(grant.scope));
    }
    let mut answer = nest(token, config.token_path.as_deref());
    answer.extend(config.extra.clone());
    Value::Object(answer)
}

fn expiry(style: ExpiryStyle, grant: &Grant) -> Option<(&'static str, Value)> {
    match style {
        ExpiryStyle::ExpiresInNumber => Some(("expires_in", json!(grant.expires_in))),
        ExpiryStyle::ExpiresInString => Some(("expires_in", json!(grant.expires_in.to_string()))),
        ExpiryStyle::ExpiresInMs => Some(("expires_in", json!(grant.expires_in.saturating_mul(1_000)))),
        ExpiryStyle::ExpiresAtIso => Some(("expires_at", json!(to_iso(grant.expires_at_ms)))),
        ExpiryStyle::ExpiresAtSeconds => Some(("expires_at", json!(grant.expires_at_ms / 1_000))),
        ExpiryStyle::ExpiresAtMs => Some(("expires_at", json!(grant.expires_at_ms))),
        ExpiryStyle::None => None,
    }
}

fn nest(token: Map<String, Value>, path: Option<&str>) -> Map<String, Value> {
    let Some(path) = path.filter(|path| !path.is_empty()) else { return token };
    let wrap =
        |inner: Map<String, Value>, name: &str| Map::from_iter([(name.to_owned(), Value::Object(inner))]);
    path.rsplit('.').fold(token, wrap)
}
