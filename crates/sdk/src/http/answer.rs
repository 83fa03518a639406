//! An answer's head, and its body as far as it is wanted.

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::error::{
    ApiError, Error, FieldError, RateLimited, Result, TransportError, UnexpectedAnswer, UpstreamError,
    retry_after,
};

const JSON: &str = "application/json";
/// The most of an error's body that is put into words.
const MESSAGE_CHARS_MAX: usize = 2_000;

/// Codes with which the server itself answers on the proxy's path (spec: API §3.4 and §14). Any other error there
/// is the provider's.
const PROXY_CODES: &[&str] = &[
    "base_url_override_disabled",
    "base_url_override_not_allowed",
    "connection_refresh_backoff",
    "connection_refresh_exhausted",
    "failed_to_get_connection",
    "feature_disabled",
    "forbidden",
    "generic_error_support",
    "invalid_certificate_or_key_format",
    "invalid_connect_session_token_format",
    "invalid_headers",
    "invalid_json",
    "invalid_query_params",
    "invalid_secret_key_format",
    "invalid_url",
    "malformed_auth_header",
    "missing_api_url",
    "missing_auth_header",
    "missing_provider",
    "plan_limit",
    "request_too_large",
    "server_error",
    "too_many_request",
    "unknown_account",
    "unknown_connect_session_token",
    "unknown_connection",
    "unknown_provider",
    "unknown_provider_config",
    "unsupported_auth",
    "unsupported_provider",
];

/// An answer that is held in memory.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// Reads a body to its end, up to the limit.
    pub async fn read(response: reqwest::Response, limit_bytes: u64) -> Result<Self> {
        let status = response.status();
        let headers = response.headers().clone();
        let body = collect(response, limit_bytes).await?;
        Ok(Self { status, headers, body })
    }

    pub fn request_id(&self) -> Option<String> {
        text(&self.headers, "x-request-id")
    }

    /// The error that an answer other than a 2xx stands for.
    pub fn refusal(&self, is_proxied: bool) -> Error {
        let own = self.own_error(is_proxied);
        if is_proxied && own.is_none() {
            return self.upstream_error();
        }
        let code = own.as_ref().map(|error| error.code.as_str());
        if self.status == StatusCode::TOO_MANY_REQUESTS
            && matches!(code, None | Some("too_many_request" | ""))
        {
            return Error::RateLimited(self.rate_limited());
        }
        match own {
            Some(error) => Error::Api(Box::new(error)),
            None => self.unexpected(),
        }
    }

    /// Fails for an answer that is not JSON. Nothing at all is fine: it counts as `null`.
    pub fn json_body(&self) -> Result<&[u8]> {
        if self.body.is_empty() {
            return Ok(b"null");
        }
        if !self.is_json() {
            return Err(self.unexpected());
        }
        Ok(&self.body)
    }

    fn is_json(&self) -> bool {
        text(&self.headers, "content-type").is_some_and(|kind| kind.starts_with(JSON))
    }

    fn own_error(&self, is_proxied: bool) -> Option<ApiError> {
        if !self.is_json() {
            return None;
        }
        let envelope: Envelope = serde_json::from_slice(&self.body).ok()?;
        let error = match envelope.error {
            Some(Value::Object(error)) => ErrorBody::deserialize(Value::Object(error)).ok()?,
            // Routes that answer without the envelope.
            _ if is_proxied => return None,
            other => ErrorBody {
                message: other.as_ref().and_then(Value::as_str).map(str::to_owned).or(envelope.message),
                ..ErrorBody::default()
            },
        };
        let code = error.code.unwrap_or_default();
        if is_proxied && !PROXY_CODES.contains(&code.as_str()) {
            return None;
        }
        Some(ApiError {
            status: self.status,
            code,
            message: shortened(error.message.unwrap_or_default()),
            errors: error.errors.into_iter().map(FieldBody::into_error).collect(),
            payload: error.payload,
            upstream: error.upstream,
            retry_after: retry_after(&self.headers),
            request_id: self.request_id(),
        })
    }

    fn upstream_error(&self) -> Error {
        Error::Upstream(Box::new(UpstreamError {
            status: self.status,
            headers: self.headers.clone(),
            body: self.body.clone(),
            request_id: self.request_id(),
        }))
    }

    fn rate_limited(&self) -> RateLimited {
        let number = |name| text(&self.headers, name).and_then(|value| value.parse().ok());
        RateLimited {
            retry_after: retry_after(&self.headers),
            limit: number("x-ratelimit-limit"),
            reset_at: number("x-ratelimit-reset"),
            request_id: self.request_id(),
        }
    }

    fn unexpected(&self) -> Error {
        let location = text(&self.headers, "location").filter(|_| self.status.is_redirection());
        Error::UnexpectedAnswer(UnexpectedAnswer {
            status: self.status,
            content_type: text(&self.headers, "content-type"),
            location: location.map(|text| without_secrets(&text)),
        })
    }
}

#[derive(Deserialize)]
struct Envelope {
    error: Option<Value>,
    message: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    code: Option<String>,
    message: Option<String>,
    errors: Vec<FieldBody>,
    payload: Option<Value>,
    upstream: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FieldBody {
    code: String,
    message: String,
    path: Vec<Value>,
}

impl FieldBody {
    fn into_error(self) -> FieldError {
        // A place in a list is a number.
        let part = |part: Value| part.as_str().map_or_else(|| part.to_string(), str::to_owned);
        FieldError { code: self.code, message: self.message, path: self.path.into_iter().map(part).collect() }
    }
}

/// A body to its end, up to the limit.
pub(crate) async fn collect(mut response: reqwest::Response, limit_bytes: u64) -> Result<Bytes> {
    let too_large = || Error::AnswerTooLarge { limit_bytes };
    let promised = response.content_length().unwrap_or(0);
    if promised > limit_bytes {
        return Err(too_large());
    }
    let first = response.chunk().await.map_err(broken)?.unwrap_or_default();
    let Some(second) = response.chunk().await.map_err(broken)? else {
        return if first.len() as u64 > limit_bytes { Err(too_large()) } else { Ok(first) };
    };
    let mut body = BytesMut::from(&first[..]);
    body.extend_from_slice(&second);
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if (body.len() + chunk.len()) as u64 > limit_bytes {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    if body.len() as u64 > limit_bytes { Err(too_large()) } else { Ok(body.freeze()) }
}

pub(crate) fn broken(error: reqwest::Error) -> Error {
    Error::Transport(TransportError::of(error))
}

/// An address without its query, its fragment and who is named in it.
fn without_secrets(address: &str) -> String {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = address.split_once("//") else { return address.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}//{host}{path}")
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn shortened(mut message: String) -> String {
    if let Some((end, _)) = message.char_indices().nth(MESSAGE_CHARS_MAX) {
        message.truncate(end);
        message.push('…');
    }
    message
}
