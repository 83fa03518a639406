//! `POST /environment/webhook-signing-key/rotate`

use axum::extract::State;
use axum::response::Response;
use bowline_api::environment::WebhookSigningKeyResponse;

use crate::error::ApiError;
use crate::extract::{Caller, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Replaces the key that signs the environment's webhooks.
#[utoipa::path(
    post,
    path = "/environment/webhook-signing-key/rotate",
    tag = "environments",
    responses((status = 200, description = "`{data: {webhook_signing_key}}`", body = inline(reply::Data<WebhookSigningKeyResponse>))),
    security(("secret_key" = []))
)]
pub(crate) async fn rotate_signing_key(
    State(state): State<AppState>,
    caller: Caller<scope::WebhookSigningKeyRotate>,
    query: Query,
) -> Result<Response, ApiError> {
    query.none()?;
    let key = state.engine.rotate_webhook_signing_key(caller.environment().id).await?;
    Ok(reply::no_store(reply::data(WebhookSigningKeyResponse { webhook_signing_key: key.expose().clone() })))
}
