//! `ALL /proxy/*`

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::Response;
use http::Request;

use crate::error::ApiError;
use crate::extract::{Caller, scope};
use crate::state::AppState;

/// Answers a request below `/proxy`. Path, query and body arrive as they came; nothing was read or rewritten.
pub(crate) async fn proxy(state: &AppState, request: Request<Body>) -> Result<Response, ApiError> {
    let (mut parts, _body) = request.into_parts();
    let _caller = Caller::<scope::Proxy>::from_request_parts(&mut parts, state).await?;
    Err(ApiError::not_found("The proxy is not part of this server"))
}
