//! `PATCH /connections/{connectionId}`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::integration::SuccessResponse;

use super::input;
use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Params, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Changes a connection's end user, tags or event address.
#[utoipa::path(
    patch,
    path = "/connections/{connectionId}",
    tag = "connections",
    params(
        ("connectionId" = String, Path, description = "The connection's id"),
        ("provider_config_key" = String, Query, description = "The integration's key"),
    ),
    request_body = bowline_api::connection::UpdateConnectionRequest,
    responses(
        (status = 200, description = "Changed", body = SuccessResponse),
        (status = 400, description = "Invalid fields, or no such integration", body = bowline_api::error::ModernError),
        (status = 404, description = "No such connection", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn update_connection(
    State(state): State<AppState>,
    caller: Caller<scope::ConnectionsUpdate>,
    query: Query,
    body: JsonBody,
    params: Params,
) -> Result<Response, ApiError> {
    let integration = input::integration_key(query)?;
    let mut fields = body.fields();
    let end_user = input::end_user(&mut fields);
    let tags = fields.optional_tags("tags");
    let webhook_url_override = input::webhook_url_override(&mut fields);
    fields.finish()?;
    let connection = input::connection_key(&params)?;
    input::check_webhook_target(&state.engine, webhook_url_override.as_deref())?;

    let address = webhook_url_override.map(|address| Some(address).filter(|address| !address.is_empty()));
    let ids = (&integration, &connection);
    state.engine.update_connection(caller.environment(), ids, end_user, tags, address).await?;
    Ok(reply::Json(SuccessResponse { success: true }).into_response())
}
