//! Exchanges an authorization code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).

use bowline_domain::Timestamp;
use bowline_domain::provider::Provider;
use serde_json::{Map, Value};

use super::client::{Client, token_url_template};
use super::dialect::Dialect;
use super::grant::Grant;
use super::response::{self, Kept};
use crate::auth::token_call::interpolated;
use crate::credential::refresh::{Refreshed, TokenError};
use crate::outbound::Outbound;

/// A code to exchange, and all that the request needs. It holds secrets, hence no `Debug`.
pub struct CodeExchange<'a> {
    /// The provider's definition.
    pub provider: &'a Provider,
    /// The client the user consented to.
    pub client_id: &'a str,
    /// Its secret; public clients have none.
    pub client_secret: Option<&'a str>,
    /// The code from the callback.
    pub code: &'a str,
    /// Where the provider sent the user back to, exactly as in the authorization request.
    pub redirect_uri: &'a str,
    /// The PKCE verifier whose challenge was sent.
    pub code_verifier: Option<&'a str>,
    /// The `state` of the authorization request.
    pub state: &'a str,
    /// The scopes that were asked for.
    pub scopes: &'a [String],
    /// The connection config, for templates.
    pub config: &'a Map<String, Value>,
    /// The present moment.
    pub now: Timestamp,
}

/// Exchanges a code for the connection's first credentials.
pub async fn exchange(outbound: &Outbound, exchange: &CodeExchange<'_>) -> Result<Refreshed, TokenError> {
    let provider = exchange.provider;
    let dialect = Dialect::of(provider);
    let grant = grant(exchange)?;
    let answer = grant.prepare(dialect, &dialect.exchange)?.send(outbound).await?;
    let path = provider.alternate_access_token_response_path.as_deref();
    let answered = dialect.exchanged.read(answer, path, None, &grant.secrets())?;
    let answered = dialect.follow_up.after_exchange(outbound, &grant, answered).await?;
    response::read(provider, answered, Kept::default(), exchange.now)
}

/// What the exchange asks with.
pub(super) fn grant<'a>(exchange: &'a CodeExchange<'_>) -> Result<Grant<'a>, TokenError> {
    let provider = exchange.provider;
    let mut base = vec![
        ("grant_type", "authorization_code"),
        ("code", exchange.code),
        ("redirect_uri", exchange.redirect_uri),
    ];
    if let Some(verifier) = exchange.code_verifier.filter(|_| !provider.disable_pkce) {
        base.push(("code_verifier", verifier));
    }
    Ok(Grant {
        provider,
        client: Client::new(exchange.client_id, exchange.client_secret)?,
        url: token_url_template(provider),
        base,
        extra: interpolated(&provider.token_params, exchange.config, exchange.now),
        base_is_final: false,
        config: exchange.config,
        scope: exchange.scopes.join(provider.scope_separator()),
        state: Some(exchange.state),
        redirect_uri: Some(exchange.redirect_uri),
        access_token: None,
        now: exchange.now,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::token_call::{BodyFormat, TokenCall, basic};

    /// The call for a provider with `more` in its definition, made by a client with or without a secret.
    fn call(more: &Value, secret: Option<&str>) -> TokenCall {
        let mut wire = json!({
            "display_name": "Example", "auth_mode": "OAUTH2",
            "token_url": "https://${connectionConfig.shop}.example.com/token",
        });
        let object = wire.as_object_mut().unwrap();
        object.extend(more.as_object().unwrap().clone());
        let provider = Provider::from_wire("example", object).unwrap();
        let config = json!({"shop": "s1"});
        let exchange = CodeExchange {
            provider: &provider,
            client_id: "id:1",
            client_secret: secret,
            code: "c0de",
            redirect_uri: "https://b.example/oauth/callback",
            code_verifier: Some("verifier"),
            state: "state",
            scopes: &[],
            config: config.as_object().unwrap(),
            now: Timestamp::from_seconds(1_700_000_000),
        };
        let prepared =
            grant(&exchange).and_then(|grant| grant.prepare(&Dialect::STANDARD, &Dialect::STANDARD.exchange));
        prepared.unwrap_or_else(|error| panic!("{error}")).call
    }

    fn base() -> Value {
        json!({
            "grant_type": "authorization_code", "code": "c0de",
            "redirect_uri": "https://b.example/oauth/callback", "code_verifier": "verifier",
        })
    }

    fn with(mut params: Value, more: &Value) -> Value {
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params
    }

    #[test]
    fn the_client_says_who_it_is_in_the_way_the_definition_names() {
        let in_body = json!({"client_id": "id:1", "client_secret": "s/1"});
        let cases = [
            (json!({}), in_body.clone(), None),
            (json!({"authorization_method": "header"}), json!({}), basic("id:1", "s/1", true).ok()),
            (json!({"authorization_method": "body"}), in_body.clone(), None),
            (json!({"token_request_auth_method": "basic"}), in_body, basic("id:1", "s/1", false).ok()),
        ];
        for (definition, client, authorization) in cases {
            let call = call(&definition, Some("s/1"));
            assert_eq!(Value::from(call.params), with(base(), &client), "{definition}");
            assert_eq!(call.authorization, authorization, "{definition}");
        }
    }

    #[test]
    fn a_public_client_sends_its_id_alone() {
        for secret in [None, Some("")] {
            let call = call(&json!({}), secret);
            assert_eq!(Value::from(call.params), with(base(), &json!({"client_id": "id:1"})));
            assert!(call.authorization.is_none());
        }
    }

    #[test]
    fn token_params_see_the_config_and_come_before_the_base() {
        let definition = json!({
            "body_format": "json",
            "token_params": {"shop": "${connectionConfig.shop}", "redirect_uri": "other", "x": "${connectionConfig.none}"},
        });
        let call = call(&definition, None);
        assert_eq!(call.url.as_str(), "https://s1.example.com/token");
        assert_eq!(call.format, BodyFormat::Json);
        assert_eq!(call.params["shop"], "s1");
        assert_eq!(call.params["redirect_uri"], "other");
        assert!(!call.params.contains_key("x"));
    }

    #[test]
    fn the_verifier_stays_here_where_the_provider_knows_no_pkce() {
        assert!(!call(&json!({"disable_pkce": true}), None).params.contains_key("code_verifier"));
    }

    #[test]
    fn a_provider_with_two_kinds_of_token_is_asked_for_the_users() {
        let urls = json!({"APP": "https://app.example/t", "OAUTH2": "https://user.example/t"});
        let call = call(&json!({"auth_mode": "CUSTOM", "token_url": urls}), None);
        assert_eq!(call.url.as_str(), "https://user.example/t");
    }

    #[test]
    fn code_secret_and_verifier_never_show_up_in_errors() {
        assert_eq!(call(&json!({}), Some("s/1")).secrets, ["s/1", "c0de", "verifier"]);
    }
}
