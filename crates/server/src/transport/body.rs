//! Reading a request's body, before anyone is authenticated (spec `api.md` §1).

use std::fmt;
use std::time::Duration;

use axum::body::Body;
use bowline_api::error::ErrorCode;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::{Map, Value};

use super::json;
use crate::error::ApiError;
use crate::validate::parse_query;

/// A client that takes longer than this to send a body is not waited for.
const RECEIVE_MAX: Duration = Duration::from_secs(300);

/// A body as it came. It often holds credentials, so `Debug` tells its kind and length alone.
#[derive(Clone, PartialEq)]
pub(crate) enum RequestBody {
    /// None was sent.
    Absent,
    /// JSON, with the text it was read from.
    Json(Value, Bytes),
    /// Anything else.
    Raw(Bytes),
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("Absent"),
            Self::Json(_, bytes) => write!(f, "Json({} bytes)", bytes.len()),
            Self::Raw(bytes) => write!(f, "Raw({} bytes)", bytes.len()),
        }
    }
}

/// Reads the whole body, and parses it if it is JSON.
pub(super) async fn read(headers: &HeaderMap, body: Body, bytes_max: usize) -> Result<RequestBody, ApiError> {
    let is_json = is_json(headers);
    if body.is_end_stream() {
        let declares_empty = is_json && headers.contains_key(CONTENT_LENGTH);
        return Ok(if declares_empty { empty_object() } else { RequestBody::Absent });
    }
    if body.size_hint().lower() > bytes_max as u64 {
        return Err(too_large(bytes_max));
    }
    let collected = tokio::time::timeout(RECEIVE_MAX, Limited::new(body, bytes_max).collect()).await;
    let bytes = match collected {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(too_large(bytes_max)),
        Ok(Err(_)) | Err(_) => return Err(ApiError::invalid_body("The body did not arrive whole")),
    };
    if is_of_type(headers, "application/x-www-form-urlencoded") {
        return form(bytes);
    }
    if !is_json {
        return Ok(RequestBody::Raw(bytes));
    }
    if bytes.is_empty() {
        return Ok(empty_object());
    }
    let value =
        json::parse(&bytes).map_err(|problem| ApiError::with_message(ErrorCode::InvalidJson, problem))?;
    Ok(RequestBody::Json(value, bytes))
}

/// A form reads like a query string; what it means is what the same JSON object would mean.
fn form(bytes: Bytes) -> Result<RequestBody, ApiError> {
    let text = std::str::from_utf8(&bytes).map_err(|_| ApiError::invalid_body("The form is not UTF-8"))?;
    Ok(RequestBody::Json(Value::Object(parse_query(Some(text))?), bytes))
}

fn empty_object() -> RequestBody {
    RequestBody::Json(Value::Object(Map::new()), Bytes::new())
}

fn too_large(bytes_max: usize) -> ApiError {
    let message = format!("The body is larger than {bytes_max} bytes");
    ApiError::with_message(ErrorCode::RequestTooLarge, message)
}

/// Whether the type is exactly `application/json`; parameters are allowed.
fn is_json(headers: &HeaderMap) -> bool {
    is_of_type(headers, "application/json")
}

fn is_of_type(headers: &HeaderMap, wanted: &str) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(wanted)
}

#[cfg(test)]
mod tests {
    use super::super::context::RequestContext;
    use super::*;
    use http::HeaderValue;
    use serde_json::json;

    #[test]
    fn debug_output_of_a_request_shows_nothing_of_its_body() {
        let bytes = Bytes::from_static(br#"{"api_key":"hunter2"}"#);
        let context = RequestContext::new(HeaderValue::from_static("id"), None);
        let bodies =
            [RequestBody::Json(json!({"api_key": "hunter2"}), bytes.clone()), RequestBody::Raw(bytes)];
        for body in bodies {
            context.put_body(body.clone());
            let shown = format!("{body:?} {context:?}");
            assert!(!shown.contains("hunter2") && !shown.contains("api_key"), "{shown}");
            assert!(shown.contains("21 bytes"), "{shown}");
        }
    }
}
