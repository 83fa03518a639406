//! `/api/sink`: reads a body of any size at constant memory.

use http::StatusCode;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use ring::digest::{Context, SHA256};
use serde_json::json;

use crate::call::Call;
use crate::reply::{self, Reply};
use crate::state::State;

pub(crate) async fn handle(state: &State, call: &Call, mut body: Incoming) -> Reply {
    state.counts.api_request();
    if let Err(refusal) = super::access::check(state, call) {
        return *refusal;
    }
    let mut hash = Context::new(&SHA256);
    let mut length = 0u64;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return reply::error(StatusCode::BAD_REQUEST, "bad_body", "the body ended early");
        };
        if let Some(data) = frame.data_ref() {
            hash.update(data);
            length += data.len() as u64;
        }
    }
    reply::ok(&json!({ "body_length": length, "sha256": hex::encode(hash.finish()) }))
}
