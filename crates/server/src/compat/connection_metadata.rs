//! `POST` and `PATCH /connection/{connectionId}/metadata`: SDKs up to 0.39.28 send the metadata as the body.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::error::ErrorCode;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::metadata::{Metadata, MetadataWrite};
use bowline_engine::connection::MetadataError;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Params, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Replaces one connection's metadata with the body.
#[utoipa::path(
    post,
    path = "/connection/{connectionId}/metadata",
    tag = "legacy",
    params(
        ("connectionId" = String, Path, description = "The connection's id"),
        ("provider_config_key" = Option<String>, Query, description = "The integration's key; else the header Provider-Config-Key"),
    ),
    request_body(content = Object, description = "The metadata"),
    responses(
        (status = 201, description = "The metadata, echoed", body = Object),
        (status = 404, description = "No such connection", body = bowline_api::error::ModernError),
        (status = 413, description = "More than a connection may hold; nothing was written", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn set_metadata(
    State(state): State<AppState>,
    caller: Caller<scope::ConnectionsUpdate>,
    query: Query,
    body: JsonBody,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let metadata = write(&state, &caller, (query, params, headers), body, MetadataWrite::Replace).await?;
    Ok((StatusCode::CREATED, reply::Json(metadata)).into_response())
}

/// Lays the body over one connection's metadata.
#[utoipa::path(
    patch,
    path = "/connection/{connectionId}/metadata",
    tag = "legacy",
    params(
        ("connectionId" = String, Path, description = "The connection's id"),
        ("provider_config_key" = Option<String>, Query, description = "The integration's key; else the header Provider-Config-Key"),
    ),
    request_body(content = Object, description = "The metadata"),
    responses(
        (status = 200, description = "The metadata, echoed", body = Object),
        (status = 404, description = "No such connection", body = bowline_api::error::ModernError),
        (status = 413, description = "More than a connection may hold; nothing was written", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn update_metadata(
    State(state): State<AppState>,
    caller: Caller<scope::ConnectionsUpdate>,
    query: Query,
    body: JsonBody,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let metadata = write(&state, &caller, (query, params, headers), body, MetadataWrite::Merge).await?;
    Ok(reply::Json(metadata).into_response())
}

async fn write(
    state: &AppState,
    caller: &Caller<scope::ConnectionsUpdate>,
    (query, params, headers): (Query, Params, HeaderMap),
    body: JsonBody,
    how: fn(Metadata) -> MetadataWrite,
) -> Result<Metadata, ApiError> {
    let mut fields = query.fields().lenient();
    let in_query = fields.take("provider_config_key").and_then(|value| value.as_str().map(str::to_owned));
    fields.finish()?;
    let in_header =
        || headers.get("provider-config-key").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let integration = in_query.or_else(in_header).filter(|key| !key.is_empty());
    let integration = integration.ok_or_else(|| ApiError::classic(ErrorCode::MissingProviderConfig))?;
    let mut fields = params.fields();
    let connection = fields.required_text("connectionId", crate::validate::any_text);
    fields.finish()?;
    let Some(Value::Object(metadata)) = body.into_value() else {
        return Err(ApiError::classic(ErrorCode::MissingBody));
    };

    let unknown = || {
        let payload = json!({ "connectionId": connection, "providerConfigKey": integration });
        ApiError::classic(ErrorCode::UnknownConnection).status(StatusCode::NOT_FOUND).payload(payload)
    };
    let (Ok(integration_key), Ok(key)) =
        (IntegrationKey::parse(&*integration), ConnectionKey::parse(&*connection))
    else {
        return Err(unknown());
    };
    let write = how(metadata.clone());
    match state.engine.set_metadata(caller.environment(), &integration_key, &[key], &write).await {
        Ok(()) => Ok(metadata),
        Err(MetadataError::UnknownConnection(_)) => Err(unknown()),
        Err(error @ MetadataError::TooLarge(_)) => {
            Err(ApiError::classic_with(ErrorCode::RequestTooLarge, error.to_string(), json!({})))
        }
        Err(error) => Err(error.into()),
    }
}
