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
fn names_of_settings_and_of_the_request_are_no_credentials() {
    assert!(!carries_credential(&[
        "connectionConfig.a",
        "now:X",
        "random",
        "sha256Base64",
        "bodyCanonicalParams"
    ]));
    for name in ["apiKey", "accessToken", "credentials.a", "hmacSha1Hex", "clientSecret"] {
        assert!(carries_credential(&["now", name]), "{name}");
    }
}
