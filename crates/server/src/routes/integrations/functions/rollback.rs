//! `POST /integrations/{uniqueKey}/functions/{name}/rollback`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::function::FunctionResponse;
use bowline_domain::function::FunctionKind;
use bowline_domain::id::FunctionId;
use bowline_engine::function::{FunctionAddress, RollbackTarget};

use super::{input, wire};
use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Params, Query, scope};
use crate::reply;
use crate::state::AppState;
use crate::validate::{Refusal, length};

/// Goes back to a kept version of a function. Runs under way end with the code they have.
#[utoipa::path(
    post,
    path = "/integrations/{uniqueKey}/functions/{name}/rollback",
    tag = "functions",
    params(
        ("uniqueKey" = String, Path, description = "The integration's key"),
        ("name" = String, Path, description = "The function's name"),
    ),
    request_body = bowline_api::function::RollbackFunctionRequest,
    responses(
        (status = 200, description = "`{data: function}` as it is now", body = inline(reply::Data<FunctionResponse>)),
        (status = 404, description = "No such function or version", body = bowline_api::error::ModernError),
        (status = 409, description = "Several have this name, or a deployment is in progress", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn rollback_function(
    State(state): State<AppState>,
    caller: Caller<scope::Deploy>,
    query: Query,
    params: Params,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    let (address, target) = wanted(body, &params)?;

    let function = state.engine.rollback_function(caller.environment(), address, target).await?;
    Ok(reply::data(wire::function_response(function)).into_response())
}

fn wanted(body: JsonBody, params: &Params) -> Result<(FunctionAddress, RollbackTarget), ApiError> {
    let mut fields = body.fields();
    let (kind, event) = input::kind_and_event(&mut fields, FunctionKind::NAMES);
    let version = fields.optional_text("version", length(1, 255)).map(RollbackTarget::Version);
    let id = fields.optional_integer("id", 1..=i64::MAX).map(|id| RollbackTarget::Id(FunctionId(id)));
    if version.is_some() == id.is_some() {
        fields.refuse(&[], Refusal::custom("Say which version with either version or id"));
    }
    fields.finish()?;
    let address = input::with_path(params, kind, event)?;
    let target = version.or(id).ok_or_else(|| ApiError::invalid_body("version is missing"))?;
    Ok((address, target))
}
