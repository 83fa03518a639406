//! `DELETE /environments/{environmentId}`

use axum::extract::State;
use axum::response::Response;
use bowline_api::error::ErrorCode;

use super::error::{find_environment, unknown_environment};
use crate::error::ApiError;
use crate::extract::{AccountCaller, Params, Query, scope};
use crate::reply;
use crate::state::AppState;
use crate::validate::Refusal;

/// Deletes an environment with all that is in it.
#[utoipa::path(
    delete,
    path = "/environments/{environmentId}",
    tag = "environments",
    params(("environmentId" = String, Path, description = "The environment's number or public id")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 400, description = "`prod` cannot be deleted", body = bowline_api::error::ModernError),
        (status = 404, description = "No such environment", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn delete_environment(
    State(state): State<AppState>,
    caller: AccountCaller<scope::EnvironmentsDelete>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut fields = params.fields();
    let reference = fields.required_text("environmentId", check_reference);
    fields.finish()?;

    let environment = find_environment(&state, caller.account_id, &reference).await?;
    if environment.name.as_str() == "prod" {
        return Err(ApiError::new(ErrorCode::CannotDeleteProdEnvironment));
    }
    if !state.engine.delete_environment(caller.account_id, environment.id).await? {
        return Err(unknown_environment());
    }
    Ok(reply::no_content())
}

/// A positive number, or a UUID.
pub(super) fn check_reference(text: &str) -> Result<(), Refusal> {
    let is_number = text.parse::<i64>().is_ok_and(|number| number > 0);
    if is_number { Ok(()) } else { crate::validate::uuid(text) }
}
