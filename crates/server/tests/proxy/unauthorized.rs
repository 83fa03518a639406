//! A 401 with our credentials: one refresh, one more attempt.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::{App, oauth_client};
use crate::upstream::{Seen, Upstream, reply};

fn token(number: usize) -> Vec<u8> {
    let body = json!({
        "access_token": format!("at-{number}"), "refresh_token": format!("rt-{number}"), "expires_in": 3_600,
    });
    reply(200, &[("content-type", "application/json")], body.to_string())
}

/// Gives tokens `at-1`, `at-2`, … and takes none before `at-{first_good}`.
async fn provider(first_good: usize) -> Upstream {
    let given = AtomicUsize::new(0);
    Upstream::start(move |seen, _| {
        if seen.path() == "/oauth/token" {
            return token(given.fetch_add(1, Ordering::SeqCst) + 1);
        }
        let number = bearer(seen).strip_prefix("at-").and_then(|number| number.parse::<usize>().ok());
        match number.is_some_and(|number| number >= first_good) {
            true => reply(200, &[], bearer(seen)),
            false => reply(401, &[("www-authenticate", "Bearer")], "stale"),
        }
    })
    .await
}

fn bearer(seen: &Seen) -> &str {
    seen.header("authorization").unwrap_or_default().trim_start_matches("Bearer ")
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_call_made_again() {
    let upstream = provider(1).await;
    let app = App::with(&upstream).await;
    app.connect_oauth("at-0", Some("rt-0")).await;
    app.call("oauth", "GET /x", &[], b"").await.assert(200, "at-1");
    assert_eq!((upstream.count("/x"), upstream.count("/oauth/token")), (2, 1));
    app.call("oauth", "GET /x", &[], b"").await.assert(200, "at-1");
    assert_eq!((upstream.count("/x"), upstream.count("/oauth/token")), (3, 1));
}

#[tokio::test]
async fn the_body_goes_along_again() {
    let upstream = provider(1).await;
    let app = App::with(&upstream).await;
    app.connect_oauth("at-0", Some("rt-0")).await;
    app.call("oauth", "POST /x", &[("content-type", "text/plain")], b"hello").await.assert(200, "at-1");
    let bodies: Vec<_> =
        upstream.all().into_iter().filter(|seen| seen.path() == "/x").map(|seen| seen.body).collect();
    assert_eq!(bodies, [b"hello", b"hello"]);
}

#[tokio::test]
async fn a_body_that_streamed_through_cannot_go_again_so_the_401_comes_back() {
    let upstream = provider(1).await;
    let app = App::with(&upstream).await;
    app.connect_oauth("at-0", Some("rt-0")).await;
    let headers = [("content-type", "text/plain"), ("transfer-encoding", "chunked")];
    app.call("oauth", "POST /x", &headers, b"5\r\nhello\r\n0\r\n\r\n").await.assert(401, "stale");
    assert_eq!((upstream.count("/x"), upstream.count("/oauth/token")), (1, 0));
}

#[tokio::test]
async fn a_token_renewed_a_moment_ago_is_not_renewed_again() {
    let upstream = provider(2).await;
    let app = App::with(&upstream).await;
    app.connect_oauth("at-0", Some("rt-0")).await;
    for _ in 0..2 {
        app.call("oauth", "GET /x", &[], b"").await.assert(401, "stale");
    }
    assert_eq!((upstream.count("/x"), upstream.count("/oauth/token")), (3, 1));
    app.clock.advance(Duration::from_secs(31));
    app.call("oauth", "GET /x", &[], b"").await.assert(200, "at-2");
    assert_eq!((upstream.count("/x"), upstream.count("/oauth/token")), (5, 2));
}

#[tokio::test]
async fn a_callers_own_authorization_is_the_callers_to_renew() {
    let upstream = provider(1).await;
    let app = App::with(&upstream).await;
    app.connect_oauth("at-0", Some("rt-0")).await;
    app.call("oauth", "GET /x", &[("nango-proxy-authorization", "Bearer mine")], b"")
        .await
        .assert(401, "stale");
    assert_eq!((upstream.count("/x"), upstream.count("/oauth/token")), (1, 0));
}

#[tokio::test]
async fn without_a_refresh_token_the_401_comes_back_and_the_connection_stays_as_it_is() {
    let upstream = provider(1).await;
    let app = App::with(&upstream).await;
    app.connect_oauth("at-0", None).await;
    app.call("oauth", "GET /x", &[], b"").await.assert(401, "stale");
    assert_eq!((upstream.count("/x"), upstream.count("/oauth/token")), (1, 0));
}

#[tokio::test]
async fn when_the_refresh_fails_the_original_401_comes_back_and_nobody_hammers() {
    let upstream = Upstream::start(|seen, _| match seen.path() {
        "/oauth/token" => reply(400, &[("content-type", "application/json")], r#"{"error":"invalid_grant"}"#),
        _ => reply(401, &[("x-own", "1")], "stale"),
    })
    .await;
    let app = App::with(&upstream).await;
    app.connect_oauth("at-0", Some("rt-0")).await;
    let answer = app.call("oauth", "GET /x", &[], b"").await;
    answer.assert(401, "stale");
    assert_eq!(answer.header("x-own"), Some("1"));
    let tokens = upstream.count("/oauth/token");
    // Until the pause after a failure is over, the proxy says so, without a call to anyone.
    let answer = app.call("oauth", "GET /x", &[], b"").await;
    answer.assert_code(424, "connection_refresh_backoff");
    assert_eq!((upstream.count("/x"), upstream.count("/oauth/token")), (1, tokens));
}

#[tokio::test]
async fn a_refresh_that_is_due_and_fails_says_why() {
    let upstream = Upstream::start(|seen, _| match seen.path() {
        "/oauth/token" => reply(400, &[("content-type", "application/json")], r#"{"error":"invalid_grant"}"#),
        _ => reply(200, &[], "ok"),
    })
    .await;
    let app = App::with(&upstream).await;
    app.integrate("oauth", oauth_client("OAUTH2")).await;
    let credentials = json!({
        "type": "OAUTH2", "access_token": "at-0", "refresh_token": "rt-0", "expires_at": "2023-11-14T22:13:21Z",
    });
    assert_eq!(app.import("oauth", credentials, json!({})).await.0, 201);
    let answer = app.call("oauth", "GET /x", &[], b"").await;
    answer.assert_code(400, "server_error");
    assert!(!answer.text().contains("rt-0") && !answer.text().contains("sim-secret"), "{}", answer.text());
    app.call("oauth", "GET /x", &[], b"").await.assert_code(424, "connection_refresh_backoff");
    assert_eq!(upstream.count("/x"), 0);
}

#[tokio::test]
async fn many_refused_at_once_make_one_token_request() {
    let upstream = provider(1).await;
    let app = App::with(&upstream).await;
    app.connect_oauth("at-0", Some("rt-0")).await;
    let calls = (0..40).map(|_| app.call("oauth", "GET /x", &[], b""));
    for answer in futures_util::future::join_all(calls).await {
        answer.assert(200, "at-1");
    }
    assert_eq!(upstream.count("/oauth/token"), 1);
}

#[tokio::test]
async fn client_credentials_are_renewed_too() {
    let upstream = provider(1).await;
    let app = App::with(&upstream).await;
    app.integrate("client", Value::Null).await;
    let credentials = json!({ "type": "OAUTH2_CC", "token": "at-0", "client_id": "i", "client_secret": "s" });
    assert_eq!(app.import("client", credentials, json!({})).await.0, 201);
    app.call("client", "GET /x", &[], b"").await.assert(200, "at-1");
    assert_eq!(upstream.count("/oauth/token"), 1);
}
