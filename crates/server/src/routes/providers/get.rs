//! `GET /providers/{provider}`

use axum::extract::State;
use axum::response::Response;
use bowline_domain::text;

use super::wire::write_provider;
use crate::error::ApiError;
use crate::extract::{Caller, Params, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Shows one provider.
#[utoipa::path(
    get,
    path = "/providers/{provider}",
    tag = "providers",
    params(("provider" = String, Path, description = "The provider's name")),
    responses(
        (status = 200, description = "`{data: provider}`", body = serde_json::Value),
        (status = 401, description = "Not authenticated", body = bowline_api::error::ClassicError),
        (status = 404, description = "No such provider", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn get_provider(
    State(state): State<AppState>,
    _: Caller<scope::OrSession<scope::AnyEnvironment>>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut params = params.fields();
    let name = params.required_text("provider", text::check_provider_name);
    params.finish()?;

    let Some(entry) = state.engine.catalog().wire(&name) else {
        return Err(ApiError::not_found(format!("Unknown provider {name}")));
    };
    let mut body = String::from("{\"data\":");
    write_provider(&mut body, &state.settings.public_url, &name, entry);
    body.push('}');
    Ok(reply::json_text(body))
}
