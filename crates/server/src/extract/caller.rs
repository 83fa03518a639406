//! Who calls: authentication, then the rate limit, then the scope.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use bowline_api::error::ErrorCode;
use bowline_domain::environment::Environment;
use bowline_domain::id::ApiKeyId;
use bowline_domain::scope::ScopeSet;
use bowline_engine::access::{Principal, bearer_key};
use bowline_engine::connect::{ConnectSession, SESSION_TOKEN_PREFIX};
use bowline_engine::rate_limit::{Bucket, RateLimitKey};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::count;
use super::scope::Required;
use crate::error::ApiError;
use crate::state::AppState;
use crate::transport::RequestContext;

/// A key bound to an environment, with the scope `S`; where `S` says so, also a connect session.
#[derive(Debug)]
pub struct Caller<S> {
    principal: Arc<Principal>,
    environment: Arc<Environment>,
    session: Option<ConnectSession>,
    required: PhantomData<S>,
}

impl<S> Caller<S> {
    /// The environment the key is bound to.
    pub fn environment(&self) -> &Arc<Environment> {
        &self.environment
    }

    /// The session whose token was shown in place of a key.
    pub fn session(&self) -> Option<&ConnectSession> {
        self.session.as_ref()
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
        if S::TAKES_SESSION && bearer_key(bearer(&parts.headers)?).starts_with(SESSION_TOKEN_PREFIX) {
            let session = admit_session(parts, state).await?;
            let (principal, environment) = (session_principal(&session), Arc::clone(&session.environment));
            return Ok(Self { principal, environment, session: Some(session), required: PhantomData });
        }
        let principal = admit(parts, state).await?;
        let Some(environment) = principal.environment.clone() else {
            let message = "This API key is not authorized for an environment";
            return Err(ApiError::with_message(ErrorCode::Forbidden, message));
        };
        check_scope::<S>(&principal)?;
        Ok(Self { principal, environment, session: None, required: PhantomData })
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
        let principal = admit(parts, state).await?;
        check_scope::<S>(&principal)?;
        Ok(Self { principal, required: PhantomData })
    }
}

/// Whoever shows a connect session's token, and nothing else.
#[derive(Debug)]
pub struct SessionCaller(ConnectSession);

impl SessionCaller {
    /// The session.
    pub fn session(&self) -> &ConnectSession {
        &self.0
    }
}

impl FromRequestParts<AppState> for SessionCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        admit_session(parts, state).await.map(Self)
    }
}

/// The context the transport put beside the request.
pub(super) fn context(parts: &Parts) -> Option<&RequestContext> {
    parts.extensions.get::<Arc<RequestContext>>().map(Arc::as_ref)
}

/// A connect session's token in the `Authorization` header is never tried as a key.
async fn admit_session(parts: &Parts, state: &AppState) -> Result<ConnectSession, ApiError> {
    let token = bearer_key(bearer(&parts.headers)?);
    let session = state.engine.find_connect_session(token).await?;
    count_session(parts, state, &session.environment).await?;
    Ok(session)
}

/// Counts a request that was let in by something else than an API key.
pub(crate) async fn count_session(
    parts: &Parts,
    state: &AppState,
    environment: &Environment,
) -> Result<(), ApiError> {
    count(state, parts, RateLimitKey::Account(environment.account_id, Bucket::Global), 1).await
}

/// What a session may do beyond the routes that take it: nothing.
fn session_principal(session: &ConnectSession) -> Arc<Principal> {
    Arc::new(Principal {
        account_id: session.environment.account_id,
        environment: Some(Arc::clone(&session.environment)),
        key_id: ApiKeyId(0),
        key_uid: session.uid,
        key_name: "connect session".to_owned(),
        scopes: ScopeSet::default(),
    })
}

async fn admit(parts: &Parts, state: &AppState) -> Result<Arc<Principal>, ApiError> {
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
