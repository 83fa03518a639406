//! `GET /integrations` and `GET /integrations/{uniqueKey}`

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::{NOW_Z, PRIVATE_KEY, oauth_client};

fn free() -> Value {
    json!({
        "unique_key": "free",
        "provider": "unauthenticated",
        "display_name": "Unauthenticated",
        "logo": "http://localhost:3003/images/template-logos/unauthenticated.svg",
        "forward_webhooks": true,
        "created_at": NOW_Z,
        "updated_at": NOW_Z,
    })
}

#[tokio::test]
async fn the_list_is_by_provider_and_then_by_age() {
    let app = TestApp::start().await;
    app.get_as_owner("/integrations").await.assert(200, &json!({"data": []}));
    app.integration("unauthenticated", "free", Value::Null).await;
    for key in ["z-old", "a-new"] {
        app.advance(1);
        app.integration("private-api-basic", key, Value::Null).await;
    }
    let list = app.get_as_owner("/integrations").await.json();
    let keys: Vec<&str> =
        list["data"].as_array().unwrap().iter().map(|item| item["unique_key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["z-old", "a-new", "free"]);
    assert_eq!(list["data"][2], free());
}

#[tokio::test]
async fn the_list_takes_no_parameters() {
    let app = TestApp::start().await;
    let answer = app.get_as_owner("/integrations?include=credentials").await;
    answer.assert_issue("invalid_query_params", "unrecognized_keys", "");
}

#[tokio::test]
async fn one_integration_is_shown_as_in_the_list() {
    let app = TestApp::start().await;
    app.integration("unauthenticated", "free", Value::Null).await;
    app.get_as_owner("/integrations/free").await.assert(200, &json!({"data": free()}));
}

#[tokio::test]
async fn an_unknown_integration_is_not_found() {
    let app = TestApp::start().await;
    let message = "Integration \"nope\" does not exist";
    let error = json!({"error": {"code": "not_found", "message": message}});
    app.get_as_owner("/integrations/nope").await.assert(404, &error);
    let bad = app.get_as_owner("/integrations/a%2Fb").await;
    bad.assert_issue("invalid_uri_params", "invalid_format", "uniqueKey");
    let query_first = app.get_as_owner("/integrations/a%2Fb?x=1").await;
    query_first.assert_issue("invalid_query_params", "unrecognized_keys", "");
}

#[tokio::test]
async fn keys_with_the_protocols_odd_characters_are_found() {
    let app = TestApp::start().await;
    let key = "a~b:c.d@e f_g-h";
    app.integration("unauthenticated", key, Value::Null).await;
    let answer = app.get_as_owner("/integrations/a~b:c.d@e%20f_g-h?include=webhook").await;
    assert_eq!(answer.json()["data"]["unique_key"], key);
    let address = answer.json()["data"]["webhook_url"].as_str().unwrap().to_owned();
    assert!(address.ends_with("/a~b%3Ac.d%40e%20f_g-h"), "{address}");
}

#[tokio::test]
async fn includes_come_once_repeated_and_in_brackets() {
    let app = TestApp::start().await;
    app.integration("github", "gh", oauth_client()).await;
    for (query, webhook, credentials) in [
        ("include=webhook", true, false),
        ("include=credentials", false, true),
        ("include=webhook&include=credentials", true, true),
        ("include[]=webhook&include[]=credentials", true, true),
    ] {
        let data = app.get_as_owner(&format!("/integrations/gh?{query}")).await.json()["data"].clone();
        let has = |name: &str| data.get(name).is_some();
        assert_eq!((has("webhook_url"), has("credentials")), (webhook, credentials), "{query}");
    }
    let bad = app.get_as_owner("/integrations/gh?include=webhook&include=all").await;
    bad.assert_issue("invalid_query_params", "invalid_value", "include.1");
}

#[tokio::test]
async fn the_webhook_address_is_null_where_nothing_can_be_routed() {
    let app = TestApp::start().await;
    app.integration("private-api-basic", "basic", Value::Null).await;
    app.integration("unauthenticated", "free", Value::Null).await;
    let address = async |key: &str| {
        app.get_as_owner(&format!("/integrations/{key}?include=webhook")).await.json()["data"]["webhook_url"]
            .clone()
    };
    assert_eq!(address("basic").await, Value::Null);
    let environments = app.engine.list_environment_keys().await.unwrap();
    let uuid = environments[0].environment.uuid;
    assert_eq!(address("free").await, format!("http://localhost:3003/webhook/{uuid}/free"));
}

#[tokio::test]
async fn credentials_have_the_fields_of_their_mode() {
    let app = TestApp::start().await;
    let shown = async |key: &str| {
        let answer = app.get_as_owner(&format!("/integrations/{key}?include=credentials")).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        answer.json()["data"]["credentials"].clone()
    };
    let mut client = oauth_client();
    client["scopes"] = json!("a,b");
    client["webhook_secret"] = json!("hook");
    for (provider, kind) in [("github", "OAUTH2"), ("trello", "OAUTH1"), ("netsuite-tba", "TBA")] {
        client["type"] = json!(kind);
        app.integration(provider, provider, client.clone()).await;
        assert_eq!(shown(provider).await, client);
    }
    let app_credentials = json!({"type": "APP", "app_id": "7", "private_key": PRIVATE_KEY, "app_link": "https://github.com/apps/x"});
    app.integration("github-app", "app", app_credentials.clone()).await;
    assert_eq!(shown("app").await, app_credentials);
    let custom = json!({
        "type": "CUSTOM", "client_id": "id", "client_secret": "hush", "app_id": "7",
        "app_link": "https://github.com/apps/x", "private_key": PRIVATE_KEY,
    });
    app.integration("github-app-oauth", "custom", custom.clone()).await;
    assert_eq!(shown("custom").await, custom);
    app.integration("private-api-basic", "basic", Value::Null).await;
    assert_eq!(shown("basic").await, Value::Null);
}

#[tokio::test]
async fn absent_parts_of_an_oauth_client_are_null() {
    let app = TestApp::start().await;
    app.integration("github", "gh", oauth_client()).await;
    let answer = app.get_as_owner("/integrations/gh?include=credentials").await;
    assert_eq!(
        answer.json()["data"]["credentials"],
        json!({
            "type": "OAUTH2", "client_id": "client-id", "client_secret": "client-secret",
            "scopes": null, "webhook_secret": null,
        })
    );
}

#[tokio::test]
async fn credentials_are_left_out_for_a_key_that_may_not_read_them() {
    let app = TestApp::start().await;
    app.integration("github", "gh", oauth_client()).await;
    let key = app.key_with(&["environment:integrations:read"]).await;
    let answer = app.get_as(&key, "/integrations/gh?include=credentials&include=webhook").await;
    assert_eq!(answer.status, 200);
    let data = &answer.json()["data"];
    assert!(data.get("credentials").is_none() && data.get("webhook_url").is_some(), "{data}");
    assert!(!answer.body.contains("client-secret"));
    let key = app.key_with(&["environment:integrations:read_credentials"]).await;
    let answer = app.get_as(&key, "/integrations/gh?include=credentials").await;
    assert_eq!(answer.json()["data"]["credentials"]["client_secret"], "client-secret");
}
