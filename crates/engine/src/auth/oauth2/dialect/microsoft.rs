//! Microsoft: second tokens, kept in the connection config beside the Graph token.

use std::time::Duration;

use serde_json::{Map, Value, json};
use url::Url;

use super::answer::Answered;
use super::follow::further_call;
use crate::auth::jwt::claims_of;
use crate::auth::oauth2::grant::{Grant, Prepared};
use crate::auth::token_call::BodyFormat;
use crate::credential::refresh::TokenError;
use crate::outbound::Outbound;

/// Setting with the token of the Bot Framework.
const BOT_TOKEN: &str = "botFrameworkAccessToken";
/// Setting with the token of SharePoint.
const SHAREPOINT_TOKEN: &str = "sharepointAccessToken";

/// Fetches the bot's token too. If that fails, the Graph token is still good.
pub async fn with_bot_token(outbound: &Outbound, grant: &Grant<'_>, answered: Answered) -> Answered {
    second(outbound, grant, BOT_TOKEN, build_bot(grant), None, answered).await
}

/// The bot's first token, where the tenant that hosts it is known already.
pub async fn first_bot_token(outbound: &Outbound, grant: &Grant<'_>, answered: Answered) -> Answered {
    if !grant.config.contains_key("botHostTenantId") {
        return answered;
    }
    with_bot_token(outbound, grant, answered).await
}

/// SharePoint's first token: the same consent, for another resource of the tenant that the user signed in to.
pub async fn first_sharepoint_token(outbound: &Outbound, grant: &Grant<'_>, answered: Answered) -> Answered {
    let text = |name: &str| answered.holder.get(name).and_then(Value::as_str).map(str::to_owned);
    let claims = text("access_token").as_deref().and_then(claims_of);
    let tenant = claims.as_ref().and_then(|claims| claims.get("tid")?.as_str());
    let Some((tenant, token)) = tenant.zip(text("refresh_token")) else { return answered };
    let call = build_sharepoint(grant, tenant, &token);
    second(outbound, grant, SHAREPOINT_TOKEN, call, Some(&token), answered).await
}

/// Renews SharePoint's token too, if there is one. If that fails, the Graph token is still good.
pub async fn with_sharepoint_token(outbound: &Outbound, grant: &Grant<'_>, answered: Answered) -> Answered {
    let held = grant.config.get(SHAREPOINT_TOKEN).and_then(|token| token.get("refresh_token"));
    let Some(held) = held.and_then(Value::as_str).filter(|token| !token.is_empty()) else { return answered };
    let call = grant
        .setting("tenantId", "missing_tenant_id")
        .and_then(|tenant| build_sharepoint(grant, &tenant, held));
    second(outbound, grant, SHAREPOINT_TOKEN, call, Some(held), answered).await
}

async fn second(
    outbound: &Outbound,
    grant: &Grant<'_>,
    setting: &str,
    call: Result<Prepared, TokenError>,
    refresh_token: Option<&str>,
    mut answered: Answered,
) -> Answered {
    let answer = match call {
        Ok(call) => call.send(outbound).await,
        Err(error) => Err(error),
    };
    match answer.and_then(|answer| read(grant, answer, refresh_token)) {
        Ok(token) => {
            // The credentials end with the first of their tokens.
            let ends = [answered.holder.get("expires_in"), token.get("expires_in")];
            if let [Some(own), Some(second)] = ends.map(|end| end.and_then(Value::as_u64)) {
                answered.holder.insert("expires_in".to_owned(), own.min(second).into());
            }
            answered.config_changes.insert(setting.to_owned(), token);
        }
        Err(error) => tracing::warn!(setting, %error, "the second token did not come"),
    }
    answered
}

/// The call for the bot's token.
pub(super) fn build_bot(grant: &Grant<'_>) -> Result<Prepared, TokenError> {
    let url = tenant_url(&grant.setting("botHostTenantId", "missing_bot_host_tenant_id")?)?;
    let params = [
        ("grant_type", "client_credentials"),
        ("client_id", grant.client.id),
        ("client_secret", grant.client.secret.unwrap_or_default()),
        ("scope", "https://api.botframework.com/.default"),
    ];
    Ok(further_call(grant, url, BodyFormat::Form, &params, &[]))
}

/// The call for SharePoint's token.
pub(super) fn build_sharepoint(
    grant: &Grant<'_>,
    tenant: &str,
    refresh_token: &str,
) -> Result<Prepared, TokenError> {
    let scope = format!("https://{tenant}.sharepoint.com/Sites.Read.All");
    let params = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token),
        ("client_id", grant.client.id),
        ("client_secret", grant.client.secret.unwrap_or_default()),
        ("scope", scope.as_str()),
    ];
    Ok(further_call(grant, tenant_url(tenant)?, BodyFormat::Form, &params, &[refresh_token]))
}

fn tenant_url(tenant: &str) -> Result<Url, TokenError> {
    let is_plain = !tenant.starts_with('.')
        && tenant.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    let text = format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token");
    Url::parse(&text).ok().filter(|_| is_plain).ok_or_else(|| TokenError::Unbuildable {
        code: "invalid_token_url",
        message: "the tenant id cannot stand in a URL".to_owned(),
    })
}

/// What the connection config keeps of a second token.
pub(super) fn read(
    grant: &Grant<'_>,
    answer: Map<String, Value>,
    refresh_token: Option<&str>,
) -> Result<Value, TokenError> {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let token = text("access_token")
        .ok_or_else(|| TokenError::Unreadable("the answer has no access_token".to_owned()))?;
    let seconds = answer.get("expires_in").and_then(Value::as_u64).unwrap_or(3600);
    let expires_at = grant.now.plus(Duration::from_secs(seconds)).as_millis();
    let mut kept = json!({"access_token": token, "expires_in": seconds, "expires_at": expires_at});
    if let Some(token) = text("refresh_token").or(refresh_token) {
        kept["refresh_token"] = token.into();
    }
    Ok(kept)
}
