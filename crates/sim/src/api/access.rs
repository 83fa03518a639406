//! Who may call the API: a bearer token, an API key, or Basic credentials.

use http::StatusCode;
use serde::Serialize;

use crate::call::Call;
use crate::oauth::client_auth::basic_credentials;
use crate::oauth::store::{AccessCheck, SUBJECT};
use crate::reply::{self, Reply};
use crate::state::State;

const KEY_PREFIX: &str = "sim-key-";

/// The body of `/api/user`.
#[derive(Serialize)]
pub(crate) struct Caller {
    id: &'static str,
    name: &'static str,
    email: &'static str,
    authenticated_by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

impl Caller {
    fn new(authenticated_by: &'static str) -> Self {
        let (name, email) = ("Sim User", "sim.user@example.com");
        Self { id: SUBJECT, name, email, authenticated_by, client_id: None, scope: None }
    }
}

pub(crate) fn check(state: &State, call: &Call) -> Result<Caller, Box<Reply>> {
    if let Some(token) = bearer_token(call) {
        return check_bearer(state, token);
    }
    if has_api_key(call) {
        return Ok(Caller::new("api_key"));
    }
    let config = state.config.lock().api.clone();
    match basic_credentials(call) {
        Some((name, password)) if name == config.basic_username && password == config.basic_password => {
            Ok(Caller::new("basic"))
        }
        Some(_) if config.require_auth => Err(unauthorized("bad_credentials", "Basic realm=\"sim\"")),
        _ if config.require_auth => Err(unauthorized("missing_credentials", "Bearer realm=\"sim\"")),
        _ => Ok(Caller::new("nothing")),
    }
}

fn check_bearer(state: &State, token: &str) -> Result<Caller, Box<Reply>> {
    let refusal = "Bearer realm=\"sim\", error=\"invalid_token\"";
    let checked = state.tokens.lock().check_access(token, state.now_ms());
    match checked {
        AccessCheck::Active { client_id, scope } => {
            Ok(Caller { client_id: Some(client_id), scope: Some(scope), ..Caller::new("bearer") })
        }
        AccessCheck::Expired => Err(unauthorized("token_expired", refusal)),
        // Some providers take the same keys as bearer tokens.
        AccessCheck::Unknown if token.starts_with(KEY_PREFIX) => Ok(Caller::new("api_key")),
        AccessCheck::Unknown if !state.config.lock().api.require_auth => Ok(Caller::new("nothing")),
        AccessCheck::Unknown => Err(unauthorized("invalid_token", refusal)),
    }
}

fn bearer_token(call: &Call) -> Option<&str> {
    let (scheme, token) = call.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn has_api_key(call: &Call) -> bool {
    let in_header = call.header("x-api-key").is_some_and(|key| key.starts_with(KEY_PREFIX));
    in_header || call.query().get("api_key").is_some_and(|key| key.starts_with(KEY_PREFIX))
}

fn unauthorized(code: &str, challenge: &str) -> Box<Reply> {
    let mut reply = reply::error(StatusCode::UNAUTHORIZED, code, "valid credentials are needed");
    reply::set(&mut reply, "www-authenticate", challenge);
    Box::new(reply)
}
