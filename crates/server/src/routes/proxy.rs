//! `ALL /proxy/*`

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use bowline_api::error::{ErrorCode, Issue, IssueCode};
use bowline_engine::outbound::{BoxError, OutboundError, OutboundResponse};
use bowline_engine::proxy::{
    BuildError, HeaderIssue, OwnedParams, ProxyCall, ProxyError, ProxyRequest, endpoint_of,
};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt;
use serde_json::json;

use super::connections::get::cause_of;
use crate::error::ApiError;
use crate::extract::{Caller, scope};
use crate::reply;
use crate::state::AppState;

/// Answers a request below `/proxy`. Path, query and body arrive as they came; nothing was read or rewritten.
pub(crate) async fn proxy(state: &AppState, request: Request<Body>) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::<scope::Proxy>::from_request_parts(&mut parts, state).await?;
    let mut call = ProxyCall::parse(&parts.headers).map_err(invalid_headers)?;
    // The body goes on as it came, so what it is coded with goes with it.
    if let Some(coding) =
        parts.headers.get(CONTENT_ENCODING).filter(|_| !call.headers.contains_key(CONTENT_ENCODING))
    {
        call.set_header(CONTENT_ENCODING, coding.clone());
    }
    let request = proxy_request(state, &parts, body, call);
    match state.engine.proxy(caller.environment(), request).await {
        Ok(response) => Ok(answer(response)),
        Err(error) => refused(error, &parts.method),
    }
}

fn proxy_request(state: &AppState, parts: &Parts, body: Body, call: ProxyCall) -> ProxyRequest {
    let path_and_query = parts.uri.path_and_query().map_or("/proxy", |text| text.as_str());
    let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let has_body = !body.is_end_stream();
    ProxyRequest {
        call,
        method: parts.method.clone(),
        endpoint: endpoint_of(path_and_query),
        content_type: text(CONTENT_TYPE).map(str::to_owned),
        body: has_body.then(|| body.map_err(|error| -> BoxError { Box::new(error) }).boxed_unsync()),
        content_length: text(CONTENT_LENGTH).and_then(|length| length.parse().ok()),
        body_bytes_max: state.settings.body_bytes_max,
        params: OwnedParams::None,
        retry_rules: None,
    }
}

/// The provider's status, headers and bytes. Its word on cross-origin access is about its own site, not ours.
fn answer(upstream: OutboundResponse) -> Response {
    let mut response = Response::new(Body::new(upstream.body));
    *response.status_mut() = upstream.status;
    *response.headers_mut() = upstream.headers;
    drop_cross_origin(response.headers_mut());
    response
}

fn drop_cross_origin(headers: &mut HeaderMap) {
    let foreign: Vec<_> =
        headers.keys().filter(|name| name.as_str().starts_with("access-control-")).cloned().collect();
    for name in foreign {
        headers.remove(name);
    }
}

fn invalid_headers(issues: Vec<HeaderIssue>) -> ApiError {
    let issues = issues
        .into_iter()
        .map(|issue| Issue {
            code: IssueCode::from_name(issue.code).unwrap_or(IssueCode::Custom),
            message: issue.message,
            path: vec![issue.header.to_owned()],
        })
        .collect();
    ApiError::invalid(ErrorCode::InvalidHeaders, issues)
}

fn refused(error: ProxyError, method: &Method) -> Result<Response, ApiError> {
    let message = error.to_string();
    Err(match error {
        ProxyError::UnknownIntegration => {
            ApiError::with_message(ErrorCode::UnknownProviderConfig, message).status(StatusCode::NOT_FOUND)
        }
        ProxyError::UnknownProvider => ApiError::with_message(ErrorCode::UnknownProvider, message),
        ProxyError::UnknownConnection => {
            ApiError::with_message(ErrorCode::ServerError, "Failed to find connection")
                .status(StatusCode::BAD_REQUEST)
        }
        ProxyError::Refresh(error) => {
            let (status, cause) = cause_of(&error);
            let code = match cause.as_str() {
                "connection_refresh_backoff" => ErrorCode::ConnectionRefreshBackoff,
                _ => ErrorCode::ServerError,
            };
            ApiError::with_message(code, message).status(status).payload(json!({ "cause": cause }))
        }
        ProxyError::Outbound(OutboundError::Policy(_)) => {
            ApiError::with_message(ErrorCode::BaseUrlOverrideNotAllowed, message)
        }
        ProxyError::Build(error) => ApiError::with_message(build_code(&error), message),
        ProxyError::BodyTooLarge { .. } => ApiError::with_message(ErrorCode::RequestTooLarge, message),
        ProxyError::BodyUnreadable(_) => ApiError::with_message(ErrorCode::InvalidBody, message),
        ProxyError::Outbound(error) => return Ok(no_answer(&error, method)),
        ProxyError::Storage(error) => ApiError::unexpected(error),
        ProxyError::Vault(error) => ApiError::unexpected(error),
    })
}

fn build_code(error: &BuildError) -> ErrorCode {
    match error {
        BuildError::MissingApiUrl => ErrorCode::MissingApiUrl,
        BuildError::UnsupportedProvider => ErrorCode::UnsupportedProvider,
        BuildError::UnsupportedAuth => ErrorCode::UnsupportedAuth,
        BuildError::InvalidQueryParams => ErrorCode::InvalidQueryParams,
        BuildError::InvalidUrl(_) => ErrorCode::InvalidUrl,
        BuildError::BaseUrlNotAllowed => ErrorCode::BaseUrlOverrideNotAllowed,
        BuildError::InvalidHeader(_) => ErrorCode::InvalidHeaders,
        BuildError::InvalidCertificateOrKey => ErrorCode::InvalidCertificateOrKeyFormat,
        BuildError::BodyNotRead => ErrorCode::ServerError,
    }
}

/// The provider could not be reached, or its answer not read: what clients of the protocol expect then.
fn no_answer(error: &OutboundError, method: &Method) -> Response {
    let body = json!({
        "message": error.to_string(),
        "code": error.code(),
        "method": method.as_str().to_ascii_lowercase(),
    });
    (StatusCode::INTERNAL_SERVER_ERROR, reply::Json(body)).into_response()
}
