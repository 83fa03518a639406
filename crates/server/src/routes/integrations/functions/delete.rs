//! `DELETE /integrations/{uniqueKey}/functions/{name}`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::integration::SuccessResponse;

use super::input;
use crate::error::ApiError;
use crate::extract::{Caller, Params, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Deletes a sync or an action that was not deployed from a repository, with all its versions.
#[utoipa::path(
    delete,
    path = "/integrations/{uniqueKey}/functions/{name}",
    tag = "functions",
    params(
        ("uniqueKey" = String, Path, description = "The integration's key"),
        ("name" = String, Path, description = "The function's name"),
        ("type" = Option<String>, Query, description = "`sync` or `action`"),
    ),
    responses(
        (status = 200, description = "`{data: {success: true}}`", body = inline(reply::Data<SuccessResponse>)),
        (status = 400, description = "It is managed by a repository", body = bowline_api::error::ModernError),
        (status = 404, description = "No such function", body = bowline_api::error::ModernError),
        (status = 409, description = "Several have this name, or a deployment is in progress", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn delete_function(
    State(state): State<AppState>,
    caller: Caller<scope::FunctionsDelete>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    let address = input::address(query, &params, &["sync", "action"])?;

    state.engine.delete_function(caller.environment(), address).await?;
    Ok(reply::data(SuccessResponse { success: true }).into_response())
}
