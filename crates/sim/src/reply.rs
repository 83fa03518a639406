//! Building answers.

use std::io;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use serde_json::{Value, json};

pub(crate) type Reply = Response<UnsyncBoxBody<Bytes, io::Error>>;

/// A handler gives an answer, or takes the connection down.
pub(crate) type Outcome = Result<Reply, Interrupt>;

/// The connection ends here, without a (whole) answer.
#[derive(Debug)]
pub(crate) struct Interrupt;

impl std::fmt::Display for Interrupt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is reset on purpose")
    }
}

impl std::error::Error for Interrupt {}

pub(crate) fn bytes(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    let body = Full::new(body.into()).map_err(|never| match never {}).boxed_unsync();
    with_type(status, content_type, body)
}

pub(crate) fn stream<S>(content_type: &'static str, chunks: S) -> Reply
where
    S: Stream<Item = io::Result<Bytes>> + Send + 'static,
{
    let body = StreamBody::new(chunks.map(|chunk| chunk.map(Frame::data))).boxed_unsync();
    with_type(StatusCode::OK, content_type, body)
}

fn with_type(status: StatusCode, content_type: &'static str, body: UnsyncBoxBody<Bytes, io::Error>) -> Reply {
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    if !content_type.is_empty() {
        reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    reply
}

pub(crate) fn json(status: StatusCode, body: &Value) -> Reply {
    bytes(status, "application/json", body.to_string())
}

pub(crate) fn ok(body: &Value) -> Reply {
    json(StatusCode::OK, body)
}

pub(crate) fn empty(status: StatusCode) -> Reply {
    bytes(status, "", Bytes::new())
}

pub(crate) fn html(status: StatusCode, body: String) -> Reply {
    bytes(status, "text/html; charset=utf-8", body)
}

pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Reply {
    json(status, &json!({ "error": code, "message": message }))
}

pub(crate) fn redirect(status: StatusCode, location: &str) -> Reply {
    let Ok(value) = HeaderValue::from_str(location) else {
        return error(StatusCode::BAD_REQUEST, "bad_location", "this cannot be a Location header");
    };
    let mut reply = empty(status);
    reply.headers_mut().insert(http::header::LOCATION, value);
    reply
}

/// Sets a header whose value the simulator itself made.
pub(crate) fn set(reply: &mut Reply, name: &'static str, value: impl ToString) {
    if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
        reply.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

/// Appends a header that came from outside; `false` if it is not one.
pub(crate) fn append(reply: &mut Reply, name: &str, value: &str) -> bool {
    let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) else {
        return false;
    };
    reply.headers_mut().append(name, value);
    true
}

/// The status a caller asked for, if HTTP has it and a final answer can carry it.
pub(crate) fn final_status(code: u64) -> Option<StatusCode> {
    let code = u16::try_from(code).ok().filter(|code| *code >= 200)?;
    StatusCode::from_u16(code).ok()
}
