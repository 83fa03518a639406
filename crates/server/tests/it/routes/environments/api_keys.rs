//! API keys in both generations of paths

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::NOW_Z;

/// A key as the wire has it, with marks where a UUID and a secret are.
fn marked(mut key: Value) -> Value {
    for (field, mark) in [("uuid", "<uuid>"), ("secret", "<secret>")] {
        if let Some(text) = key.get(field).and_then(Value::as_str) {
            let version = uuid::Uuid::parse_str(text).unwrap().get_version_num();
            assert_eq!(version, 4, "{field}");
            key[field] = json!(mark);
        }
    }
    key
}

fn shown(id: i64, name: &str) -> Value {
    json!({
        "id": id, "uuid": "<uuid>", "display_name": name, "scopes": ["environment:*"], "secret": "<secret>",
        "last_used_at": null, "created_at": NOW_Z,
    })
}

#[tokio::test]
async fn both_generations_make_keys_that_work() {
    let app = TestApp::start().await;
    let owner = app.account_key().await;
    let uuid =
        app.get_as(&owner, "/environments").await.json()["data"][0]["uuid"].as_str().unwrap().to_owned();
    let new_path = format!("POST /environments/{uuid}/api-keys");
    for (id, line, body) in [
        (4, "POST /environment/api-keys", json!({"environment_id": 1, "display_name": "old"})),
        (5, "POST /environment/api-keys", json!({"environment_id": "1", "display_name": "text"})),
        (6, "POST /environments/1/api-keys", json!({"display_name": "new"})),
        (7, &*new_path, json!({"display_name": "uuid"})),
    ] {
        let answer = app.call_as(&owner, line, body.clone()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("cache-control")),
            (200, "no-store"),
            "{}",
            answer.body
        );
        let data = answer.json()["data"].clone();
        let secret = data["secret"].as_str().unwrap().to_owned();
        assert_eq!(marked(data), shown(id, body["display_name"].as_str().unwrap()));
        assert_eq!(app.get_as(&secret, "/connections").await.status, 200);
    }
}

#[tokio::test]
async fn names_are_unique_among_the_live_keys_of_an_environment() {
    let app = TestApp::start().await;
    let owner = app.account_key().await;
    let create = async |environment: i64| {
        let body = json!({"environment_id": environment, "display_name": "ci"});
        app.call_as(&owner, "POST /environment/api-keys", body).await
    };
    let first = create(1).await.json();
    create(1).await.assert_code(409, "conflict");
    assert_eq!(create(2).await.status, 200, "another environment has names of its own");
    let delete = json!({"environment_id": 1, "key_id": first["data"]["id"]});
    app.call_as(&owner, "DELETE /environment/api-keys", delete).await.assert(200, &json!({"success": true}));
    assert_eq!(create(1).await.status, 200, "the name of a deleted key is free");
}

#[tokio::test]
async fn the_fifty_first_key_is_refused() {
    let app = TestApp::start().await;
    let owner = app.account_key().await;
    let create = async |at: usize| {
        let body = json!({"display_name": format!("k{at}")});
        app.call_as(&owner, "POST /environments/1/api-keys", body).await
    };
    for at in 1..50 {
        assert_eq!(create(at).await.status, 200, "{at}");
    }
    create(50).await.assert_code(400, "resource_capped");
}

#[tokio::test]
async fn a_deleted_key_is_refused_at_once() {
    let app = TestApp::start().await;
    let owner = app.account_key().await;
    for is_old in [true, false] {
        let body = json!({"display_name": "k"});
        let made = app.call_as(&owner, "POST /environments/1/api-keys", body).await.json();
        let (id, secret) = (made["data"]["id"].clone(), made["data"]["secret"].as_str().unwrap().to_owned());
        assert_eq!(app.get_as(&secret, "/connections").await.status, 200);
        let delete = async || {
            let (line, body) = if is_old {
                ("DELETE /environment/api-keys".to_owned(), json!({"environment_id": 1, "key_id": id}))
            } else {
                (format!("DELETE /environments/1/api-keys/{id}"), Value::Null)
            };
            app.call_as(&owner, &line, body).await
        };
        delete().await.assert(200, &json!({"success": true}));
        app.get_as(&secret, "/connections").await.assert_code(401, "unknown_account");
        delete().await.assert_code(404, "not_found");
    }
}

#[tokio::test]
async fn lists_hide_secrets_and_a_single_key_shows_its_own() {
    let app = TestApp::start().await;
    let owner = app.account_key().await;
    app.call_as(&owner, "POST /environments/1/api-keys", json!({"display_name": "ci"})).await;
    let list = app.get_as(&owner, "/environments/1/api-keys").await;
    assert!(!list.body.contains("secret") && !list.body.contains(&app.key), "{}", list.body);
    let names: Vec<Value> =
        list.json()["data"].as_array().unwrap().iter().map(|key| key["display_name"].clone()).collect();
    assert_eq!(names, ["Default - Full access", "ci"]);
    let found = app.get_as(&owner, "/environments/1/api-keys?display_name=ci").await.json();
    assert_eq!(found["data"].as_array().unwrap().len(), 1);

    let uuid = list.json()["data"][0]["uuid"].as_str().unwrap().to_owned();
    for reference in ["1", &uuid] {
        let one = app.get_as(&owner, &format!("/environments/1/api-keys/{reference}")).await;
        assert_eq!(one.header("cache-control"), "no-store");
        assert_eq!(one.json()["data"]["secret"], app.key);
    }
}

#[tokio::test]
async fn a_key_is_not_found_under_another_environment() {
    let app = TestApp::start().await;
    let owner = app.account_key().await;
    app.get_as(&owner, "/environments/2/api-keys/1").await.assert_code(404, "not_found");
    app.call_as(&owner, "DELETE /environments/2/api-keys/1", Value::Null).await.assert_code(404, "not_found");
    let body = json!({"environment_id": 2, "key_id": 1});
    app.call_as(&owner, "DELETE /environment/api-keys", body).await.assert_code(404, "not_found");
    assert_eq!(app.get_as_owner("/connections").await.status, 200, "the key still works");
}

#[tokio::test]
async fn unknown_environments_and_bad_fields_are_refused() {
    let app = TestApp::start().await;
    let owner = app.account_key().await;
    let create = async |body: Value| app.call_as(&owner, "POST /environment/api-keys", body).await;
    create(json!({"environment_id": 99, "display_name": "k"})).await.assert_code(404, "not_found");
    for (body, code, path) in [
        (json!({"display_name": "k"}), "invalid_type", "environment_id"),
        (json!({"environment_id": 0, "display_name": "k"}), "too_small", "environment_id"),
        (json!({"environment_id": "x", "display_name": "k"}), "invalid_type", "environment_id"),
        (json!({"environment_id": 1.5, "display_name": "k"}), "invalid_type", "environment_id"),
        (json!({"environment_id": 1, "display_name": ""}), "too_small", "display_name"),
        (json!({"environment_id": 1, "display_name": "x".repeat(256)}), "too_big", "display_name"),
        (json!({"environment_id": 1, "display_name": "k", "scopes": []}), "unrecognized_keys", ""),
    ] {
        create(body).await.assert_issue("invalid_body", code, path);
    }
    app.get_as(&owner, "/environments/99/api-keys").await.assert_code(404, "not_found");
    let bad = app.get_as(&owner, "/environments/x/api-keys").await;
    bad.assert_issue("invalid_uri_params", "invalid_format", "environmentId");
    let bad = app.get_as(&owner, "/environments/1/api-keys/x").await;
    bad.assert_issue("invalid_uri_params", "invalid_format", "keyId");
    app.get_as(&owner, "/environments/1/api-keys/99").await.assert_code(404, "not_found");
}

#[tokio::test]
async fn each_verb_has_a_scope_of_its_own() {
    let app = TestApp::start().await;
    let key = app.key_with(&["account:environments:api_keys:list"]).await;
    assert_eq!(app.get_as(&key, "/environments/1/api-keys").await.status, 200);
    app.get_as(&key, "/environments/1/api-keys/1").await.assert_code(403, "forbidden");
    let body = json!({"display_name": "k"});
    app.call_as(&key, "POST /environments/1/api-keys", body).await.assert_code(403, "forbidden");
    app.call_as(&key, "DELETE /environments/1/api-keys/1", Value::Null).await.assert_code(403, "forbidden");
    app.get_as(&key, "/environments").await.assert_code(403, "forbidden");
    let every = app.key_with(&["account:environments:*"]).await;
    assert_eq!(app.get_as(&every, "/environments/1/api-keys/1").await.status, 200);
    assert_eq!(app.get_as(&every, "/environments").await.status, 200);
}
