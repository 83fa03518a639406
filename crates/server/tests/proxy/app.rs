//! [`App`]: a server on a socket over an embedded database, with providers of the test's own.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use bowline_domain::{Clock, ManualClock, Timestamp};
use bowline_engine::catalog::Catalog;
use bowline_engine::credential::refresh::RefreshOptions;
use bowline_engine::credential::vault::MasterKey;
use bowline_engine::function::LocalRunner;
use bowline_engine::outbound::{AllowList, Outbound, OutboundOptions, OutboundPolicy};
use bowline_engine::{Engine, EngineOptions};
use bowline_server::{AppParts, AppState, Http, Readiness, ServeOptions, Server, ServerSettings, Site};
use bowline_storage_sqlite::{SqliteOptions, SqliteStorage};
use http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tokio_util::sync::DropGuard;

use crate::client::{Answer, exchange};
use crate::upstream::Upstream;

/// The moment at which the app's clock stands.
pub const NOW: i64 = 1_700_000_000;

/// `{UP}` becomes the provider's address.
const PROVIDERS: &str = include_str!("providers.yaml");

/// A running server.
pub struct App {
    pub address: SocketAddr,
    pub clock: ManualClock,
    /// A key with every right in `dev`.
    pub key: String,
    http: Arc<Http>,
    _stop: DropGuard,
    _directory: TempDir,
}

/// What differs between apps.
#[derive(Default)]
pub struct Setup<'a> {
    pub upstream: &'a str,
    pub allow: &'a str,
    pub outbound: OutboundOptions,
    pub settings: ServerSettings,
}

impl App {
    /// With an upstream, all of loopback open, and a connection `c` of the provider `none`.
    pub async fn with(upstream: &Upstream) -> Self {
        Self::at(&upstream.url()).await
    }

    pub async fn at(upstream: &str) -> Self {
        let app = Self::build(Setup { upstream, allow: "127.0.0.0/8", ..Setup::default() }).await;
        app.connect("none", json!({ "type": "NONE" })).await;
        app
    }

    pub async fn build(setup: Setup<'_>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let definitions = directory.path().join("providers.yaml");
        std::fs::write(&definitions, PROVIDERS.replace("{UP}", setup.upstream)).unwrap();
        let clock = ManualClock::new(Timestamp::from_seconds(NOW));
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let path = directory.path().join("bowline.db");
        let options = SqliteOptions { path, clock: Arc::clone(&shared), exclusive: true };
        let policy = OutboundPolicy::new(AllowList::parse(setup.allow).unwrap());
        let engine = Engine::start(EngineOptions {
            storage: Arc::new(SqliteStorage::open(options).await.unwrap()),
            master_key: MasterKey::new([7; 32]),
            catalog: Arc::new(Catalog::overlay(&[definitions]).unwrap()),
            outbound: Outbound::new(OutboundOptions { policy, ..setup.outbound }).unwrap(),
            clock: Arc::clone(&shared),
            refresh: RefreshOptions::default(),
            rate_limit_per_minute: 0,
            token_client: None,
            runner: Arc::new(LocalRunner::default()),
        })
        .await
        .unwrap();
        engine.bootstrap(&[]).await.unwrap();
        let keys = engine.list_environment_keys().await.unwrap();
        let key = keys[0].secret_key.as_ref().unwrap().expose().clone();
        let (readiness, settings) = (Readiness::default(), setup.settings);
        let parts = AppParts { engine, clock: shared, readiness, settings };
        let http = Arc::new(Http::new(AppState::new(parts)));
        let server = Server::bind(ServeOptions { listen: "127.0.0.1:0".parse().unwrap() }).await.unwrap();
        let address = server.local_address().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(server.run(Site::Api(Arc::clone(&http)), stop.clone()));
        Self { address, clock, key, http, _stop: stop.drop_guard(), _directory: directory }
    }

    /// A call of the API itself.
    pub async fn api(&self, line: &str, body: &Value) -> (u16, Value) {
        let (method, path) = line.split_once(' ').unwrap();
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {}", self.key));
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let response = self.http.respond(request.body(body).unwrap(), None).await;
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// An integration of a provider, under the provider's name.
    pub async fn integrate(&self, provider: &str, more: Value) {
        let mut body = json!({ "provider": provider, "unique_key": provider });
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        let (status, answer) = self.api("POST /integrations", &body).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// A connection `c` of an integration.
    pub async fn import(&self, provider: &str, credentials: Value, config: Value) -> (u16, Value) {
        let body = json!({
            "provider_config_key": provider, "connection_id": "c", "credentials": credentials,
            "connection_config": config,
        });
        self.api("POST /connections", &body).await
    }

    /// An integration without more, and its connection `c`.
    pub async fn connect(&self, provider: &str, credentials: Value) {
        self.integrate(provider, Value::Null).await;
        let (status, answer) = self.import(provider, credentials, json!({})).await;
        assert_eq!(status, 201, "{answer}");
    }

    /// An OAuth 2 integration and its connection.
    pub async fn connect_oauth(&self, access_token: &str, refresh_token: Option<&str>) {
        self.integrate("oauth", oauth_client("OAUTH2")).await;
        let mut credentials = json!({ "type": "OAUTH2", "access_token": access_token });
        if let Some(token) = refresh_token {
            credentials["refresh_token"] = token.into();
        }
        let (status, answer) = self.import("oauth", credentials, json!({})).await;
        assert_eq!(status, 201, "{answer}");
    }

    /// The bytes of a request to the proxy for the connection `c` of a provider, without an end of the head.
    pub fn head(&self, provider: &str, line: &str, headers: &[(&str, &str)]) -> String {
        let (method, target) = line.split_once(' ').unwrap();
        let mut head = format!(
            "{method} /proxy{target} HTTP/1.1\r\nhost: bowline.test\r\nauthorization: Bearer {}\r\n\
             provider-config-key: {provider}\r\nconnection-id: c\r\n",
            self.key
        );
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head
    }

    /// `METHOD /endpoint` through the proxy.
    pub async fn call(&self, provider: &str, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head = self.head(provider, line, headers);
        let is_chunked = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("transfer-encoding"));
        if !body.is_empty() && !is_chunked {
            head += &format!("content-length: {}\r\n", body.len());
        }
        exchange(self.address, &[head.as_bytes(), b"\r\n", body].concat()).await
    }

    /// A `GET` as `none`.
    pub async fn get(&self, endpoint: &str) -> Answer {
        self.call("none", &format!("GET {endpoint}"), &[], b"").await
    }

    /// A `GET` as `none` with headers.
    pub async fn get_with(&self, endpoint: &str, headers: &[(&str, &str)]) -> Answer {
        self.call("none", &format!("GET {endpoint}"), headers, b"").await
    }
}

/// Credentials of an integration at an OAuth server.
pub fn oauth_client(kind: &str) -> Value {
    json!({ "credentials": { "type": kind, "client_id": "sim-client", "client_secret": "sim-secret" } })
}
