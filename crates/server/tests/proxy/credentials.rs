//! The credentials of each kind reach the provider, and nothing else of theirs does.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::app::{App, oauth_client};
use crate::upstream::{Upstream, ok};

async fn app() -> (App, Upstream) {
    let upstream = Upstream::saying(ok()).await;
    (App::with(&upstream).await, upstream)
}

#[tokio::test]
async fn oauth2_tokens_are_bearer_tokens() {
    let (app, upstream) = app().await;
    app.connect_oauth("at-1", None).await;
    app.call("oauth", "GET /", &[], b"").await.assert(200, "ok");
    assert_eq!(upstream.last().header("authorization"), Some("Bearer at-1"));
    let own = [("nango-proxy-authorization", "Basic mine")];
    app.call("oauth", "GET /", &own, b"").await.assert(200, "ok");
    assert_eq!(upstream.last().header("authorization"), Some("Basic mine"));
    assert_eq!(upstream.last().headers.iter().filter(|(name, _)| name == "authorization").count(), 1);
}

#[tokio::test]
async fn the_clients_id_goes_where_the_definition_wants_it() {
    let (app, upstream) = app().await;
    app.integrate("client-id", oauth_client("OAUTH2")).await;
    let credentials = json!({ "type": "OAUTH2", "access_token": "at-1" });
    assert_eq!(app.import("client-id", credentials, json!({})).await.0, 201);
    app.call("client-id", "GET /", &[], b"").await.assert(200, "ok");
    let seen = upstream.last();
    assert_eq!(
        (seen.header("client-id"), seen.header("authorization")),
        (Some("sim-client"), Some("Bearer at-1"))
    );
}

#[tokio::test]
async fn client_credentials_tokens_are_bearer_tokens() {
    let (app, upstream) = app().await;
    app.integrate("client", Value::Null).await;
    let credentials = json!({ "type": "OAUTH2_CC", "token": "cc-1", "client_id": "i", "client_secret": "s" });
    assert_eq!(app.import("client", credentials, json!({})).await.0, 201);
    app.call("client", "GET /", &[], b"").await.assert(200, "ok");
    assert_eq!(upstream.last().header("authorization"), Some("Bearer cc-1"));
}

#[tokio::test]
async fn keys_go_where_the_definition_puts_them() {
    let (app, upstream) = app().await;
    let key = json!({ "type": "API_KEY", "apiKey": "k 1/ü" });
    app.connect("key-header", json!({ "type": "API_KEY", "apiKey": "k-1" })).await;
    app.call("key-header", "GET /?a=1", &[], b"").await.assert(200, "ok");
    let seen = upstream.last();
    assert_eq!((seen.header("x-api-key"), seen.header("authorization")), (Some("k-1"), None));
    assert_eq!(seen.target, "/?a=1");

    app.connect("key-query", key).await;
    app.call("key-query", "GET /?a[]=%20+&api_key=callers&b='x'", &[], b"").await.assert(200, "ok");
    assert_eq!(upstream.last().target, "/?a[]=%20+&b='x'&api_key=k%201%2F%C3%BC");
}

#[tokio::test]
async fn names_and_passwords_are_basic_credentials() {
    let (app, upstream) = app().await;
    app.connect("basic", json!({ "type": "BASIC", "username": "ada", "password": "pä:ss" })).await;
    app.call("basic", "GET /", &[], b"").await.assert(200, "ok");
    let expected = format!("Basic {}", STANDARD.encode("ada:pä:ss"));
    assert_eq!(upstream.last().header("authorization"), Some(expected.as_str()));
}

#[tokio::test]
async fn oauth1_requests_are_signed_anew_each_time() {
    let (app, upstream) = app().await;
    app.integrate("oauth1", oauth_client("OAUTH1")).await;
    let credentials = json!({ "type": "OAUTH1", "oauth_token": "t-1", "oauth_token_secret": "ts" });
    assert_eq!(app.import("oauth1", credentials, json!({})).await.0, 201);
    let mut seen = Vec::new();
    for _ in 0..2 {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        app.call("oauth1", "POST /a?b=c", &headers, b"d=e").await.assert(200, "ok");
        let header = upstream.last().header("authorization").unwrap().to_owned();
        assert!(header.starts_with("OAuth ") && header.contains("oauth_token=\"t-1\""), "{header}");
        assert!(
            header.contains("oauth_consumer_key=\"sim-client\"") && header.contains("oauth_signature=\"")
        );
        assert!(!header.contains("sim-secret") && !header.contains("\"ts\""));
        seen.push(header);
        assert_eq!(upstream.last().body, b"d=e");
    }
    assert_ne!(seen[0], seen[1]);
}

#[tokio::test]
async fn token_based_requests_carry_the_account_as_realm() {
    let (app, upstream) = app().await;
    app.integrate("tba", Value::Null).await;
    let credentials = json!({ "type": "TBA", "token_id": "t-1", "token_secret": "ts" });
    let config = json!({ "accountId": "12-sb1", "oauth_client_id": "i", "oauth_client_secret": "s" });
    let (status, answer) = app.import("tba", credentials, config).await;
    assert_eq!(status, 201, "{answer}");
    app.call("tba", "GET /", &[], b"").await.assert(200, "ok");
    let header = upstream.last().header("authorization").unwrap().to_owned();
    assert!(header.starts_with("OAuth realm=\"12_SB1\"") && header.contains("HMAC-SHA256"), "{header}");
}

#[tokio::test]
async fn connections_without_credentials_send_none() {
    let (app, upstream) = app().await;
    app.get("/").await.assert(200, "ok");
    assert_eq!(upstream.last().header("authorization"), None);
}

#[tokio::test]
async fn a_header_of_a_missing_setting_is_left_out() {
    let (app, upstream) = app().await;
    app.connect("setting", json!({ "type": "API_KEY", "apiKey": "k" })).await;
    app.call("setting", "GET /", &[], b"").await.assert(200, "ok");
    let seen = upstream.last();
    assert_eq!((seen.header("x-tenant"), seen.header("authorization")), (None, Some("Key k")));
    assert_eq!(seen.target, "/");
    let key = json!({ "type": "API_KEY", "apiKey": "k" });
    assert_eq!(app.import("setting", key, json!({ "tenant": "t" })).await.0, 201);
    app.call("setting", "GET /", &[], b"").await.assert(200, "ok");
    assert_eq!(
        (upstream.last().header("x-tenant"), upstream.last().target.as_str()),
        (Some("t"), "/?tenant=t")
    );
}

#[tokio::test]
async fn a_secret_that_cannot_be_a_header_is_refused_without_being_told() {
    let (app, upstream) = app().await;
    app.connect("key-header", json!({ "type": "API_KEY", "apiKey": "top\r\nx-injected: 1" })).await;
    let answer = app.call("key-header", "GET /", &[], b"").await;
    answer.assert_code(400, "invalid_headers");
    assert!(!answer.text().contains("top"));
    assert_eq!(upstream.all().len(), 0);
}
