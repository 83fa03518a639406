//! The ways a connection can be authorized.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How a provider's connections are authorized; the wire string is [`AuthMode::as_str`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum AuthMode {
    /// Authorization code flow in a popup.
    OAuth2,
    /// Client credentials; no user involved.
    OAuth2Cc,
    /// OAuth 1.0a, three-legged.
    OAuth1,
    /// A key the user pastes.
    ApiKey,
    /// User name and password.
    Basic,
    /// NetSuite token-based authentication.
    Tba,
    /// Credentials exchanged for a token by one or more described calls.
    TwoStep,
    /// A token signed from the user's key.
    Jwt,
    /// A WSSE user name token.
    Signature,
    /// BILL session login.
    Bill,
    /// A role assumed in AWS; every request is signed.
    AwsSigV4,
    /// A GitHub App installation.
    App,
    /// A GitHub App installation together with the user's own token.
    Custom,
    /// OAuth of a known MCP server.
    McpOAuth2,
    /// OAuth of any MCP server, found by discovery.
    McpOAuth2Generic,
    /// Installed at the provider, which calls back.
    InstallPlugin,
    /// Nothing to authorize.
    None,
}

impl AuthMode {
    /// Every mode.
    pub const ALL: [Self; 17] = [
        Self::OAuth2,
        Self::OAuth2Cc,
        Self::OAuth1,
        Self::ApiKey,
        Self::Basic,
        Self::Tba,
        Self::TwoStep,
        Self::Jwt,
        Self::Signature,
        Self::Bill,
        Self::AwsSigV4,
        Self::App,
        Self::Custom,
        Self::McpOAuth2,
        Self::McpOAuth2Generic,
        Self::InstallPlugin,
        Self::None,
    ];

    /// The wire strings of [`Self::ALL`].
    pub const NAMES: [&'static str; Self::ALL.len()] = {
        let mut names = [""; Self::ALL.len()];
        let mut at = 0;
        while at < names.len() {
            names[at] = Self::ALL[at].as_str();
            at += 1;
        }
        names
    };

    /// The wire string.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OAuth2 => "OAUTH2",
            Self::OAuth2Cc => "OAUTH2_CC",
            Self::OAuth1 => "OAUTH1",
            Self::ApiKey => "API_KEY",
            Self::Basic => "BASIC",
            Self::Tba => "TBA",
            Self::TwoStep => "TWO_STEP",
            Self::Jwt => "JWT",
            Self::Signature => "SIGNATURE",
            Self::Bill => "BILL",
            Self::AwsSigV4 => "AWS_SIGV4",
            Self::App => "APP",
            Self::Custom => "CUSTOM",
            Self::McpOAuth2 => "MCP_OAUTH2",
            Self::McpOAuth2Generic => "MCP_OAUTH2_GENERIC",
            Self::InstallPlugin => "INSTALL_PLUGIN",
            Self::None => "NONE",
        }
    }
}

impl From<AuthMode> for &'static str {
    fn from(mode: AuthMode) -> Self {
        mode.as_str()
    }
}

impl fmt::Display for AuthMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A string that names no auth mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown auth mode `{0}`")]
pub struct UnknownAuthMode(pub String);

impl FromStr for AuthMode {
    type Err = UnknownAuthMode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or_else(|| UnknownAuthMode(text.to_owned()))
    }
}

impl TryFrom<String> for AuthMode {
    type Error = UnknownAuthMode;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}
