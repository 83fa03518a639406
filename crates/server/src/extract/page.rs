//! Who asks to connect an account: a page with a session's token or, where it is allowed, a public key.

use axum::extract::FromRequestParts;
use bowline_api::error::ErrorCode;
use bowline_engine::connect::ConnectCaller;
use http::request::Parts;
use serde_json::Value;
use uuid::{Uuid, Variant};

use super::caller::count_session;
use crate::error::ApiError;
use crate::state::AppState;
use crate::validate::parse_query;

/// A page that may connect accounts (spec `auth.md` §2.1). A session's token decides alone if it is there.
#[derive(Debug)]
pub struct PageCaller(pub ConnectCaller);

impl FromRequestParts<AppState> for PageCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let query = parse_query(parts.uri.query())?;
        let text = |name: &str| query.get(name).and_then(Value::as_str);
        let caller = match text("connect_session_token") {
            Some(token) => ConnectCaller::Session(Box::new(state.engine.find_connect_session(token).await?)),
            None => by_public_key(state, text("public_key")).await?,
        };
        count_session(parts, state, caller.environment()).await?;
        Ok(Self(caller))
    }
}

async fn by_public_key(state: &AppState, key: Option<&str>) -> Result<ConnectCaller, ApiError> {
    let key = key.filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| ApiError::classic(ErrorCode::MissingPublicKey))?;
    if !state.settings.allows_public_keys {
        return Err(ApiError::classic(ErrorCode::DeprecatedAuthentication));
    }
    let is_v4 = |key: &Uuid| key.get_variant() == Variant::RFC4122 && key.get_version_num() == 4;
    let key = Uuid::try_parse(key).ok().filter(is_v4);
    let invalid = || ApiError::classic(ErrorCode::InvalidPublicKey);
    let environment = state.engine.find_environment_by_public_key(key.ok_or_else(invalid)?).await?;
    environment.map(ConnectCaller::PublicKey).ok_or_else(invalid)
}
