use bowline_domain::provider::TokenUrl;
use serde_json::json;

use super::*;
use crate::catalog::Catalog;
use crate::outbound::tests::{Log, Reply, Seen, local, text, upstream};

const CLIENT: Client<'static> = Client { id: "id/1", secret: Some("s3cret") };

fn provider(name: &str) -> Provider {
    Provider::clone(&Catalog::builtin().find(name).unwrap_or_else(|| panic!("no provider {name}")))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("an object was expected, not {other}"),
    }
}

fn tokens(fields: Value) -> Credentials {
    Credentials::new(CredentialKind::Oauth2, object(fields))
}

fn both() -> Credentials {
    tokens(json!({"access_token": "at", "refresh_token": "rt"}))
}

/// A call in one line.
fn shown(built: Option<(TokenCall, Method, HeaderMap)>) -> String {
    let Some((call, method, headers)) = built else { return "none".to_owned() };
    let header = call.authorization.as_ref().or_else(|| headers.get(AUTHORIZATION));
    let scheme = header.map(|value| value.to_str().unwrap().split(' ').next().unwrap().to_owned());
    let params = Value::from(call.params);
    format!("{method} {} {} {:?} {params}", call.url, scheme.unwrap_or_default(), call.format)
}

fn built(
    provider: &Provider,
    credentials: &Credentials,
    config: &Map<String, Value>,
) -> Option<(TokenCall, Method, HeaderMap)> {
    build(&OutboundPolicy::default(), provider, CLIENT, credentials, config)
}

#[test]
fn every_endpoint_is_called_the_way_its_provider_documents() {
    let config = object(json!({"subdomain": "acme", "hostname": "acme.my.salesforce.com"}));
    let beside = |url: &str| format!("POST {url} Basic Form {{\"token\":\"rt\"}}");
    let client = r#""client_id":"id/1","client_secret":"s3cret""#;
    let params = |url: &str| format!("POST {url}  Form {{{client},\"token\":\"rt\"}}");
    let cases = [
        ("google-drive", r#"POST https://oauth2.googleapis.com/revoke  Form {"token":"rt"}"#.to_owned()),
        (
            "salesforce",
            r#"POST https://acme.my.salesforce.com/services/oauth2/revoke  Form {"token":"rt"}"#.to_owned(),
        ),
        ("slack", "POST https://slack.com/api/auth.revoke Bearer Query {}".to_owned()),
        ("dropbox", "POST https://api.dropboxapi.com/2/auth/token/revoke Bearer Query {}".to_owned()),
        (
            "github",
            r#"DELETE https://api.github.com/applications/id%2F1/token Basic Json {"access_token":"at"}"#
                .to_owned(),
        ),
        ("gitlab", params("https://gitlab.com/oauth/revoke")),
        ("box", params("https://api.box.com/oauth2/revoke")),
        ("calendly", params("https://auth.calendly.com/oauth/revoke")),
        ("discord", params("https://discord.com/api/oauth2/token/revoke")),
        ("asana", params("https://app.asana.com/-/oauth_revoke")),
        ("auth0", params("https://acme.auth0.com/oauth/revoke").replace("Form", "Json")),
        (
            "twitch",
            r#"POST https://id.twitch.tv/oauth2/revoke  Form {"client_id":"id/1","token":"at"}"#.to_owned(),
        ),
        ("zoom", r#"POST https://zoom.us/oauth/revoke Basic Form {"token":"at"}"#.to_owned()),
        ("fitbit", beside("https://api.fitbit.com/oauth2/revoke")),
        ("okta", beside("https://acme.okta.com/oauth2/v1/revoke")),
        ("okta-preview", beside("https://acme.oktapreview.com/oauth2/v1/revoke")),
        ("twitter-v2", beside("https://api.twitter.com/2/oauth2/revoke")),
        ("reddit", beside("https://www.reddit.com/api/v1/revoke_token")),
        ("xero", beside("https://identity.xero.com/connect/revocation")),
        ("notion", r#"POST https://api.notion.com/v1/oauth/revoke Basic Json {"token":"at"}"#.to_owned()),
        (
            "quickbooks-sandbox",
            beside("https://developer.api.intuit.com/v2/oauth2/tokens/revoke").replace("Form", "Json"),
        ),
        ("strava", r#"POST https://www.strava.com/oauth/deauthorize  Form {"access_token":"at"}"#.to_owned()),
    ];
    for (name, expected) in cases {
        let line = shown(built(&provider(name), &both(), &config));
        let (found, expected): (Vec<_>, Vec<_>) = (sorted(&line), sorted(&expected));
        assert_eq!(found, expected, "{name}");
    }
}

/// Objects print in no certain order.
fn sorted(line: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = line.split([' ', ',', '{', '}']).collect();
    parts.sort_unstable();
    parts
}

#[test]
fn every_name_is_a_provider_and_stands_once() {
    let mut names: Vec<&str> = table::ENDPOINTS.iter().flat_map(|endpoint| endpoint.names).copied().collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    for name in names {
        assert_eq!(provider(name).name, name);
    }
}

#[test]
fn nothing_is_called_without_an_endpoint_or_the_token_it_takes() {
    let key = Credentials::new(CredentialKind::ApiKey, object(json!({"apiKey": "k"})));
    let bare = tokens(json!({"access_token": "at"}));
    for (name, credentials) in [("notion", &key), ("airtable", &both()), ("xero", &bare), ("asana", &bare)] {
        assert_eq!(shown(built(&provider(name), credentials, &Map::new())), "none", "{name}");
    }
}

#[test]
fn the_metadata_of_an_authorization_server_names_its_endpoint() {
    let generic = provider("mcp-generic");
    let metadata = |extra: Value| {
        let mut metadata = object(json!({"revocation_endpoint": "https://as.example/revoke"}));
        metadata.extend(object(extra));
        Value::from(Value::from(metadata).to_string())
    };
    let posts = json!({"revocation_endpoint_auth_methods_supported": ["client_secret_post"]});
    for (config, expected) in [
        (
            json!({"oauth_metadata": metadata(json!({}))}),
            r#"POST https://as.example/revoke Basic Form {"token":"rt"}"#,
        ),
        (
            json!({"oauth_metadata": metadata(posts)}),
            r#"POST https://as.example/revoke  Form {"client_id":"id/1","client_secret":"s3cret","token":"rt"}"#,
        ),
        (
            json!({"oauth_metadata": metadata(json!({"revocation_endpoint": "http://as.example/revoke"}))}),
            "none",
        ),
        (json!({"oauth_metadata": "no json"}), "none"),
    ] {
        let line = shown(built(&generic, &both(), &object(config)));
        assert_eq!(sorted(&line), sorted(expected));
    }
}

#[test]
fn a_setting_never_names_the_endpoint_of_a_provider_that_does_not_describe_itself() {
    let config = object(json!({"oauth_metadata": {"revocation_endpoint": "https://evil.example/"}}));
    assert_eq!(shown(built(&provider("hubspot"), &both(), &config)), "none");
    assert_eq!(shown(built(&provider("airtable"), &both(), &config)), "none");
}

async fn revoke_at(reply: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> (RevokeOutcome, Log) {
    let (port, log) = upstream(reply).await;
    let mut provider = provider("gitlab");
    provider.token_url = Some(TokenUrl::One(format!("http://127.0.0.1:{port}/oauth/token")));
    (revoke(&local(), &provider, CLIENT, &both(), &Map::new()).await, log)
}

#[tokio::test]
async fn whatever_the_provider_answers_is_an_outcome() {
    let (outcome, log) = revoke_at(|_| text(200, "")).await;
    assert_eq!(outcome, RevokeOutcome::Revoked);
    let seen = log.last();
    assert_eq!((seen.method.as_str(), seen.uri.as_str()), ("POST", "/oauth/revoke"));
    assert!(String::from_utf8_lossy(&seen.body).contains("token=rt"));
    for (status, body) in [(400, "{}"), (302, ""), (503, ""), (200, r#"{"ok":false,"error":"not_authed"}"#)] {
        let (outcome, _) = revoke_at(move |_| text(status, body)).await;
        assert_eq!(outcome, RevokeOutcome::Refused { status });
    }
    // No test resolves the real address.
    let outcome = revoke(&local(), &provider("gitlab"), CLIENT, &both(), &Map::new()).await;
    assert_eq!(outcome, RevokeOutcome::Unreachable);
    let outcome = revoke(&local(), &provider("airtable"), CLIENT, &both(), &Map::new()).await;
    assert_eq!(outcome, RevokeOutcome::NotSupported);
}
