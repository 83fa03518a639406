//! Who calls: authentication, then the rate limit, then the scope.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use bowline_api::error::ErrorCode;
use bowline_domain::environment::Environment;
use bowline_engine::access::{Principal, bearer_key};
use bowline_engine::rate_limit::{Bucket, RateLimitKey};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::count;
use super::scope::Required;
use crate::error::ApiError;
use crate::state::AppState;
use crate::transport::RequestContext;

const SESSION_PREFIX: &str = "nango_connect_session_";
const SESSION_HEX_CHARS: usize = 64;

/// A key bound to an environment, with the scope `S`.
#[derive(Debug)]
pub struct Caller<S> {
    principal: Arc<Principal>,
    environment: Arc<Environment>,
    required: PhantomData<S>,
}

impl<S> Caller<S> {
    /// The environment the key is bound to.
    pub fn environment(&self) -> &Arc<Environment> {
        &self.environment
    }

    /// Refuses a key without `scope`, for rights that depend on what is asked for.
    pub fn require(&self, scope: &str) -> Result<(), ApiError> {
        if self.principal.scopes.allows(scope) { Ok(()) } else { Err(insufficient(&[scope])) }
    }
}

impl<S> Deref for Caller<S> {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.principal
    }
}

impl<S: Required> FromRequestParts<AppState> for Caller<S> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let principal = admit::<S>(parts, state).await?;
        let Some(environment) = principal.environment.clone() else {
            let message = "This API key is not authorized for an environment";
            return Err(ApiError::with_message(ErrorCode::Forbidden, message));
        };
        check_scope::<S>(&principal)?;
        Ok(Self { principal, environment, required: PhantomData })
    }
}

/// A key with the account scope `S`, bound to an environment or not.
#[derive(Debug)]
pub struct AccountCaller<S> {
    principal: Arc<Principal>,
    required: PhantomData<S>,
}

impl<S> AccountCaller<S> {
    /// Refuses a key without `scope`, for rights that depend on what is asked for.
    pub fn require(&self, scope: &str) -> Result<(), ApiError> {
        if self.principal.scopes.allows(scope) { Ok(()) } else { Err(insufficient(&[scope])) }
    }
}

impl<S> Deref for AccountCaller<S> {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.principal
    }
}

impl<S: Required> FromRequestParts<AppState> for AccountCaller<S> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let principal = admit::<S>(parts, state).await?;
        check_scope::<S>(&principal)?;
        Ok(Self { principal, required: PhantomData })
    }
}

/// The context the transport put beside the request.
pub(super) fn context(parts: &Parts) -> Option<&RequestContext> {
    parts.extensions.get::<Arc<RequestContext>>().map(Arc::as_ref)
}

async fn admit<S: Required>(parts: &Parts, state: &AppState) -> Result<Arc<Principal>, ApiError> {
    if S::TAKES_SESSION {
        refuse_session(bearer_key(bearer(&parts.headers)?))?;
    }
    let principal = authenticate(&parts.headers, state).await?;
    if let Some(context) = context(parts) {
        context.caller.get_or_init(|| (principal.account_id, principal.key_id));
    }
    let key = RateLimitKey::Account(principal.account_id, bucket(parts));
    count(state, parts, key, 1).await?;
    Ok(principal)
}

fn bearer(headers: &HeaderMap) -> Result<&str, ApiError> {
    let header = headers.get(AUTHORIZATION).ok_or_else(|| ApiError::classic(ErrorCode::MissingAuthHeader))?;
    header.to_str().map_err(|_| ApiError::classic(ErrorCode::InvalidSecretKeyFormat))
}

/// Whoever holds the key in the `Authorization` header.
pub(crate) async fn authenticate(headers: &HeaderMap, state: &AppState) -> Result<Arc<Principal>, ApiError> {
    Ok(state.engine.access.authenticate(bearer(headers)?).await?)
}

/// A connect-session token is never tried as a key. No session can be open yet, so each is unknown.
fn refuse_session(token: &str) -> Result<(), ApiError> {
    let Some(hex) = token.strip_prefix(SESSION_PREFIX) else { return Ok(()) };
    let is_hex = hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let is_token = hex.len() == SESSION_HEX_CHARS && is_hex;
    Err(ApiError::classic(if is_token {
        ErrorCode::UnknownConnectSessionToken
    } else {
        ErrorCode::InvalidConnectSessionTokenFormat
    }))
}

fn bucket(parts: &Parts) -> Bucket {
    let is_script = parts.headers.get("nango-is-script").is_some_and(|value| value.as_bytes() == b"true");
    if is_script { Bucket::SecretScript } else { Bucket::Secret }
}

fn check_scope<S: Required>(principal: &Principal) -> Result<(), ApiError> {
    let is_granted = S::ANY_OF.is_empty() || S::ANY_OF.iter().any(|scope| principal.scopes.allows(scope));
    if is_granted { Ok(()) } else { Err(insufficient(S::ANY_OF)) }
}

fn insufficient(required: &[&str]) -> ApiError {
    let message = match required {
        [one] => format!("Insufficient scope. Required: {one}"),
        several => format!("Insufficient scope. Required one of: {}", several.join(" or ")),
    };
    ApiError::with_message(ErrorCode::Forbidden, message)
}
