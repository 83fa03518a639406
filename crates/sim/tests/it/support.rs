//! A plain client and a started simulator.

use std::time::Duration;

use bowline_sim::{Control, Grant, NewGrant, SimOptions, Simulator};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// No test waits longer for anything.
pub const DEADLINE: Duration = Duration::from_secs(20);
pub const API_KEY: (&str, &str) = ("x-api-key", "sim-key-test");

pub struct World {
    pub simulator: Simulator,
    pub control: Control,
    client: Client<HttpConnector, Full<Bytes>>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn code(&self) -> u16 {
        self.status.as_u16()
    }
}

impl World {
    pub async fn start() -> Self {
        let simulator = Simulator::start(SimOptions::default()).await.unwrap();
        let control = simulator.control();
        Self { simulator, control, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.simulator.base_url())
    }

    pub async fn open(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<http::Response<Incoming>, hyper_util::client::legacy::Error> {
        let mut request = Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).unwrap();
        tokio::time::timeout(DEADLINE, self.client.request(request)).await.unwrap()
    }

    /// `None` when the connection ended before a whole answer came.
    pub async fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Option<Answer> {
        let (parts, body) = self.open(method, path, headers, body).await.ok()?.into_parts();
        let body = tokio::time::timeout(DEADLINE, body.collect()).await.unwrap().ok()?.to_bytes();
        Some(Answer { status: parts.status, headers: parts.headers, body })
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        self.try_send(method, path, headers, body).await.unwrap()
    }

    /// A GET with an API key.
    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[API_KEY], "").await
    }

    pub async fn bearer(&self, token: &str, path: &str) -> Answer {
        self.send("GET", path, &[("authorization", &format!("Bearer {token}"))], "").await
    }

    pub async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[API_KEY, ("content-type", "application/json")], body.to_string()).await
    }

    /// A token request as `sim-client`, with the credentials in the body.
    pub async fn token(&self, fields: &[(&str, &str)]) -> Answer {
        self.try_token(fields).await.unwrap()
    }

    pub async fn try_token(&self, fields: &[(&str, &str)]) -> Option<Answer> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("client_id", "sim-client").append_pair("client_secret", "sim-secret");
        let body = form.extend_pairs(fields).finish();
        self.try_send("POST", "/oauth/token", &[FORM], body).await
    }

    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    pub fn grant(&self) -> Grant {
        self.control.mint_grant(NewGrant::default())
    }
}

pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
