//! `GET /providers.json`

use axum::extract::State;
use axum::response::Response;

use super::wire::write_text;
use crate::error::ApiError;
use crate::extract::AddressLimited;
use crate::reply;
use crate::state::AppState;

/// The whole catalogue as one object keyed by provider name, for anyone.
#[utoipa::path(
    get,
    path = "/providers.json",
    tag = "infrastructure",
    responses((status = 200, description = "`{name: provider}`", body = serde_json::Value))
)]
pub(crate) async fn get_all_providers(
    State(state): State<AppState>,
    _: AddressLimited<1>,
) -> Result<Response, ApiError> {
    let mut body = String::from("{");
    for (at, (name, entry)) in state.engine.catalog().list_wire(None).enumerate() {
        if at > 0 {
            body.push(',');
        }
        write_text(&mut body, name);
        body.push(':');
        body.push_str(entry);
    }
    body.push('}');
    Ok(reply::json_text(body))
}
