//! OAUTH2: exchanges authorization codes (RFC 6749 §4.1.3) and renews access tokens by refresh token (§6).

use bowline_domain::Timestamp;
use bowline_domain::provider::Provider;
use http::HeaderValue;
use serde_json::{Map, Value};

use super::token_call::{BodyFormat, TokenCall, basic, interpolated, token_url};
use super::token_response;
use crate::credential::refresh::{Refreshed, TokenError, TokenRefresh};
use crate::credential::{CredentialKind, Credentials};
use crate::outbound::Outbound;

/// A code to exchange.
pub struct CodeExchange<'a> {
    /// The provider's definition.
    pub provider: &'a Provider,
    /// The client it was issued to.
    pub client_id: &'a str,
    /// Absent for public clients (RFC 6749 §2.1).
    pub client_secret: Option<&'a str>,
    /// The code.
    pub code: &'a str,
    /// As in the authorization request.
    pub redirect_uri: &'a str,
    /// RFC 7636, where a challenge was sent.
    pub code_verifier: Option<&'a str>,
    /// The connection config, for templates.
    pub config: &'a Map<String, Value>,
    /// The present moment.
    pub now: Timestamp,
}

/// Exchanges a code for tokens.
pub async fn exchange(outbound: &Outbound, exchange: &CodeExchange<'_>) -> Result<Refreshed, TokenError> {
    let response = build_exchange(exchange)?.send(outbound).await?;
    read(exchange.provider, response, exchange.now, &Map::new())
}

fn build_exchange(exchange: &CodeExchange<'_>) -> Result<TokenCall, TokenError> {
    let provider = exchange.provider;
    let client = Client { id: exchange.client_id, secret: exchange.client_secret };
    let (mut params, authorization) = client_authentication(provider, &client)?;
    let mut put = |name: &str, value: &str| params.insert(name.to_owned(), value.into());
    put("grant_type", "authorization_code");
    put("code", exchange.code);
    put("redirect_uri", exchange.redirect_uri);
    if let Some(verifier) = exchange.code_verifier {
        put("code_verifier", verifier);
    }
    params.extend(interpolated(&provider.token_params, exchange.config, exchange.now));
    let secrets = [Some(exchange.code), exchange.client_secret, exchange.code_verifier];
    Ok(TokenCall {
        url: token_url(provider.token_url_for(provider.auth_mode), provider, exchange.config, exchange.now)?,
        params,
        format: BodyFormat::of(provider),
        authorization,
        identity: None,
        secrets: secrets.into_iter().flatten().map(str::to_owned).collect(),
    })
}

/// How the client proves itself: values of the request, and a header.
fn client_authentication(
    provider: &Provider,
    client: &Client<'_>,
) -> Result<(Map<String, Value>, Option<HeaderValue>), TokenError> {
    let secret = client.secret.unwrap_or_default();
    if provider.authorization_method.as_deref() == Some("header") {
        return Ok((Map::new(), Some(basic(client.id, secret, true)?)));
    }
    let mut params = Map::new();
    params.insert("client_id".to_owned(), client.id.into());
    if let Some(secret) = client.secret {
        params.insert("client_secret".to_owned(), secret.into());
    }
    let sends_header = provider.token_request_auth_method.as_deref() == Some("basic");
    let authorization = if sends_header { Some(basic(client.id, secret, false)?) } else { None };
    Ok((params, authorization))
}

/// Renews an access token.
pub async fn refresh(outbound: &Outbound, request: &TokenRefresh<'_>) -> Result<Refreshed, TokenError> {
    let response = build(request)?.send(outbound).await?;
    read(request.provider, response, request.now, request.credentials.expose())
}

fn build(request: &TokenRefresh<'_>) -> Result<TokenCall, TokenError> {
    let provider = request.provider;
    let refresh_token = request.credentials.text("refresh_token").ok_or_else(|| TokenError::Unbuildable {
        code: "missing_refresh_token",
        message: "the connection has no refresh token".to_owned(),
    })?;
    let client = client_of(request)?;
    let (mut params, authorization) = client_authentication(provider, &client)?;
    let extra =
        if provider.refresh_params.is_empty() { &provider.token_params } else { &provider.refresh_params };
    params.extend(interpolated(extra, request.config, request.now));
    // Whatever the definition says for the code exchange, this is a refresh.
    params.insert("grant_type".to_owned(), "refresh_token".into());
    params.insert("refresh_token".to_owned(), refresh_token.into());
    let template = provider.refresh_url.as_deref().or_else(|| provider.token_url_for(provider.auth_mode));
    let secrets = [Some(refresh_token), client.secret, request.credentials.text("access_token")];
    Ok(TokenCall {
        url: token_url(template, provider, request.config, request.now)?,
        params,
        format: BodyFormat::of(provider),
        authorization,
        identity: None,
        secrets: secrets.into_iter().flatten().map(str::to_owned).collect(),
    })
}

struct Client<'a> {
    id: &'a str,
    secret: Option<&'a str>,
}

/// The connection's own client comes before the integration's.
fn client_of<'a>(request: &'a TokenRefresh<'_>) -> Result<Client<'a>, TokenError> {
    let id = request.credentials.override_text("client_id").or(request.integration.client_id.as_deref());
    let secret = request
        .credentials
        .override_text("client_secret")
        .or(request.integration.client_secret.as_ref().map(|secret| secret.expose().as_str()))
        .filter(|secret| !secret.is_empty());
    let id = id.filter(|id| !id.is_empty()).ok_or_else(|| TokenError::Unbuildable {
        code: "missing_client_id",
        message: "neither the integration nor the connection has a client id".to_owned(),
    })?;
    Ok(Client { id, secret })
}

/// Reads an answer with tokens; `old` are the credentials it replaces.
fn read(
    provider: &Provider,
    response: Map<String, Value>,
    now: Timestamp,
    old: &Map<String, Value>,
) -> Result<Refreshed, TokenError> {
    let holder = token_holder(&response, provider.alternate_access_token_response_path.as_deref());
    let text = |name: &str| holder.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let access_token = text("access_token")
        .ok_or_else(|| TokenError::Unreadable("the answer has no access_token".to_owned()))?;
    let in_milliseconds = provider.expires_in_unit.as_deref() == Some("milliseconds");
    let expires_at = token_response::expires_at(&holder, in_milliseconds, now);
    let mut fields = Map::new();
    fields.insert("access_token".to_owned(), access_token.into());
    // A provider that does not rotate leaves the refresh token out; the old one stays good.
    let old_token = old.get("refresh_token").and_then(Value::as_str).filter(|token| !token.is_empty());
    if let Some(token) = text("refresh_token").or(old_token) {
        fields.insert("refresh_token".to_owned(), token.into());
    }
    if let Some(at) = expires_at {
        fields.insert("expires_at".to_owned(), at.iso_millis_z().into());
    }
    if let Some(kept) = old.get("config_override") {
        fields.insert("config_override".to_owned(), kept.clone());
    }
    let config_changes = token_response::metadata(&response, &provider.token_response_metadata);
    fields.insert("raw".to_owned(), response.into());
    Ok(Refreshed { credentials: Credentials::new(CredentialKind::Oauth2, fields), config_changes })
}

/// The object with the token's fields: the response itself, or what its alternate path leads to.
fn token_holder(response: &Map<String, Value>, alternate_path: Option<&str>) -> Map<String, Value> {
    let has_token =
        response.get("access_token").and_then(Value::as_str).is_some_and(|token| !token.is_empty());
    let alternate =
        alternate_path.filter(|_| !has_token).and_then(|path| token_response::at_path(response, path));
    match alternate {
        None => response.clone(),
        Some(Value::Object(inner)) => inner.clone(),
        // The token alone; what else is known of it stands beside.
        Some(token) => {
            let mut holder = response.clone();
            holder.insert("access_token".to_owned(), token.clone());
            holder
        }
    }
}
