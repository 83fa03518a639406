//! OAUTH1 in a window (RFC 5849 §2, spec `auth.md` §6.4 and §7.2).

use serde_json::{Map, Value};
use url::Url;

use super::callback::CallbackQuery;
use super::state::Authorization;
use super::url::AuthorizationUrl;
use super::{Client, ClientOverride, PopupRequest, PopupStart, client_of, scopes_of};
use crate::Engine;
use crate::auth::oauth1::{AccessToken, RequestToken, access_token, request_token};
use crate::connect::ticket::random_hex;
use crate::connect::{Attempt, ConnectError};
use crate::credential::Credentials;

impl Engine {
    pub(super) async fn start_oauth1(&self, request: PopupRequest) -> Result<PopupStart, ConnectError> {
        let PopupRequest { attempt, client, page, callback_url, .. } = request;
        let own = client_of(&attempt.integration, &client)?;
        super::check_secret_host(&attempt, &client, &attempt.config)?;
        let state = random_hex()?;
        let callback = attempt.environment.settings.callback_url.clone().unwrap_or(callback_url);
        let callback = callback_with_state(&callback, &state)?;
        let request = RequestToken {
            provider: &attempt.integration.provider,
            consumer_key: own.id,
            consumer_secret: secret_of(&own)?,
            callback: &callback,
            config: &attempt.config,
            now: self.clock.now(),
        };
        let temporary = request_token(&self.outbound, &request).await?;
        let location = AuthorizationUrl {
            provider: &attempt.integration.provider,
            config: &attempt.config,
            own: vec![("oauth_token", temporary.token.clone()), ("oauth_callback", callback)],
            scopes: &scopes_of(&attempt.integration, &attempt.config),
            page_params: &attempt.authorization_params,
            now: self.clock.now(),
        }
        .build()?;
        let mut authorization = Authorization::of(&attempt, &client, page);
        authorization.request_token = Some((temporary.token, temporary.secret.expose().clone()));
        let cookie = self.keep_authorization(&attempt.environment, &state, authorization).await?;
        Ok(PopupStart { location, cookie: Some(cookie) })
    }

    pub(super) async fn finish_oauth1(
        &self,
        attempt: &Attempt,
        client: &ClientOverride,
        request_token: Option<(String, String)>,
        query: &CallbackQuery,
    ) -> Result<(Credentials, Map<String, Value>), ConnectError> {
        let (token, secret) = request_token.ok_or(ConnectError::UnknownState)?;
        let returned = query.text("oauth_token").ok_or_else(|| query.refusal("oauth_token"))?;
        let verifier = query.text("oauth_verifier").ok_or_else(|| query.refusal("oauth_verifier"))?;
        // The answer must be to the very request that was made here (RFC 5849 §2.2).
        if returned != token {
            return Err(ConnectError::UnknownState);
        }
        let own = client_of(&attempt.integration, client)?;
        let provider = &attempt.integration.provider;
        let request = AccessToken {
            provider,
            consumer_key: own.id,
            consumer_secret: secret_of(&own)?,
            token: &token,
            token_secret: &secret,
            verifier,
            config: &attempt.config,
            now: self.clock.now(),
        };
        let granted = access_token(&self.outbound, &request).await?;
        let found = |name: &String| Some((name.clone(), Value::from(query.text(name)?)));
        let found = provider.redirect_uri_metadata.iter().filter_map(found).collect();
        Ok((granted.credentials, super::merged_config(found, attempt.config.clone())))
    }
}

fn secret_of<'a>(client: &Client<'a>) -> Result<&'a str, ConnectError> {
    client.secret.ok_or(ConnectError::NotConfigured("client secret"))
}

fn callback_with_state(callback: &str, state: &str) -> Result<String, ConnectError> {
    let mut url = Url::parse(callback)
        .map_err(|_| ConnectError::BadUrl("the environment's callback URL is none".to_owned()))?;
    url.query_pairs_mut().append_pair("state", state);
    Ok(url.into())
}
