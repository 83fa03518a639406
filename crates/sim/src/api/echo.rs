//! Telling the caller what arrived.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use serde_json::json;

use crate::call::Call;
use crate::reply::{self, Reply};

pub(crate) fn echo(call: &Call) -> Reply {
    reply::ok(&json!({
        "method": call.method.as_str(),
        "path": call.path,
        "query": call.raw_query,
        "headers": call.header_lines,
        "body_base64": STANDARD.encode(&call.body),
        "body_length": call.body.len(),
        "sha256": sha256(&call.body),
    }))
}

pub(crate) fn multipart(call: &Call) -> Reply {
    let content_type = call.header("content-type").unwrap_or_default();
    let boundary = content_type
        .split_once("boundary=")
        .map(|(_, value)| value.split(';').next().unwrap_or_default().trim().trim_matches('"'));
    let delimiter =
        boundary.filter(|boundary| !boundary.is_empty()).map(|boundary| format!("--{boundary}\r\n"));
    let parts = delimiter.map(|delimiter| {
        call.body.windows(delimiter.len()).filter(|window| *window == delimiter.as_bytes()).count()
    });
    reply::ok(&json!({
        "content_type": content_type,
        "boundary": boundary,
        "parts": parts,
        "body_length": call.body.len(),
        "sha256": sha256(&call.body),
    }))
}

/// Sets two cookies, which must stay two header lines, and tells which came.
pub(crate) fn cookies(call: &Call) -> Reply {
    let received: Vec<&str> =
        call.headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok()).collect();
    let mut answer = reply::ok(&json!({ "received": received }));
    reply::append(&mut answer, "set-cookie", "session=sim-1; Path=/; HttpOnly");
    reply::append(&mut answer, "set-cookie", "theme=dark; Expires=Wed, 09 Jun 2038 10:18:14 GMT");
    answer
}

fn sha256(body: &[u8]) -> String {
    hex::encode(digest(&SHA256, body))
}
