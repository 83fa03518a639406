//! `GET /integrations/{uniqueKey}`

use axum::extract::State;
use axum::response::Response;
use bowline_domain::id::IntegrationKey;
use bowline_domain::text;

use super::wire;
use crate::error::ApiError;
use crate::extract::{Caller, Params, Query, scope};
use crate::reply;
use crate::state::AppState;
use crate::validate::{Refusal, one_of};

const INCLUDES: [&str; 2] = ["webhook", "credentials"];
const READ_CREDENTIALS: &str = "environment:integrations:read_credentials";

/// Shows one integration.
#[utoipa::path(
    get,
    path = "/integrations/{uniqueKey}",
    tag = "integrations",
    params(
        ("uniqueKey" = String, Path, description = "The integration's key"),
        ("include" = Option<Vec<String>>, Query, description = "`webhook`, `credentials`"),
    ),
    responses(
        (status = 200, description = "`{data: integration}`", body = inline(reply::Data<bowline_api::integration::IntegrationResponse>)),
        (status = 404, description = "No such integration", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn get_integration(
    State(state): State<AppState>,
    caller: Caller<scope::IntegrationsRead>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    let mut fields = query.fields();
    let include = fields.optional_texts("include", INCLUDES.len(), check_include).unwrap_or_default();
    fields.finish()?;
    let mut fields = params.fields();
    let key = IntegrationKey::from_stored(fields.required_text("uniqueKey", text::check_integration_key));
    fields.finish()?;

    let found = state.engine.find_integration(caller.environment(), &key).await?;
    let open = found.ok_or_else(|| ApiError::not_found(format!("Integration \"{key}\" does not exist")))?;
    let mut response = wire::integration_response(&state.settings, &open);
    let includes = |what: &str| include.iter().any(|asked| asked == what);
    if includes("webhook") {
        response.webhook_url = Some(wire::webhook_url(&state.settings, caller.environment(), &open));
    }
    if includes("credentials") && caller.scopes.allows(READ_CREDENTIALS) {
        response.credentials = Some(wire::credentials(&open));
    }
    Ok(reply::no_store(reply::data(response)))
}

fn check_include(text: &str) -> Result<(), Refusal> {
    if INCLUDES.contains(&text) { Ok(()) } else { Err(Refusal::value(one_of(&INCLUDES))) }
}
