use serde_json::json;

use super::*;
use crate::outbound::tests::{Log, Reply, Seen, local, redirect, text, upstream};

fn provider(port: u16, more: Value) -> Provider {
    let mut wire = json!({
        "display_name": "Example", "auth_mode": "OAUTH1", "signature_method": "HMAC-SHA1",
        "request_url": format!("http://127.0.0.1:{port}/request"),
        "token_url": format!("http://127.0.0.1:{port}/token"),
    });
    wire.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Provider::from_wire("example", wire.as_object().unwrap()).unwrap()
}

async fn ask(
    more: Value,
    reply: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> (Result<TemporaryToken, TokenError>, Log) {
    let (port, log) = upstream(reply).await;
    let request = RequestToken {
        provider: &provider(port, more),
        consumer_key: "key",
        consumer_secret: "consumer-secret",
        callback: "https://b.example/oauth/callback?state=1",
        config: &Map::new(),
        now: Timestamp::from_seconds(1_700_000_000),
    };
    (request_token(&local(), &request).await, log)
}

const GOOD: &str = "oauth_token=tt&oauth_token_secret=ts&oauth_callback_confirmed=true";

#[tokio::test]
async fn a_temporary_token_is_asked_for_with_a_signed_post() {
    let (token, log) = ask(json!({"request_params": {"access": "read write"}}), |_| text(200, GOOD)).await;
    let token = token.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((token.token.as_str(), token.secret.expose().as_str()), ("tt", "ts"));
    let seen = log.last();
    assert_eq!((seen.method.as_str(), seen.uri.as_str()), ("POST", "/request"));
    assert_eq!(seen.body, "access=read+write");
    let header = seen.header("authorization").unwrap();
    for part in [
        r#"OAuth oauth_consumer_key="key""#,
        r#"oauth_signature_method="HMAC-SHA1""#,
        r#"oauth_callback="https%3A%2F%2Fb.example%2Foauth%2Fcallback%3Fstate%3D1""#,
        r#"oauth_version="1.0""#,
        r#"oauth_signature=""#,
    ] {
        assert!(header.contains(part), "{header}");
    }
    assert!(!header.contains("oauth_token="), "{header}");
}

#[tokio::test]
async fn parameters_of_a_get_stand_in_the_query() {
    let definition = json!({"request_http_method": "get", "request_params": {"a": "1"}});
    let (token, log) = ask(definition, |_| text(200, GOOD)).await;
    assert!(token.is_ok());
    let seen = log.last();
    assert_eq!((seen.method.as_str(), seen.uri.as_str()), ("GET", "/request?a=1"));
    assert!(seen.body.is_empty());
}

#[tokio::test]
async fn a_redirect_on_the_same_host_is_signed_anew_and_one_that_leaves_it_is_not_followed() {
    let (token, log) = ask(json!({}), |seen| match seen.uri.as_str() {
        "/request" => redirect(302, "/moved"),
        _ => text(200, GOOD),
    })
    .await;
    assert!(token.is_ok());
    let headers: Vec<_> =
        log.all().iter().map(|seen| seen.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(headers.len(), 2);
    assert_ne!(headers[0], headers[1]);

    let (token, log) = ask(json!({}), |_| redirect(302, "http://other.test/request")).await;
    assert!(matches!(token, Err(TokenError::Refused { status: 302, .. })));
    assert_eq!(log.all().len(), 1);
}

#[tokio::test]
async fn redirects_that_never_end_are_given_up() {
    let (token, log) = ask(json!({}), |_| redirect(301, "/request")).await;
    assert!(matches!(token, Err(TokenError::Unreachable(_))));
    assert_eq!(log.all().len(), 4);
}

#[tokio::test]
async fn an_authorized_token_becomes_credentials() {
    let (port, log) = upstream(|_| text(200, "oauth_token=at&oauth_token_secret=as&screen_name=A%20B")).await;
    let request = AccessToken {
        provider: &provider(port, json!({"signature_method": "PLAINTEXT"})),
        consumer_key: "key",
        consumer_secret: "cs",
        token: "tt",
        token_secret: "ts",
        verifier: "v",
        config: &Map::new(),
        now: Timestamp::from_seconds(1_700_000_000),
    };
    let read = access_token(&local(), &request).await.unwrap();
    let expected = json!({
        "type": "OAUTH1", "oauth_token": "at", "oauth_token_secret": "as",
        "raw": {"oauth_token": "at", "oauth_token_secret": "as", "screen_name": "A B"},
    });
    assert_eq!(Value::from(read.credentials.into_exposed()), expected);
    let seen = log.last();
    let header = seen.header("authorization").unwrap();
    for part in [r#"oauth_token="tt""#, r#"oauth_verifier="v""#, r#"oauth_signature="cs%26ts""#] {
        assert!(header.contains(part), "{header}");
    }
}

#[tokio::test]
async fn refusals_show_no_secret_and_answers_without_a_token_are_unreadable() {
    let (token, _) = ask(json!({}), |_| text(401, "bad signature, key is consumer-secret&")).await;
    let error = token.err().unwrap().to_string();
    assert!(error.contains("bad signature") && !error.contains("consumer-secret"), "{error}");
    let (token, _) = ask(json!({}), |_| text(400, "oauth_token=leaked&oauth_problem=used")).await;
    let error = token.err().unwrap().to_string();
    assert!(error.contains("used") && !error.contains("leaked"), "{error}");
    let (token, _) = ask(json!({}), |_| text(200, "<html>")).await;
    assert!(matches!(token, Err(TokenError::Unreadable(_))));
}

#[tokio::test]
async fn a_signature_nobody_here_can_make_is_refused_before_anything_is_sent() {
    let (token, log) = ask(json!({"signature_method": "RSA-SHA1"}), |_| text(200, GOOD)).await;
    assert_eq!(token.err().unwrap().code(), "unsupported_signature_method");
    assert!(log.all().is_empty());
}
