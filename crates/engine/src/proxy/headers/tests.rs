use serde_json::{Value, json};

use super::super::fixture::Fixture;
use super::*;

fn with(headers: Value, credential: Value) -> Fixture {
    Fixture::new(json!({"base_url": "https://a.example", "headers": headers}), credential)
}

#[test]
fn the_default_authorization_follows_the_kind() {
    let cases = [
        (json!({"type": "OAUTH2", "access_token": "t"}), Some("Bearer t")),
        (json!({"type": "APP", "access_token": "t"}), Some("Bearer t")),
        (json!({"type": "OAUTH2_CC", "token": "t"}), Some("Bearer t")),
        (json!({"type": "JWT", "token": "t"}), Some("Bearer t")),
        (json!({"type": "SIGNATURE", "token": "t"}), Some("Bearer t")),
        (json!({"type": "TWO_STEP", "token": "t"}), Some("Bearer t")),
        (json!({"type": "BASIC", "username": "u", "password": "p"}), Some("Basic dTpw")),
        (json!({"type": "BASIC", "username": "u", "password": ""}), Some("Basic dTo=")),
        (json!({"type": "API_KEY", "apiKey": "k"}), None),
        (json!({"type": "BILL", "session_id": "s"}), None),
        (json!({"type": "CUSTOM", "app": {"access_token": "t"}}), None),
        (json!({}), None),
    ];
    for (credential, expected) in cases {
        assert_eq!(
            with(json!({}), credential.clone()).sent("authorization").as_deref(),
            expected,
            "{credential}"
        );
    }
}

#[test]
fn a_two_step_token_is_not_sent_twice() {
    let credential = json!({"type": "TWO_STEP", "token": "t", "_cookies": "a=b"});
    let own = with(json!({"x-token": "${accessToken}"}), credential.clone());
    assert_eq!(own.sent("authorization"), None);
    assert_eq!(own.sent("x-token").as_deref(), Some("t"));
    let cookie = with(json!({"cookie": "${credentials._cookies}"}), credential);
    assert_eq!(cookie.sent("authorization"), None);
    assert_eq!(cookie.sent("cookie").as_deref(), Some("a=b"));
}

#[test]
fn templates_replace_the_default_and_the_caller_replaces_both() {
    let headers = json!({"authorization": "Token ${apiKey}", "user-agent": "App", "x-a": "1"});
    let fixture = with(headers, json!({"type": "API_KEY", "apiKey": "k"}));
    assert_eq!(fixture.sent("authorization").as_deref(), Some("Token k"));
    let fixture = fixture.header("authorization", "Mine").header("user-agent", "Mine").header("x-a", "2");
    assert_eq!(fixture.sent("authorization").as_deref(), Some("Mine"));
    assert_eq!(fixture.sent("user-agent").as_deref(), Some("App"));
    assert_eq!(fixture.sent("x-a").as_deref(), Some("2"));
}

#[test]
fn headers_with_missing_settings_are_left_out_and_others_stay_literal() {
    let headers = json!({"x-tenant": "${connectionConfig.tenant}", "x-version": "${connectionConfig.v} || 2", "x-k": "${k}"});
    let fixture = with(headers, json!({"type": "API_KEY", "apiKey": "k"}));
    assert_eq!(fixture.sent("x-tenant"), None);
    assert_eq!(fixture.sent("x-version").as_deref(), Some("2"));
    assert_eq!(fixture.sent("x-k").as_deref(), Some("${k}"));
    assert_eq!(fixture.config(json!({"tenant": "t"})).sent("x-tenant").as_deref(), Some("t"));
}

#[test]
fn each_kind_sees_only_its_names() {
    let all = json!({"a": "${accessToken}", "b": "${clientId}", "c": "${credentials.x}", "d": "${method}", "e": "${x}"});
    let cases = [
        (json!({"type": "OAUTH2", "access_token": "t", "x": "1"}), ["t", "client", "-", "-", "-"]),
        (json!({"type": "OAUTH2_CC", "token": "t", "x": "1"}), ["t", "-", "-", "-", "-"]),
        (json!({"type": "TWO_STEP", "token": "t", "x": "1"}), ["t", "-", "1", "GET", "-"]),
        (json!({"type": "API_KEY", "x": "1"}), ["-", "-", "1", "GET", "1"]),
    ];
    for (credential, expected) in cases {
        let fixture = with(all.clone(), credential);
        let sent =
            ["a", "b", "c", "d", "e"].map(|name| fixture.sent(name).filter(|value| !value.starts_with("${")));
        assert_eq!(sent.map(|value| value.unwrap_or("-".to_owned())), expected.map(str::to_owned));
    }
}

#[test]
fn transport_defaults_fill_what_nobody_set() {
    let fixture = with(json!({}), json!({}));
    assert_eq!(fixture.sent("accept").as_deref(), Some("application/json, text/plain, */*"));
    assert!(fixture.sent("user-agent").unwrap().starts_with("bowline/"));
    assert_eq!(fixture.sent("content-type"), None);
    assert_eq!(fixture.header("accept", "text/csv").sent("accept").as_deref(), Some("text/csv"));
}

#[test]
fn values_that_break_a_header_are_refused() {
    for key in ["a\r\nx: y", "a\n", "é", "\u{0}"] {
        let fixture = with(json!({"x-key": "${apiKey}"}), json!({"type": "API_KEY", "apiKey": key}));
        assert_eq!(fixture.build().err(), Some(BuildError::InvalidHeader("x-key".to_owned())), "{key:?}");
    }
    let fixture = with(json!({}), json!({"type": "OAUTH2", "access_token": "t\r\nx: y"}));
    assert_eq!(fixture.build().err().unwrap().code(), "invalid_headers");
}

#[test]
fn credential_headers_are_reported_and_marked() {
    let headers = json!({"x-key": "${apiKey}", "x-plain": "${method}", "x-fixed": "1"});
    let fixture = with(headers, json!({"type": "API_KEY", "apiKey": "k"}));
    let built = fixture.header("authorization", "Mine").build().ok().unwrap();
    assert_eq!(built.credential_headers, ["authorization", "x-key"]);
    assert!(built.headers["x-key"].is_sensitive() && !built.headers["x-plain"].is_sensitive());
}

#[test]
fn a_duo_request_is_signed_over_its_canonical_form() {
    let source = "Basic ${base64(${credentials.username}:${hmacSha1Hex(${now:ddd, DD MMM YYYY HH:mm:ss ZZ}\n${method}\n${host}\n${path}\n${params}, ${credentials.password})})}";
    let credential = json!({"type": "BASIC", "username": "ik", "password": "sk"});
    let fixture = with(json!({"authorization": source}), credential)
        .endpoint("/admin/v1/users?b=x y&a=~1".replace(' ', "%20").as_str());
    let message = "Fri, 08 Mar 2024 09:43:03 +0000\nGET\na.example\n/admin/v1/users\na=~1&b=x%20y";
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"sk");
    let signature = hex::encode(ring::hmac::sign(&key, message.as_bytes()));
    let expected = format!("Basic {}", STANDARD.encode(format!("ik:{signature}")));
    assert_eq!(fixture.sent("authorization"), Some(expected));
}

#[test]
fn token_based_requests_name_the_account_as_realm() {
    let credential = json!({"type": "TBA", "token_id": "id", "token_secret": "s", "config_override": {"client_id": "own"}});
    let fixture = with(json!({}), credential).config(json!({"accountId": "1234-sb-1"}));
    let header = fixture.sent("authorization").unwrap();
    assert!(header.starts_with(r#"OAuth realm="1234_SB-1", oauth_consumer_key="own""#), "{header}");
    assert!(header.contains(r#"oauth_signature_method="HMAC-SHA256""#));
    assert!(header.contains(r#"oauth_timestamp="1709890983""#));
}

#[test]
fn oauth1_uses_the_integrations_client() {
    let credential = json!({"type": "OAUTH1", "oauth_token": "t", "oauth_token_secret": "s"});
    let mut fixture = with(json!({}), credential);
    assert!(fixture.sent("authorization").unwrap().contains(r#"oauth_signature_method="HMAC-SHA1""#));
    fixture.provider.signature_method = Some("PLAINTEXT".to_owned());
    assert!(fixture.sent("authorization").unwrap().ends_with(r#"oauth_signature="client-secret%26s""#));
}

#[test]
fn aws_requests_are_signed_last() {
    let credential = json!({"type": "AWS_SIGV4", "service": "iam", "region": "us-east-1", "access_key_id": "AK",
        "secret_access_key": "sk", "session_token": "st"});
    let fixture = with(json!({}), credential).header("authorization", "Mine");
    let header = fixture.sent("authorization").unwrap();
    let expected = "AWS4-HMAC-SHA256 Credential=AK/20240308/us-east-1/iam/aws4_request, \
         SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=";
    assert!(header.starts_with(expected), "{header}");
    assert_eq!(fixture.sent("x-amz-date").as_deref(), Some("20240308T094303Z"));
}

#[test]
fn the_aws_function_signs_for_its_host() {
    let source = "${awsSigV4(${credentials.username}, ${credentials.password}, us-east-1, iam)}";
    let fixture =
        with(json!({"authorization": source}), json!({"type": "BASIC", "username": "AK", "password": "sk"}));
    let header = fixture.sent("authorization").unwrap();
    assert!(
        header.contains("Credential=AK/20240308/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-date,")
    );
    let missing =
        with(json!({"authorization": source}), json!({"type": "BASIC", "username": "AK", "password": ""}));
    assert_eq!(missing.sent("authorization").as_deref(), Some(source));
}
