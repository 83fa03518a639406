//! `GET /health`

use axum::response::Response;

use crate::reply;

pub(super) const OK: &str = r#"{"result":"ok"}"#;

/// Answers as long as the process does.
#[utoipa::path(
    get,
    path = "/health",
    tag = "infrastructure",
    responses((status = 200, description = "The process answers", body = bowline_api::infra::StatusResponse))
)]
pub(crate) async fn get_health() -> Response {
    reply::json_text(OK)
}
