//! Counting requests against the rate limit.

use axum::extract::FromRequestParts;
use bowline_engine::rate_limit::RateLimitKey;
use http::request::Parts;

use super::caller::context;
use crate::error::ApiError;
use crate::state::AppState;

/// Counts `cost` units; the response's headers say what is left.
pub(crate) async fn count(
    state: &AppState,
    parts: &Parts,
    key: RateLimitKey,
    cost: u64,
) -> Result<(), ApiError> {
    let Some(verdict) = state.engine.rate_limiter.count(key, cost).await else { return Ok(()) };
    if let Some(context) = context(parts) {
        context.counted.get_or_init(|| verdict);
    }
    if verdict.allowed {
        return Ok(());
    }
    let retry_after_seconds = verdict.resets_in.as_millis().div_ceil(1_000).max(1);
    let seconds = u64::try_from(retry_after_seconds).unwrap_or(u64::MAX);
    Err(ApiError::rate_limited(&parts.method, parts.uri.path(), seconds))
}

/// An unauthenticated request, counted as `COST` units of the client's address.
#[derive(Debug, Clone, Copy)]
pub struct AddressLimited<const COST: u64>;

impl<const COST: u64> FromRequestParts<AppState> for AddressLimited<COST> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        if let Some(client) = context(parts).and_then(|context| context.client) {
            count(state, parts, RateLimitKey::Address(client), COST).await?;
        }
        Ok(Self)
    }
}
