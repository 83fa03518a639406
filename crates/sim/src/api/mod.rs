//! The protected API.

mod access;
mod bodies;
mod compress;
mod echo;
mod heads;
pub(crate) mod issues;
mod limits;
mod pages;
pub(crate) mod sink;
pub(crate) mod stream;

use http::StatusCode;
use serde_json::json;

use crate::call::Call;
use crate::reply::{self, Outcome};
use crate::state::State;

pub(crate) async fn handle(state: &State, call: &Call, rest: &[&str]) -> Outcome {
    state.counts.api_request();
    let caller = match access::check(state, call) {
        Ok(caller) => caller,
        Err(refusal) => return Ok(*refusal),
    };
    match rest {
        ["user"] => Ok(reply::ok(&json!(caller))),
        ["issues"] => Ok(pages::cursor_or_create(state, call)),
        ["issues-offset"] => Ok(pages::offset(state, call)),
        ["issues-link"] => Ok(pages::link(state, call)),
        ["issues", id] => Ok(issues::one(state, call, id)),
        ["echo", ..] => Ok(echo::echo(call)),
        ["multipart"] => Ok(echo::multipart(call)),
        ["cookies"] => Ok(echo::cookies(call)),
        ["status", code] => Ok(heads::status(call, code)),
        ["redirect"] => Ok(heads::redirect(call)),
        ["redirect-chain", hops] => Ok(heads::redirect_chain(hops)),
        ["headers"] => Ok(heads::headers(call)),
        ["huge-headers"] => Ok(heads::huge_headers(call)),
        ["slow-headers"] => Ok(heads::slow_headers(call).await),
        ["rate-limited"] => Ok(limits::rate_limited(state, call)),
        ["flaky"] => Ok(limits::flaky(state, call)),
        ["reset"] => limits::reset(state, call),
        ["stream"] => Ok(stream::handle(call)),
        ["sse"] => Ok(stream::events(call)),
        ["gzip"] => Ok(compress::gzip()),
        ["deflate"] => Ok(compress::deflate()),
        ["gzip-bomb"] => Ok(compress::gzip_bomb(call)),
        ["binary"] => Ok(bodies::binary(call)),
        ["truncated"] => Ok(bodies::truncated(call)),
        _ => Ok(reply::error(StatusCode::NOT_FOUND, "not_found", "no such API endpoint")),
    }
}
