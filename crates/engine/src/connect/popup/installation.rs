//! APP, CUSTOM and INSTALL_PLUGIN: an app is installed at the provider, which then sends the user back
//! (spec `auth.md` §6.2, §6.3, §7.1, §7.3 and §7.5).

use bowline_domain::provider::AuthMode;
use serde_json::{Map, Value};
use url::Url;

use super::callback::CallbackQuery;
use super::oauth2::OAuth2Kept;
use super::state::Authorization;
use super::{ClientOverride, PopupRequest, PopupStart, merged_config};
use crate::Engine;
use crate::auth::github_app::InstallationToken;
use crate::connect::ticket::random_hex;
use crate::connect::{Attempt, ConnectError};
use crate::credential::{CredentialKind, Credentials};

impl Engine {
    pub(super) async fn start_installation(&self, request: PopupRequest) -> Result<PopupStart, ConnectError> {
        let PopupRequest { mut attempt, client, page, callback_url, .. } = request;
        let mode = attempt.integration.provider.auth_mode;
        let link = attempt.integration.credentials.app_link.as_deref();
        let link = link.or(attempt.integration.credentials.custom_text("app_link"));
        let link = link.ok_or(ConnectError::NotConfigured("app link"))?;
        let mut url =
            Url::parse(link).map_err(|_| ConnectError::BadUrl("the app link is none".to_owned()))?;
        let state = random_hex()?;
        if mode == AuthMode::InstallPlugin {
            url.query_pairs_mut().append_pair("payload", &state);
        } else {
            if let Ok(mut path) = url.path_segments_mut() {
                path.pop_if_empty().extend(["installations", "new"]);
            }
            url.query_pairs_mut().append_pair("state", &state);
            // What the page says about the installation is not believed: the provider's answer names it.
            attempt.config = std::mem::take(&mut attempt.authorization_params);
            attempt.config.insert("appPublicLink".to_owned(), link.into());
        }
        let mut authorization = Authorization::of(&attempt, &client, page);
        authorization.redirect_uri =
            attempt.environment.settings.callback_url.clone().unwrap_or(callback_url);
        let cookie = self.keep_authorization(&attempt.environment, &state, authorization).await?;
        Ok(PopupStart { location: url.into(), cookie: Some(cookie) })
    }

    pub(super) async fn finish_installation(
        &self,
        attempt: &Attempt,
        client: &ClientOverride,
        kept: &OAuth2Kept,
        query: &CallbackQuery,
    ) -> Result<(Credentials, Map<String, Value>), ConnectError> {
        match attempt.integration.provider.auth_mode {
            AuthMode::InstallPlugin => self.finish_plugin(attempt, query).await,
            AuthMode::Custom => self.finish_custom(attempt, client, kept, query).await,
            _ => {
                let installation = query.text("installation_id");
                let installation = installation.ok_or_else(|| query.refusal("installation_id"))?;
                self.installation_credentials(attempt, attempt.config.clone(), installation).await
            }
        }
    }

    /// The user's own token first; with an installation also the app's, which is what the connection then uses.
    async fn finish_custom(
        &self,
        attempt: &Attempt,
        client: &ClientOverride,
        kept: &OAuth2Kept,
        query: &CallbackQuery,
    ) -> Result<(Credentials, Map<String, Value>), ConnectError> {
        let (user, mut config) = self.finish_oauth2(attempt, client, kept, query).await?;
        let Some(installation) = query.text("installation_id") else {
            let app_id = attempt.integration.credentials.custom_text("app_id").unwrap_or_default();
            config.insert("app_id".to_owned(), app_id.into());
            config.insert("pending".to_owned(), true.into());
            return Ok((user, config));
        };
        config.insert("userCredentials".to_owned(), user.into_exposed().into());
        self.installation_credentials(attempt, config, installation).await
    }

    async fn installation_credentials(
        &self,
        attempt: &Attempt,
        mut config: Map<String, Value>,
        installation: &str,
    ) -> Result<(Credentials, Map<String, Value>), ConnectError> {
        let own = &attempt.integration.credentials;
        let app_id = own.custom_text("app_id").or(own.client_id.as_deref()).unwrap_or_default();
        config.insert("app_id".to_owned(), app_id.into());
        config.insert("installation_id".to_owned(), installation.into());
        let now = self.clock.now();
        let token = InstallationToken { integration: &attempt.integration, config: &config, now };
        let credentials = token.fetch(&self.outbound).await?;
        if let Some(jwt) = credentials.text("jwtToken") {
            config.insert("jwtToken".to_owned(), jwt.into());
        }
        Ok((credentials, config))
    }

    /// The application's own user name and password, tried with what the callback brought.
    async fn finish_plugin(
        &self,
        attempt: &Attempt,
        query: &CallbackQuery,
    ) -> Result<(Credentials, Map<String, Value>), ConnectError> {
        let integration = &attempt.integration;
        let found = |name: &String| Some((name.clone(), Value::from(query.text(name)?)));
        let found = integration.provider.redirect_uri_metadata.iter().filter_map(found).collect();
        let config = merged_config(found, attempt.config.clone());
        let custom = |name: &str| integration.credentials.custom.get(name).cloned().unwrap_or_default();
        let fields = ["username", "password"].map(|name| (name.to_owned(), custom(name)));
        let credentials = Credentials::new(CredentialKind::Basic, Map::from_iter(fields));
        self.verify_credentials(integration, &credentials, &config).await?;
        Ok((credentials, config))
    }
}
