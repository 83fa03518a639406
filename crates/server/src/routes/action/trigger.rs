//! `POST /action/trigger`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::action::{ActionAcceptedResponse, TriggerActionRequest};
use bowline_domain::id::{ConnectionKey, FunctionName, IntegrationKey};
use bowline_domain::task::RetriesMax;
use bowline_domain::text;
use bowline_engine::function::ActionCall;
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;

use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Query, scope};
use crate::reply;
use crate::state::AppState;
use crate::validate::Fields;

/// Runs an action, and answers with what it returns; or, with `X-Async`, at once with where the result will be.
#[utoipa::path(
    post,
    path = "/action/trigger",
    tag = "functions",
    params(
        ("Provider-Config-Key" = String, Header, description = "The integration's key"),
        ("Connection-Id" = String, Header, description = "The connection's id"),
        ("X-Async" = Option<bool>, Header, description = "Answer at once"),
        ("X-Max-Retries" = Option<u8>, Header, description = "Further attempts after a failure, 0 to 5; only with `X-Async`"),
    ),
    request_body = TriggerActionRequest,
    responses(
        (status = 200, description = "What the action returned", body = Value),
        (status = 202, description = "It will run", body = ActionAcceptedResponse),
        (status = 404, description = "No such action, or it is disabled", body = bowline_api::error::ModernError),
        (status = 424, description = "The provider answered with an error", body = bowline_api::error::ScriptError),
        (status = 500, description = "The action failed", body = bowline_api::error::ScriptError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn trigger_action(
    State(state): State<AppState>,
    caller: Caller<scope::ActionsExecute>,
    headers: HeaderMap,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    let Target { integration, connection, is_async, retries_max } = target(&headers)?;
    let mut fields = body.fields().lenient();
    let name = fields.required_text("action_name", text::check_function_name);
    let input = fields.take("input");
    fields.finish()?;

    let name = FunctionName::from_stored(name);
    let call = ActionCall { integration: &integration, connection: &connection, name: &name };
    let input = input_text(input.as_ref());
    if is_async {
        let id = state.engine.enqueue_action(caller.environment(), call, input, retries_max).await?;
        return Ok(accepted(&id.to_string()));
    }
    let output = state.engine.trigger_action(caller.environment(), call, input).await?;
    Ok(output_response(output))
}

/// What the headers say.
struct Target {
    integration: IntegrationKey,
    connection: ConnectionKey,
    is_async: bool,
    retries_max: RetriesMax,
}

fn target(headers: &HeaderMap) -> Result<Target, ApiError> {
    let names = ["provider-config-key", "connection-id", "x-async", "x-max-retries"];
    let mut fields = Fields::headers(headers, &names);
    let integration = fields.required_text("provider-config-key", text::check_integration_key);
    let connection = fields.required_text("connection-id", text::check_connection_key);
    let is_async = fields.optional_bool("x-async").unwrap_or(false);
    let retries_max = fields.optional_integer("x-max-retries", 0..=RetriesMax::MAX.get().into());
    fields.finish()?;
    let retries_max = retries_max.and_then(|count| RetriesMax::new(u8::try_from(count).ok()?));
    Ok(Target {
        integration: IntegrationKey::from_stored(integration),
        connection: ConnectionKey::from_stored(connection),
        is_async,
        retries_max: retries_max.unwrap_or(RetriesMax::NONE),
    })
}

/// What JavaScript takes for false counts as no input (spec `functions.md` §3.1).
pub(crate) fn input_text(input: Option<&Value>) -> Option<String> {
    let is_something = |value: &&Value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        _ => true,
    };
    input.filter(is_something).map(Value::to_string)
}

/// The output as it is; what JavaScript takes for false arrives as `null` (spec `functions.md` §3.1).
pub(crate) fn output_response(output: String) -> Response {
    let is_nothing = matches!(output.as_str(), "0" | "-0" | "false" | "\"\"" | "");
    reply::json_text(if is_nothing { "null".to_owned() } else { output })
}

fn accepted(id: &str) -> Response {
    let status_url = format!("/action/{id}");
    let location = HeaderValue::from_str(&status_url);
    let body = reply::Json(ActionAcceptedResponse { id: id.to_owned(), status_url });
    let mut response = (StatusCode::ACCEPTED, body).into_response();
    if let Ok(location) = location {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}
