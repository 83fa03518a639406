//! `POST /integrations`

use axum::extract::State;
use axum::response::Response;
use bowline_domain::id::IntegrationKey;
use bowline_domain::text;
use bowline_engine::integration::CreateIntegrationInput;

use super::{input, wire};
use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Creates an integration.
#[utoipa::path(
    post,
    path = "/integrations",
    tag = "integrations",
    request_body = bowline_api::integration::CreateIntegrationRequest,
    responses(
        (status = 200, description = "`{data: integration}`", body = inline(reply::Data<bowline_api::integration::IntegrationResponse>)),
        (status = 400, description = "Invalid fields", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn create_integration(
    State(state): State<AppState>,
    caller: Caller<scope::IntegrationsCreate>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut fields = body.fields();
    let provider = fields.required_text("provider", text::check_provider_name);
    let key = fields.required_text("unique_key", text::check_integration_key);
    let display_name = input::display_name(&mut fields);
    let forward_webhooks = fields.optional_bool("forward_webhooks").unwrap_or(true);
    let credentials = input::credentials(&mut fields);
    let integration_config = input::integration_config(&mut fields);
    let custom = input::custom(&mut fields);
    fields.finish()?;

    let key = IntegrationKey::from_stored(key);
    let input = CreateIntegrationInput {
        provider,
        key,
        display_name,
        forward_webhooks,
        credentials,
        integration_config,
        custom,
    };
    let created = state.engine.create_integration(caller.environment(), input).await?;
    Ok(reply::no_store(reply::data(wire::integration_response(&state.settings, &created))))
}
