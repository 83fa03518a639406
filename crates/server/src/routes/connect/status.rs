//! `GET /connect/session/status`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::connect::PopupStatus;
use uuid::Uuid;

use crate::error::ApiError;
use crate::extract::{Query, SessionCaller};
use crate::reply;
use crate::state::AppState;
use crate::validate;

/// How the window ended that a page opened under an id of its own, for pages whose WebSocket does not open. An end is
/// told once.
#[utoipa::path(
    get,
    path = "/connect/session/status",
    tag = "connect",
    params(("ws_client_id" = String, Query, description = "The id the window was opened with (UUID)")),
    responses(
        (status = 200, description = "`pending`, `success` or `error`", body = inline(reply::Data<PopupStatus>)),
        (status = 401, description = "No live session has this token", body = bowline_api::error::ClassicError),
    ),
    security(("connect_session" = []))
)]
pub(crate) async fn get_popup_status(
    State(state): State<AppState>,
    caller: SessionCaller,
    query: Query,
) -> Result<Response, ApiError> {
    let mut fields = query.fields();
    let page = fields.required_text("ws_client_id", validate::uuid);
    fields.finish()?;
    let page = Uuid::try_parse(&page).map_err(ApiError::unexpected)?;
    let ended = state.engine.take_popup_result(page, Some(caller.session().uid.0)).await;
    let status = match ended.map_err(ApiError::unexpected)? {
        None => PopupStatus { status: "pending", ..PopupStatus::default() },
        Some(result) => {
            let is_connected = result.error.is_none();
            let (kind, description) = result.error.map(|error| (error.kind, error.description)).unzip();
            PopupStatus {
                status: if is_connected { "success" } else { "error" },
                provider_config_key: Some(result.provider_config_key),
                connection_id: Some(result.connection_id),
                is_pending: is_connected.then_some(result.is_pending),
                error_type: kind,
                error_desc: description,
            }
        }
    };
    Ok(reply::no_store(reply::data(status)).into_response())
}
