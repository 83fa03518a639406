//! `/_sim/*`: the control handle over HTTP, for tests that are not written in Rust.

use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::call::Call;
use crate::control::{Control, NewGrant};
use crate::failure::PlannedFailure;
use crate::reply::{self, Reply};

pub(crate) fn handle(control: &Control, call: &Call, resource: &str) -> Reply {
    match (&call.method, resource) {
        (&Method::GET, "config") => reply::ok(&json!(control.config())),
        (&Method::POST | &Method::PATCH, "config") => merge_config(control, call),
        (&Method::GET, "requests") => reply::ok(&json!({ "requests": control.requests() })),
        (&Method::DELETE, "requests") => done(|| control.clear_requests()),
        (&Method::GET, "stats") => reply::ok(&json!(control.stats())),
        (&Method::DELETE, "stats") => done(|| control.reset_stats()),
        (&Method::POST, "grants") => with_body(call, |grant: NewGrant| json!(control.mint_grant(grant))),
        (&Method::POST, "failures") => plan_failures(control, call),
        (&Method::GET, "clock") => reply::ok(&json!({ "now_ms": control.now_ms() })),
        (&Method::POST, "clock") => advance(control, call),
        (&Method::POST, "reset") => done(|| control.reset()),
        _ => reply::error(StatusCode::NOT_FOUND, "not_found", "no such control resource or method"),
    }
}

/// 204 once `act` has happened.
fn done(act: impl FnOnce()) -> Reply {
    act();
    reply::empty(StatusCode::NO_CONTENT)
}

fn bad_request(problem: &str) -> Reply {
    reply::error(StatusCode::BAD_REQUEST, "bad_request", problem)
}

fn merge_config(control: &Control, call: &Call) -> Reply {
    let Some(patch) = call.json_body().filter(Value::is_object) else {
        return bad_request("the body must be a JSON object");
    };
    match control.merge_config(patch) {
        Ok(config) => reply::ok(&json!(config)),
        Err(problem) => bad_request(&problem.to_string()),
    }
}

/// Appends one failure, or each of a list.
fn plan_failures(control: &Control, call: &Call) -> Reply {
    let failures = match call.json_body() {
        Some(Value::Array(failures)) => failures,
        Some(failure) => vec![failure],
        None => return bad_request("the body must be a failure or a list of them"),
    };
    match failures.into_iter().map(serde_json::from_value).collect::<Result<Vec<PlannedFailure>, _>>() {
        Ok(failures) => done(|| failures.into_iter().for_each(|failure| control.plan_failure(failure))),
        Err(problem) => bad_request(&problem.to_string()),
    }
}

fn advance(control: &Control, call: &Call) -> Reply {
    let Some(seconds) = call.json_body().and_then(|body| body.get("advance_seconds")?.as_i64()) else {
        return bad_request("the body must be {\"advance_seconds\": N}");
    };
    control.state.clock.advance(seconds.saturating_mul(1_000));
    reply::ok(&json!({ "now_ms": control.now_ms() }))
}

/// Runs `act` with the parsed body; an empty body stands for `{}`.
fn with_body<T: DeserializeOwned>(call: &Call, act: impl FnOnce(T) -> Value) -> Reply {
    let body: &[u8] = if call.body.is_empty() { b"{}" } else { &call.body };
    match serde_json::from_slice(body) {
        Ok(value) => reply::ok(&act(value)),
        Err(problem) => bad_request(&problem.to_string()),
    }
}
