//! `GET /config` and `GET /config/{providerConfigKey}`

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::{NOW_Z, PRIVATE_KEY, oauth_client};

#[tokio::test]
async fn the_list_holds_what_the_modern_one_does() {
    let app = TestApp::start().await;
    app.get_as_owner("/config").await.assert(200, &json!({"configs": []}));
    app.integration("unauthenticated", "free", Value::Null).await;
    let modern = app.get_as_owner("/integrations").await.json();
    app.get_as_owner("/config").await.assert(200, &json!({"configs": modern["data"]}));
    let bad = app.get_as_owner("/config?x=1").await;
    bad.assert_issue("invalid_query_params", "unrecognized_keys", "");
}

#[tokio::test]
async fn without_credentials_one_integration_is_key_provider_and_functions() {
    let app = TestApp::start().await;
    app.integration("github", "gh", oauth_client()).await;
    let expected = json!({"config": {"unique_key": "gh", "provider": "github", "syncs": [], "actions": []}});
    for path in ["/config/gh", "/config/gh?include_creds=false"] {
        app.get_as_owner(path).await.assert(200, &expected);
    }
    let unknown = app.get_as_owner("/config/nope").await;
    unknown.assert_code(400, "unknown_provider_config");
    assert_eq!(unknown.json()["error"]["payload"], json!({}));
}

#[tokio::test]
async fn with_credentials_it_is_everything_the_old_dashboard_showed() {
    let app = TestApp::start().await;
    let mut client = oauth_client();
    client["webhook_secret"] = json!("hook");
    client["scopes"] = json!("a,b");
    app.integration("github", "gh", client).await;
    app.connection("gh", "c1", json!({"type": "OAUTH2", "access_token": "at"})).await;
    let answer = app.get_as_owner("/config/gh?include_creds=true").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let mut config = answer.json()["config"].clone();
    let docs = config.as_object_mut().unwrap().shift_remove("docs").unwrap();
    assert!(docs.is_string());
    assert_eq!(
        config,
        json!({
            "unique_key": "gh", "provider": "github", "client_id": "client-id", "client_secret": "client-secret",
            "custom": null, "scopes": "a,b", "app_link": null, "auth_mode": "OAUTH2", "created_at": NOW_Z,
            "syncs": [], "actions": [], "has_webhook": false, "webhook_secret": null,
            "connections": [{
                "id": 1, "connection_id": "c1", "provider_config_key": "gh", "environment_id": 1,
                "connection_config": {},
            }],
            "connection_count": 1, "has_webhook_user_defined_secret": false, "webhook_url": null,
        })
    );
    assert!(!answer.body.contains("\"at\""), "no connection's tokens");
}

#[tokio::test]
async fn the_webhook_secret_of_an_app_follows_from_what_it_holds() {
    let app = TestApp::start().await;
    let credentials = json!({"type": "APP", "app_id": "7", "private_key": PRIVATE_KEY, "app_link": "https://github.com/apps/x"});
    app.integration("github-app", "app", credentials).await;
    let config = app.get_as_owner("/config/app?include_creds=true").await.json()["config"].clone();
    assert_eq!((&config["client_id"], &config["client_secret"]), (&json!("7"), &json!(PRIVATE_KEY)));
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, PRIVATE_KEY);
    let text = format!("7{encoded}https://github.com/apps/x");
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    assert_eq!(config["webhook_secret"], hex::encode(digest));
    assert!(config["webhook_url"].as_str().unwrap().ends_with("/github-app"), "{}", config["webhook_url"]);
}

#[tokio::test]
async fn credentials_need_their_scope() {
    let app = TestApp::start().await;
    app.integration("github", "gh", oauth_client()).await;
    let key = app.key_with(&["environment:integrations:read"]).await;
    assert_eq!(app.get_as(&key, "/config/gh").await.status, 200);
    let answer = app.get_as(&key, "/config/gh?include_creds=true").await;
    answer.assert_code(403, "forbidden");
    assert!(!answer.body.contains("client-secret"));
    app.get_as(&key, "/config/nope?include_creds=true").await.assert_code(403, "forbidden");
}
