//! `DELETE /connections/{connectionId}`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::error::ErrorCode;
use bowline_api::integration::SuccessResponse;

use super::input;
use crate::error::ApiError;
use crate::extract::{Caller, Params, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Deletes a connection.
#[utoipa::path(
    delete,
    path = "/connections/{connectionId}",
    tag = "connections",
    params(
        ("connectionId" = String, Path, description = "The connection's id"),
        ("provider_config_key" = String, Query, description = "The integration's key"),
    ),
    responses(
        (status = 200, description = "Deleted", body = SuccessResponse),
        (status = 400, description = "No such connection", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn delete_connection(
    State(state): State<AppState>,
    caller: Caller<scope::ConnectionsDelete>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    let connection = input::connection_key(&params)?;
    let integration = input::integration_key(query)?;
    if !state.engine.delete_connection(caller.environment(), &integration, &connection).await? {
        return Err(ApiError::new(ErrorCode::UnknownConnection));
    }
    Ok(reply::Json(SuccessResponse { success: true }).into_response())
}
