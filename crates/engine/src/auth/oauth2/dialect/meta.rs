//! Instagram and Threads: the exchange gives a token for an hour, a second call one for two months.

use http::Method;
use serde_json::Value;
use url::Url;

use super::answer::{Answered, set_lifetime};
use super::follow::further_call;
use crate::auth::oauth2::grant::{Grant, Prepared};
use crate::auth::token_call::BodyFormat;
use crate::credential::refresh::TokenError;
use crate::outbound::Outbound;

const SHORT_LIFE_SECONDS: u32 = 3600;

/// Where a long-lived token is got.
#[derive(Debug, PartialEq, Eq)]
pub struct LongLived {
    /// The endpoint.
    pub url: &'static str,
    /// The grant type.
    pub grant_type: &'static str,
}

/// Instagram's.
pub const INSTAGRAM: LongLived =
    LongLived { url: "https://graph.instagram.com/access_token", grant_type: "ig_exchange_token" };
/// Those of Threads.
pub const THREADS: LongLived =
    LongLived { url: "https://graph.threads.net/access_token", grant_type: "th_exchange_token" };

/// Trades the token in; if that fails the short-lived one has to do.
pub async fn long_lived(
    outbound: &Outbound,
    grant: &Grant<'_>,
    kind: &LongLived,
    mut short: Answered,
) -> Answered {
    set_lifetime(&mut short.holder, SHORT_LIFE_SECONDS);
    let Some(token) = short.holder.get("access_token").and_then(Value::as_str) else { return short };
    let answer = match build(grant, kind, token) {
        Ok(call) => call.send(outbound).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(long) if long.get("access_token").is_some_and(Value::is_string) => {
            short.holder.extend(long.clone());
            // The first answer knows the user, the second the token.
            short.raw.extend(long);
        }
        Ok(_) => tracing::warn!(provider = grant.provider.name, "the long-lived token did not come"),
        Err(error) => {
            tracing::warn!(provider = grant.provider.name, %error, "the long-lived token did not come");
        }
    }
    short
}

/// The second call.
pub(super) fn build(grant: &Grant<'_>, kind: &LongLived, token: &str) -> Result<Prepared, TokenError> {
    let url = Url::parse(kind.url).map_err(|_| TokenError::Unbuildable {
        code: "invalid_token_url",
        message: format!("{} is no URL", kind.url),
    })?;
    let params = [
        ("grant_type", kind.grant_type),
        ("client_secret", grant.client.secret.unwrap_or_default()),
        ("access_token", token),
    ];
    let call = further_call(grant, url, BodyFormat::Query, &params, &[token]);
    Ok(Prepared { method: Method::GET, ..call })
}
