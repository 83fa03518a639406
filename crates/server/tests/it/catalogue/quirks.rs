//! What some providers answer beyond their definitions, where code reads it.

use bowline_domain::provider::{AuthMode, Provider};
use serde_json::{Map, Value, json};

/// Fields of an answer that only code knows.
pub fn fields(provider: &Provider) -> Map<String, Value> {
    let name = provider.alias.as_deref().unwrap_or(&provider.name);
    let fields = match (provider.auth_mode, name) {
        (AuthMode::App | AuthMode::Custom, _) => {
            json!({"token": "it-1", "expires_at": "2033-05-18T03:33:20Z"})
        }
        (AuthMode::Bill, _) => json!({"sessionId": "sid-1", "userId": "u-1"}),
        // The answer of a registration (RFC 7591 §3.2.1).
        (AuthMode::McpOAuth2, _) => json!({"client_id": "cid-1"}),
        (_, "apollo") => json!({"is_logged_in": true}),
        (_, "skio") => json!({"data": {"Orders": []}}),
        (_, "shopline-oauth") => json!({
            "code": 200, "data": {"accessToken": "at-1", "expireTime": "2033-05-18T03:33:20.000+00:00"},
        }),
        (_, "tiktok-ads" | "tiktok-accounts") => {
            json!({"code": 0, "data": {"access_token": "at-1", "refresh_token": "rt-1", "advertiser_ids": ["1"]}})
        }
        (_, "zoho") => json!({"api_domain": "https://www.zohoapis.com"}),
        _ => json!({"ok": true}),
    };
    fields.as_object().cloned().unwrap()
}
