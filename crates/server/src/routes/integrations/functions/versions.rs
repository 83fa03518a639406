//! `GET /integrations/{uniqueKey}/functions/{name}/versions`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::function::FunctionVersionResponse;
use bowline_domain::function::FunctionKind;

use super::{input, wire};
use crate::error::ApiError;
use crate::extract::{Caller, Params, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Lists the kept versions of a function, the newest first.
#[utoipa::path(
    get,
    path = "/integrations/{uniqueKey}/functions/{name}/versions",
    tag = "functions",
    params(
        ("uniqueKey" = String, Path, description = "The integration's key"),
        ("name" = String, Path, description = "The function's name"),
        ("type" = Option<String>, Query, description = "`sync`, `action` or `on-event`"),
        ("event" = Option<String>, Query, description = "The event, where functions of several have the name"),
    ),
    responses(
        (status = 200, description = "`{data: [version]}`", body = inline(reply::Data<Vec<FunctionVersionResponse>>)),
        (status = 404, description = "No such function", body = bowline_api::error::ModernError),
        (status = 409, description = "Several have this name", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn list_function_versions(
    State(state): State<AppState>,
    caller: Caller<scope::FunctionsRead>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    let address = input::address(query, &params, FunctionKind::NAMES)?;

    let kept = state.engine.list_function_versions(caller.environment(), &address).await?;
    let versions: Vec<_> = kept.into_iter().map(wire::version_response).collect();
    Ok(reply::data(versions).into_response())
}
