//! `POST`, `PUT` and `DELETE /config`

use serde_json::{Value, json};

use crate::app::{Answer, TestApp};
use crate::fixtures::PRIVATE_KEY;

async fn post(app: &TestApp, body: Value) -> Answer {
    app.own("POST /config", body).await
}

/// A classic error with this status and code.
#[track_caller]
fn assert_classic(answer: &Answer, status: u16, code: &str) {
    answer.assert_code(status, code);
    let error = answer.json()["error"].clone();
    assert!(error["message"].is_string() && error["payload"].is_object(), "{error}");
}

fn github() -> Value {
    json!({
        "provider": "github", "provider_config_key": "gh", "oauth_client_id": "id", "oauth_client_secret": "hush",
        "oauth_scopes": "repo, user  read:org,,",
    })
}

#[tokio::test]
async fn a_write_answers_with_key_and_provider() {
    let app = TestApp::start().await;
    let expected = json!({"config": {"unique_key": "gh", "provider": "github"}});
    post(&app, github()).await.assert(200, &expected);
    let mut changed = github();
    changed["oauth_client_id"] = json!("id2");
    changed.as_object_mut().unwrap().shift_remove("oauth_scopes");
    let before = app.get_as_owner("/integrations/gh?include=credentials").await.json();
    assert_eq!(before["data"]["credentials"]["scopes"], "repo,user,read:org");
    app.own("PUT /config", changed).await.assert(200, &expected);
    let after = app.get_as_owner("/integrations/gh?include=credentials").await.json();
    assert_eq!(after["data"]["credentials"]["client_id"], "id2");
    assert_eq!(after["data"]["credentials"]["scopes"], Value::Null, "everything is replaced");
}

#[tokio::test]
async fn problems_are_told_in_the_protocols_order() {
    let app = TestApp::start().await;
    assert_classic(&post(&app, Value::Null).await, 400, "missing_body");
    let mut body = json!({});
    for (field, value, code) in [
        ("provider_config_key", json!("k"), "missing_provider_config"),
        ("provider", json!("nobody"), "missing_provider_template"),
        ("provider", json!("github"), "unknown_provider_template"),
        ("oauth_client_id", json!("id"), "missing_client_id"),
        ("oauth_client_secret", json!("hush"), "missing_client_secret"),
        ("oauth_scopes", json!(["a"]), ""),
    ] {
        if !code.is_empty() {
            assert_classic(&post(&app, body.clone()).await, 400, code);
        }
        body[field] = value;
    }
    assert_classic(&post(&app, body.clone()).await, 400, "invalid_oauth_scopes");
    body["oauth_scopes"] = json!("a");
    assert_eq!(post(&app, body.clone()).await.status, 200);
    body["oauth_scopes"] = json!(["a"]);
    assert_classic(&post(&app, body).await, 409, "duplicate_provider_config");
}

#[tokio::test]
async fn apps_need_an_id_and_a_private_key_judged_after_duplicates() {
    let app = TestApp::start().await;
    let mut body = json!({"provider": "github-app", "provider_config_key": "a"});
    assert_classic(&post(&app, body.clone()).await, 400, "missing_app_id");
    body["oauth_client_id"] = json!("7");
    assert_classic(&post(&app, body.clone()).await, 400, "missing_app_secret");
    body["oauth_client_secret"] = json!("nonsense");
    assert_classic(&post(&app, body.clone()).await, 400, "invalid_app_secret");
    body["oauth_client_secret"] = json!(PRIVATE_KEY);
    assert_eq!(post(&app, body.clone()).await.status, 200);
    body["oauth_client_secret"] = json!("nonsense");
    assert_classic(&post(&app, body.clone()).await, 409, "duplicate_provider_config");
    assert_classic(&app.own("PUT /config", body).await, 400, "invalid_app_secret");
}

#[tokio::test]
async fn apps_with_a_users_token_keep_their_private_key_in_custom() {
    let app = TestApp::start().await;
    let mut body = json!({"provider": "github-app-oauth", "provider_config_key": "c"});
    assert_classic(&post(&app, body.clone()).await, 400, "missing_client_id");
    body["oauth_client_id"] = json!("id");
    assert_classic(&post(&app, body.clone()).await, 400, "missing_custom");
    body["custom"] = json!({"app_id": "7", "private_key": "nonsense"});
    assert_classic(&post(&app, body.clone()).await, 400, "invalid_app_secret");
    body["custom"]["private_key"] = json!(PRIVATE_KEY);
    assert_eq!(post(&app, body.clone()).await.status, 200);
    assert_classic(&app.own("PUT /config", body.clone()).await, 400, "missing_client_secret");
    body["oauth_client_secret"] = json!("hush");
    assert_eq!(app.own("PUT /config", body).await.status, 200);
}

#[tokio::test]
async fn a_change_needs_an_integration_that_has_something_to_edit() {
    let app = TestApp::start().await;
    let put = async |body: Value| app.own("PUT /config", body).await;
    assert_classic(&put(Value::Null).await, 400, "missing_body");
    assert_classic(&put(json!({})).await, 400, "missing_provider_config");
    assert_classic(&put(json!({"provider_config_key": "gh"})).await, 400, "missing_provider_template");
    assert_classic(&put(github()).await, 400, "unknown_provider_config");
    app.integration("private-api-basic", "basic", Value::Null).await;
    let body = json!({"provider": "private-api-basic", "provider_config_key": "basic"});
    assert_classic(&put(body).await, 400, "provider_config_edit_not_allowed");
    assert_eq!(post(&app, github()).await.status, 200);
    let mut bare = github();
    bare.as_object_mut().unwrap().shift_remove("oauth_client_secret");
    assert_classic(&put(bare).await, 400, "missing_client_secret");
}

#[tokio::test]
async fn a_deleted_integration_is_gone_from_both_generations() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    app.own("DELETE /config/free", Value::Null).await.assert(200, &json!({"success": true}));
    app.own("DELETE /config/free", Value::Null).await.assert_code(404, "not_found");
    app.get_as_owner("/integrations").await.assert(200, &json!({"data": []}));
    app.get_as_owner("/connections").await.assert(200, &json!({"connections": []}));
}

#[tokio::test]
async fn other_content_types_are_let_through_and_count_as_no_body() {
    let app = TestApp::start().await;
    let bearer = format!("Bearer {}", app.key);
    let headers = [("authorization", bearer.as_str()), ("content-type", "text/plain")];
    assert_classic(&app.call("POST /config", &headers, "x").await, 400, "missing_body");
}
