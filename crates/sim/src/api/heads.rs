//! Answers that are about status and headers.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;

use crate::call::Call;
use crate::reply::{self, Reply};

const DELAY_MS_MAX: u64 = 60_000;
const HOPS_MAX: u64 = 1_000;
const HUGE_HEADER_BYTES_MAX: u64 = 1024 * 1024;
/// One header line of the huge head.
const LINE_BYTES: u64 = 4_096;

pub(crate) fn status(call: &Call, code: &str) -> Reply {
    let Some(status) = code.parse().ok().and_then(reply::final_status) else {
        return bad_request("the status must be 200 to 999");
    };
    let query = call.query();
    let location = query.get_or("location", "/api/user");
    let mut answer = match query.get("body") {
        Some(body) => reply::bytes(status, "text/plain; charset=utf-8", body.to_owned()),
        None => reply::empty(status),
    };
    if matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        reply::append(&mut answer, "location", location);
    }
    answer
}

pub(crate) fn redirect(call: &Call) -> Reply {
    let query = call.query();
    let status = reply::final_status(query.number("status", 302, 999)).filter(StatusCode::is_redirection);
    match (query.get("to"), status) {
        (Some(to), Some(status)) => reply::redirect(status, to),
        _ => bad_request("`to` is missing or `status` is not a redirection"),
    }
}

/// `n` hops, then 200.
pub(crate) fn redirect_chain(hops: &str) -> Reply {
    match hops.parse::<u64>() {
        Ok(0) => reply::ok(&json!({ "arrived": true })),
        Ok(left) if left <= HOPS_MAX => {
            reply::redirect(StatusCode::FOUND, &format!("/api/redirect-chain/{}", left - 1))
        }
        _ => bad_request("the number of hops must be 0 to 1000"),
    }
}

/// Each query pair becomes a response header. The framing stays with the server.
pub(crate) fn headers(call: &Call) -> Reply {
    let mut answer = reply::ok(&json!({ "headers": "see the head" }));
    for (name, value) in call.query().iter().filter(|(name, _)| *name != "api_key") {
        let is_framing =
            ["content-length", "transfer-encoding"].contains(&name.to_ascii_lowercase().as_str());
        if name.eq_ignore_ascii_case("content-type") {
            answer.headers_mut().remove("content-type");
        }
        if is_framing || !reply::append(&mut answer, name, value) {
            return bad_request("a query pair cannot be a response header");
        }
    }
    answer
}

pub(crate) fn huge_headers(call: &Call) -> Reply {
    let bytes = call.query().number("bytes", 65_536, HUGE_HEADER_BYTES_MAX);
    let mut answer = reply::ok(&json!({ "header_bytes": bytes }));
    for number in 0..bytes.div_ceil(LINE_BYTES) {
        let length = LINE_BYTES.min(bytes - number * LINE_BYTES);
        reply::append(&mut answer, &format!("x-huge-{number}"), &"h".repeat(length as usize));
    }
    answer
}

pub(crate) async fn slow_headers(call: &Call) -> Reply {
    let delay_ms = call.query().number("delay_ms", 1_000, DELAY_MS_MAX);
    tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    reply::ok(&json!({ "delayed_ms": delay_ms }))
}

fn bad_request(problem: &str) -> Reply {
    reply::error(StatusCode::BAD_REQUEST, "bad_request", problem)
}
