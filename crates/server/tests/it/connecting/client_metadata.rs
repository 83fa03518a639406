//! `GET /oauth/client-metadata/{environmentUuid}/{providerConfigKey}`

use bowline_server::ServerSettings;
use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn a_client_is_described_at_its_own_address() {
    let public_url = "https://api.example.com".to_owned();
    let app = TestApp::with(0, ServerSettings { public_url, ..ServerSettings::default() }).await;
    app.integration("unauthenticated", "my key", Value::Null).await;
    let uuid = app.engine.list_environment_keys().await.unwrap()[0].environment.uuid;
    let path = format!("/oauth/client-metadata/{uuid}/my%20key");
    let answer = app.get(&path).await;
    let expected = json!({
        "client_id": format!("https://api.example.com{path}"),
        "client_name": "Bowline",
        "client_uri": "https://api.example.com",
        "redirect_uris": ["https://api.example.com/oauth/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    });
    answer.assert(200, &expected);
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    app.get(&format!("/oauth/client-metadata/{uuid}/nope")).await.assert_code(404, "unknown_provider_config");
    let stranger = "/oauth/client-metadata/5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e52/nope";
    app.get(stranger).await.assert_code(404, "unknown_environment");
    app.get("/oauth/client-metadata/x/nope").await.assert_code(400, "invalid_uri_params");
}

#[tokio::test]
async fn without_tls_there_is_no_such_identity() {
    let app = TestApp::start().await;
    let uuid = app.engine.list_environment_keys().await.unwrap()[0].environment.uuid;
    app.get(&format!("/oauth/client-metadata/{uuid}/x")).await.assert_code(404, "feature_disabled");
}
