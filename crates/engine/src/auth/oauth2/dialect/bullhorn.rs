//! Bullhorn: the OAuth token opens a REST session, and that session's token is what API calls carry.

use serde_json::Value;
use url::Url;

use super::answer::{Answered, set_lifetime};
use super::follow::further_call;
use crate::auth::oauth2::grant::{Grant, Prepared};
use crate::auth::token_call::BodyFormat;
use crate::credential::refresh::TokenError;
use crate::outbound::Outbound;

const LOGIN_URL: &str = "https://rest-west.bullhornstaffing.com/rest-services/login";
/// A week, the longest session there is.
const SESSION_MINUTES: u32 = 10_080;

/// Opens a session with the token that just came.
pub async fn login(
    outbound: &Outbound,
    grant: &Grant<'_>,
    answered: Answered,
) -> Result<Answered, TokenError> {
    let Some(token) = answered.holder.get("access_token").and_then(Value::as_str) else {
        return Ok(answered);
    };
    let session = build(grant, token)?.send(outbound).await?;
    read(answered, session)
}

/// The login call.
pub(super) fn build(grant: &Grant<'_>, token: &str) -> Result<Prepared, TokenError> {
    let url = Url::parse(LOGIN_URL).map_err(|_| TokenError::Unbuildable {
        code: "invalid_token_url",
        message: "the login URL is no URL".to_owned(),
    })?;
    let minutes = SESSION_MINUTES.to_string();
    let params = [("version", "*"), ("access_token", token), ("ttl", &minutes)];
    Ok(further_call(grant, url, BodyFormat::Query, &params, &[token]))
}

/// Puts the session's token in the place of the OAuth token.
pub(super) fn read(
    mut answered: Answered,
    session: serde_json::Map<String, Value>,
) -> Result<Answered, TokenError> {
    let token = session.get("BhRestToken").and_then(Value::as_str).filter(|token| !token.is_empty());
    let token =
        token.ok_or_else(|| TokenError::Unreadable("the login's answer has no BhRestToken".to_owned()))?;
    answered.holder.insert("access_token".to_owned(), token.into());
    set_lifetime(&mut answered.holder, SESSION_MINUTES * 60);
    answered.raw.extend(session);
    Ok(answered)
}
