//! The typed provider.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    api::{ApiDefinition, is_false},
    auth_mode::AuthMode,
    field::FieldSchema,
    token::{Assertion, SignedToken, TokenResponse, TokenSignature, TokenStep, TokenUrl},
};

/// A provider with its alias resolved. Field names are the wire's, except where Rust forbids them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provider {
    /// The unique name; code that treats a provider specially compares this, and the alias only for its tokens.
    #[serde(skip)]
    pub name: String,
    /// The name users see.
    pub display_name: String,
    /// Grouping in lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// The provider this one was derived from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Documentation page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Help for the end user; `doc_section` anchors append to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs_connect: Option<String>,
    /// Help for the developer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup_guide_url: Option<String>,

    /// How connections are authorized.
    pub auth_mode: AuthMode,
    /// Type of the stored credentials where it is not the mode's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_type: Option<AuthMode>,
    /// `outbound`: the installation starts at the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installation: Option<String>,
    /// Token and API calls use mutual TLS.
    #[serde(default, skip_serializing_if = "is_false")]
    pub require_client_certificate: bool,

    /// How a client id is obtained from an MCP server: `dynamic`, `static` or `cimd`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_registration: Option<String>,
    /// Dynamic registration endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_url: Option<String>,
    /// Dynamic registration values.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub registration_params: Map<String, Value>,

    /// OAuth 1: request token URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_url: Option<String>,
    /// OAuth 1: request token parameters.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub request_params: Map<String, Value>,
    /// OAuth 1: request token method; POST when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_http_method: Option<String>,
    /// OAuth 1: `HMAC-SHA1` or `PLAINTEXT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_method: Option<String>,

    /// Where the user is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_url: Option<String>,
    /// Additional query parameters of the authorization URL.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub authorization_params: Map<String, Value>,
    /// No code challenge is sent.
    #[serde(default, skip_serializing_if = "is_false")]
    pub disable_pkce: bool,
    /// `scopes`, `base_url`: parts that are not percent-encoded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_url_skip_encode: Vec<String>,
    /// Empty query parameters are dropped.
    #[serde(default, skip_serializing_if = "is_false")]
    pub authorization_url_skip_empty: bool,
    /// Literal first-occurrence replacements in the final URL.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub authorization_url_replacements: IndexMap<String, String>,
    /// The query moves behind this fragment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_url_fragment: Option<String>,
    /// Scopes a new integration starts with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub default_scopes: Vec<String>,
    /// Between scopes in the authorization URL; see [`Provider::scope_separator`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope_separator: Option<String>,
    /// Callback parameter with the code; `code` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_code_param_in_callback: Option<String>,
    /// Callback parameters copied to the connection's settings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect_uri_metadata: Vec<String>,

    /// Token endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_url: Option<TokenUrl>,
    /// `base_url`: values in the token URL are not percent-encoded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_url_skip_encode: Vec<String>,
    /// OAuth 1: access token method; POST when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_http_method: Option<String>,
    /// Two-step: method of the first call; POST when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_request_method: Option<String>,
    /// `basic`, `custom` or `private_key_jwt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_request_auth_method: Option<String>,
    /// `header`: client credentials go in the Basic header only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_method: Option<String>,
    /// `json`, `form`, `xml` or `query`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_format: Option<String>,
    /// Additional token request values.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub token_params: Map<String, Value>,
    /// Token request headers.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub token_headers: IndexMap<String, String>,
    /// Where a two-step response holds its parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_response: Option<TokenResponse>,
    /// Response headers copied to the credentials.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_response_headers: Vec<String>,
    /// Response values copied to the connection's settings (dotted; the key is kept flat).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_response_metadata: Vec<String>,
    /// Where to look when the response has no `access_token` at the top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternate_access_token_response_path: Option<String>,
    /// Unit of `expires_in`: `seconds` (default) or `milliseconds`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_unit: Option<String>,
    /// Lifetime when the response names none; 0 means that the token does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_expires_in_ms: Option<u64>,
    /// Seconds before expiry at which a token is refreshed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_expiration_buffer: Option<u64>,
    /// Two-step: further calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_steps: Vec<TokenStep>,

    /// Refresh endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_url: Option<String>,
    /// Additional refresh request values.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub refresh_params: Map<String, Value>,
    /// Two-step: refresh body.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub refresh_token_params: Map<String, Value>,
    /// Two-step: refresh headers.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub refresh_token_headers: IndexMap<String, String>,

    /// A token signed here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<SignedToken>,
    /// How it is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<TokenSignature>,
    /// A signed statement for the token endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assertion: Option<Assertion>,

    /// How API calls are made; absent for providers without a known API address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<ApiDefinition>,

    /// Form: what the user signs in with.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub credentials: IndexMap<String, FieldSchema>,
    /// Form: settings of a connection.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub connection_config: IndexMap<String, FieldSchema>,
    /// Form: settings of an integration.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub integration_config: IndexMap<String, FieldSchema>,
    /// Form: inputs used once and never stored.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub assertion_option: IndexMap<String, FieldSchema>,

    /// Name of the webhook router; see [`Provider::webhook_router`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_routing_script: Option<String>,
    /// The webhook secret is chosen by the developer.
    #[serde(default, skip_serializing_if = "is_false")]
    pub webhook_user_defined_secret: bool,
    /// Query parameters that reach the webhook router.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub webhook_allowed_query_params: Vec<String>,
    /// Values of an installation webhook copied to the connection's settings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub webhook_response_metadata: Vec<String>,
    /// Where an installation webhook holds the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_code_param_in_webhook: Option<String>,

    /// Code run after a connection is made; see [`Provider::post_connection_hook`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_connection_script: Option<String>,
    /// Code run before a connection is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pre_connection_deletion_script: Option<String>,
    /// Code that tests credentials in place of `proxy.verification`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials_verification_script: Option<String>,

    /// Known keys without effect, and keys of newer versions, so that nothing is lost on the wire.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A wire object that is not a provider.
#[derive(Debug, thiserror::Error)]
#[error("provider `{name}` is not readable: {source}")]
pub struct ProviderParseError {
    /// The provider.
    pub name: String,
    source: serde_json::Error,
}

impl Provider {
    /// Reads a resolved wire object.
    pub fn from_wire(name: &str, wire: &Map<String, Value>) -> Result<Self, ProviderParseError> {
        Self::named(name, Self::deserialize(wire))
    }

    /// Reads the text of a resolved wire object.
    pub fn from_wire_json(name: &str, json: &str) -> Result<Self, ProviderParseError> {
        Self::named(name, serde_json::from_str(json))
    }

    fn named(name: &str, parsed: serde_json::Result<Self>) -> Result<Self, ProviderParseError> {
        match parsed {
            Ok(provider) => Ok(Self { name: name.to_owned(), ..provider }),
            Err(source) => Err(ProviderParseError { name: name.to_owned(), source }),
        }
    }

    /// The object of `GET /providers`, without `name` and `logo_url`.
    pub fn to_wire(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(wire)) => wire,
            // Every part is a struct, a text-keyed map or a scalar: serde_json cannot refuse it.
            _ => Map::new(),
        }
    }

    /// The token endpoint for this provider's own mode.
    pub fn token_url(&self) -> Option<&str> {
        self.token_url_for(self.auth_mode)
    }

    /// The token endpoint for `mode`.
    pub fn token_url_for(&self, mode: AuthMode) -> Option<&str> {
        self.token_url.as_ref()?.for_mode(mode)
    }

    /// What stands between scopes; a space unless the definition says otherwise.
    pub fn scope_separator(&self) -> &str {
        self.scope_separator.as_deref().unwrap_or(" ")
    }

    /// The webhook router. An alias blanks an inherited name with an empty text.
    pub fn webhook_router(&self) -> Option<&str> {
        present(self.webhook_routing_script.as_deref())
    }

    /// The code to run after a connection is made.
    pub fn post_connection_hook(&self) -> Option<&str> {
        present(self.post_connection_script.as_deref())
    }

    /// The code to run before a connection is deleted.
    pub fn pre_connection_deletion_hook(&self) -> Option<&str> {
        present(self.pre_connection_deletion_script.as_deref())
    }

    /// The code that tests credentials.
    pub fn credentials_verification_hook(&self) -> Option<&str> {
        present(self.credentials_verification_script.as_deref())
    }
}

fn present(name: Option<&str>) -> Option<&str> {
    name.filter(|name| !name.is_empty())
}
