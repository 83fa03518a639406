//! `POST /sync/deploy`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::function::DeployedFunctionResponse;
use bowline_engine::function::DeployedVersion;
use http::HeaderMap;

use super::cli_version::check_cli_version;
use super::input::deploy_request;
use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Deploys functions, all or none.
#[utoipa::path(
    post,
    path = "/sync/deploy",
    tag = "functions",
    request_body = bowline_api::function::DeployFunctionsRequest,
    responses(
        (status = 200, description = "What was deployed, with its versions", body = Vec<DeployedFunctionResponse>),
        (status = 400, description = "Invalid fields, an unknown integration or rejected code", body = bowline_api::error::ModernError),
        (status = 409, description = "Another deployment is in progress", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn deploy_functions(
    State(state): State<AppState>,
    caller: Caller<scope::Deploy>,
    headers: HeaderMap,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    check_cli_version(&headers)?;
    query.none()?;
    let request = deploy_request(body)?;

    let versions = state.engine.deploy_functions(caller.environment(), request).await?;
    let versions: Vec<_> = versions.into_iter().map(deployed).collect();
    Ok(reply::Json(versions).into_response())
}

fn deployed(version: DeployedVersion) -> DeployedFunctionResponse {
    DeployedFunctionResponse {
        name: version.name.to_string(),
        models: version.models,
        version: version.version,
        provider_config_key: version.integration.to_string(),
        kind: version.kind.as_str(),
    }
}
