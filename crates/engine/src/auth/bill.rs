//! BILL: a session that user name, password and developer key open (spec `auth.md` §9.7).

use std::time::Duration;

use bowline_domain::Timestamp;
use bowline_domain::provider::Provider;
use http::Method;
use serde_json::{Map, Value, json};

use super::TokenCreation;
use super::step::Step;
use super::token_call::token_url;
use crate::credential::refresh::{Refreshed, TokenError, TokenRefresh};
use crate::credential::{CredentialKind, Credentials};
use crate::outbound::Outbound;

/// A session ends after 35 minutes without use; used or not, it is renewed then.
const SESSION_LIVES: Duration = Duration::from_secs(35 * 60);

/// Opens the first session.
pub async fn create(outbound: &Outbound, creation: &TokenCreation<'_>) -> Result<Refreshed, TokenError> {
    sign_in(outbound, creation.provider, creation.input, creation.config, creation.now).await
}

/// Opens a new session with the stored fields.
pub async fn refresh(outbound: &Outbound, request: &TokenRefresh<'_>) -> Result<Refreshed, TokenError> {
    let fields = request.credentials.expose();
    sign_in(outbound, request.provider, fields, request.config, request.now).await
}

async fn sign_in(
    outbound: &Outbound,
    provider: &Provider,
    fields: &Map<String, Value>,
    config: &Map<String, Value>,
    now: Timestamp,
) -> Result<Refreshed, TokenError> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let params = json!({
        "username": text("username"), "password": text("password"),
        "organizationId": text("organization_id"), "devKey": text("dev_key"),
    });
    let step = Step {
        method: Method::POST,
        url: token_url(provider.token_url(), provider, config, now)?,
        headers: Vec::new(),
        params: params.as_object().cloned().unwrap_or_default(),
        format: None,
        secrets: ["username", "password", "dev_key"].map(text).to_vec(),
    };
    let answer = step.send(outbound).await?;
    let told = |name: &str| answer.body.get(name).and_then(Value::as_str).map(str::to_owned);
    let unreadable = || TokenError::Unreadable("the answer has no sessionId".to_owned());
    let session = told("sessionId").ok_or_else(unreadable)?;
    let mut kept = Map::new();
    for (name, value) in [
        ("username", text("username")),
        ("password", text("password")),
        ("organization_id", told("organizationId").unwrap_or_else(|| text("organization_id"))),
        ("dev_key", text("dev_key")),
        ("session_id", session),
        ("user_id", told("userId").unwrap_or_default()),
        ("expires_at", now.plus(SESSION_LIVES).iso_millis_z()),
    ] {
        kept.insert(name.to_owned(), value.into());
    }
    kept.insert("raw".to_owned(), answer.body);
    Ok(Refreshed { credentials: Credentials::new(CredentialKind::Bill, kept), config_changes: Map::new() })
}
