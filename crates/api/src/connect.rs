//! Connect sessions on the wire (spec `api.md` §12).

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Body of `POST /connect/sessions` (for documentation; the server validates field by field).
#[derive(Serialize, ToSchema)]
pub struct CreateConnectSessionRequest {
    /// Whose accounts are connected; required unless `tags` is there.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub end_user: Option<Value>,
    /// The organization the end user belongs to.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub organization: Option<Value>,
    /// Keys of integrations that may be connected; all when absent or empty.
    #[schema(nullable = false)]
    pub allowed_integrations: Option<Vec<String>>,
    /// Presets by integration key.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub integrations_config_defaults: Option<Value>,
    /// Appearance by integration key.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub overrides: Option<Value>,
    /// Where events of the session's connections go.
    #[schema(nullable = false)]
    pub webhook_url_override: Option<String>,
    /// Labels of the session's connections.
    #[schema(nullable = false)]
    pub tags: Option<BTreeMap<String, String>>,
    /// Asks the user, before an account is connected, whether it may become this end user's.
    #[schema(nullable = false)]
    pub confirm_account: Option<bool>,
    /// Lets the end user see, authorize again and end the connections they have.
    #[schema(nullable = false)]
    pub manage_connections: Option<bool>,
}

/// Body of `POST /connect/sessions/reconnect`.
#[derive(Serialize, ToSchema)]
pub struct ReconnectSessionRequest {
    /// The connection to authorize again.
    pub connection_id: String,
    /// Its integration's key.
    pub integration_id: String,
    /// Whose account it is.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub end_user: Option<Value>,
    /// The organization the end user belongs to.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub organization: Option<Value>,
    /// Presets by integration key.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub integrations_config_defaults: Option<Value>,
    /// Appearance by integration key.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub overrides: Option<Value>,
    /// Where the connection's events go.
    #[schema(nullable = false)]
    pub webhook_url_override: Option<String>,
    /// Labels in place of the connection's own.
    #[schema(nullable = false)]
    pub tags: Option<BTreeMap<String, String>>,
    /// Lets another account of the provider take the connection over; refused otherwise.
    #[schema(nullable = false)]
    pub allow_other_account: Option<bool>,
    /// Asks the user, before an account is connected, whether it may become this end user's.
    #[schema(nullable = false)]
    pub confirm_account: Option<bool>,
}

/// A session as its creator gets it.
#[derive(Serialize, ToSchema)]
pub struct ConnectSessionResponse {
    /// For the frontend; it is shown only here.
    pub token: String,
    /// A page of its own for the end user.
    pub connect_link: String,
    /// ISO 8601.
    pub expires_at: String,
}

/// What a page may know of its session.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectSessionInfo {
    /// Whose accounts are connected.
    #[serde(rename = "endUser")]
    pub end_user: Option<SessionEndUser>,
    /// How the Connect UI looks.
    #[serde(rename = "connectUISettings")]
    pub connect_ui_settings: ConnectUiSettings,
    /// Keys of integrations that may be connected; all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub allowed_integrations: Option<Vec<String>>,
    /// Presets by integration key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, nullable = false)]
    pub integrations_config_defaults: Option<IndexMap<String, ConnectDefaults>>,
    /// True when an existing connection is authorized again.
    #[serde(rename = "isReconnecting", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub is_reconnecting: Option<bool>,
    /// True when the end user may see, authorize again and end their connections.
    #[serde(rename = "managesConnections", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub manages_connections: Option<bool>,
    /// Appearance by integration key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, nullable = false)]
    pub overrides: Option<IndexMap<String, ConnectOverrides>>,
    /// The path of the WebSocket.
    #[serde(rename = "websocketsPath")]
    pub websockets_path: &'static str,
}

/// A connection as its end user sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnConnection {
    /// The connection's id.
    pub connection_id: String,
    /// The integration's key.
    pub provider_config_key: String,
    /// Whether its credentials could not be renewed.
    pub needs_reconnect: bool,
    /// When it was made, ISO 8601.
    pub created_at: String,
}

/// Presets of one integration that a page may know.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectDefaults {
    /// Values the form need not ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, nullable = false)]
    pub connection_config: Option<Map<String, Value>>,
    /// Parameters of the authorization URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, nullable = false)]
    pub authorization_params: Option<IndexMap<String, String>>,
}

/// Appearance of one integration.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectOverrides {
    /// Help for the end user.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub docs_connect: Option<String>,
}

/// How the Connect UI looks.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectUiSettings {
    /// Whether the page names its maker.
    pub show_watermark: bool,
    /// `light`, `dark` or `system`.
    pub default_theme: &'static str,
    /// Colours.
    pub theme: ConnectTheme,
}

impl Default for ConnectUiSettings {
    fn default() -> Self {
        let primary = || ConnectColours { primary: "#00B2E3".to_owned() };
        let theme = ConnectTheme { light: primary(), dark: primary() };
        Self { show_watermark: true, default_theme: "system", theme }
    }
}

/// Colours by theme.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectTheme {
    /// On light ground.
    pub light: ConnectColours,
    /// On dark ground.
    pub dark: ConnectColours,
}

/// Colours of one theme.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectColours {
    /// Of buttons and links; any CSS colour.
    pub primary: String,
}

/// Whose accounts a session connects.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionEndUser {
    /// The product's own id of the person.
    pub id: String,
    /// Name for people.
    pub display_name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// The person's own tags.
    pub tags: Option<BTreeMap<String, String>>,
    /// The organization the person belongs to.
    pub organization: Option<SessionOrganization>,
}

/// The organization an end user belongs to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionOrganization {
    /// The product's own id of the organization.
    pub id: String,
    /// Name for people.
    pub display_name: Option<String>,
}

/// A connection that was made.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectedResponse {
    /// The connection's id.
    pub connection_id: String,
    /// The integration's key.
    pub provider_config_key: String,
}

/// What a provider reads about this client instead of registering it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClientMetadata {
    /// The document's own address.
    pub client_id: String,
    /// For people.
    pub client_name: String,
    /// Whose client it is.
    pub client_uri: String,
    /// Where people are sent back to.
    pub redirect_uris: Vec<String>,
    /// RFC 7591 §2.
    pub grant_types: [&'static str; 2],
    /// RFC 7591 §2.
    pub response_types: [&'static str; 1],
    /// A public client, which PKCE protects.
    pub token_endpoint_auth_method: &'static str,
}

/// How a window ended.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct PopupStatus {
    /// `pending`, `success` or `error`.
    pub status: &'static str,
    /// The integration's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub provider_config_key: Option<String>,
    /// The connection's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub connection_id: Option<String>,
    /// Whether the connection still waits for an approval at the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub is_pending: Option<bool>,
    /// Why there is no connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub error_type: Option<String>,
    /// The same for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub error_desc: Option<String>,
}

/// Body of `POST /connect/telemetry`.
#[derive(Serialize, ToSchema)]
pub struct ConnectTelemetryRequest {
    /// The session's token.
    pub token: String,
    /// What happened.
    pub event: String,
    /// When, within two hours of now: ISO 8601, or milliseconds since the epoch.
    #[schema(value_type = String)]
    pub timestamp: Value,
    /// About what.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub dimensions: Option<Value>,
}
