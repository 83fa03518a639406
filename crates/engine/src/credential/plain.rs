//! A connection's credentials in the clear, as short-lived as a request.

use std::fmt;

use bowline_domain::Timestamp;
use serde_json::{Map, Value};

/// What kind of credentials a connection holds; on the wire the field `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// Access token, mostly with a refresh token.
    Oauth2,
    /// A token from the client-credentials grant.
    Oauth2Cc,
    /// OAuth 1 token and secret.
    Oauth1,
    /// User name and password.
    Basic,
    /// One key.
    ApiKey,
    /// A GitHub App installation.
    App,
    /// A GitHub App installation with a user's token.
    Custom,
    /// NetSuite token-based authentication.
    Tba,
    /// A signed token.
    Jwt,
    /// A token fetched with the user's own fields.
    TwoStep,
    /// A BILL session.
    Bill,
    /// A WSSE signature.
    Signature,
    /// Temporary AWS keys.
    AwsSigv4,
    /// Nothing.
    None,
}

impl CredentialKind {
    const NAMES: [(Self, &'static str); 14] = [
        (Self::Oauth2, "OAUTH2"),
        (Self::Oauth2Cc, "OAUTH2_CC"),
        (Self::Oauth1, "OAUTH1"),
        (Self::Basic, "BASIC"),
        (Self::ApiKey, "API_KEY"),
        (Self::App, "APP"),
        (Self::Custom, "CUSTOM"),
        (Self::Tba, "TBA"),
        (Self::Jwt, "JWT"),
        (Self::TwoStep, "TWO_STEP"),
        (Self::Bill, "BILL"),
        (Self::Signature, "SIGNATURE"),
        (Self::AwsSigv4, "AWS_SIGV4"),
        (Self::None, "NONE"),
    ];

    /// The kind's name on the wire.
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("NONE", |(_, name)| name)
    }

    /// The kind with this name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// Credentials in the clear. They print as `***` and have no `Serialize`.
#[derive(Clone, PartialEq)]
pub struct Credentials {
    kind: CredentialKind,
    fields: Map<String, Value>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ***", self.kind.as_str())
    }
}

impl Credentials {
    /// Credentials of a kind with their wire fields; `type` is put first.
    pub fn new(kind: CredentialKind, fields: Map<String, Value>) -> Self {
        let mut all = Map::with_capacity(fields.len() + 1);
        if kind != CredentialKind::None {
            all.insert("type".to_owned(), kind.as_str().into());
            all.extend(fields.into_iter().filter(|(key, _)| key != "type"));
        }
        Self { kind, fields: all }
    }

    /// Reads the stored or wire object; an object without a known `type` holds no credentials.
    pub fn from_object(fields: Map<String, Value>) -> Self {
        let kind = fields.get("type").and_then(Value::as_str).and_then(CredentialKind::from_name);
        Self::new(kind.unwrap_or(CredentialKind::None), fields)
    }

    /// The kind.
    pub fn kind(&self) -> CredentialKind {
        self.kind
    }

    /// The wire fields, `type` among them; they are secrets.
    pub fn expose(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// The wire fields, `type` among them; they are secrets.
    pub fn into_exposed(self) -> Map<String, Value> {
        self.fields
    }

    /// A text field, empty ones counted as absent.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A text field of `config_override`.
    pub fn override_text(&self, name: &str) -> Option<&str> {
        self.fields.get("config_override")?.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// When the credentials say they expire.
    pub fn expires_at(&self) -> Option<Timestamp> {
        Timestamp::parse_iso(self.text("expires_at")?)
    }

    /// Whether new credentials can be had without the user.
    pub fn can_refresh(&self) -> bool {
        match self.kind {
            CredentialKind::Oauth2 => self.text("refresh_token").is_some(),
            CredentialKind::Oauth2Cc
            | CredentialKind::App
            | CredentialKind::Jwt
            | CredentialKind::TwoStep
            | CredentialKind::Bill
            | CredentialKind::Signature
            | CredentialKind::AwsSigv4 => true,
            CredentialKind::Oauth1
            | CredentialKind::Basic
            | CredentialKind::ApiKey
            | CredentialKind::Custom
            | CredentialKind::Tba
            | CredentialKind::None => false,
        }
    }

    /// When a refresh will be due: the expiry, if these credentials can be refreshed at all.
    pub fn refresh_due_at(&self) -> Option<Timestamp> {
        if self.can_refresh() { self.expires_at() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn credentials_print_without_their_fields() {
        let credentials = Credentials::new(CredentialKind::ApiKey, object(json!({"apiKey": "hunter2"})));
        assert_eq!(format!("{credentials:?}"), "API_KEY ***");
    }

    #[test]
    fn an_oauth2_token_without_a_refresh_token_is_never_due() {
        let mut fields = object(json!({"access_token": "a", "expires_at": "2024-03-08T09:43:03.000Z"}));
        assert_eq!(Credentials::new(CredentialKind::Oauth2, fields.clone()).refresh_due_at(), None);
        fields.insert("refresh_token".to_owned(), "r".into());
        assert!(Credentials::new(CredentialKind::Oauth2, fields).refresh_due_at().is_some());
    }
}
