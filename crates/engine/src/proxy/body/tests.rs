use serde_json::{Value, json};

use super::super::fixture::Fixture;
use super::*;

const TEXT: &str = r#"{"a": 12345678901234567890123 , "b":1}"#;

fn plain() -> Fixture {
    Fixture::new(json!({"base_url": "https://a.example"}), json!({"type": "API_KEY", "apiKey": "k"}))
}

fn injecting(body: Value) -> Fixture {
    let proxy = json!({"base_url": "https://a.example", "body": body});
    Fixture::new(proxy, json!({"type": "API_KEY", "apiKey": "k"}))
}

#[test]
fn bodies_go_through_byte_for_byte() {
    for content_type in [
        "application/json",
        "text/csv",
        "multipart/form-data; boundary=b",
        "application/x-www-form-urlencoded",
    ] {
        let mut fixture = plain().post(content_type, TEXT);
        assert_eq!(body_need(&fixture.input()), BodyNeed::Stream, "{content_type}");
        assert_eq!(fixture.sent_body(), TEXT);
        assert_eq!(fixture.sent("content-type").as_deref(), Some(content_type));
        fixture.is_streamed = true;
        assert_eq!(fixture.build().ok().unwrap().body, BuiltBody::Forward);
    }
}

#[test]
fn a_get_has_no_body() {
    let mut fixture = plain().post("application/json", TEXT);
    fixture.method = Method::GET;
    assert_eq!(fixture.build().ok().unwrap().body, BuiltBody::None);
    assert_eq!(fixture.sent("content-type"), None);
}

#[test]
fn the_content_type_is_the_callers_then_the_inbound_then_the_definitions() {
    let proxy =
        json!({"base_url": "https://a.example", "headers": {"content-type": "application/vnd.api+json"}});
    let defined = || Fixture::new(proxy.clone(), json!({"type": "API_KEY", "apiKey": "k"}));
    let sent = |fixture: Fixture| fixture.sent("content-type").unwrap();
    assert_eq!(sent(defined().post("application/json", "{}")), "application/vnd.api+json");
    assert_eq!(sent(defined().post("text/csv", "a")), "text/csv");
    assert_eq!(sent(defined().post("application/json", "{}").header("content-type", "a/b")), "a/b");
    let form = plain().post("multipart/form-data; boundary=b", "x");
    assert_eq!(sent(form.header("content-type", "multipart/form-data")), "multipart/form-data; boundary=b");
    let mut empty = plain();
    empty.method = Method::POST;
    assert_eq!(sent(empty), "application/x-www-form-urlencoded");
}

#[test]
fn json_becomes_a_form_when_a_form_is_asked_for() {
    let text = r#"{"a":"x y","b":{"c":[1,{"d":true}]},"e":[1,2],"n":null}"#;
    let mut fixture =
        plain().post("application/json", text).header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(body_need(&fixture.input()), BodyNeed::Buffer);
    assert_eq!(
        fixture.sent_body(),
        "a=x+y&b%5Bc%5D%5B0%5D=1&b%5Bc%5D%5B1%5D%5Bd%5D=true&e%5B%5D=1&e%5B%5D=2"
    );
    fixture.is_streamed = true;
    assert_eq!(fixture.build().err(), Some(BuildError::BodyNotRead));
}

#[test]
fn defined_values_are_merged_into_json() {
    let body = json!({"api_key": "${apiKey}", "email": "${connectionConfig.email}", "b": 2});
    let fixture = injecting(body).post("application/json", r#"{"a":1,"b":1}"#);
    assert_eq!(body_need(&fixture.input()), BodyNeed::Buffer);
    assert_eq!(fixture.sent_body(), r#"{"a":1,"b":2,"api_key":"k"}"#);
    assert!(fixture.build().ok().unwrap().body_has_credential);
    let list = injecting(json!({"key": "${apiKey}"})).post("application/json", "[1 ]");
    assert_eq!(list.sent_body(), "[1 ]");
}

#[test]
fn defined_values_are_appended_to_forms() {
    let body = json!({"auth": {"key": "${apiKey}", "id": "${connectionConfig.id}"}});
    let fixture = injecting(body.clone()).post("application/x-www-form-urlencoded", "a=1&b=%20");
    assert_eq!(fixture.sent_body(), "a=1&b=%20&auth%5Bkey%5D=k");
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n";
    let fixture = injecting(body).post("multipart/form-data; boundary=\"b\"", multipart);
    let expected = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
        --b\r\nContent-Disposition: form-data; name=\"auth[key]\"\r\n\r\nk\r\n--b--\r\n";
    assert_eq!(fixture.sent_body(), expected);
}

#[test]
fn defined_values_become_the_body_where_there_is_none() {
    let mut fixture = injecting(json!({"key": "${apiKey}"}));
    fixture.method = Method::POST;
    assert_eq!(fixture.sent_body(), r#"{"key":"k"}"#);
    assert_eq!(fixture.sent("content-type").as_deref(), Some("application/json"));
    fixture.method = Method::GET;
    assert_eq!(fixture.sent_body(), "None");
}

#[test]
fn other_body_types_stay_as_they_are() {
    let mut fixture = injecting(json!({"key": "${apiKey}"})).post("text/xml", "<a/>");
    assert_eq!(fixture.sent_body(), "<a/>");
    fixture.is_streamed = true;
    assert_eq!(fixture.sent_body(), "Forward");
}

#[test]
fn signatures_need_the_body_in_memory() {
    let aws = |service: &str| json!({"type": "AWS_SIGV4", "service": service, "region": "r", "access_key_id": "a", "secret_access_key": "s"});
    let need = |headers: Value, credential: Value, content_type| {
        let proxy = json!({"base_url": "https://a.example", "headers": headers});
        body_need(&Fixture::new(proxy, credential).post(content_type, "a=1").input())
    };
    assert_eq!(need(json!({}), aws("iam"), "text/plain"), BodyNeed::Buffer);
    assert_eq!(need(json!({}), aws("s3"), "text/plain"), BodyNeed::Stream);
    assert_eq!(
        need(json!({"x": "${sha256Hex(${bodyCanonicalParams})}"}), json!({}), "text/plain"),
        BodyNeed::Buffer
    );
    assert_eq!(need(json!({"x": "${params}"}), json!({}), "text/plain"), BodyNeed::Buffer);
    let oauth1 = json!({"type": "OAUTH1", "oauth_token": "t"});
    assert_eq!(need(json!({}), oauth1.clone(), "application/x-www-form-urlencoded"), BodyNeed::Buffer);
    assert_eq!(need(json!({}), oauth1, "text/plain"), BodyNeed::Stream);
}

#[test]
fn a_streamed_upload_to_s3_is_signed_without_its_payload() {
    let credential = json!({"type": "AWS_SIGV4", "service": "s3", "region": "r", "access_key_id": "a", "secret_access_key": "s"});
    let mut fixture =
        Fixture::new(json!({"base_url": "https://a.example"}), credential).post("text/plain", "x");
    fixture.is_streamed = true;
    assert_eq!(fixture.sent("x-amz-content-sha256").as_deref(), Some("UNSIGNED-PAYLOAD"));
}
