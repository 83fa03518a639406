use http::Uri;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::fixture::Fixture;
use super::*;

const KEY: &str = "k-1";

fn at(base: &str) -> Fixture {
    Fixture::new(json!({"base_url": base}), json!({"type": "API_KEY", "apiKey": KEY}))
}

fn uri(base: &str, config: Value, endpoint: &str) -> String {
    at(base).config(config).endpoint(endpoint).uri().unwrap()
}

#[test]
fn base_and_endpoint_are_joined_by_one_slash() {
    let cases = [
        ("https://a.example", "/user", "https://a.example/user"),
        ("https://a.example/v1/", "///user/", "https://a.example/v1/user/"),
        ("https://a.example/v1", "/", "https://a.example/v1"),
        ("https://a.example/v1/", "/?x=1", "https://a.example/v1?x=1"),
        ("https://a.example", "/", "https://a.example/"),
        ("https://a.example/v1", "/https://a.example/v1/user?x", "https://a.example/v1/user?x"),
        ("https://a.example/v1", "/https://a.example/v10/user", "https://a.example/v1/0/user"),
        ("https://a.example", "/a%2Fb%20c", "https://a.example/a%2Fb%20c"),
    ];
    for (base, endpoint, expected) in cases {
        assert_eq!(uri(base, json!({}), endpoint), expected, "{base} {endpoint}");
    }
}

#[test]
fn the_query_stays_byte_for_byte() {
    let query = "$filter=name%20eq%20'x'&b=%zz&a=1+2&a=&&e|f=[]~{}";
    let expected = format!("https://a.example/user?{query}");
    assert_eq!(uri("https://a.example", json!({}), &format!("/user?{query}")), expected);
}

#[test]
fn alternatives_follow_the_settings() {
    let base =
        "https://${connectionConfig.hostname}/v4 || https://${connectionConfig.subdomain}.a.example/v4";
    assert_eq!(uri(base, json!({"hostname": "h.example"}), "/u"), "https://h.example/v4/u");
    assert_eq!(uri(base, json!({"subdomain": "s"}), "/u"), "https://s.a.example/v4/u");
    assert_eq!(at(base).uri().unwrap_err().code(), "invalid_url");
}

#[test]
fn the_base_sees_settings_and_credential_fields() {
    assert_eq!(uri("https://a.example/bot${apiKey}", json!({}), "/getMe"), "https://a.example/botk-1/getMe");
    let config = json!({"instance_url": "https://na1.example/"});
    assert_eq!(uri("${connectionConfig.instance_url}", config, "/u"), "https://na1.example/u");
}

#[test]
fn an_endpoint_is_never_a_template() {
    let fixture = at("https://a.example").endpoint("/${apiKey}||x?k=${apiKey}");
    assert!(!fixture.uri().unwrap().contains(KEY));
}

#[test]
fn an_override_replaces_every_other_base_and_is_no_template() {
    let mut fixture = at("https://a.example");
    fixture.call.base_url_override = Some("https://b.example:8443/x/".to_owned());
    assert_eq!(fixture.uri().unwrap(), "https://b.example:8443/x/user");
    for bad in
        ["https://${apiKey}.example", "ftp://b.example", "https://u:p@b.example", "https://", "b.example"]
    {
        fixture.call.base_url_override = Some(bad.to_owned());
        assert_eq!(fixture.uri().unwrap_err().code(), "invalid_url", "{bad}");
    }
}

#[test]
fn aws_connections_have_their_own_base() {
    let credential = json!({"type": "AWS_SIGV4", "service": "sqs", "region": "eu-west-1", "access_key_id": "A",
        "secret_access_key": "s"});
    let fixture = Fixture::new(json!({}), credential);
    assert_eq!(fixture.uri().unwrap(), "https://sqs.eu-west-1.amazonaws.com/user");
    let fixture = fixture.config(json!({"base_url": "https://minio.example"}));
    assert_eq!(fixture.uri().unwrap(), "https://minio.example/user");
}

#[test]
fn the_base_of_an_aws_connection_is_one_of_the_hosts_its_integration_lists() {
    let credential = json!({"type": "AWS_SIGV4", "service": "s3", "region": "eu-west-1", "access_key_id": "A",
        "secret_access_key": "s"});
    let at = |base: &str| {
        Fixture::new(json!({}), credential.clone())
            .config(json!({"base_url": base}))
            .custom(json!({"base_url_override_hosts": "minio.example, .a.example"}))
            .uri()
    };
    assert_eq!(at("https://minio.example").unwrap(), "https://minio.example/user");
    assert_eq!(at("https://eu.a.example").unwrap(), "https://eu.a.example/user");
    for other in ["https://evil.example", "https://badminio.example", "https://minio.example.evil.test"] {
        assert_eq!(at(other), Err(BuildError::BaseUrlNotAllowed), "{other}");
    }
    assert_eq!(at("").unwrap(), "https://s3.eu-west-1.amazonaws.com/user");
}

#[test]
fn defined_parameters_come_last_and_replace_their_name() {
    let query = json!({"api_key": "${apiKey}", "shop": "${connectionConfig.shop}", "v": "a b&c"});
    let proxy = json!({"base_url": "https://a.example", "query": query});
    let fixture = Fixture::new(proxy, json!({"type": "API_KEY", "apiKey": "k&1"}));
    let fixture = fixture.endpoint("/u?x='1'&api%5Fkey=evil&y&api_key=evil");
    let built = fixture.build().ok().unwrap();
    assert_eq!(built.uri.to_string(), "https://a.example/u?x='1'&y&api_key=k%261&v=a%20b%26c");
    assert_eq!(built.credential_query_keys, ["api_key"]);
}

#[test]
fn parameters_of_functions_are_appended_or_set() {
    let fixture = at("https://a.example").endpoint("/u?a=1");
    let build_with =
        |params| super::build(&BuildInput { params, ..fixture.input() }).map(|url| url.uri.to_string());
    let pairs = [("a".to_owned(), "2".to_owned()), ("b".to_owned(), "é".to_owned())];
    assert_eq!(build_with(QueryParams::Pairs(&pairs)).unwrap(), "https://a.example/u?a=2&b=%C3%A9");
    assert_eq!(build_with(QueryParams::Text("b=1")).unwrap_err(), BuildError::InvalidQueryParams);
    let fixture = at("https://a.example");
    let input = BuildInput { params: QueryParams::Text("?b=1"), ..fixture.input() };
    assert_eq!(super::build(&input).unwrap().uri.to_string(), "https://a.example/user?b=1");
}

#[test]
fn integrations_of_private_apis_bring_base_and_key() {
    let mut fixture = at("https://placeholder.example/").custom(json!({
        "keyPlacement": "query", "keyName": "key", "valueTemplate": "v ${apiKey}", "baseUrl": "https://own.example/api"}));
    let schema = serde_json::from_value(json!({"keyName": {"type": "string", "title": "Key name"}})).unwrap();
    fixture.provider.integration_config = schema;
    let built = fixture.build().ok().unwrap();
    assert_eq!(built.uri.to_string(), "https://own.example/api/user?key=v%20k-1");
    assert_eq!(built.credential_query_keys, ["key"]);
    fixture.custom.remove("keyPlacement");
    assert_eq!(fixture.sent("key").as_deref(), Some("v k-1"));
    assert_eq!(fixture.uri().unwrap(), "https://own.example/api/user");
}

/// Endpoints that try to reach another host.
const ATTACKS: [&str; 26] = [
    "//evil.example/x",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/x",
    "/https://evil.example",
    "http:evil.example",
    "@evil.example",
    "/@evil.example",
    ":80@evil.example",
    ".evil.example",
    "/..//evil.example",
    "/../../..//evil.example",
    "/%2e%2e/%2e%2e//evil.example",
    "/.%2E/\\evil.example",
    "/;@evil.example",
    "#@evil.example",
    "?@evil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "/%00evil.example",
    "/a/../..//evil.example",
    "https://a.example@evil.example",
    "https://a.example.evil.example",
    "/javascript:alert(1)",
    "/https://a.example/v1//evil.example",
];

fn authority_of(fixture: &Fixture) -> Option<(String, url::Origin)> {
    let built = fixture.build().ok()?;
    Some((built.uri.authority().unwrap().to_string(), built.url.origin()))
}

#[test]
fn no_endpoint_leaves_the_origin() {
    let origin = Url::parse("https://a.example").unwrap().origin();
    for base in
        ["https://a.example", "https://a.example/", "https://a.example/v1", "https://${connectionConfig.h}"]
    {
        for attack in ATTACKS {
            let fixture = at(base).config(json!({"h": "a.example"})).endpoint(attack);
            assert_eq!(
                authority_of(&fixture),
                Some(("a.example".to_owned(), origin.clone())),
                "{base} {attack}"
            );
        }
    }
}

#[test]
fn control_characters_are_refused() {
    for endpoint in ["/a\r\nHost: evil.example", "/a\tb", "/a\u{0}", "\n//evil.example"] {
        assert_eq!(at("https://a.example").endpoint(endpoint).uri().unwrap_err().code(), "invalid_url");
    }
}

proptest! {
    #[test]
    fn any_endpoint_keeps_the_origin(endpoint in any::<String>(), base in prop::sample::select(vec![
        "https://a.example", "https://a.example/v1/", "https://a.example:8443/x"]))
    {
        let fixture = at(base).endpoint(&endpoint);
        let expected = Url::parse(base).unwrap();
        if let Some((authority, origin)) = authority_of(&fixture) {
            prop_assert_eq!(&authority, &expected[Position::BeforeHost..Position::AfterPort]);
            prop_assert_eq!(origin, expected.origin());
        }
    }

    #[test]
    fn any_mix_of_url_syntax_keeps_the_origin(pieces in prop::collection::vec(prop::sample::select(vec![
        "/", "//", "\\", "..", ".", "%2e", "%2f", "%5c", "@", ":", "#", "?", "&", "=", "https:", "evil.example", "a.example",
        "https://a.example", "${apiKey}", "||", " ", "é"]), 0..16))
    {
        let fixture = at("https://a.example/v1").endpoint(&pieces.concat());
        if let Some((authority, _)) = authority_of(&fixture) {
            prop_assert_eq!(authority, "a.example");
        }
    }

    #[test]
    fn queries_of_legal_characters_stay(query in "[a-zA-Z0-9&=%+'|~*(){}!$,;:@/?._\\-\\[\\]]{0,40}") {
        let built: Uri = at("https://a.example").endpoint(&format!("/u?{query}")).uri().unwrap().parse().unwrap();
        prop_assert_eq!(built.query().unwrap_or_default(), query);
    }
}
