//! Slack: a bot's token and a user's token in one connection, each with a refresh token of its own.

use serde_json::{Map, Value};

use super::answer::Answered;
use super::{Dialect, Shape};
use crate::auth::oauth2::grant::Grant;
use crate::credential::Credentials;
use crate::credential::refresh::TokenError;
use crate::outbound::Outbound;

const USER: &str = "authed_user";
/// What a refresh changes in the user's part.
const TOKEN_FIELDS: [&str; 5] = ["access_token", "refresh_token", "expires_in", "token_type", "scope"];

/// The credentials expire with the first of their tokens.
pub fn soonest(mut answered: Answered) -> Answered {
    let seconds = |object: Option<&Map<String, Value>>| object?.get("expires_in")?.as_u64();
    let user = seconds(answered.raw.get(USER).and_then(Value::as_object));
    if let Some(soonest) = seconds(Some(&answered.holder)).into_iter().chain(user).min() {
        answered.holder.insert("expires_in".to_owned(), soonest.into());
    }
    answered
}

/// Renews the user's token beside the bot's. If that fails, the user's part stays as it was.
pub async fn with_user(
    outbound: &Outbound,
    grant: &Grant<'_>,
    credentials: &Credentials,
    mut answered: Answered,
) -> Answered {
    if answered.raw.get(USER).is_some_and(|user| user.get("access_token").is_some()) {
        return soonest(answered);
    }
    let held = credentials.expose().get("raw").and_then(|raw| raw.get(USER)).and_then(Value::as_object);
    let Some(held) = held else { return soonest(answered) };
    let token = held.get("refresh_token").and_then(Value::as_str).filter(|token| !token.is_empty());
    let user = match token {
        None => held.clone(),
        // The one refresh token there is was the user's, and so is the answer.
        Some(token) if credentials.text("refresh_token") == Some(token) => merged(held, &answered.raw),
        Some(token) => match renew(outbound, grant, token).await {
            Ok(answer) => {
                answered.raw.insert(USER.to_owned(), merged(held, &answer).into());
                return soonest(answered);
            }
            Err(error) => {
                tracing::warn!(provider = grant.provider.name, %error, "the user's token was not renewed");
                held.clone()
            }
        },
    };
    answered.raw.insert(USER.to_owned(), user.into());
    answered
}

async fn renew(
    outbound: &Outbound,
    grant: &Grant<'_>,
    token: &str,
) -> Result<Map<String, Value>, TokenError> {
    let user = Grant {
        base: vec![("grant_type", "refresh_token"), ("refresh_token", token)],
        extra: grant.extra.clone(),
        scope: grant.scope.clone(),
        ..*grant
    };
    let dialect = Dialect::of(grant.provider);
    let answer = user.prepare(dialect, &Shape::STANDARD)?.send(outbound).await?;
    Ok(dialect.refreshed.read(answer, None, None, &user.secrets())?.raw)
}

/// The user's part with its new tokens, which stand in a part of their own or at the top.
pub(super) fn merged(held: &Map<String, Value>, answer: &Map<String, Value>) -> Map<String, Value> {
    let own = answer.get(USER).and_then(Value::as_object).filter(|user| user.contains_key("access_token"));
    let source = own.unwrap_or(answer);
    let mut user = held.clone();
    for name in TOKEN_FIELDS {
        if let Some(value) = source.get(name) {
            user.insert(name.to_owned(), value.clone());
        }
    }
    user
}
