//! Authentication and scopes.

use serde_json::{Value, json};

use crate::app::TestApp;

fn refused(code: &str, message: &str) -> Value {
    json!({"error": {"message": message, "code": code, "payload": {}}})
}

fn bad_format() -> Value {
    refused("invalid_secret_key_format", "Authentication failed. The provided secret key is not a UUID v4.")
}

#[tokio::test]
async fn a_request_without_a_key_is_told_so() {
    let app = TestApp::start().await;
    let message = "Authentication failed. The request is missing the Authorization header.";
    app.get("/providers").await.assert(401, &refused("missing_auth_header", message));
}

#[tokio::test]
async fn only_uuids_of_version_4_behind_a_capital_bearer_are_keys() {
    let app = TestApp::start().await;
    let lower = format!("bearer {}", app.key);
    let version_1 = "Bearer 5a3ad9f1-8ac0-1c2b-9f47-2d6f0c7d1e52";
    for bearer in [lower.as_str(), "Bearer", "Bearer x", version_1] {
        let answer = app.call("GET /providers", &[("authorization", bearer)], "").await;
        answer.assert(401, &bad_format());
    }
}

#[tokio::test]
async fn a_key_is_taken_bare_doubled_and_in_upper_case() {
    let app = TestApp::start().await;
    let doubled = format!("Bearer Bearer {}", app.key);
    let upper = format!("Bearer {}", app.key.to_uppercase());
    for bearer in [app.key.as_str(), doubled.as_str(), upper.as_str()] {
        let answer = app.call("GET /providers/github", &[("authorization", bearer)], "").await;
        assert_eq!(answer.status, 200, "{bearer}");
    }
}

#[tokio::test]
async fn a_header_that_is_no_text_is_no_key() {
    let app = TestApp::start().await;
    let request = http::Request::get("/providers").header("authorization", &b"Bearer \xff"[..]);
    app.send(request.body(axum::body::Body::empty()).unwrap()).await.assert(401, &bad_format());
}

#[tokio::test]
async fn an_unknown_key_and_a_deleted_key_belong_to_no_account() {
    let app = TestApp::start().await;
    let unknown =
        refused("unknown_account", "Authentication failed. The provided secret key matches no account.");
    let stranger = "5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e52";
    app.get_as(stranger, "/providers/github").await.assert(401, &unknown);

    let key = app.key_with(&["environment:*"]).await;
    assert_eq!(app.get_as(&key, "/providers/github").await.status, 200);
    let environment = &app.engine.list_environment_keys().await.unwrap()[0].environment;
    let keys = app.engine.list_api_keys(environment).await.unwrap();
    assert!(app.engine.delete_api_key(environment, keys[1].id).await.unwrap());
    app.get_as(&key, "/providers/github").await.assert(401, &unknown);
}

#[tokio::test]
async fn a_session_token_is_never_tried_as_a_key() {
    let app = TestApp::start().await;
    let unknown = format!("nango_connect_session_{}", "a1".repeat(32));
    let answer = app.get_as(&unknown, "/providers").await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["error"]["code"], "unknown_connect_session_token");
    let answer = app.get_as("nango_connect_session_A1", "/providers").await;
    assert_eq!(answer.json()["error"]["code"], "invalid_connect_session_token_format");
    let answer = app.get_as(&unknown, "/providers/github/templates").await;
    answer.assert(401, &bad_format());
}

#[tokio::test]
async fn an_account_key_may_not_ask_for_an_environment() {
    let app = TestApp::start().await;
    let key = app.account_key().await;
    let message = "This API key is not authorized for an environment";
    app.get_as(&key, "/providers")
        .await
        .assert(403, &json!({"error": {"code": "forbidden", "message": message}}));
}

#[tokio::test]
async fn a_key_without_the_scope_is_told_which_one_it_lacks() {
    let app = TestApp::start().await;
    let key = app.key_with(&["environment:connections:*"]).await;
    let message = "Insufficient scope. Required: environment:proxy";
    app.get_as(&key, "/proxy/x")
        .await
        .assert(403, &json!({"error": {"code": "forbidden", "message": message}}));
}

#[tokio::test]
async fn the_last_use_of_a_key_is_noted_once_a_minute() {
    let app = TestApp::start().await;
    let last_used = async || {
        app.engine.access.flush_last_used().await;
        let environment = &app.engine.list_environment_keys().await.unwrap()[0].environment;
        app.engine.list_api_keys(environment).await.unwrap()[0].last_used_at.map(|at| at.as_seconds())
    };
    assert_eq!(last_used().await, None);
    app.get_as_owner("/providers/github").await;
    let first = last_used().await;
    assert!(first.is_some());
    app.advance(59);
    app.get_as_owner("/providers/github").await;
    assert_eq!(last_used().await, first);
    app.advance(2);
    app.get_as_owner("/providers/github").await;
    assert_eq!(last_used().await, first.map(|at| at + 61));
}
