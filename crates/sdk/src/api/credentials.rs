//! A connection's credentials, by auth mode.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use crate::secret::{Secret, SecretMap};

/// A connection's credentials. Their secrets print as `***`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Credentials {
    /// `OAUTH2`
    OAuth2(OAuth2Credentials),
    /// `OAUTH1`
    OAuth1(OAuth1Credentials),
    /// `OAUTH2_CC`, client credentials
    OAuth2ClientCredentials(ClientCredentials),
    /// `BASIC`
    Basic(BasicCredentials),
    /// `API_KEY`
    ApiKey(ApiKeyCredentials),
    /// `APP`, an installed application
    App(AppCredentials),
    /// `TBA`
    Tba(TbaCredentials),
    /// `JWT`, `TWO_STEP`, `SIGNATURE` and `TABLEAU`: a token that the server gets with what the user gave
    Derived(DerivedCredentials),
    /// `AWS_SIGV4`
    Aws(AwsCredentials),
    /// `NONE`, or a key that may not read credentials
    None,
    /// A mode that this release has no type for (`CUSTOM`, `BILL`, or a newer one)
    Other(OtherCredentials),
}

macro_rules! credentials {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident : $type:ty $(= $wire:literal)?),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Deserialize)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* $(#[serde(rename = $wire)])? pub $field: $type,)*
            /// Everything else.
            #[serde(flatten)]
            pub more: SecretMap,
        }
    };
}

credentials!(
    /// An OAuth 2 token.
    OAuth2Credentials {
        /// The access token.
        access_token: Secret,
        /// The refresh token; asked for with `refresh_token()`.
        refresh_token: Option<Secret>,
        /// When the access token expires, ISO 8601.
        expires_at: Option<String>,
        /// The provider's answer.
        raw: Option<SecretMap>,
    }
);
credentials!(
    /// An OAuth 1 token.
    OAuth1Credentials {
        /// The token.
        oauth_token: Secret,
        /// Its secret.
        oauth_token_secret: Secret,
        /// The provider's answer.
        raw: Option<SecretMap>,
    }
);
credentials!(
    /// A token for client credentials.
    ClientCredentials {
        /// The access token.
        token: Option<Secret>,
        /// The client's id.
        client_id: Option<String>,
        /// The client's secret.
        client_secret: Option<Secret>,
        /// When the token expires, ISO 8601.
        expires_at: Option<String>,
        /// The provider's answer.
        raw: Option<SecretMap>,
    }
);
credentials!(
    /// A user name and a password.
    BasicCredentials {
        /// The user name.
        username: String,
        /// The password.
        password: Secret,
    }
);
credentials!(
    /// An API key.
    ApiKeyCredentials {
        /// The key.
        api_key: Secret = "apiKey",
    }
);
credentials!(
    /// The token of an installed application.
    AppCredentials {
        /// The access token.
        access_token: Option<Secret>,
        /// When it expires, ISO 8601.
        expires_at: Option<String>,
        /// The provider's answer.
        raw: Option<SecretMap>,
        /// The application's own token.
        jwt_token: Option<Secret> = "jwtToken",
    }
);
credentials!(
    /// Token-based authentication.
    TbaCredentials {
        /// The token's id.
        token_id: Secret,
        /// Its secret.
        token_secret: Secret,
    }
);
credentials!(
    /// A token that the server gets with what the user gave.
    DerivedCredentials {
        /// The auth mode.
        auth_mode: String = "type",
        /// The token.
        token: Option<Secret>,
        /// When it expires, ISO 8601.
        expires_at: Option<String>,
    }
);
credentials!(
    /// Temporary AWS credentials.
    AwsCredentials {
        /// The role that is taken on.
        role_arn: Option<String>,
        /// The region.
        region: Option<String>,
        /// The service.
        service: Option<String>,
        /// The access key's id.
        access_key_id: Secret,
        /// The secret access key.
        secret_access_key: Secret,
        /// The session token.
        session_token: Option<Secret>,
        /// When they expire, ISO 8601.
        expires_at: Option<String>,
    }
);
credentials!(
    /// Credentials of a mode that has no type here.
    OtherCredentials {
        /// The auth mode.
        auth_mode: String = "type",
    }
);

impl<'de> Deserialize<'de> for Credentials {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // `{}` and null are what a key without the scope sees.
        let mut object = Option::<Map<String, Value>>::deserialize(deserializer)?.unwrap_or_default();
        let Some(Value::String(mode)) = object.get("type").cloned() else {
            return Ok(Self::None);
        };
        let keeps_mode = !is_typed(&mode) || is_derived(&mode);
        if !keeps_mode {
            object.remove("type");
        }
        let value = Value::Object(object);
        let read = match mode.as_str() {
            "OAUTH2" | "MCP_OAUTH2" | "MCP_OAUTH2_GENERIC" => {
                OAuth2Credentials::deserialize(value).map(Self::OAuth2)
            }
            "OAUTH1" => OAuth1Credentials::deserialize(value).map(Self::OAuth1),
            "OAUTH2_CC" => ClientCredentials::deserialize(value).map(Self::OAuth2ClientCredentials),
            "BASIC" => BasicCredentials::deserialize(value).map(Self::Basic),
            "API_KEY" => ApiKeyCredentials::deserialize(value).map(Self::ApiKey),
            "APP" => AppCredentials::deserialize(value).map(Self::App),
            "TBA" => TbaCredentials::deserialize(value).map(Self::Tba),
            "AWS_SIGV4" => AwsCredentials::deserialize(value).map(Self::Aws),
            "NONE" => return Ok(Self::None),
            mode if is_derived(mode) => DerivedCredentials::deserialize(value).map(Self::Derived),
            _ => OtherCredentials::deserialize(value).map(Self::Other),
        };
        read.map_err(serde::de::Error::custom)
    }
}

fn is_derived(mode: &str) -> bool {
    matches!(mode, "JWT" | "TWO_STEP" | "SIGNATURE" | "TABLEAU")
}

fn is_typed(mode: &str) -> bool {
    let typed = [
        "OAUTH2",
        "MCP_OAUTH2",
        "MCP_OAUTH2_GENERIC",
        "OAUTH1",
        "OAUTH2_CC",
        "BASIC",
        "API_KEY",
        "APP",
        "TBA",
        "AWS_SIGV4",
        "NONE",
    ];
    typed.contains(&mode)
}

impl Credentials {
    /// The one token that calls to the provider carry, where there is one.
    pub fn token(&self) -> Option<&Secret> {
        match self {
            Self::OAuth2(credentials) => Some(&credentials.access_token),
            Self::OAuth2ClientCredentials(credentials) => credentials.token.as_ref(),
            Self::App(credentials) => credentials.access_token.as_ref(),
            Self::ApiKey(credentials) => Some(&credentials.api_key),
            Self::Derived(credentials) => credentials.token.as_ref(),
            Self::OAuth1(_) | Self::Basic(_) | Self::Tba(_) | Self::Aws(_) | Self::None | Self::Other(_) => {
                None
            }
        }
    }

    /// The provider's own answer to the last token request, where it is kept.
    pub fn raw(&self) -> Option<&SecretMap> {
        match self {
            Self::OAuth2(credentials) => credentials.raw.as_ref(),
            Self::OAuth1(credentials) => credentials.raw.as_ref(),
            Self::OAuth2ClientCredentials(credentials) => credentials.raw.as_ref(),
            Self::App(credentials) => credentials.raw.as_ref(),
            _ => None,
        }
    }
}

/// Credentials to bring along when a connection is imported.
#[derive(Clone)]
pub struct NewCredentials(Map<String, Value>);

impl NewCredentials {
    /// An OAuth 2 access token.
    pub fn oauth2(access_token: impl Into<Secret>) -> Self {
        Self::of("OAUTH2", json!({ "access_token": access_token.into().expose() }))
    }

    /// An OAuth 1 token.
    pub fn oauth1(token: impl Into<Secret>, token_secret: impl Into<Secret>) -> Self {
        let (token, secret) = (token.into(), token_secret.into());
        Self::of("OAUTH1", json!({ "oauth_token": token.expose(), "oauth_token_secret": secret.expose() }))
    }

    /// A token for client credentials.
    pub fn client_credentials(
        token: impl Into<Secret>,
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
    ) -> Self {
        let (token, id, secret) = (token.into(), client_id.into(), client_secret.into());
        Self::of(
            "OAUTH2_CC",
            json!({ "token": token.expose(), "client_id": id, "client_secret": secret.expose() }),
        )
    }

    /// An API key.
    pub fn api_key(key: impl Into<Secret>) -> Self {
        Self::of("API_KEY", json!({ "apiKey": key.into().expose() }))
    }

    /// A user name and a password.
    pub fn basic(username: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::of("BASIC", json!({ "username": username.into(), "password": password.into().expose() }))
    }

    /// An installed application.
    pub fn app(app_id: impl Into<String>, installation_id: impl Into<String>) -> Self {
        Self::of("APP", json!({ "app_id": app_id.into(), "installation_id": installation_id.into() }))
    }

    /// Token-based authentication. The connection config needs `accountId`.
    pub fn tba(token_id: impl Into<Secret>, token_secret: impl Into<Secret>) -> Self {
        let (id, secret) = (token_id.into(), token_secret.into());
        Self::of("TBA", json!({ "token_id": id.expose(), "token_secret": secret.expose() }))
    }

    /// No credentials at all.
    pub fn none() -> Self {
        Self::of("NONE", json!({}))
    }

    /// The refresh token of an OAuth 2 token.
    #[must_use]
    pub fn refresh_token(mut self, token: impl Into<Secret>) -> Self {
        self.0.insert("refresh_token".into(), token.into().into_exposed().into());
        self
    }

    /// When the token expires, ISO 8601.
    #[must_use]
    pub fn expires_at(mut self, moment: impl Into<String>) -> Self {
        self.0.insert("expires_at".into(), moment.into().into());
        self
    }

    fn of(mode: &str, fields: Value) -> Self {
        let mut object = Map::from_iter([("type".to_owned(), mode.into())]);
        if let Value::Object(fields) = fields {
            object.extend(fields);
        }
        Self(object)
    }

    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

impl std::fmt::Debug for NewCredentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        SecretMap::from_map(self.0.clone()).fmt(formatter)
    }
}

/// Short labels of a connection.
pub type Tags = BTreeMap<String, String>;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: Value) -> Credentials {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn every_mode_becomes_its_own_variant_and_prints_no_secret() {
        let all = [
            json!({"type": "OAUTH2", "access_token": "hush", "refresh_token": "hush", "raw": {"id_token": "hush"}}),
            json!({"type": "OAUTH1", "oauth_token": "hush", "oauth_token_secret": "hush"}),
            json!({"type": "OAUTH2_CC", "token": "hush", "client_secret": "hush"}),
            json!({"type": "BASIC", "username": "ada", "password": "hush"}),
            json!({"type": "API_KEY", "apiKey": "hush"}),
            json!({"type": "APP", "access_token": "hush", "jwtToken": "hush"}),
            json!({"type": "TBA", "token_id": "hush", "token_secret": "hush"}),
            json!({"type": "JWT", "token": "hush", "privateKey": "hush"}),
            json!({"type": "AWS_SIGV4", "access_key_id": "hush", "secret_access_key": "hush"}),
            json!({"type": "BILL", "password": "hush", "dev_key": "hush"}),
            json!({"type": "CUSTOM", "app": {"access_token": "hush"}}),
            json!({"type": "TOMORROW", "anything": "hush"}),
        ];
        let mut kinds = std::collections::HashSet::new();
        for json in all {
            let credentials = read(json);
            kinds.insert(std::mem::discriminant(&credentials));
            let text = format!("{credentials:?}");
            assert!(!text.contains("hush") && text.contains("***"), "{text}");
        }
        assert_eq!(kinds.len(), 10);
        assert_eq!(read(json!({})), Credentials::None);
        assert_eq!(read(json!({"type": "NONE"})), Credentials::None);
    }

    #[test]
    fn what_has_no_field_of_its_own_is_kept() {
        let Credentials::OAuth2(token) = read(json!({"type": "OAUTH2", "access_token": "a", "x": {"y": 1}}))
        else {
            panic!("not OAuth 2")
        };
        assert_eq!(token.more.expose()["x"]["y"], 1);
        let Credentials::Other(other) = read(json!({"type": "BILL", "dev_key": "d"})) else {
            panic!("not other")
        };
        assert_eq!((other.auth_mode.as_str(), other.more.text("dev_key")), ("BILL", Some("d")));
    }
}
