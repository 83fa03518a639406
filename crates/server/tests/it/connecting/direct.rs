//! Accounts connected at once, with what the user typed.

use serde_json::{Value, json};

use super::scene::{Scene, session};

#[tokio::test]
async fn an_api_key_that_the_provider_accepts_becomes_a_connection_with_the_sessions_labels() {
    let scene = Scene::start().await;
    let more = json!({"end_user": {"id": "u", "email": "u@example.com"}, "tags": {"team": "a"}});
    let token = session(&scene.app, more).await;
    let answer = scene.post_as(&token, "/api-auth/api-key/key", json!({"apiKey": "sim-key-1"})).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("cache-control")),
        (200, "no-store"),
        "{}",
        answer.body
    );
    let connection = scene.only_connection("key").await;
    let expected = json!({"connectionId": connection["connection_id"], "providerConfigKey": "key"});
    assert_eq!(answer.json(), expected);
    assert_eq!(connection["credentials"], json!({"type": "API_KEY", "apiKey": "sim-key-1"}));
    assert_eq!(connection["end_user"]["email"], "u@example.com");
    let tags = json!({"end_user_email": "u@example.com", "end_user_id": "u", "team": "a"});
    assert_eq!(connection["tags"], tags);
    assert_eq!(connection["metadata"], json!({}));
}

#[tokio::test]
async fn credentials_that_the_provider_refuses_are_not_kept() {
    let scene = Scene::start().await;
    let answer = scene.post("/api-auth/api-key/key", json!({"apiKey": "key-refused"})).await;
    answer.assert_code(400, "connection_test_failed");
    assert!(!answer.body.contains("key-refused"));
    assert!(scene.connections().await.is_empty());
}

#[tokio::test]
async fn user_name_and_password_may_each_be_empty() {
    let scene = Scene::start().await;
    let answer = scene.post("/api-auth/basic/basic", json!({"username": "u"})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let connection = scene.only_connection("basic").await;
    assert_eq!(connection["credentials"], json!({"type": "BASIC", "username": "u", "password": ""}));
}

#[tokio::test]
async fn client_credentials_are_exchanged_for_a_token_at_once() {
    let scene = Scene::start().await;
    let body = json!({"client_id": "sim-client", "client_secret": "sim-secret", "type": "OAUTH2_CC"});
    let answer = scene.post("/oauth2/auth/cc", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let credentials = scene.only_connection("cc").await["credentials"].clone();
    assert_eq!(
        (&credentials["type"], &credentials["client_id"]),
        (&json!("OAUTH2_CC"), &json!("sim-client"))
    );
    assert!(credentials["token"].is_string() && credentials["expires_at"].is_string(), "{credentials}");
}

#[tokio::test]
async fn refused_client_credentials_are_told_without_the_secret() {
    let scene = Scene::start().await;
    let body = json!({"client_id": "sim-client", "client_secret": "not-the-secret"});
    let answer = scene.post("/oauth2/auth/cc", body).await;
    answer.assert_code(400, "invalid_credentials");
    assert!(!answer.body.contains("not-the-secret"));
    let answer = scene.post("/oauth2/auth/cc", json!({"client_id": "sim-client"})).await;
    answer.assert_code(400, "missing_client_secret");
    assert!(scene.connections().await.is_empty());
}

#[tokio::test]
async fn an_account_without_credentials_is_connected_by_both_generations_of_paths() {
    let scene = Scene::start().await;
    for path in ["/auth/unauthenticated/none", "/unauth/none"] {
        assert_eq!(scene.post(path, Value::Null).await.status, 200);
    }
    assert_eq!(scene.connections().await.len(), 2);
}

#[tokio::test]
async fn what_a_session_presets_comes_before_what_the_page_sends() {
    let scene = Scene::start().await;
    let more = json!({"integrations_config_defaults": {"none": {"connection_config": {"region": "eu", "empty": ""}}}});
    let token = session(&scene.app, more).await;
    let path =
        "/auth/unauthenticated/none?params[region]=us&params[plan]=pro&params[webhook_url]=https://evil.test";
    assert_eq!(scene.post_as(&token, path, Value::Null).await.status, 200);
    let config = scene.only_connection("none").await["connection_config"].clone();
    assert_eq!(config, json!({"region": "eu", "plan": "pro", "empty": ""}));
}

#[tokio::test]
async fn values_that_do_not_fit_the_providers_fields_are_refused_on_the_server_too() {
    let scene = Scene::start().await;
    let answer = scene.post("/api-auth/api-key/key", json!({"apiKey": "other"})).await;
    answer.assert_issue("invalid_body", "custom", "apiKey");
    assert!(!answer.body.contains("other"));
    let answer = scene.try_open(&scene.token, "hosted?params[host]=evil.test%2F%23").await;
    assert_eq!(answer.status, 400);
    assert!(scene.connections().await.is_empty());
}

#[tokio::test]
async fn another_way_than_the_providers_is_refused() {
    let scene = Scene::start().await;
    for (path, body) in [
        ("/api-auth/api-key/oauth", json!({"apiKey": "k"})),
        ("/api-auth/basic/key", json!({})),
        ("/auth/unauthenticated/key", Value::Null),
        ("/auth/oauth-outbound/oauth", Value::Null),
        ("/oauth2/auth/oauth", json!({"client_id": "c", "client_secret": "s"})),
    ] {
        scene.post(path, body).await.assert_code(400, "invalid_auth_mode");
    }
}

#[tokio::test]
async fn bodies_are_checked_and_unknown_integrations_named() {
    let scene = Scene::start().await;
    let post = async |path, body| scene.post(path, body).await;
    post("/api-auth/api-key/key", json!({})).await.assert_issue("invalid_body", "invalid_type", "apiKey");
    let more = json!({"apiKey": "sim-key-1", "more": 1});
    post("/api-auth/api-key/key", more).await.assert_issue("invalid_body", "unrecognized_keys", "");
    post("/api-auth/api-key/nope", json!({"apiKey": "k"})).await.assert_code(404, "unknown_provider_config");
    let path = "/api-auth/api-key/key?connection_id=mine";
    post(path, json!({"apiKey": "sim-key-1"})).await.assert_issue(
        "invalid_query_params",
        "custom",
        "connection_id",
    );
}

#[tokio::test]
async fn a_reconnect_session_replaces_the_credentials_and_labels_of_its_connection() {
    let scene = Scene::start().await;
    scene.app.connection("key", "c", json!({"type": "API_KEY", "apiKey": "sim-key-old"})).await;
    scene.app.own("PATCH /connections/c?provider_config_key=key", json!({"tags": {"old": "1"}})).await;
    let body = json!({"connection_id": "c", "integration_id": "key", "tags": {"new": "2"}});
    let opened = scene.app.own("POST /connect/sessions/reconnect", body).await.json();
    let token = opened["data"]["token"].as_str().unwrap().to_owned();
    let answer = scene.post_as(&token, "/api-auth/api-key/key", json!({"apiKey": "sim-key-new"})).await;
    assert_eq!(answer.json()["connectionId"], "c", "{}", answer.body);
    let connection = scene.only_connection("key").await;
    assert_eq!(connection["credentials"]["apiKey"], "sim-key-new");
    assert_eq!(connection["tags"], json!({"new": "2"}));
    scene.app.own("DELETE /connections/c?provider_config_key=key", Value::Null).await;
    let answer = scene.post_as(&token, "/api-auth/api-key/key", json!({"apiKey": "sim-key-x"})).await;
    answer.assert_code(400, "invalid_connection");
}
