//! The application as a client of the token endpoint, and the ways it says who it is (RFC 6749 §2.3). Pure.

use bowline_domain::provider::{AuthMode, Provider};
use http::HeaderValue;
use serde_json::{Map, Value};

use crate::auth::token_call::basic;
use crate::credential::Credentials;
use crate::credential::refresh::TokenError;
use crate::integration::IntegrationCredentials;

/// Who asks for a token. It holds a secret, hence no `Debug`.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    /// The client id.
    pub id: &'a str,
    /// The client secret; public clients have none.
    pub secret: Option<&'a str>,
}

impl<'a> Client<'a> {
    /// A client with an id; an empty secret is none.
    pub fn new(id: &'a str, secret: Option<&'a str>) -> Result<Self, TokenError> {
        if id.is_empty() {
            return Err(TokenError::Unbuildable {
                code: "missing_client_id",
                message: "neither the integration nor the connection has a client id".to_owned(),
            });
        }
        Ok(Self { id, secret: secret.filter(|secret| !secret.is_empty()) })
    }

    /// A connection's client: its own comes before the integration's.
    pub fn of(
        credentials: &'a Credentials,
        integration: &'a IntegrationCredentials,
    ) -> Result<Self, TokenError> {
        Self::choose(
            credentials.override_text("client_id"),
            credentials.override_text("client_secret"),
            integration,
        )
    }

    /// What was given in place of the integration's client, else that. A foreign client without a secret is a public
    /// one: the integration's secret is none of its business.
    pub fn choose(
        id: Option<&'a str>,
        secret: Option<&'a str>,
        integration: &'a IntegrationCredentials,
    ) -> Result<Self, TokenError> {
        let is_given = |text: &&str| !text.is_empty();
        let (id, secret) = (id.filter(is_given), secret.filter(is_given));
        let own_id = integration.client_id.as_deref();
        let own_secret = integration.client_secret.as_ref().map(|secret| secret.expose().as_str());
        let secret = secret.or(own_secret.filter(|_| id.is_none() || id == own_id));
        Self::new(id.or(own_id).unwrap_or_default(), secret)
    }

    /// Puts the client into the parameters, or gives the header that names it, as the definition asks.
    pub fn authenticate(
        self,
        provider: &Provider,
        params: &mut Map<String, Value>,
    ) -> Result<Option<HeaderValue>, TokenError> {
        let secret = self.secret.unwrap_or_default();
        if provider.authorization_method.as_deref() == Some("header") {
            return basic(self.id, secret, true).map(Some);
        }
        self.put_into(params);
        // Beside the body, not in its place.
        let is_named_twice = provider.token_request_auth_method.as_deref() == Some("basic");
        is_named_twice.then(|| basic(self.id, secret, false)).transpose()
    }

    /// Puts id and secret into the parameters.
    pub fn put_into(self, params: &mut Map<String, Value>) {
        params.insert("client_id".to_owned(), self.id.into());
        if let Some(secret) = self.secret {
            params.insert("client_secret".to_owned(), secret.into());
        }
    }
}

/// The token URL of the user's token, also for providers that have others.
pub fn token_url_template(provider: &Provider) -> Option<&str> {
    provider.token_url().or_else(|| provider.token_url_for(AuthMode::OAuth2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bowline_domain::Secret;

    #[test]
    fn the_integrations_secret_goes_with_no_client_but_its_own() {
        let integration = IntegrationCredentials {
            client_id: Some("own".to_owned()),
            client_secret: Some(Secret::new("s".to_owned())),
            ..IntegrationCredentials::default()
        };
        for (id, secret, expected) in [
            (None, None, ("own", Some("s"))),
            (Some(""), Some(""), ("own", Some("s"))),
            (Some("own"), None, ("own", Some("s"))),
            (Some("foreign"), None, ("foreign", None)),
            (Some("foreign"), Some("f"), ("foreign", Some("f"))),
            (None, Some("f"), ("own", Some("f"))),
        ] {
            let client = Client::choose(id, secret, &integration).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!((client.id, client.secret), expected);
        }
        assert!(Client::choose(None, None, &IntegrationCredentials::default()).is_err());
    }
}
