//! `GET /action/{id}`

use axum::extract::State;
use axum::response::Response;
use bowline_domain::id::TaskId;
use bowline_engine::function::AsyncResult;
use uuid::Uuid;

use super::trigger::output_response;
use crate::error::ApiError;
use crate::extract::{Caller, Params, Query, scope};
use crate::state::AppState;
use crate::validate::Refusal;

/// The output of an action that was triggered with `X-Async`, once there is one.
#[utoipa::path(
    get,
    path = "/action/{id}",
    tag = "functions",
    params(("id" = String, Path, description = "What triggering it answered")),
    responses(
        (status = 200, description = "What the action returned", body = serde_json::Value),
        (status = 404, description = "Not done yet, unknown, or without an output", body = bowline_api::error::ModernError),
        (status = 500, description = "Its last attempt failed", body = bowline_api::error::ScriptError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn get_action(
    State(state): State<AppState>,
    caller: Caller<scope::ActionsExecute>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut fields = params.fields();
    let id = fields.required_text("id", |text| match Uuid::parse_str(text) {
        Ok(_) => Ok(()),
        Err(_) => Err(Refusal::format("Invalid UUID")),
    });
    fields.finish()?;
    let pending = || ApiError::not_found(format!("No action '{id}' found"));
    let uuid = Uuid::parse_str(&id).map_err(|_| pending())?;
    match state.engine.async_action_result(caller.environment(), TaskId(uuid)).await? {
        // An output of null counts as none, as the protocol has it.
        AsyncResult::Succeeded(output) if output != "null" => Ok(output_response(output)),
        AsyncResult::Failed(failure) => Err(failure.into()),
        AsyncResult::Succeeded(_) | AsyncResult::Pending => Err(pending()),
    }
}
