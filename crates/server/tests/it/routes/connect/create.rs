//! `POST /connect/sessions`

use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

async fn create(app: &TestApp, body: Value) -> Answer {
    app.own("POST /connect/sessions", body).await
}

#[tokio::test]
async fn a_session_gives_a_token_its_link_and_its_end() {
    let app = TestApp::start().await;
    let answer = create(&app, json!({"end_user": {"id": "u"}})).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (201, "no-store"));
    let data = &answer.json()["data"];
    let token = data["token"].as_str().unwrap();
    let hex = token.strip_prefix("nango_connect_session_").unwrap();
    assert!(hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{token}");
    assert_eq!(data["connect_link"], format!("http://localhost:3009/?session_token={token}"));
    // 30 minutes after 2023-11-14T22:13:20Z.
    assert_eq!(data["expires_at"], "2023-11-14T22:43:20.000Z");
    assert_eq!(data.as_object().unwrap().len(), 3);
}

#[tokio::test]
async fn two_sessions_have_two_tokens() {
    let app = TestApp::start().await;
    let token = async || create(&app, json!({"tags": {}})).await.json()["data"]["token"].clone();
    assert_ne!(token().await, token().await);
}

#[tokio::test]
async fn an_end_user_is_required_unless_there_are_tags() {
    let app = TestApp::start().await;
    create(&app, json!({})).await.assert_issue("invalid_body", "custom", "end_user");
    assert_eq!(create(&app, json!({"tags": {}})).await.status, 201);
    assert_eq!(create(&app, json!({"tags": {"team": "a"}})).await.status, 201);
}

#[tokio::test]
async fn every_field_is_checked() {
    let app = TestApp::start().await;
    app.free_connections(&[]).await;
    let long = "x".repeat(256);
    for (extra, code, path) in [
        (json!({"end_user": {"id": ""}}), "too_small", "end_user.id"),
        (json!({"end_user": {"id": long}}), "too_big", "end_user.id"),
        (json!({"end_user": {"id": "u", "email": "nobody"}}), "invalid_format", "end_user.email"),
        (json!({"end_user": {"id": "u", "display_name": long}}), "too_big", "end_user.display_name"),
        (json!({"end_user": {"id": "u", "more": 1}}), "unrecognized_keys", "end_user"),
        (json!({"organization": {"display_name": "o"}}), "invalid_type", "organization.id"),
        (json!({"organization": {"id": long}}), "too_big", "organization.id"),
        (json!({"allowed_integrations": "free"}), "invalid_type", "allowed_integrations"),
        (json!({"allowed_integrations": [1]}), "invalid_type", "allowed_integrations.0"),
        (json!({"webhook_url_override": "no url"}), "invalid_format", "webhook_url_override"),
        (json!({"tags": {"1bad": "v"}}), "invalid_key", "tags.1bad"),
        (json!({"tags": {"a": 1}}), "invalid_type", "tags.a"),
        (
            json!({"integrations_config_defaults": {"free": {"nope": 1}}}),
            "unrecognized_keys",
            "integrations_config_defaults.free",
        ),
        (
            json!({"integrations_config_defaults": {"free": {"authorization_params": {"a": 1}}}}),
            "invalid_type",
            "integrations_config_defaults.free.authorization_params.a",
        ),
        (
            json!({"integrations_config_defaults": {"free": {"connection_config": {"oauth_scopes_override": []}}}}),
            "custom",
            "integrations_config_defaults.free.connection_config.oauth_scopes_override",
        ),
        (json!({"overrides": {"free": {"docs_connect": 1}}}), "invalid_type", "overrides.free.docs_connect"),
        (json!({"unknown": true}), "unrecognized_keys", ""),
    ] {
        let mut body = json!({"end_user": {"id": "u"}});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        create(&app, body).await.assert_issue("invalid_body", code, path);
    }
    let query = app.own("POST /connect/sessions?a=1", json!({"tags": {}})).await;
    query.assert_issue("invalid_query_params", "unrecognized_keys", "");
}

#[tokio::test]
async fn each_integration_that_does_not_exist_is_named_by_its_path() {
    let app = TestApp::start().await;
    app.free_connections(&[]).await;
    let body = json!({
        "end_user": {"id": "u"},
        "allowed_integrations": ["free", "a"],
        "integrations_config_defaults": {"b": {}, "free": {}},
        "overrides": {"c": {"docs_connect": "https://example.com"}},
    });
    let answer = create(&app, body).await;
    answer.assert_code(400, "invalid_body");
    let custom = |path: &str| ("custom".to_owned(), path.to_owned());
    let expected =
        [custom("allowed_integrations.1"), custom("integrations_config_defaults.b"), custom("overrides.c")];
    assert_eq!(answer.issues(), expected);
    assert_eq!(answer.json()["error"]["errors"][0]["message"], "Integration does not exist");
}

#[tokio::test]
async fn an_address_that_no_event_could_reach_is_refused() {
    let app = TestApp::start().await;
    let body = json!({"tags": {}, "webhook_url_override": "http://169.254.169.254/latest"});
    create(&app, body).await.assert_code(400, "invalid_body");
    assert_eq!(create(&app, json!({"tags": {}, "webhook_url_override": ""})).await.status, 201);
}

#[tokio::test]
async fn two_event_addresses_in_the_old_place_are_refused_and_one_is_taken() {
    let app = TestApp::start().await;
    app.free_connections(&[]).await;
    app.integration("unauthenticated", "other", Value::Null).await;
    let with = |a: &str, b: &str| {
        json!({"tags": {}, "integrations_config_defaults": {
            "free": {"connection_config": {"webhook_url": a}},
            "other": {"connection_config": {"webhook_url": b}},
        }})
    };
    let two = with("https://a.example.com", "https://b.example.com");
    create(&app, two).await.assert_issue("invalid_body", "custom", "integrations_config_defaults");
    assert_eq!(create(&app, with("https://a.example.com", "https://a.example.com")).await.status, 201);
}
