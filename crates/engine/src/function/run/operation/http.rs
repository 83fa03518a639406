//! `nango.get` and its kin: a proxied request with the connection's credentials.

use bowline_domain::provider::{OneOrMany, RetryRules};
use bowline_runtime::{Body, HostAnswer, HostError};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use http_body_util::{BodyExt as _, Full};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::super::host::RunScope;
use super::internal;
use crate::outbound::{BoxError, OutboundError, OutboundResponse};
use crate::proxy::{BuildError, OwnedParams, ProxyCall, ProxyError, ProxyRequest};

/// An answer's body may be this long: it is held in memory here and again in the run.
const ANSWER_BYTES_MAX: usize = 64 << 20;
/// A request's body may be this long.
const BODY_BYTES_MAX: usize = 64 << 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Arguments {
    method: String,
    endpoint: String,
    #[serde(default)]
    params: Option<Map<String, Value>>,
    params_text: Option<String>,
    data: Option<Box<RawValue>>,
    data_text: Option<String>,
    #[serde(default)]
    headers: Map<String, Value>,
    retries: Option<f64>,
    #[serde(default)]
    retry_on: Option<Vec<u16>>,
    retry_header: Option<RetryHeader>,
    base_url_override: Option<String>,
    response_type: Option<String>,
    forward_headers_on_redirect: Option<bool>,
    provider_config_key: Option<String>,
    connection_id: Option<String>,
}

#[derive(Deserialize)]
struct RetryHeader {
    at: Option<String>,
    after: Option<String>,
}

/// Sends the request and reads the whole answer.
pub(super) async fn send(
    scope: &RunScope,
    arguments: Arguments,
    bytes: Option<Vec<u8>>,
) -> Result<HostAnswer, HostError> {
    let is_binary = matches!(arguments.response_type.as_deref(), Some("arraybuffer" | "stream" | "blob"));
    let request = request(scope, arguments, bytes)?;
    let response = scope.engine.proxy(&scope.environment, request).await.map_err(refused)?;
    answer(response, is_binary).await
}

fn request(
    scope: &RunScope,
    arguments: Arguments,
    bytes: Option<Vec<u8>>,
) -> Result<ProxyRequest, HostError> {
    let invalid = |what: &str| HostError::new("invalid_request", what.to_owned());
    let method = Method::from_bytes(arguments.method.as_bytes())
        .map_err(|_| invalid("`method` is no HTTP method; use GET, POST, PUT, PATCH or DELETE"))?;
    let mut call = ProxyCall {
        provider_config_key: scope.connection.integration_key.as_str().to_owned(),
        connection_id: scope.connection.key.as_str().to_owned(),
        retries: retries(arguments.retries),
        base_url_override: arguments.base_url_override,
        retry_on: arguments.retry_on.unwrap_or_default(),
        forward_headers_on_redirect: arguments.forward_headers_on_redirect,
        ..ProxyCall::default()
    };
    call.provider_config_key = arguments.provider_config_key.unwrap_or(call.provider_config_key);
    call.connection_id = arguments.connection_id.unwrap_or(call.connection_id);
    for (name, value) in &arguments.headers {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&text))
        else {
            return Err(invalid(&format!(
                "the header {name:?} cannot be sent: name or value has characters that HTTP forbids"
            )));
        };
        call.set_header(name, value);
    }
    let (body, default_type) = body(arguments.data, arguments.data_text, bytes);
    let content_type =
        call.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let params = params(arguments.params, arguments.params_text);
    Ok(ProxyRequest {
        call,
        method,
        endpoint: arguments.endpoint,
        content_type: content_type.or_else(|| default_type.map(str::to_owned)),
        content_length: body.as_ref().map(|body| body.len() as u64),
        body: body.map(|body| Full::new(body).map_err(|never| -> BoxError { match never {} }).boxed_unsync()),
        body_bytes_max: BODY_BYTES_MAX,
        params,
        retry_rules: arguments.retry_header.map(retry_rules),
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range first")]
fn retries(wanted: Option<f64>) -> u32 {
    wanted.unwrap_or(0.0).clamp(0.0, f64::from(crate::proxy::call::RETRIES_MAX)) as u32
}

fn retry_rules(header: RetryHeader) -> RetryRules {
    let names = |name: Option<String>| name.map_or_else(OneOrMany::default, OneOrMany::One);
    RetryRules { at: names(header.at), after: names(header.after), ..RetryRules::default() }
}

fn params(pairs: Option<Map<String, Value>>, text: Option<String>) -> OwnedParams {
    match (pairs, text) {
        (_, Some(text)) => OwnedParams::Text(text),
        (Some(pairs), None) => OwnedParams::Pairs(
            pairs
                .into_iter()
                .map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned()))
                .collect(),
        ),
        (None, None) => OwnedParams::None,
    }
}

/// The body, and the type that says what it is where the function did not.
fn body(
    data: Option<Box<RawValue>>,
    text: Option<String>,
    bytes: Option<Vec<u8>>,
) -> (Option<Bytes>, Option<&'static str>) {
    match (bytes, text, data) {
        (Some(bytes), _, _) => (Some(bytes.into()), Some("application/octet-stream")),
        (None, Some(text), _) => (Some(text.into()), Some("application/x-www-form-urlencoded")),
        (None, None, Some(data)) => {
            let text: Box<str> = data.into();
            (Some(text.into_string().into()), Some("application/json"))
        }
        (None, None, None) => (None, None),
    }
}

async fn answer(response: OutboundResponse, is_binary: bool) -> Result<HostAnswer, HostError> {
    let head = json!({
        "status": response.status.as_u16(),
        "statusText": response.status.canonical_reason().unwrap_or_default(),
        "headers": headers(&response.headers),
        "url": response.final_url.as_str(),
    });
    let body = response.body.collect_limited(ANSWER_BYTES_MAX).await.map_err(|error| no_answer(&error))?;
    let body = if is_binary {
        Body::Bytes(body.into())
    } else {
        Body::Text(String::from_utf8_lossy(&body).into_owned())
    };
    Ok(HostAnswer { json: head.to_string(), body: Some(body) })
}

/// Names in lower case. Several headers of one name become one, but for cookies, as in axios.
pub(super) fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let mut all = Map::new();
    for name in headers.keys() {
        let mut values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        let value = match name.as_str() {
            "set-cookie" => Value::Array(values.map(|value| value.into_owned().into()).collect()),
            _ => values.by_ref().collect::<Vec<_>>().join(", ").into(),
        };
        all.insert(name.as_str().to_owned(), value);
    }
    all
}

/// The provider gave no answer, or none that could be read.
pub(super) fn no_answer(error: &OutboundError) -> HostError {
    HostError { network: true, ..HostError::new(error.code(), error.to_string()) }
}

fn refused(error: ProxyError) -> HostError {
    let code = match &error {
        ProxyError::Outbound(OutboundError::Policy(_)) => "base_url_override_not_allowed",
        ProxyError::Outbound(error) => return no_answer(error),
        ProxyError::UnknownIntegration => "unknown_provider_config",
        ProxyError::UnknownProvider => "unknown_provider_template_in_config",
        ProxyError::UnknownConnection => "unknown_connection",
        ProxyError::Refresh(_) => "connection_refresh_failed",
        ProxyError::Build(error) => build_code(error),
        ProxyError::BodyTooLarge { .. } => "request_too_large",
        ProxyError::BodyUnreadable(_) => "invalid_body",
        ProxyError::Storage(_) | ProxyError::Vault(_) => return internal(error),
    };
    HostError::new(code, error.to_string())
}

fn build_code(error: &BuildError) -> &'static str {
    match error {
        BuildError::MissingApiUrl => "missing_api_url",
        BuildError::UnsupportedProvider => "unsupported_provider",
        BuildError::UnsupportedAuth => "unsupported_auth",
        BuildError::InvalidQueryParams => "invalid_query_params",
        BuildError::InvalidUrl(_) => "invalid_url",
        BuildError::BaseUrlNotAllowed => "base_url_override_not_allowed",
        BuildError::InvalidHeader(_) => "invalid_headers",
        BuildError::InvalidCertificateOrKey => "invalid_certificate_or_key_format",
        BuildError::BodyNotRead => "server_error",
    }
}
