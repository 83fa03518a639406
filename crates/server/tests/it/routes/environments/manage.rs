//! `/environments`

use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

async fn create(app: &TestApp, key: &str, body: Value) -> Answer {
    app.call_as(key, "POST /environments", body).await
}

/// An environment as the wire has it, with a UUID where one is.
fn without_uuid(mut environment: Value) -> Value {
    let uuid = environment["uuid"].as_str().map(uuid::Uuid::parse_str);
    assert!(matches!(uuid, Some(Ok(_))), "{environment}");
    environment["uuid"] = json!("<uuid>");
    environment
}

#[tokio::test]
async fn the_account_starts_with_dev_and_prod() {
    let app = TestApp::start().await;
    let key = app.account_key().await;
    let list = app.get_as(&key, "/environments").await.json();
    let list: Vec<_> = list["data"].as_array().unwrap().iter().cloned().map(without_uuid).collect();
    let dev = json!({"id": 1, "uuid": "<uuid>", "name": "dev", "is_production": false});
    let prod = json!({"id": 2, "uuid": "<uuid>", "name": "prod", "is_production": true});
    assert_eq!(list, [dev.clone(), prod]);
    let found = app.get_as(&key, "/environments?name=dev").await.json();
    assert_eq!(without_uuid(found["data"][0].clone()), dev);
    app.get_as(&key, "/environments?name=nope").await.assert(200, &json!({"data": []}));
    let bad = app.get_as(&key, "/environments?name=Dev").await;
    bad.assert_issue("invalid_query_params", "invalid_format", "name");
}

#[tokio::test]
async fn a_new_environment_has_a_key_that_works_in_it_alone() {
    let app = TestApp::start().await;
    let key = app.account_key().await;
    let answer = create(&app, &key, json!({"name": "staging"})).await;
    assert_eq!(answer.status, 200);
    let expected = json!({"id": 3, "uuid": "<uuid>", "name": "staging", "is_production": false});
    assert_eq!(without_uuid(answer.json()["data"].clone()), expected);
    let keys = app.get_as(&key, "/environments/3/api-keys").await.json();
    assert_eq!(keys["data"][0]["display_name"], "Default - Full access");
    let id = keys["data"][0]["id"].clone();
    let shown = app.get_as(&key, &format!("/environments/3/api-keys/{id}")).await.json();
    app.free_connections(&["c"]).await;
    let secret = shown["data"]["secret"].as_str().unwrap();
    app.get_as(secret, "/connections").await.assert(200, &json!({"connections": []}));
}

#[tokio::test]
async fn fields_are_checked() {
    let app = TestApp::start().await;
    let key = app.account_key().await;
    let long = "x".repeat(1_001);
    for (fields, code, path) in [
        (json!({"name": "A b"}), "invalid_format", "name"),
        (json!({"name": ""}), "too_small", "name"),
        (json!({"is_production": "yes"}), "invalid_type", "is_production"),
        (json!({"callback_url": "nope"}), "invalid_format", "callback_url"),
        (json!({"hmac_key": long}), "too_big", "hmac_key"),
        (json!({"hmac_enabled": 1}), "invalid_type", "hmac_enabled"),
        (json!({"slack_notifications": 1}), "invalid_type", "slack_notifications"),
        (json!({"otlp_endpoint": "nope"}), "invalid_format", "otlp_endpoint"),
        (json!({"otlp_headers": {}}), "custom", "otlp_headers"),
        (json!({"otlp_headers": [{"name": "", "value": "v"}]}), "custom", "otlp_headers.0"),
        (json!({"otlp_headers": [{"name": "n", "value": "v", "x": 1}]}), "custom", "otlp_headers.0"),
        (json!({"surplus": 1}), "unrecognized_keys", ""),
    ] {
        let mut body = json!({"name": "ok"});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        create(&app, &key, body).await.assert_issue("invalid_body", code, path);
    }
    let whole = json!({
        "name": "ok", "is_production": true, "callback_url": "https://example.com/cb", "hmac_key": "k",
        "hmac_enabled": true, "slack_notifications": true, "otlp_endpoint": "",
        "otlp_headers": [{"name": "n", "value": "v"}],
    });
    let answer = create(&app, &key, whole).await;
    assert_eq!(answer.json()["data"]["is_production"], true);
}

#[tokio::test]
async fn a_taken_name_is_a_conflict_and_prod_is_always_production() {
    let app = TestApp::start().await;
    let key = app.account_key().await;
    create(&app, &key, json!({"name": "dev"})).await.assert_code(409, "conflict");
    create(&app, &key, json!({"name": "prod"})).await.assert_code(409, "conflict");
    let contradiction = json!({"name": "prod", "is_production": false});
    create(&app, &key, contradiction).await.assert_code(400, "invalid_is_prod_flag");
}

#[tokio::test]
async fn production_needs_a_scope_of_its_own() {
    let app = TestApp::start().await;
    let key = app.key_with(&["account:environments:create"]).await;
    let message = "Insufficient scope. Required: account:environments:set_production";
    let error = json!({"error": {"code": "forbidden", "message": message}});
    create(&app, &key, json!({"name": "live", "is_production": true})).await.assert(403, &error);
    create(&app, &key, json!({"name": "prod"})).await.assert(403, &error);
    assert_eq!(create(&app, &key, json!({"name": "live"})).await.status, 200);
    let both = app.key_with(&["account:environments:create", "account:environments:set_production"]).await;
    assert_eq!(create(&app, &both, json!({"name": "live2", "is_production": true})).await.status, 200);
}

#[tokio::test]
async fn a_deleted_environment_is_gone_with_its_keys_at_once() {
    let app = TestApp::start().await;
    let key = app.account_key().await;
    let delete = async |reference: &str| {
        app.call_as(&key, &format!("DELETE /environments/{reference}"), Value::Null).await
    };
    app.free_connections(&["c"]).await;
    assert_eq!(app.get_as_owner("/connections").await.status, 200);
    let answer = delete("1").await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (204, ""));
    app.get_as_owner("/connections").await.assert_code(401, "unknown_account");
    delete("1").await.assert_code(404, "not_found");
    assert_eq!(create(&app, &key, json!({"name": "dev"})).await.status, 200, "the name is free");
}

#[tokio::test]
async fn environments_are_named_by_number_or_uuid_and_prod_stays() {
    let app = TestApp::start().await;
    let key = app.account_key().await;
    let delete = async |reference: &str| {
        app.call_as(&key, &format!("DELETE /environments/{reference}"), Value::Null).await
    };
    let list = app.get_as(&key, "/environments").await.json();
    let uuid = |at: usize| list["data"][at]["uuid"].as_str().unwrap().to_owned();
    for prod in ["2", &uuid(1)] {
        delete(prod).await.assert_code(400, "cannot_delete_prod_environment");
    }
    for bad in ["0", "-1", "dev", "1.5"] {
        delete(bad).await.assert_issue("invalid_uri_params", "invalid_format", "environmentId");
    }
    for unknown in ["99", "9223372036854775807", "00000000-0000-4000-8000-000000000000"] {
        delete(unknown).await.assert_code(404, "not_found");
    }
    delete("1?x=1").await.assert_issue("invalid_query_params", "unrecognized_keys", "");
    assert_eq!(delete(&uuid(0)).await.status, 204);
}
