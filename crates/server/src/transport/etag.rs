//! Weak ETags on buffered 200 answers to `GET`, and the 304 they save.

use axum::body::Body;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt;
use ring::digest::{SHA256, digest};

/// Bodies above this are not read for an ETag; the routes that have such set their own.
const HASHED_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// What must be known of the request once it is gone.
pub(super) struct EtagCheck {
    is_get: bool,
    if_none_match: Option<HeaderValue>,
}

impl EtagCheck {
    pub fn of(parts: &Parts) -> Self {
        let headers = &parts.headers;
        let reloads = headers.get(CACHE_CONTROL).is_some_and(|value| value.as_bytes() == b"no-cache");
        let if_none_match = if reloads { None } else { headers.get(IF_NONE_MATCH).cloned() };
        Self { is_get: parts.method == Method::GET, if_none_match }
    }

    /// Adds the ETag, and empties the answer when the client has it.
    pub async fn apply(self, mut response: Response) -> Response {
        if !self.is_get || response.status() != StatusCode::OK {
            return response;
        }
        if !response.headers().contains_key(ETAG) {
            let is_buffered =
                response.body().size_hint().exact().is_some_and(|size| size <= HASHED_BYTES_MAX);
            if !is_buffered {
                return response;
            }
            let body = std::mem::take(response.body_mut());
            let Ok(collected) = body.collect().await else { return response };
            let bytes = collected.to_bytes();
            response.headers_mut().insert(ETAG, weak_etag(&bytes));
            *response.body_mut() = Body::from(bytes);
        }
        let etag = response.headers().get(ETAG);
        if self.if_none_match.is_some_and(|list| etag.is_some_and(|etag| lists(&list, etag))) {
            return not_modified(response);
        }
        response
    }
}

/// `W/"<length>-<hash>"`.
pub(crate) fn weak_etag(body: &Bytes) -> HeaderValue {
    let hash = digest(&SHA256, body);
    let text = format!("W/\"{:x}-{}\"", body.len(), STANDARD_NO_PAD.encode(&hash.as_ref()[..15]));
    HeaderValue::try_from(text).expect("hex digits and base64 are a header value")
}

/// Whether an `If-None-Match` names the ETag; weak and strong forms compare as equal.
fn lists(if_none_match: &HeaderValue, etag: &HeaderValue) -> bool {
    let opaque = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    let (Ok(list), Ok(etag)) = (if_none_match.to_str(), etag.to_str()) else { return false };
    list.trim() == "*" || list.split(',').any(|one| opaque(one) == opaque(etag))
}

fn not_modified(mut response: Response) -> Response {
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response.headers_mut().remove(CONTENT_TYPE);
    response.headers_mut().remove(CONTENT_LENGTH);
    *response.body_mut() = Body::empty();
    response
}

/// The answer to a `HEAD`: the headers of the `GET`, and its length.
pub(super) fn without_body(mut response: Response) -> Response {
    let length = response.body().size_hint().exact();
    if let Some(length) = length.filter(|_| response.status() != StatusCode::NOT_MODIFIED) {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    *response.body_mut() = Body::empty();
    response
}
