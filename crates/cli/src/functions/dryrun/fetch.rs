//! `nango.uncontrolledFetch`: a call that carries no credentials and does not pass the server.

use std::collections::BTreeMap;

use bowline_engine::outbound::{Outbound, OutboundBody, OutboundError, OutboundRequest, Purpose};
use bowline_runtime::{Body, HostAnswer, HostError};
use http::{HeaderName, HeaderValue, Method};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::proxy::headers_json;

/// Bytes of an answer.
const ANSWER_BYTES_MAX: usize = 64 << 20;

#[derive(Deserialize)]
struct Asked {
    url: String,
    method: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
}

/// Makes the call.
pub async fn send(outside: &Outbound, arguments: &str) -> Result<HostAnswer, HostError> {
    let asked: Asked = serde_json::from_str(arguments).map_err(|error| invalid(&error))?;
    let request = request(asked)?;
    let url = request.url.clone();
    let answer = outside.send_for_bytes(request, ANSWER_BYTES_MAX).await;
    let answer = answer.map_err(|error| refused(&error))?;
    let head = json!({
        "status": answer.status.as_u16(),
        "statusText": answer.status.canonical_reason().unwrap_or_default(),
        "headers": headers_json(&answer.headers),
        "url": answer.final_url.as_str(),
        "redirected": answer.final_url != url,
    });
    Ok(HostAnswer { json: head.to_string(), body: Some(Body::Bytes(answer.body.to_vec())) })
}

fn request(asked: Asked) -> Result<OutboundRequest, HostError> {
    let method = Method::from_bytes(asked.method.as_bytes()).map_err(|error| invalid(&error))?;
    let url = Url::parse(&asked.url).map_err(|error| invalid(&error))?;
    let mut request = OutboundRequest::new(method, url, Purpose::Proxy);
    for (name, value) in asked.headers {
        let name = HeaderName::try_from(name).map_err(|error| invalid(&error))?;
        request.headers.insert(name, HeaderValue::try_from(value).map_err(|error| invalid(&error))?);
    }
    request.body = asked.body.map_or(OutboundBody::Empty, |body| OutboundBody::Bytes(body.into()));
    Ok(request)
}

fn refused(error: &OutboundError) -> HostError {
    match error {
        OutboundError::Policy(policy) => HostError::new("url_not_allowed", policy.to_string()),
        other => HostError { network: true, ..HostError::new("ECONNREFUSED", other.to_string()) },
    }
}

fn invalid(error: &impl ToString) -> HostError {
    HostError::new("invalid_request", error.to_string())
}
