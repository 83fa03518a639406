//! `GET /scripts/config`

use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::error::ApiError;
use crate::extract::{Caller, Query, scope};
use crate::reply;

/// Lists deployed functions. This server runs none yet, so the list is empty in every format.
#[utoipa::path(
    get,
    path = "/scripts/config",
    tag = "functions",
    params(("format" = Option<String>, Query, description = "`nango` or `openai`")),
    responses((status = 200, description = "A bare list", body = Vec<Value>)),
    security(("secret_key" = []))
)]
pub(crate) async fn list_scripts(
    _: Caller<scope::IntegrationsListFunctions>,
    _: Query,
) -> Result<Response, ApiError> {
    Ok(reply::Json(Vec::<Value>::new()).into_response())
}
