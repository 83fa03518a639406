//! What a script can change about the simulated provider while it runs.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::failure::PlannedFailure;

/// The whole behaviour. `POST /_sim/config` merges a partial JSON object into it (RFC 7396).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimConfig {
    /// The authorization server under `/oauth`.
    pub oauth: OauthConfig,
    /// The protected API under `/api`.
    pub api: ApiConfig,
    /// What is remembered of each request.
    pub recording: RecordingConfig,
}

/// Behaviour of the authorization server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OauthConfig {
    /// The registered clients. Default: `sim-client` with the secret `sim-secret`.
    pub clients: Vec<Client>,
    /// How clients must prove who they are. Default: any way.
    pub require_client_auth: ClientAuthMethod,
    /// Refuse authorization requests without a PKCE challenge. Default: false.
    pub require_pkce: bool,
    /// Answer authorization requests with a redirect at once, without a page. Default: false.
    pub auto_approve: bool,
    /// Answer every authorization request with this error (for example `access_denied`). Default: none.
    pub authorize_error: Option<String>,
    /// Give a new refresh token with every refresh. Default: true.
    pub rotate_refresh_tokens: bool,
    /// How long the previous refresh token still works after a rotation. Default: 0.
    pub refresh_grace_seconds: u64,
    /// Revoke the whole family when a superseded refresh token comes back outside grace. Default: true.
    pub reuse_detection: bool,
    /// Leave the refresh token out of refresh answers; it then stays valid. Default: false.
    pub omit_refresh_token: bool,
    /// A refresh ends the access tokens issued before it. Default: false.
    pub revoke_previous_access: bool,
    /// Lifetime of access tokens. Default: 3600.
    pub expires_in_seconds: u64,
    /// How the lifetime is told to the client. Default: `expires_in` as a number.
    pub expiry_style: ExpiryStyle,
    /// Where the token fields are nested, with dots (`authed_user`, `data.token`). Default: top level.
    pub token_path: Option<String>,
    /// Wait before a token request is processed. Default: 0, at most 60,000.
    pub token_delay_ms: u64,
    /// Failures of the next token requests, first in, first out. Default: none.
    pub fail: VecDeque<PlannedFailure>,
    /// Further top-level fields of each token answer. Default: none.
    pub extra: Map<String, Value>,
}

impl Default for OauthConfig {
    fn default() -> Self {
        Self {
            clients: vec![Client::new("sim-client", "sim-secret")],
            require_client_auth: ClientAuthMethod::Any,
            require_pkce: false,
            auto_approve: false,
            authorize_error: None,
            rotate_refresh_tokens: true,
            refresh_grace_seconds: 0,
            reuse_detection: true,
            omit_refresh_token: false,
            revoke_previous_access: false,
            expires_in_seconds: 3_600,
            expiry_style: ExpiryStyle::ExpiresInNumber,
            token_path: None,
            token_delay_ms: 0,
            fail: VecDeque::new(),
            extra: Map::new(),
        }
    }
}

/// A registered OAuth client. These are made-up values of a simulator, so they may be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`; without one the client is public and needs only its id.
    #[serde(default)]
    pub secret: Option<String>,
    /// Allowed redirect URIs; an empty list allows any.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
}

impl Client {
    /// A confidential client that may redirect anywhere.
    pub fn new(id: &str, secret: &str) -> Self {
        Self { id: id.to_owned(), secret: Some(secret.to_owned()), redirect_uris: Vec::new() }
    }
}

/// RFC 6749 §2.3.1: the two ways to send a client secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthMethod {
    /// Only the `Authorization: Basic` header.
    Basic,
    /// Only `client_id` and `client_secret` in the body.
    Body,
    /// Either.
    Any,
}

/// How a token answer tells when the access token ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryStyle {
    /// `"expires_in": 3600`
    ExpiresInNumber,
    /// `"expires_in": "3600"`
    ExpiresInString,
    /// `"expires_in": 3600000`
    ExpiresInMs,
    /// `"expires_at": "2026-01-01T00:00:00.000Z"`
    ExpiresAtIso,
    /// `"expires_at": 1767225600`
    ExpiresAtSeconds,
    /// `"expires_at": 1767225600000`
    ExpiresAtMs,
    /// Nothing is said.
    None,
}

/// Behaviour of the protected API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApiConfig {
    /// Refuse calls without valid credentials. Default: true.
    pub require_auth: bool,
    /// Size of the generated set of issues; a change makes the set anew. Default: 250, at most 100,000.
    pub issues: usize,
    /// Largest page a caller may ask for. Default: 100, at most 10,000.
    pub page_limit_max: usize,
    /// User name accepted by Basic authentication. Default: `sim-user`.
    pub basic_username: String,
    /// Password accepted by Basic authentication. Default: `sim-password`.
    pub basic_password: String,
}

impl Default for ApiConfig {
    fn default() -> Self {
        Self {
            require_auth: true,
            issues: 250,
            page_limit_max: 100,
            basic_username: "sim-user".to_owned(),
            basic_password: "sim-password".to_owned(),
        }
    }
}

/// What is remembered of each request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordingConfig {
    /// Record requests at all; benchmarks turn it off. Default: true.
    pub enabled: bool,
    /// Bytes of a body that are kept. Default: 65,536.
    pub body_bytes_max: usize,
}

impl Default for RecordingConfig {
    fn default() -> Self {
        Self { enabled: true, body_bytes_max: 65_536 }
    }
}

/// JSON merge patch (RFC 7396): objects merge, null removes, everything else replaces.
pub(crate) fn merge(target: &mut Value, patch: Value) {
    let Value::Object(changes) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(fields) = target.as_object_mut() else { return };
    for (name, change) in changes {
        if change.is_null() {
            fields.remove(&name);
        } else {
            merge(fields.entry(name).or_insert(Value::Null), change);
        }
    }
}
