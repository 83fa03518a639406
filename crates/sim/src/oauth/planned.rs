//! Turning a planned failure into an answer, or into none.

use std::io;

use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use http_body_util::BodyExt;
use serde_json::Value;

use crate::failure::FailureKind;
use crate::reply::{self, Interrupt, Outcome, Reply};

/// Huge, but not endless.
const HUGE_BYTES_MAX: u64 = 16 * 1024 * 1024 * 1024;
const CHUNK_BYTES: usize = 64 * 1024;

/// Answers as planned. `lost` is the good answer if the request was processed.
pub(crate) async fn fail(kind: FailureKind, lost: Option<Reply>) -> Outcome {
    match kind {
        FailureKind::Reset => Err(Interrupt),
        FailureKind::Status { status, body, headers } => Ok(plain(status, &body, &headers)),
        FailureKind::Html { status } => {
            let page = "<!doctype html><html><title>Bad gateway</title><h1>Something went wrong</h1></html>";
            Ok(reply::html(status_of(status), page.to_owned()))
        }
        FailureKind::Huge { bytes, status } => Ok(huge(bytes.min(HUGE_BYTES_MAX), status)),
        FailureKind::TruncatedJson { status } => Ok(truncated(status, lost).await),
        FailureKind::RateLimited { retry_after_seconds } => {
            let mut answer = reply::error(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "slow down");
            reply::set(&mut answer, "retry-after", retry_after_seconds);
            Ok(answer)
        }
    }
}

fn status_of(code: u16) -> StatusCode {
    reply::final_status(u64::from(code)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn plain(status: u16, body: &Value, headers: &[(String, String)]) -> Reply {
    let mut answer = match body {
        Value::Null => reply::empty(status_of(status)),
        Value::String(text) => reply::bytes(status_of(status), "text/plain; charset=utf-8", text.clone()),
        json => reply::json(status_of(status), json),
    };
    for (name, value) in headers {
        reply::append(&mut answer, name, value);
    }
    answer
}

/// Looks like a token answer whose first field never ends.
fn huge(bytes: u64, status: u16) -> Reply {
    let chunks = stream::unfold(bytes, |left| async move {
        let step = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK_BYTES);
        let chunk = io::Result::Ok(Bytes::from(vec![b'a'; step]));
        (step > 0).then(|| (chunk, left - step as u64))
    });
    let opening = stream::iter([Ok(Bytes::from_static(b"{\"access_token\":\""))]);
    let mut answer = reply::stream("application/json", futures_util::StreamExt::chain(opening, chunks));
    *answer.status_mut() = status_of(status);
    answer
}

/// The first half of the good answer, or of one that could have been.
async fn truncated(status: u16, lost: Option<Reply>) -> Reply {
    let whole = match lost {
        Some(reply) => reply.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default(),
        None => Bytes::from_static(b"{\"access_token\":\"sim-at-0-00000000\",\"token_type\":\"bearer\"}"),
    };
    reply::bytes(status_of(status), "application/json", whole.slice(..whole.len() / 2))
}
