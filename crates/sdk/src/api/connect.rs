//! Connect sessions: tokens with which your users connect their accounts.

use std::collections::BTreeMap;

use http::{HeaderValue, Method};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::connections::{EndUser, Organization};
use super::credentials::Tags;
use crate::call::{Call, Data, Done, endpoint};
use crate::client::{Bowline, header_value};
use crate::http::path::Path;
use crate::ids::{ConnectionId, IntegrationKey};
use crate::secret::Secret;

/// A session that was opened.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct ConnectSession {
    /// Hand this to your user's browser.
    pub token: Secret,
    /// Or send your user here. It holds the token.
    pub connect_link: Option<Secret>,
    /// When it ends, ISO 8601.
    pub expires_at: String,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A session as its token sees it.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct ConnectSessionDetails {
    /// Whose session it is.
    #[serde(rename = "endUser")]
    pub end_user: Option<EndUser>,
    /// Integrations to choose from; none means all.
    pub allowed_integrations: Option<Vec<IntegrationKey>>,
    /// Whether it renews an existing connection.
    #[serde(rename = "isReconnecting", default)]
    pub is_reconnecting: bool,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Presets of one integration for a session.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct IntegrationDefaults {
    /// Scopes to ask the user for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_scopes: Option<String>,
    /// Parameters of the provider's authorization page.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub authorization_params: BTreeMap<String, String>,
    /// Values that go into the provider's addresses and headers.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub connection_config: Map<String, Value>,
}

endpoint!(
    /// [`Bowline::create_connect_session`]
    CreateConnectSession: Data<ConnectSession> => ConnectSession, |wire| Ok(wire.data)
);
endpoint!(
    /// [`Bowline::create_reconnect_session`]
    CreateReconnectSession: Data<ConnectSession> => ConnectSession, |wire| Ok(wire.data)
);
endpoint!(
    /// [`Bowline::get_connect_session`]
    GetConnectSession: Data<ConnectSessionDetails> => ConnectSessionDetails, |wire| Ok(wire.data)
);
endpoint!(
    /// [`Bowline::delete_connect_session`]
    DeleteConnectSession: Done
);

impl Bowline {
    /// Opens a session in which a user connects an account. `POST /connect/sessions`
    ///
    /// It needs [`end_user`](Call::end_user) or [`tags`](Call::tags).
    pub fn create_connect_session(&self) -> Call<CreateConnectSession> {
        Call::new(self, Method::POST, Ok(Path::fixed("/connect/sessions"))).with(|request| {
            request.body = crate::http::request::Body::Fields(Map::new());
            Ok(())
        })
    }

    /// Opens a session in which a user renews a connection. `POST /connect/sessions/reconnect`
    pub fn create_reconnect_session(
        &self,
        integration: impl Into<IntegrationKey>,
        connection: impl Into<ConnectionId>,
    ) -> Call<CreateReconnectSession> {
        Call::new(self, Method::POST, Ok(Path::fixed("/connect/sessions/reconnect")))
            .id_field("connection_id", "connection_id", connection.into().as_str())
            .id_field("integration", "integration_id", integration.into().as_str())
    }

    /// A session, by its own token. `GET /connect/session`
    pub fn get_connect_session(&self, token: &Secret) -> Call<GetConnectSession> {
        self.session_call(Method::GET, token)
    }

    /// Ends a session, by its own token. `DELETE /connect/session`
    pub fn delete_connect_session(&self, token: &Secret) -> Call<DeleteConnectSession> {
        self.session_call(Method::DELETE, token)
    }

    /// The session's token stands in for the client's key.
    fn session_call<E>(&self, method: Method, token: &Secret) -> Call<E> {
        let bearer = format!("Bearer {}", token.expose());
        Call::new(self, method, Ok(Path::fixed("/connect/session"))).with(|request| {
            let mut bearer: HeaderValue = header_value("token", &bearer)?;
            bearer.set_sensitive(true);
            request.headers.insert(http::header::AUTHORIZATION, bearer);
            Ok(())
        })
    }
}

macro_rules! session_options {
    ($endpoint:ty) => {
        impl Call<$endpoint> {
            /// Whose account is connected.
            pub fn end_user(self, user: &EndUser) -> Self {
                self.field("end_user", user)
            }

            /// The user's organization.
            pub fn organization(self, organization: &Organization) -> Self {
                self.field("organization", organization)
            }

            /// Labels for the connection.
            pub fn tags(self, tags: &Tags) -> Self {
                self.field("tags", tags)
            }

            /// Presets, by integration.
            pub fn integrations_config_defaults(
                self,
                defaults: &BTreeMap<IntegrationKey, IntegrationDefaults>,
            ) -> Self {
                self.field("integrations_config_defaults", defaults)
            }

            /// Addresses of documentation to show in place of the provider's, by integration.
            pub fn docs_overrides(self, addresses: &BTreeMap<IntegrationKey, String>) -> Self {
                #[derive(Serialize)]
                struct Override<'a> {
                    docs_connect: &'a str,
                }
                let overrides: BTreeMap<_, _> =
                    addresses.iter().map(|(key, docs_connect)| (key, Override { docs_connect })).collect();
                self.field("overrides", overrides)
            }

            /// Asks the user, before an account is connected, whether it may become this end user's. Bowline only.
            pub fn confirm_account(self, asks: bool) -> Self {
                self.field("confirm_account", asks)
            }

            /// Where the connection's webhooks go instead of the environment's address.
            pub fn webhook_url_override(self, url: &str) -> Self {
                self.field("webhook_url_override", url)
            }
        }
    };
}
session_options!(CreateConnectSession);
session_options!(CreateReconnectSession);

impl Call<CreateReconnectSession> {
    /// Lets another account of the provider take the connection over. Bowline only.
    pub fn allow_other_account(self, allows: bool) -> Self {
        self.field("allow_other_account", allows)
    }
}

impl Call<CreateConnectSession> {
    /// Integrations to choose from; without it, all.
    pub fn allowed_integrations<K: Into<IntegrationKey>>(self, keys: impl IntoIterator<Item = K>) -> Self {
        let keys: Vec<IntegrationKey> = keys.into_iter().map(Into::into).collect();
        self.field("allowed_integrations", keys)
    }

    /// Lets the end user see, authorize again and end the connections they have. Bowline only.
    pub fn manage_connections(self, manages: bool) -> Self {
        self.field("manage_connections", manages)
    }
}
