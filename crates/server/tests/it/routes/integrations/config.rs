//! `integration_config`: fields that a provider declares for integrations.

use serde_json::{Value, json};

use crate::app::TestApp;

async fn create(app: &TestApp, provider: &str, config: Value) -> crate::app::Answer {
    let key =
        format!("key-{}", app.get_as_owner("/integrations").await.json()["data"].as_array().unwrap().len());
    let mut body = json!({"provider": provider, "unique_key": key});
    if !config.is_null() {
        body["integration_config"] = config;
    }
    app.own("POST /integrations", body).await
}

/// The answer is a refusal whose message holds these texts.
#[track_caller]
fn assert_refused(answer: &crate::app::Answer, texts: &[&str]) {
    answer.assert_code(400, "invalid_body");
    let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
    for text in texts {
        assert!(message.contains(text), "{message}");
    }
}

fn generic() -> Value {
    json!({"keyName": "Authorization", "valueTemplate": "Api-Key ${apiKey}", "baseUrl": "https://api.example.com"})
}

#[tokio::test]
async fn required_fields_are_asked_for_and_unknown_ones_refused() {
    let app = TestApp::start().await;
    assert_refused(&create(&app, "private-api-generic", Value::Null).await, &["keyName is required", ", "]);
    let mut config = generic();
    config["nonsense"] = json!("x");
    assert_refused(&create(&app, "private-api-generic", config).await, &["nonsense is not a field"]);
    let misplaced = create(&app, "unauthenticated", json!({"keyName": "x"})).await;
    assert_refused(&misplaced, &["no integration_config"]);
}

#[tokio::test]
async fn values_must_fit_their_enum_pattern_and_format() {
    let app = TestApp::start().await;
    for (field, bad) in [
        ("keyPlacement", "cookie"),
        ("valueTemplate", "no placeholder"),
        ("baseUrl", "ftp://example.com"),
        ("baseUrl", "javascript:alert(1)"),
        ("baseUrl", "https://"),
    ] {
        let mut config = generic();
        config[field] = json!(bad);
        assert_refused(&create(&app, "private-api-generic", config).await, &[field]);
    }
    assert_eq!(create(&app, "private-api-generic", generic()).await.status, 200);
}

#[tokio::test]
async fn the_label_of_the_key_is_shown_when_it_is_set() {
    let app = TestApp::start().await;
    let mut config = generic();
    config["keyLabel"] = json!("Token");
    let answer = create(&app, "private-api-generic", config).await;
    assert_eq!(answer.json()["data"]["credentials_label"], json!({"apiKey": "Token"}));
    assert_eq!(answer.json()["data"].as_object().unwrap().keys().nth(4).unwrap(), "credentials_label");
}

#[tokio::test]
async fn a_change_keeps_absent_fields_and_clears_optional_ones() {
    let app = TestApp::start().await;
    let mut config = generic();
    config["keyLabel"] = json!("Token");
    create(&app, "private-api-generic", config).await;
    let change = async |config: Value| {
        app.own("PATCH /integrations/key-0", json!({"integration_config": config})).await
    };
    let answer = change(json!({"baseUrl": "https://other.example.com"})).await;
    assert_eq!(answer.json()["data"]["credentials_label"], json!({"apiKey": "Token"}));
    let cleared = change(json!({"keyLabel": ""})).await;
    assert!(cleared.json()["data"].get("credentials_label").is_none(), "{}", cleared.body);
    assert_refused(&change(json!({"keyName": ""})).await, &["keyName is required"]);
    assert_refused(&change(json!({"other": "x"})).await, &["other"]);
}

#[tokio::test]
async fn fields_that_are_not_visible_are_neither_asked_for_nor_kept() {
    let app = TestApp::start().await;
    let aws = |config: Value| create(&app, "aws-sigv4", config);
    let builtin = json!({"service": "s3", "stsMode": "builtin", "awsAccessKeyId": "AKIA", "stsEndpointUrl": "nonsense"});
    assert_eq!(aws(builtin).await.status, 200, "a hidden field is not even checked");
    let custom = json!({"service": "s3", "stsMode": "custom", "stsEndpointUrl": "http://sts.example.com"});
    assert_refused(&aws(custom).await, &["stsEndpointUrl"]);
    let keyed = json!({"service": "s3", "stsMode": "custom", "stsAuthType": "api_key"});
    assert_refused(&aws(keyed).await, &["stsApiKey is required"]);
    let hidden_by_a_hidden_one = json!({"service": "s3", "stsMode": "builtin", "stsAuthType": "api_key"});
    assert_eq!(aws(hidden_by_a_hidden_one).await.status, 200);
    assert_refused(&aws(json!({"service": "S3!"})).await, &["service"]);
}
