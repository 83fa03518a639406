//! OAUTH2_CC: fetches tokens with the client-credentials grant (RFC 6749 §4.4).

use std::time::Duration;

use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;

use super::TokenCreation;
use super::jwt::SigningKey;
use super::token_call::{BodyFormat, TokenCall, basic, interpolated, token_url};
use super::token_response;
use crate::credential::refresh::{Refreshed, TokenError, TokenRefresh};
use crate::credential::{CredentialKind, Credentials};
use crate::outbound::{ClientIdentity, Outbound};

/// How long a token is taken to live when its provider does not say.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(55 * 60);
const ASSERTION_LIFETIME_SECONDS: i64 = 300;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Fetches the first token with what the user typed. Scopes of the integration are kept with the connection,
/// which every later token is fetched with.
pub async fn create(outbound: &Outbound, creation: &TokenCreation<'_>) -> Result<Refreshed, TokenError> {
    let credentials = Credentials::new(CredentialKind::Oauth2Cc, creation.input.clone());
    let has_proof =
        credentials.text("client_secret").is_some() || credentials.text("client_private_key").is_some();
    if credentials.text("client_id").is_some() && !has_proof {
        return Err(missing("missing_client_secret", "client_secret"));
    }
    let mut config = creation.config.clone();
    let scopes = creation.integration.scopes.as_deref().filter(|scopes| !scopes.is_empty());
    let adds_scopes = !config.contains_key("oauth_scopes");
    if let Some(scopes) = scopes.filter(|_| adds_scopes) {
        config.insert("oauth_scopes".to_owned(), scopes.into());
    }
    let request = TokenRefresh {
        provider: creation.provider,
        integration: creation.integration,
        credentials: &credentials,
        config: &config,
        now: creation.now,
    };
    let mut created = refresh(outbound, &request).await?;
    if let Some(scopes) = scopes.filter(|_| adds_scopes) {
        created.config_changes.insert("oauth_scopes".to_owned(), scopes.into());
    }
    Ok(created)
}

/// Fetches a new token.
pub async fn refresh(outbound: &Outbound, request: &TokenRefresh<'_>) -> Result<Refreshed, TokenError> {
    let response = build(request)?.send(outbound).await?;
    read(request, response)
}

fn build(request: &TokenRefresh<'_>) -> Result<TokenCall, TokenError> {
    let (provider, credentials) = (request.provider, request.credentials);
    let client_id = credentials.text("client_id").ok_or_else(|| missing("missing_client_id", "client_id"))?;
    let client_secret = credentials.text("client_secret");
    let url = token_url(provider.token_url_for(provider.auth_mode), provider, request.config, request.now)?;
    let mut params = Map::new();
    let mut authorization = None;
    let mut put = |name: &str, value: &str| params.insert(name.to_owned(), value.into());
    match provider.token_request_auth_method.as_deref() {
        Some("basic") => {
            let secret = client_secret.ok_or_else(|| missing("missing_client_secret", "client_secret"))?;
            authorization = Some(basic(client_id, secret, false)?);
        }
        Some("custom") => {
            put("username", client_id);
            put("password", client_secret.unwrap_or_default());
        }
        Some("private_key_jwt") => {
            put("client_id", client_id);
            put("client_assertion_type", ASSERTION_TYPE);
            put("client_assertion", &assertion(request, client_id, &url)?);
        }
        _ => {
            put("client_id", client_id);
            if let Some(secret) = client_secret {
                put("client_secret", secret);
            }
        }
    }
    params.extend(interpolated(&provider.token_params, request.config, request.now));
    if let Some(scopes) = scopes(request) {
        params.insert("scope".to_owned(), scopes.into());
    }
    if let Some(Value::Object(over)) = request.config.get("authorization_params") {
        params.extend(over.clone());
    }
    let secrets = [client_secret, credentials.text("client_private_key"), credentials.text("token")];
    Ok(TokenCall {
        url,
        params,
        format: BodyFormat::of(provider),
        authorization,
        identity: identity(request)?,
        secrets: secrets.into_iter().flatten().map(str::to_owned).collect(),
    })
}

fn missing(code: &'static str, field: &str) -> TokenError {
    TokenError::Unbuildable { code, message: format!("the credentials have no {field}") }
}

/// A client assertion (RFC 7523 §2.2), signed with the user's JWK.
fn assertion(request: &TokenRefresh<'_>, client_id: &str, url: &Url) -> Result<String, TokenError> {
    let key = request
        .credentials
        .text("client_private_key")
        .ok_or_else(|| missing("missing_client_private_key", "client_private_key"))?;
    let now = request.now.as_seconds();
    let claims = json!({
        "iss": client_id, "sub": client_id, "aud": url.as_str(),
        "iat": now, "exp": now + ASSERTION_LIFETIME_SECONDS, "jti": Uuid::new_v4().to_string(),
    });
    SigningKey::from_jwk(key).and_then(|key| key.sign(&claims)).map_err(|error| TokenError::Unbuildable {
        code: "invalid_certificate_or_key_format",
        message: error.to_string(),
    })
}

/// The config's scopes, given as a comma list or an array, joined as the provider wants them.
fn scopes(request: &TokenRefresh<'_>) -> Option<String> {
    let separator = request.provider.scope_separator();
    let joined = match request.config.get("oauth_scopes")? {
        Value::String(list) => {
            list.split(',').map(str::trim).filter(|s| !s.is_empty()).collect::<Vec<_>>().join(separator)
        }
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(separator),
        _ => return None,
    };
    (!joined.is_empty()).then_some(joined)
}

fn identity(request: &TokenRefresh<'_>) -> Result<Option<ClientIdentity>, TokenError> {
    let pair =
        request.credentials.text("client_certificate").zip(request.credentials.text("client_private_key"));
    let Some((certificate, key)) = pair else { return Ok(None) };
    ClientIdentity::from_pem(certificate, key).map(Some).map_err(|error| TokenError::Unbuildable {
        code: "invalid_certificate_or_key_format",
        message: error.to_string(),
    })
}

fn read(request: &TokenRefresh<'_>, response: Map<String, Value>) -> Result<Refreshed, TokenError> {
    let provider = request.provider;
    let token = ["access_token", "data.token", "jwt"]
        .iter()
        .find_map(|path| token_response::at_path(&response, path)?.as_str())
        .ok_or_else(|| TokenError::Unreadable("the answer has no access_token".to_owned()))?;
    let in_milliseconds = provider.expires_in_unit.as_deref() == Some("milliseconds");
    let expires_at = token_response::expires_at(&response, in_milliseconds, request.now)
        .unwrap_or_else(|| request.now.plus(DEFAULT_LIFETIME));
    let mut fields = Map::new();
    fields.insert("token".to_owned(), token.into());
    for kept in ["client_id", "client_secret", "client_certificate", "client_private_key"] {
        if let Some(value) = request.credentials.expose().get(kept) {
            fields.insert(kept.to_owned(), value.clone());
        }
    }
    fields.insert("expires_at".to_owned(), expires_at.iso_millis_z().into());
    let config_changes = token_response::metadata(&response, &provider.token_response_metadata);
    fields.insert("raw".to_owned(), response.into());
    Ok(Refreshed { credentials: Credentials::new(CredentialKind::Oauth2Cc, fields), config_changes })
}
