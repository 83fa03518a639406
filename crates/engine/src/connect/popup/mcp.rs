//! MCP_OAUTH2_GENERIC: finds the authorization server of the MCP server that the user names, and becomes its client
//! (spec `auth.md` §6.6).

use std::sync::Arc;
use std::time::Duration;

use bowline_domain::provider::AuthMode;
use serde_json::{Map, Value, json};
use tokio::time::timeout;
use url::Url;

use super::{CallbackQuery, ClientOverride};
use crate::Engine;
use crate::auth::mcp::{self, Discovered};
use crate::connect::{Attempt, ConnectError};
use crate::integration::OpenIntegration;

/// A window waits meanwhile, and several documents may have to be asked for.
const DISCOVERY_MAX: Duration = Duration::from_secs(20);

/// The client id of servers that neither register clients nor read documents about them.
const STATIC_CLIENT_ID: &str = "nango-client";

impl Engine {
    /// Puts what the MCP server says of itself into the attempt; gives the client to use there.
    pub(super) async fn discover_mcp(
        &self,
        attempt: &mut Attempt,
        client: ClientOverride,
        callback: &str,
        client_metadata_url: Option<&str>,
    ) -> Result<ClientOverride, ConnectError> {
        if attempt.integration.provider.auth_mode != AuthMode::McpOAuth2Generic {
            return Ok(client);
        }
        let server = attempt.config.get(mcp::SERVER_URL).and_then(Value::as_str).unwrap_or_default();
        let discovered = timeout(DISCOVERY_MAX, mcp::discover(&self.outbound, server)).await;
        let discovered = discovered.unwrap_or_else(|_| Err("it takes too long to answer".to_owned()));
        let found =
            discovered.map_err(|problem| ConnectError::BadUrl(format!("{}: {problem}", mcp::SERVER_URL)))?;
        let own = attempt.integration.credentials.scopes.as_deref().filter(|scopes| !scopes.is_empty());
        let scopes = own.map_or_else(|| found.scopes.join(","), str::to_owned);
        let wanted = Wanted { callback, client_metadata_url, scope: scopes.replace(',', " ") };
        let client = self.client_at(attempt, &found, client, &wanted).await?;
        let way = client_auth(&found, &client);
        keep(&mut attempt.config, found, &client, way);
        describe(&mut attempt.integration, &attempt.config)?;
        // OpenID Connect Core §11: without it no refresh token comes.
        if scopes.split(',').any(|scope| scope == "offline_access") {
            let provider = Arc::make_mut(&mut attempt.integration.provider);
            provider.authorization_params.insert("prompt".to_owned(), "consent".into());
        }
        attempt.integration.credentials.scopes = Some(scopes);
        Ok(client)
    }

    async fn client_at(
        &self,
        attempt: &Attempt,
        found: &Discovered,
        given: ClientOverride,
        wanted: &Wanted<'_>,
    ) -> Result<ClientOverride, ConnectError> {
        if given.client_id.as_ref().is_some_and(|id| !id.is_empty()) {
            return Ok(given);
        }
        let reads_documents =
            found.metadata.get("client_id_metadata_document_supported") == Some(&Value::Bool(true));
        let document = wanted.client_metadata_url.filter(|_| reads_documents);
        let endpoint = found.text("registration_endpoint").and_then(|url| Url::parse(url).ok());
        let (endpoint, known) = match (document, endpoint) {
            (Some(document), _) => (None, document),
            (None, endpoint) => (endpoint, STATIC_CLIENT_ID),
        };
        let Some(endpoint) = endpoint else {
            return Ok(ClientOverride { client_id: Some(known.to_owned()), client_secret: None, ..given });
        };
        let mut metadata =
            super::registration::client_metadata(&attempt.environment, &attempt.integration, wanted.callback);
        if let Some(name) = attempt.integration.credentials.custom_text("oauth_client_name") {
            metadata.insert("client_name".to_owned(), name.into());
        }
        // Servers refuse a registration for scopes that only the resource knows.
        let is_listed = |scope| found.lists("scopes_supported", scope, true);
        if !wanted.scope.is_empty() && wanted.scope.split(' ').all(is_listed) {
            metadata.insert("scope".to_owned(), wanted.scope.as_str().into());
        }
        let registered = self.register(endpoint, metadata).await?;
        Ok(ClientOverride { client_id: Some(registered.id), client_secret: registered.secret, ..given })
    }
}

/// What a client is registered for.
struct Wanted<'a> {
    callback: &'a str,
    client_metadata_url: Option<&'a str>,
    scope: String,
}

/// Gives the integration's definition the endpoints that were found; other modes' stay as they are.
pub(super) fn describe(
    integration: &mut OpenIntegration,
    config: &Map<String, Value>,
) -> Result<(), ConnectError> {
    if let Some(provider) = mcp::resolved(&integration.provider, config)? {
        integration.provider = Arc::new(provider);
        // The application has no client at a server that a user chose.
        (integration.credentials.client_id, integration.credentials.client_secret) = (None, None);
    }
    Ok(())
}

/// RFC 9207 §2.4: the answer names the very issuer that was asked, and must if the issuer says it always does.
pub(super) fn check_issuer(config: &Map<String, Value>, query: &CallbackQuery) -> Result<(), ConnectError> {
    let (expected, is_required) = mcp::issuer(config).ok_or(ConnectError::WrongIssuer)?;
    match query.text("iss") {
        Some(issuer) if issuer == expected => Ok(()),
        None if !is_required => Ok(()),
        _ => Err(ConnectError::WrongIssuer),
    }
}

/// How the client proves itself at the token endpoint (RFC 7591 §2): Basic before the body, nothing without a secret.
fn client_auth(found: &Discovered, client: &ClientOverride) -> &'static str {
    let is_public = client.client_secret.as_ref().is_none_or(String::is_empty);
    // RFC 8414 §2: without a list it is Basic.
    let knows = |way, otherwise| found.lists("token_endpoint_auth_methods_supported", way, otherwise);
    match () {
        () if is_public => "none",
        () if knows("client_secret_basic", true) => "client_secret_basic",
        () if knows("client_secret_post", false) => "client_secret_post",
        () => "none",
    }
}

fn keep(config: &mut Map<String, Value>, found: Discovered, client: &ClientOverride, way: &str) {
    let info = json!({"client_id": client.client_id, "token_endpoint_auth_method": way});
    let mut put = |name: &str, value: Value| drop(config.insert(name.to_owned(), value));
    put(mcp::METADATA, Value::Object(found.metadata).to_string().into());
    put(mcp::CLIENT_INFO, info.to_string().into());
    match found.resource {
        Some(resource) => put(mcp::RESOURCE, resource.into()),
        None => drop(config.remove(mcp::RESOURCE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(methods: Option<Value>) -> Discovered {
        let mut metadata = Map::new();
        if let Some(methods) = methods {
            metadata.insert("token_endpoint_auth_methods_supported".to_owned(), methods);
        }
        Discovered { metadata, resource: None, scopes: Vec::new() }
    }

    #[test]
    fn a_client_proves_itself_in_the_best_way_the_server_knows() {
        let client = |secret: Option<&str>| ClientOverride {
            client_secret: secret.map(str::to_owned),
            ..ClientOverride::default()
        };
        for (methods, secret, expected) in [
            (None, None, "none"),
            (None, Some("s"), "client_secret_basic"),
            (Some(json!(["client_secret_post", "client_secret_basic"])), Some("s"), "client_secret_basic"),
            (Some(json!(["client_secret_post"])), Some("s"), "client_secret_post"),
            (Some(json!(["private_key_jwt"])), Some("s"), "none"),
        ] {
            assert_eq!(client_auth(&found(methods), &client(secret)), expected);
        }
    }

    #[test]
    fn an_answer_of_another_issuer_is_refused_and_one_without_where_it_must_have_one() {
        let config = |required: bool| {
            let metadata = json!({
                "issuer": "https://a.example", "authorization_response_iss_parameter_supported": required,
            });
            json!({"oauth_metadata": metadata.to_string()}).as_object().unwrap().clone()
        };
        let query = |issuer: &str| CallbackQuery::new([("iss".to_owned(), issuer.to_owned())]);
        let none = || CallbackQuery::new([]);
        assert!(check_issuer(&config(true), &query("https://a.example")).is_ok());
        assert!(check_issuer(&config(false), &query("https://b.a.example")).is_err());
        assert!(check_issuer(&config(false), &none()).is_ok());
        assert!(check_issuer(&config(true), &none()).is_err());
        assert!(check_issuer(&Map::new(), &none()).is_err());
    }
}
