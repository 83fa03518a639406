//! MCP_OAUTH2_GENERIC: providers that describe themselves (spec `auth.md` §6.6). Their endpoints come from documents
//! of the server that the user names, not from the catalogue, and are kept in the connection config.

pub mod address;
mod discovery;

use bowline_domain::provider::{AuthMode, Provider, TokenUrl};
use serde_json::{Map, Value};

pub use discovery::{Discovered, discover};

use crate::credential::refresh::TokenError;

/// Setting with the MCP server's address.
pub const SERVER_URL: &str = "mcp_server_url";
/// Setting with the authorization server's metadata (RFC 8414), as JSON text.
pub const METADATA: &str = "oauth_metadata";
/// Setting with the client as registered (RFC 7591), as JSON text; its secret is kept with the credentials.
pub const CLIENT_INFO: &str = "oauth_client_info";
/// Setting with the resource that tokens are for (RFC 8707).
pub const RESOURCE: &str = "oauth_resource_url";

/// The definition with the endpoints that were found for a connection. Other modes' definitions stay as they are.
pub fn resolved(provider: &Provider, config: &Map<String, Value>) -> Result<Option<Provider>, TokenError> {
    if provider.auth_mode != AuthMode::McpOAuth2Generic {
        return Ok(None);
    }
    let metadata = json_setting(config, METADATA).unwrap_or_default();
    let endpoint = |name: &'static str| {
        let found = metadata.get(name).and_then(Value::as_str).filter(|url| address::is_plain(url));
        found.map(str::to_owned).ok_or_else(|| TokenError::Unbuildable {
            code: "invalid_token_request",
            message: format!("{METADATA} of the connection names no {name}; connect the account again"),
        })
    };
    let mut own = provider.clone();
    own.authorization_url = Some(endpoint("authorization_endpoint")?);
    own.token_url = Some(TokenUrl::One(endpoint("token_endpoint")?));
    own.refresh_url = None;
    let client = json_setting(config, CLIENT_INFO).unwrap_or_default();
    let by_header = client.get("token_endpoint_auth_method").is_some_and(|way| way == "client_secret_basic");
    own.authorization_method = by_header.then(|| "header".to_owned());
    if config.contains_key(RESOURCE) {
        let resource = Value::from(format!("${{connectionConfig.{RESOURCE}}}"));
        own.authorization_params.insert("resource".to_owned(), resource.clone());
        own.token_params.insert("resource".to_owned(), resource);
    }
    Ok(Some(own))
}

/// The issuer that the server's answers name, and whether they must (RFC 9207).
pub fn issuer(config: &Map<String, Value>) -> Option<(String, bool)> {
    let metadata = json_setting(config, METADATA)?;
    let is_required = metadata.get("authorization_response_iss_parameter_supported") == Some(&true.into());
    Some((metadata.get("issuer")?.as_str()?.to_owned(), is_required))
}

/// An object, kept as itself or as JSON text.
pub fn json_setting(config: &Map<String, Value>, name: &str) -> Option<Map<String, Value>> {
    match config.get(name)? {
        Value::Object(object) => Some(object.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bowline_catalog::Catalog;
    use serde_json::json;

    fn resolve(config: &Value) -> Result<Option<Provider>, TokenError> {
        resolved(&Catalog::builtin().find("mcp-generic").unwrap(), config.as_object().unwrap())
    }

    fn metadata() -> Value {
        json!({"authorization_endpoint": "https://a.example/authorize", "token_endpoint": "https://a.example/token"})
    }

    #[test]
    fn the_endpoints_are_those_of_the_metadata() {
        let provider = resolve(&json!({METADATA: metadata().to_string()})).unwrap().unwrap();
        assert_eq!(provider.authorization_url.as_deref(), Some("https://a.example/authorize"));
        assert_eq!(provider.token_url(), Some("https://a.example/token"));
        assert!(provider.token_params.is_empty() && provider.authorization_method.is_none());
    }

    #[test]
    fn tokens_are_asked_for_the_resource_with_the_clients_own_proof() {
        let config = json!({
            METADATA: metadata(), RESOURCE: "https://m.example/mcp",
            CLIENT_INFO: json!({"token_endpoint_auth_method": "client_secret_basic"}).to_string(),
        });
        let provider = resolve(&config).unwrap().unwrap();
        assert_eq!(provider.authorization_method.as_deref(), Some("header"));
        assert_eq!(provider.token_params["resource"], "${connectionConfig.oauth_resource_url}");
        assert_eq!(provider.authorization_params["resource"], "${connectionConfig.oauth_resource_url}");
    }

    #[test]
    fn an_endpoint_that_is_missing_or_holds_a_template_is_refused() {
        assert!(resolve(&json!({})).is_err());
        let mut bent = metadata();
        bent["token_endpoint"] = "https://a.example/${credentials.access_token}".into();
        assert!(resolve(&json!({METADATA: bent})).is_err());
    }

    #[test]
    fn definitions_of_other_modes_stay_as_they_are() {
        let github = Catalog::builtin().find("github").unwrap();
        assert!(resolved(&github, &Map::new()).unwrap().is_none());
    }
}
