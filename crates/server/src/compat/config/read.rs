//! `GET /config` and `GET /config/{providerConfigKey}`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_api::error::ErrorCode;
use bowline_api::integration::{ConfigListResponse, ConfigResponse, ConfigSummaryResponse};
use bowline_domain::connection::ConnectionFilter;
use bowline_domain::environment::Environment;
use bowline_domain::function::{Function, FunctionKind};
use bowline_domain::id::IntegrationKey;
use bowline_domain::provider::AuthMode;
use bowline_domain::storage::FunctionFilter;
use bowline_domain::text;
use bowline_engine::integration::OpenIntegration;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::extract::{Caller, Params, Query, scope};
use crate::reply;
use crate::routes::integrations::wire;
use crate::state::AppState;

const READ_CREDENTIALS: &str = "environment:integrations:read_credentials";
/// Most connections listed beside an integration's credentials.
const CONNECTIONS_MAX: u32 = 10_000;
const FUNCTIONS_MAX: u32 = 10_000;

/// Lists integrations for SDKs up to 0.42.11.
#[utoipa::path(
    get,
    path = "/config",
    tag = "legacy",
    responses((status = 200, description = "The integrations", body = ConfigListResponse)),
    security(("secret_key" = []))
)]
pub(crate) async fn list_configs(
    State(state): State<AppState>,
    caller: Caller<scope::IntegrationsList>,
    query: Query,
) -> Result<Response, ApiError> {
    query.none()?;
    let open = state.engine.list_integrations(caller.environment()).await?;
    let configs = open.iter().map(|open| wire::integration_response(&state.settings, open)).collect();
    Ok(reply::Json(ConfigListResponse { configs }).into_response())
}

/// Shows one integration for SDKs up to 0.60.5.
#[utoipa::path(
    get,
    path = "/config/{providerConfigKey}",
    tag = "legacy",
    params(
        ("providerConfigKey" = String, Path, description = "The integration's key"),
        ("include_creds" = Option<String>, Query, description = "Whether to show the application's credentials"),
    ),
    responses(
        (status = 200, description = "`{config: integration}`", body = ConfigResponse<ConfigSummaryResponse>),
        (status = 400, description = "No such integration", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn get_config(
    State(state): State<AppState>,
    caller: Caller<scope::IntegrationsRead>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    let mut fields = query.fields().lenient();
    let include_credentials = fields.optional_bool("include_creds").unwrap_or(false);
    fields.finish()?;
    let mut fields = params.fields();
    let key =
        IntegrationKey::from_stored(fields.required_text("providerConfigKey", text::check_integration_key));
    fields.finish()?;
    if include_credentials {
        caller.require(READ_CREDENTIALS)?;
    }

    let found = state.engine.find_integration(caller.environment(), &key).await?;
    let open = found.ok_or_else(|| ApiError::classic(ErrorCode::UnknownProviderConfig))?;
    if include_credentials {
        let config = with_credentials(&state, &caller, &open).await?;
        return Ok(reply::no_store(reply::Json(ConfigResponse { config })));
    }
    let (syncs, actions) = functions_of(&state, caller.environment(), &key).await?;
    let config = ConfigSummaryResponse {
        unique_key: key.as_str().to_owned(),
        provider: open.integration.provider.as_str().to_owned(),
        syncs,
        actions,
    };
    Ok(reply::Json(ConfigResponse { config }).into_response())
}

async fn with_credentials(
    state: &AppState,
    caller: &Caller<scope::IntegrationsRead>,
    open: &OpenIntegration,
) -> Result<Value, ApiError> {
    let OpenIntegration { integration, provider, credentials } = open;
    let filter = ConnectionFilter {
        integration_keys: vec![integration.key.as_str().to_owned()],
        limit: CONNECTIONS_MAX,
        ..ConnectionFilter::default()
    };
    let connections = state.engine.list_connections(caller.environment(), &filter).await?;
    let listed: Vec<Value> = connections
        .iter()
        .map(|connection| {
            json!({
                "id": connection.id.0,
                "connection_id": connection.key.as_str(),
                "provider_config_key": integration.key.as_str(),
                "environment_id": caller.environment().id.0,
                "connection_config": {},
            })
        })
        .collect();
    let (syncs, actions) = functions_of(state, caller.environment(), &integration.key).await?;
    // The legacy webhook address ends with the provider, not with the integration's key.
    let webhook_url = provider.webhook_router().map(|_| {
        format!(
            "{}/webhook/{}/{}",
            state.settings.public_url,
            caller.environment().uuid,
            integration.provider
        )
    });
    Ok(json!({
        "unique_key": integration.key.as_str(),
        "provider": integration.provider.as_str(),
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret.as_ref().map(|secret| secret.expose().clone()),
        "custom": (!credentials.custom.is_empty()).then(|| credentials.custom.clone()),
        "scopes": credentials.scopes,
        "app_link": credentials.app_link,
        "auth_mode": provider.auth_mode.as_str(),
        "created_at": integration.created_at.iso_millis_z(),
        "syncs": syncs,
        "actions": actions,
        "has_webhook": provider.webhook_router().is_some(),
        "webhook_secret": webhook_secret(open),
        "connections": listed,
        "docs": provider.docs.clone().unwrap_or_else(|| format!("/docs/providers/{}", provider.name)),
        "connection_count": connections.len(),
        "has_webhook_user_defined_secret": provider.webhook_user_defined_secret,
        "webhook_url": webhook_url,
    }))
}

/// The integration's syncs and actions.
async fn functions_of(
    state: &AppState,
    environment: &Environment,
    key: &IntegrationKey,
) -> Result<(Vec<Value>, Vec<Value>), ApiError> {
    let filter = FunctionFilter { limit: FUNCTIONS_MAX, ..FunctionFilter::default() };
    let page = state.engine.list_functions(environment, key, &filter).await?;
    let of_kind = |kind| page.functions.iter().filter(move |function| function.kind == kind).map(summary);
    Ok((of_kind(FunctionKind::Sync).collect(), of_kind(FunctionKind::Action).collect()))
}

fn summary(function: &Function) -> Value {
    json!({
        "name": function.name.as_str(),
        "created_at": function.created_at.iso_millis_z(),
        "updated_at": function.deployed_at.iso_millis_z(),
        "description": function.definition.description,
    })
}

/// GitHub Apps sign webhooks with a secret made from what the integration holds.
fn webhook_secret(open: &OpenIntegration) -> Option<String> {
    let credentials = &open.credentials;
    let (id, key) = match open.provider.auth_mode {
        AuthMode::App => {
            (credentials.client_id.as_deref()?, credentials.client_secret.as_ref()?.expose().as_str())
        }
        AuthMode::Custom => (credentials.custom_text("app_id")?, credentials.custom_text("private_key")?),
        _ => return None,
    };
    let link = credentials.app_link.as_deref().unwrap_or_default();
    Some(hex::encode(digest(&SHA256, format!("{id}{}{link}", STANDARD.encode(key)).as_bytes())))
}
