//! `POST /integrations/quickstart`

use axum::extract::State;
use axum::response::Response;
use bowline_api::error::{ErrorCode, Issue, IssueCode};
use bowline_domain::provider::AuthMode;
use bowline_domain::text;

use super::input;
use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Query, scope};
use crate::state::AppState;

/// Would create an integration on an app that the operator of the server provides. A self-hosted server has
/// none, so every request that is valid is told so.
#[utoipa::path(
    post,
    path = "/integrations/quickstart",
    tag = "integrations",
    request_body = bowline_api::integration::CreateIntegrationRequest,
    responses((status = 400, description = "No shared app", body = bowline_api::error::ModernError)),
    security(("secret_key" = []))
)]
pub(crate) async fn create_quickstart_integration(
    State(state): State<AppState>,
    _: Caller<scope::IntegrationsCreate>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut fields = body.fields();
    let name = fields.required_text("provider", text::check_provider_name);
    let _ = fields.required_text("unique_key", text::check_integration_key);
    let _ = input::display_name(&mut fields);
    let _ = fields.optional_bool("forward_webhooks");
    fields.finish()?;

    let Some(provider) = state.engine.catalog().find(&name) else {
        let issue = Issue {
            code: IssueCode::InvalidString,
            message: "Invalid provider".to_owned(),
            path: vec!["provider".to_owned()],
        };
        return Err(ApiError::invalid(ErrorCode::InvalidBody, vec![issue]));
    };
    let takes_apps = matches!(provider.auth_mode, AuthMode::OAuth1 | AuthMode::OAuth2 | AuthMode::App);
    let reason = if takes_apps { "this server has no shared app for it" } else { "it does not use OAuth" };
    Err(ApiError::invalid_body(format!(
        "The provider \"{name}\" has no quickstart: {reason}; use POST /integrations"
    )))
}
