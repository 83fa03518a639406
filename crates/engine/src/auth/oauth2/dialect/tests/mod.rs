//! Every dialect with its real definition: the requests it builds, the answers it reads.

mod answers;
mod calls;
mod requests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bowline_domain::provider::Provider;
use bowline_domain::{Secret, Timestamp};
use serde_json::{Map, Value, json};

use super::*;
use crate::auth::oauth2::exchange::{self, CodeExchange};
use crate::auth::oauth2::grant::{Grant, Prepared};
use crate::auth::oauth2::refresh;
use crate::auth::token_call::BodyFormat;
use crate::catalog::Catalog;
use crate::credential::refresh::{TokenError, TokenRefresh};
use crate::credential::{CredentialKind, Credentials};
use crate::integration::IntegrationCredentials;

/// What Revolut takes for a client secret.
pub const KEY: &str = include_str!("../../../../../tests/data/rsa-2048.pem");
pub const SECRET: &str = "secret-of-the-client-application";

pub fn provider(name: &str) -> Provider {
    let found = Catalog::builtin().find(name);
    Provider::clone(&found.unwrap_or_else(|| panic!("no provider {name}")))
}

pub fn now() -> Timestamp {
    Timestamp::from_seconds(1_700_000_000)
}

pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("an object was expected, not {other}"),
    }
}

/// A value for every setting that the definitions use.
pub fn config() -> Map<String, Value> {
    object(json!({
        "hostname": "a.example", "portalRoute": "p.example", "restApiKey": "rest-key", "apiVersion": "2",
        "apiHost": "h.example", "tokenDomain": "w.example", "tenant": "acme", "handle": "shop",
        "tenantId": "t-1", "botHostTenantId": "t-2", "sellerId": "s-1", "username": "u", "password": "p",
        "installation": {"uuid": "i-1"}, "installation.uuid": "i-1", "callback_host": "b.example",
    }))
}

/// Gives `then` the grant of a code exchange.
pub fn on_exchange<T>(
    provider: &Provider,
    secret: &str,
    config: &Map<String, Value>,
    then: impl FnOnce(&Grant<'_>) -> T,
) -> T {
    let exchange = CodeExchange {
        provider,
        client_id: "id",
        client_secret: Some(secret),
        code: "c0de",
        redirect_uri: "https://b.example/cb",
        code_verifier: Some("pkce"),
        state: "st8",
        scopes: &["one".to_owned(), "two".to_owned()],
        config,
        now: now(),
    };
    then(&exchange::grant(&exchange).unwrap_or_else(|error| panic!("{error}")))
}

/// The request of a code exchange.
pub fn exchange_with(name: &str, secret: &str, config: &Map<String, Value>) -> Result<Prepared, TokenError> {
    let provider = provider(name);
    let dialect = Dialect::of(&provider);
    on_exchange(&provider, secret, config, |grant| grant.prepare(dialect, &dialect.exchange))
}

pub fn credentials(fields: Value) -> Credentials {
    Credentials::new(CredentialKind::Oauth2, object(fields))
}

pub fn integration(secret: &str) -> IntegrationCredentials {
    IntegrationCredentials {
        client_id: Some("id".to_owned()),
        client_secret: Some(Secret::new(secret.to_owned())),
        scopes: Some("one,two".to_owned()),
        ..IntegrationCredentials::default()
    }
}

/// Gives `then` the grant of a refresh.
pub fn on_refresh<T>(
    provider: &Provider,
    secret: &str,
    credentials: &Credentials,
    config: &Map<String, Value>,
    then: impl FnOnce(&Grant<'_>) -> T,
) -> Result<T, TokenError> {
    let integration = integration(secret);
    let request = TokenRefresh { provider, integration: &integration, credentials, config, now: now() };
    Ok(then(&refresh::grant(Dialect::of(provider), &request)?))
}

/// The request of a refresh.
pub fn refresh_with(name: &str, secret: &str, credentials: &Credentials) -> Result<Prepared, TokenError> {
    let provider = provider(name);
    let dialect = Dialect::of(&provider);
    on_refresh(&provider, secret, credentials, &config(), |grant| grant.prepare(dialect, &dialect.refresh))?
}

/// A request in one line: method, URL, own headers, who the Basic header names, format and parameters.
pub fn shown(prepared: &Prepared) -> String {
    let call = &prepared.call;
    let mut parts = vec![format!("{} {}", prepared.method, call.url)];
    for (name, value) in &prepared.headers {
        parts.push(format!("{name}:{}", constant(value.to_str().unwrap())));
    }
    if let Some(value) = &call.authorization {
        let pair = BASE64.decode(value.to_str().unwrap().strip_prefix("Basic ").unwrap()).unwrap();
        parts.push(format!("<{}>", String::from_utf8(pair).unwrap().replace(SECRET, "***")));
    }
    parts.push(
        match call.format {
            BodyFormat::Form => "form",
            BodyFormat::Json => "json",
            BodyFormat::Query => "query",
        }
        .to_owned(),
    );
    let mut params: Vec<_> = call
        .params
        .iter()
        .map(|(name, value)| format!("{name}={}", constant(value.as_str().unwrap())))
        .collect();
    params.sort();
    parts.extend(params);
    parts.join(" ")
}

/// A text that is the same in every run.
fn constant(text: &str) -> String {
    if uuid::Uuid::parse_str(text).is_ok() {
        return "uuid".to_owned();
    }
    if text.starts_with("eyJ") { "jwt".to_owned() } else { text.replace(SECRET, "***") }
}
