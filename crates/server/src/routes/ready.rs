//! `GET /ready`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::health::OK;
use crate::reply;
use crate::state::AppState;

/// Answers whether this node takes traffic.
#[utoipa::path(
    get,
    path = "/ready",
    tag = "infrastructure",
    responses(
        (status = 200, description = "The node takes traffic", body = bowline_api::infra::StatusResponse),
        (status = 503, description = "The node is starting or stopping", body = bowline_api::infra::StatusResponse),
    )
)]
pub(crate) async fn get_ready(State(state): State<AppState>) -> Response {
    if state.readiness.is_ready() {
        return reply::json_text(OK);
    }
    (StatusCode::SERVICE_UNAVAILABLE, reply::json_text(r#"{"result":"not ready"}"#)).into_response()
}
