//! `POST /connect/sessions`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::connect::{ConnectSessionResponse, CreateConnectSessionRequest};
use http::StatusCode;

use super::input;
use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Query, scope};
use crate::reply;
use crate::state::AppState;
use crate::validate::Refusal;

/// Opens a session in which an end user connects accounts.
#[utoipa::path(
    post,
    path = "/connect/sessions",
    tag = "connect",
    request_body = CreateConnectSessionRequest,
    responses(
        (status = 201, description = "The session's token and link", body = inline(reply::Data<ConnectSessionResponse>)),
        (status = 400, description = "Invalid fields, or an integration that does not exist", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn create_connect_session(
    State(state): State<AppState>,
    caller: Caller<scope::ConnectSessionsWrite>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut fields = body.fields();
    if !fields.has("end_user") && !fields.has("tags") {
        let message = "Either end_user or tags is required";
        fields.refuse(&["end_user"], Refusal::custom(message));
    }
    let allowed_integrations = input::allowed_integrations(&mut fields);
    let manages = fields.optional_bool("manage_connections").unwrap_or_default();
    if manages && !fields.has("end_user") {
        fields.refuse(
            &["manage_connections"],
            Refusal::custom("It is the end_user's connections that are managed"),
        );
    }
    let mut content = input::content(&mut fields);
    content.manages = manages;
    fields.finish()?;
    content.allowed_integrations = allowed_integrations;
    input::check_webhook_target(&state, &content)?;
    let opened = state.engine.open_connect_session(caller.environment(), content).await?;
    let response = input::response(&state.settings, &opened);
    Ok((StatusCode::CREATED, reply::no_store(reply::data(response))).into_response())
}
