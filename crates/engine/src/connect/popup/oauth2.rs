//! OAUTH2 and the MCP modes: the authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_domain::provider::{AuthMode, Provider};
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use super::state::Authorization;
use super::url::AuthorizationUrl;
use super::{
    CallbackQuery, ClientOverride, PopupRequest, PopupStart, check_secret_host, client_of, merged_config,
    scopes_of,
};
use crate::Engine;
use crate::auth::introspection;
use crate::auth::oauth2::{CodeExchange, exchange};
use crate::connect::ticket::random_hex;
use crate::connect::{Attempt, ConnectError};
use crate::credential::Credentials;

/// Hex characters of a verifier; RFC 7636 §4.1 asks for 43 to 128.
const VERIFIER_CHARS: usize = 64;

impl Engine {
    pub(super) async fn start_oauth2(&self, request: PopupRequest) -> Result<PopupStart, ConnectError> {
        let PopupRequest { mut attempt, mut client, page, callback_url, client_metadata_url } = request;
        let redirect_uri = attempt.environment.settings.callback_url.clone().unwrap_or(callback_url);
        let document = client_metadata_url.as_deref();
        client = self.discover_mcp(&mut attempt, client, &redirect_uri, document).await?;
        attempt.integration =
            self.with_client(&attempt.environment, attempt.integration, &redirect_uri, document).await?;
        let provider = &attempt.integration.provider;
        check_grant(provider)?;
        check_secret_host(&attempt, &client, &attempt.config)?;
        let own_client = client_of(&attempt.integration, &client)?;
        let is_public = own_client.secret.is_none();
        if is_public && provider.auth_mode == AuthMode::OAuth2 && needs_secret(provider) {
            return Err(ConnectError::NotConfigured("client secret"));
        }
        let state = random_hex()?;
        let mut authorization = Authorization::of(&attempt, &client, page);
        let mut own = vec![
            ("response_type", "code".to_owned()),
            ("client_id", own_client.id.to_owned()),
            ("redirect_uri", redirect_uri.clone()),
            ("state", state.clone()),
        ];
        if !provider.disable_pkce {
            let verifier = random_hex()?[..VERIFIER_CHARS].to_owned();
            own.push(("code_challenge", challenge_of(&verifier)));
            own.push(("code_challenge_method", "S256".to_owned()));
            authorization.code_verifier = Some(verifier);
        }
        if let Some(scope) = attempt.user_scope.as_ref().filter(|_| provider.name == "slack") {
            own.push(("user_scope", scope.clone()));
        }
        let location = AuthorizationUrl {
            provider,
            config: &attempt.config,
            own,
            scopes: &scopes_of(&attempt.integration, &attempt.config),
            page_params: &attempt.authorization_params,
            now: self.clock.now(),
        }
        .build()?;
        authorization.redirect_uri = redirect_uri;
        let cookie = self.keep_authorization(&attempt.environment, &state, authorization).await?;
        Ok(PopupStart { location, cookie: Some(cookie) })
    }

    /// Exchanges the code; gives the credentials and the connection config.
    pub(super) async fn finish_oauth2(
        &self,
        attempt: &Attempt,
        client: &ClientOverride,
        kept: &OAuth2Kept,
        query: &CallbackQuery,
    ) -> Result<(Credentials, Map<String, Value>), ConnectError> {
        let provider = &attempt.integration.provider;
        let name = provider.authorization_code_param_in_callback.as_deref().unwrap_or("code");
        let code = query.text(name).ok_or_else(|| query.refusal("code"))?;
        let own_client = client_of(&attempt.integration, client)?;
        let mut found = metadata_of(provider, query);
        // What the callback brought may be part of the token URL; the session's own values come first.
        let config = merged_config(found.clone(), attempt.config.clone());
        crate::connection::fields::check_fields(&provider.connection_config, &config)
            .map_err(|(field, problem)| ConnectError::BadField { group: "params", field, problem })?;
        check_secret_host(attempt, client, &config)?;
        let exchanged = exchange(
            &self.outbound,
            &CodeExchange {
                provider,
                client_id: own_client.id,
                client_secret: own_client.secret,
                code,
                redirect_uri: &kept.redirect_uri,
                code_verifier: kept.code_verifier.as_deref(),
                state: query.state().unwrap_or_default(),
                scopes: &scopes_of(&attempt.integration, &attempt.config),
                config: &config,
                now: self.clock.now(),
            },
        )
        .await?;
        let (own, now) = (&attempt.integration.credentials, self.clock.now());
        let exchanged = introspection::with_end(&self.outbound, provider, own, exchanged, now).await;
        let mut from_token = exchanged.config_changes;
        from_token.append(&mut found);
        let mut config = merged_config(from_token, attempt.config.clone());
        let credentials = with_overrides(exchanged.credentials, client, &mut config);
        Ok((credentials, config))
    }
}

/// What of the authorization the exchange repeats.
pub(super) struct OAuth2Kept {
    pub redirect_uri: String,
    pub code_verifier: Option<String>,
}

fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// The definition may name the grant, but only this one.
fn check_grant(provider: &Provider) -> Result<(), ConnectError> {
    let grant = provider.token_params.get("grant_type").and_then(Value::as_str);
    match grant {
        None | Some("authorization_code") => Ok(()),
        Some(_) => Err(ConnectError::WrongGrantType),
    }
}

/// Public clients (RFC 6749 §2.1) exist only where PKCE replaces the secret.
fn needs_secret(provider: &Provider) -> bool {
    provider.disable_pkce
}

fn metadata_of(provider: &Provider, query: &CallbackQuery) -> Map<String, Value> {
    let found = |name: &String| Some((name.clone(), Value::from(query.text(name)?)));
    provider.redirect_uri_metadata.iter().filter_map(found).collect()
}

/// Keeps what the user brought: the client that refreshes must use, and a refresh token of their own.
fn with_overrides(
    credentials: Credentials,
    client: &ClientOverride,
    config: &mut Map<String, Value>,
) -> Credentials {
    let kind = credentials.kind();
    let mut fields = credentials.into_exposed();
    let pairs = [("client_id", &client.client_id), ("client_secret", &client.client_secret)];
    let over: Map<String, Value> = pairs
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?))))
        .collect();
    if !over.is_empty() {
        fields.insert("config_override".to_owned(), over.into());
    }
    if let Some(token) = &client.refresh_token {
        fields.insert("refresh_token".to_owned(), token.as_str().into());
        config.insert("overrideTokenRefresh".to_owned(), true.into());
    }
    if let Some(Value::String(scopes)) = config.get("oauth_scopes_override") {
        let scopes: Vec<&str> = scopes.split(',').map(str::trim).filter(|scope| !scope.is_empty()).collect();
        let scopes = json!(scopes);
        config.insert("oauth_scopes_override".to_owned(), scopes);
    }
    Credentials::new(kind, fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_the_one_of_rfc_7636_appendix_b() {
        let challenge = challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
