//! Finds an MCP server's authorization server: protected resource metadata (RFC 9728), then the authorization server's
//! own (RFC 8414, OpenID Connect Discovery).

use http::header::{ACCEPT, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Map, Value};
use url::Url;

use super::address;
use crate::outbound::{Outbound, OutboundRequest, Purpose};

/// A larger document is refused.
const DOCUMENT_BYTES_MAX: usize = 256 * 1024;

/// The revision of the protocol that these documents are asked for under.
const PROTOCOL_VERSION: HeaderValue = HeaderValue::from_static("2025-06-18");

/// What is kept of the metadata; a document of a stranger may hold anything else.
const KEPT: [&str; 11] = [
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "registration_endpoint",
    "revocation_endpoint",
    "revocation_endpoint_auth_methods_supported",
    "token_endpoint_auth_methods_supported",
    "scopes_supported",
    "code_challenge_methods_supported",
    "client_id_metadata_document_supported",
    "authorization_response_iss_parameter_supported",
];

/// What a server says of itself.
pub struct Discovered {
    /// The authorization server's metadata.
    pub metadata: Map<String, Value>,
    /// The resource that tokens are for.
    pub resource: Option<String>,
    /// The scopes the resource, else the server, knows.
    pub scopes: Vec<String>,
}

impl Discovered {
    /// A text of the metadata.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.metadata.get(name).and_then(Value::as_str)
    }

    /// Whether a list of the metadata has this word; without the list, `otherwise`.
    pub fn lists(&self, name: &str, word: &str, otherwise: bool) -> bool {
        let list = self.metadata.get(name).and_then(Value::as_array);
        list.map_or(otherwise, |list| list.iter().any(|item| item == word))
    }
}

/// Asks an MCP server where it is authorized. Errors are for its user.
pub async fn discover(outbound: &Outbound, server: &str) -> Result<Discovered, String> {
    let server = address::parse(server, outbound.policy()).map_err(|problem| format!("it {problem}"))?;
    let documents = well_known(&server, "oauth-protected-resource");
    let resource = first(outbound, documents).await?.unwrap_or_default();
    let identifier = resource.get("resource").and_then(Value::as_str);
    if identifier.is_some_and(|identifier| !covers(identifier, &server)) {
        return Err(format!("{} describes another resource", server.authority()));
    }
    let listed = resource.get("authorization_servers").and_then(|list| list.get(0)?.as_str());
    let issuer = match listed {
        Some(listed) => parse("its authorization server", listed, outbound)?,
        None => root_of(&server),
    };
    let metadata = first(outbound, metadata_documents(&issuer)).await?;
    let metadata = metadata
        .ok_or_else(|| format!("{} publishes no metadata of an authorization server", issuer.authority()))?;
    let metadata = checked(metadata, &issuer, outbound)?;
    let scopes = [&resource, &metadata].into_iter().find_map(scopes_of).unwrap_or_default();
    Ok(Discovered { metadata, resource: identifier.map(str::to_owned), scopes })
}

/// The first document there is. A place that does not have it leads to the next; anything else ends the search.
async fn first(outbound: &Outbound, places: Vec<Url>) -> Result<Option<Map<String, Value>>, String> {
    for place in places {
        let host = place.authority().to_owned();
        let mut request = OutboundRequest::new(Method::GET, place, Purpose::OAuth);
        request.headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static("application/json")),
            (USER_AGENT, HeaderValue::from_static("Bowline")),
            (HeaderName::from_static("mcp-protocol-version"), PROTOCOL_VERSION),
        ]);
        let answer = outbound.send_for_bytes(request, DOCUMENT_BYTES_MAX).await;
        let answer = answer.map_err(|error| format!("{host} cannot be reached: {error}"))?;
        match answer.status.as_u16() {
            200..300 => {
                let document = serde_json::from_slice(&answer.body);
                return document.map(Some).map_err(|_| format!("{host} answered with no JSON object"));
            }
            400..500 => {}
            status => return Err(format!("{host} answered with status {status}")),
        }
    }
    Ok(None)
}

/// RFC 8414 §3.3 and RFC 7636: the document is the server's own, its endpoints may be called, and it knows S256.
fn checked(
    mut metadata: Map<String, Value>,
    issuer: &Url,
    outbound: &Outbound,
) -> Result<Map<String, Value>, String> {
    metadata.retain(|name, _| KEPT.contains(&name.as_str()));
    let text = |name: &str| metadata.get(name).and_then(Value::as_str);
    let host = issuer.authority();
    // An issuer at another origin would let one server pass off another's answers as its own (mix-up).
    let claimed = text("issuer").and_then(|claimed| Url::parse(claimed).ok());
    if claimed.is_none_or(|claimed| claimed.origin() != issuer.origin()) {
        return Err(format!("{host} publishes the metadata of another issuer"));
    }
    for name in ["authorization_endpoint", "token_endpoint"] {
        let endpoint = text(name).ok_or_else(|| format!("{host} names no {name}"))?;
        parse(name, endpoint, outbound)?;
    }
    let challenges = metadata.get("code_challenge_methods_supported").and_then(Value::as_array);
    if challenges.is_some_and(|known| !known.iter().any(|method| method == "S256")) {
        return Err(format!("{host} does not support PKCE with S256"));
    }
    for optional in ["registration_endpoint", "revocation_endpoint"] {
        let endpoint = metadata.get(optional).and_then(Value::as_str).unwrap_or_default();
        if address::parse(endpoint, outbound.policy()).is_err() {
            metadata.remove(optional);
        }
    }
    Ok(metadata)
}

fn parse(what: &str, text: &str, outbound: &Outbound) -> Result<Url, String> {
    address::parse(text, outbound.policy()).map_err(|problem| format!("{what} {problem}"))
}

/// Whether tokens for a resource are of use at a server: the same origin, and a path above the server's.
fn covers(identifier: &str, server: &Url) -> bool {
    let Ok(identifier) = Url::parse(identifier) else { return false };
    let above = identifier.path().trim_end_matches('/');
    let rest = server.path().strip_prefix(above);
    identifier.origin() == server.origin()
        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn scopes_of(document: &Map<String, Value>) -> Option<Vec<String>> {
    let list = document.get("scopes_supported")?.as_array()?;
    Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn root_of(url: &Url) -> Url {
    at(url, "/")
}

fn at(url: &Url, path: &str) -> Url {
    let mut url = url.clone();
    url.set_path(path);
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// A document's places: with the path inserted (RFC 8615), then at the root.
fn well_known(url: &Url, name: &str) -> Vec<Url> {
    let root = at(url, &format!("/.well-known/{name}"));
    match url.path().trim_end_matches('/') {
        "" => vec![root],
        path => vec![at(url, &format!("/.well-known/{name}{path}")), root],
    }
}

/// The places of an authorization server's metadata, in the order the MCP specification gives.
fn metadata_documents(issuer: &Url) -> Vec<Url> {
    let path = issuer.path().trim_end_matches('/');
    let mut places = vec![
        at(issuer, &format!("/.well-known/oauth-authorization-server{path}")),
        at(issuer, &format!("/.well-known/openid-configuration{path}")),
    ];
    if !path.is_empty() {
        places.push(at(issuer, &format!("{path}/.well-known/openid-configuration")));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn texts(urls: &[Url]) -> Vec<&str> {
        urls.iter().map(Url::as_str).collect()
    }

    fn check(more: Value) -> Result<Map<String, Value>, String> {
        let mut metadata = json!({
            "issuer": "https://a.example/t", "authorization_endpoint": "https://a.example/t/authorize",
            "token_endpoint": "https://tokens.example/t",
        });
        metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let outbound = Outbound::new(crate::outbound::OutboundOptions::default()).unwrap();
        checked(metadata.as_object().unwrap().clone(), &url("https://a.example/t"), &outbound)
    }

    #[test]
    fn documents_are_looked_for_in_the_order_of_the_specification() {
        let places = metadata_documents(&url("https://a.example/t/"));
        let expected = [
            "https://a.example/.well-known/oauth-authorization-server/t",
            "https://a.example/.well-known/openid-configuration/t",
            "https://a.example/t/.well-known/openid-configuration",
        ];
        assert_eq!(texts(&places), expected);
        assert_eq!(metadata_documents(&url("https://a.example")).len(), 2);
        let places = well_known(&url("https://m.example/mcp?x=1"), "oauth-protected-resource");
        let expected = [
            "https://m.example/.well-known/oauth-protected-resource/mcp",
            "https://m.example/.well-known/oauth-protected-resource",
        ];
        assert_eq!(texts(&places), expected);
    }

    #[test]
    fn a_resource_covers_what_is_below_it_at_its_own_origin() {
        let server = url("https://m.example/mcp");
        for (identifier, expected) in [
            ("https://m.example", true),
            ("https://m.example/mcp", true),
            ("https://m.example/mcp/", true),
            ("https://m.example/mc", false),
            ("https://m.example/mcp/deeper", false),
            ("https://evil.example/mcp", false),
            ("http://m.example/mcp", false),
            ("m.example", false),
        ] {
            assert_eq!(covers(identifier, &server), expected, "{identifier}");
        }
    }

    #[test]
    fn metadata_of_another_issuer_is_refused() {
        assert!(check(json!({})).is_ok());
        for issuer in [json!("https://honest.example/t"), json!("http://a.example/t"), Value::Null] {
            assert!(check(json!({"issuer": issuer})).is_err(), "{issuer}");
        }
    }

    #[test]
    fn endpoints_that_may_not_be_called_are_refused_or_dropped() {
        for name in ["authorization_endpoint", "token_endpoint"] {
            for bad in [json!("https://169.254.169.254/"), json!("http://a.example/"), Value::Null] {
                assert!(check(json!({name: bad})).is_err(), "{name} {bad}");
            }
        }
        let kept = check(json!({"registration_endpoint": "https://127.0.0.1/", "extra": "x".repeat(1_000)}));
        let kept = kept.unwrap();
        assert!(!kept.contains_key("registration_endpoint") && !kept.contains_key("extra"));
    }

    #[test]
    fn a_server_that_says_it_knows_no_s256_is_refused() {
        assert!(check(json!({"code_challenge_methods_supported": ["plain"]})).is_err());
        assert!(check(json!({"code_challenge_methods_supported": ["S256"]})).is_ok());
    }
}
