//! Sends a request, and again where the policy says so.

use std::time::Duration;

use futures_util::future::BoxFuture;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use reqwest::Url;

use crate::client::{Bowline, Inner};
use crate::error::{Error, Result};
use crate::http::answer::{Answer, broken};
use crate::http::request::{Body, RequestSpec};

/// Reads a 2xx as far as it is wanted, up to a limit in bytes.
type Reader<T> = fn(reqwest::Response, u64) -> BoxFuture<'static, Result<T>>;

impl Bowline {
    /// Sends a request until it works or may not be sent again. The body of the answer is left unread.
    pub(crate) async fn send(&self, request: RequestSpec) -> Result<reqwest::Response> {
        self.deliver(request, |response, _| Box::pin(async { Ok(response) })).await
    }

    /// The same, with the body read into memory; an answer that breaks off counts as one that did not come.
    pub(crate) async fn send_for_answer(&self, request: RequestSpec) -> Result<Answer> {
        self.deliver(request, |response, limit_bytes| Box::pin(Answer::read(response, limit_bytes))).await
    }

    async fn deliver<T>(&self, mut request: RequestSpec, read: Reader<T>) -> Result<T> {
        let inner = &*self.inner;
        let address = address(inner, &request)?;
        let policy = request.retry.take().or_else(|| inner.retry.clone());
        let mut body = std::mem::replace(&mut request.body, Body::Empty);
        let mut retry = 0;
        loop {
            let next = body.again();
            let sent = attempt(inner, &address, &request, body, read).await;
            let (Some(policy), Some(next)) = (&policy, next) else { return sent };
            let error = match sent {
                Ok(sent) => {
                    policy.note_success();
                    return Ok(sent);
                }
                Err(error) => error,
            };
            let Some(wait) = policy.wait_before(retry, &request.method, &error) else { return Err(error) };
            tokio::time::sleep(wait).await;
            body = next;
            retry += 1;
        }
    }
}

async fn attempt<T>(
    inner: &Inner,
    address: &Url,
    request: &RequestSpec,
    body: Body,
    read: Reader<T>,
) -> Result<T> {
    let response = inner.http.execute(build(inner, address, request, body)?).await.map_err(broken)?;
    if response.status().is_success() {
        return read(response, inner.answer_bytes_max).await;
    }
    let answer = Answer::read(response, inner.answer_bytes_max).await?;
    Err(answer.refusal(request.is_proxied))
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
