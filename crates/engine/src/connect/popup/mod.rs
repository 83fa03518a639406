//! Authorization in a browser window: out to the provider, and back with its answer (spec `auth.md` §6 and §7).
//!
//! What was begun is kept in a ticket that the provider's `state` finds: single use, bound to the browser by a
//! cookie, sealed. Nothing that comes back chooses where tokens are fetched or whose connection it is.

mod callback;
mod confirmation;
mod installation;
mod mcp;
mod oauth1;
mod oauth2;
mod registration;
mod results;
mod state;
mod url;

use serde_json::{Map, Value};
use uuid::Uuid;

pub use callback::{CallbackQuery, PopupEnd, PopupOutcome};
pub use confirmation::Confirmation;
pub use results::{PopupError, PopupResult, PopupResults, PopupWait};
pub use state::BrowserBinding;

use super::{Attempt, ConnectError};
use crate::Engine;
use crate::auth::oauth2::Client;
use crate::auth::secret_host;
use crate::integration::OpenIntegration;
use bowline_domain::provider::AuthMode;

/// The page that opened the window.
#[derive(Debug, Clone, Copy, Default)]
pub struct PopupPage {
    /// Where it waits for the end.
    pub ws_client_id: Option<Uuid>,
}

/// A client of the user's own, in place of the integration's.
#[derive(Clone, Default)]
pub struct ClientOverride {
    /// Client id.
    pub client_id: Option<String>,
    /// Client secret.
    pub client_secret: Option<String>,
    /// A refresh token to store in place of the one that comes.
    pub refresh_token: Option<String>,
}

/// What a window is opened for.
pub struct PopupRequest {
    /// The try that was let in.
    pub attempt: Attempt,
    /// The client to use.
    pub client: ClientOverride,
    /// Who waits for the end.
    pub page: PopupPage,
    /// Where providers send people back to, unless the environment says otherwise.
    pub callback_url: String,
    /// Where providers find a document about this client; only over TLS.
    pub client_metadata_url: Option<String>,
}

/// Where the window goes, and the cookie it takes along.
pub struct PopupStart {
    /// The provider's page.
    pub location: String,
    /// Binds the answer to this browser.
    pub cookie: Option<BrowserBinding>,
}

impl Engine {
    /// Keeps what is begun and says where the window goes.
    pub async fn start_popup(&self, request: PopupRequest) -> Result<PopupStart, ConnectError> {
        let mode = request.attempt.integration.provider.auth_mode;
        match mode {
            AuthMode::OAuth2 | AuthMode::McpOAuth2 | AuthMode::McpOAuth2Generic => {
                self.start_oauth2(request).await
            }
            AuthMode::OAuth1 => self.start_oauth1(request).await,
            AuthMode::App | AuthMode::Custom | AuthMode::InstallPlugin => {
                self.start_installation(request).await
            }
            other => Err(ConnectError::WrongMode { expected: other.as_str() }),
        }
    }
}

/// The client an authorization runs under: the user's own, else the integration's.
fn client_of<'a>(
    integration: &'a OpenIntegration,
    over: &'a ClientOverride,
) -> Result<Client<'a>, ConnectError> {
    let (id, secret) = (over.client_id.as_deref(), over.client_secret.as_deref());
    let chosen = Client::choose(id, secret, &integration.credentials);
    chosen.map_err(|_| ConnectError::NotConfigured("client id"))
}

/// The integration's secret goes to no host that the page or the callback chose (A13). A user who brings a client
/// of their own decides for themselves.
fn check_secret_host(
    attempt: &Attempt,
    client: &ClientOverride,
    config: &Map<String, Value>,
) -> Result<(), ConnectError> {
    if client.client_id.is_some() && client.client_secret.is_some() {
        return Ok(());
    }
    let is_ours = |name: &str| attempt.decided.iter().any(|decided| decided == name);
    secret_host::check(&attempt.integration.provider, config, is_ours).map_err(ConnectError::UserChosenHost)
}

/// Scopes: the application's own decision, else the integration's.
fn scopes_of(integration: &OpenIntegration, config: &Map<String, Value>) -> Vec<String> {
    let over = config.get("oauth_scopes_override").and_then(Value::as_str);
    let list = over.or(integration.credentials.scopes.as_deref()).unwrap_or_default();
    list.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

/// Values from the definition and the callback, under those of the session; an empty one of the session gives way.
fn merged_config(found: Map<String, Value>, session: Map<String, Value>) -> Map<String, Value> {
    let mut config = found;
    for (name, value) in session {
        if value != "" || !config.contains_key(&name) {
            config.insert(name, value);
        }
    }
    config
}
