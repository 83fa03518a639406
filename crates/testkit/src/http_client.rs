//! A small HTTP client for tests that talk to a started server.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(90);

/// Calls one server with one key. Clones share connections.
#[derive(Clone)]
pub struct HttpClient {
    base_url: String,
    key: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// An answer, read to its end; `null` when the body is no JSON.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Value,
}

impl HttpClient {
    /// A client of the server at `base_url` with an API key.
    pub fn new(base_url: &str, key: &str) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { base_url: base_url.to_owned(), key: key.to_owned(), client }
    }

    /// `METHOD /path` with a JSON body, `null` for none. An error when no whole answer came.
    pub async fn call(&self, line: &str, body: &Value) -> io::Result<Answer> {
        let (method, path) = line.split_once(' ').expect("a method and a path");
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base_url))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key))
            .header(header::CONTENT_TYPE, "application/json");
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let request = request.body(Full::new(Bytes::from(text))).expect("a valid request");
        let exchange = async {
            let response = self.client.request(request).await.map_err(io::Error::other)?;
            let status = response.status().as_u16();
            let body = response.into_body().collect().await.map_err(io::Error::other)?.to_bytes();
            Ok(Answer { status, body: serde_json::from_slice(&body).unwrap_or_default() })
        };
        timeout(DEADLINE, exchange).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// A `GET`.
    pub async fn get(&self, path: &str) -> io::Result<Answer> {
        self.call(&format!("GET {path}"), &Value::Null).await
    }
}
