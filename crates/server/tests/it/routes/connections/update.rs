//! `PATCH /connections/{connectionId}`

use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

async fn patch(app: &TestApp, path: &str, body: Value) -> Answer {
    app.own(&format!("PATCH /connections/{path}"), body).await
}

async fn read(app: &TestApp) -> Value {
    app.get_as_owner("/connections/c?provider_config_key=free").await.json()
}

const PATH: &str = "c?provider_config_key=free";

#[tokio::test]
async fn an_end_user_is_linked_and_replaces_the_tags() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    patch(&app, PATH, json!({"tags": {"a": "1"}})).await.assert(200, &json!({"success": true}));
    assert_eq!(read(&app).await["tags"], json!({"a": "1"}));
    patch(&app, PATH, json!({"end_user": {"id": "u", "email": "a@example.com"}})).await;
    let json = read(&app).await;
    assert_eq!(json["tags"], json!({"end_user_email": "a@example.com", "end_user_id": "u"}));
    assert_eq!(json["end_user"]["email"], "a@example.com");
    patch(&app, PATH, json!({"end_user": {"id": "u2"}, "tags": {"b": "2"}})).await;
    assert_eq!(read(&app).await["tags"], json!({"end_user_id": "u2", "b": "2"}));
    patch(&app, PATH, json!({"tags": {}})).await;
    let json = read(&app).await;
    assert_eq!((&json["tags"], &json["end_user"]["id"]), (&json!({}), &json!("u2")));
}

#[tokio::test]
async fn the_event_address_is_set_kept_and_cleared() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    patch(&app, PATH, json!({"webhook_url_override": "https://example.com/hook"})).await;
    assert_eq!(read(&app).await["webhook_url_override"], "https://example.com/hook");
    patch(&app, PATH, json!({})).await;
    assert_eq!(read(&app).await["webhook_url_override"], "https://example.com/hook");
    patch(&app, PATH, json!({"webhook_url_override": ""})).await;
    assert_eq!(read(&app).await["webhook_url_override"], Value::Null);
    for bad in ["http://127.0.0.1:80/", "http://[::1]/", "http://localhost/"] {
        patch(&app, PATH, json!({"webhook_url_override": bad})).await.assert_code(400, "invalid_body");
    }
    assert_eq!(read(&app).await["webhook_url_override"], Value::Null);
}

#[tokio::test]
async fn checks_go_from_query_to_body_to_path_to_existence() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    let wrong = json!({"metadata": {}});
    patch(&app, "a%3Fb", wrong.clone()).await.assert_issue(
        "invalid_query_params",
        "invalid_type",
        "provider_config_key",
    );
    let bad_path = "a%3Fb?provider_config_key=nope";
    patch(&app, bad_path, wrong).await.assert_issue("invalid_body", "unrecognized_keys", "");
    patch(&app, bad_path, json!({})).await.assert_issue(
        "invalid_uri_params",
        "invalid_format",
        "connectionId",
    );
    patch(&app, "c?provider_config_key=nope", json!({})).await.assert_code(400, "unknown_provider_config");
    patch(&app, "nope?provider_config_key=free", json!({})).await.assert_code(404, "not_found");
}
