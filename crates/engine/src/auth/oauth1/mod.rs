//! OAUTH1: temporary and token credentials (RFC 5849 §2.1, §2.3).
//!
//! The user authorizes a temporary token between the two calls here. Signatures are those of the proxy.

mod call;
#[cfg(test)]
mod tests;

use bowline_domain::provider::Provider;
use bowline_domain::{Secret, Timestamp};
use serde_json::{Map, Value};

use self::call::SignedCall;
use super::token_call::interpolated;
use crate::credential::refresh::{Refreshed, TokenError};
use crate::credential::{CredentialKind, Credentials};
use crate::outbound::Outbound;

/// A temporary token to ask for. It holds a secret, hence no `Debug`.
pub struct RequestToken<'a> {
    /// The provider's definition.
    pub provider: &'a Provider,
    /// The client's key.
    pub consumer_key: &'a str,
    /// The client's secret.
    pub consumer_secret: &'a str,
    /// Where the provider sends the user back to.
    pub callback: &'a str,
    /// The connection config, for templates.
    pub config: &'a Map<String, Value>,
    /// The present moment.
    pub now: Timestamp,
}

/// A token the user has yet to authorize. Its secret is needed for [`access_token`].
pub struct TemporaryToken {
    /// The token, shown to the user's browser.
    pub token: String,
    /// Its secret.
    pub secret: Secret,
}

/// Asks for a temporary token (RFC 5849 §2.1).
pub async fn request_token(
    outbound: &Outbound,
    request: &RequestToken<'_>,
) -> Result<TemporaryToken, TokenError> {
    let provider = request.provider;
    let call = SignedCall {
        provider,
        url: provider.request_url.as_deref(),
        http_method: provider.request_http_method.as_deref(),
        params: interpolated(&provider.request_params, request.config, request.now),
        consumer_key: request.consumer_key,
        consumer_secret: request.consumer_secret,
        token: None,
        token_secret: "",
        protocol: &[("oauth_callback", request.callback)],
        config: request.config,
        now: request.now,
    };
    let answer = TokenAnswer::read(call.send(outbound).await?)?;
    Ok(TemporaryToken { token: answer.token, secret: Secret::new(answer.secret) })
}

/// A temporary token that the user authorized. It holds secrets, hence no `Debug`.
pub struct AccessToken<'a> {
    /// The provider's definition.
    pub provider: &'a Provider,
    /// The client's key.
    pub consumer_key: &'a str,
    /// The client's secret.
    pub consumer_secret: &'a str,
    /// The temporary token.
    pub token: &'a str,
    /// Its secret.
    pub token_secret: &'a str,
    /// The verification code from the callback.
    pub verifier: &'a str,
    /// The connection config, for templates.
    pub config: &'a Map<String, Value>,
    /// The present moment.
    pub now: Timestamp,
}

/// Exchanges an authorized temporary token for the connection's credentials (RFC 5849 §2.3).
pub async fn access_token(outbound: &Outbound, request: &AccessToken<'_>) -> Result<Refreshed, TokenError> {
    let provider = request.provider;
    let call = SignedCall {
        provider,
        url: provider.token_url(),
        http_method: provider.token_http_method.as_deref(),
        params: Map::new(),
        consumer_key: request.consumer_key,
        consumer_secret: request.consumer_secret,
        token: Some(request.token),
        token_secret: request.token_secret,
        protocol: &[("oauth_verifier", request.verifier)],
        config: request.config,
        now: request.now,
    };
    let answer = TokenAnswer::read(call.send(outbound).await?)?;
    let fields = Map::from_iter([
        ("oauth_token".to_owned(), answer.token.into()),
        ("oauth_token_secret".to_owned(), answer.secret.into()),
        ("raw".to_owned(), answer.raw.into()),
    ]);
    let credentials = Credentials::new(CredentialKind::Oauth1, fields);
    Ok(Refreshed { credentials, config_changes: Map::new() })
}

struct TokenAnswer {
    token: String,
    secret: String,
    raw: Map<String, Value>,
}

impl TokenAnswer {
    fn read(raw: Map<String, Value>) -> Result<Self, TokenError> {
        let text = |name: &str| {
            let value = raw.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
            let absent = || TokenError::Unreadable(format!("the answer has no {name}"));
            value.map(str::to_owned).ok_or_else(absent)
        };
        Ok(Self { token: text("oauth_token")?, secret: text("oauth_token_secret")?, raw })
    }
}
