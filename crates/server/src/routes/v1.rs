//! `ANY /v1/*`: functions under the addresses they declare (deprecated; spec `functions.md` §3.4).

use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Response};
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::text;
use bowline_engine::function::EndpointCall;
use http::{HeaderMap, Method, StatusCode};
use serde_json::json;

use super::action::trigger::{input_text, output_response};
use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, scope};
use crate::reply;
use crate::state::AppState;
use crate::validate::Fields;

/// Runs the action that declares this method and path; the body is its input.
#[utoipa::path(
    method(get, post, put, patch, delete),
    path = "/v1/{endpoint}",
    tag = "functions",
    params(
        ("endpoint" = String, Path, description = "The path that the action declares"),
        ("Provider-Config-Key" = String, Header, description = "The integration's key"),
        ("Connection-Id" = String, Header, description = "The connection's id"),
    ),
    responses(
        (status = 200, description = "What the action returned", body = serde_json::Value),
        (status = 404, description = "No action declares this address", body = serde_json::Value),
        (status = 424, description = "The provider answered with an error", body = bowline_api::error::ScriptError),
        (status = 500, description = "The action failed", body = bowline_api::error::ScriptError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn call_endpoint(
    State(state): State<AppState>,
    caller: Caller<scope::ActionsExecute>,
    OriginalUri(uri): OriginalUri,
    method: Method,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let mut fields = Fields::headers(&headers, &["provider-config-key", "connection-id"]);
    let integration = fields.required_text("provider-config-key", text::check_integration_key);
    let connection = fields.required_text("connection-id", text::check_connection_key);
    fields.finish()?;
    let integration = IntegrationKey::from_stored(integration);
    let connection = ConnectionKey::from_stored(connection);

    let path = uri.path();
    let path = path.get("/v1".len()..).filter(|path| !path.is_empty()).unwrap_or("/");
    let call =
        EndpointCall { integration: &integration, connection: &connection, method: method.as_str(), path };
    let Some(action) = state.engine.find_endpoint(caller.environment(), call).await? else {
        let body = json!({ "message": format!("Unknown endpoint '{method} {path}'") });
        return Ok((StatusCode::NOT_FOUND, reply::Json(body)).into_response());
    };
    let input = input_text(body.into_value().as_ref());
    let output = state.engine.run_action(caller.environment(), action, input).await?;
    Ok(output_response(output))
}
