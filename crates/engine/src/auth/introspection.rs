//! When a token ends, asked of providers that give tokens without saying so (RFC 7662; spec `auth.md` §12).
//!
//! It is asked once for each new token, not before each use: what a token's first answer says is the earliest that it
//! ends, and reading a connection then costs no call.

use std::time::Duration;

use bowline_domain::Timestamp;
use bowline_domain::provider::Provider;
use serde_json::{Map, Value};
use url::Url;

use super::oauth2::Client;
use super::secret_host;
use super::token_call::{BodyFormat, TokenCall};
use crate::credential::Credentials;
use crate::credential::refresh::{Refreshed, TokenError};
use crate::integration::IntegrationCredentials;
use crate::outbound::Outbound;

const PROVIDERS: [&str; 5] =
    ["salesforce", "salesforce-cc", "salesforce-experience-cloud", "salesforce-jwt", "salesforce-sandbox"];

/// A token whose end cannot be learned is renewed after this long; shorter than what the provider allows by default.
const LIVES_OTHERWISE: Duration = Duration::from_secs(30 * 60);

/// Whether the provider's tokens end without saying so.
pub fn is_needed(provider: &Provider) -> bool {
    PROVIDERS.contains(&provider.name.as_str())
}

/// The same credentials with the token's end.
pub async fn with_end(
    outbound: &Outbound,
    provider: &Provider,
    integration: &IntegrationCredentials,
    mut fetched: Refreshed,
    now: Timestamp,
) -> Refreshed {
    if !is_needed(provider) || fetched.credentials.expires_at().is_some() {
        return fetched;
    }
    let end = match request(provider, integration, &fetched) {
        Ok(call) => call.send(outbound).await.and_then(|answer| end_of(&answer)),
        Err(error) => Err(error),
    };
    let end = end.unwrap_or_else(|error| {
        tracing::warn!(provider = provider.name, %error, "a token does not say when it ends");
        now.plus(LIVES_OTHERWISE)
    });
    let kind = fetched.credentials.kind();
    let mut fields = fetched.credentials.into_exposed();
    fields.insert("expires_at".to_owned(), end.iso_millis_z().into());
    fetched.credentials = Credentials::new(kind, fields);
    fetched
}

fn request(
    provider: &Provider,
    integration: &IntegrationCredentials,
    fetched: &Refreshed,
) -> Result<TokenCall, TokenError> {
    // Accounts of some modes bring their client along.
    let typed = |names: [&str; 2]| names.into_iter().find_map(|name| fetched.credentials.text(name));
    let client = match (typed(["client_id", "clientId"]), typed(["client_secret", "clientSecret"])) {
        (Some(id), secret) => Client::new(id, secret)?,
        (None, _) => Client::of(&fetched.credentials, integration)?,
    };
    let parts = [
        ("token", typed(["access_token", "token"])),
        ("client_id", Some(client.id)),
        ("client_secret", client.secret),
    ];
    let mut params = Map::from_iter([("token_type_hint".to_owned(), Value::from("access_token"))]);
    for (name, value) in parts {
        let value = value.ok_or_else(|| unbuildable(&format!("there is no {name}")))?;
        params.insert(name.to_owned(), value.into());
    }
    let secrets = ["token", "client_secret"].map(|name| params[name].as_str().unwrap_or_default().to_owned());
    Ok(TokenCall {
        url: endpoint(provider, &fetched.config_changes)?,
        params,
        format: BodyFormat::Form,
        authorization: None,
        identity: None,
        secrets: secrets.into(),
    })
}

/// The instance that gave the token, as it says itself; only if it is one of the provider's.
fn endpoint(provider: &Provider, answered: &Map<String, Value>) -> Result<Url, TokenError> {
    let instance = answered.get("instance_url").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
    let is_theirs =
        |url: &Url| url.scheme() == "https" && url.host_str().is_some_and(secret_host::is_salesforce);
    let mut url = instance.filter(is_theirs).ok_or_else(|| {
        unbuildable(&format!("the answer of {} names no instance of the provider's", provider.name))
    })?;
    url.set_path("/services/oauth2/introspect");
    url.set_query(None);
    Ok(url)
}

/// RFC 7662 §2.2
fn end_of(answer: &Map<String, Value>) -> Result<Timestamp, TokenError> {
    let exp =
        answer.get("exp").and_then(Value::as_i64).filter(|_| answer.get("active") == Some(&true.into()));
    exp.map(Timestamp::from_seconds)
        .ok_or_else(|| TokenError::Unreadable("the token is not active, or has no end".to_owned()))
}

fn unbuildable(message: &str) -> TokenError {
    TokenError::Unbuildable { code: "invalid_token_request", message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::CredentialKind;
    use bowline_catalog::Catalog;
    use bowline_domain::Secret;
    use serde_json::json;

    fn fetched(kind: CredentialKind, fields: Value, instance: &str) -> Refreshed {
        Refreshed {
            credentials: Credentials::new(kind, fields.as_object().unwrap().clone()),
            config_changes: json!({"instance_url": instance}).as_object().unwrap().clone(),
        }
    }

    fn integration() -> IntegrationCredentials {
        IntegrationCredentials {
            client_id: Some("id".to_owned()),
            client_secret: Some(Secret::new("s3cret".to_owned())),
            ..IntegrationCredentials::default()
        }
    }

    fn call(fetched: &Refreshed) -> Result<(String, Value), TokenError> {
        let provider = Catalog::builtin().find("salesforce").unwrap();
        let call = request(&provider, &integration(), fetched)?;
        Ok((call.url.to_string(), Value::from(call.params)))
    }

    #[test]
    fn the_instance_that_gave_the_token_is_asked_by_the_client_it_was_given_to() {
        let kind = CredentialKind::Oauth2;
        let (url, params) =
            call(&fetched(kind, json!({"access_token": "at"}), "https://acme.my.salesforce.com/x?y"))
                .unwrap();
        assert_eq!(url, "https://acme.my.salesforce.com/services/oauth2/introspect");
        let expected = json!({
            "token": "at", "token_type_hint": "access_token", "client_id": "id", "client_secret": "s3cret",
        });
        assert_eq!(params, expected);
        let typed = json!({"token": "tt", "clientId": "own", "clientSecret": "own-s"});
        let (_, params) =
            call(&fetched(CredentialKind::TwoStep, typed, "https://acme.my.salesforce.com")).unwrap();
        assert_eq!((&params["client_id"], &params["client_secret"]), (&json!("own"), &json!("own-s")));
    }

    #[test]
    fn neither_token_nor_secret_goes_to_an_instance_of_somebody_else() {
        for instance in [
            "https://evil.example",
            "http://acme.my.salesforce.com",
            "https://salesforce.com.evil.example",
            "",
        ] {
            let fetched = fetched(CredentialKind::Oauth2, json!({"access_token": "at"}), instance);
            assert!(call(&fetched).is_err(), "{instance}");
        }
    }

    #[test]
    fn only_an_active_token_has_an_end() {
        let end = |answer: Value| end_of(answer.as_object().unwrap()).ok();
        assert_eq!(end(json!({"active": true, "exp": 5})), Some(Timestamp::from_seconds(5)));
        for silent in
            [json!({"active": false, "exp": 5}), json!({"active": true}), json!({"exp": 5}), json!({})]
        {
            assert_eq!(end(silent), None);
        }
    }

    #[tokio::test]
    async fn a_token_whose_end_cannot_be_learned_is_good_for_half_an_hour() {
        let outbound = Outbound::new(crate::outbound::OutboundOptions::default()).unwrap();
        let provider = Catalog::builtin().find("salesforce").unwrap();
        let bare = fetched(CredentialKind::Oauth2, json!({"access_token": "at"}), "https://evil.example");
        let now = Timestamp::from_seconds(1_700_000_000);
        let known = with_end(&outbound, &provider, &integration(), bare, now).await;
        assert_eq!(known.credentials.expires_at(), Some(now.plus(LIVES_OTHERWISE)));
    }
}
