//! Renews access tokens by refresh token (RFC 6749 §6).

use serde_json::Map;

use super::client::{Client, token_url_template};
use super::response::{self, Kept};
use crate::auth::token_call::{BodyFormat, TokenCall, interpolated, token_url};
use crate::credential::refresh::{Refreshed, TokenError, TokenRefresh};
use crate::outbound::Outbound;

/// Renews an access token.
pub async fn refresh(outbound: &Outbound, request: &TokenRefresh<'_>) -> Result<Refreshed, TokenError> {
    let answer = build(request)?.send(outbound).await?;
    response::read(request.provider, answer, Kept::of(request.credentials), request.now)
}

fn build(request: &TokenRefresh<'_>) -> Result<TokenCall, TokenError> {
    let provider = request.provider;
    let refresh_token = request.credentials.text("refresh_token").ok_or_else(|| TokenError::Unbuildable {
        code: "missing_refresh_token",
        message: "the connection has no refresh token".to_owned(),
    })?;
    let client = Client::of_refresh(request)?;
    let mut params = Map::new();
    let authorization = client.authenticate(provider, &mut params)?;
    let extra =
        if provider.refresh_params.is_empty() { &provider.token_params } else { &provider.refresh_params };
    params.extend(interpolated(extra, request.config, request.now));
    // Whatever the definition says for the code exchange, this is a refresh.
    params.insert("grant_type".to_owned(), "refresh_token".into());
    params.insert("refresh_token".to_owned(), refresh_token.into());
    let template = provider.refresh_url.as_deref().or_else(|| token_url_template(provider));
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
