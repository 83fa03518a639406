//! The proxy: a caller's request becomes a request to the provider, with the connection's credentials in it.
//!
//! Everything in this folder is pure, `send.rs` excepted: time and random numbers come in as values, and nothing
//! is sent. The order of work:
//!
//! 1. [`call::ProxyCall::parse`] reads the protocol's own headers.
//! 2. [`body::body_need`] says whether the body must be in memory or can be streamed.
//! 3. [`request::build_request`] makes URL ([`url`]), headers ([`headers`]), body and signatures ([`sign`]).
//! 4. [`retry::decide`] says after an attempt whether there is another one, and when.
//!
//! What can never happen here: an endpoint or a connection's setting changing the host that gets the
//! credentials, a header of the connection's framing being set by a caller, a caller's text being read as a
//! template.

pub mod body;
pub mod call;
pub mod headers;
pub mod request;
pub mod retry;
mod send;
pub mod sign;
pub mod url;

mod form;
mod held;
mod variables;

use bowline_domain::provider::{AuthMode, UnknownAuthMode};
use serde_json::{Map, Value};

use crate::template::{RenderContext, Scope};

pub use body::{BodyNeed, InboundBody, body_need};
pub use call::{HeaderIssue, ProxyCall, endpoint_of};
pub use request::{BuildError, BuildInput, BuiltBody, BuiltRequest, ClientCertificate, build_request};
pub(crate) use send::wire_request;
pub use send::{OwnedParams, ProxyError, ProxyRequest};

/// The plaintext credentials of a connection, as their wire object shows them. No `Debug`: they are secrets.
#[derive(Clone, Copy)]
pub struct CredentialView<'a> {
    /// The kind named by the field `type`; [`AuthMode::None`] when there is no such field.
    pub kind: AuthMode,
    /// The fields.
    pub fields: &'a Map<String, Value>,
}

impl<'a> CredentialView<'a> {
    /// Looks at a credentials object.
    ///
    /// # Errors
    /// The field `type` holds no known kind.
    pub fn new(fields: &'a Map<String, Value>) -> Result<Self, UnknownAuthMode> {
        let kind = match fields.get("type") {
            Some(Value::String(kind)) => kind.parse()?,
            Some(other) => return Err(UnknownAuthMode(other.to_string())),
            None => AuthMode::None,
        };
        Ok(Self { kind, fields })
    }

    /// A text field; an empty one counts as absent.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.fields.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// A text field of `config_override`.
    pub fn override_text(&self, name: &str) -> Option<&'a str> {
        self.fields.get("config_override")?.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// The token a request is authorized with, whatever the kind calls it.
    pub fn access_token(&self) -> Option<&'a str> {
        self.text("access_token").or_else(|| self.text("token"))
    }
}

/// What the proxy needs to know of a connection.
#[derive(Clone, Copy)]
pub struct ConnectionView<'a> {
    /// The id given by the customer.
    pub connection_id: &'a str,
    /// The connection's settings.
    pub config: &'a Map<String, Value>,
    /// The connection's metadata.
    pub metadata: Option<&'a Map<String, Value>>,
    /// The credentials.
    pub credential: CredentialView<'a>,
}

impl<'a> ConnectionView<'a> {
    /// A text setting; an empty one counts as absent.
    pub fn setting(&self, name: &str) -> Option<&'a str> {
        self.config.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// Every name of the connection: settings, credentials with and without prefix, access token.
    pub(crate) fn scope(&self, context: &'a RenderContext) -> Scope<'a> {
        Scope::new(context)
            .under("connectionConfig", self.config)
            .under("credentials", self.credential.fields)
            .text_if("accessToken", self.credential.access_token())
            .top(self.credential.fields)
    }
}

/// What the proxy needs to know of an integration.
#[derive(Clone, Copy)]
pub struct IntegrationView<'a> {
    /// OAuth client id.
    pub client_id: Option<&'a str>,
    /// OAuth client secret.
    pub client_secret: Option<&'a str>,
    /// Settings of the integration (wire name `custom`).
    pub custom: Option<&'a Map<String, Value>>,
}

impl<'a> IntegrationView<'a> {
    /// A text setting; an empty one counts as absent.
    pub fn setting(&self, name: &str) -> Option<&'a str> {
        self.custom?.get(name)?.as_str().filter(|text| !text.is_empty())
    }
}

/// Where an integration puts its connections' key itself (private APIs).
#[derive(Clone, Copy)]
pub(crate) struct KeyPlacement<'a> {
    pub name: &'a str,
    pub template: &'a str,
    pub is_query: bool,
}

impl<'a> KeyPlacement<'a> {
    /// The placement, for providers with integration settings whose settings name a key.
    pub(crate) fn of(input: &BuildInput<'a>) -> Option<Self> {
        if input.provider.integration_config.is_empty() {
            return None;
        }
        let integration = &input.integration;
        Some(Self {
            name: integration.setting("keyName")?,
            template: integration.setting("valueTemplate").unwrap_or("${apiKey}"),
            is_query: integration.setting("keyPlacement") == Some("query"),
        })
    }
}

/// Whether a template of a definition can bring in a secret: it names something besides metadata, the time and
/// the request. Settings count as secrets: in many definitions a setting is an API key or a password.
pub(crate) fn carries_credential(names: &[&str]) -> bool {
    const HARMLESS: [&str; 9] = [
        "random",
        "method",
        "endpoint",
        "host",
        "path",
        "params",
        "urlCanonicalParams",
        "bodyCanonicalParams",
        "contentType",
    ];
    const FUNCTIONS: [&str; 3] = ["base64", "sha256Hex", "sha256Base64"];
    let is_harmless = |name: &&str| {
        HARMLESS.contains(name)
            || FUNCTIONS.contains(name)
            || name.starts_with("now")
            || name.starts_with("metadata.")
    };
    !names.iter().all(is_harmless)
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
