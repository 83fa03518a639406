//! Answers that handlers give.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::error::ApiError;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// A value as a JSON body with status 200; put a status before it in a tuple for another one.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => json_text(body),
            Err(error) => ApiError::unexpected(error).into_response(),
        }
    }
}

/// The envelope `{"data": …}` that most answers travel in.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
pub struct Data<T> {
    /// The answer.
    pub data: T,
}

/// A JSON body `{"data": …}` with status 200.
pub fn data<T: Serialize>(data: T) -> Json<Data<T>> {
    Json(Data { data })
}

/// A body that already is JSON text, with status 200.
pub fn json_text(text: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::from(text.into()));
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// 204 without a body.
pub fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// Forbids every cache to keep the answer; for answers that hold credentials or keys.
pub fn no_store(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    response
}
