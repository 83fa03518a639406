//! `GET /oauth/client-metadata/{environmentUuid}/{providerConfigKey}`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::connect::ClientMetadata;
use bowline_api::error::ErrorCode;
use bowline_domain::id::IntegrationKey;
use bowline_domain::text;
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use uuid::Uuid;

use crate::error::ApiError;
use crate::extract::{AddressLimited, Params};
use crate::reply;
use crate::settings::ServerSettings;
use crate::state::AppState;
use crate::validate;

/// The address at which a provider finds out about this client; only TLS makes it an identity.
pub(super) fn address(
    settings: &ServerSettings,
    environment: Uuid,
    integration: &IntegrationKey,
) -> Option<String> {
    let key: String = form_urlencoded::byte_serialize(integration.as_str().as_bytes()).collect();
    let is_tls = settings.public_url.starts_with("https://");
    is_tls.then(|| {
        format!("{}/oauth/client-metadata/{environment}/{}", settings.public_url, key.replace('+', "%20"))
    })
}

/// A document about this client, for providers that read it instead of registering clients.
#[utoipa::path(
    get,
    path = "/oauth/client-metadata/{environmentUuid}/{providerConfigKey}",
    tag = "auth",
    params(
        ("environmentUuid" = String, Path, description = "The environment's public id"),
        ("providerConfigKey" = String, Path, description = "The integration's key"),
    ),
    responses(
        (status = 200, description = "The document", body = ClientMetadata),
        (status = 400, description = "Invalid path", body = bowline_api::error::ModernError),
        (status = 404, description = "No such integration, or this server has no https address", body = bowline_api::error::ModernError),
    )
)]
pub(crate) async fn get_client_metadata(
    State(state): State<AppState>,
    _: AddressLimited<1>,
    params: Params,
) -> Result<Response, ApiError> {
    let mut fields = params.fields();
    let environment = fields.required_text("environmentUuid", validate::uuid);
    let key = fields.required_text("providerConfigKey", text::check_integration_key);
    fields.finish()?;
    let uuid = Uuid::try_parse(&environment).map_err(ApiError::unexpected)?;
    let key = IntegrationKey::from_stored(key);
    let client_id = address(&state.settings, uuid, &key).ok_or_else(|| {
        ApiError::with_message(ErrorCode::FeatureDisabled, "This server has no public https address")
    })?;
    let environment = state.engine.find_public_environment(uuid).await?;
    let environment = environment.ok_or_else(|| ApiError::new(ErrorCode::UnknownEnvironment))?;
    let open = state.engine.find_integration(&environment, &key).await?;
    let open =
        open.ok_or_else(|| ApiError::new(ErrorCode::UnknownProviderConfig).status(StatusCode::NOT_FOUND))?;
    let callback = environment.settings.callback_url.clone();
    let callback = callback.unwrap_or_else(|| format!("{}/oauth/callback", state.settings.public_url));
    let metadata = ClientMetadata {
        client_id,
        client_name: open.credentials.custom_text("oauth_client_name").unwrap_or("Bowline").to_owned(),
        client_uri: state.settings.public_url.clone(),
        redirect_uris: vec![callback],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
    };
    let mut response = reply::Json(metadata).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    Ok(response)
}
