//! Sends a request, and again where the policy says so.

use std::time::Duration;

use http::HeaderValue;
use http::header::CONTENT_TYPE;
use reqwest::Url;

use crate::client::{Bowline, Inner};
use crate::error::{Error, Result};
use crate::http::answer::{Answer, broken};
use crate::http::request::{Body, RequestSpec};

/// What comes of one attempt.
enum Attempt {
    Good(reqwest::Response),
    Failed(Error),
}

impl Bowline {
    /// Sends a request until it works or may not be sent again. A 2xx comes back with its body unread.
    pub(crate) async fn send(&self, mut request: RequestSpec) -> Result<reqwest::Response> {
        let inner = &*self.inner;
        let address = address(inner, &request)?;
        let policy = request.retry.take().or_else(|| inner.retry.clone());
        let mut body = std::mem::replace(&mut request.body, Body::Empty);
        for retry in 0.. {
            let next = body.again();
            let error = match attempt(inner, &address, &request, body).await {
                Attempt::Good(response) => {
                    if let Some(policy) = &policy {
                        policy.note_success();
                    }
                    return Ok(response);
                }
                Attempt::Failed(error) => error,
            };
            let wait = policy.as_ref().and_then(|policy| policy.wait_before(retry, &request.method, &error));
            let (Some(wait), Some(next)) = (wait, next) else { return Err(error) };
            tokio::time::sleep(wait).await;
            body = next;
        }
        unreachable!("the loop has no end of its own")
    }

    /// Sends a request, and reads the answer into memory.
    pub(crate) async fn send_for_answer(&self, request: RequestSpec) -> Result<Answer> {
        let response = self.send(request).await?;
        Answer::read(response, self.inner.answer_bytes_max).await
    }
}

async fn attempt(inner: &Inner, address: &Url, request: &RequestSpec, body: Body) -> Attempt {
    let sent = match build(inner, address, request, body) {
        Ok(built) => inner.http.execute(built).await.map_err(broken),
        Err(error) => Err(error),
    };
    let response = match sent {
        Ok(response) if response.status().is_success() => return Attempt::Good(response),
        Ok(response) => response,
        Err(error) => return Attempt::Failed(error),
    };
    match Answer::read(response, inner.answer_bytes_max).await {
        Ok(answer) => Attempt::Failed(answer.refusal(request.is_proxied).expect("the status is not 2xx")),
        Err(error) => Attempt::Failed(error),
    }
}

fn build(inner: &Inner, address: &Url, request: &RequestSpec, body: Body) -> Result<reqwest::Request> {
    let mut built = reqwest::Request::new(request.method.clone(), address.clone());
    *built.headers_mut() = inner.headers.clone();
    for (name, value) in &request.headers {
        built.headers_mut().insert(name, value.clone());
    }
    *built.timeout_mut() = timeout(inner, request);
    *built.body_mut() = match body {
        Body::Empty => None,
        Body::Fields(fields) => {
            built.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            let json = serde_json::to_vec(&fields)
                .map_err(|_| Error::invalid("body", "cannot be written as JSON"))?;
            Some(json.into())
        }
        Body::Bytes(bytes) => Some(bytes.into()),
        Body::Once(body) => Some(body),
    };
    Ok(built)
}

fn timeout(inner: &Inner, request: &RequestSpec) -> Option<Duration> {
    request.timeout.or(inner.timeout)
}

fn address(inner: &Inner, request: &RequestSpec) -> Result<Url> {
    let text = format!("{}{}", inner.host, request.target());
    Url::parse(&text).map_err(|error| Error::invalid("address", format!("cannot be made: {error}")))
}
