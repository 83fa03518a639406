//! Calls to the demo's own API, as anyone would make them: over HTTP, with a key.

use anyhow::{Context, Result};
use bowline_engine::outbound::{
    AllowList, Outbound, OutboundBody, OutboundOptions, OutboundPolicy, OutboundRequest, Purpose,
};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use url::Url;

/// Far above any answer of the demo.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Calls one server with one key.
pub struct ApiClient {
    outbound: Outbound,
    url: Url,
    key: String,
}

/// An answer of the API.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub body: String,
}

impl ApiClient {
    /// A client that may call the server at `url` and nothing else.
    pub fn new(url: &str, key: String) -> Result<Self> {
        let url = Url::parse(url)?;
        let policy = OutboundPolicy::new(AllowList::parse(url.authority())?);
        let outbound = Outbound::new(OutboundOptions { policy, ..OutboundOptions::default() })?;
        Ok(Self { outbound, url, key })
    }

    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Makes a call; a body is JSON.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Result<Answer> {
        let mut request = OutboundRequest::new(
            Method::from_bytes(method.as_bytes())?,
            self.url.join(path)?,
            Purpose::Proxy,
        );
        request.headers = self.headers(headers, body.is_some())?;
        if let Some(body) = body {
            request.body = OutboundBody::Bytes(Bytes::copy_from_slice(body.as_bytes()));
        }
        let answer = self.outbound.send_for_bytes(request, ANSWER_BYTES_MAX).await.context("no answer")?;
        Ok(Answer { status: answer.status, body: String::from_utf8_lossy(&answer.body).into_owned() })
    }

    fn headers(&self, given: &[(&str, &str)], has_body: bool) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {}", self.key))?);
        if has_body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in given {
            headers.insert(HeaderName::try_from(*name)?, HeaderValue::try_from(*value)?);
        }
        Ok(headers)
    }
}
