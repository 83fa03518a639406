//! `GET /scripts/config`

mod nango;
mod openai;

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::error::ApiError;
use crate::extract::{Caller, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Lists deployed functions: by provider, or as tools for a language model.
#[utoipa::path(
    get,
    path = "/scripts/config",
    tag = "functions",
    params(("format" = Option<String>, Query, description = "`nango` or `openai`")),
    responses(
        (status = 200, description = "A bare list; with `openai`, `{data: [tool]}`", body = bowline_api::function::ScriptsConfigResponse),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn list_scripts(
    State(state): State<AppState>,
    caller: Caller<scope::IntegrationsListFunctions>,
    query: Query,
) -> Result<Response, ApiError> {
    let mut fields = query.fields().lenient();
    let format = fields.optional_text("format", crate::validate::any_text);
    fields.finish()?;

    let functions = state.engine.list_deployed_functions(caller.environment()).await?;
    Ok(match format.as_deref() {
        Some("openai") => reply::data(openai::tools(&functions)).into_response(),
        _ => reply::Json(nango::groups(functions)).into_response(),
    })
}
