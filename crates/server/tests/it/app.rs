//! [`TestApp`]: one server without a socket, with a clock that stands still.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bowline_domain::scope::ScopeSet;
use bowline_domain::{Clock, ManualClock, Timestamp};
use bowline_engine::catalog::Catalog;
use bowline_engine::credential::refresh::RefreshOptions;
use bowline_engine::credential::vault::MasterKey;
use bowline_engine::function::LocalRunner;
use bowline_engine::outbound::{
    AllowList, Outbound, OutboundOptions, OutboundPolicy, Resolver, SystemResolver,
};
use bowline_engine::{Engine, EngineOptions};
use bowline_server::{AppParts, AppState, Http, Readiness, ServerSettings};
use bowline_storage_sqlite::{SqliteOptions, SqliteStorage};
use futures_util::future::BoxFuture;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;

pub const CLIENT: &str = "203.0.113.7";

/// A running API.
pub struct TestApp {
    pub http: Arc<Http>,
    pub engine: Arc<Engine>,
    pub clock: ManualClock,
    pub readiness: Readiness,
    /// A key with every right in `dev`.
    pub key: String,
    /// A key with every right in `prod`.
    pub prod_key: String,
    _directory: TempDir,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Status and `error.code`; the code is empty when there is none.
    pub fn code(&self) -> (u16, String) {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        (self.status.as_u16(), body["error"]["code"].as_str().unwrap_or_default().to_owned())
    }

    #[track_caller]
    pub fn assert_code(&self, status: u16, code: &str) {
        assert_eq!(self.code(), (status, code.to_owned()), "{}", self.body);
    }

    /// The validation issues as `(code, path)`, the path joined by dots.
    pub fn issues(&self) -> Vec<(String, String)> {
        let body = self.json();
        let issues = body["error"]["errors"].as_array().cloned().unwrap_or_default();
        let path = |issue: &Value| {
            let parts: Vec<&str> =
                issue["path"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
            parts.join(".")
        };
        issues.iter().map(|issue| (issue["code"].as_str().unwrap().to_owned(), path(issue))).collect()
    }

    /// Exactly one validation issue.
    #[track_caller]
    pub fn assert_issue(&self, group: &str, code: &str, path: &str) {
        self.assert_code(400, group);
        assert_eq!(self.issues(), [(code.to_owned(), path.to_owned())], "{}", self.body);
    }

    #[track_caller]
    pub fn assert(&self, status: u16, body: &Value) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(&self.json(), body);
    }
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with(0, ServerSettings::default()).await
    }

    pub async fn limited(per_minute: u64) -> Self {
        Self::with(per_minute, ServerSettings::default()).await
    }

    pub async fn with(rate_limit_per_minute: u64, settings: ServerSettings) -> Self {
        Self::build(rate_limit_per_minute, settings, &[], outbound("", Arc::new(SystemResolver))).await
    }

    /// With provider definitions `(name, YAML)` over the built-in ones, and an opened outbound policy.
    pub async fn with_providers(definitions: &[(&str, String)], outbound_allow: &str) -> Self {
        Self::with_settings(definitions, outbound_allow, ServerSettings::default()).await
    }

    /// The same behind TLS, in a network where no name leads anywhere.
    pub async fn without_names(definitions: &[(&str, String)], outbound_allow: &str) -> Self {
        let public_url = "https://bowline.example".to_owned();
        let settings = ServerSettings { public_url, ..ServerSettings::default() };
        Self::build(0, settings, definitions, outbound(outbound_allow, Arc::new(NoNames))).await
    }

    /// The same with settings of the HTTP side.
    pub async fn with_settings(
        definitions: &[(&str, String)],
        outbound_allow: &str,
        settings: ServerSettings,
    ) -> Self {
        Self::build(0, settings, definitions, outbound(outbound_allow, Arc::new(SystemResolver))).await
    }

    async fn build(
        rate_limit_per_minute: u64,
        settings: ServerSettings,
        definitions: &[(&str, String)],
        outbound: Outbound,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = ManualClock::new(Timestamp::from_seconds(1_700_000_000));
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let path = directory.path().join("bowline.db");
        let options = SqliteOptions { path, clock: Arc::clone(&shared), exclusive: true };
        let storage = Arc::new(SqliteStorage::open(options).await.unwrap());
        let engine = Engine::start(EngineOptions {
            storage,
            master_key: MasterKey::new([7; 32]),
            catalog: Arc::new(catalog(&directory, definitions)),
            outbound,
            clock: Arc::clone(&shared),
            refresh: RefreshOptions::default(),
            rate_limit_per_minute,
            token_client: None,
            runner: Arc::new(LocalRunner::default()),
        })
        .await
        .unwrap();
        engine.bootstrap(&[]).await.unwrap();
        let keys = engine.list_environment_keys().await.unwrap();
        let key_of = |at: usize| keys[at].secret_key.as_ref().unwrap().expose().clone();
        let (key, prod_key) = (key_of(0), key_of(1));
        let readiness = Readiness::default();
        let parts =
            AppParts { engine: Arc::clone(&engine), clock: shared, readiness: readiness.clone(), settings };
        let http = Arc::new(Http::new(AppState::new(parts)));
        Self { http, engine, clock, readiness, key, prod_key, _directory: directory }
    }

    /// A key of `dev` with these scopes.
    pub async fn key_with(&self, scopes: &[&str]) -> String {
        let environments = self.engine.list_environment_keys().await.unwrap();
        let environment = &environments[0].environment;
        let name = format!("key {}", scopes.join(" "));
        let scopes = ScopeSet::from_texts(scopes);
        let created = self.engine.create_api_key(environment, name, scopes).await.unwrap();
        created.secret.expose().clone()
    }

    /// A key of the account, bound to no environment.
    pub async fn account_key(&self) -> String {
        let account = self.engine.default_account().await.unwrap();
        let scopes = ScopeSet::from_texts(["account:*"]);
        let created =
            self.engine.create_account_api_key(account.id, "account".to_owned(), scopes).await.unwrap();
        created.secret.expose().clone()
    }

    /// Sends a request with all its parts given.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        read(self.http.respond(request, Some(CLIENT.parse().unwrap())).await).await
    }

    /// `METHOD /path` with headers `(name, value)` and a body.
    pub async fn call(&self, line: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    /// A `GET` without a key.
    pub async fn get(&self, path: &str) -> Answer {
        self.call(&format!("GET {path}"), &[], Body::empty()).await
    }

    /// A `GET` with the full key.
    pub async fn get_as_owner(&self, path: &str) -> Answer {
        self.get_as(&self.key, path).await
    }

    /// A `GET` with a key.
    pub async fn get_as(&self, key: &str, path: &str) -> Answer {
        let bearer = format!("Bearer {key}");
        self.call(&format!("GET {path}"), &[("authorization", &bearer)], Body::empty()).await
    }

    /// A `POST` of JSON text without a key.
    pub async fn post(&self, path: &str, body: &str) -> Answer {
        let headers = [("content-type", "application/json")];
        self.call(&format!("POST {path}"), &headers, body.to_owned()).await
    }

    /// A request with a key and, unless it is null, a JSON body.
    pub async fn call_as(&self, key: &str, line: &str, body: Value) -> Answer {
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.call(line, &headers, body).await
    }

    /// A request with the full key of `dev` and, unless it is null, a JSON body.
    pub async fn own(&self, line: &str, body: Value) -> Answer {
        self.call_as(&self.key, line, body).await
    }

    /// Creates an integration that must be accepted.
    pub async fn integration(&self, provider: &str, unique_key: &str, credentials: Value) {
        let mut body = json!({ "provider": provider, "unique_key": unique_key });
        if !credentials.is_null() {
            body["credentials"] = credentials;
        }
        let answer = self.own("POST /integrations", body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// Imports a connection that must be accepted, and gives the answer.
    pub async fn connection(&self, integration: &str, id: &str, credentials: Value) -> Value {
        let body =
            json!({ "provider_config_key": integration, "connection_id": id, "credentials": credentials });
        let answer = self.own("POST /connections", body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()
    }

    /// An integration `free` without credentials, and these connections of it.
    pub async fn free_connections(&self, ids: &[&str]) {
        self.integration("unauthenticated", "free", Value::Null).await;
        for id in ids {
            self.connection("free", id, json!({ "type": "NONE" })).await;
        }
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

fn outbound(allow: &str, resolver: Arc<dyn Resolver>) -> Outbound {
    let policy = OutboundPolicy::new(AllowList::parse(allow).unwrap());
    Outbound::with_resolver(OutboundOptions { policy, ..OutboundOptions::default() }, resolver).unwrap()
}

struct NoNames;

impl Resolver for NoNames {
    fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async { Err(io::ErrorKind::NotFound.into()) })
    }
}

fn catalog(directory: &TempDir, definitions: &[(&str, String)]) -> Catalog {
    if definitions.is_empty() {
        return Catalog::builtin();
    }
    let folder = directory.path().join("providers");
    std::fs::create_dir(&folder).unwrap();
    for (name, definition) in definitions {
        std::fs::write(folder.join(format!("{name}.yaml")), definition).unwrap();
    }
    Catalog::overlay(&[folder]).unwrap()
}

async fn read(response: Response) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(bytes.to_vec()).unwrap() }
}
