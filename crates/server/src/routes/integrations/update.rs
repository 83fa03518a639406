//! `PATCH /integrations/{uniqueKey}`

use axum::extract::State;
use axum::response::Response;
use bowline_api::error::ErrorCode;
use bowline_domain::id::IntegrationKey;
use bowline_domain::text;
use bowline_engine::integration::{IntegrationError, UpdateIntegrationInput};

use super::{input, wire};
use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Params, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Changes an integration; absent fields stay.
#[utoipa::path(
    patch,
    path = "/integrations/{uniqueKey}",
    tag = "integrations",
    params(("uniqueKey" = String, Path, description = "The integration's key")),
    request_body = bowline_api::integration::UpdateIntegrationRequest,
    responses(
        (status = 200, description = "`{data: integration}`", body = inline(reply::Data<bowline_api::integration::IntegrationResponse>)),
        (status = 400, description = "Invalid fields", body = bowline_api::error::ModernError),
        (status = 404, description = "No such integration", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn update_integration(
    State(state): State<AppState>,
    caller: Caller<scope::IntegrationsUpdate>,
    query: Query,
    body: JsonBody,
    params: Params,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut fields = body.fields();
    let input = UpdateIntegrationInput {
        key: input::new_key(&mut fields).map(IntegrationKey::from_stored),
        display_name: input::display_name(&mut fields),
        forward_webhooks: fields.optional_bool("forward_webhooks"),
        credentials: input::credentials(&mut fields),
        integration_config: input::integration_config(&mut fields),
        custom: input::custom(&mut fields),
    };
    fields.finish()?;
    let mut fields = params.fields();
    let key = IntegrationKey::from_stored(fields.required_text("uniqueKey", text::check_integration_key));
    fields.finish()?;

    let updated = match state.engine.update_integration(caller.environment(), &key, input).await {
        Err(IntegrationError::KeyTaken) => {
            let message = "Unique key is already used by another integration";
            return Err(ApiError::with_message(ErrorCode::InvalidBody, message));
        }
        Err(IntegrationError::NotFound) => {
            return Err(ApiError::not_found(format!("Integration \"{key}\" does not exist")));
        }
        other => other?,
    };
    Ok(reply::no_store(reply::data(wire::integration_response(&state.settings, &updated))))
}
