//! What happens around every route, in this order: preflight, path, content type, body, then the route
//! (which authenticates, counts, checks the scope and answers), then ETag, headers and the log line.
//!
//! It is one function rather than a stack of layers: the order is the protocol (spec `api.md` §1), and a hot
//! `GET` pays for no boxes.

mod body;
mod content_type;
mod context;
mod etag;
mod headers;
mod json;
mod log;
mod path;

use std::future::Future;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bowline_api::error::ErrorCode;
use futures_util::FutureExt;
use http::{HeaderMap, Method, Request};
use http_body::Body as _;
use tower::ServiceExt;

pub(crate) use body::RequestBody;
pub(crate) use context::RequestContext;
pub(crate) use path::RoutePatterns;

use crate::error::ApiError;
use crate::extract::authenticate;
use crate::router::{self, Routes};
use crate::routes;
use crate::state::AppState;
use context::RequestIds;
use headers::CommonHeaders;

/// Of a caller without a key no larger body is read.
const STRANGER_BODY_BYTES_MAX: usize = 1024 * 1024;

/// The whole API as one function from request to response.
pub struct Http {
    state: AppState,
    router: axum::Router,
    patterns: RoutePatterns,
    headers: CommonHeaders,
    ids: RequestIds,
}

impl Http {
    /// The API over `state`.
    pub fn new(state: AppState) -> Self {
        let Routes { router, patterns } = router::routes();
        Self {
            router: router.with_state(state.clone()),
            patterns,
            headers: CommonHeaders::new(&state.settings),
            ids: RequestIds::default(),
            state,
        }
    }

    /// The patterns of all routes, such as `/connections/{connectionId}`; `/proxy` is not among them.
    pub fn route_patterns(&self) -> Vec<String> {
        // A parameter that takes several segments is written as any other in OpenAPI.
        self.patterns.iter().map(|pattern| pattern.replace("{*", "{")).collect()
    }

    /// Answers one request that came from `peer`.
    pub async fn respond(&self, request: Request<Body>, peer: Option<IpAddr>) -> Response {
        let client = context::client_address(request.headers(), peer, &self.state.settings);
        let context = Arc::new(RequestContext::new(self.ids.next(), client));
        let entry = log::begin(&request, self.state.clock.as_ref());
        let surface = headers::Surface::of(request.uri().path());
        let mut response = catch_panic(self.answer(request, &context)).await;
        self.headers.add(&mut response, &context, surface);
        log::unexpected(&mut response, &context);
        log::end(entry, &response, &context, self.state.clock.as_ref());
        response
    }

    async fn answer(&self, mut request: Request<Body>, context: &Arc<RequestContext>) -> Response {
        if request.method() == Method::OPTIONS {
            return self.headers.preflight(request.uri().path());
        }
        request.extensions_mut().insert(Arc::clone(context));
        let answer = if path::is_proxy(request.uri().path()) {
            // Boxed: its future is far larger than any other, and each request would pay for moving it.
            Box::pin(routes::proxy::proxy(&self.state, request)).await
        } else {
            self.answer_route(request, context).await
        };
        answer.unwrap_or_else(IntoResponse::into_response)
    }

    async fn answer_route(
        &self,
        request: Request<Body>,
        context: &RequestContext,
    ) -> Result<Response, ApiError> {
        let (mut parts, body) = request.into_parts();
        path::normalise(&mut parts.uri, &self.patterns)?;
        content_type::guard(parts.uri.path(), &parts.headers)?;
        context.put_body(self.read_body(&parts.headers, body).await?);

        let is_head = parts.method == Method::HEAD;
        if is_head {
            parts.method = Method::GET;
        }
        let etag_check = etag::EtagCheck::of(&parts);
        let request = Request::from_parts(parts, Body::empty());
        let Ok(response) = self.router.clone().oneshot(request).await;
        let response = etag_check.apply(response).await;
        Ok(if is_head { etag::without_body(response) } else { response })
    }

    /// Only whoever shows a key may send a large body: read as JSON it takes many times its size in memory.
    async fn read_body(&self, headers: &HeaderMap, body: Body) -> Result<RequestBody, ApiError> {
        let bytes_max = self.state.settings.body_bytes_max;
        let length_max = body.size_hint().upper().unwrap_or(u64::MAX).min(bytes_max as u64);
        if length_max <= STRANGER_BODY_BYTES_MAX as u64 {
            return body::read(headers, body, bytes_max).await;
        }
        let Err(refusal) = authenticate(headers, &self.state).await else {
            return body::read(headers, body, bytes_max).await;
        };
        let read = body::read(headers, body, STRANGER_BODY_BYTES_MAX).await;
        read.map_err(|error| if error.is(ErrorCode::RequestTooLarge) { refusal } else { error })
    }
}

/// A panic in one request is that request's generic 500 and nobody else's trouble.
async fn catch_panic(answer: impl Future<Output = Response>) -> Response {
    let caught = AssertUnwindSafe(answer).catch_unwind().await;
    caught.unwrap_or_else(|panic| log::panicked(&*panic).into_response())
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::error::Unexpected;

    #[tokio::test]
    async fn a_panic_becomes_a_generic_500_whose_text_only_the_log_sees() {
        let response = catch_panic(async { panic!("boom {}", 7) }).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let Unexpected { error_id, error } = response.extensions().get().cloned().unwrap();
        assert_eq!(error.to_string(), "panicked: boom 7");
        let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["error"]["code"], "generic_error_support");
        assert_eq!(body["error"]["payload"], error_id.to_string());
        let message = body["error"]["message"].as_str().unwrap();
        assert!(message.contains(&error_id.to_string()) && !message.contains("boom"));
    }
}
