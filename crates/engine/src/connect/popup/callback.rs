//! The provider's answer: finds what was begun, checks whose it is, and writes the connection.

use std::sync::Arc;

use bowline_domain::connection::Connection;
use bowline_domain::environment::Environment;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::provider::{AuthMode, Provider};
use bowline_domain::ticket::TicketKind;
use indexmap::IndexMap;
use url::Url;
use uuid::Uuid;

use super::oauth2::OAuth2Kept;
use super::state::{Authorization, cookie_name};
use super::{Confirmation, PopupPage, mcp};
use crate::Engine;
use crate::connect::ConnectError;
use crate::connect::ticket::digest_of;

/// Longer texts of a provider are cut before they are shown.
const SHOWN_CHARS_MAX: usize = 300;

/// What the provider sent the browser back with.
pub struct CallbackQuery(IndexMap<String, String>);

impl CallbackQuery {
    /// The parameters as they came; of equal names the first counts.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut query = IndexMap::new();
        for (name, value) in pairs {
            query.entry(name).or_insert(value);
        }
        Self(query)
    }

    /// A parameter that is not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The parameter that finds the authorization.
    pub fn state(&self) -> Option<&str> {
        ["state", "payload", "customField"].iter().find_map(|name| self.text(name))
    }

    /// What the provider said in place of an answer, in its own words.
    pub fn provider_error(&self) -> Option<String> {
        const SAID: [&str; 6] =
            ["error", "error_description", "error_reason", "error_uri", "status_code", "error_message"];
        let said = SAID.iter().filter_map(|name| Some(format!("{name}: {}", self.text(name)?)));
        let said = said.collect::<Vec<_>>().join("; ");
        let shown = said.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS_MAX).collect::<String>();
        (!shown.is_empty()).then_some(shown)
    }

    /// All parameters.
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        self.0.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Why there is no `wanted`.
    pub(super) fn refusal(&self, wanted: &'static str) -> ConnectError {
        self.provider_error().map_or(ConnectError::MissingInCallback(wanted), ConnectError::ProviderSaid)
    }
}

/// How an authorization ended.
pub struct PopupEnd {
    /// The environment it was begun in, when that is known.
    pub environment: Option<Arc<Environment>>,
    /// Who waits for it.
    pub page: PopupPage,
    /// The session it was begun in.
    pub session: Option<Uuid>,
    /// The integration's key.
    pub integration: Option<IntegrationKey>,
    /// The connection's key.
    pub connection: Option<ConnectionKey>,
    /// What came of it.
    pub result: Result<PopupOutcome, ConnectError>,
}

/// What became of an authorization that nothing was wrong with.
pub enum PopupOutcome {
    /// The connection, and whether it still waits for an approval at the provider.
    Connected(Arc<Connection>, bool),
    /// The user is asked first.
    Asked(Confirmation),
}

impl PopupEnd {
    pub(super) fn unknown(error: ConnectError) -> Self {
        Self {
            environment: None,
            page: PopupPage::default(),
            session: None,
            integration: None,
            connection: None,
            result: Err(error),
        }
    }

    /// The end of an authorization in another browser, unless it turns out to be the one that began.
    pub(super) fn of(environment: &Arc<Environment>, authorization: &Authorization) -> Self {
        Self {
            environment: Some(Arc::clone(environment)),
            page: authorization.page(),
            session: authorization.session(),
            integration: Some(authorization.integration_key()),
            connection: Some(authorization.connection_key()),
            result: Err(ConnectError::OtherBrowser),
        }
    }
}

impl Engine {
    /// Ends the authorization that the query's state finds. `cookie` looks one up by its name.
    pub async fn finish_popup<'c>(
        &self,
        query: &CallbackQuery,
        cookie: impl Fn(&str) -> Option<&'c str>,
    ) -> PopupEnd {
        let Some(state) = query.state() else { return PopupEnd::unknown(ConnectError::UnknownState) };
        let taken = self.take_authorization(state).await;
        let (environment, authorization) = match taken {
            Ok(Some(taken)) => taken,
            Ok(None) => return PopupEnd::unknown(ConnectError::UnknownState),
            Err(error) => return PopupEnd::unknown(error),
        };
        let mut end = PopupEnd::of(&environment, &authorization);
        if authorization.question.is_some() {
            // The user's word does not come this way.
            return PopupEnd::unknown(ConnectError::UnknownState);
        }
        if authorization.is_browser(cookie(&cookie_name(state))) {
            let asks = authorization.asks && query.provider_error().is_none();
            end.result = match asks {
                true => self.ask_user(&environment, authorization, query).await,
                false => self.conclude(environment, authorization, query).await,
            };
        }
        end
    }

    /// An authorization is taken once, whatever becomes of it then.
    pub(super) async fn take_authorization(
        &self,
        state: &str,
    ) -> Result<Option<(Arc<Environment>, Authorization)>, ConnectError> {
        let (kind, now) = (TicketKind::Authorization, self.clock.now());
        let Some((ticket, environment)) = self.storage.take_ticket(kind, &digest_of(state), now).await?
        else {
            return Ok(None);
        };
        let authorization = self.open_ticket(&environment, &ticket)?;
        Ok(Some((Arc::new(environment), authorization)))
    }

    pub(super) async fn conclude(
        &self,
        environment: Arc<Environment>,
        mut authorization: Authorization,
        query: &CallbackQuery,
    ) -> Result<PopupOutcome, ConnectError> {
        let found = self.storage.find_integration(environment.id, &authorization.integration_key()).await?;
        let found = found.ok_or(ConnectError::UnknownIntegration)?;
        let mut integration =
            self.open_integration(&environment, found)?.ok_or(ConnectError::UnknownProvider)?;
        mcp::describe(&mut integration, authorization.config())?;
        if integration.provider.auth_mode == AuthMode::McpOAuth2Generic {
            mcp::check_issuer(authorization.config(), query)?;
        } else {
            check_issuer(&integration.provider, query)?;
        }
        let kept = OAuth2Kept {
            redirect_uri: std::mem::take(&mut authorization.redirect_uri),
            code_verifier: authorization.code_verifier.take(),
        };
        let request_token = authorization.request_token.take();
        let (attempt, client) = authorization.into_parts(environment, integration);
        if attempt.is_reconnecting {
            let key = &attempt.integration.integration.key;
            let still = self.storage.find_connection(attempt.environment.id, key, &attempt.key).await?;
            still.ok_or(ConnectError::ConnectionGone)?;
        }
        let (credentials, config) = match attempt.integration.provider.auth_mode {
            AuthMode::OAuth2 | AuthMode::McpOAuth2 | AuthMode::McpOAuth2Generic => {
                self.finish_oauth2(&attempt, &client, &kept, query).await?
            }
            AuthMode::OAuth1 => self.finish_oauth1(&attempt, &client, request_token, query).await?,
            AuthMode::App | AuthMode::Custom | AuthMode::InstallPlugin => {
                self.finish_installation(&attempt, &client, &kept, query).await?
            }
            other => return Err(ConnectError::WrongMode { expected: other.as_str() }),
        };
        let is_pending = config.get("pending").is_some_and(|pending| *pending == true);
        let connection = self.save_attempt(attempt, &credentials, &config).await?;
        Ok(PopupOutcome::Connected(connection, is_pending))
    }
}

/// RFC 9207: an answer that names its issuer must come from the server that was asked. Definitions know no issuer,
/// so the site of its host is compared with the endpoints'.
fn check_issuer(provider: &Provider, query: &CallbackQuery) -> Result<(), ConnectError> {
    let Some(issuer) = query.text("iss") else { return Ok(()) };
    let issuer = Url::parse(issuer).ok();
    let issuer = issuer.as_ref().and_then(Url::host_str).map(site_of).ok_or(ConnectError::WrongIssuer)?;
    let endpoints = [provider.authorization_url.as_deref(), provider.token_url()];
    let known = endpoints.into_iter().flatten().filter_map(template_site);
    if known.into_iter().any(|site| site == issuer) { Ok(()) } else { Err(ConnectError::WrongIssuer) }
}

/// The last two labels of a host, in which a server and its issuer agree; of an address all of it.
fn site_of(host: &str) -> String {
    if host.parse::<std::net::IpAddr>().is_ok() {
        return host.to_owned();
    }
    let labels: Vec<&str> = host.rsplit('.').take(2).collect();
    labels.into_iter().rev().collect::<Vec<_>>().join(".").to_ascii_lowercase()
}

/// The site of a URL template whose end of the host is fixed.
fn template_site(template: &str) -> Option<String> {
    let (_, rest) = template.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.rsplit_once('}').map_or(host, |(_, fixed)| fixed.trim_start_matches('.'));
    let host = host.split(':').next()?;
    (!host.is_empty()).then(|| site_of(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> CallbackQuery {
        CallbackQuery::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn a_repeated_parameter_counts_once_with_its_first_value() {
        assert_eq!(query(&[("code", "a"), ("code", "b")]).text("code"), Some("a"));
    }

    #[test]
    fn what_the_provider_says_is_told_in_a_fixed_order_and_cut() {
        let long = "x".repeat(1_000);
        let said =
            query(&[("error_description", &long), ("error", "access_denied")]).provider_error().unwrap();
        assert!(
            said.starts_with("error: access_denied; error_description: xxx") && said.len() <= 300,
            "{said}"
        );
        assert_eq!(query(&[("code", "c")]).provider_error(), None);
    }

    #[test]
    fn sites_of_issuers_and_of_templates_agree() {
        assert_eq!(site_of("accounts.google.com"), "google.com");
        assert_eq!(
            template_site("https://${connectionConfig.shop}.myshopify.com/admin"),
            Some("myshopify.com".into())
        );
        assert_eq!(template_site("https://localhost:8080/a"), Some("localhost".into()));
        assert_eq!(template_site("https://${connectionConfig.host}/a"), None);
    }
}
