//! `GET /openapi.json`

use std::sync::OnceLock;

use axum::response::Response;
use bytes::Bytes;

use crate::openapi::openapi_json;
use crate::reply;

/// This API as an OpenAPI document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "infrastructure",
    responses((status = 200, description = "The document", content_type = "application/json"))
)]
pub(crate) async fn get_openapi() -> Response {
    static TEXT: OnceLock<Bytes> = OnceLock::new();
    reply::json_text(TEXT.get_or_init(|| Bytes::from(openapi_json())).clone())
}
