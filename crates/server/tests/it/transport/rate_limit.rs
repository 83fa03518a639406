//! The rate limit as callers see it.

use serde_json::json;

use crate::app::{Answer, TestApp};

fn left(answer: &Answer) -> (&str, &str, &str) {
    (
        answer.header("x-ratelimit-limit"),
        answer.header("x-ratelimit-remaining"),
        answer.header("x-ratelimit-reset"),
    )
}

#[tokio::test]
async fn requests_are_counted_until_the_window_ends() {
    let app = TestApp::limited(2).await;
    let answer = app.get_as_owner("/providers/github").await;
    assert_eq!((answer.status.as_u16(), left(&answer)), (200, ("2", "1", "1700000060")));
    app.advance(20);
    let answer = app.get_as_owner("/providers/github").await;
    assert_eq!((answer.status.as_u16(), left(&answer)), (200, ("2", "0", "1700000060")));
    let answer = app.get_as_owner("/Providers/github/?x=1").await;
    answer.assert(
        429,
        &json!({"error": {
            "code": "too_many_request",
            "method": "GET",
            "path": "/providers/github",
        }}),
    );
    assert_eq!(left(&answer), ("2", "0", "1700000060"));
    assert_eq!(answer.header("retry-after"), "40");
    app.advance(40);
    let answer = app.get_as_owner("/providers/github").await;
    assert_eq!((answer.status.as_u16(), left(&answer)), (200, ("2", "1", "1700000120")));
}

#[tokio::test]
async fn refused_scopes_count_and_refused_keys_do_not() {
    let app = TestApp::limited(5).await;
    let key = app.key_with(&["environment:proxy"]).await;
    let unauthenticated = app.get("/providers").await;
    assert_eq!(left(&unauthenticated), ("", "", ""));
    let malformed = app.post("/providers", "{").await;
    assert_eq!(left(&malformed), ("", "", ""));
    let not_found = app.get_as(&key, "/providers/none").await;
    assert_eq!((not_found.status.as_u16(), not_found.header("x-ratelimit-remaining")), (404, "4"));
    let other = app.key_with(&["environment:connections:read"]).await;
    let forbidden = app.get_as(&other, "/proxy/x").await;
    assert_eq!((forbidden.status.as_u16(), forbidden.header("x-ratelimit-remaining")), (403, "3"));
}

#[tokio::test]
async fn scripts_have_a_bucket_of_their_own() {
    let app = TestApp::limited(1).await;
    let bearer = format!("Bearer {}", app.key);
    let script = [("authorization", bearer.as_str()), ("nango-is-script", "true")];
    assert_eq!(app.get_as_owner("/providers/github").await.status, 200);
    assert_eq!(app.call("GET /providers/github", &script, "").await.status, 200);
    assert_eq!(app.get_as_owner("/providers/github").await.status, 429);
}

#[tokio::test]
async fn a_large_limit_is_reserved_in_chunks_and_still_exact_on_one_node() {
    let app = TestApp::limited(1_000).await;
    for used in 1..=1_000_u32 {
        let answer = app.get_as_owner("/providers/github/templates").await;
        assert_eq!(answer.header("x-ratelimit-remaining"), (1_000 - used).to_string());
    }
    assert_eq!(app.get_as_owner("/providers/github/templates").await.status, 429);
}

#[tokio::test]
async fn addresses_are_counted_where_no_account_is_known() {
    let app = TestApp::limited(15).await;
    let body = r#"{"deviceId":"5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e52","event":"x"}"#;
    assert_eq!(app.post("/cli/telemetry", body).await.header("x-ratelimit-remaining"), "5");
    assert_eq!(app.post("/cli/telemetry", body).await.status, 429);
    let forwarded = [("content-type", "application/json"), ("x-forwarded-for", "203.0.113.7, 198.51.100.1")];
    let answer = app.call("POST /cli/telemetry", &forwarded, body).await;
    assert_eq!((answer.status.as_u16(), answer.header("x-ratelimit-remaining")), (204, "5"));
}

#[tokio::test]
async fn a_limit_of_zero_is_off() {
    let app = TestApp::limited(0).await;
    assert_eq!(left(&app.get_as_owner("/providers/github").await), ("", "", ""));
}
