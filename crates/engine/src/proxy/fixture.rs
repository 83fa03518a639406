//! A request to build, for the tests of this folder.

use bowline_domain::{Timestamp, provider::Provider};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{url::QueryParams, *};
use crate::template::RenderContext;

pub(crate) struct Fixture {
    pub provider: Provider,
    pub custom: Map<String, Value>,
    pub config: Map<String, Value>,
    pub credential: Map<String, Value>,
    pub call: ProxyCall,
    pub method: Method,
    pub endpoint: String,
    pub content_type: Option<&'static str>,
    pub body: Option<Bytes>,
    pub is_streamed: bool,
    pub context: RenderContext,
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

impl Fixture {
    /// A GET of `/user` at a provider with this `proxy` object.
    pub fn new(proxy: Value, credential: Value) -> Self {
        let wire = json!({"display_name": "P", "categories": [], "auth_mode": "API_KEY", "proxy": proxy});
        Self {
            provider: Provider::from_wire("p", &object(wire)).unwrap(),
            custom: Map::new(),
            config: Map::new(),
            credential: object(credential),
            call: ProxyCall::default(),
            method: Method::GET,
            endpoint: "/user".to_owned(),
            content_type: None,
            body: None,
            is_streamed: false,
            context: RenderContext {
                now: Timestamp::from_millis(1_709_890_983_725),
                random: Uuid::from_u128(7),
            },
        }
    }

    pub fn endpoint(mut self, endpoint: &str) -> Self {
        self.endpoint = endpoint.to_owned();
        self
    }

    pub fn config(mut self, config: Value) -> Self {
        self.config = object(config);
        self
    }

    pub fn custom(mut self, custom: Value) -> Self {
        self.custom = object(custom);
        self
    }

    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.call.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    pub fn post(mut self, content_type: &'static str, body: &'static str) -> Self {
        (self.method, self.content_type) = (Method::POST, Some(content_type));
        self.body = Some(Bytes::from_static(body.as_bytes()));
        self
    }

    pub fn input(&self) -> BuildInput<'_> {
        BuildInput {
            call: &self.call,
            method: &self.method,
            endpoint: &self.endpoint,
            params: QueryParams::None,
            content_type: self.content_type,
            body: match &self.body {
                None => InboundBody::None,
                Some(_) if self.is_streamed => InboundBody::Stream,
                Some(bytes) => InboundBody::Bytes(bytes),
            },
            provider: &self.provider,
            integration: IntegrationView {
                client_id: Some("client"),
                client_secret: Some("client-secret"),
                custom: Some(&self.custom),
            },
            connection: ConnectionView {
                connection_id: "c1",
                config: &self.config,
                metadata: None,
                credential: CredentialView::new(&self.credential).unwrap(),
            },
            context: &self.context,
        }
    }

    pub fn build(&self) -> Result<BuiltRequest, BuildError> {
        build_request(&self.input())
    }

    /// The URL as it goes out.
    pub fn uri(&self) -> Result<String, BuildError> {
        self.build().map(|built| built.uri.to_string())
    }

    /// A header as it goes out.
    pub fn sent(&self, name: &str) -> Option<String> {
        let built = self.build().ok().unwrap();
        Some(built.headers.get(name)?.to_str().unwrap().to_owned())
    }

    /// The body as it goes out.
    pub fn sent_body(&self) -> String {
        match self.build().ok().unwrap().body {
            BuiltBody::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
            other => format!("{other:?}"),
        }
    }
}
