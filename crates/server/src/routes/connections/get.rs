//! `GET /connections/{connectionId}`

use axum::extract::State;
use axum::response::Response;
use bowline_api::connection::ConnectionResponse;
use bowline_api::error::ErrorCode;
use bowline_domain::connection::Connection;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::text;
use bowline_engine::connection::{GetConnection, GetConnectionError};
use bowline_engine::credential::refresh::RefreshError;
use http::StatusCode;
use serde_json::{Map, json};

use super::error::{unknown_connection, unknown_integration};
use super::input;
use super::wire::{Moments, connection_response, hide_secrets, open_response};
use crate::error::ApiError;
use crate::extract::{Caller, Params, Query, scope};
use crate::reply;
use crate::state::AppState;

const READ_CREDENTIALS: &str = "environment:connections:read_credentials";

/// Shows a connection with credentials that are good to use.
#[utoipa::path(
    get,
    path = "/connections/{connectionId}",
    tag = "connections",
    params(
        ("connectionId" = String, Path, description = "The connection's id"),
        ("provider_config_key" = String, Query, description = "The integration's key"),
        ("force_refresh" = Option<String>, Query, description = "Refresh even if it is not due"),
        ("refresh_token" = Option<String>, Query, description = "Show the refresh token"),
        ("refresh_github_app_jwt_token" = Option<String>, Query, description = "Sign a GitHub App's token anew"),
    ),
    responses(
        (status = 200, description = "The connection", body = ConnectionResponse),
        (status = 400, description = "No such integration, or the provider refused to refresh", body = bowline_api::error::ModernError),
        (status = 404, description = "No such connection", body = bowline_api::error::ModernError),
        (status = 424, description = "The credentials could not be refreshed", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn get_connection(
    State(state): State<AppState>,
    caller: Caller<scope::ConnectionsRead>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    Ok(reply::no_store(reply::Json(read(&state, &caller, query, &params).await?)))
}

/// The same under the singular path, with the two numbers that old clients knew.
pub(crate) async fn get_connection_legacy(
    State(state): State<AppState>,
    caller: Caller<scope::ConnectionsRead>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    let mut response = read(&state, &caller, query, &params).await?;
    response.account_id = Some(caller.account_id.0);
    response.environment_id = Some(caller.environment().id.0);
    Ok(reply::no_store(reply::Json(response)))
}

struct Wanted {
    integration: IntegrationKey,
    connection: ConnectionKey,
    shows_refresh_token: bool,
    forces_refresh: bool,
    renews_app_token: bool,
}

fn wanted(query: Query, params: &Params) -> Result<Wanted, ApiError> {
    let mut fields = query.fields();
    let integration = fields.required_text("provider_config_key", text::check_integration_key);
    let shows_refresh_token = fields.optional_bool("refresh_token").unwrap_or(false);
    let forces_refresh = fields.optional_bool("force_refresh").unwrap_or(false);
    let renews_app_token = fields.optional_bool("refresh_github_app_jwt_token").unwrap_or(false);
    fields.finish()?;
    Ok(Wanted {
        integration: IntegrationKey::from_stored(integration),
        connection: input::connection_key(params)?,
        shows_refresh_token,
        forces_refresh,
        renews_app_token,
    })
}

async fn read(
    state: &AppState,
    caller: &Caller<scope::ConnectionsRead>,
    query: Query,
    params: &Params,
) -> Result<ConnectionResponse, ApiError> {
    let wanted = wanted(query, params)?;
    if !caller.scopes.allows(READ_CREDENTIALS) {
        return read_without_credentials(state, caller, &wanted).await;
    }
    let get = GetConnection {
        integration: &wanted.integration,
        connection: &wanted.connection,
        force_refresh: wanted.forces_refresh,
        renew_app_token: wanted.renews_app_token,
    };
    match state.engine.get_connection(caller.environment(), get).await {
        Ok(open) => {
            let mut response = open_response(open, wanted.shows_refresh_token);
            response.last_fetched_at = Some(state.clock.now().iso_millis_offset());
            Ok(response)
        }
        Err(error) => Err(refused(error)),
    }
}

/// A key that may not read credentials sees everything else, and causes no refresh.
async fn read_without_credentials(
    state: &AppState,
    caller: &Caller<scope::ConnectionsRead>,
    wanted: &Wanted,
) -> Result<ConnectionResponse, ApiError> {
    if wanted.shows_refresh_token || wanted.forces_refresh || wanted.renews_app_token {
        caller.require(READ_CREDENTIALS)?;
    }
    let found =
        state.engine.find_connection(caller.environment(), &wanted.integration, &wanted.connection).await;
    let connection = found.map_err(refused)?;
    let mut config = state
        .engine
        .open_connection(caller.environment(), connection.clone())
        .map_err(ApiError::unexpected)?
        .config;
    let provider = state.engine.catalog().find(connection.provider.as_str());
    hide_secrets(&mut config, provider.as_deref());
    Ok(connection_response(&connection, Map::new(), config, Moments::Offset))
}

fn refused(error: GetConnectionError) -> ApiError {
    match error {
        GetConnectionError::UnknownIntegration => unknown_integration(),
        GetConnectionError::UnknownConnection => unknown_connection(),
        GetConnectionError::Refresh { error, connection } => not_refreshed(&error, &connection),
        GetConnectionError::Storage(error) => ApiError::unexpected(error),
        GetConnectionError::Vault(error) => ApiError::unexpected(error),
    }
}

/// `invalid_credentials` with the status of the cause, and the connection without its credentials.
fn not_refreshed(error: &RefreshError, connection: &Connection) -> ApiError {
    let (status, cause) = cause_of(error);
    let shown = connection_response(connection, Map::new(), Map::new(), Moments::Offset);
    let payload = json!({ "cause": cause, "connection": shown });
    ApiError::with_message(ErrorCode::InvalidCredentials, error.to_string()).status(status).payload(payload)
}

/// The status and code under which a failed refresh is known.
pub(crate) fn cause_of(error: &RefreshError) -> (StatusCode, String) {
    let text = |code: ErrorCode| code.as_str().to_owned();
    match error {
        RefreshError::Exhausted => {
            (StatusCode::FAILED_DEPENDENCY, text(ErrorCode::ConnectionRefreshExhausted))
        }
        RefreshError::Backoff { .. } => {
            (StatusCode::FAILED_DEPENDENCY, text(ErrorCode::ConnectionRefreshBackoff))
        }
        RefreshError::Failed(failure) => (StatusCode::BAD_REQUEST, failure.code.clone()),
        RefreshError::TimedOut => (StatusCode::FAILED_DEPENDENCY, text(ErrorCode::RefreshTokenExternalError)),
        RefreshError::Gone => (StatusCode::NOT_FOUND, text(ErrorCode::NotFound)),
        RefreshError::Internal => (StatusCode::INTERNAL_SERVER_ERROR, text(ErrorCode::ServerError)),
    }
}
