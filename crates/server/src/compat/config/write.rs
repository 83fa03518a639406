//! `POST`, `PUT` and `DELETE /config`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::error::ErrorCode;
use bowline_api::integration::{ConfigKeyResponse, ConfigResponse, SuccessResponse};
use bowline_domain::Secret;
use bowline_domain::id::IntegrationKey;
use bowline_domain::provider::{AuthMode, Provider};
use bowline_domain::text;
use bowline_engine::integration::{IntegrationCredentials, IntegrationError, OpenIntegration};
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Params, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Creates an integration for SDKs up to 0.60.5.
#[utoipa::path(
    post,
    path = "/config",
    tag = "legacy",
    request_body(content = Object, description = "provider, provider_config_key, oauth_client_id, oauth_client_secret, oauth_scopes, app_link, custom"),
    responses(
        (status = 200, description = "`{config: {unique_key, provider}}`", body = ConfigResponse<ConfigKeyResponse>),
        (status = 400, description = "Something is missing or wrong", body = bowline_api::error::ModernError),
        (status = 409, description = "The key is taken", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn create_config(
    State(state): State<AppState>,
    caller: Caller<scope::IntegrationsCreate>,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let form = Form::read(body)?;
    let name = form.required("provider", ErrorCode::MissingProviderTemplate)?;
    let provider = state.engine.catalog().find(name).ok_or_else(unknown_provider)?;
    form.check_client(&provider)?;
    if state.engine.find_integration(caller.environment(), &form.key).await?.is_some() {
        return Err(ApiError::classic(ErrorCode::DuplicateProviderConfig));
    }
    form.check_private_key(&provider)?;
    let credentials = form.credentials(&provider)?;
    let created = state
        .engine
        .insert_integration(caller.environment(), form.key.clone(), provider, credentials, (None, true))
        .await
        .map_err(refused)?;
    Ok(answer(&created))
}

/// Replaces an integration's provider and credentials for SDKs up to 0.60.5.
#[utoipa::path(
    put,
    path = "/config",
    tag = "legacy",
    request_body(content = Object, description = "As for POST"),
    responses(
        (status = 200, description = "`{config: {unique_key, provider}}`", body = ConfigResponse<ConfigKeyResponse>),
        (status = 400, description = "Something is missing or wrong", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn update_config(
    State(state): State<AppState>,
    caller: Caller<scope::IntegrationsUpdate>,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let form = Form::read(body)?;
    let name = form.required("provider", ErrorCode::MissingProviderTemplate)?;
    let found = state.engine.find_integration(caller.environment(), &form.key).await?;
    if found.is_none() {
        return Err(ApiError::classic(ErrorCode::UnknownProviderConfig));
    }
    let provider = state.engine.catalog().find(name).ok_or_else(unknown_provider)?;
    if matches!(provider.auth_mode, AuthMode::ApiKey | AuthMode::Basic) {
        return Err(ApiError::classic(ErrorCode::ProviderConfigEditNotAllowed));
    }
    form.check_client(&provider)?;
    if provider.auth_mode == AuthMode::Custom {
        form.required("oauth_client_secret", ErrorCode::MissingClientSecret)?;
    }
    form.check_private_key(&provider)?;
    let credentials = form.credentials(&provider)?;
    let replaced = state
        .engine
        .replace_integration(caller.environment(), &form.key, provider, credentials)
        .await
        .map_err(refused)?;
    Ok(answer(&replaced))
}

/// Deletes an integration for SDKs up to 0.58.0.
#[utoipa::path(
    delete,
    path = "/config/{providerConfigKey}",
    tag = "legacy",
    params(("providerConfigKey" = String, Path, description = "The integration's key")),
    responses(
        (status = 200, description = "Deleted", body = SuccessResponse),
        (status = 404, description = "No such integration", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn delete_config(
    State(state): State<AppState>,
    caller: Caller<scope::IntegrationsDelete>,
    _: Query,
    params: Params,
) -> Result<Response, ApiError> {
    let mut fields = params.fields();
    let key =
        IntegrationKey::from_stored(fields.required_text("providerConfigKey", text::check_integration_key));
    fields.finish()?;
    if !state.engine.delete_integration(caller.environment(), &key).await? {
        return Err(ApiError::not_found(format!("Integration \"{key}\" does not exist")));
    }
    Ok(reply::Json(SuccessResponse { success: true }).into_response())
}

/// The loose body of the legacy writes.
struct Form {
    key: IntegrationKey,
    fields: Map<String, Value>,
}

impl Form {
    fn read(body: JsonBody) -> Result<Self, ApiError> {
        let Some(Value::Object(fields)) = body.into_value() else {
            return Err(ApiError::classic(ErrorCode::MissingBody));
        };
        let key = fields.get("provider_config_key").and_then(Value::as_str).filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| ApiError::classic(ErrorCode::MissingProviderConfig))?;
        let key = IntegrationKey::parse(key).map_err(|problem| {
            let message = format!("provider_config_key: {problem}");
            ApiError::classic_with(ErrorCode::InvalidBody, message, Value::Object(Map::new()))
        })?;
        Ok(Self { key, fields })
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn required(&self, name: &str, code: ErrorCode) -> Result<&str, ApiError> {
        self.text(name).ok_or_else(|| ApiError::classic(code))
    }

    /// The client's id and secret, where the provider's mode needs them.
    fn check_client(&self, provider: &Provider) -> Result<(), ApiError> {
        match provider.auth_mode {
            AuthMode::OAuth1 | AuthMode::OAuth2 => {
                self.required("oauth_client_id", ErrorCode::MissingClientId)?;
                self.required("oauth_client_secret", ErrorCode::MissingClientSecret)?;
            }
            AuthMode::Custom => {
                self.required("oauth_client_id", ErrorCode::MissingClientId)?;
            }
            AuthMode::App => {
                self.required("oauth_client_id", ErrorCode::MissingAppId)?;
                self.required("oauth_client_secret", ErrorCode::MissingAppSecret)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// An app's private key. Old servers complained of it after everything else about the client.
    fn check_private_key(&self, provider: &Provider) -> Result<(), ApiError> {
        let key = match provider.auth_mode {
            AuthMode::App => self.text("oauth_client_secret"),
            AuthMode::Custom => {
                let custom = self.fields.get("custom").and_then(Value::as_object);
                let key = custom.and_then(|custom| custom.get("private_key")).and_then(Value::as_str);
                Some(key.ok_or_else(|| ApiError::classic(ErrorCode::MissingCustom))?)
            }
            _ => return Ok(()),
        };
        let is_pem = key.is_some_and(|key| key.contains("BEGIN RSA PRIVATE KEY"));
        if is_pem { Ok(()) } else { Err(ApiError::classic(ErrorCode::InvalidAppSecret)) }
    }

    fn credentials(&self, provider: &Provider) -> Result<IntegrationCredentials, ApiError> {
        let scopes = match self.fields.get("oauth_scopes") {
            None | Some(Value::Null) => None,
            Some(Value::String(scopes)) => Some(comma_list(scopes)),
            Some(_) => return Err(ApiError::classic(ErrorCode::InvalidOauthScopes)),
        };
        let defaults = (!provider.default_scopes.is_empty()).then(|| provider.default_scopes.join(","));
        let custom = match self.fields.get("custom") {
            Some(Value::Object(custom)) => custom.clone(),
            _ => Map::new(),
        };
        Ok(IntegrationCredentials {
            client_id: self.text("oauth_client_id").map(str::to_owned),
            client_secret: self.text("oauth_client_secret").map(|secret| Secret::new(secret.to_owned())),
            scopes: scopes.or(defaults),
            app_link: self.text("app_link").map(str::to_owned),
            webhook_secret: None,
            custom,
        })
    }
}

/// Scopes separated by commas or white space, as a comma list.
fn comma_list(scopes: &str) -> String {
    scopes.split([',', ' ', '\n', '\t']).filter(|scope| !scope.is_empty()).collect::<Vec<_>>().join(",")
}

fn unknown_provider() -> ApiError {
    ApiError::classic(ErrorCode::UnknownProviderTemplate)
}

fn refused(error: IntegrationError) -> ApiError {
    match error {
        IntegrationError::KeyTaken => ApiError::classic(ErrorCode::DuplicateProviderConfig),
        IntegrationError::NotFound => ApiError::classic(ErrorCode::UnknownProviderConfig),
        IntegrationError::UnknownProvider => unknown_provider(),
        other => other.into(),
    }
}

fn answer(open: &OpenIntegration) -> Response {
    let config = ConfigKeyResponse {
        unique_key: open.integration.key.as_str().to_owned(),
        provider: open.integration.provider.as_str().to_owned(),
    };
    reply::Json(ConfigResponse { config }).into_response()
}
