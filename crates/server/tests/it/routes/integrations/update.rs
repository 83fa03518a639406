//! `PATCH /integrations/{uniqueKey}`

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::{NOW_Z, oauth_client};

#[tokio::test]
async fn an_empty_change_touches_only_the_time_of_change() {
    let app = TestApp::start().await;
    app.integration("unauthenticated", "free", Value::Null).await;
    app.advance(60);
    app.own("PATCH /integrations/free", json!({})).await.assert(
        200,
        &json!({"data": {
            "unique_key": "free",
            "provider": "unauthenticated",
            "display_name": "Unauthenticated",
            "logo": "http://localhost:3003/images/template-logos/unauthenticated.svg",
            "forward_webhooks": true,
            "created_at": NOW_Z,
            "updated_at": "2023-11-14T22:14:20.000Z",
        }}),
    );
}

#[tokio::test]
async fn only_what_is_given_changes() {
    let app = TestApp::start().await;
    let mut client = oauth_client();
    client["webhook_secret"] = json!("hook");
    client["scopes"] = json!("a");
    app.integration("github", "gh", client).await;
    let change = async |body: Value| {
        assert_eq!(app.own("PATCH /integrations/gh", body).await.status, 200);
        app.get_as_owner("/integrations/gh?include=credentials").await.json()["data"].clone()
    };
    let data = change(json!({"display_name": "New", "forward_webhooks": false})).await;
    assert_eq!((&data["display_name"], &data["forward_webhooks"]), (&json!("New"), &json!(false)));
    assert_eq!(data["credentials"]["client_secret"], "client-secret");
    let data =
        change(json!({"credentials": {"type": "OAUTH2", "client_id": "i2", "client_secret": "s2"}})).await;
    let expected = json!({
        "type": "OAUTH2", "client_id": "i2", "client_secret": "s2", "scopes": "a", "webhook_secret": "hook",
    });
    assert_eq!((&data["credentials"], &data["display_name"]), (&expected, &json!("New")));
}

#[tokio::test]
async fn an_empty_webhook_secret_removes_it() {
    let app = TestApp::start().await;
    let mut client = oauth_client();
    client["webhook_secret"] = json!("hook");
    app.integration("github", "gh", client.clone()).await;
    client["webhook_secret"] = json!("");
    assert_eq!(app.own("PATCH /integrations/gh", json!({"credentials": client})).await.status, 200);
    let answer = app.get_as_owner("/integrations/gh?include=credentials").await;
    assert_eq!(answer.json()["data"]["credentials"]["webhook_secret"], Value::Null);
}

#[tokio::test]
async fn a_renamed_integration_is_found_by_its_new_key_only() {
    let app = TestApp::start().await;
    app.integration("unauthenticated", "old", Value::Null).await;
    let answer = app.own("PATCH /integrations/old", json!({"unique_key": "new"})).await;
    assert_eq!(answer.json()["data"]["unique_key"], "new");
    assert_eq!(app.get_as_owner("/integrations/old").await.status, 404);
    assert_eq!(app.get_as_owner("/integrations/new").await.status, 200);
}

#[tokio::test]
async fn a_key_with_connections_or_taken_by_another_is_not_given() {
    let app = TestApp::start().await;
    app.free_connections(&["c1"]).await;
    app.integration("unauthenticated", "other", Value::Null).await;
    let rename = async |from: &str, to: &str| {
        app.own(&format!("PATCH /integrations/{from}"), json!({"unique_key": to})).await
    };
    for (from, to) in [("other", "free"), ("free", "brand-new"), ("free", "other")] {
        let answer = rename(from, to).await;
        answer.assert_code(400, "invalid_body");
        assert!(
            answer.issues().is_empty() && answer.json()["error"]["message"].is_string(),
            "{}",
            answer.body
        );
    }
    assert_eq!(rename("free", "free").await.status, 200, "its own key is no rename");
    app.own("DELETE /connections/c1?provider_config_key=free", Value::Null).await;
    assert_eq!(rename("free", "brand-new").await.status, 200, "deleted connections do not hold it");
}

#[tokio::test]
async fn checks_go_from_query_to_body_to_path_to_existence() {
    let app = TestApp::start().await;
    let ask = async |path: &str, body: Value| app.own(&format!("PATCH /integrations/{path}"), body).await;
    let wrong = json!({"provider": "github"});
    ask("a%2Fb?x=1", wrong.clone()).await.assert_issue("invalid_query_params", "unrecognized_keys", "");
    ask("a%2Fb", wrong).await.assert_issue("invalid_body", "unrecognized_keys", "");
    ask("a%2Fb", json!({})).await.assert_issue("invalid_uri_params", "invalid_format", "uniqueKey");
    ask("nope", json!({})).await.assert_code(404, "not_found");
    ask("nope", Value::Null).await.assert_issue("invalid_body", "invalid_type", "");
}

#[tokio::test]
async fn credentials_of_another_mode_are_refused() {
    let app = TestApp::start().await;
    app.integration("unauthenticated", "free", Value::Null).await;
    let answer = app.own("PATCH /integrations/free", json!({"credentials": oauth_client()})).await;
    answer.assert_code(400, "invalid_body");
    assert!(answer.issues().is_empty());
}
