//! `GET /providers`

use axum::extract::State;
use axum::response::Response;
use bowline_domain::text;

use super::wire::write_provider;
use crate::error::ApiError;
use crate::extract::{Caller, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Lists the known providers, all or those whose name contains `search`.
#[utoipa::path(
    get,
    path = "/providers",
    tag = "providers",
    params(("search" = Option<String>, Query, description = "A part of the provider's name")),
    responses(
        (status = 200, description = "`{data: [provider]}` in catalogue order", body = serde_json::Value),
        (status = 400, description = "Invalid query", body = bowline_api::error::ModernError),
        (status = 401, description = "Not authenticated", body = bowline_api::error::ClassicError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn list_providers(
    State(state): State<AppState>,
    _: Caller<scope::OrSession<scope::AnyEnvironment>>,
    query: Query,
) -> Result<Response, ApiError> {
    let mut query = query.fields();
    let search = query.optional_text("search", text::check_integration_key);
    query.finish()?;

    let mut body = String::from("{\"data\":[");
    for (at, (name, entry)) in state.engine.catalog().list_wire(search.as_deref()).enumerate() {
        if at > 0 {
            body.push(',');
        }
        write_provider(&mut body, &state.settings.public_url, name, entry);
    }
    body.push_str("]}");
    Ok(reply::json_text(body))
}
