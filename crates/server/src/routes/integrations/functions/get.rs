//! `GET /integrations/{uniqueKey}/functions/{name}`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::function::FunctionResponse;
use bowline_domain::function::FunctionKind;

use super::{input, wire};
use crate::error::ApiError;
use crate::extract::{Caller, Params, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Shows one function.
#[utoipa::path(
    get,
    path = "/integrations/{uniqueKey}/functions/{name}",
    tag = "functions",
    params(
        ("uniqueKey" = String, Path, description = "The integration's key"),
        ("name" = String, Path, description = "The function's name"),
        ("type" = Option<String>, Query, description = "`sync`, `action` or `on-event`"),
        ("event" = Option<String>, Query, description = "The event, where functions of several have the name"),
    ),
    responses(
        (status = 200, description = "`{data: function}`", body = inline(reply::Data<FunctionResponse>)),
        (status = 404, description = "No such function", body = bowline_api::error::ModernError),
        (status = 409, description = "Several have this name; `payload.matches` lists them", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn get_function(
    State(state): State<AppState>,
    caller: Caller<scope::FunctionsRead>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    let address = input::address(query, &params, FunctionKind::NAMES)?;

    let function = state.engine.get_function(caller.environment(), &address).await?;
    Ok(reply::data(wire::function_response(function)).into_response())
}
