//! From a request to its handler.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use serde_json::json;

use crate::call::Call;
use crate::connection::Connection;
use crate::control::Control;
use crate::reply::{self, Interrupt, Outcome, Reply};
use crate::{admin, api, oauth};

/// Larger bodies belong to `/api/sink`, which reads them as a stream.
const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

pub(crate) async fn handle(
    control: Control,
    connection: Arc<Connection>,
    request: Request<Incoming>,
) -> Outcome {
    let (parts, body) = request.into_parts();
    let mut call = Call::from_head(parts, connection);
    let outcome = if call.path == "/api/sink" {
        record(&control, &call);
        Ok(api::sink::handle(&control.state, &call, body).await)
    } else {
        match collect(body).await {
            Ok(bytes) => {
                call.body = bytes;
                record(&control, &call);
                dispatch(&control, &call).await
            }
            Err(refusal) => Ok(refusal),
        }
    };
    outcome.inspect_err(|Interrupt| call.connection.mark_reset())
}

fn record(control: &Control, call: &Call) {
    let state = &control.state;
    if !call.path.starts_with("/_sim") {
        let recording = state.config.lock().recording.clone();
        state.recorder.record(call, state.now_ms(), &recording);
    }
}

async fn collect(body: Incoming) -> Result<Bytes, Reply> {
    match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(problem) if problem.is::<LengthLimitError>() => {
            Err(reply::error(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "use /api/sink for large bodies"))
        }
        Err(_) => Err(reply::error(StatusCode::BAD_REQUEST, "bad_body", "the body could not be read")),
    }
}

async fn dispatch(control: &Control, call: &Call) -> Outcome {
    let state = &control.state;
    match call.segments().as_slice() {
        [""] => Ok(reply::ok(&json!({ "name": "bowline simulated provider", "base_url": state.base_url }))),
        ["_sim", resource] => Ok(admin::handle(control, call, resource)),
        [".well-known", "oauth-authorization-server"] => Ok(oauth::metadata(state)),
        ["oauth", "token"] => oauth::token::handle(state, call).await,
        ["oauth", endpoint] => Ok(oauth::handle(state, call, endpoint)),
        ["api", rest @ ..] => api::handle(state, call, rest).await,
        _ => Ok(reply::error(StatusCode::NOT_FOUND, "not_found", "the simulator has nothing at this path")),
    }
}
