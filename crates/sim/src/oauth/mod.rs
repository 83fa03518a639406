//! The authorization server.

pub(crate) mod answer;
pub(crate) mod authorize;
pub(crate) mod client_auth;
pub(crate) mod planned;
pub(crate) mod store;
pub(crate) mod token;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::call::{Call, Fields};
use crate::reply::{self, Reply};
use crate::state::State;

/// Endpoints that answer at once; the token endpoint has delays and failures and lives in `token.rs`.
pub(crate) fn handle(state: &State, call: &Call, endpoint: &str) -> Reply {
    match (&call.method, endpoint) {
        (&Method::GET, "authorize") => authorize::handle(state, call),
        (&Method::POST, "revoke") => with_client(state, call, revoke),
        (&Method::POST, "introspect") => with_client(state, call, introspect),
        _ => reply::error(StatusCode::NOT_FOUND, "not_found", "no such OAuth endpoint or method"),
    }
}

/// An OAuth error answer (RFC 6749 §5.2).
pub(crate) fn oauth_error(status: StatusCode, code: &str, description: &str) -> Reply {
    let mut reply = reply::json(status, &json!({ "error": code, "error_description": description }));
    if status == StatusCode::UNAUTHORIZED {
        reply::set(&mut reply, "www-authenticate", "Basic realm=\"sim\"");
    }
    reply
}

fn with_client(state: &State, call: &Call, act: fn(&State, &Fields) -> Reply) -> Reply {
    let fields = Fields::of_body(call);
    let authenticated = client_auth::authenticate(&state.config.lock().oauth, call, &fields);
    match authenticated {
        Ok(_) => act(state, &fields),
        Err(refusal) => refusal.into_reply(),
    }
}

/// RFC 7009 §2.2: an unknown token is as good as a revoked one.
fn revoke(state: &State, fields: &Fields) -> Reply {
    match fields.get("token") {
        Some(token) => {
            state.tokens.lock().revoke(token);
            reply::empty(StatusCode::OK)
        }
        None => oauth_error(StatusCode::BAD_REQUEST, "invalid_request", "token is missing"),
    }
}

fn introspect(state: &State, fields: &Fields) -> Reply {
    let Some(token) = fields.get("token") else {
        return oauth_error(StatusCode::BAD_REQUEST, "invalid_request", "token is missing");
    };
    let described = state.tokens.lock().describe(token, state.now_ms());
    let answer = match described {
        Some(found) => json!({
            "active": true,
            "token_type": found.token_type,
            "client_id": found.client_id,
            "scope": found.scope,
            "sub": store::SUBJECT,
            "exp": found.expires_at_ms.map(|at| at / 1_000),
        }),
        None => json!({ "active": false }),
    };
    reply::ok(&answer)
}

/// RFC 8414.
pub(crate) fn metadata(state: &State) -> Reply {
    let at = |path: &str| Value::String(format!("{}{path}", state.base_url));
    reply::ok(&json!({
        "issuer": state.base_url,
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "revocation_endpoint": at("/oauth/revoke"),
        "introspection_endpoint": at("/oauth/introspect"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    }))
}
