//! What is kept of an authorization while the user is at the provider.

use std::time::Duration;

use bowline_domain::connection::EndUser;
use bowline_domain::environment::Environment;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::tags::Tags;
use bowline_domain::ticket::TicketKind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{ClientOverride, PopupPage};
use crate::Engine;
use crate::connect::ticket::{digest_of, random_hex};
use crate::connect::{Attempt, ConnectError};
use crate::connection::write::Labels;
use crate::integration::OpenIntegration;

/// How long a user may take at the provider (checklist A1).
pub(super) const AUTHORIZATION_LIVES: Duration = Duration::from_secs(15 * 60);

/// Binds an authorization to the browser that began it: a cookie whose value only that browser has.
#[derive(Clone)]
pub struct BrowserBinding {
    /// The cookie's name, different for each authorization, so that several can run at once.
    pub name: String,
    /// 256 random bits.
    pub value: String,
    /// How long it is needed.
    pub lives: Duration,
}

impl BrowserBinding {
    pub(super) fn new(state: &str) -> Result<Self, ConnectError> {
        Ok(Self { name: cookie_name(state), value: random_hex()?, lives: AUTHORIZATION_LIVES })
    }
}

/// The name says which authorization it is of, and nothing of its `state`.
pub(super) fn cookie_name(state: &str) -> String {
    format!("oauth2-{}", &hex::encode(digest_of(state).0)[..16])
}

/// An authorization under way.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Authorization {
    integration: String,
    connection: String,
    is_reconnecting: bool,
    #[serde(default)]
    may_change_account: bool,
    config: Map<String, Value>,
    user_scope: Option<String>,
    #[serde(default)]
    decided: Vec<String>,
    /// Labels to give; without them an existing connection keeps its own.
    labels: Option<StoredLabels>,
    session: Option<Uuid>,
    ws_client_id: Option<Uuid>,
    client_id: Option<String>,
    client_secret: Option<String>,
    refresh_token: Option<String>,
    /// SHA-256 of the browser's cookie, in hex.
    pub browser: Option<String>,
    /// Where the provider sends people back to; the token request repeats it (RFC 6749 §4.1.3).
    pub redirect_uri: String,
    /// RFC 7636.
    pub code_verifier: Option<String>,
    /// Whether the user is asked before the connection is made.
    #[serde(default)]
    pub asks: bool,
    /// What waits for the user's word, while they are asked.
    #[serde(default)]
    pub question: Option<Question>,
    /// OAuth 1: the temporary credentials' token and secret.
    pub request_token: Option<(String, String)>,
}

/// The provider's answer, and the name of the browser's cookie, under which it came.
#[derive(Serialize, Deserialize)]
pub(super) struct Question {
    pub answer: Vec<(String, String)>,
    pub cookie: String,
}

#[derive(Serialize, Deserialize)]
struct StoredLabels {
    end_user: Option<EndUser>,
    tags: Tags,
    webhook_url_override: Option<String>,
}

impl Authorization {
    /// What is kept of a try.
    pub fn of(attempt: &Attempt, client: &ClientOverride, page: PopupPage) -> Self {
        Self {
            integration: attempt.integration.integration.key.as_str().to_owned(),
            connection: attempt.key.as_str().to_owned(),
            is_reconnecting: attempt.is_reconnecting,
            may_change_account: attempt.may_change_account,
            config: attempt.config.clone(),
            user_scope: attempt.user_scope.clone(),
            decided: attempt.decided.clone(),
            labels: match &attempt.labels {
                Labels::Kept => None,
                Labels::Given { end_user, tags, webhook_url_override } => Some(StoredLabels {
                    end_user: end_user.clone(),
                    tags: tags.clone(),
                    webhook_url_override: webhook_url_override.clone(),
                }),
            },
            session: attempt.session,
            ws_client_id: page.ws_client_id,
            asks: attempt.asks,
            client_id: client.client_id.clone(),
            client_secret: client.client_secret.clone(),
            refresh_token: client.refresh_token.clone(),
            ..Self::default()
        }
    }

    /// The integration's key.
    pub fn integration_key(&self) -> IntegrationKey {
        IntegrationKey::from_stored(self.integration.clone())
    }

    /// The connection's key.
    pub fn connection_key(&self) -> ConnectionKey {
        ConnectionKey::from_stored(self.connection.clone())
    }

    /// For whom the account is connected.
    pub fn end_user(&self) -> Option<&EndUser> {
        self.labels.as_ref()?.end_user.as_ref()
    }

    /// The connection config so far.
    pub fn config(&self) -> &Map<String, Value> {
        &self.config
    }

    /// Who waits for the end.
    pub fn page(&self) -> PopupPage {
        PopupPage { ws_client_id: self.ws_client_id }
    }

    /// The session it belongs to.
    pub fn session(&self) -> Option<Uuid> {
        self.session
    }

    /// Whether a cookie is the one of the browser that began.
    pub fn is_browser(&self, cookie: Option<&str>) -> bool {
        let Some(expected) = &self.browser else { return true };
        cookie.is_some_and(|cookie| hex::encode(digest_of(cookie).0) == *expected)
    }

    /// The try it was, with the integration as it is now.
    pub fn into_parts(
        self,
        environment: std::sync::Arc<Environment>,
        integration: OpenIntegration,
    ) -> (Attempt, ClientOverride) {
        let labels = match self.labels {
            None => Labels::Kept,
            Some(StoredLabels { end_user, tags, webhook_url_override }) => {
                Labels::Given { end_user, tags, webhook_url_override }
            }
        };
        let attempt = Attempt {
            environment,
            integration,
            key: ConnectionKey::from_stored(self.connection),
            config: self.config,
            authorization_params: Map::new(),
            user_scope: self.user_scope,
            is_reconnecting: self.is_reconnecting,
            may_change_account: self.may_change_account,
            decided: self.decided,
            labels,
            session: self.session,
            asks: self.asks,
        };
        let client = ClientOverride {
            client_id: self.client_id,
            client_secret: self.client_secret,
            refresh_token: self.refresh_token,
        };
        (attempt, client)
    }
}

impl Engine {
    /// Keeps an authorization under its `state` and binds it to the browser.
    pub(super) async fn keep_authorization(
        &self,
        environment: &Environment,
        state: &str,
        mut authorization: Authorization,
    ) -> Result<BrowserBinding, ConnectError> {
        let binding = BrowserBinding::new(state)?;
        authorization.browser = Some(hex::encode(digest_of(&binding.value).0));
        self.write_authorization(environment, state, &authorization).await?;
        Ok(binding)
    }

    pub(super) async fn write_authorization(
        &self,
        environment: &Environment,
        state: &str,
        authorization: &Authorization,
    ) -> Result<(), ConnectError> {
        let kind = TicketKind::Authorization;
        self.write_ticket(environment, kind, state, authorization, AUTHORIZATION_LIVES).await?;
        Ok(())
    }
}
