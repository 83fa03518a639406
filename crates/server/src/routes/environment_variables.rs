//! `GET /environment-variables`

use axum::extract::State;
use axum::response::Response;
use bowline_api::environment::EnvironmentVariableResponse;

use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Lists the environment's variables with their values.
#[utoipa::path(
    get,
    path = "/environment-variables",
    tag = "environments",
    responses((status = 200, description = "A bare list", body = Vec<EnvironmentVariableResponse>)),
    security(("secret_key" = []))
)]
pub(crate) async fn list_environment_variables(
    State(state): State<AppState>,
    caller: Caller<scope::VariablesRead>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    body.none()?;
    let variables = state.engine.list_variables(caller.environment()).await.map_err(ApiError::unexpected)?;
    let list: Vec<_> = variables
        .into_iter()
        .map(|variable| EnvironmentVariableResponse {
            name: variable.name,
            value: variable.value.expose().clone(),
        })
        .collect();
    Ok(reply::no_store(reply::Json(list)))
}
