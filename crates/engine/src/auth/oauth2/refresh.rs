//! Renews access tokens by refresh token (RFC 6749 §6).

use serde_json::Value;

use super::client::{Client, token_url_template};
use super::dialect::{Dialect, RefreshProof};
use super::grant::Grant;
use super::response::{self, Kept};
use crate::auth::token_call::interpolated;
use crate::credential::refresh::{Refreshed, TokenError, TokenRefresh};
use crate::outbound::Outbound;

/// Renews an access token.
pub async fn refresh(outbound: &Outbound, request: &TokenRefresh<'_>) -> Result<Refreshed, TokenError> {
    let (provider, credentials) = (request.provider, request.credentials);
    let dialect = Dialect::of(provider);
    let grant = grant(dialect, request)?;
    let answer = grant.prepare(dialect, &dialect.refresh)?.send(outbound).await?;
    let path = provider.alternate_access_token_response_path.as_deref();
    let mut answered = dialect.refreshed.read(answer, path, grant.access_token, &grant.secrets())?;
    if dialect
        .pins_refresh_token
        .is_some_and(|setting| request.config.get(setting) == Some(&Value::Bool(true)))
    {
        answered.holder.remove("refresh_token");
    }
    let answered = dialect.follow_up.after_refresh(outbound, &grant, credentials, answered).await?;
    response::read(provider, answered, Kept::of(credentials), request.now)
}

/// What the refresh asks with.
pub(super) fn grant<'a>(dialect: &Dialect, request: &'a TokenRefresh<'_>) -> Result<Grant<'a>, TokenError> {
    let (provider, integration) = (request.provider, request.integration);
    let base = match dialect.proof {
        RefreshProof::RefreshToken => {
            let held = request.credentials.text("refresh_token");
            let token = held.ok_or_else(|| missing("missing_refresh_token", "refresh token"))?;
            // Whatever the definition says for the code exchange, this is a refresh.
            vec![("grant_type", "refresh_token"), ("refresh_token", token)]
        }
        RefreshProof::AccessToken | RefreshProof::Client => Vec::new(),
    };
    let access_token = request.credentials.text("access_token");
    if dialect.proof == RefreshProof::AccessToken && access_token.is_none() {
        return Err(missing("missing_access_token", "access token"));
    }
    let extra =
        if provider.refresh_params.is_empty() { &provider.token_params } else { &provider.refresh_params };
    let scopes = integration.scopes.as_deref().unwrap_or_default().split(',');
    let scopes: Vec<&str> = scopes.map(str::trim).filter(|scope| !scope.is_empty()).collect();
    Ok(Grant {
        provider,
        client: Client::of(request.credentials, integration)?,
        url: provider.refresh_url.as_deref().or_else(|| token_url_template(provider)),
        base,
        extra: interpolated(extra, request.config, request.now),
        base_is_final: true,
        config: request.config,
        scope: scopes.join(provider.scope_separator()),
        state: None,
        redirect_uri: None,
        access_token,
        now: request.now,
    })
}

fn missing(code: &'static str, what: &str) -> TokenError {
    TokenError::Unbuildable { code, message: format!("the connection has no {what}") }
}
