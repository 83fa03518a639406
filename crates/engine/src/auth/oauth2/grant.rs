//! Builds token requests: the standard's parameters, bent into the provider's shape.

use bowline_domain::Timestamp;
use bowline_domain::provider::Provider;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::client::Client;
use super::dialect::{ClientAuth, Dialect, Shape, Source, Verb};
use crate::auth::token_call::{BodyFormat, TokenCall, basic, token_url};
use crate::credential::refresh::TokenError;
use crate::outbound::Outbound;

/// What a token is asked for with, before it takes the provider's shape. It holds secrets, hence no `Debug`.
pub struct Grant<'a> {
    /// The provider's definition.
    pub provider: &'a Provider,
    /// Who asks.
    pub client: Client<'a>,
    /// Template of the endpoint.
    pub url: Option<&'a str>,
    /// The grant's own parameters.
    pub base: Vec<(&'static str, &'a str)>,
    /// The definition's parameters, with the connection's values in them.
    pub extra: Map<String, Value>,
    /// The grant's own parameters come before the definition's, not after.
    pub base_is_final: bool,
    /// The connection config.
    pub config: &'a Map<String, Value>,
    /// The scopes, joined the provider's way.
    pub scope: String,
    /// The `state` of the authorization request; a refresh has none.
    pub state: Option<&'a str>,
    /// Where the user was sent back to; a refresh does not know.
    pub redirect_uri: Option<&'a str>,
    /// The present access token.
    pub access_token: Option<&'a str>,
    /// The present moment.
    pub now: Timestamp,
}

/// A token call with its method and headers.
pub struct Prepared {
    /// The call.
    pub call: TokenCall,
    /// Its method.
    pub method: Method,
    /// Headers beside those of every token call.
    pub headers: HeaderMap,
}

impl Prepared {
    /// Sends the call and gives the JSON object of a 2xx answer.
    pub async fn send(self, outbound: &Outbound) -> Result<Map<String, Value>, TokenError> {
        self.call.send_as(outbound, self.method, self.headers).await
    }
}

impl Grant<'_> {
    /// The request in the provider's shape, signed if the provider wants that.
    pub fn prepare(&self, dialect: &Dialect, shape: &Shape) -> Result<Prepared, TokenError> {
        let (mut params, authorization) = self.standard_params(shape.client)?;
        if let Some(only) = shape.only {
            params.retain(|name, _| only.contains(&name.as_str()));
        }
        for (name, source) in shape.add {
            if let Some(value) = self.value(*source)? {
                params.insert((*name).to_owned(), value.into());
            }
        }
        for (standard, theirs) in shape.renamed {
            if let Some(value) = params.remove(*standard) {
                params.insert((*theirs).to_owned(), value);
            }
        }
        let mut url = token_url(self.url, self.provider, self.config, self.now)?;
        for name in shape.in_query {
            if let Some(value) = params.get(*name).and_then(Value::as_str) {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        let mut secrets = self.secrets();
        for (name, _) in shape.add.iter().filter(|(_, source)| matches!(source, Source::SecretStart(_))) {
            secrets.extend(params.get(*name).and_then(Value::as_str).map(str::to_owned));
        }
        let call = TokenCall {
            url,
            params,
            format: shape.format.unwrap_or_else(|| BodyFormat::of(self.provider)),
            authorization,
            identity: None,
            secrets,
        };
        let method = match shape.verb {
            Verb::Post => Method::POST,
            Verb::Get => Method::GET,
        };
        let mut prepared = Prepared { call, method, headers: self.headers(shape)? };
        dialect.signing.sign(self, &mut prepared)?;
        Ok(prepared)
    }

    fn standard_params(
        &self,
        client: ClientAuth,
    ) -> Result<(Map<String, Value>, Option<HeaderValue>), TokenError> {
        let base = || self.base.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
        let mut params: Map<String, Value> = base().collect();
        let authorization = self.authenticate(client, &mut params)?;
        params.extend(self.extra.clone());
        if self.base_is_final {
            params.extend(base());
        }
        Ok((params, authorization))
    }

    fn authenticate(
        &self,
        way: ClientAuth,
        params: &mut Map<String, Value>,
    ) -> Result<Option<HeaderValue>, TokenError> {
        let Client { id, secret } = self.client;
        let secret = secret.unwrap_or_default();
        match way {
            ClientAuth::Definition => return self.client.authenticate(self.provider, params),
            ClientAuth::Params => self.client.put_into(params),
            ClientAuth::IdParam => drop(params.insert("client_id".to_owned(), id.into())),
            ClientAuth::Basic => return basic(id, secret, false).map(Some),
            ClientAuth::BasicAndId => {
                params.insert("client_id".to_owned(), id.into());
                return basic(id, secret, false).map(Some);
            }
            ClientAuth::BasicSecret => return basic(secret, "", false).map(Some),
            ClientAuth::None => {}
        }
        Ok(None)
    }

    fn value(&self, source: Source) -> Result<Option<String>, TokenError> {
        let scope = || Some(self.scope.clone()).filter(|scope| !scope.is_empty());
        Ok(match source {
            Source::Text(text) => Some(text.to_owned()),
            Source::Uuid => Some(Uuid::new_v4().to_string()),
            Source::State => self.state.map(str::to_owned),
            Source::Scopes => scope(),
            Source::ScopesOr(fallback) => scope().or_else(|| Some(fallback.to_owned())),
            Source::AccessToken => self.access_token.map(str::to_owned),
            Source::SecretStart(length) => {
                self.client.secret.map(|secret| secret.chars().take(length).collect())
            }
            Source::Setting { name, missing } => Some(self.setting(name, missing)?),
        })
    }

    /// A text of the connection config that must be there.
    pub fn setting(&self, name: &str, missing: &'static str) -> Result<String, TokenError> {
        let found = self.config.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        found.map(str::to_owned).ok_or_else(|| TokenError::Unbuildable {
            code: missing,
            message: format!("the connection config has no {name}"),
        })
    }

    fn headers(&self, shape: &Shape) -> Result<HeaderMap, TokenError> {
        let mut headers = HeaderMap::new();
        for (name, source) in shape.headers {
            let Some(value) = self.value(*source)? else { continue };
            put_header(&mut headers, name, &value)?;
        }
        Ok(headers)
    }

    /// Texts that must not show up in errors.
    pub fn secrets(&self) -> Vec<String> {
        let own = [self.client.secret, self.access_token].into_iter().flatten();
        let grant = self.base.iter().filter(|(name, _)| !PLAIN.contains(name)).map(|(_, value)| *value);
        own.chain(grant).map(str::to_owned).collect()
    }
}

/// Parameters of a grant that are no secrets.
const PLAIN: [&str; 2] = ["grant_type", "redirect_uri"];

/// Puts a header whose value may hold a secret.
pub fn put_header(headers: &mut HeaderMap, name: &'static str, value: &str) -> Result<(), TokenError> {
    let mut value = HeaderValue::from_str(value).map_err(|_| TokenError::Unbuildable {
        code: "invalid_token_request",
        message: format!("the value of {name} cannot stand in a header"),
    })?;
    value.set_sensitive(true);
    headers.insert(HeaderName::from_static(name), value);
    Ok(())
}
