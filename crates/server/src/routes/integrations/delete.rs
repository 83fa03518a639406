//! `DELETE /integrations/{uniqueKey}`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::integration::SuccessResponse;
use bowline_domain::id::IntegrationKey;
use bowline_domain::text;

use crate::error::ApiError;
use crate::extract::{Caller, Params, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Deletes an integration with its connections.
#[utoipa::path(
    delete,
    path = "/integrations/{uniqueKey}",
    tag = "integrations",
    params(("uniqueKey" = String, Path, description = "The integration's key")),
    responses(
        (status = 200, description = "Deleted", body = SuccessResponse),
        (status = 404, description = "No such integration", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn delete_integration(
    State(state): State<AppState>,
    caller: Caller<scope::IntegrationsDelete>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut fields = params.fields();
    let key = IntegrationKey::from_stored(fields.required_text("uniqueKey", text::check_integration_key));
    fields.finish()?;

    if !state.engine.delete_integration(caller.environment(), &key).await? {
        return Err(ApiError::not_found(format!("Integration \"{key}\" does not exist")));
    }
    Ok(reply::Json(SuccessResponse { success: true }).into_response())
}
