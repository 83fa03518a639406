//! Small parts of token requests and responses.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::auth_mode::AuthMode;

/// Where tokens come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TokenUrl {
    /// One URL template.
    One(String),
    /// One per auth mode, for providers with two kinds of token.
    PerMode(IndexMap<String, String>),
}

impl TokenUrl {
    /// The URL template for `mode`.
    pub fn for_mode(&self, mode: AuthMode) -> Option<&str> {
        match self {
            Self::One(url) => Some(url),
            Self::PerMode(urls) => urls.get(mode.as_str()).map(String::as_str),
        }
    }
}

/// A list that definitions may also write as its only item. It is written back the way it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// A single item.
    One(String),
    /// Any number.
    Many(Vec<String>),
}

impl OneOrMany {
    /// The items.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(item) => std::slice::from_ref(item),
            Self::Many(items) => items,
        }
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// A number of seconds, also accepted as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Seconds {
    /// As a number.
    Number(u64),
    /// As text, possibly a template.
    Text(String),
}

impl Seconds {
    /// The number, where the text is one.
    pub fn get(&self) -> Option<u64> {
        match self {
            Self::Number(seconds) => Some(*seconds),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

/// Where the parts of a two-step token response stand (dotted paths).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenResponse {
    /// The token; empty means that the whole response is the token.
    pub token: String,
    /// The refresh token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The expiration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_expiration: Option<String>,
    /// `expireAt` (default) or `expireIn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_expiration_strategy: Option<String>,
}

/// One further call of a two-step login.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenStep {
    /// URL template; sees `stepN.*` of the earlier responses.
    pub token_url: String,
    /// Body templates.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub token_params: Map<String, Value>,
    /// Header templates.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub token_headers: IndexMap<String, String>,
    /// HTTP method; POST when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_request_method: Option<String>,
    /// `json`, `form` or `xml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_format: Option<String>,
}

/// The token a provider lets its users sign themselves (wire key `token`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignedToken {
    /// Template of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signing_key: Option<String>,
    /// Lifetime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in_ms: Option<u64>,
    /// Header templates.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub header: Map<String, Value>,
    /// Payload templates.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub payload: Map<String, Value>,
}

/// How a [`SignedToken`] is signed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenSignature {
    /// `RSA`, `EC`, `HMAC` or `WSSE`.
    pub protocol: String,
    /// Encoding of an HMAC secret: `hex` (default) or `utf8`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hmac_secret_encoding: Option<String>,
}

/// A signed statement sent to the token endpoint. The wire names are camelCase here and nowhere else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Assertion {
    /// `jwt` or `saml`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Template of the private key.
    pub key: String,
    /// Lifetime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifetime_in_seconds: Option<Seconds>,
    /// JWT header templates.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub header: Map<String, Value>,
    /// JWT payload templates.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub payload: Map<String, Value>,
    /// SAML issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// SAML audiences.
    #[serde(skip_serializing_if = "OneOrMany::is_empty")]
    pub audiences: OneOrMany,
    /// SAML recipient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// SAML subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_identifier: Option<String>,
    /// Format of the SAML subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_identifier_format: Option<String>,
    /// SAML session index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_index: Option<String>,
    /// SAML attributes.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub attributes: Map<String, Value>,
}
