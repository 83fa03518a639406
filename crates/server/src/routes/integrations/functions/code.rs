//! `GET /integrations/{uniqueKey}/functions/{name}/code`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::function::FunctionCodeResponse;
use bowline_domain::function::FunctionKind;

use super::input;
use crate::error::ApiError;
use crate::extract::{Caller, Params, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Shows a function's TypeScript.
#[utoipa::path(
    get,
    path = "/integrations/{uniqueKey}/functions/{name}/code",
    tag = "functions",
    params(
        ("uniqueKey" = String, Path, description = "The integration's key"),
        ("name" = String, Path, description = "The function's name"),
        ("type" = Option<String>, Query, description = "`sync`, `action` or `on-event`"),
        ("event" = Option<String>, Query, description = "The event, where functions of several have the name"),
    ),
    responses(
        (status = 200, description = "The source, without `data` around it", body = FunctionCodeResponse),
        (status = 404, description = "No such function", body = bowline_api::error::ModernError),
        (status = 409, description = "Several have this name", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn get_function_code(
    State(state): State<AppState>,
    caller: Caller<scope::FunctionsRead>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    let address = input::address(query, &params, FunctionKind::NAMES)?;

    let (kind, code) = state.engine.get_function_code(caller.environment(), &address).await?;
    Ok(reply::Json(FunctionCodeResponse { kind: kind.as_str(), code }).into_response())
}
