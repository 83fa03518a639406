//! `nango.uncontrolledFetch`: a request without credentials, under the outbound policy.

use bowline_runtime::{Body, HostAnswer, HostError};
use http::{HeaderName, HeaderValue, Method};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::super::host::RunScope;
use super::http::{headers, no_answer};
use crate::outbound::{OutboundBody, OutboundError, OutboundRequest, Purpose};

const ANSWER_BYTES_MAX: usize = 64 << 20;

#[derive(Deserialize)]
pub(super) struct Arguments {
    url: String,
    method: String,
    #[serde(default)]
    headers: Map<String, Value>,
    body: Option<String>,
}

/// Sends the request; every redirect is checked again, and credentials stay behind when the origin changes.
pub(super) async fn send(scope: &RunScope, arguments: Arguments) -> Result<HostAnswer, HostError> {
    let refused = |message: &str| HostError::new("url_not_allowed", message.to_owned());
    let url = Url::parse(&arguments.url).map_err(|_| refused("the URL cannot be read"))?;
    let method = Method::from_bytes(arguments.method.to_uppercase().as_bytes())
        .map_err(|_| HostError::new("invalid_request", "`method` is no HTTP method"))?;
    let mut request = OutboundRequest::new(method, url.clone(), Purpose::Proxy);
    for (name, value) in &arguments.headers {
        let value = HeaderValue::from_str(value.as_str().unwrap_or_default());
        let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), value) else {
            return Err(HostError::new("invalid_request", format!("the header {name:?} cannot be sent")));
        };
        request.headers.append(name, value);
    }
    if let Some(body) = arguments.body {
        request.body = OutboundBody::Bytes(body.into());
    }
    let response = scope.engine.outbound.send(request).await.map_err(failed)?;
    let head = json!({
        "status": response.status.as_u16(),
        "statusText": response.status.canonical_reason().unwrap_or_default(),
        "headers": headers(&response.headers),
        "url": response.final_url.as_str(),
        "redirected": response.final_url != url,
    });
    let body = response.body.collect_limited(ANSWER_BYTES_MAX).await.map_err(failed)?;
    Ok(HostAnswer { json: head.to_string(), body: Some(Body::Bytes(body.into())) })
}

fn failed(error: OutboundError) -> HostError {
    match &error {
        OutboundError::Policy(_) => HostError::new("url_not_allowed", error.to_string()),
        OutboundError::TooManyRedirects { .. } => HostError::new("too_many_redirects", error.to_string()),
        _ => no_answer(&error),
    }
}
