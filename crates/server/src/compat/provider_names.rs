//! `GET /provider` and `GET /provider/{provider}`: providers as the first clients asked for them.

use axum::extract::State;
use axum::response::Response;

use crate::error::ApiError;
use crate::extract::{Caller, Params, Query, scope};
use crate::reply;
use crate::state::AppState;
use crate::validate::any_text;

/// Every provider by name.
pub(crate) async fn list_providers(
    State(state): State<AppState>,
    _: Caller<scope::AnyEnvironment>,
    query: Query,
) -> Result<Response, ApiError> {
    let mut fields = query.fields().lenient();
    let search = fields.optional_text("query", any_text);
    fields.finish()?;
    let mut body = String::from("{\"providers\":{");
    for (at, (name, wire)) in state.engine.catalog().list_wire(search.as_deref()).enumerate() {
        let comma = if at == 0 { "" } else { "," };
        body.push_str(&format!("{comma}\"{name}\":{wire}"));
    }
    body.push_str("}}");
    Ok(reply::json_text(body))
}

/// One provider, or null.
pub(crate) async fn get_provider(
    State(state): State<AppState>,
    _: Caller<scope::AnyEnvironment>,
    params: Params,
) -> Result<Response, ApiError> {
    let mut fields = params.fields();
    let name = fields.required_text("provider", any_text);
    fields.finish()?;
    let wire = state.engine.catalog().wire(&name).unwrap_or("null");
    Ok(reply::json_text(format!("{{\"provider\":{wire}}}")))
}
