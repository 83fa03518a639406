//! `POST /connect/sessions/reconnect`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::connect::{ConnectSessionResponse, ReconnectSessionRequest};
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::text;
use http::StatusCode;

use super::input;
use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Opens a session in which an end user authorizes an existing connection again.
#[utoipa::path(
    post,
    path = "/connect/sessions/reconnect",
    tag = "connect",
    request_body = ReconnectSessionRequest,
    responses(
        (status = 201, description = "The session's token and link", body = inline(reply::Data<ConnectSessionResponse>)),
        (status = 400, description = "Invalid fields, or no such connection", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn reconnect_session(
    State(state): State<AppState>,
    caller: Caller<scope::ConnectSessionsWrite>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut fields = body.fields();
    let connection = fields.required_text("connection_id", text::check_connection_key);
    let integration = fields.required_text("integration_id", text::check_integration_key);
    let mut content = input::content(&mut fields);
    content.allows_other_account = fields.optional_bool("allow_other_account").unwrap_or_default();
    fields.finish()?;
    input::check_webhook_target(&state, &content)?;
    let integration = IntegrationKey::from_stored(integration);
    let connection = ConnectionKey::from_stored(connection);
    let environment = caller.environment();
    let opened = state.engine.open_reconnect_session(environment, &integration, &connection, content).await?;
    let response = input::response(&state.settings, &opened);
    Ok((StatusCode::CREATED, reply::no_store(reply::data(response))).into_response())
}
