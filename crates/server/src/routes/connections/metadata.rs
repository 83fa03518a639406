//! `POST` and `PATCH /connections/metadata`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::connection::MetadataRequest;
use bowline_api::error::ErrorCode;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::metadata::{Metadata, MetadataWrite};
use bowline_domain::text;
use http::StatusCode;
use serde_json::Value;

use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Query, scope};
use crate::reply;
use crate::state::AppState;
use crate::validate::{Fields, Refusal};

/// Most connections of one call.
const CONNECTIONS_MAX: usize = 1_000;

/// Replaces the metadata of one or several connections.
#[utoipa::path(
    post,
    path = "/connections/metadata",
    tag = "connections",
    request_body = MetadataRequest,
    responses(
        (status = 201, description = "The request, echoed", body = MetadataRequest),
        (status = 404, description = "A connection does not exist; nothing was written", body = bowline_api::error::ModernError),
        (status = 413, description = "More than a connection may hold; nothing was written", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn set_metadata(
    State(state): State<AppState>,
    caller: Caller<scope::ConnectionsUpdate>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let echo = write(&state, &caller, query, body, MetadataWrite::Replace).await?;
    Ok((StatusCode::CREATED, reply::Json(echo)).into_response())
}

/// Lays values over the metadata of one or several connections.
#[utoipa::path(
    patch,
    path = "/connections/metadata",
    tag = "connections",
    request_body = MetadataRequest,
    responses(
        (status = 200, description = "The request, echoed", body = MetadataRequest),
        (status = 404, description = "A connection does not exist; nothing was written", body = bowline_api::error::ModernError),
        (status = 413, description = "More than a connection may hold; nothing was written", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn update_metadata(
    State(state): State<AppState>,
    caller: Caller<scope::ConnectionsUpdate>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let echo = write(&state, &caller, query, body, MetadataWrite::Merge).await?;
    Ok(reply::Json(echo).into_response())
}

async fn write(
    state: &AppState,
    caller: &Caller<scope::ConnectionsUpdate>,
    query: Query,
    body: JsonBody,
    how: fn(Metadata) -> MetadataWrite,
) -> Result<MetadataRequest, ApiError> {
    query.none()?;
    let mut fields = body.fields();
    let ids = fields.take("connection_id");
    let keys = connection_keys(&mut fields, ids.as_ref());
    let integration = fields.required_text("provider_config_key", text::check_integration_key);
    let metadata = fields.required_json_object("metadata");
    fields.finish()?;
    check_written_size(&metadata, keys.len(), state.settings.body_bytes_max)?;

    let echo = MetadataRequest {
        connection_id: ids.unwrap_or_default(),
        provider_config_key: integration.clone(),
        metadata: metadata.clone(),
    };
    let integration = IntegrationKey::from_stored(integration);
    state.engine.set_metadata(caller.environment(), &integration, &keys, &how(metadata)).await?;
    Ok(echo)
}

/// A small request for many connections must not write more than the largest request could.
fn check_written_size(metadata: &Metadata, connections: usize, bytes_max: usize) -> Result<(), ApiError> {
    let bytes = serde_json::to_vec(metadata).map_err(ApiError::unexpected)?.len();
    if bytes.saturating_mul(connections) <= bytes_max {
        return Ok(());
    }
    let message = format!("The metadata of all named connections together is larger than {bytes_max} bytes");
    Err(ApiError::with_message(ErrorCode::RequestTooLarge, message))
}

/// One id or several.
fn connection_keys(fields: &mut Fields, ids: Option<&Value>) -> Vec<ConnectionKey> {
    let texts: Vec<&Value> = match ids {
        Some(Value::Array(ids)) => ids.iter().collect(),
        Some(id) => vec![id],
        None => Vec::new(),
    };
    if texts.is_empty() || texts.len() > CONNECTIONS_MAX {
        let message = format!("Expected a connection id or an array of 1 to {CONNECTIONS_MAX} of them");
        fields.refuse(&["connection_id"], Refusal::union(message));
        return Vec::new();
    }
    let mut keys = Vec::with_capacity(texts.len());
    for id in texts {
        match id.as_str().map(ConnectionKey::parse) {
            Some(Ok(key)) => keys.push(key),
            Some(Err(problem)) => fields.refuse(&["connection_id"], problem),
            None => fields.refuse(&["connection_id"], Refusal::union("Invalid input")),
        }
    }
    keys
}
