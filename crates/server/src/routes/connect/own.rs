//! `/connect/connections`: an end user's own connections.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::connect::{ConnectSessionResponse, OwnConnection};
use bowline_api::error::ErrorCode;
use bowline_api::integration::SuccessResponse;
use bowline_engine::connect::OwnConnectionError;
use http::StatusCode;

use super::input;
use crate::error::ApiError;
use crate::extract::{JsonBody, Params, Query, SessionCaller};
use crate::reply;
use crate::routes::connections::input as shared;
use crate::state::AppState;

/// Shows an end user their connections, newest first.
#[utoipa::path(
    get,
    path = "/connect/connections",
    tag = "connect",
    responses(
        (status = 200, description = "The connections", body = inline(reply::Data<Vec<OwnConnection>>)),
        (status = 401, description = "No live session has this token", body = bowline_api::error::ClassicError),
        (status = 403, description = "The session does not manage connections", body = bowline_api::error::ModernError),
    ),
    security(("connect_session" = []))
)]
pub(crate) async fn list_own_connections(
    State(state): State<AppState>,
    caller: SessionCaller,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    body.none()?;
    let own = state.engine.own_connections(caller.session()).await?;
    let shown = own.into_iter().map(|connection| OwnConnection {
        connection_id: connection.key.as_str().to_owned(),
        provider_config_key: connection.integration_key.as_str().to_owned(),
        needs_reconnect: connection.failure.is_some(),
        created_at: connection.created_at.iso_millis_z(),
    });
    Ok(reply::no_store(reply::data(shown.collect::<Vec<_>>())).into_response())
}

/// Ends one of an end user's connections.
#[utoipa::path(
    delete,
    path = "/connect/connections/{connectionId}",
    tag = "connect",
    params(
        ("connectionId" = String, Path, description = "The connection's id"),
        ("provider_config_key" = String, Query, description = "The integration's key"),
    ),
    responses(
        (status = 200, description = "Deleted", body = SuccessResponse),
        (status = 401, description = "No live session has this token", body = bowline_api::error::ClassicError),
        (status = 403, description = "The session does not manage connections", body = bowline_api::error::ModernError),
        (status = 404, description = "The end user has no such connection", body = bowline_api::error::ModernError),
    ),
    security(("connect_session" = []))
)]
pub(crate) async fn delete_own_connection(
    State(state): State<AppState>,
    caller: SessionCaller,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    let connection = shared::connection_key(&params)?;
    let integration = shared::integration_key(query)?;
    state.engine.delete_own_connection(caller.session(), &integration, &connection).await?;
    Ok(reply::Json(SuccessResponse { success: true }).into_response())
}

/// Opens a session in which an end user authorizes one of their connections again.
#[utoipa::path(
    post,
    path = "/connect/connections/{connectionId}/reconnect",
    tag = "connect",
    params(
        ("connectionId" = String, Path, description = "The connection's id"),
        ("provider_config_key" = String, Query, description = "The integration's key"),
    ),
    responses(
        (status = 201, description = "The session's token and link", body = inline(reply::Data<ConnectSessionResponse>)),
        (status = 401, description = "No live session has this token", body = bowline_api::error::ClassicError),
        (status = 403, description = "The session does not manage connections", body = bowline_api::error::ModernError),
        (status = 404, description = "The end user has no such connection", body = bowline_api::error::ModernError),
    ),
    security(("connect_session" = []))
)]
pub(crate) async fn reconnect_own_connection(
    State(state): State<AppState>,
    caller: SessionCaller,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    let connection = shared::connection_key(&params)?;
    let integration = shared::integration_key(query)?;
    let session = caller.session();
    let opened = state.engine.reconnect_own_connection(session, &integration, &connection).await?;
    let response = input::response(&state.settings, &opened);
    Ok((StatusCode::CREATED, reply::no_store(reply::data(response))).into_response())
}

impl From<OwnConnectionError> for ApiError {
    fn from(error: OwnConnectionError) -> Self {
        match error {
            OwnConnectionError::NotManaging => Self::with_message(ErrorCode::Forbidden, error.to_string()),
            OwnConnectionError::Unknown => Self::not_found("The end user has no such connection"),
            OwnConnectionError::Session(error) => error.into(),
            OwnConnectionError::Storage(error) => Self::unexpected(error),
        }
    }
}
