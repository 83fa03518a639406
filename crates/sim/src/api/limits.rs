//! Endpoints that refuse the first calls with a key and then work.

use http::StatusCode;
use serde_json::json;

use crate::call::{Call, Fields};
use crate::clock::to_http_date;
use crate::reply::{self, Interrupt, Outcome, Reply};
use crate::state::State;

const TIMES_MAX: u64 = 1_000_000;
const AFTER_SECONDS_MAX: u64 = 86_400;

fn is_refused(state: &State, endpoint: &str, query: &Fields) -> bool {
    state.is_among_first(endpoint, query.get_or("key", ""), query.number("times", 1, TIMES_MAX))
}

pub(crate) fn rate_limited(state: &State, call: &Call) -> Reply {
    let query = call.query();
    if !is_refused(state, "rate-limited", &query) {
        let mut answer = reply::ok(&json!({ "limited": false }));
        reply::set(&mut answer, "x-ratelimit-remaining", 99);
        return answer;
    }
    let style = query.get_or("style", "retry-after");
    let after_seconds = query.number("after", 1, AFTER_SECONDS_MAX);
    limited(style, after_seconds, state.now_ms())
}

fn limited(style: &str, after_seconds: u64, now_ms: i64) -> Reply {
    let free_at_ms = now_ms + i64::try_from(after_seconds).unwrap_or_default() * 1_000;
    // Rounded up, so that a client that waits for that second is not early.
    let free_at_seconds = (free_at_ms + 999).div_euclid(1_000);
    let (status, message) = match style {
        "github" => (StatusCode::FORBIDDEN, "API rate limit exceeded"),
        _ => (StatusCode::TOO_MANY_REQUESTS, "slow down"),
    };
    let mut answer = reply::error(status, "rate_limited", message);
    match style {
        "retry-after" => reply::set(&mut answer, "retry-after", after_seconds),
        "retry-after-date" => reply::set(&mut answer, "retry-after", to_http_date(free_at_seconds * 1_000)),
        "x-ratelimit-reset-ms" => reply::set(&mut answer, "x-ratelimit-reset", free_at_ms),
        "x-ratelimit-reset-epoch" | "github" => {
            reply::set(&mut answer, "x-ratelimit-reset", free_at_seconds);
        }
        _ => return reply::error(StatusCode::BAD_REQUEST, "bad_request", "unknown style"),
    }
    if !style.starts_with("retry-after") {
        reply::set(&mut answer, "x-ratelimit-limit", 100);
        reply::set(&mut answer, "x-ratelimit-remaining", 0);
    }
    answer
}

pub(crate) fn flaky(state: &State, call: &Call) -> Reply {
    let query = call.query();
    let Some(status) = reply::final_status(query.number("status", 503, 999)) else {
        return reply::error(StatusCode::BAD_REQUEST, "bad_request", "the status must be 200 to 999");
    };
    if is_refused(state, "flaky", &query) {
        return reply::error(status, "flaky", "not this time");
    }
    reply::ok(&json!({ "flaky": false }))
}

pub(crate) fn reset(state: &State, call: &Call) -> Outcome {
    if is_refused(state, "reset", &call.query()) {
        return Err(Interrupt);
    }
    Ok(reply::ok(&json!({ "reset": false })))
}
