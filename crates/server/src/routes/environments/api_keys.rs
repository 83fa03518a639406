//! API keys: `/environment/api-keys` (numbers in the body) and `/environments/{environmentId}/api-keys`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::environment::ApiKeyResponse;
use bowline_api::integration::SuccessResponse;
use bowline_domain::api_key::ApiKey;
use bowline_domain::environment::Environment;
use bowline_domain::id::ApiKeyId;
use bowline_domain::scope::ScopeSet;

use super::delete::check_reference;
use super::error::find_environment;
use crate::error::ApiError;
use crate::extract::{AccountCaller, JsonBody, Params, Query, scope};
use crate::reply;
use crate::state::AppState;
use crate::validate::length;

/// Creates a key with full access to an environment.
#[utoipa::path(
    post,
    path = "/environment/api-keys",
    tag = "environments",
    request_body(content = Object, description = "environment_id, display_name"),
    responses(
        (status = 200, description = "`{data: key}`, with its secret", body = inline(reply::Data<ApiKeyResponse>)),
        (status = 404, description = "No such environment", body = bowline_api::error::ModernError),
        (status = 409, description = "The name is taken", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn create_api_key(
    State(state): State<AppState>,
    caller: AccountCaller<scope::ApiKeysCreate>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut fields = body.fields();
    let environment = fields.required_integer_or_text("environment_id", 1..=i64::MAX).to_string();
    let display_name = fields.required_text("display_name", length(1, 255));
    fields.finish()?;
    let environment = find_environment(&state, caller.account_id, &environment).await?;
    create(&state, &environment, display_name).await
}

/// Deletes a key.
#[utoipa::path(
    delete,
    path = "/environment/api-keys",
    tag = "environments",
    request_body(content = Object, description = "environment_id, key_id"),
    responses(
        (status = 200, description = "Deleted", body = SuccessResponse),
        (status = 404, description = "No such environment or key", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn delete_api_key(
    State(state): State<AppState>,
    caller: AccountCaller<scope::ApiKeysDelete>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut fields = body.fields();
    let environment = fields.required_integer_or_text("environment_id", 1..=i64::MAX).to_string();
    let key = ApiKeyId(fields.required_integer_or_text("key_id", 1..=i64::MAX));
    fields.finish()?;
    let environment = find_environment(&state, caller.account_id, &environment).await?;
    delete(&state, &environment, key).await
}

/// Creates a key with full access to an environment (newer path).
#[utoipa::path(
    post,
    path = "/environments/{environmentId}/api-keys",
    tag = "environments",
    params(("environmentId" = String, Path, description = "The environment's number or public id")),
    request_body(content = Object, description = "display_name"),
    responses((status = 200, description = "`{data: key}`, with its secret", body = inline(reply::Data<ApiKeyResponse>))),
    security(("secret_key" = []))
)]
pub(crate) async fn create_environment_api_key(
    State(state): State<AppState>,
    caller: AccountCaller<scope::ApiKeysCreate>,
    query: Query,
    body: JsonBody,
    params: Params,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut fields = body.fields();
    let display_name = fields.required_text("display_name", length(1, 255));
    fields.finish()?;
    let environment = environment_of(&state, &caller, &params).await?;
    create(&state, &environment, display_name).await
}

/// Lists an environment's keys without their secrets.
#[utoipa::path(
    get,
    path = "/environments/{environmentId}/api-keys",
    tag = "environments",
    params(
        ("environmentId" = String, Path, description = "The environment's number or public id"),
        ("display_name" = Option<String>, Query, description = "Exactly this name"),
    ),
    responses((status = 200, description = "`{data: […]}`", body = inline(reply::Data<Vec<ApiKeyResponse>>))),
    security(("secret_key" = []))
)]
pub(crate) async fn list_environment_api_keys(
    State(state): State<AppState>,
    caller: AccountCaller<scope::ApiKeysList>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    let mut fields = query.fields();
    let name = fields.optional_text("display_name", length(1, 255));
    fields.finish()?;
    let environment = environment_of(&state, &caller, &params).await?;
    let keys = state.engine.list_api_keys(&environment).await?;
    let wanted = |key: &&ApiKey| name.as_ref().is_none_or(|name| key.display_name == *name);
    let list: Vec<_> = keys.iter().filter(wanted).map(|key| key_response(key, None)).collect();
    Ok(reply::data(list).into_response())
}

/// Shows one key with its secret.
#[utoipa::path(
    get,
    path = "/environments/{environmentId}/api-keys/{keyId}",
    tag = "environments",
    params(
        ("environmentId" = String, Path, description = "The environment's number or public id"),
        ("keyId" = String, Path, description = "The key's number or public id"),
    ),
    responses((status = 200, description = "`{data: key}`", body = inline(reply::Data<ApiKeyResponse>))),
    security(("secret_key" = []))
)]
pub(crate) async fn get_environment_api_key(
    State(state): State<AppState>,
    caller: AccountCaller<scope::ApiKeysRead>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    query.none()?;
    let environment = environment_of(&state, &caller, &params).await?;
    let key = key_of(&state, &environment, &params).await?;
    let secret = state.engine.reveal_api_key(&environment, &key).map_err(ApiError::unexpected)?;
    Ok(reply::no_store(reply::data(key_response(&key, Some(secret.expose().clone())))))
}

/// Deletes a key (newer path).
#[utoipa::path(
    delete,
    path = "/environments/{environmentId}/api-keys/{keyId}",
    tag = "environments",
    params(
        ("environmentId" = String, Path, description = "The environment's number or public id"),
        ("keyId" = String, Path, description = "The key's number or public id"),
    ),
    responses((status = 200, description = "Deleted", body = SuccessResponse)),
    security(("secret_key" = []))
)]
pub(crate) async fn delete_environment_api_key(
    State(state): State<AppState>,
    caller: AccountCaller<scope::ApiKeysDelete>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    query.none()?;
    let environment = environment_of(&state, &caller, &params).await?;
    let key = key_of(&state, &environment, &params).await?;
    delete(&state, &environment, key.id).await
}

async fn create(
    state: &AppState,
    environment: &Environment,
    display_name: String,
) -> Result<Response, ApiError> {
    let created = state.engine.create_api_key(environment, display_name, ScopeSet::environment_all()).await?;
    Ok(reply::no_store(reply::data(key_response(&created.key, Some(created.secret.expose().clone())))))
}

async fn delete(state: &AppState, environment: &Environment, key: ApiKeyId) -> Result<Response, ApiError> {
    if !state.engine.delete_api_key(environment, key).await? {
        return Err(unknown_key());
    }
    Ok(reply::Json(SuccessResponse { success: true }).into_response())
}

async fn environment_of<S>(
    state: &AppState,
    caller: &AccountCaller<S>,
    params: &Params,
) -> Result<Arc<Environment>, ApiError> {
    let mut fields = params.fields().lenient();
    let reference = fields.required_text("environmentId", check_reference);
    fields.finish()?;
    find_environment(state, caller.account_id, &reference).await
}

async fn key_of(state: &AppState, environment: &Environment, params: &Params) -> Result<ApiKey, ApiError> {
    let mut fields = params.fields().lenient();
    let reference = fields.required_text("keyId", check_reference);
    fields.finish()?;
    let keys = state.engine.list_api_keys(environment).await?;
    let is_wanted = |key: &ApiKey| key.id.to_string() == reference || key.uid.to_string() == reference;
    keys.into_iter().find(is_wanted).ok_or_else(unknown_key)
}

fn unknown_key() -> ApiError {
    ApiError::not_found("API key does not exist")
}

fn key_response(key: &ApiKey, secret: Option<String>) -> ApiKeyResponse {
    ApiKeyResponse {
        id: key.id.0,
        uuid: key.uid.to_string(),
        display_name: key.display_name.clone(),
        scopes: key.scopes.iter().map(ToString::to_string).collect(),
        secret,
        last_used_at: key.last_used_at.map(|at| at.iso_millis_z()),
        created_at: key.created_at.iso_millis_z(),
    }
}
