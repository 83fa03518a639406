use bowline_domain::provider::Provider;
use serde_json::json;

use super::fixture::{Fixture, object};
use super::*;

#[test]
fn credentials_of_an_unknown_kind_are_refused() {
    assert!(CredentialView::new(&object(json!({"type": "MAGIC"}))).is_err());
    assert_eq!(CredentialView::new(&object(json!({}))).unwrap().kind, AuthMode::None);
}

#[test]
fn errors_carry_the_codes_of_the_protocol() {
    let fixture = Fixture::new(json!({}), json!({}));
    assert_eq!(fixture.uri().unwrap_err().code(), "unsupported_provider");
    assert_eq!(fixture.endpoint("").uri().unwrap_err().code(), "missing_api_url");
}

#[test]
fn a_client_certificate_is_read_or_refused() {
    let proxy = json!({"base_url": "https://a.example"});
    let mut fixture = Fixture::new(proxy, json!({"type": "OAUTH2_CC", "token": "t"}));
    fixture.provider.require_client_certificate = true;
    assert_eq!(fixture.build().err(), Some(BuildError::InvalidCertificateOrKey));
    let pem = "-----BEGIN CERTIFICATE----- aGVs bG8= -----END CERTIFICATE-----";
    fixture.credential.insert("client_certificate".to_owned(), pem.into());
    fixture
        .credential
        .insert("client_private_key".to_owned(), pem.replace("CERTIFICATE", "PRIVATE KEY").into());
    let certificate = fixture.build().ok().unwrap().client_certificate.unwrap();
    let expected = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    assert_eq!(certificate.certificates.expose(), expected);
}

#[test]
fn redirect_forwarding_is_the_callers_word_before_the_providers() {
    let proxy = json!({"base_url": "https://a.example", "forward_headers_on_redirect": true});
    let mut fixture = Fixture::new(proxy, json!({}));
    assert!(fixture.build().ok().unwrap().forward_headers_on_redirect);
    fixture.call.forward_headers_on_redirect = Some(false);
    assert!(!fixture.build().ok().unwrap().forward_headers_on_redirect);
}

#[test]
fn names_of_the_request_are_no_credentials_and_those_of_settings_are() {
    assert!(!carries_credential(&["metadata.a", "now:X", "random", "sha256Base64", "bodyCanonicalParams"]));
    for name in
        ["apiKey", "accessToken", "credentials.a", "connectionConfig.a", "hmacSha1Hex", "clientSecret"]
    {
        assert!(carries_credential(&["now", name]), "{name}");
    }
}

/// Settings that give every name in a base URL a value of the shape it wants.
fn settings_for(base_url: &str) -> Map<String, Value> {
    let names = bowline_domain::provider::template::connection_config_names(base_url);
    let value = |name: &str| {
        let is_whole = base_url
            .split("||")
            .any(|part| part.trim().starts_with(&format!("${{connectionConfig.{name}}}")));
        match name {
            _ if is_whole => "https://whole.example",
            "port" => "8443",
            _ => "a1",
        }
    };
    let bare = [("apiSubdomain".to_owned(), "a1".into())];
    names.map(|name| (name.to_owned(), value(name).into())).chain(bare).collect()
}

#[test]
fn every_definition_of_the_catalogue_builds_a_request() {
    let catalog = bowline_catalog::Catalog::builtin();
    let credential = json!({"type": "API_KEY", "apiKey": "k", "username": "u", "password": "p"});
    let mut failed = Vec::new();
    for name in catalog.names() {
        let provider = catalog.find(name).unwrap();
        let Some(base_url) = provider.proxy.as_ref().map(|api| api.base_url.clone()) else { continue };
        let mut fixture = Fixture::new(json!({}), credential.clone());
        fixture.config = settings_for(&base_url);
        fixture.provider = Provider::clone(&provider);
        fixture.provider.require_client_certificate = false;
        let built = fixture.build();
        let is_fine =
            built.as_ref().is_ok_and(|built| built.url.scheme() == "https" || base_url.starts_with("http:"));
        if !is_fine && !base_url.is_empty() {
            failed.push((name.to_owned(), built.err()));
        }
    }
    // Its key pair is checked while signing, and `p` is none.
    assert_eq!(
        failed,
        [("streamline-ai".to_owned(), Some(BuildError::InvalidHeader("signature".to_owned())))]
    );
}

#[test]
fn a_setting_sent_in_a_header_or_the_query_counts_as_a_credential() {
    let proxy = json!({
        "base_url": "https://a.example",
        "headers": {"x-application-secret": "${connectionConfig.appSecret}", "x-version": "2"},
        "query": {"key": "${connectionConfig.appSecret}", "v": "2"}
    });
    let built = Fixture::new(proxy, json!({})).config(json!({"appSecret": "s"})).build().ok().unwrap();
    assert_eq!(built.headers["x-application-secret"], "s");
    assert!(built.credential_headers.iter().any(|name| name == "x-application-secret"));
    assert!(!built.credential_headers.iter().any(|name| name == "x-version"));
    assert_eq!(built.credential_query_keys, ["key"]);
}
