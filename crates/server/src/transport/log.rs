//! One line per request, and the one place where unexpected errors are logged.
//!
//! Neither query strings nor headers nor bodies are written: they hold secrets.

use std::any::Any;

use axum::body::Body;
use axum::response::Response;
use bowline_domain::{Clock, Timestamp};
use http::{Method, Request};

use super::RequestContext;
use crate::error::{ApiError, Unexpected};

/// What is kept of a request for its line.
pub(super) struct Entry {
    method: Method,
    path: String,
    started_at: Timestamp,
}

/// Begins a line if anyone reads it.
pub(super) fn begin(request: &Request<Body>, clock: &dyn Clock) -> Option<Entry> {
    if !tracing::enabled!(target: "bowline::request", tracing::Level::DEBUG) {
        return None;
    }
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    Some(Entry { method, path, started_at: clock.now() })
}

/// Writes the line.
pub(super) fn end(entry: Option<Entry>, response: &Response, context: &RequestContext, clock: &dyn Clock) {
    let Some(Entry { method, path, started_at }) = entry else { return };
    let caller = context.caller.get();
    tracing::debug!(
        target: "bowline::request",
        request_id = context.id.to_str().unwrap_or_default(),
        %method,
        path,
        status = response.status().as_u16(),
        duration_us = clock.now().since(started_at).as_micros() as u64,
        account = caller.map(|(account, _)| account.0),
        key = caller.map(|(_, key)| key.0),
        "request"
    );
}

/// Logs the error behind a generic 500.
pub(super) fn unexpected(response: &mut Response, context: &RequestContext) {
    let Some(Unexpected { error_id, error }) = response.extensions_mut().remove() else { return };
    let request_id = context.id.to_str().unwrap_or_default();
    tracing::error!(%error_id, request_id, ?error, "unexpected error: {error}");
}

/// A panic as an error: the caller gets a generic 500, the log its text.
pub(super) fn panicked(panic: &(dyn Any + Send)) -> ApiError {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    ApiError::unexpected(format!("panicked: {}", text.unwrap_or("no text")))
}
