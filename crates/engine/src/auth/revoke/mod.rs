//! Takes tokens back at their provider (RFC 7009) before a connection is forgotten. Best effort: a connection
//! goes whatever the provider says.

mod table;
#[cfg(test)]
mod tests;

use bowline_domain::Timestamp;
use bowline_domain::provider::{AuthMode, Provider};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method};
use percent_encoding::utf8_percent_encode;
use serde_json::{Map, Value};
use url::Url;

use self::table::{Endpoint, Held, Place, Proof};
use super::mcp::{METADATA, address, json_setting};
use super::oauth2::Client;
use super::token_call::{BodyFormat, TokenCall, basic, token_url};
use crate::credential::refresh::TokenError;
use crate::credential::{CredentialKind, Credentials};
use crate::outbound::{BufferedResponse, Outbound, OutboundPolicy};
use crate::template::url::COMPONENT;

/// Of an answer nothing but a few words are read.
const RESPONSE_BYTES_MAX: usize = 64 * 1024;

/// What became of the tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevokeOutcome {
    /// The provider took them back, or did not know them any more.
    Revoked,
    /// No way is known to take these credentials back.
    NotSupported,
    /// The provider would not.
    Refused {
        /// Its status.
        status: u16,
    },
    /// No answer came.
    Unreachable,
}

/// Whether a way is known to take tokens of this provider back.
pub fn is_known(provider: &Provider) -> bool {
    provider.auth_mode == AuthMode::McpOAuth2Generic || table::find(provider).is_some()
}

/// Takes a connection's tokens back, where the provider has an endpoint for that.
pub async fn revoke(
    outbound: &Outbound,
    provider: &Provider,
    client: Client<'_>,
    credentials: &Credentials,
    config: &Map<String, Value>,
) -> RevokeOutcome {
    let built = build(outbound.policy(), provider, client, credentials, config);
    let Some(request) = built.and_then(|(call, method, headers)| call.into_request_as(method, headers).ok())
    else {
        return RevokeOutcome::NotSupported;
    };
    match outbound.send_for_bytes(request, RESPONSE_BYTES_MAX).await {
        Ok(response) => read(&response),
        Err(error) => {
            tracing::info!(provider = provider.name, %error, "tokens not revoked");
            RevokeOutcome::Unreachable
        }
    }
}

fn read(response: &BufferedResponse) -> RevokeOutcome {
    let status = response.status.as_u16();
    // Slack says with status 200 that it did not work.
    let is_denied = serde_json::from_slice::<Value>(&response.body)
        .is_ok_and(|answer| answer.get("ok") == Some(&Value::Bool(false)));
    if response.status.is_success() && !is_denied {
        RevokeOutcome::Revoked
    } else {
        RevokeOutcome::Refused { status }
    }
}

fn build(
    policy: &OutboundPolicy,
    provider: &Provider,
    client: Client<'_>,
    credentials: &Credentials,
    config: &Map<String, Value>,
) -> Option<(TokenCall, Method, HeaderMap)> {
    if credentials.kind() != CredentialKind::Oauth2 {
        return None;
    }
    if let Some(endpoint) = table::find(provider) {
        let url = place(endpoint.place, provider, client, config)?;
        return call(endpoint, url, client, credentials);
    }
    // Elsewhere a user could name the place that the application's secret is sent to.
    let is_described = provider.auth_mode == AuthMode::McpOAuth2Generic;
    let discovered = is_described.then(|| Discovered::read(config, policy)).flatten()?;
    call(&discovered.endpoint(client), discovered.url.clone(), client, credentials)
}

fn place(place: Place, provider: &Provider, client: Client<'_>, config: &Map<String, Value>) -> Option<Url> {
    match place {
        Place::Fixed(url) => {
            let id = utf8_percent_encode(client.id, COMPONENT).to_string();
            Url::parse(&url.replace("{client_id}", &id)).ok()
        }
        Place::BesideToken(name) => {
            // No token URL that is found here depends on the time.
            let now = Timestamp::from_seconds(0);
            let mut url = token_url(provider.token_url(), provider, config, now).ok()?;
            url.path_segments_mut().ok()?.pop().push(name);
            Some(url)
        }
    }
}

fn call(
    endpoint: &Endpoint,
    url: Url,
    client: Client<'_>,
    credentials: &Credentials,
) -> Option<(TokenCall, Method, HeaderMap)> {
    let access = || credentials.text("access_token");
    let token = match endpoint.token {
        Held::Refresh => credentials.text("refresh_token"),
        Held::RefreshOrAccess => credentials.text("refresh_token").or_else(access),
        Held::Access => access(),
    }?;
    let mut params = Map::new();
    if let Some(name) = endpoint.param {
        params.insert(name.to_owned(), token.into());
    }
    let (authorization, headers) = prove(endpoint.proof, client, token, &mut params).ok()?;
    let secrets = [Some(token), client.secret].into_iter().flatten().map(str::to_owned).collect();
    let format = if params.is_empty() { BodyFormat::Query } else { endpoint.format };
    let call = TokenCall { url, params, format, authorization, identity: None, secrets };
    let method = if endpoint.is_delete { Method::DELETE } else { Method::POST };
    Some((call, method, headers))
}

/// Puts what entitles to the call where it belongs.
fn prove(
    proof: Proof,
    client: Client<'_>,
    token: &str,
    params: &mut Map<String, Value>,
) -> Result<(Option<HeaderValue>, HeaderMap), TokenError> {
    let mut headers = HeaderMap::new();
    let mut authorization = None;
    match proof {
        Proof::Token => {}
        Proof::Params => client.put_into(params),
        Proof::IdParam => drop(params.insert("client_id".to_owned(), client.id.into())),
        Proof::Basic => authorization = Some(basic(client.id, client.secret.unwrap_or_default(), false)?),
        Proof::Bearer => {
            let mut value =
                HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| TokenError::Unbuildable {
                    code: "invalid_token_request",
                    message: "the token cannot stand in a header".to_owned(),
                })?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
    }
    Ok((authorization, headers))
}

/// The endpoint that an authorization server's own metadata names (RFC 8414), as the connection config keeps it.
struct Discovered {
    url: Url,
    has_basic: bool,
}

impl Discovered {
    fn read(config: &Map<String, Value>, policy: &OutboundPolicy) -> Option<Self> {
        let metadata = json_setting(config, METADATA)?;
        // A token is never sent in the clear, or to the inside, because a document says so.
        let url = address::parse(metadata.get("revocation_endpoint")?.as_str()?, policy).ok()?;
        let methods = metadata.get("revocation_endpoint_auth_methods_supported").and_then(Value::as_array);
        // RFC 8414 section 2: without a list it is Basic.
        let has_basic =
            methods.is_none_or(|methods| methods.iter().any(|name| name == "client_secret_basic"));
        Some(Self { url, has_basic })
    }

    fn endpoint(&self, client: Client<'_>) -> Endpoint {
        let proof = match client.secret {
            None => Proof::IdParam,
            Some(_) if self.has_basic => Proof::Basic,
            Some(_) => Proof::Params,
        };
        Endpoint { proof, ..Endpoint::STANDARD }
    }
}
