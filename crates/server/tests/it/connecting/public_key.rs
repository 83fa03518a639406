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

/// An environment that wants a digest, its public key, and an integration `none` in it.
async fn with_hmac(scene: &Scene) -> String {
    let account = scene.app.account_key().await;
    let body = json!({"name": "signed", "hmac_key": "hmac-key", "hmac_enabled": true});
    let answer = scene.app.call_as(&account, "POST /environments", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let environments = scene.app.engine.list_environment_keys().await.unwrap();
    let signed = environments.iter().find(|keys| keys.environment.name.as_str() == "signed").unwrap();
    let key = signed.secret_key.as_ref().unwrap().expose().clone();
    let body = json!({"provider": "unauthenticated", "unique_key": "none"});
    assert_eq!(scene.app.call_as(&key, "POST /integrations", body).await.status, 200);
    signed.environment.public_key.to_string()
}

#[tokio::test]
async fn where_a_digest_is_wanted_only_the_right_one_connects() {
    let (scene, _) = allowing().await;
    let key = with_hmac(&scene).await;
    let connect = async |query: &str| {
        scene.app.post(&format!("/auth/unauthenticated/none?public_key={key}{query}"), "").await
    };
    // Computed with openssl: printf 'none:mine' | openssl dgst -sha256 -hmac hmac-key
    let right = "fa0e4526ce890bb795e745913aee740eebec78ed572754e731986a83a2cdf06d";
    connect("&connection_id=mine").await.assert_code(400, "missing_hmac");
    connect("&connection_id=mine&hmac=").await.assert_code(400, "missing_hmac");
    for wrong in ["zz", "00", &right.replace('a', "b")] {
        connect(&format!("&connection_id=mine&hmac={wrong}")).await.assert_code(400, "invalid_hmac");
    }
    connect(&format!("&connection_id=other&hmac={right}")).await.assert_code(400, "invalid_hmac");
    assert_eq!(connect(&format!("&connection_id=mine&hmac={right}")).await.status, 200);
    let page = scene.app.get(&format!("/oauth/connect/none?public_key={key}")).await;
    assert!(page.body.contains("data-error-type=\"missing_hmac\""), "{}", page.body);
}
