//! What old frontends do: a public key, and a digest where the environment wants one.

use bowline_server::ServerSettings;
use serde_json::{Value, json};

use super::scene::Scene;

async fn allowing() -> (Scene, String) {
    let settings = ServerSettings { allows_public_keys: true, ..ServerSettings::default() };
    let scene = Scene::with(settings).await;
    let environments = scene.app.engine.list_environment_keys().await.unwrap();
    let key = environments[0].environment.public_key.to_string();
    (scene, key)
}

#[tokio::test]
async fn public_keys_are_refused_unless_the_server_allows_them() {
    let scene = Scene::start().await;
    let environments = scene.app.engine.list_environment_keys().await.unwrap();
    let key = environments[0].environment.public_key;
    let answer = scene.app.get(&format!("/oauth/connect/oauth?public_key={key}")).await;
    answer.assert_code(401, "deprecated_authentication");
    scene.app.get("/oauth/connect/oauth").await.assert_code(401, "missing_public_key");
}

#[tokio::test]
async fn a_public_key_connects_under_the_id_the_page_names_and_keeps_labels() {
    let (scene, key) = allowing().await;
    let path = format!("/api-auth/api-key/key?public_key={key}&connection_id=mine");
    let connect =
        async |api_key: &str| scene.app.post(&path, &json!({ "apiKey": api_key }).to_string()).await;
    assert_eq!(
        connect("sim-key-1").await.json(),
        json!({"connectionId": "mine", "providerConfigKey": "key"})
    );
    scene.app.own("PATCH /connections/mine?provider_config_key=key", json!({"tags": {"team": "a"}})).await;
    assert_eq!(connect("sim-key-2").await.status, 200);
    let connection = scene.only_connection("key").await;
    assert_eq!(connection["credentials"]["apiKey"], "sim-key-2");
    assert_eq!(connection["tags"], json!({"team": "a"}));
    assert_eq!(connection["end_user"], Value::Null);
}

#[tokio::test]
async fn only_a_live_environments_own_key_is_a_public_key() {
    let (scene, _) = allowing().await;
    for bad in ["nope", "5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e52", scene.app.key.as_str()] {
        let answer = scene.app.get(&format!("/oauth/connect/oauth?public_key={bad}")).await;
        answer.assert_code(401, "invalid_public_key");
    }
}
